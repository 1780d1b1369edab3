/**
 * What kube-proxy answers over HTTP: /healthz and /livez on port 10256, /healthz, /proxyMode and /metrics on 10249.
 * Models pkg/proxy/healthcheck ProxyHealthServer and cmd/kube-proxy serveMetrics. Not modelled: most of its metrics,
 * /configz, profiling, health check node ports of services.
 */
import { formatTime } from '../../api/time';
import type { Node } from '../../api/types';
import type { HttpResponse } from '../../api/web';

export const healthzPort = 10256;
export const metricsPort = 10249;

/** The cluster autoscaler marks with it a node that it is about to delete. */
const toBeDeletedTaint = 'ToBeDeletedByClusterAutoscaler';

/** What the answers are made of. */
export interface ProxyState {
  readonly mode: string;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** False once the node is about to go. */
  readonly nodeEligible: boolean;
  readonly serviceChanges: number;
  readonly endpointChanges: number;
  /** When rules were last written, in milliseconds since 1970; 0 before the first time. */
  readonly lastSyncWallMs: number;
}

/** Whether load balancers may go on using the node. */
export function isEligible(node: Node): boolean {
  return !node.metadata.deletionTimestamp && !node.spec.taints?.some(({ key }) => key === toBeDeletedTaint);
}

/** The answer to a GET. */
export function answerProxyPath(port: string, path: string, state: ProxyState): HttpResponse {
  const time = `"${formatTime(state.wallMs).replace('T', ' ').replace('Z', ' +0000 UTC')}"`;
  const times = `"lastUpdated": ${time},"currentTime": ${time}`;
  const { nodeEligible } = state;
  switch (`${port}${path}`) {
    case `${healthzPort}/healthz`:
      return { code: nodeEligible ? 200 : 503, body: `{${times}, "nodeEligible": ${String(nodeEligible)}}` };
    case `${healthzPort}/livez`:
      return { code: 200, body: `{${times}}` };
    case `${metricsPort}/healthz`:
      return { code: 200, body: 'ok' };
    case `${metricsPort}/proxyMode`:
      return { code: 200, body: state.mode };
    case `${metricsPort}/metrics`:
      return { code: 200, body: metrics(state) };
    default:
      return { code: 404, body: '404 page not found\n' };
  }
}

function metrics({ serviceChanges, endpointChanges, lastSyncWallMs }: ProxyState): string {
  const prefix = 'kubeproxy_sync_proxy_rules';
  const lines: string[] = [];
  const add = (name: string, type: string, help: string, value: number): void => {
    lines.push(`# HELP ${prefix}_${name} ${help}`, `# TYPE ${prefix}_${name} ${type}`, `${prefix}_${name} ${value}`);
  };
  add('endpoint_changes_total', 'counter', '[ALPHA] Cumulative proxy rules Endpoint changes', endpointChanges);
  const lastSync = '[ALPHA] The last time proxy rules were successfully synced';
  add('last_timestamp_seconds', 'gauge', lastSync, lastSyncWallMs / 1000);
  add('service_changes_total', 'counter', '[ALPHA] Cumulative proxy rules Service changes', serviceChanges);
  return `${lines.join('\n')}\n`;
}
