/**
 * The load balancer that kind puts before several API servers: a TCP proxy on port 6443, round robin over the servers
 * whose /healthz answers. Models the Envoy of kind v0.32.0 as pkg/cluster/internal/loadbalancer configures it. Calls of
 * one client go over one connection, as with HTTP/2: they keep their server while one of them is open and the server is
 * healthy. Not modelled: TLS, the admin port, Envoy's panic mode (below half of healthy servers it would use all), its
 * connect timeout of 0.25 s.
 */
import type { ProcessId } from '../protocol/trace';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../sim/process';
import { httpRequest, httpResponseOf } from '../api/web';

const checkIntervalMs = 2_000;
const checkTimeoutMs = 3_000;
/** So many failures in a row eject a server; one success restores it. */
const unhealthyThreshold = 2;

export interface LoadBalancerOptions {
  /** `kind-control-plane:6443` and so on, in the order of the nodes. */
  readonly backends: readonly string[];
  /** Where it listens; 6443 when absent. */
  readonly port?: number;
}

/** A server as views show it. */
export interface BackendHealth {
  readonly address: string;
  readonly healthy: boolean;
}

interface Server {
  readonly address: string;
  healthy: boolean;
  failures: number;
}

/** The connection of one client process. */
interface Connection {
  readonly server: Server;
  openCalls: number;
}

export class LoadBalancer implements Program {
  private host!: ProcessHost;
  private readonly servers: readonly Server[];
  private readonly connections = new Map<ProcessId, Connection>();
  private next = 0;

  constructor(private readonly options: LoadBalancerOptions) {
    this.servers = options.backends.map((address) => ({ address, healthy: false, failures: 0 }));
  }

  start(host: ProcessHost): void {
    this.host = host;
    host.listen(this.options.port ?? 6443);
    for (const server of this.servers) this.check(server);
  }

  serve(call: IncomingCall): void {
    const connection = this.connect(call.from);
    if (!connection) return this.reset(call);
    connection.openCalls += 1;
    const { channel, subject, payload } = call;
    const upstream = this.host.call({ to: connection.server.address, channel, subject, payload }, {
      onEvent: (event, about) => call.event(event, about),
      onResult: (result) => {
        if (result.ok) call.reply(result.payload, result.subject);
        else this.reset(call);
      },
    });
    call.onMessage((message) => upstream.send(message, subject));
    call.onClose(() => {
      upstream.cancel();
      this.release(call.from, connection);
    });
  }

  /** The servers and whether calls go to them. */
  backends(): readonly BackendHealth[] {
    return this.servers.map(({ address, healthy }) => Object.freeze({ address, healthy }));
  }

  private reset(call: IncomingCall): void {
    call.reset();
  }

  private connect(client: ProcessId): Connection | undefined {
    const open = this.connections.get(client);
    if (open?.server.healthy) return open;
    const server = this.nextHealthy();
    if (!server) return undefined;
    const connection = { server, openCalls: 0 };
    this.connections.set(client, connection);
    return connection;
  }

  private release(client: ProcessId, connection: Connection): void {
    connection.openCalls -= 1;
    const isLast = connection.openCalls === 0 && this.connections.get(client) === connection;
    if (isLast) this.connections.delete(client);
  }

  private nextHealthy(): Server | undefined {
    const { length } = this.servers;
    for (let step = 0; step < length; step += 1) {
      const at = (this.next + step) % length;
      const server = this.servers[at] as Server;
      if (!server.healthy) continue;
      this.next = at + 1;
      return server;
    }
    return undefined;
  }

  private check(server: Server): void {
    const payload = httpRequest('GET', '/healthz', 'Envoy/HC');
    const subject = { verb: 'get', name: '/healthz' };
    this.host.call({ to: server.address, channel: 'https', subject, payload, timeoutMs: checkTimeoutMs }, {
      onResult: (result) => {
        this.judge(server, result);
        this.host.after(checkIntervalMs, () => this.check(server), { background: true });
      },
    });
  }

  private judge(server: Server, result: CallResult): void {
    const passed = result.ok && httpResponseOf(result.payload)?.code === 200;
    server.failures = passed ? 0 : server.failures + 1;
    if (passed) server.healthy = true;
    else if (server.failures >= unhealthyThreshold) server.healthy = false;
  }
}
