/**
 * HTTP that a process of the simulation sends as data (src/api/web.ts): curl in a pod, a proxy. It is turned into the
 * raw request that outside clients send, and the raw answer back into data. A stream is answered when it ends.
 */
import { bytesOfText, textOfBytes } from '../../base/byte-text';
import type { HttpRequest as WebRequest, HttpResponse as WebResponse } from '../../api/web';
import type { HttpMessage, HttpRequest } from '../../protocol/http';
import type { IncomingCall } from '../../sim/process';

/** Whether such a request is more than a GET of a path that a client of this code base asks for. */
export function isRawHttp({ method, path, headers }: WebRequest): boolean {
  if (method !== 'GET' || headers?.['authorization'] !== undefined) return true;
  return !/^\/(healthz|livez|readyz|version)\b/.test(path);
}

/** The request as it would have come over a socket. */
export function rawRequest({ method, path, headers, text, userAgent }: WebRequest): HttpRequest {
  const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    method, target: path, body: bytesOfText(text ?? ''),
    headers: { 'user-agent': userAgent, ...(Object.fromEntries(lower) as Record<string, string>) },
  };
}

/** The call as the HTTP front sees it: what it sends becomes one answer of data. */
export function dataCall(call: IncomingCall): IncomingCall {
  let streamed = '';
  let code = 200;
  let headers: Readonly<Record<string, string>> = {};
  const answer = (body: string | Uint8Array): WebResponse => {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return {
      code, body: typeof body === 'string' ? body : textOfBytes(body),
      headers: Object.fromEntries(lower) as Record<string, string>,
    };
  };
  const overrides: Pick<IncomingCall, 'event' | 'reply'> = {
    event(payload) {
      const message = payload as HttpMessage;
      if (message.kind === 'head') {
        code = message.status;
        headers = message.headers;
      } else if (message.kind === 'chunk') {
        streamed += typeof message.data === 'string' ? message.data : textOfBytes(message.data);
      }
    },
    reply(payload, subject) {
      const message = payload as HttpMessage;
      if (message.kind === 'response') {
        code = message.status;
        headers = message.headers;
        call.reply(answer(message.body), subject);
      } else {
        call.reply(answer(streamed), subject);
      }
    },
  };
  return Object.assign(Object.create(call) as IncomingCall, overrides);
}
