/**
 * Which pods go first when there are too many: unassigned before assigned, pending before running, unready before
 * ready, cheap before dear, crowded before alone, young before old. Models pkg/controller's ActivePodsWithRanks and
 * replica_set.go getPodsToDelete.
 */
import { compareText } from '../../base/freeze';
import { timeMs } from '../../api/time';
import type { Pod } from '../../api/types';
import { isPodActive, isPodReady, readySinceMs } from '../pods/pod-state';

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phaseRanks: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The pods to delete, `count` of them. `related` are the active pods of all ReplicaSets of the same owner: a pod whose
 * node holds many of them goes before one that is alone on its node.
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, wallMs: number): Pod[] {
  if (count >= pods.length) return pods.slice();
  const crowd = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName ?? '';
    if (isPodActive(pod)) crowd.set(node, (crowd.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => ({ pod, crowd: crowd.get(pod.spec.nodeName ?? '') ?? 0 }));
  ranked.sort((a, b) => compareRanked(a, b, wallMs));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

interface Ranked {
  readonly pod: Pod;
  readonly crowd: number;
}

/** Below 0 when `a` is to be deleted before `b`. */
function compareRanked(a: Ranked, b: Ranked, wallMs: number): number {
  return Number(Boolean(a.pod.spec.nodeName)) - Number(Boolean(b.pod.spec.nodeName))
    || phaseRank(a.pod) - phaseRank(b.pod)
    || Number(isPodReady(a.pod)) - Number(isPodReady(b.pod))
    || deletionCost(a.pod) - deletionCost(b.pod)
    || b.crowd - a.crowd
    || compareAges(a.pod, b.pod, readySinceMs(a.pod), readySinceMs(b.pod), wallMs)
    || mostRestarts(b.pod) - mostRestarts(a.pod)
    || compareAges(a.pod, b.pod, timeMs(a.pod.metadata.creationTimestamp), timeMs(b.pod.metadata.creationTimestamp),
      wallMs);
}

function phaseRank(pod: Pod): number {
  return phaseRanks[pod.status.phase ?? ''] ?? 0;
}

function deletionCost(pod: Pod): number {
  const cost = pod.metadata.annotations?.[deletionCostAnnotation];
  return cost !== undefined && /^(0|-?[1-9]\d{0,9})$/.test(cost) ? Number(cost) : 0;
}

/** The younger first, but ages of the same power of two count as equal and the uid decides (LogarithmicScaleDown). */
function compareAges(
  a: Pod, b: Pod, sinceA: number | undefined, sinceB: number | undefined, wallMs: number,
): number {
  if (sinceA === undefined || sinceB === undefined || sinceA === sinceB) return 0;
  return ageRank(sinceA, wallMs) - ageRank(sinceB, wallMs) || compareText(a.metadata.uid, b.metadata.uid);
}

function ageRank(sinceMs: number, wallMs: number): number {
  const nanoseconds = (wallMs - sinceMs) * 1e6;
  return nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1;
}

function mostRestarts(pod: Pod): number {
  let most = 0;
  for (const status of pod.status.containerStatuses ?? []) most = Math.max(most, status.restartCount);
  return most;
}
