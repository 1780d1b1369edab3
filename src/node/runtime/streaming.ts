/**
 * The streaming server of the runtime: CRI prepares a stream and names a URL, the kubelet opens it, once and soon. Over
 * it run the sessions of exec, attach and port-forward. Models k8s.io/streaming's cri server with its request cache.
 */
import type { HttpMessage, HttpRequest } from '../../protocol/http';
import type { IncomingCall, ProcessHost } from '../../sim/process';

/** A URL that nobody has opened by then is good for nothing (request_cache.go). */
const openWithinMs = 60_000;

type Session = (call: IncomingCall) => void;

export class StreamingServer {
  private readonly port: number;
  private readonly prepared = new Map<string, { readonly untilMs: number; readonly session: Session }>();

  constructor(private readonly host: ProcessHost) {
    // stream_server_port = "0": whatever port is free.
    this.port = 32_768 + host.random('streaming').below(28_232);
    host.listen(this.port);
  }

  /** Where the session can be opened. */
  prepare(kind: 'exec' | 'attach' | 'portforward', session: Session): string {
    const { host } = this;
    for (const [token, { untilMs }] of this.prepared) if (untilMs < host.nowMs) this.prepared.delete(token);
    const token = host.random('tokens').hex(8);
    this.prepared.set(token, { untilMs: host.nowMs + openWithinMs, session });
    return `http://127.0.0.1:${this.port}/${kind}/${token}`;
  }

  /** Whether a call came in at this server's port. */
  takes(call: IncomingCall): boolean {
    return call.port === String(this.port);
  }

  serve(call: IncomingCall): void {
    const { target = '' } = call.payload as Partial<HttpRequest>;
    const token = target.slice(target.lastIndexOf('/') + 1);
    const found = this.prepared.get(token);
    this.prepared.delete(token);
    if (found && found.untilMs >= this.host.nowMs) return found.session(call);
    const answer: HttpMessage = { kind: 'response', status: 404, headers: {}, body: '404 page not found\n' };
    call.reply(answer, { ...call.subject, code: 404 });
  }
}
