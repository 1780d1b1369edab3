/**
 * One request of the API server to a server behind an APIService. The caller is named in headers, which that server
 * believes because of the client certificate of the front proxy. Models client-go's transport.SetAuthProxyHeaders. Not
 * modelled: the certificate itself.
 */
import { type HttpResponse, httpRequest, httpResponseOf } from '../../api/web';
import { utf8Encode } from '../../base/utf8';
import type { CallHandle, CallResult, ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import { type UserInfo, userInfo } from '../authentication/user';
import { dialError } from '../subresources/node-connection';

/** Who asks when no client does. */
export const aggregatorUser = userInfo('system:kube-aggregator', ['system:masters']);

/** What is sent. */
export interface AggregatedRequest {
  readonly address: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly user: UserInfo;
  readonly headers: Readonly<Record<string, string>>;
  /** Text that stands for bytes. */
  readonly body?: string;
  /** How long to wait; without it as long as the connection stays. */
  readonly timeoutMs?: number;
}

/** The answer, or what Go's client says of a connection without one. */
export type Exchanged = { readonly response: HttpResponse } | { readonly error: string };

/** Sends a request and hands over what comes back. */
export function send(
  host: ProcessHost, { address, method, target, user, headers, body, timeoutMs }: AggregatedRequest,
  done: (exchanged: Exchanged) => void,
): CallHandle {
  const all = { host: address, ...headers, ...proxyHeaders(user) };
  const payload = httpRequest(method, target, headers['user-agent'] ?? 'kube-apiserver/v1.36.1', all, body);
  const subject = { verb: method.toLowerCase(), name: target };
  return host.call({ to: address, channel: 'https', subject, payload, ...(timeoutMs ? { timeoutMs } : {}) }, {
    onResult: (result) => done(exchanged(address, result)),
  });
}

/** A GET in the server's own name. */
export function* ask(
  host: ProcessHost, address: string, path: string, accept: string, timeoutMs: number,
): Task<Exchanged> {
  const request = { address, method: 'GET', target: path, user: aggregatorUser, headers: { accept }, timeoutMs };
  return yield* waitFor<Exchanged>((resume) => void send(host, request, resume));
}

function exchanged(address: string, result: CallResult): Exchanged {
  if (!result.ok) {
    const timedOut = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    return { error: result.failure === 'timeout' ? timedOut : dialError(address, result.failure) };
  }
  const response = httpResponseOf(result.payload);
  return response ? { response } : { error: 'EOF' };
}

function proxyHeaders({ name, uid, groups, extra = {} }: UserInfo): Readonly<Record<string, string>> {
  const more = Object.keys(extra).sort().map((key) =>
    [`x-remote-extra-${escapeKey(key)}`, (extra[key] ?? []).join(', ')] as const);
  return {
    'x-remote-user': name, ...(uid ? { 'x-remote-uid': uid } : {}),
    ...(groups.length === 0 ? {} : { 'x-remote-group': groups.join(', ') }), ...Object.fromEntries(more),
  };
}

/** Characters that a header's name cannot have are escaped: headerKeyEscape. */
function escapeKey(key: string): string {
  return Array.from(utf8Encode(key), (byte) => {
    const char = String.fromCharCode(byte);
    if (/[!#$&'*+.^_`|~0-9A-Za-z-]/.test(char)) return char.toLowerCase();
    return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
