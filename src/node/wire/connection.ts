/**
 * One connection of bytes to a simulated server. The server speaks in messages; what comes in is read as HTTP/1.1 or as
 * Redis' protocol, by its first bytes, and what the server answers goes out in the same. Requests of a connection are
 * answered one after the other. Not modelled: TLS (such a connection is closed), WebSockets, other protocols.
 */
import type { HttpResponse } from '../../api/web';
import { httpRequest, httpResponseOf } from '../../api/web';
import { bytesOfText, joinBytes, textOfBytes } from '../../base/byte-text';
import type { CallResult, Cancel, ProcessHost } from '../../sim/process';
import { HttpRequestParser, type Parsed, type ParsedRequest } from './http-parser';
import { writeResponse } from './http-writer';
import { readCommand, writeAnswer } from './redis';

/** Where the bytes of the server's side go. */
export interface Wire {
  send(bytes: Uint8Array): void;
  close(): void;
}

type Protocol = 'unknown' | 'http' | 'redis';

const requestTimeoutMs = 60_000;
/** Requests that a client may send before the first of them is answered. */
const pipelineLimit = 1_000;
const requestLine = /^[!#$%&'*+.^_`|~\w-]+ \S+ HTTP\/\d\.\d\r?$/;
/** So much without a line end is no protocol that is known here. */
const firstLineLimit = 64 * 1024;

export class WireConnection implements Cancel {
  private protocol: Protocol = 'unknown';
  private bytes: Uint8Array = new Uint8Array(0);
  private readonly http = new HttpRequestParser();
  private readonly waiting: Parsed[] = [];
  private call: Cancel | undefined;
  private open = true;
  private ending = false;

  constructor(
    private readonly host: ProcessHost,
    /** `10.244.1.5:80`. */
    private readonly address: string,
    private readonly wire: Wire,
  ) {}

  /** Bytes of the client. */
  receive(bytes: Uint8Array): void {
    if (!this.open || bytes.length === 0) return;
    if (this.protocol === 'http') return this.takeHttp(bytes);
    this.bytes = joinBytes([this.bytes, bytes]);
    if (this.protocol === 'unknown') this.protocol = this.detect();
    if (this.protocol === 'http') {
      const all = this.bytes;
      this.bytes = new Uint8Array(0);
      this.takeHttp(all);
    } else if (this.protocol === 'redis') this.nextCommand();
  }

  /** The client sends nothing more; it still hears the answers to what it asked. */
  end(): void {
    this.ending = true;
    if (!this.call && this.waiting.length === 0) this.close();
  }

  /** The client is gone. */
  cancel(): void {
    this.open = false;
    this.call?.cancel();
  }

  private close(): void {
    if (!this.open) return;
    this.cancel();
    this.wire.close();
  }

  private detect(): Protocol {
    const [first = 0] = this.bytes;
    if (first === 0x2a) return 'redis';
    const end = this.bytes.indexOf(10);
    // The first byte of a TLS handshake, or of something else that is no text.
    if (first < 0x20 || first > 0x7e || (end < 0 && this.bytes.length > firstLineLimit)) {
      this.close();
      return 'unknown';
    }
    if (end < 0) return 'unknown';
    return requestLine.test(textOfBytes(this.bytes.subarray(0, end))) ? 'http' : 'redis';
  }

  // --- HTTP ----------------------------------------------------------------------------------------------------------

  private takeHttp(bytes: Uint8Array): void {
    this.waiting.push(...this.http.push(bytes));
    if (this.waiting.length > pipelineLimit) return this.close();
    this.nextRequest();
  }

  private nextRequest(): void {
    while (!this.call && this.open) {
      const next = this.waiting.shift();
      if (!next) {
        if (this.ending) this.close();
        return;
      }
      if (next.kind === 'continue') this.wire.send(bytesOfText('HTTP/1.1 100 Continue\r\n\r\n'));
      else if (next.kind === 'error') this.refuse(next.status, next.message);
      else this.ask(next.request);
    }
  }

  private ask(request: ParsedRequest): void {
    const { method, target, headers, body } = request;
    const text = body.length === 0 ? undefined : textOfBytes(body);
    const payload = httpRequest(method, target, headers['user-agent'] ?? '', headers, text);
    this.dial('http', payload, { verb: method, name: target }, (result) => {
      const response = result.ok ? httpResponseOf(result.payload) : undefined;
      if (!response) return this.close();
      this.answer(response, request);
      if (!request.keepAlive) this.close();
      else this.nextRequest();
    });
  }

  private answer(response: HttpResponse, request: Pick<ParsedRequest, 'method' | 'keepAlive' | 'version'>): void {
    this.wire.send(writeResponse(response, request, this.host.wallMs));
  }

  private refuse(code: number, reason: string): void {
    const body = `${code} ${reason}`;
    this.answer({ code, body }, { method: 'GET', keepAlive: false, version: '1.1' });
    this.close();
  }

  // --- Redis ---------------------------------------------------------------------------------------------------------

  private nextCommand(): void {
    if (this.call || !this.open) return;
    const command = readCommand(this.bytes);
    if (command === 'error') {
      this.wire.send(bytesOfText('-ERR Protocol error: invalid multibulk length\r\n'));
      return this.close();
    }
    if (!command) {
      if (this.ending) this.close();
      return;
    }
    this.bytes = this.bytes.slice(command.length);
    const { words } = command;
    if (words.length === 0) return this.nextCommand();
    this.dial('tcp', { redis: words }, { verb: words[0] as string }, (result) => {
      const { lines } = (result.ok ? result.payload : {}) as { lines?: readonly string[] };
      if (!result.ok) return this.close();
      // A web server that was spoken to in another tongue.
      if (!lines) return this.refuse(400, 'Bad Request');
      this.wire.send(writeAnswer(lines));
      this.nextCommand();
    });
  }

  private dial(
    channel: 'http' | 'tcp', payload: unknown, subject: { verb: string; name?: string },
    answered: (result: CallResult) => void,
  ): void {
    this.call = this.host.call({ to: this.address, channel, subject, payload, timeoutMs: requestTimeoutMs }, {
      onResult: (result) => {
        this.call = undefined;
        if (this.open) answered(result);
      },
    });
  }
}
