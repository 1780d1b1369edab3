/**
 * Authentication of a request from outside the simulation: its verified client certificate, its bearer token, or
 * nothing, and then the user whom it asks to impersonate. Models the union of request authenticators that
 * pkg/kubeapiserver/authenticator builds, and the filters WithAuthentication and WithConstrainedImpersonation. A token
 * in the query is no credential, as upstream.
 */
import { type FailureStatus, isFailure, unauthorized } from '../../api/status';
import { bytesOfBase64Url, strictText } from '../../pki/encoding';
import type { HttpRequest } from '../../protocol/http';
import type { AuthorizationAttributes } from '../authorization/attributes';
import type { Authorizer } from '../authorization/authorizer';
import type { ObjectReader } from '../objects';
import type { Authenticator } from './authenticator';
import { impersonate, wantedUser } from './impersonation';
import { apiAudiences } from './service-account-tokens';
import { anonymousUser, authenticatedGroup, type UserInfo, userInfo } from './user';

/** Who asks: `user` is whom the request acts as, `impersonator` who really sent it where those differ. */
export interface AuthenticatedHttp {
  readonly user: UserInfo;
  readonly impersonator?: UserInfo;
}

/** What authentication needs of the server. */
export interface HttpAuthenticationParts {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
}

type RequestHead = Pick<HttpRequest, 'headers' | 'identity' | 'identityPeriod'>;

/**
 * Authenticates a request from outside: 401 when its token is not valid, 400 or 403 when it asks for an impersonation
 * that is malformed or not allowed. `attributesFor` says what the request asks for, as authorization will see it; it is
 * called only for impersonations. `wallMs` is the virtual wall time, against which tokens expire.
 */
export function authenticateHttp(
  parts: HttpAuthenticationParts, request: RequestHead, objects: ObjectReader, wallMs: number,
  attributesFor: (user: UserInfo) => AuthorizationAttributes,
): AuthenticatedHttp | FailureStatus {
  const requestor = requestUser(parts.authenticator, request, objects, wallMs);
  if (!requestor) return unauthorized();
  const wanted = wantedUser(request.headers);
  if (wanted === undefined) return { user: requestor };
  if (isFailure(wanted)) return wanted;
  const user = impersonate(parts.authorizer, wanted, attributesFor(requestor));
  return isFailure(user) ? user : { user, impersonator: requestor };
}

function requestUser(
  authenticator: Authenticator, { headers, identity, identityPeriod }: RequestHead, objects: ObjectReader,
  wallMs: number,
): UserInfo | undefined {
  if (identity) {
    if (identityPeriod && (wallMs < identityPeriod.fromMs || wallMs > identityPeriod.untilMs)) return undefined;
    const { name, groups, uid, extra } = identity;
    return userInfo(name, [...groups, authenticatedGroup], {
      ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }),
    });
  }
  const token = bearerToken(headers) ?? webSocketToken(headers);
  if (token === undefined) return anonymousUser;
  const answer = authenticator.authenticateToken(token, apiAudiences, objects, wallMs);
  return 'user' in answer ? answer.user : undefined;
}

/** The token of `Authorization: Bearer`; other schemes are no credentials here. */
function bearerToken(headers: HttpRequest['headers']): string | undefined {
  const [scheme = '', token = ''] = (headers['authorization'] ?? '').trim().split(' ', 3);
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.';

/** The token that a browser puts into the list of WebSocket protocols. */
function webSocketToken(headers: HttpRequest['headers']): string | undefined {
  if (headers['upgrade']?.toLowerCase() !== 'websocket') return undefined;
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const found = protocols.find((name) => name.startsWith(protocolPrefix));
  const bytes = found === undefined ? undefined : bytesOfBase64Url(found.slice(protocolPrefix.length));
  return bytes && strictText(bytes);
}
