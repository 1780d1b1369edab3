/**
 * What pods use of a quota: their number, and what they request and may use. Models
 * pkg/quota/v1/evaluator/core/pods.go.
 */
import { sortedKeys } from '../../base/freeze';
import { podQosClass } from '../kinds/pod/qos';
import { aggregate } from '../kinds/pod/resource-defaults';
import { addQuantities, type Quantity, quantity } from '../quantity';
import { timeMs } from '../time';
import type { Container, KubeObject, Pod, PodSpec, ScopedResourceSelectorRequirement } from '../types';
import { type Amounts, one, zero } from './amounts';
import type { QuotaEvaluator } from './evaluator';
import { matchesNames } from './scopes';

const objectCount = 'count/pods';
const computeNames = ['cpu', 'memory', 'ephemeral-storage'];
const names = new Set([
  objectCount, 'pods', ...computeNames, ...computeNames.map((name) => `requests.${name}`),
  ...computeNames.map((name) => `limits.${name}`),
]);
/** What every container has to say when a quota asks for it. */
const demanded = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);
const hugePages = 'hugepages-';
const requests = 'requests.';

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

export const podEvaluator: QuotaEvaluator = {
  resource: 'pods',
  handles: (operation, subresource) => (subresource === 'resize' ? operation === 'UPDATE'
    : subresource === '' && operation === 'CREATE'),
  matching: (wanted) => wanted.filter((name) => names.has(name) || name.startsWith(hugePages)
    || name.startsWith(requests + hugePages) || (!isNative(name) && name.startsWith(requests))),
  constraint: (wanted, object) => missingAmounts(wanted, (object as unknown as Pod).spec),
  inScope: (scope, object) => inScope(scope, object as unknown as Pod),
  usage: (object, nowMs) => podUsage(object as unknown as Pod, nowMs),
};

/** `must specify limits.cpu for: c; requests.cpu for: c,d`; undefined when nothing is missing. */
function missingAmounts(wanted: readonly string[], spec: PodSpec): string | undefined {
  const needed = wanted.filter((name) => demanded.has(name));
  const missing = new Map<string, Set<string>>();
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const given = containerAmounts(container);
    for (const name of needed) {
      if (given.has(name) || givenForPod(spec, name)) continue;
      missing.set(name, (missing.get(name) ?? new Set<string>()).add(container.name));
    }
  }
  if (missing.size === 0) return undefined;
  const parts = [...missing.keys()].sort().map((name) =>
    `${name} for: ${[...missing.get(name) ?? []].sort().join(',')}`);
  return `must specify ${parts.join('; ')}`;
}

/** Amounts that are set for the pod as a whole need not be set for its containers. */
function givenForPod({ resources }: PodSpec, name: string): boolean {
  const isLimit = name.startsWith('limits.');
  const list = isLimit ? resources?.limits : resources?.requests;
  return list?.[name.replace(/^(limits|requests)\./, '')] !== undefined;
}

function containerAmounts({ resources }: Container): Amounts {
  return compute(given(resources?.requests), given(resources?.limits));
}

function given(list: Readonly<Record<string, string>> | undefined): Amounts {
  return new Map(sortedKeys(list).map((name) => [name, quantity(list?.[name] ?? '0')]));
}

/** Requests and limits under the names that quotas have for them. */
function compute(asked: Amounts, limits: Amounts): Amounts {
  const usage = new Map<string, Quantity>([['pods', one]]);
  for (const [name, amount] of asked) {
    const isHuge = name.startsWith(hugePages);
    if (computeNames.includes(name) || isHuge) usage.set(name, amount);
    if (computeNames.includes(name) || isHuge || !isNative(name)) usage.set(requests + name, amount);
  }
  for (const [name, amount] of limits) if (computeNames.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

/** Pods that have ended are only objects; the others take what they were promised. */
function podUsage(pod: Pod, nowMs: number): Amounts {
  const usage = new Map<string, Quantity>([[objectCount, one]]);
  if (!isCharged(pod, nowMs)) return usage;
  return new Map([...usage, ...compute(total(pod.spec, 'requests'), total(pod.spec, 'limits'))]);
}

function isCharged({ metadata, status }: Pod, nowMs: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= timeMs(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

/** What all containers of a pod, or the pod as a whole, are given, and what running it costs besides. */
function total(spec: PodSpec, field: 'requests' | 'limits'): Amounts {
  const sum = new Map(aggregate(spec, field));
  for (const [name, amount] of given(spec.resources?.[field])) sum.set(name, amount);
  for (const [name, amount] of given(spec.overhead)) {
    const before = sum.get(name);
    // A limit that is not there has nothing to be raised.
    if (before !== undefined || field === 'requests') sum.set(name, addQuantities(before ?? zero, amount));
  }
  return sum;
}

// --- scopes ---------------------------------------------------------------------------------------------------------

function inScope(scope: ScopedResourceSelectorRequirement, { spec }: Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating': return (spec.activeDeadlineSeconds ?? -1) >= 0;
    case 'NotTerminating': return (spec.activeDeadlineSeconds ?? -1) < 0;
    case 'BestEffort': return podQosClass(spec) === 'BestEffort';
    case 'NotBestEffort': return podQosClass(spec) !== 'BestEffort';
    case 'PriorityClass': return matchesNames(scope, spec.priorityClassName ? [spec.priorityClassName] : []);
    case 'CrossNamespacePodAffinity': return looksAcrossNamespaces(spec);
    default: return false;
  }
}

function looksAcrossNamespaces({ affinity }: PodSpec): boolean {
  const kinds = [affinity?.podAffinity, affinity?.podAntiAffinity];
  const terms = kinds.flatMap((kind) => [
    ...(kind?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(kind?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  return terms.some(({ namespaces, namespaceSelector }) =>
    (namespaces ?? []).length > 0 || namespaceSelector !== undefined);
}

/** Whether a pod that changes so may use less than before. */
export function hasEnded(pod: KubeObject & Pod, nowMs: number): boolean {
  return !isCharged(pod, nowMs);
}
