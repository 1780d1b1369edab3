/**
 * HTTP/1.1 answers as bytes: status line, header fields, body. What the simulated server does not set is filled in as an
 * ordinary server would (date, content type by the look of the body, length).
 */
import { bodyText, contentType, type HttpResponse } from '../../api/web';
import { bytesOfText, joinBytes } from '../../base/byte-text';
import { httpDate } from '../programs/calendar';
import type { ParsedRequest } from './http-parser';

const reasons: Readonly<Record<number, string>> = {
  100: 'Continue', 200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 206: 'Partial Content',
  301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified', 307: 'Temporary Redirect', 400: 'Bad Request',
  401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable',
  408: 'Request Timeout', 409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed',
  413: 'Request Entity Too Large', 415: 'Unsupported Media Type', 422: 'Unprocessable Entity',
  429: 'Too Many Requests', 431: 'Request Header Fields Too Large', 500: 'Internal Server Error',
  501: 'Not Implemented', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};
const bodiless = new Set([100, 204, 304]);

/** `OK` of 200; empty for a code that has no name. */
export function reasonPhrase(status: number): string {
  return reasons[status] ?? '';
}

/** An answer to a request as it goes over the wire; `wallMs` is the time of its Date field. */
export function writeResponse(
  response: HttpResponse, request: Pick<ParsedRequest, 'method' | 'keepAlive' | 'version'>, wallMs: number,
): Uint8Array {
  const { code, headers = {} } = response;
  const body = bytesOfText(bodyText(response));
  const fields = new Map<string, string>([['date', httpDate(wallMs)]]);
  for (const name of Object.keys(headers).sort()) fields.set(name, headers[name] ?? '');
  if (!bodiless.has(code)) {
    if (body.length > 0) fields.set('content-type', contentType(response));
    fields.set('content-length', String(body.length));
  }
  if (!request.keepAlive) fields.set('connection', 'close');
  else if (request.version === '1.0') fields.set('connection', 'keep-alive');
  const lines = [...fields].map(([name, value]) => `${fieldName(name)}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`);
  const head = bytesOfText(`HTTP/1.1 ${code} ${reasonPhrase(code)}\r\n${lines.join('')}\r\n`);
  return request.method === 'HEAD' || bodiless.has(code) ? head : joinBytes([head, body]);
}

/** `Content-Type` of `content-type`. */
function fieldName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
