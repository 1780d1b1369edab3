/**
 * What the scheduler tells the API server about a pod it could not place: the PodScheduled condition, the nominated
 * node, and the deletion of preemption's victims. Models schedule_one.go handleSchedulingFailure and
 * framework/preemption prepareCandidate.
 */
import { pods } from '../api/resources';
import { formatTime } from '../api/time';
import type { Pod, PodCondition } from '../api/types';
import type { ApiClient } from '../client/api-client';
import type { Task } from '../sim/task';

/** Writes the condition `PodScheduled=False` and the nominated node, if that says anything new. */
export function* reportUnschedulable(
  client: ApiClient, pod: Pod, wallMs: number, reason: string, message: string, nominatedNode: string | undefined,
): Task {
  const before = pod.status.conditions?.find((condition) => condition.type === 'PodScheduled');
  const same = before?.status === 'False' && before.reason === reason && before.message === message;
  const nominationSame = nominatedNode === undefined || nominatedNode === pod.status.nominatedNodeName;
  if (same && nominationSame) return;
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    reason,
    message,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : formatTime(wallMs),
    observedGeneration: pod.metadata.generation,
  };
  const status = {
    conditions: [condition],
    ...(nominatedNode === undefined ? {} : { nominatedNodeName: nominatedNode }),
  };
  const { namespace, name, uid } = pod.metadata;
  const target = { namespace, name, subresource: 'status' };
  yield* client.patch(pods, target, 'strategic', { metadata: { uid }, status });
}

/** Marks a victim of preemption with its DisruptionTarget condition and deletes it. */
export function* evictVictim(client: ApiClient, victim: Pod, wallMs: number): Task<boolean> {
  const { namespace, name, uid, generation } = victim.metadata;
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
    lastTransitionTime: formatTime(wallMs),
    observedGeneration: generation,
  };
  yield* client.patch(pods, { namespace, name, subresource: 'status' }, 'strategic',
    { metadata: { uid }, status: { conditions: [condition] } });
  const deleted = yield* client.delete(pods, { namespace, name }, { preconditions: { uid } });
  return deleted.ok;
}
