/**
 * Answering one request from outside: the headers that every answer has, Status objects in the form that the client
 * accepts, and streams and sessions. Names the request in the trace and says who asked, for audit. Models
 * endpoints/handlers/responsewriters and the filters WithCacheControl and WithAuditInit.
 */
import { utf8Encode } from '../../base/utf8';
import { encodeJsonIndented } from '../../base/json-write';
import { isFailure, type FailureStatus } from '../../api/status';
import type { HttpMessage, HttpResponse, SessionMessage, VerifiedIdentity } from '../../protocol/http';
import type { Subject } from '../../protocol/trace';
import type { IncomingCall } from '../../sim/process';
import { type Acceptance, negotiate } from './negotiation';
import { encodePlain } from './representation';
import type { SessionReply } from './sessions';
import { warningHeader } from './warnings';

type Headers = Readonly<Record<string, string>>;

export class Answer implements SessionReply {
  /** Who asked, once that is known. */
  user: VerifiedIdentity | undefined;
  /** Headers besides those that every answer has: flow control's. */
  readonly headers: Record<string, string>;
  private begun = false;

  constructor(
    private readonly call: IncomingCall,
    private readonly acceptance: Acceptance,
    auditId: string,
    /** Called once, when the answer is complete or the client has gone. */
    private readonly done: () => void,
  ) {
    this.headers = { 'Audit-Id': auditId, 'Cache-Control': 'no-cache, private' };
    call.onClose(() => this.finish());
  }

  get open(): boolean {
    return this.call.open;
  }

  /** Whether a head was sent, so that it is too late for a Status. */
  get streaming(): boolean {
    return this.begun;
  }

  respond(status: number, contentType: string, body: string | Uint8Array, headers: Headers = {}): void {
    this.send(status, { 'Content-Type': contentType, ...headers }, body, {});
  }

  /** An object of the API, encoded, with its warnings. */
  encoded(
    status: number, media: 'json' | 'yaml', body: string, warnings: readonly string[], about: Partial<Subject>,
  ): void {
    const warning = warningHeader(warnings);
    const headers: Headers = {
      'Content-Type': `application/${media}`, ...(warning ? { Warning: headerText(warning) } : {}),
    };
    this.send(status, headers, body, about);
  }

  fail(status: FailureStatus, warnings: readonly string[] = []): void {
    const { code, reason, message } = status;
    const retry = status.details?.retryAfterSeconds;
    const warning = warningHeader(warnings);
    const form = negotiate(this.acceptance, false);
    const refused = isFailure(form);
    const body = refused ? encodeJsonIndented(status) : encodePlain(status, form);
    const media = refused ? 'json' : form.media;
    const headers: Record<string, string> = { 'Content-Type': `application/${media}` };
    if (retry) headers['Retry-After'] = String(retry);
    if (code === 403) headers['X-Content-Type-Options'] = 'nosniff';
    if (warning) headers['Warning'] = headerText(warning);
    this.send(code, headers, body, { reason, message });
  }

  /** A line of text, as Go's http.Error writes it. */
  text(status: number, line: string, headers: Headers = {}): void {
    const type = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };
    this.send(status, { ...type, ...headers }, `${line}\n`, {});
  }

  head(status: number, contentType: string, headers: Headers = {}): void {
    if (this.begun || !this.call.open) return;
    this.begun = true;
    const message: HttpMessage = {
      kind: 'head', status, headers: { ...this.headers, 'Content-Type': contentType, ...headers },
      ...(this.user ? { user: this.user } : {}),
    };
    this.call.event(message, { ...this.call.subject, code: status });
  }

  chunk(data: string | Uint8Array): void {
    if (this.call.open) this.call.event({ kind: 'chunk', data } satisfies HttpMessage, this.call.subject);
  }

  switched(): void {
    this.begun = true;
    const message: HttpMessage = { kind: 'switched', ...(this.user ? { user: this.user } : {}) };
    if (this.call.open) this.call.event(message, { ...this.call.subject, code: 101 });
  }

  message(message: SessionMessage): void {
    if (this.call.open) this.call.event(message, this.call.subject);
  }

  onMessage(listener: (message: SessionMessage) => void): void {
    this.call.onMessage((payload) => listener(payload as SessionMessage));
  }

  onClose(listener: () => void): void {
    this.call.onClose(listener);
  }

  end(): void {
    if (this.call.open) this.call.reply({ kind: 'end' } satisfies HttpMessage, this.call.subject);
    this.finish();
  }

  private send(status: number, headers: Headers, body: string | Uint8Array, about: Partial<Subject>): void {
    const response: HttpResponse = {
      kind: 'response', status, headers: { ...this.headers, ...headers }, body,
      ...(this.user ? { user: this.user } : {}),
    };
    if (this.call.open) this.call.reply(response, { ...this.call.subject, code: status, ...about });
    this.finish();
  }

  private finished = false;

  private finish(): void {
    if (this.finished) return;
    this.finished = true;
    this.done();
  }
}

/** A text as the bytes of a header, one unit per byte, since headers know no UTF-8. */
function headerText(text: string): string {
  if (!/[^\u0000-\u007f]/.test(text)) return text;
  return Array.from(utf8Encode(text), (byte) => String.fromCharCode(byte)).join('');
}
