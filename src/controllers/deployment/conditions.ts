/** Conditions of a Deployment: their reasons, and how one replaces another. Models deployment_util.go. */
import { formatTime } from '../../api/time';
import type { Deployment, DeploymentCondition, ReplicaSetCondition } from '../../api/types';

export const reasons = Object.freeze({
  updated: 'ReplicaSetUpdated',
  createFailed: 'ReplicaSetCreateError',
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  available: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
  minimumAvailable: 'MinimumReplicasAvailable',
  minimumUnavailable: 'MinimumReplicasUnavailable',
});

/** The largest deadline, which stands for none. */
const noDeadline = 2_147_483_647;

export type Conditions = readonly DeploymentCondition[];

export function conditionOf(conditions: Conditions | undefined, type: string): DeploymentCondition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function newCondition(
  type: string, status: string, reason: string, message: string, wallMs: number,
): DeploymentCondition {
  const now = formatTime(wallMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
}

/** Conditions with one replaced. One of the same status and reason stays; of the same status, its transition time. */
export function setCondition(conditions: Conditions, condition: DeploymentCondition): Conditions {
  const current = conditionOf(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions;
  const kept = current?.status === condition.status ? current.lastTransitionTime : condition.lastTransitionTime;
  return [...withoutCondition(conditions, condition.type), { ...condition, lastTransitionTime: kept }];
}

export function withoutCondition(conditions: Conditions, type: string): Conditions {
  return conditionOf(conditions, type) ? conditions.filter((condition) => condition.type !== type) : conditions;
}

/** A ReplicaSet's failure as the Deployment shows it. */
export function failureCondition({ type, status, reason, message, lastTransitionTime }: ReplicaSetCondition):
DeploymentCondition {
  return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message };
}

/** Whether the Deployment wants to be told when nothing moves any more. */
export function hasDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec;
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== noDeadline;
}
