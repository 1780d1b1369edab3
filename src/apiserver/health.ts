/**
 * Health checks: /healthz, /livez and /readyz, as a whole and one by one. The checks are those of kube-apiserver; the
 * hooks after its start all stand for the one moment at which this server is done with starting. Models apiserver's
 * pkg/server/healthz.
 */
import { quote } from '../api/go-text';
import type { PathAnswer } from './http/path-handlers';
import type { Query } from './http/target';

/** What the health checks look at. */
export interface ServerHealth {
  readonly etcdReachable: boolean;
  readonly cachesFilled: boolean;
  readonly hooksDone: boolean;
  readonly shuttingDown: boolean;
}

type Check = readonly [name: string, passes: (health: ServerHealth) => boolean];

const common: readonly Check[] = [
  ['ping', () => true],
  ['log', () => true],
  ['etcd', (health) => health.etcdReachable],
];
const readinessOnly: readonly Check[] = [
  ['etcd-readiness', (health) => health.etcdReachable],
  ['informer-sync', (health) => health.cachesFilled],
];
const hooks: readonly Check[] = [
  'start-apiserver-admission-initializer', 'generic-apiserver-start-informers', 'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter', 'storage-object-count-tracker-hook', 'start-apiextensions-informers',
  'start-apiextensions-controllers', 'crd-informer-synced', 'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller', 'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector', 'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers', 'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer', 'bootstrap-controller', 'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert', 'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller', 'apiservice-status-remote-available-controller',
  'apiservice-registration-controller', 'apiservice-discovery-controller', 'kube-apiserver-autoregistration',
].map((name): Check => [`poststarthook/${name}`, (health) => health.hooksDone]);
const registration: readonly Check[] = [
  ['autoregister-completion', (health) => health.hooksDone],
  ['poststarthook/apiservice-openapi-controller', (health) => health.hooksDone],
  ['poststarthook/apiservice-openapiv3-controller', (health) => health.hooksDone],
];
const shutdown: Check = ['shutdown', (health) => !health.shuttingDown];

const endpoints: ReadonlyMap<string, readonly Check[]> = new Map([
  ['healthz', [...common, ...hooks, ...registration]],
  ['livez', [...common, ...hooks, ...registration]],
  ['readyz', [...common, ...readinessOnly, ...hooks, ...registration, shutdown]],
]);

const contentType = 'text/plain; charset=utf-8';

/** All paths of health checks, for the list of paths. */
export function healthPaths(): readonly string[] {
  return [...endpoints].flatMap(([name, checks]) => [`/${name}`, ...checks.map(([check]) => `/${name}/${check}`)]);
}

/** The answer to a GET of a health check, or undefined when the path is none. */
export function answerHealth(path: string, query: Query, health: ServerHealth): PathAnswer | undefined {
  const [, endpoint = '', ...rest] = path.split('/');
  const checks = endpoints.get(endpoint);
  if (!checks) return undefined;
  if (rest.length === 0 || (rest.length === 1 && rest[0] === '')) return runChecks(endpoint, checks, query, health);
  const single = checks.find(([name]) => name === rest.join('/'));
  if (!single) return undefined;
  const passes = single[1](health);
  return passes ? { status: 200, contentType, body: 'ok' }
    : { status: 500, contentType, body: `internal server error: ${single[0]} is not ready\n` };
}

function runChecks(endpoint: string, checks: readonly Check[], query: Query, health: ServerHealth): PathAnswer {
  const excluded = new Set(query.all('exclude'));
  let lines = '';
  let failed = false;
  for (const [name, passes] of checks) {
    if (excluded.delete(name)) {
      lines += `[+]${name} excluded: ok\n`;
      continue;
    }
    const ok = passes(health);
    failed ||= !ok;
    lines += ok ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`;
  }
  if (excluded.size > 0) {
    const names = [...excluded].sort().map(quote).join(',');
    lines += `warn: some health checks cannot be excluded: no matches for ${names}\n`;
  }
  if (failed) return { status: 500, contentType, body: `${lines}${endpoint} check failed\n` };
  const body = query.has('verbose') ? `${lines}${endpoint} check passed\n` : 'ok';
  return { status: 200, contentType, body };
}
