/** A client outside the sandbox for tests: sends raw requests to a booted cluster and collects what comes back. */
import assert from 'node:assert/strict';
import type { Cluster, HttpConnection } from '../../../src/cluster/cluster';
import type { HttpHead, HttpMessage, HttpResponse, VerifiedIdentity } from '../../../src/protocol/http';
import type { Status } from '../../../src/api/types';

export const clusterAdmin: VerifiedIdentity = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | object;
  /** Undefined for the cluster's admin, null for nobody. */
  readonly identity?: VerifiedIdentity | null;
  readonly upgrade?: boolean;
}

/** An answer as its parts, the body as text. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly user: VerifiedIdentity | undefined;
}

/** A stream with what it has sent so far. */
export interface Stream {
  readonly messages: readonly HttpMessage[];
  readonly connection: HttpConnection;
  /** The lines of the chunks, parsed. */
  events(): { readonly type: string; readonly object: any }[];
  head(): HttpHead;
}

export class HttpClient {
  constructor(readonly cluster: Cluster) {}

  /** Sends a request and runs until it is answered. */
  send(method: string, target: string, sending: Sending = {}): Received {
    let response: HttpResponse | undefined;
    this.connect(method, target, sending, (message) => {
      assert.equal(message.kind, 'response', `${method} ${target}: ${JSON.stringify(message)}`);
      response = message as HttpResponse;
    });
    this.cluster.runUntil(() => response !== undefined, 60_000);
    assert.ok(response, `an answer to ${method} ${target}`);
    const { status, headers, body, user } = response;
    return { status, headers, text: typeof body === 'string' ? body : new TextDecoder().decode(body), user };
  }

  /** Sends a request whose answer must be JSON of this status. */
  json<T = any>(method: string, target: string, sending: Sending = {}, status = 200): T {
    const received = this.send(method, target, sending);
    assert.equal(received.status, status, received.text);
    return JSON.parse(received.text) as T;
  }

  /** The Status of a request that must be refused. */
  refusal(method: string, target: string, sending: Sending = {}): Status {
    const { status, text } = this.send(method, target, sending);
    assert.ok(status >= 400, `refused, but got ${status} ${text}`);
    const refused = JSON.parse(text) as Status;
    assert.equal(refused.code, status);
    return refused;
  }

  /** Opens a stream and lets what is there arrive. */
  stream(target: string, sending: Sending = {}): Stream {
    const messages: HttpMessage[] = [];
    const connection = this.connect('GET', target, sending, (message) => messages.push(message));
    this.cluster.runFor(20);
    const texts = (): string => messages.map((message) => (message.kind === 'chunk' ? String(message.data) : '')).join('');
    return {
      messages, connection,
      events: () => texts().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)),
      head: () => {
        const [first] = messages;
        assert.equal(first?.kind, 'head', JSON.stringify(first));
        return first as HttpHead;
      },
    };
  }

  private connect(
    method: string, target: string, { headers = {}, body = '', identity, upgrade }: Sending,
    hear: (message: HttpMessage) => void,
  ): HttpConnection {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const who = identity === undefined ? clusterAdmin : identity;
    return this.cluster.open({
      method, target, headers, body: bytes, ...(who ? { identity: who } : {}), ...(upgrade ? { upgrade } : {}),
    }, hear);
  }
}
