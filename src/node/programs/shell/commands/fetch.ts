/** One HTTP request by URL, for wget and curl. */
import type { CallFailure, OutgoingCall } from '../../../../sim/process';
import type { Task } from '../../../../sim/task';
import { httpRequest, type HttpResponse, httpResponseOf } from '../../../../api/web';
import { addressOf, type Url } from '../../servers/upstream';
import type { ToolCall } from './tool';

export type Fetched =
  | { readonly kind: 'unresolved' }
  | { readonly kind: 'failed'; readonly address: string; readonly failure: CallFailure }
  | { readonly kind: 'answered'; readonly address: string; readonly response: HttpResponse };

/** Fetches a URL; what answers no HTTP counts as a connection that was reset. */
export function* fetchUrl(
  call: ToolCall, url: Url, method: string, userAgent: string, headers: Readonly<Record<string, string>>,
  timeoutMs: number, text?: string,
): Task<Fetched> {
  const { shell } = call;
  const { context, host } = shell.world;
  const began = host.nowMs;
  const address = yield* addressOf(shell.process, context, url.host);
  if (typeof address !== 'string') return { kind: 'unresolved' };
  const request = httpRequest(method, url.path, userAgent,
    { host: url.port === 80 || url.port === 443 ? url.host : `${url.host}:${url.port}`, ...headers }, text);
  const outgoing: OutgoingCall = {
    to: `${address}:${url.port}`, channel: url.scheme === 'https' ? 'https' : 'http',
    subject: { verb: method, name: url.path },
    payload: request, timeoutMs: Math.max(1, timeoutMs - (host.nowMs - began)),
  };
  const result = yield* shell.process.call(outgoing);
  if (!result.ok) return { kind: 'failed', address, failure: result.failure };
  const response = httpResponseOf(result.payload);
  return response ? { kind: 'answered', address, response } : { kind: 'failed', address, failure: 'reset' };
}
