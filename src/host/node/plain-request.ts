/** One ordinary HTTP request: read from the socket, answered by the cluster, written back. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { gunzipSync, gzip } from 'node:zlib';
import type { HttpHead, HttpMessage, HttpRequest, HttpResponse } from '../../protocol/http';
import { certifiedBy } from './client-certificate';
import { endpointLimits } from './endpoint-limits';
import { type Refusal, refusalResponse, tooMany } from './gate';
import type { ServedCluster } from './served-cluster';
import type { Streams } from './streams';
import type { Unread, Written } from './unread';

/** What the endpoint says of a request that is over. */
export interface AuditRecord {
  readonly method: string;
  readonly path: string;
  readonly user: string;
  readonly code: number;
  readonly durationMs: number;
}

/** What answering a request needs of its endpoint. */
export interface RequestDoors {
  readonly cluster: ServedCluster;
  readonly unread: Unread;
  readonly streams: Streams;
  /** Hears how the request ended. */
  readonly audit: (record: AuditRecord) => void;
  /** Called when all of the request has been read. */
  readonly onRead: () => void;
}

/** Answers a request. */
export function answerRequest(doors: RequestDoors, request: IncomingMessage, response: ServerResponse): void {
  const startMs = performance.now();
  const record = (code: number, user: string): void => doors.audit({
    method: request.method ?? '', path: pathOf(request), user, code, durationMs: performance.now() - startMs,
  });
  readBody(request, (body) => {
    if (body === undefined) return void response.destroy();
    doors.onRead();
    const writer = new AnswerWriter(doors, request, response);
    let user = '';
    let code = 0;
    const connection = doors.cluster.open(requestOf(request, body), (message) => {
      if ('user' in message && message.user) user = message.user.name;
      if (message.kind === 'response' || message.kind === 'head') code = message.status;
      writer.write(message);
    });
    response.once('close', () => {
      connection.close();
      writer.close();
      record(code, user);
    });
  });
}

/** Turns a request away without asking the cluster. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, headers, body } = refusalResponse(refusal);
  response.writeHead(status, headers);
  response.end(body);
}

/** The request as the engine takes it. Credentials stay in it and go nowhere else. */
export function requestOf(request: IncomingMessage, body: Uint8Array, upgrade = false): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && name !== 'content-encoding')
      headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const certified = certifiedBy(request.socket as TLSSocket);
  const base = { method: request.method ?? 'GET', target: request.url ?? '/', headers, body };
  return { ...base, ...(certified === 'refused' ? {} : certified), ...(upgrade ? { upgrade } : {}) };
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
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? Buffer.alloc(endpointLimits.bodyBytes + 1)
      : body;
  }
}

/** Headers without what would end a line or is no header text at all; blanks stand in, as Go's writer puts them. */
export function sendable(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers)
    .map(([name, value]) => [name, value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ')]));
}

/** Writes the answer of the cluster to one request. */
class AnswerWriter {
  private leave: (() => void) | undefined;
  private readonly written: Written;

  constructor(
    private readonly doors: RequestDoors,
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    this.written = { waiting: () => response.writableLength, cut: () => response.destroy() };
  }

  write(message: HttpMessage): void {
    const { response } = this;
    if (response.destroyed) return;
    switch (message.kind) {
      case 'response': return this.whole(message);
      case 'head': return this.begin(message);
      case 'chunk':
        if (!this.leave) return;
        response.write(message.data);
        // Whoever does not read what it watches must list and watch anew.
        return this.doors.unread.wrote(this.written);
      case 'end':
        if (this.leave) response.end();
        return;
      // Nobody answered: there is nothing that could honestly be said in HTTP.
      case 'failed': return void response.destroy();
      default: return;
    }
  }

  /** The client has gone, or has all of its answer. */
  close(): void {
    this.leave?.();
    this.doors.unread.closed(this.written);
  }

  private begin({ status, headers }: HttpHead): void {
    this.leave = this.doors.streams.enter();
    if (!this.leave) return refuse(this.response, tooMany);
    this.response.writeHead(status, sendable(headers));
    this.response.flushHeaders();
  }

  private whole({ status, headers, body }: HttpResponse): void {
    const { request } = this;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const accepted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const zip = accepted && bytes.length >= endpointLimits.gzipFromBytes
      && !Object.keys(headers).some((name) => name.toLowerCase() === 'content-encoding');
    if (!zip) return this.end(status, headers, bytes);
    // In a thread of its own: nobody else waits for it.
    gzip(bytes, { level: 1 }, (_error, zipped) => {
      this.end(status, { ...headers, 'Content-Encoding': 'gzip', 'Vary': 'Accept-Encoding' }, zipped);
    });
  }

  private end(status: number, headers: Readonly<Record<string, string>>, bytes: Uint8Array): void {
    const { request, response } = this;
    if (response.destroyed) return;
    const extra: Record<string, string | number> = {};
    if (request.method !== 'HEAD' && status !== 304) extra['Content-Length'] = bytes.length;
    // The rest of a body that was too large is not read.
    if (!request.complete) extra['Connection'] = 'close';
    response.setTimeout(endpointLimits.stallMs, () => response.destroy());
    response.writeHead(status, { ...sendable(headers), ...extra });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    this.doors.unread.wroteLast(this.written);
  }
}
