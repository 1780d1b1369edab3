/** What a ReplicaSet's status says. Models pkg/controller/replicaset/replica_set_utils.go, with terminatingReplicas. */
import { equal } from '../../base/freeze';
import { matchesLabels, selectorFromLabels } from '../../api/selectors';
import { formatTime } from '../../api/time';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../api/types';
import type { Failure } from '../context';
import { isPodAvailable, isPodReady } from '../pods/pod-state';

export interface ReplicaSetPods {
  /** Pods that count as replicas. */
  readonly active: readonly Pod[];
  /** How many pods are on their way out. */
  readonly terminating: number;
}

/** The status after a sync; the same object when it says what it said before. */
export function replicaSetStatus(
  replicaSet: ReplicaSet, pods: ReplicaSetPods, failure: Failure, wallMs: number,
): ReplicaSetStatus {
  const { spec, status: before } = replicaSet;
  const template = selectorFromLabels(spec.template?.metadata?.labels);
  let fullyLabeledReplicas = 0;
  let readyReplicas = 0;
  let availableReplicas = 0;
  for (const pod of pods.active) {
    if (matchesLabels(template, pod.metadata.labels)) fullyLabeledReplicas += 1;
    if (!isPodReady(pod)) continue;
    readyReplicas += 1;
    if (isPodAvailable(pod, spec.minReadySeconds, wallMs)) availableReplicas += 1;
  }
  const conditions = replicaSetConditions(replicaSet, pods.active.length, failure, wallMs);
  const status: ReplicaSetStatus = {
    replicas: pods.active.length,
    ...(fullyLabeledReplicas > 0 && { fullyLabeledReplicas }),
    ...(readyReplicas > 0 && { readyReplicas }),
    ...(availableReplicas > 0 && { availableReplicas }),
    terminatingReplicas: pods.terminating,
    observedGeneration: replicaSet.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
  return equal(status, before) ? before : status;
}

function replicaSetConditions(
  replicaSet: ReplicaSet, active: number, failure: Failure, wallMs: number,
): readonly ReplicaSetCondition[] {
  const conditions = replicaSet.status.conditions ?? [];
  const known = conditions.find((condition) => condition.type === 'ReplicaFailure');
  if (failure !== undefined && !known) {
    const reason = active < (replicaSet.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
    const lastTransitionTime = formatTime(wallMs);
    return [...conditions, { type: 'ReplicaFailure', status: 'True', reason, message: failure, lastTransitionTime }];
  }
  if (failure === undefined && known) return conditions.filter((condition) => condition !== known);
  return conditions;
}
