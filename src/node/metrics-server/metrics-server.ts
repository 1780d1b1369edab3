/**
 * metrics-server: asks every kubelet each fifteen seconds what nodes and containers use, with the token of its service
 * account, and serves that as `metrics.k8s.io`. Models sigs.k8s.io/metrics-server v0.8. It lists nodes and pods anew with
 * each round where the real one watches them. Not modelled: verifying the kubelets' certificates (on a real kind cluster
 * it needs --kubelet-insecure-tls; here it makes no difference), and asking whether its callers may read, which the API
 * server in front of it has done.
 */
import { nodes, pods } from '../../api/resources';
import { isFailure } from '../../api/status';
import type { Node, Pod } from '../../api/types';
import { type HttpRequest as WebRequest, isHttpRequest } from '../../api/web';
import { textOfBytes } from '../../base/byte-text';
import { ApiClient } from '../../client/api-client';
import type { HttpMessage, HttpRequest } from '../../protocol/http';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../../sim/process';
import { all, runTask, type Task, waitFor } from '../../sim/task';
import type { ContainerContext } from '../images';
import { flag } from '../programs/servers/web-servers';
import { type Asked, answerMetrics } from './answers';
import { metricsOpenApi } from './openapi';
import { MetricsStorage, parseMetrics, type Scrape } from './storage';

const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';
const defaultPort = 10_250;
const scrapeTimeoutMs = 10_000;

/** The program behind /metrics-server. */
export function metricsServerProgram(context: ContainerContext): Program {
  return new MetricsServer(context);
}

class MetricsServer implements Program {
  private host!: ProcessHost;
  private readonly storage = new MetricsStorage();
  private nodes: readonly Node[] = [];
  private pods: readonly Pod[] = [];

  constructor(private readonly context: ContainerContext) {}

  start(host: ProcessHost): void {
    this.host = host;
    const { KUBERNETES_SERVICE_HOST: address, KUBERNETES_SERVICE_PORT: port } = this.context.env;
    if (!address || !port) {
      this.context.print('stderr', 'panic: failed to construct lister client config: unable to load in-cluster '
        + 'configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined');
      return host.exit(2);
    }
    this.context.useMemory(22 * 1024 * 1024);
    const secure = Number(flag(this.context.command, 'secure-port') ?? defaultPort) || defaultPort;
    host.listen(secure);
    this.context.print('stderr', `secure_serving.go:213] Serving securely on [::]:${secure}`);
    this.round(`${address}:${port}`);
  }

  serve(call: IncomingCall): void {
    const { payload } = call;
    const raw = isRaw(payload) ? payload : undefined;
    if (!raw && !isHttpRequest(payload)) return call.reply({ connected: true }, call.subject);
    const target = raw?.target ?? (payload as WebRequest).path;
    const { code, body } = this.answer(target, (raw ?? (payload as WebRequest)).headers?.['accept'] ?? '');
    const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
    const isDocument = typeof body !== 'string' || body.startsWith('{');
    const type = isDocument ? 'application/json' : 'text/plain; charset=utf-8';
    const message: HttpMessage = { kind: 'response', status: code, headers: { 'content-type': type }, body: text };
    call.reply(raw ? message : { code, body: text, headers: { 'content-type': type } }, { ...call.subject, code });
    this.context.spendCpu(1);
  }

  terminate(): void {
    this.host.exit(0);
  }

  // --- serving -----------------------------------------------------------------------------------------------------

  private answer(target: string, accept: string): { readonly code: number; readonly body: unknown } {
    const [path = '', query = ''] = target.split('?');
    if (path === '/livez' || path === '/healthz') return { code: 200, body: 'ok' };
    if (path === '/readyz') {
      if (this.storage.ready) return { code: 200, body: 'ok' };
      return { code: 500, body: '[-]metric-storage-ready failed: reason withheld\nreadyz check failed\n' };
    }
    const document = metricsOpenApi(path);
    if (document !== undefined) return { code: 200, body: document };
    const { storage, host } = this;
    const inputs = { storage, nodes: this.nodes, pods: this.pods, wallMs: host.wallMs };
    const body = answerMetrics(inputs, asked(path, query, accept));
    if (body === undefined) return { code: 404, body: '404 page not found\n' };
    return { code: isFailure(body) ? body.code : 200, body };
  }

  // --- scraping ----------------------------------------------------------------------------------------------------

  private round(server: string): void {
    const resolutionMs = durationMs(flag(this.context.command, 'metric-resolution') ?? '60s');
    runTask(this.scrapeAll(server));
    this.host.after(resolutionMs, () => this.round(server), { background: true });
  }

  private *scrapeAll(server: string): Task {
    const token = this.context.files.read(tokenFile) ?? '';
    const user = { kind: 'token', token } as const;
    const client = new ApiClient(this.host, { server, user, userAgent: 'metrics-server/v0.8.0' });
    const [listed, running] = [yield* client.list(nodes, { resourceVersion: '0' }),
      yield* client.list(pods, { resourceVersion: '0' })];
    if (listed.ok) this.nodes = listed.value.items;
    if (running.ok) this.pods = running.value.items;
    if (!listed.ok || !running.ok) {
      const { message = '' } = listed.ok ? (running.ok ? {} : running.status) : listed.status;
      this.context.print('stderr', `reflector.go:569] failed to list: ${message}`);
    }
    const scrapes = yield* all(this.nodes.map((node) => this.scrape(node, token)));
    this.storage.store(scrapes.filter((scrape) => scrape !== undefined));
    this.context.spendCpu(10 + this.pods.length * 0.1);
  }

  private *scrape(node: Node, token: string): Task<Scrape | undefined> {
    const to = this.addressOf(node);
    const { name } = node.metadata;
    const target = '/metrics/resource';
    const payload: HttpRequest = {
      method: 'GET', target, body: new Uint8Array(0), headers: { authorization: `Bearer ${token}` },
    };
    const subject = { verb: 'get', name: target };
    const result = yield* waitFor<CallResult>((resume) => this.host.call(
      { to, channel: 'https', subject, payload, timeoutMs: scrapeTimeoutMs }, { onResult: resume }));
    const message = result.ok ? result.payload as HttpMessage : undefined;
    if (message?.kind === 'response' && message.status === 200) {
      const text = typeof message.body === 'string' ? message.body : textOfBytes(message.body);
      return parseMetrics(name, text, this.host.wallMs);
    }
    const why = message?.kind === 'response' ? `request failed, status: "${message.status}"`
      : `Get "https://${to}${target}": dial tcp ${to}: ${result.ok ? 'EOF' : result.failure}`;
    this.context.print('stderr', `scraper.go:149] "Failed to scrape node" err=${JSON.stringify(why)} node="${name}"`);
    return undefined;
  }

  private addressOf({ metadata, status }: Node): string {
    const { command } = this.context;
    const preferred = (flag(command, 'kubelet-preferred-address-types')
      ?? 'Hostname,InternalDNS,InternalIP,ExternalDNS,ExternalIP').split(',');
    const found = preferred.map((type) => status.addresses?.find((address) => address.type === type)?.address)
      .find((address) => address !== undefined);
    const reported = command.some((word) => word === '--kubelet-use-node-status-port');
    const port = reported ? status.daemonEndpoints?.kubeletEndpoint?.Port ?? defaultPort : defaultPort;
    return `${found ?? metadata.name}:${port}`;
  }
}

function isRaw(payload: unknown): payload is HttpRequest {
  return (
    typeof payload === 'object' && payload !== null && typeof (payload as Partial<HttpRequest>).target === 'string'
  );
}

function asked(path: string, query: string, accept: string): Asked {
  const value = (name: string): string => {
    const found = query.split('&').find((part) => part.startsWith(`${name}=`));
    try {
      return decodeURIComponent((found?.slice(name.length + 1) ?? '').replace(/\+/g, ' '));
    } catch {
      return '';
    }
  };
  return {
    path, labelSelector: value('labelSelector'), watch: /^(true|1)$/.test(value('watch')),
    table: /^[^,]*;as=Table/.test(accept.split(',')[0] ?? ''),
  };
}

/** `15s`, `1m`, `1m30s` in milliseconds; a minute for anything else, and never less than ten seconds. */
function durationMs(text: string): number {
  const parts = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  const ms = ((Number(parts?.[1]) || 0) * 60 + (Number(parts?.[2]) || 0)) * 1000;
  return ms === 0 ? 60_000 : Math.max(10_000, ms);
}
