/** Reading and changing a pod's state. Models pkg/api/v1/pod and the pod predicates of pkg/controller. */
import { isDeleting } from '../../api/object';
import { formatTime, timeMs } from '../../api/time';
import type { Pod, PodCondition, PodStatus } from '../../api/types';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Since when the pod is ready, in milliseconds; undefined while it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready');
  return ready?.status === 'True' && ready.lastTransitionTime ? timeMs(ready.lastTransitionTime) : undefined;
}

/** Ready for at least so many seconds. */
export function isPodAvailable(pod: Pod, minReadySeconds: number | undefined, wallMs: number): boolean {
  if (!isPodReady(pod)) return false;
  if (!minReadySeconds) return true;
  const since = readySinceMs(pod);
  return since !== undefined && since + minReadySeconds * 1000 <= wallMs;
}

/** Milliseconds until the next of these pods becomes available; undefined when none is on its way. */
export function untilNextAvailableMs(
  pods: readonly Pod[], minReadySeconds: number | undefined, wallMs: number,
): number | undefined {
  if (!minReadySeconds) return undefined;
  let next: number | undefined;
  for (const pod of pods) {
    const since = readySinceMs(pod);
    if (since === undefined) continue;
    const rest = since + minReadySeconds * 1000 - wallMs;
    if (rest > 0 && (next === undefined || rest < next)) next = rest;
  }
  return next;
}

/** Succeeded or failed: it will never run again. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/** Neither terminal nor being deleted: it counts for who wants replicas. */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && !isDeleting(pod);
}

/** A status with the condition set; the same object when it was there already. Models UpdatePodCondition. */
export function withPodCondition(status: PodStatus, condition: PodCondition, wallMs: number): PodStatus {
  const conditions = status.conditions ?? [];
  const before = conditions.find((known) => known.type === condition.type);
  const transition = before?.status === condition.status ? before.lastTransitionTime : formatTime(wallMs);
  if (before?.status === condition.status && before.reason === condition.reason
    && before.message === condition.message) return status;
  const next: PodCondition = { ...condition, lastTransitionTime: transition };
  const replaced = conditions.map((known) => (known === before ? next : known));
  return { ...status, conditions: before ? replaced : [...conditions, next] };
}
