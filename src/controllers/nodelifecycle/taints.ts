/**
 * The taints that follow from a node's conditions. Pure functions. Models pkg/controller/nodelifecycle
 * doNoScheduleTaintingPass and pkg/util/taints.
 */
import { formatTime } from '../../api/time';
import type { Node, Taint } from '../../api/types';

export const notReadyKey = 'node.kubernetes.io/not-ready';
export const unreachableKey = 'node.kubernetes.io/unreachable';
const unschedulableKey = 'node.kubernetes.io/unschedulable';

/** The taint's key by condition type and status. */
const conditionKeys: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: notReadyKey, Unknown: unreachableKey },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const managedKeys: ReadonlySet<string> = new Set([
  unschedulableKey, ...Object.values(conditionKeys).flatMap((keys) => Object.values(keys)),
]);

export function hasTaint(node: Node, key: string, effect: string): boolean {
  return (node.spec.taints ?? []).some((taint) => taint.key === key && taint.effect === effect);
}

/** The node's taints with those of effect NoSchedule as its conditions want them; the same list when they are so. */
export function noScheduleTaints(node: Node, wallMs: number): readonly Taint[] {
  const wanted = new Set<string>();
  for (const { type, status } of node.status.conditions ?? []) {
    const key = conditionKeys[type]?.[status];
    if (key !== undefined) wanted.add(key);
  }
  if (node.spec.unschedulable) wanted.add(unschedulableKey);
  const managed = (taint: Taint): boolean => taint.effect === 'NoSchedule' && managedKeys.has(taint.key);
  return swapped(node.spec.taints ?? [], 'NoSchedule', wanted, managed, wallMs);
}

/** The node's taints with one of the two of effect NoExecute that tell of its absence, or with neither. */
export function noExecuteTaints(node: Node, key: string | undefined, wallMs: number): readonly Taint[] {
  const managed = (taint: Taint): boolean => (
    taint.effect === 'NoExecute' && (taint.key === notReadyKey || taint.key === unreachableKey));
  return swapped(node.spec.taints ?? [], 'NoExecute', new Set(key === undefined ? [] : [key]), managed, wallMs);
}

function swapped(
  taints: readonly Taint[], effect: string, wanted: ReadonlySet<string>, managed: (taint: Taint) => boolean,
  wallMs: number,
): readonly Taint[] {
  const kept = taints.filter((taint) => !managed(taint) || wanted.has(taint.key));
  const missing = [...wanted].filter((key) => !kept.some((taint) => taint.key === key && taint.effect === effect));
  if (missing.length === 0 && kept.length === taints.length) return taints;
  const timeAdded = formatTime(wallMs);
  return [...kept, ...missing.map((key): Taint => ({ key, effect, timeAdded }))];
}
