/**
 * Who gets in at all, before anything is read: the Host header must be exactly ours and no foreign web page may ask,
 * so that neither DNS rebinding nor a script in a browser reaches the cluster; and a client certificate, where one is
 * shown, must come from the cluster's authority.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpResponse } from '../../protocol/http';
import { certifiedBy } from './client-certificate';

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** Said to whoever would begin one watch or session too many; clients of Kubernetes try again after a second. */
export const tooMany: Refusal = Object.freeze({
  code: 429, reason: 'TooManyRequests', message: 'too many requests, please try again later',
});

/** Why a request is turned away at the door; undefined lets it in. */
export function refusal(request: IncomingMessage, authority: string): Refusal | undefined {
  const { host, origin } = request.headers;
  if (host !== authority) {
    return { code: 421, reason: 'BadRequest', message: `the Host header must be ${authority}` };
  }
  if (origin !== undefined && origin !== `https://${authority}`) {
    return { code: 403, reason: 'Forbidden', message: 'requests of web pages from other origins are not allowed' };
  }
  if (certifiedBy(request.socket as TLSSocket) === 'refused') {
    return { code: 401, reason: 'Unauthorized', message: 'Unauthorized' };
  }
  return undefined;
}

/** A refusal as the API would write it; the connection ends with it. */
export function refusalResponse(refusal: Refusal): HttpResponse {
  const { code, reason, message } = refusal;
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  const headers: Record<string, string> = { 'Content-Type': 'application/json', 'Connection': 'close' };
  if (refusal === tooMany) headers['Retry-After'] = '1';
  return { kind: 'response', status: code, headers, body: `${JSON.stringify(status)}\n` };
}
