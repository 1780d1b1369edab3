/**
 * HTTP between simulated processes. A request is the PathRequest that API servers understand, with what an ordinary web
 * server needs beside it; an answer has the code and body of an ApiResponse. So a probe, wget, a proxy and an API
 * server talk to each other without knowing who is at the other end. Bodies are text that stands for bytes
 * (src/base/byte-text). Not modelled: redirects, TLS handshakes.
 */
import type { Credential, PathRequest } from './request';

export interface HttpRequest extends PathRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface HttpResponse {
  readonly code: number;
  /** Text, or the object that an API server answered. */
  readonly body: unknown;
  /** Names in lower case, where the server sets any. */
  readonly headers?: Readonly<Record<string, string>>;
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
  const { code, body, headers } = payload as Partial<HttpResponse>;
  if (typeof code !== 'number') return undefined;
  return headers ? { code, body, headers } : { code, body };
}

/** The body of an answer as text; an object is printed as kube-apiserver prints it. */
export function bodyText({ body }: HttpResponse): string {
  if (typeof body === 'string') return body;
  return body === undefined ? '' : JSON.stringify(body, undefined, 2);
}

/** The content type of an answer: what the server says, or what Go's servers would find by looking at the body. */
export function contentType(response: HttpResponse): string {
  const given = response.headers?.['content-type'];
  if (given !== undefined) return given;
  if (typeof response.body !== 'string') return 'application/json';
  if (/^\s*<(!doctype html|html|head|body|h1|p|div|table|title|script|a|br|b|style)[\s>]/i.test(response.body)) {
    return 'text/html; charset=utf-8';
  }
  return /^\s*[[{]/.test(response.body) && isJson(response.body) ? 'application/json' : 'text/plain; charset=utf-8';
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** Whether a payload is a request of this kind (API clients send ApiRequests, which have no path). */
export function isHttpRequest(payload: unknown): payload is HttpRequest {
  return typeof payload === 'object' && payload !== null && typeof (payload as Partial<PathRequest>).path === 'string';
}
