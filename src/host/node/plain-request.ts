/** One ordinary HTTP request: read from the socket, answered by the cluster, written back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { HttpMessage, HttpRequest, HttpResponse } from '../../protocol/http';
import { endpointLimits } from './endpoint-limits';
import { identityOf, type Refusal, statusBody } from './gate';
import type { ServedCluster } from './served-cluster';

/** What the endpoint says of a request that is over. */
export interface AuditRecord {
  readonly method: string;
  readonly path: string;
  readonly user: string;
  readonly code: number;
  readonly durationMs: number;
}

/** Answers a request; `audit` hears how it ended. */
export function answerRequest(
  cluster: ServedCluster, request: IncomingMessage, response: ServerResponse, audit: (record: AuditRecord) => void,
): void {
  const startMs = performance.now();
  const record = (code: number, user: string): void => audit({
    method: request.method ?? '', path: pathOf(request), user, code, durationMs: performance.now() - startMs,
  });
  readBody(request, (body) => {
    if (body === undefined) return void response.destroy();
    let user = '';
    let code = 0;
    const connection = cluster.open(requestOf(request, body), (message) => {
      if ('user' in message && message.user) user = message.user.name;
      if (message.kind === 'response' || message.kind === 'head') code = message.status;
      write(request, response, message);
    });
    response.once('close', () => {
      connection.close();
      record(code, user);
    });
  });
}

/** Turns a request away without asking the cluster. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const body = statusBody(refusal);
  response.writeHead(refusal.code, { 'Content-Type': 'application/json', 'Connection': 'close' });
  response.end(body);
}

/** The request as the engine takes it. Credentials stay in it and go nowhere else. */
export function requestOf(request: IncomingMessage, body: Uint8Array, upgrade = false): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'content-encoding') headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const identity = identityOf(request.socket as TLSSocket);
  const base = { method: request.method ?? 'GET', target: request.url ?? '/', headers, body };
  return { ...base, ...(identity ? { identity } : {}), ...(upgrade ? { upgrade } : {}) };
}

/** The path without its query, in which a careless client may have put a token. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

/** Reads a body, at most one byte more than is allowed; undefined when the client went away or sent no gzip. */
function readBody(request: IncomingMessage, done: (body: Uint8Array | undefined) => void): void {
  const pieces: Buffer[] = [];
  let size = 0;
  let finished = false;
  const finish = (complete: boolean): void => {
    if (finished) return;
    finished = true;
    done(complete ? unzipped(request, Buffer.concat(pieces)) : undefined);
  };
  request.on('data', (piece: Buffer) => {
    if (finished) return;
    size += piece.length;
    pieces.push(piece);
    if (size > endpointLimits.bodyBytes) finish(true);
  });
  request.once('end', () => finish(true));
  request.once('close', () => finish(false));
}

function unzipped(request: IncomingMessage, body: Buffer): Uint8Array | undefined {
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: endpointLimits.bodyBytes + 1 });
  } catch (error) {
    // Too large a body is told to the API server as one; what is no gzip at all is its own problem to name.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? Buffer.alloc(endpointLimits.bodyBytes + 1) : body;
  }
}

function write(request: IncomingMessage, response: ServerResponse, message: HttpMessage): void {
  if (response.destroyed) return;
  switch (message.kind) {
    case 'response': return writeWhole(request, response, message);
    case 'head':
      response.writeHead(message.status, message.headers);
      response.flushHeaders();
      return;
    case 'chunk':
      response.write(message.data);
      // Whoever does not read what it watches must list and watch anew.
      if (response.writableLength > endpointLimits.unreadBytes) response.destroy();
      return;
    case 'end': return void response.end();
    // Nobody answered: there is nothing that could honestly be said in HTTP.
    case 'failed': return void response.destroy();
    default: return;
  }
}

function writeWhole(request: IncomingMessage, response: ServerResponse, { status, headers, body }: HttpResponse): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const zip = bytes.length >= endpointLimits.gzipFromBytes && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-encoding');
  const sent = zip ? gzipSync(bytes, { level: 1 }) : bytes;
  const extra: Record<string, string | number> = zip ? { 'Content-Encoding': 'gzip', 'Vary': 'Accept-Encoding' } : {};
  if (request.method !== 'HEAD' && status !== 304) extra['Content-Length'] = sent.length;
  // The rest of a body that was too large is not read.
  if (!request.complete) extra['Connection'] = 'close';
  response.writeHead(status, { ...headers, ...extra });
  response.end(request.method === 'HEAD' ? undefined : sent);
}
