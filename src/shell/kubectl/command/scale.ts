/** `kubectl scale` and `kubectl autoscale`. Models kubectl's pkg/cmd/scale and pkg/cmd/autoscale. */
import type { AnyKind } from '../../../api/kind';
import { isQuantityError, parseQuantity } from '../../../api/quantity';
import type { Status } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, nothingNamed, refused, say } from './call';
import { createObject } from './generator';
import { objectsOf, thoseThere, writing } from './objects';
import { scopeOf, shownName } from './resources';

export const scale: KubectlCommand = {
  about: 'Set a new size for a deployment, replica set, or replication controller',
  completes: 'workloads',
  flags: { ...writing, 'replicas': { type: 'int', required: true }, 'current-replicas': { type: 'int' },
    'timeout': { type: 'duration' } },
  run: runScale,
};

function* runScale(call: Call): Task<number> {
  const { flags } = call;
  const replicas = Number(flags.text('replicas'));
  if (replicas < 0) {
    return complain(call, 'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  }
  const { found, code } = yield* thoseThere(call, call.args, nothingNamed);
  for (const { target, object } of found) {
    const { kind, name = '' } = target;
    if (noScale(kind) !== undefined) return refused(call, noSuchResource);
    const now = (object as unknown as { spec: { replicas?: number } }).spec.replicas ?? 1;
    const expected = flags.text('current-replicas');
    if (expected !== undefined && Number(expected) !== -1 && Number(expected) !== now) {
      return complain(call, `Expected replicas to be ${expected}, was ${now}`);
    }
    // The client for scales gives no field manager; the server takes the name of the program.
    const { dryRun } = changing(call, '');
    const changed =
      yield* call.api.patch(kind, scopeOf(call, target), name, 'merge', { spec: { replicas } }, { dryRun }, 'scale');
    if (!changed.ok) return refused(call, changed.status);
    say(call, `${shownName(kind, name)} scaled${dryRunSuffix(call)}`);
  }
  return code;
}

const noSuchResource: Status = {
  apiVersion: 'v1',
  code: 404,
  kind: 'Status',
  message: 'the server could not find the requested resource',
  metadata: {},
  reason: 'NotFound',
  status: 'Failure',
};

function noScale({ kind, group, version, plural, subresources }: AnyKind): string | undefined {
  if (subresources?.includes('scale')) return undefined;
  const api = group === '' ? `/${version}` : `${group}/${version}`;
  return `a ${kind}: could not find scale subresource for ${api}, Resource=${plural} in discovery information`;
}

export const autoscale: KubectlCommand = {
  about: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  completes: 'workloads',
  flags: {
    ...writing, 'cpu': { type: 'string' }, 'cpu-percent': { type: 'int' }, 'max': { type: 'int', required: true },
    'memory': { type: 'string' }, 'min': { type: 'int' }, 'name': { type: 'string' },
    'save-config': { type: 'unmodelledBool' },
  },
  run: runAutoscale,
};

/** The share of the requested CPU that is aimed at when nothing else is asked for. */
const standardUtilization = 80;

function* runAutoscale(call: Call): Task<number> {
  const { flags } = call;
  if (flags.has('cpu-percent')) {
    call.write(
      'stderr',
      'Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format ' +
        "(e.g., '70%' for utilization or '500m' for milliCPU).\n",
    );
  }
  const most = Number(flags.text('max'));
  const least = Number(flags.text('min') ?? -1);
  if (most < 1) return complain(call, `--max=MAXPODS is required and must be at least 1, max: ${most}`);
  if (most < least) {
    return complain(call, `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${most}, min: ${least}`);
  }
  const found = yield* objectsOf(call, call.args, nothingNamed);
  if ('code' in found) return found.code;
  const metrics = metricsOf(call);
  if ('problem' in metrics) return complain(call, metrics.problem);
  for (const { target: { kind, name = '' }, object } of found) {
    const problem = noScale(kind);
    if (problem !== undefined) return complain(call, `cannot autoscale ${problem}`);
    const body = {
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: flags.text('name') ?? name },
      spec: {
        maxReplicas: most, metrics: metrics.list, ...(least > 0 ? { minReplicas: least } : {}),
        scaleTargetRef: { apiVersion: object.apiVersion, kind: kind.kind, name },
      },
      status: { currentMetrics: null, desiredReplicas: 0 },
    };
    const code = yield* createObject(call, body as never, 'kubectl-autoscale', 'autoscaled',
      (status) => notAutoscaled(call, status));
    if (code !== 0) return code;
  }
  return 0;
}

/** A refusal makes kubectl try the old version, which knows nothing but a share of the CPU. */
function notAutoscaled(call: Call, status: Status): number {
  const cpu = call.flags.text('cpu');
  if (status.code === 0 || (cpu?.endsWith('%') && !call.flags.has('memory'))) return refused(call, status);
  return complain(
    call,
    'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ' +
      `${cpu === undefined ? 'empty input' : '%!w(<nil>)'}`,
  );
}

function metricsOf({ flags }: Call): { readonly list: readonly unknown[] } | { readonly problem: string } {
  const percent = flags.text('cpu-percent');
  const list: unknown[] = [];
  for (const name of ['cpu', 'memory']) {
    const wanted = name === 'cpu' && percent !== undefined ? `${percent}%` : flags.text(name);
    if (wanted === undefined) continue;
    const share = /^(\d+)%$/.exec(wanted)?.[1];
    if (share === undefined && isQuantityError(parseQuantity(wanted))) {
      return { problem: `invalid resource ${name} value: ${wanted}` };
    }
    list.push({ resource: { name, target: share === undefined ? { averageValue: wanted, type: 'AverageValue' }
      : { averageUtilization: Number(share), type: 'Utilization' } }, type: 'Resource' });
  }
  if (list.length > 0) return { list };
  const target = { averageUtilization: standardUtilization, type: 'Utilization' };
  return { list: [{ resource: { name: 'cpu', target }, type: 'Resource' }] };
}
