/**
 * Paths that are no resources: health checks and the version. Models apiserver's pkg/server/healthz with the checks of
 * kube-apiserver that stand for something here. Discovery and OpenAPI are not modelled: they answer 404.
 */
import { serverVersion } from './options';

/** What the health checks look at. */
export interface ServerHealth {
  readonly etcdReachable: boolean;
  readonly cachesFilled: boolean;
  readonly hooksDone: boolean;
  readonly shuttingDown: boolean;
}

export interface PathAnswer {
  readonly code: number;
  readonly body: string;
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
  'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes', 'start-system-namespaces-controller',
  'start-kubernetes-service-controller', 'start-kube-apiserver-identity-lease-controller',
].map((name): Check => [`poststarthook/${name}`, (health) => health.hooksDone]);
const shutdown: Check = ['shutdown', (health) => !health.shuttingDown];

const checks: Readonly<Record<string, readonly Check[]>> = {
  livez: [...common, ...hooks],
  readyz: [...common, ...readinessOnly, ...hooks, shutdown],
  healthz: [...common, ...hooks],
};

/** The answer to a GET of a path, or undefined when nothing is served there. */
export function answerPath(path: string, health: ServerHealth): PathAnswer | undefined {
  const [route = '', query = ''] = path.split('?');
  if (route === '/version' || route === '/version/') {
    return { code: 200, body: JSON.stringify(serverVersion, undefined, 2) };
  }
  const [, endpoint = '', ...rest] = route.split('/');
  const all = Object.hasOwn(checks, endpoint) ? checks[endpoint] : undefined;
  if (!all) return undefined;
  if (rest.length === 0) {
    const verbose = query.split('&').some((part) => /^verbose\b/.test(part));
    return runChecks(endpoint, all, health, verbose);
  }
  const single = all.find(([name]) => name === rest.join('/'));
  return single && runChecks(endpoint, [single], health, false);
}

function runChecks(endpoint: string, all: readonly Check[], health: ServerHealth, verbose: boolean): PathAnswer {
  const failed = all.some(([, passes]) => !passes(health));
  if (!failed && !verbose) return { code: 200, body: 'ok' };
  const lines = all.map(([name, passes]) => (passes(health) ? `[+]${name} ok` : `[-]${name} failed: reason withheld`));
  const last = failed ? `${endpoint} check failed` : `${endpoint} check passed`;
  return { code: failed ? 500 : 200, body: `${[...lines, last].join('\n')}\n` };
}
