/** `kubectl cordon`, `uncordon` and `drain`. Models kubectl's pkg/cmd/drain and pkg/drain. */
import type { AnyKind } from '../../../api/kind';
import type { Node, Pod } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { awaitObject, timeoutOf } from './await';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, misused, pause, refused, say } from './call';
import { writing } from './objects';

function cordonCommand(unschedulable: boolean, about: string): KubectlCommand {
  return {
    about, completes: 'nodes', flags: writing,
    run: function* (call) {
      const nodes = yield* nodesOf(call);
      if ('code' in nodes) return nodes.code;
      let code = 0;
      for (const node of nodes) code = Math.max(code, yield* cordonNode(call, node, unschedulable));
      return code;
    },
  };
}

export const cordon = cordonCommand(true, 'Mark node as unschedulable');
export const uncordon = cordonCommand(false, 'Mark node as schedulable');

/** The nodes that names or a selector mean; all of them must be there. */
function* nodesOf(call: Call): Task<readonly Node[] | { readonly code: number }> {
  const { flags } = call;
  const selector = flags.text('selector');
  const kind = call.kinds.byKind('v1', 'Node') as AnyKind;
  if (call.args.length === 0 && selector === undefined) {
    return { code: misused(call, `USAGE: ${call.path} NODE [flags]`) };
  }
  if (call.args.length > 0 && selector !== undefined) {
    return { code: complain(call, `error: cannot specify both a node name and a --selector option`) };
  }
  if (selector !== undefined) {
    const list =
      yield* call.api.list<{ readonly items: readonly Node[] }>(kind, undefined, { labelSelector: selector });
    if (!list.ok) return { code: refused(call, list.status) };
    if (list.value.items.length === 0) call.write('stderr', 'No resources found\n');
    return list.value.items;
  }
  const nodes: Node[] = [];
  let code = 0;
  for (const word of call.args) {
    const found = yield* call.api.get<Node>(kind, undefined, word.replace(/^nodes?\//, ''));
    if (found.ok) nodes.push(found.value);
    else code = refused(call, found.status);
  }
  return code === 0 ? nodes : { code };
}

function* cordonNode(call: Call, node: Node, unschedulable: boolean): Task<number> {
  const kind = call.kinds.byKind('v1', 'Node') as AnyKind;
  const { name } = node.metadata;
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if ((node.spec.unschedulable ?? false) === unschedulable) {
    say(call, `node/${name} already ${word}${dryRunSuffix(call)}`);
    return 0;
  }
  const changed = yield* call.api.patch(kind, undefined, name, 'strategic-merge',
    { spec: { unschedulable: unschedulable ? true : null } }, changing(call, 'kubectl-cordon'));
  if (!changed.ok) return refused(call, changed.status);
  say(call, `node/${name} ${word}${dryRunSuffix(call)}`);
  return 0;
}

export const drain: KubectlCommand = {
  about: 'Drain node in preparation for maintenance',
  completes: 'nodes',
  flags: {
    ...writing, 'chunk-size': { type: 'string' }, 'delete-emptydir-data': { type: 'bool' },
      'disable-eviction': { type: 'unmodelledBool' },
    'force': { type: 'bool' }, 'grace-period': { type: 'string' }, 'ignore-daemonsets': { type: 'bool' },
    'pod-selector': { type: 'string' }, 'skip-wait-for-delete-timeout': { type: 'string' },
      'timeout': { type: 'string' },
  },
  run: runDrain,
};

function* runDrain(call: Call): Task<number> {
  const timeout = timeoutOf(call, '0s');
  if (typeof timeout !== 'number') return complain(call, timeout.problem);
  const nodes = yield* nodesOf(call);
  if ('code' in nodes) return nodes.code;
  for (const node of nodes) {
    const cordoned = yield* cordonNode(call, node, true);
    if (cordoned !== 0) return cordoned;
  }
  let code = 0;
  for (const { metadata } of nodes) code = Math.max(code, yield* drainNode(call, metadata.name, timeout));
  return code;
}

function* drainNode(call: Call, name: string, timeout: number): Task<number> {
  const podKind = call.kinds.byKind('v1', 'Pod') as AnyKind;
  const list = yield* call.api.list<{ readonly items: readonly Pod[] }>(podKind, undefined,
    { fieldSelector: `spec.nodeName=${name}`, labelSelector: call.flags.text('pod-selector') });
  if (!list.ok) return refused(call, list.status);
  const pods = list.value.items.filter(({ metadata }) =>
    metadata.annotations?.['kubernetes.io/config.mirror'] === undefined);
  const problem = drainProblem(call, name, pods);
  if (problem !== undefined) return problem;
  let code = 0;
  for (const pod of pods.filter((each) => ownerOf(each) !== 'DaemonSet')) {
    if (call.flags.has('dry-run')) {
      say(call, `evicting pod ${pod.metadata.namespace}/${pod.metadata.name}${dryRunSuffix(call)}`);
      continue;
    }
    code = Math.max(code, yield* evict(call, podKind, pod, timeout));
  }
  if (code === 0) say(call, `node/${name} drained${dryRunSuffix(call)}`);
  return code;
}

function ownerOf({ metadata }: Pod): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.kind;
}

/** Pods that stand in the way of a drain without further flags. */
function drainProblem(call: Call, node: string, pods: readonly Pod[]): number | undefined {
  const { flags } = call;
  const names = (some: readonly Pod[]): string => some.map(({ metadata }) =>
    `${metadata.namespace}/${metadata.name}`).join(', ');
  const daemons = pods.filter((pod) => ownerOf(pod) === 'DaemonSet');
  const finished = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  const bare = pods.filter((pod) => ownerOf(pod) === undefined && !finished(pod));
  const local = pods.filter((pod) => !finished(pod) && ownerOf(pod) !== 'DaemonSet'
    && pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined));
  const errors = [
    ...(daemons.length > 0 && !flags.is('ignore-daemonsets')
      ? [`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${names(daemons)}`] : []),
    ...(local.length > 0 && !flags.is('delete-emptydir-data')
      ? [`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${names(local)}`] : []),
    ...(bare.length > 0 && !flags.is('force')
      ? [`cannot delete Pods that declare no controller (use --force to override): ${names(bare)}`] : []),
  ];
  if (errors.length > 0) {
    const all = errors.length === 1 ? errors[0] as string : `[${errors.join(', ')}]`;
    call.write('stderr', `error: unable to drain node "${node}" due to error: ${all}, continuing command...\n`
      + `There are pending nodes to be drained:\n ${node}\n${errors.map((each) => `${each}\n`).join('')}`);
    return 1;
  }
  const warnings = [
    ...(daemons.length > 0 ? [`ignoring DaemonSet-managed Pods: ${names(daemons)}`] : []),
    ...(bare.length > 0 ? [`deleting Pods that declare no controller: ${names(bare)}`] : []),
  ];
  if (warnings.length > 0) call.write('stderr', `Warning: ${warnings.join('; ')}\n`);
  return undefined;
}

/** How long kubectl waits before it asks again for an eviction that a disruption budget forbids. */
const evictionRetryMs = 5_000;

function* evict(call: Call, kind: AnyKind, pod: Pod, timeoutMs: number): Task<number> {
  const { name, namespace = '', uid } = pod.metadata;
  const grace = call.flags.text('grace-period');
  say(call, `evicting pod ${namespace}/${name}`);
  const startedMs = call.host.nowMs;
  for (;;) {
    const body = {
      apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace },
      ...(grace !== undefined && grace !== '-1' ? { deleteOptions: { gracePeriodSeconds: Number(grace) } } : {}),
    };
    const answer = yield* call.api.create(kind, namespace, body, {}, [name, 'eviction']);
    if (answer.ok || answer.status.code === 404) break;
    if (answer.status.code !== 429) return refused(call, answer.status);
    call.write('stderr',
      `error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${answer.status.message ?? ''}\n`);
    yield* pause(call, evictionRetryMs);
    if (timeoutMs > 0 && call.host.nowMs - startedMs > timeoutMs) {
      return complain(call,
        `unable to drain node "${pod.spec.nodeName}" due to error: error when evicting pods/"${name}" -n `
        + `"${namespace}": global timeout reached: ${timeoutMs / 1000}s`);
    }
  }
  const gone = yield* awaitObject(call, kind, namespace, name, timeoutMs, (now) => now?.metadata.uid !== uid);
  if (gone.kind === 'failed') return refused(call, gone.status);
  say(call, `pod/${name} evicted`);
  return 0;
}
