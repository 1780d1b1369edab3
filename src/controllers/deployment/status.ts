/**
 * What a Deployment's status says: counts summed over its ReplicaSets, Available, Progressing with its deadline, and
 * the failures of ReplicaSets. Models pkg/controller/deployment/progress.go and calculateStatus in sync.go.
 */
import { equal } from '../../base/freeze';
import { timeMs } from '../../api/time';
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/types';
import {
  conditionOf, type Conditions, failureCondition, hasDeadline, newCondition, reasons, setCondition, withoutCondition,
} from './conditions';
import { desiredReplicas, maxUnavailable, replicasOf } from './strategy';

/** Sums a count of the ReplicaSets' statuses. */
export function actual(
  sets: readonly (ReplicaSet | undefined)[], count: 'replicas' | 'readyReplicas' | 'availableReplicas',
): number {
  return sets.reduce((sum, set) => sum + (set?.status[count] ?? 0), 0);
}

/** The sum of terminating replicas; undefined when a ReplicaSet that was synced does not tell. */
function terminating(sets: readonly ReplicaSet[]): number | undefined {
  let sum = 0;
  for (const { status } of sets) {
    if (status.terminatingReplicas !== undefined) sum += status.terminatingReplicas;
    else if (status.observedGeneration) return undefined;
  }
  return sum;
}

/** Counts and the Available condition. */
export function calculateStatus(
  deployment: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined, wallMs: number,
): DeploymentStatus {
  const available = actual(all, 'availableReplicas');
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? newCondition('Available', 'True', reasons.minimumAvailable, 'Deployment has minimum availability.', wallMs)
    : newCondition('Available', 'False', reasons.minimumUnavailable,
      'Deployment does not have minimum availability.', wallMs);
  const { collisionCount, conditions = [] } = deployment.status;
  const terminatingReplicas = terminating(all);
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...nonZero('replicas', actual(all, 'replicas')),
    ...nonZero('updatedReplicas', actual([newSet], 'replicas')),
    ...nonZero('readyReplicas', actual(all, 'readyReplicas')),
    ...nonZero('availableReplicas', available),
    ...nonZero('unavailableReplicas', Math.max(0, desiredReplicas(all) - available)),
    ...(terminatingReplicas !== undefined && { terminatingReplicas }),
    ...(collisionCount !== undefined && { collisionCount }),
    conditions: setCondition(conditions, condition),
  };
}

/** Go leaves out a zero that is marked omitempty. */
function nonZero<K extends string>(name: K, value: number): { readonly [P in K]?: number } {
  return (value === 0 ? {} : { [name]: value }) as { readonly [P in K]?: number };
}

/** Everything that was asked for is there, and nothing else. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const replicas = replicasOf(deployment);
  return (status.updatedReplicas ?? 0) === replicas && (status.replicas ?? 0) === replicas
    && (status.availableReplicas ?? 0) === replicas
    && (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
}

/** Whether the new status shows more than the old one. */
export function isProgressing(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(after) < old(before)
    || (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0)
    || (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0);
}

/** Whether nothing has moved for longer than the deadline. */
export function isTimedOut(deployment: Deployment, conditions: Conditions, wallMs: number): boolean {
  const condition = conditionOf(conditions, 'Progressing');
  if (!hasDeadline(deployment) || !condition || condition.reason === reasons.available) return false;
  return condition.reason === reasons.timedOut || deadlineMs(deployment, condition.lastUpdateTime) < wallMs;
}

function deadlineMs(deployment: Deployment, lastUpdateTime: string | undefined): number {
  return timeMs(lastUpdateTime as string) + (deployment.spec.progressDeadlineSeconds as number) * 1000;
}

/** Milliseconds until lack of progress has to be looked at; undefined when it needs no look. */
export function untilDeadlineMs(deployment: Deployment, status: DeploymentStatus, wallMs: number): number | undefined {
  const condition = conditionOf(deployment.status.conditions, 'Progressing');
  if (!hasDeadline(deployment) || !condition) return undefined;
  if (isComplete(deployment, status) || condition.reason === reasons.timedOut) return undefined;
  return Math.max(0, deadlineMs(deployment, condition.lastUpdateTime) - wallMs) + 1000;
}

/** The status during a rollout; the same object when it says what it said before. */
export function rolloutStatus(
  deployment: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined, wallMs: number,
): DeploymentStatus {
  const status = calculateStatus(deployment, all, newSet, wallMs);
  const progress = progressConditions(deployment, status, newSet, wallMs);
  const conditions = replicaFailure(progress, all, newSet);
  const next = { ...status, conditions };
  return equal(next, deployment.status) ? deployment.status : next;
}

function progressConditions(
  deployment: Deployment, status: DeploymentStatus, newSet: ReplicaSet | undefined, wallMs: number,
): Conditions {
  const conditions = status.conditions ?? [];
  if (!hasDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = conditionOf(deployment.status.conditions, 'Progressing');
  // A rollout that is over stays over, whatever happens to its pods.
  const over = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === reasons.available;
  if (over) return conditions;
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`;
    return setCondition(conditions, newCondition('Progressing', 'True', reasons.available, message, wallMs));
  }
  if (isProgressing(deployment.status, status)) {
    const fresh = newCondition('Progressing', 'True', reasons.updated, `${subject} is progressing.`, wallMs);
    const kept = current?.status === 'True' ? current.lastTransitionTime : fresh.lastTransitionTime;
    return [...withoutCondition(conditions, 'Progressing'), { ...fresh, lastTransitionTime: kept }];
  }
  if (isTimedOut(deployment, conditions, wallMs)) {
    const message = `${subject} has timed out progressing.`;
    return setCondition(conditions, newCondition('Progressing', 'False', reasons.timedOut, message, wallMs));
  }
  return conditions;
}

function replicaFailure(
  conditions: Conditions, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined,
): Conditions {
  for (const set of newSet ? [newSet, ...all] : all) {
    const failure = set.status.conditions?.find((condition) => condition.type === 'ReplicaFailure');
    if (failure) return setCondition(conditions, failureCondition(failure));
  }
  return withoutCondition(conditions, 'ReplicaFailure');
}
