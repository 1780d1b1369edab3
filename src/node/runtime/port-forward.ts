/**
 * Port-forwarding at the runtime: for each connection that a client opens the port is dialled inside the pod's network
 * namespace, and bytes go both ways until one side closes. Models containerd's sandbox_portforward_linux.go below
 * k8s.io/streaming's portforward handler.
 */
import type { SessionMessage } from '../../protocol/http';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import { WireConnection } from '../wire/connection';
import type { SandboxRecord } from './state';

const dialTimeoutMs = 60_000;

interface Forwarded {
  connection: WireConnection | undefined;
  /** What came in before the connection was there. */
  readonly early: Uint8Array[];
  ended: boolean;
}

export class PortForwardSession {
  private readonly forwarded = new Map<number, Forwarded>();

  constructor(
    private readonly host: ProcessHost,
    private readonly call: IncomingCall,
    private readonly sandbox: SandboxRecord,
  ) {
    this.send({ kind: 'switched' });
    call.onMessage((payload) => this.take(payload as SessionMessage));
    call.onClose(() => {
      for (const { connection } of this.forwarded.values()) connection?.cancel();
    });
  }

  private take(message: SessionMessage): void {
    if (message.kind === 'open') return this.open(message.stream, message.port);
    const found = this.forwarded.get(message.stream);
    if (!found) return;
    if (message.kind === 'data') {
      if (found.connection) found.connection.receive(message.data);
      else found.early.push(message.data);
    } else {
      found.ended = true;
      found.connection?.end();
    }
  }

  private open(stream: number, port: number): void {
    const { sandbox, host } = this;
    const forwarded: Forwarded = { connection: undefined, early: [], ended: false };
    this.forwarded.set(stream, forwarded);
    if (!sandbox.ready) return this.fail(stream, port, `sandbox container "${sandbox.id}" is not running`);
    const address = `${sandbox.config.hostNetwork ? '127.0.0.1' : sandbox.ip}:${port}`;
    const subject = { verb: 'connect', name: address };
    const payload = { connect: true };
    host.call({ to: address, channel: 'tcp', subject, payload, timeoutMs: dialTimeoutMs }, {
      onResult: (result) => {
        if (this.forwarded.get(stream) !== forwarded) return;
        if (!result.ok && result.failure !== 'reset') return this.fail(stream, port, this.refusal(port));
        this.connected(stream, address, forwarded);
      },
    });
  }

  private connected(stream: number, address: string, forwarded: Forwarded): void {
    const connection = new WireConnection(this.host, address, {
      send: (data) => this.send({ kind: 'data', stream, data }),
      close: () => this.close(stream),
    });
    forwarded.connection = connection;
    for (const data of forwarded.early.splice(0)) connection.receive(data);
    if (forwarded.ended) connection.end();
  }

  /** What Go's dialler and containerd say of a port where nobody listens. */
  private refusal(port: number): string {
    const { id, config } = this.sandbox;
    const namespace = config.hostNetwork ? 'host' : `/var/run/netns/cni-${namespaceId(id)}`;
    const refused = (network: string, address: string): string =>
      `dial ${network} ${address}:${port}: connect: connection refused`;
    return `failed to execute portforward in network namespace "${namespace}": failed to connect to localhost:${port} `
      + `inside namespace "${id}", IPv4: ${refused('tcp4', '127.0.0.1')} IPv6 ${refused('tcp6', '[::1]')} `;
  }

  private fail(stream: number, port: number, why: string): void {
    this.close(stream, `error forwarding port ${port} to pod ${this.sandbox.id}, uid : ${why}`);
  }

  private close(stream: number, error?: string): void {
    if (!this.forwarded.delete(stream)) return;
    this.send({ kind: 'close', stream, ...(error === undefined ? {} : { error }) });
  }

  private send(message: SessionMessage | { readonly kind: 'switched' }): void {
    if (this.call.open) this.call.event(message, { ...this.call.subject, verb: message.kind });
  }
}

/** The name of the namespace's file: a UUID in reality, made of the sandbox' id here. */
function namespaceId(id: string): string {
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => id.slice(from, to)).join('-');
}
