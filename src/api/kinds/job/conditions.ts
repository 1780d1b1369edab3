/** The conditions of a Job that decide what may be done with it. Models the predicates of pkg/apis/batch/validation. */
import type { Job } from '../../types';

/** Condition types of a Job. */
export type JobConditionType = 'Complete' | 'Failed' | 'FailureTarget' | 'SuccessCriteriaMet' | 'Suspended';

/** Whether a condition of the type is True. */
export function hasJobCondition({ status }: Job, type: JobConditionType): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}

/** Whether a Job is over, for better or worse. */
export function isJobFinished(job: Job): boolean {
  return hasJobCondition(job, 'Complete') || hasJobCondition(job, 'Failed');
}

/** Whether the pods of a Job have indexes. */
export function isIndexed({ completionMode }: { readonly completionMode?: string }): boolean {
  return completionMode === 'Indexed';
}
