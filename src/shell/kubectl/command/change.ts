/**
 * Commands that change one thing about objects: `scale`, `label`, `annotate`, `set image`, `taint`, `cordon`, `uncordon`
 * and `drain`. Models the packages of the same names under kubectl's pkg/cmd.
 */
import type { AnyKind } from '../../../api/kind';
import type { KubeObject, Node, Pod } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { awaitObject, timeoutOf } from './await';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, pause, refused, say } from './call';
import type { FlagSpecs } from './flags';
import { printOutcome } from './output';
import { fileTargets, isTargetProblem, scopeOf, shownName, type Target, targetsOf } from './resources';

const writing: FlagSpecs = {
  'dry-run': { type: 'string', bare: 'unchanged' }, 'field-manager': { type: 'string' },
    'filename': { type: 'list', short: 'f' },
  'output': { type: 'string', short: 'o' }, 'all': { type: 'bool' }, 'all-namespaces': { type: 'bool', short: 'A' },
  'selector': { type: 'string', short: 'l' }, 'field-selector': { type: 'string' },
    'recursive': { type: 'unmodelledBool', short: 'R' },
  'show-managed-fields': { type: 'bool' }, 'template': { type: 'unmodelled' }, 'local': { type: 'unmodelledBool' },
  'kustomize': { type: 'unmodelled', short: 'k' }, 'list': { type: 'bool' }, 'overwrite': { type: 'bool' },
  'resource-version': { type: 'string' },
};

/** The objects that arguments, files or selectors name, as they are now. */
function* objectsOf(
  call: Call, words: readonly string[],
): Task<readonly { readonly target: Target; readonly object: KubeObject }[] | { readonly code: number }> {
  const targets = call.flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, words);
  if (isTargetProblem(targets)) return { code: complain(call, targets.problem) };
  if (targets.length === 0) return { code: complain(call,
    'one or more resources must be specified as <resource> <name> or <resource>/<name>') };
  const found: { readonly target: Target; readonly object: KubeObject }[] = [];
  for (const target of targets) {
    const { kind, name } = target;
    if (name !== undefined) {
      const one = yield* call.api.get(kind, scopeOf(call, target), name);
      if (!one.ok) return { code: refused(call, one.status) };
      found.push({ target, object: one.value });
      continue;
    }
    if (!call.flags.is('all') && !call.flags.has('selector')) return { code: complain(call,
      'resource(s) were provided, but no name was specified') };
    const namespace = call.flags.is('all-namespaces') ? undefined : scopeOf(call, target);
    const list = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace,
      { labelSelector: call.flags.text('selector') });
    if (!list.ok) return { code: refused(call, list.status) };
    for (const object of list.value.items) {
      found.push({ target: { kind, name: object.metadata.name, namespace: object.metadata.namespace }, object });
    }
  }
  return found;
}

// --- scale -----------------------------------------------------------------------------------------------------------

export const scale: KubectlCommand = {
  about: 'Set a new size for a deployment, replica set, or replication controller',
  completes: 'workloads',
  flags: { ...writing, 'replicas': { type: 'string' }, 'current-replicas': { type: 'string' },
    'timeout': { type: 'string' } },
  run: function* (call) {
    const { flags } = call;
    const replicas = Number(flags.text('replicas'));
    if (!flags.has('replicas')) return complain(call, 'required flag(s) "replicas" not set');
    if (!Number.isInteger(replicas) || replicas < 0) {
      return complain(call, 'The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    }
    const found = yield* objectsOf(call, call.args);
    if ('code' in found) return found.code;
    for (const { target: { kind, name = '', namespace }, object } of found) {
      if (!kind.subresources?.includes('scale')) return complain(call,
        `the server could not find the requested resource`);
      const now = (object as unknown as { spec: { replicas?: number } }).spec.replicas ?? 1;
      const expected = flags.text('current-replicas');
      if (expected !== undefined && Number(expected) !== now) {
        return complain(call, `Expected replicas to be ${expected}, was ${now}`);
      }
      const changed = yield* call.api.patch(kind, kind.namespaced ? namespace ?? call.namespace : undefined, name,
        'merge',
        { spec: { replicas } }, changing(call, 'kubectl-scale'), 'scale');
      if (!changed.ok) return refused(call, changed.status);
      say(call, `${shownName(kind, name)} scaled${dryRunSuffix(call)}`);
    }
    return 0;
  },
};

// --- label and annotate ----------------------------------------------------------------------------------------------

type Field = 'labels' | 'annotations';

function metadataCommand(field: Field, about: string): KubectlCommand {
  return { about, completes: 'resources', flags: writing, run: (call) => changeMetadata(call, field) };
}

export const label = metadataCommand('labels', 'Update the labels on a resource');
export const annotate = metadataCommand('annotations', 'Update the annotations on a resource');

function* changeMetadata(call: Call, field: Field): Task<number> {
  const one = field === 'labels' ? 'label' : 'annotation';
  const isChange = (arg: string): boolean => /^[^=]+=/.test(arg) || (/-$/.test(arg) && arg.length > 1);
  const words = call.args.filter((arg) => !isChange(arg));
  const changes = call.args.filter(isChange);
  const listing = call.flags.is('list');
  if (changes.length === 0 && !listing) {
    return complain(call, `at least one ${one} update is required`);
  }
  const found = yield* objectsOf(call, words);
  if ('code' in found) return found.code;
  let code = 0;
  for (const { target, object } of found) {
    const { kind, name = '', namespace } = target;
    const own = object.metadata[field] ?? {};
    if (listing) {
      if (found.length > 1) say(call, `Listing ${field} for ${kind.kind}.${kind.group}/${name}:`);
      for (const key of Object.keys(own).sort()) say(call, `${key}=${own[key]}`);
      if (changes.length === 0) continue;
    }
    const wanted: Record<string, string | null> = {};
    let removes = true;
    let missing = '';
    for (const change of changes) {
      const equals = change.indexOf('=');
      const key = equals < 0 ? change.slice(0, -1) : change.slice(0, equals);
      if (equals < 0) {
        wanted[key] = null;
        if (own[key] === undefined) missing = key;
        continue;
      }
      removes = false;
      const value = change.slice(equals + 1);
      if (own[key] !== undefined && own[key] !== value && !call.flags.is('overwrite')) {
        return complain(
          call,
          field === 'labels'
            ? `'${key}' already has a value (${own[key]}), and --overwrite is false`
            : `--overwrite is false but found the following declared annotation(s): '${key}' already has a value (${own[key]})`,
        );
      }
      wanted[key] = value;
    }
    if (missing !== '') say(call, `${one} "${missing}" not found.`);
    const changed = yield* call.api.patch(kind, namespace ?? (kind.namespaced ? call.namespace : undefined), name,
      'merge',
      { metadata: { [field]: wanted } }, changing(call, `kubectl-${field === 'labels' ? 'label' : 'annotate'}`));
    if (!changed.ok) {
      code = refused(call, changed.status);
      continue;
    }
    const same = changed.value.metadata.resourceVersion === object.metadata.resourceVersion;
    const word = field === 'annotations' ? 'annotated' : same ? 'not labeled' : removes ? 'unlabeled' : 'labeled';
    printOutcome(call, { ...changed.value }, `${word}${dryRunSuffix(call)}`);
  }
  return code;
}

// --- set image -------------------------------------------------------------------------------------------------------

interface Templated {
  readonly spec: {
    readonly template?: { readonly spec: { readonly containers: readonly { readonly name: string }[] } };
    readonly containers?: readonly { readonly name: string }[];
  };
}

const setImage: KubectlCommand = {
  about: 'Update the image of a pod template',
  completes: 'workloads',
  flags: writing,
  run: function* (call) {
    const images = call.args.filter((arg) => /^[^/]+=/.test(arg));
    const words = call.args.filter((arg) => !/^[^/]+=/.test(arg));
    if (images.length === 0) return complain(call, 'at least one image update is required');
    const found = yield* objectsOf(call, words);
    if ('code' in found) return found.code;
    for (const { target: { kind, name = '', namespace }, object } of found) {
      const { spec } = object as unknown as Templated;
      const containers = spec.template?.spec.containers ?? spec.containers ?? [];
      const changes: { name: string; image: string }[] = [];
      for (const word of images) {
        const equals = word.indexOf('=');
        const [container, image] = [word.slice(0, equals), word.slice(equals + 1)];
        const meant = containers.filter((each) => container === '*' || each.name === container);
        if (meant.length === 0) return complain(call, `unable to find container named "${container}"`);
        for (const each of meant) changes.push({ name: each.name, image });
      }
      const body = spec.template ? { spec: { template: { spec: { containers: changes } } } }
        : { spec: { containers: changes } };
      const changed = yield* call.api.patch(kind, namespace ?? call.namespace, name, 'strategic-merge', body,
        changing(call, 'kubectl-set'));
      if (!changed.ok) return refused(call, changed.status);
      if (changed.value.metadata.resourceVersion !== object.metadata.resourceVersion) printOutcome(call,
        changed.value, `image updated${dryRunSuffix(call)}`);
    }
    return 0;
  },
};

export const set: KubectlCommand = { about: 'Set specific features on objects', commands: { image: setImage } };

// --- nodes -----------------------------------------------------------------------------------------------------------

type Taint = { readonly key: string; readonly value?: string; readonly effect: string };
const effects = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

export const taint: KubectlCommand = {
  about: 'Update the taints on one or more nodes',
  completes: 'resources',
  flags: writing,
  run: runTaint,
};

function* runTaint(call: Call): Task<number> {
  const isTaint = (arg: string): boolean => /[=:]/.test(arg) || arg.endsWith('-');
  const specs = call.args.filter(isTaint);
  if (specs.length === 0) return complain(call, 'at least one taint update is required');
  const [type = ''] = call.args;
  if (call.kinds.byName(type.split('/')[0] ?? '')?.kind !== 'Node') {
    return complain(call, `invalid resource type ${type}, only node types are supported`);
  }
  const add: Taint[] = [];
  const remove: { readonly key: string; readonly effect: string }[] = [];
  for (const spec of specs) {
    const match = /^([^=:]+?)(?:=([^:]*))?(?::(\w+))?(-)?$/.exec(spec);
    const [, key = '', value, effect = '', minus] = match ?? [];
    if (!match || (minus === undefined && effect === '')) return complain(call, `invalid taint spec: ${spec}`);
    if (effect !== '' && !effects.has(effect)) return complain(call,
      `invalid taint effect: ${effect}, unsupported taint effect`);
    if (minus !== undefined) remove.push({ key, effect });
    else add.push({ key, ...(value ? { value } : {}), effect });
  }
  const found = yield* objectsOf(call, call.args.filter((arg) => !isTaint(arg)));
  if ('code' in found) return found.code;
  for (const { target: { kind, name = '' }, object } of found) {
    let taints: readonly Taint[] = (object as Node).spec.taints ?? [];
    for (const { key, effect } of remove) {
      const rest = taints.filter((each) => each.key !== key || (effect !== '' && each.effect !== effect));
      if (rest.length === taints.length) return complain(call,
        `taint "${key}${effect === '' ? '' : `:${effect}`}" not found`);
      taints = rest;
    }
    for (const each of add) {
      const same = taints.find(({ key, effect }) => key === each.key && effect === each.effect);
      if (same && !call.flags.is('overwrite')) {
        return complain(call,
          `node ${name} already has ${each.key} taint(s) with same effect(s) and --overwrite is false`);
      }
      taints = [...taints.filter((other) => other !== same), each];
    }
    const changed = yield* call.api.patch(kind, undefined, name, 'merge', { spec: { taints } },
      changing(call, 'kubectl-taint'));
    if (!changed.ok) return refused(call, changed.status);
    printOutcome(
      call,
      changed.value,
      `${add.length > 0 && remove.length > 0 ? 'modified' : add.length > 0 ? 'tainted' : 'untainted'}${dryRunSuffix(call)}`,
    );
  }
  return 0;
}

function cordonCommand(unschedulable: boolean, about: string): KubectlCommand {
  return {
    about, completes: 'nodes', flags: writing,
    run: function* (call) {
      if (call.args.length === 0 && !call.flags.has('selector')) return complain(call,
        `error: USAGE: ${unschedulable ? 'cordon' : 'uncordon'} NODE [flags]`);
      let code = 0;
      for (const word of call.args)
        code = Math.max(code, yield* cordonNode(call, word.replace(/^nodes?\//, ''), unschedulable));
      return code;
    },
  };
}

export const cordon = cordonCommand(true, 'Mark node as unschedulable');
export const uncordon = cordonCommand(false, 'Mark node as schedulable');

function* cordonNode(call: Call, name: string, unschedulable: boolean): Task<number> {
  const kind = call.kinds.byKind('v1', 'Node') as AnyKind;
  const found = yield* call.api.get<Node>(kind, undefined, name);
  if (!found.ok) return refused(call, found.status);
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if ((found.value.spec.unschedulable ?? false) === unschedulable) {
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
  const [word] = call.args;
  if (word === undefined) return complain(call, 'USAGE: drain NODE [flags]');
  const name = word.replace(/^nodes?\//, '');
  const timeout = timeoutOf(call, '0s');
  if (typeof timeout !== 'number') return complain(call, timeout.problem);
  const cordoned = yield* cordonNode(call, name, true);
  if (cordoned !== 0) return cordoned;
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
    code = Math.max(code, yield* evict(call, podKind, pod, timeout));
  }
  if (code === 0) say(call, `node/${name} drained`);
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
