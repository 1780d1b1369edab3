/**
 * HTTP/1.1 requests out of a stream of bytes: request line, header fields, a body by its length or in chunks, one
 * request after the other. Models what net/http and nginx accept of RFC 9112. Not modelled: trailers (skipped), obsolete
 * line folding (refused), HTTP/2.
 */
import { joinBytes } from '../../base/byte-text';

export interface ParsedRequest {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** Names in lower case; values of a repeated field joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Whether the connection lives on after the answer. */
  readonly keepAlive: boolean;
}

/** What the parser finds next: a request, a client that waits for leave to send its body, bytes that are no HTTP. */
export type Parsed =
  | { readonly kind: 'request'; readonly request: ParsedRequest }
  | { readonly kind: 'continue' }
  | { readonly kind: 'error'; readonly status: number; readonly message: string };

interface Head {
  readonly method: string;
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly headers: Readonly<Record<string, string>>;
  readonly chunked: boolean;
  readonly length: number;
}

const headLimit = 64 * 1024;
const bodyLimit = 16 * 1024 * 1024;
const lineFeed = 10;

export class HttpRequestParser {
  private bytes = new Uint8Array(0);
  private head: Head | undefined;
  private chunks: Uint8Array[] = [];
  private received = 0;
  private broken = false;

  /** Takes bytes and gives what they complete. After an error nothing more is read. */
  push(bytes: Uint8Array): Parsed[] {
    if (this.broken) return [];
    this.bytes = this.bytes.length === 0 ? bytes.slice() : joinBytes([this.bytes, bytes]);
    const found: Parsed[] = [];
    for (;;) {
      const next = this.head ? this.body(this.head) : this.readHead();
      if (next === undefined) return found;
      if (next === 'again') continue;
      found.push(next);
      if (next.kind === 'error') {
        this.broken = true;
        return found;
      }
    }
  }

  private readHead(): Parsed | 'again' | undefined {
    const end = headEnd(this.bytes);
    if (end < 0) {
      return this.bytes.length > headLimit ? error(431, 'Request Header Fields Too Large') : undefined;
    }
    const text = latin1(this.bytes.subarray(0, end));
    this.bytes = this.bytes.slice(end);
    const lines = text.split(/\r?\n/).filter((line, index) => line !== '' || index === 0);
    if (lines[0] === '') lines.shift();
    const head = parseHead(lines);
    if ('kind' in head) return head;
    this.head = head;
    return head.headers['expect']?.toLowerCase() === '100-continue' ? { kind: 'continue' } : 'again';
  }

  private body(head: Head): Parsed | 'again' | undefined {
    if (head.chunked) return this.chunk(head);
    if (this.bytes.length < head.length) return undefined;
    const body = this.bytes.slice(0, head.length);
    this.bytes = this.bytes.slice(head.length);
    return this.complete(head, body);
  }

  private chunk(head: Head): Parsed | 'again' | undefined {
    const end = this.bytes.indexOf(lineFeed);
    if (end < 0) return this.bytes.length > headLimit ? error(400, 'Bad Request') : undefined;
    const size = /^([0-9a-f]{1,7})\s*(?:;.*)?\r?$/i.exec(latin1(this.bytes.subarray(0, end)))?.[1];
    if (size === undefined) return error(400, 'Bad Request');
    const length = Number.parseInt(size, 16);
    const from = end + 1;
    if (length === 0) {
      const rest = this.bytes.subarray(from);
      const trailer = rest[0] === lineFeed ? 1 : rest[0] === 13 && rest[1] === lineFeed ? 2 : headEnd(rest);
      if (trailer < 0) return rest.length > headLimit ? error(400, 'Bad Request') : undefined;
      this.bytes = this.bytes.slice(from + trailer);
      const body = joinBytes(this.chunks);
      this.chunks = [];
      this.received = 0;
      return this.complete(head, body);
    }
    const after = this.bytes.subarray(from + length, from + length + 2);
    const close = after[0] === lineFeed ? 1 : after[0] === 13 && after[1] === lineFeed ? 2 : 0;
    if (close === 0) return after.length === 2 ? error(400, 'Bad Request') : undefined;
    this.received += length;
    if (this.received > bodyLimit) return error(413, 'Request Entity Too Large');
    this.chunks.push(this.bytes.slice(from, from + length));
    this.bytes = this.bytes.slice(from + length + close);
    return 'again';
  }

  private complete({ method, target, version, headers }: Head, body: Uint8Array): Parsed {
    this.head = undefined;
    const connection = (headers['connection'] ?? '').toLowerCase();
    const keepAlive = version === '1.1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
    return { kind: 'request', request: { method, target, version, headers, body, keepAlive } };
  }
}

function parseHead(lines: readonly string[]): Head | Extract<Parsed, { kind: 'error' }> {
  const [first = '', ...fields] = lines;
  const start = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/1\.([01])$/.exec(first);
  if (!start) return error(400, 'Bad Request');
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, Math.max(0, colon)).toLowerCase();
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return error(400, 'Bad Request');
    const value = field.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  const length = headers.get('content-length') ?? '0';
  if (coding !== undefined && coding !== 'chunked') return error(501, 'Not Implemented');
  if (!/^\d{1,10}$/.test(length) || (coding !== undefined && headers.has('content-length'))) {
    return error(400, 'Bad Request');
  }
  if (Number(length) > bodyLimit) return error(413, 'Request Entity Too Large');
  const absolute = /^https?:\/\/[^/]*(\/.*)?$/i.exec(start[2] as string);
  return {
    method: start[1] as string,
    target: absolute ? absolute[1] ?? '/' : start[2] as string,
    version: start[3] === '1' ? '1.1' : '1.0',
    headers: Object.fromEntries(headers), chunked: coding === 'chunked', length: Number(length),
  };
}

/** Where the empty line ends that closes the header fields; -1 when it has not come. */
function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) {
    if (bytes[at + 1] === lineFeed) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === lineFeed) return at + 3;
  }
  return -1;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8_192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  }
  return text;
}

function error(status: number, message: string): Extract<Parsed, { kind: 'error' }> {
  return { kind: 'error', status, message };
}
