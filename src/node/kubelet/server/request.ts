/**
 * A request to the kubelet's server in one form, whether it came from the API server as HTTP or from a program of the
 * simulation, and the answers that fit both. Streams are for HTTP only.
 */
import { type HttpRequest as WebRequest, isHttpRequest } from '../../../api/web';
import type { Credential } from '../../../api/request';
import { textOfBytes } from '../../../base/byte-text';
import type { HttpMessage, HttpRequest, VerifiedIdentity } from '../../../protocol/http';
import type { IncomingCall } from '../../../sim/process';

export interface KubeletRequest {
  readonly call: IncomingCall;
  readonly method: string;
  /** `/containerLogs/default/web/nginx`, with escapes undone. */
  readonly path: string;
  /** The parts of the path behind its first. */
  readonly parts: readonly string[];
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Who asks, by a client certificate or by a token that is yet to be verified. */
  readonly identity: VerifiedIdentity | undefined;
  readonly token: string | undefined;
  /** Answers can be streamed. */
  readonly streams: boolean;
  /** It asks to switch protocols. */
  readonly upgrade: boolean;
}

/** Reads a call; undefined for one that is no request for a path. */
export function kubeletRequest(call: IncomingCall): KubeletRequest | undefined {
  const { payload } = call;
  if (isRaw(payload)) {
    const { method, target, headers, identity, upgrade = false } = payload;
    return {
      call,
      method,
      identity,
      token: bearer(headers['authorization']),
      streams: true,
      upgrade,
      ...split(target),
    };
  }
  if (!isHttpRequest(payload)) return undefined;
  const { user, headers, method, path } = payload as WebRequest;
  return {
    call, method: method ?? 'GET', identity: identityOf(user), streams: false, upgrade: false, ...split(path),
    token: user?.kind === 'token' ? user.token : bearer(headers?.['authorization']),
  };
}

function isRaw(payload: unknown): payload is HttpRequest {
  return (
    typeof payload === 'object' && payload !== null && typeof (payload as Partial<HttpRequest>).target === 'string'
  );
}

/** What a component of the simulation says that it is: its certificate, or its service account's token. */
function identityOf(user: Credential | undefined): VerifiedIdentity | undefined {
  if (user?.kind === 'certificate') return { name: user.commonName, groups: user.organizations };
  if (user?.kind !== 'serviceAccount') return undefined;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${user.namespace}`];
  return { name: `system:serviceaccount:${user.namespace}:${user.name}`, groups };
}

function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
}

function split(target: string): Pick<KubeletRequest, 'path' | 'parts' | 'query'> {
  const mark = target.indexOf('?');
  const path = unescape(mark < 0 ? target : target.slice(0, mark));
  const query = new Map<string, string[]>();
  for (const pair of (mark < 0 ? '' : target.slice(mark + 1)).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = unescape((equals < 0 ? pair : pair.slice(0, equals)).replaceAll('+', ' '));
    const value = equals < 0 ? '' : unescape(pair.slice(equals + 1).replaceAll('+', ' '));
    const known = query.get(name);
    if (known) known.push(value);
    else query.set(name, [value]);
  }
  return { path, parts: path.split('/').slice(2), query };
}

function unescape(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) =>
    textOfBytes(Uint8Array.from(escapes.slice(1).split('%'), (digits) => Number.parseInt(digits, 16))));
}

/** A whole answer. */
export function respond(
  { call, streams, path }: KubeletRequest,
  code: number,
  body: string,
  type = 'text/plain',
): void {
  const answer: HttpMessage = { kind: 'response', status: code, headers: { 'content-type': type }, body };
  call.reply(streams ? answer : { code, body }, { verb: call.subject.verb, name: path, code });
}

/** Objects as Go's encoder writes them. */
export function respondJson(request: KubeletRequest, value: unknown): void {
  respond(request, 200, JSON.stringify(value), 'application/json');
}

/** The first value of a query's name. */
export function queryValue({ query }: KubeletRequest, name: string): string | undefined {
  return query.get(name)?.[0];
}
