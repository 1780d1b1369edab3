/**
 * Tokens of service accounts: JWTs that name the account, what they are bound to, for whom and how long. A token is
 * good while its signature, times and audiences hold and everything that it names still exists. Models
 * pkg/serviceaccount/claims.go and jwt.go. Not modelled: legacy tokens in Secrets, which v1.36 no longer makes.
 */
import { pods, nodes, secrets, serviceAccounts } from '../../api/resources';
import { quote } from '../../api/go-text';
import type { ResourceType } from '../../api/request';
import { parseTime } from '../../api/time';
import type { KubeObject, Pod, ServiceAccount } from '../../api/types';
import { type Claims, keySetOf, readClaims, signJwt, verifyJwt } from '../../pki/jwt';
import type { PrivateKey } from '../../pki/keys';
import type { ObjectReader } from '../objects';
import { authenticatedGroup, serviceAccountGroups, serviceAccountUserName, type UserInfo, userInfo } from './user';

/** --service-account-issuer as kubeadm sets it; also the one audience of the API server. */
export const serviceAccountIssuer = 'https://kubernetes.default.svc.cluster.local';
export const apiAudiences: readonly string[] = Object.freeze([serviceAccountIssuer]);

const extraPrefix = 'authentication.kubernetes.io/';

/** What a token is made of besides its times. */
export interface TokenSubject {
  readonly account: ServiceAccount;
  readonly pod?: Pod;
  readonly secret?: KubeObject;
  /** The node of the pod, or the node that the token is bound to; one that is gone has no uid. */
  readonly node?: { readonly name: string; readonly uid?: string };
}

/** Times in whole seconds since the epoch and in seconds from then. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expirationSeconds: number;
  /** When to warn of a token that lives longer than was asked for. */
  readonly warnAfterSeconds?: number;
}

/** Who a token is, and for which of the wanted audiences; or why it is not valid. */
export type TokenAnswer =
  | { readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly error: string };

/** So many tokens are known to be signed by us without another look: checking costs two milliseconds. */
const maxVerified = 1_000;

export class ServiceAccountTokens {
  private readonly verified = new Map<string, Claims>();

  constructor(private readonly key: () => PrivateKey) {}

  /** Signs a token; `id` is its JTI, a UUID. */
  issue(subject: TokenSubject, times: TokenTimes, audiences: readonly string[], id: string): string {
    const { issuedAt, expirationSeconds, warnAfterSeconds } = times;
    const { account, pod, secret, node } = subject;
    const namespace = account.metadata.namespace ?? '';
    const bound = {
      namespace,
      ...(node ? { node: node.uid === undefined ? { name: node.name } : { name: node.name, uid: node.uid } } : {}),
      ...(pod ? { pod: reference(pod) } : {}),
      ...(secret ? { secret: reference(secret) } : {}),
      serviceaccount: reference(account),
      ...(warnAfterSeconds === undefined ? {} : { warnafter: issuedAt + warnAfterSeconds }),
    };
    return signJwt(this.key(), {
      aud: audiences,
      exp: issuedAt + expirationSeconds,
      iat: issuedAt,
      iss: serviceAccountIssuer,
      jti: id,
      'kubernetes.io': bound,
      nbf: issuedAt,
      sub: serviceAccountUserName(namespace, account.metadata.name),
    });
  }

  /**
   * Whom a token stands for, at that wall time, for one of the wanted audiences. Undefined when the text is no token of
   * this issuer, so that others may look at it.
   */
  authenticate(
    token: string, wanted: readonly string[], objects: ObjectReader, wallMs: number,
  ): TokenAnswer | undefined {
    if (readClaims(token)?.['iss'] !== serviceAccountIssuer) return undefined;
    const claims = this.verifiedClaims(token);
    if (!claims) return { error: 'invalid signature, no keys found' };
    const issuedFor = texts(claims['aud']);
    const audiences = wanted.filter((audience) => issuedFor.includes(audience));
    if (audiences.length === 0) {
      return {
        error: `token audiences ${quotedList(issuedFor)} is invalid for the target audiences ${quotedList(wanted)}`,
      };
    }
    const problem = timeProblem(claims, wallMs / 1000);
    if (problem !== undefined) return { error: problem };
    const answer = boundUser(claims, objects, wallMs);
    return typeof answer === 'string' ? { error: answer } : { user: answer, audiences };
  }

  private verifiedClaims(token: string): Claims | undefined {
    const known = this.verified.get(token);
    if (known) return known;
    const claims = verifyJwt(this.key(), token);
    if (!claims) return undefined;
    if (this.verified.size >= maxVerified) this.verified.clear();
    this.verified.set(token, claims);
    return claims;
  }

  /** The keys that verify the tokens: GET /openid/v1/jwks. */
  keySet(): ReturnType<typeof keySetOf> {
    return keySetOf(this.key());
  }
}

function reference({ metadata }: KubeObject): { readonly name: string; readonly uid: string } {
  return { name: metadata.name, uid: metadata.uid };
}

function quotedList(list: readonly string[]): string {
  return `[${list.map(quote).join(' ')}]`;
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function timeProblem({ exp, nbf }: Claims, now: number): string | undefined {
  if (typeof exp !== 'number' || now >= exp) return 'service account token has expired';
  return typeof nbf === 'number' && now < nbf ? 'service account token is not valid yet' : undefined;
}

/** The user that valid claims name, or why what they name is not there any more. */
function boundUser(claims: Claims, objects: ObjectReader, wallMs: number): UserInfo | string {
  const bound = record(claims['kubernetes.io']);
  const namespace = text(bound['namespace']);
  const account = named(bound['serviceaccount']);
  const stored = objects.get(serviceAccounts, namespace, account.name);
  if (!stored) return `serviceaccounts ${quote(account.name)} not found`;
  if (stored.metadata.uid !== account.uid) {
    return `service account UID (${stored.metadata.uid}) does not match claim (${account.uid})`;
  }
  if (isGone(stored, wallMs)) return 'service account token has been invalidated';
  for (const [key, type, scope] of [['secret', secrets, namespace], ['pod', pods, namespace]] as const) {
    if (bound[key] !== undefined && !exists(objects, type, scope, named(bound[key]), wallMs)) {
      return 'service account token has been invalidated';
    }
  }
  // The node of a pod is only told of; a token that is bound to the node itself dies with it.
  const onlyNode = bound['node'] !== undefined && bound['pod'] === undefined;
  if (onlyNode && !exists(objects, nodes, undefined, named(bound['node']), wallMs)) {
    return 'service account token has been invalidated';
  }
  const groups = [...serviceAccountGroups(namespace), authenticatedGroup];
  return userInfo(serviceAccountUserName(namespace, account.name), groups, {
    uid: account.uid, extra: extraOf(claims, bound),
  });
}

function extraOf(claims: Claims, bound: Claims): Readonly<Record<string, readonly string[]>> {
  const extra: Record<string, readonly string[]> = {};
  if (typeof claims['jti'] === 'string') extra[`${extraPrefix}credential-id`] = [`JTI=${claims['jti']}`];
  for (const key of ['node', 'pod'] as const) {
    if (bound[key] === undefined) continue;
    const { name, uid } = named(bound[key]);
    if (name !== '') extra[`${extraPrefix}${key}-name`] = [name];
    if (uid !== '') extra[`${extraPrefix}${key}-uid`] = [uid];
  }
  return Object.freeze(extra);
}

function exists(
  objects: ObjectReader, type: ResourceType, namespace: string | undefined, claimed: Named, wallMs: number,
): boolean {
  const stored = objects.get(type, namespace, claimed.name);
  return stored !== undefined && stored.metadata.uid === claimed.uid && !isGone(stored, wallMs);
}

/** A minute after its deletion is due an object counts as gone even where finalizers keep it. */
function isGone({ metadata }: KubeObject, wallMs: number): boolean {
  const { deletionTimestamp } = metadata;
  const due = deletionTimestamp === undefined ? undefined : parseTime(deletionTimestamp);
  return due !== undefined && due < wallMs - 60_000;
}

interface Named {
  readonly name: string;
  readonly uid: string;
}

function named(value: unknown): Named {
  const { name, uid } = record(value);
  return { name: text(name), uid: text(uid) };
}

function record(value: unknown): Claims {
  return typeof value === 'object' && value !== null ? value as Claims : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
