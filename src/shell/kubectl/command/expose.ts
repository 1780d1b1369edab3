/** `kubectl expose`. Models kubectl's pkg/cmd/expose. */
import type { KubeObject } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, nothingNamed, refused } from './call';
import { createObject, creating } from './generator';
import { isTargetProblem, scopeOf, targetsOf } from './resources';
import { pairs } from './run';

export const expose: KubectlCommand = {
  about: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  completes: 'workloads',
  flags: {
    ...creating, 'cluster-ip': { type: 'string' }, 'external-ip': { type: 'string' },
      'filename': { type: 'unmodelled', short: 'f' },
    'labels': { type: 'string', short: 'l' }, 'name': { type: 'string' }, 'overrides': { type: 'unmodelled' },
    'port': { type: 'string' }, 'protocol': { type: 'string' }, 'selector': { type: 'string' },
    'session-affinity': { type: 'string' }, 'target-port': { type: 'string' }, 'type': { type: 'string' },
    'load-balancer-ip': { type: 'unmodelled' },
  },
  run: runExpose,
};

/** What has pods behind it. */
const exposable = new Set(['Deployment', 'Pod', 'ReplicaSet', 'ReplicationController', 'Service']);

interface Selecting {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
      };
    };
    readonly containers?: readonly { readonly ports?: readonly { readonly containerPort: number }[] }[];
    readonly ports?: readonly { readonly port: number }[];
  };
}

function* runExpose(call: Call): Task<number> {
  const { flags } = call;
  const targets = targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  const [target] = targets;
  if (!target) return complain(call, nothingNamed);
  if (target.name === undefined) return complain(call, 'resource(s) were provided, but no name was specified');
  const found = yield* call.api.get<KubeObject & Selecting>(target.kind, scopeOf(call, target), target.name);
  if (!found.ok) return refused(call, found.status);
  if (!exposable.has(target.kind.kind)) return complain(call, `cannot expose a ${target.kind.kind}`);
  const { spec = {}, metadata } = found.value;
  const isPod = target.kind.kind === 'Pod';
  const selector = flags.has('selector') ? pairs(flags.list('selector'))
    : (isPod ? metadata.labels : spec.selector?.['matchLabels'] ?? spec.selector) as Readonly<Record<string,
      string>> | undefined;
  if (!selector || Object.keys(selector).length === 0) {
    return complain(call,
      'couldn\'t retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed');
  }
  const containers = spec.template?.spec?.containers ?? spec.containers ?? [];
  const known = spec.ports?.map(({ port }) => port) ?? containers.flatMap(({ ports: own }) =>
    own?.map(({ containerPort }) => containerPort) ?? []);
  const wanted = flags.has('port') ? flags.list('port').map(Number) : known;
  if (wanted.length === 0) return complain(call, 'couldn\'t find port via --port flag or introspection');
  const goal = flags.text('target-port');
  const list = wanted.map((port, index) => ({
    ...(wanted.length > 1 ? { name: `port-${index + 1}` } : {}), port, protocol: flags.text('protocol') ?? 'TCP',
    targetPort: goal === undefined ? port : /^\d+$/.test(goal) ? Number(goal) : goal,
  }));
  const type = flags.text('type');
  const clusterIP = flags.text('cluster-ip');
  const affinity = flags.text('session-affinity');
  const body = {
    apiVersion: 'v1', kind: 'Service',
    metadata: { ...(metadata.labels ? { labels: metadata.labels } : {}), name: flags.text('name') ?? target.name },
    spec: {
      ...(clusterIP === undefined ? {} : { clusterIP }), ports: list, selector,
      ...(affinity === undefined ? {} : { sessionAffinity: affinity }), ...(type === undefined ? {} : { type }),
    },
    status: { loadBalancer: {} },
  };
  return yield* createObject(call, body as unknown as KubeObject, 'kubectl-expose', 'exposed');
}
