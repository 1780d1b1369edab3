/** Sessions with a kubelet, as the API server opens them: what is sent, and everything that comes back. */
import assert from 'node:assert/strict';
import { bytesOfText, textOfBytes } from '../../../../src/base/byte-text';
import type { Cluster } from '../../../../src/cluster/cluster';
import type { HttpMessage, HttpRequest, SessionMessage } from '../../../../src/protocol/http';
import type { CallHandle, ProcessHost } from '../../../../src/sim/process';
import type { Simulation } from '../../../../src/sim/simulation';

let opened = 0;

export class Session {
  readonly messages: HttpMessage[] = [];
  /** Text by stream. */
  readonly texts = new Map<number, string>();
  readonly closed = new Map<number, string | undefined>();
  ended = false;
  private handle: CallHandle | undefined;

  constructor(private readonly cluster: Cluster, target: string, more: Partial<HttpRequest> = {},
    to = '172.18.0.2:10250') {
    const { sim } = cluster as unknown as { sim: Simulation };
    const payload: HttpRequest = {
      method: 'POST', target, headers: {}, body: new Uint8Array(0), upgrade: true,
      identity: { name: 'kube-apiserver-kubelet-client', groups: ['kubeadm:cluster-admins'] }, ...more,
    };
    const start = (host: ProcessHost): void => {
      this.handle = host.call({ to, channel: 'https', subject: { verb: 'test' }, payload }, {
        onEvent: (message) => this.take(message as HttpMessage),
        onResult: (result) => {
          this.ended = true;
          this.take(result.ok ? result.payload as HttpMessage : { kind: 'failed', failure: result.failure });
        },
      });
    };
    opened += 1;
    sim.spawn({ id: `session-${opened}@client`, machine: 'client', program: { start } });
    this.run(100);
  }

  private take(message: HttpMessage): void {
    this.messages.push(message);
    if (message.kind === 'data') {
      this.texts.set(message.stream, (this.texts.get(message.stream) ?? '') + textOfBytes(message.data));
    } else if (message.kind === 'close') this.closed.set(message.stream, message.error);
    else if (message.kind === 'chunk') {
      const text = typeof message.data === 'string' ? message.data : textOfBytes(message.data);
      this.texts.set(0, (this.texts.get(0) ?? '') + text);
    }
  }

  send(message: SessionMessage): this {
    this.handle?.send(message, { verb: 'test' });
    return this.run(100);
  }

  /** Text or bytes on a stream, standard input unless another is named. */
  type(data: string | Uint8Array, stream = 0): this {
    return this.send({ kind: 'data', stream, data: typeof data === 'string' ? bytesOfText(data) : data });
  }

  close(stream = 0): this {
    return this.send({ kind: 'close', stream });
  }

  hangUp(): void {
    this.handle?.cancel();
  }

  run(ms: number): this {
    this.cluster.runFor(ms);
    return this;
  }

  /** Runs until the session is over. */
  finish(limitMs = 60_000): this {
    assert.ok(this.cluster.runUntil(() => this.ended, limitMs), 'the session goes on');
    return this;
  }

  get out(): string {
    return this.texts.get(1) ?? '';
  }

  get err(): string {
    return this.texts.get(2) ?? '';
  }

  get status(): { status?: string; reason?: string; message?: string; details?: { causes?: { message: string }[] } } {
    return JSON.parse(this.texts.get(3) ?? '{}') as object;
  }

  /** 0, the exit code, or the reason of a failure. */
  get result(): string {
    const { status, reason, details } = this.status;
    return status === 'Success' ? '0' : reason === 'NonZeroExitCode' ? details?.causes?.[0]?.message ?? '' : `${reason}`;
  }
}

/** The path and query of an exec. */
export function execTarget(path: string, command: readonly string[], streams = 'oe'): string {
  const names: Readonly<Record<string, string>> = { i: 'input', o: 'output', e: 'error', t: 'tty' };
  const query = [...command.map((word) => `command=${encodeURIComponent(word)}`),
    ...[...streams].map((letter) => `${names[letter] ?? ''}=1`)];
  return `/exec/${path}?${query.join('&')}`;
}
