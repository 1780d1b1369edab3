/**
 * HTTP between simulated processes. A request is the PathRequest that API servers understand, with what an ordinary web
 * server needs beside it; an answer has the code and body of an ApiResponse. So a probe, wget and an API server talk to
 * each other without knowing who is at the other end. Not modelled: headers of answers, redirects, TLS handshakes.
 */
import type { Credential, PathRequest } from '../api/request';

export interface HttpRequest extends PathRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface HttpResponse {
  readonly code: number;
  /** Text, or the object that an API server answered. */
  readonly body: unknown;
}

const anonymous: Credential = Object.freeze({ kind: 'anonymous' });

/** A request without a credential; `headers` may carry an Authorization header. */
export function httpRequest(
  method: string, path: string, userAgent: string, headers?: Readonly<Record<string, string>>, text?: string,
): HttpRequest {
  const token = /^Bearer (.+)$/.exec(headers?.['authorization'] ?? '')?.[1];
  const user: Credential = token === undefined ? anonymous : { kind: 'token', token };
  return { verb: 'get', path, user, userAgent, method, ...(headers ? { headers } : {}), ...(text ? { text } : {}) };
}

/** Reads whatever a process answered as an HTTP answer; undefined when it does not speak HTTP. */
export function httpResponseOf(payload: unknown): HttpResponse | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { code, body } = payload as Partial<HttpResponse>;
  return typeof code === 'number' ? { code, body } : undefined;
}

/** Whether a payload is a request of this kind (API clients send ApiRequests, which have no path). */
export function isHttpRequest(payload: unknown): payload is HttpRequest {
  return typeof payload === 'object' && payload !== null && typeof (payload as Partial<PathRequest>).path === 'string';
}
