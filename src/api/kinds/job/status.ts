/**
 * What a status of a Job must not say. Models validateJobStatus and ValidateJobStatusUpdate of
 * pkg/apis/batch/validation with the options that pkg/registry/batch/job gives them: most rules apply only to what an
 * update changes, so that a Job with an odd status can still be updated.
 */
import { equal } from '../../../base/freeze';
import { child, duplicate, index, invalid, invalidUnshown, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { timeMs } from '../../time';
import type { Job, JobStatus } from '../../types';
import { checkNonnegative } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { hasJobCondition, isIndexed, isJobFinished } from './conditions';
import type { JobConditionType } from './conditions';
import { countIndexes, isIndexesError, overlapProblem } from './indexes';

const conditionsPath = 'status.conditions';
const noStatus: JobStatus = Object.freeze({});

/** An update of a status, and what it changes. */
interface StatusUpdate {
  readonly job: Job;
  readonly old: Job;
  readonly status: JobStatus;
  readonly before: JobStatus;
  readonly errors: FieldErrors;
  /** Whether any of the fields of the status differ. */
  readonly changes: (...fields: readonly (keyof JobStatus)[]) => boolean;
  /** Whether any of the conditions has become true or ceased to be. */
  readonly turns: (...types: readonly JobConditionType[]) => boolean;
}

/** Everything wrong with an update through the status subresource. */
export function jobStatusErrors(job: Job, old: Job): readonly FieldError[] {
  const status = job.status ?? noStatus;
  const before = old.status ?? noStatus;
  const update: StatusUpdate = {
    job, old, status, before, errors: [],
    changes: (...fields) => fields.some((field) => !equal(status[field], before[field])),
    turns: (...types) => types.some((type) => hasJobCondition(job, type) !== hasJobCondition(old, type)),
  };
  checkCounts(update);
  checkConditions(update);
  checkTimes(update);
  checkFinished(update);
  checkIndexes(update);
  checkTransitions(update);
  return update.errors;
}

function checkCounts({ status, errors, changes }: StatusUpdate): void {
  for (const field of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    checkNonnegative(status[field], child('status', field), errors);
  }
  const seen = new Set<string>();
  for (const list of ['succeeded', 'failed'] as const) {
    (status.uncountedTerminatedPods?.[list] ?? []).forEach((uid, i) => {
      const at = index(child('status.uncountedTerminatedPods', list), i);
      if (uid === '') errors.push(invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(duplicate(at, uid));
      seen.add(uid);
    });
  }
  const { ready, active = 0 } = status;
  if (changes('ready', 'active') && ready !== undefined && ready > active) {
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  }
}

/** Conditions that exclude or require each other. */
function checkConditions({ job, errors, turns }: StatusUpdate): void {
  const has = (type: JobConditionType): boolean => hasJobCondition(job, type);
  const refuse = (detail: string): void => void errors.push(invalidUnshown(conditionsPath, detail));
  if (turns('Complete', 'Failed') && has('Complete') && has('Failed')) {
    refuse('cannot set Complete=True and Failed=true conditions');
  }
  if (turns('Complete', 'FailureTarget') && has('Complete') && has('FailureTarget')) {
    refuse('cannot set Complete=True and FailureTarget=true conditions');
  }
  if (turns('Failed', 'FailureTarget') && has('Failed') && !has('FailureTarget')) {
    refuse('cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if (turns('Complete', 'SuccessCriteriaMet') && has('Complete') && !has('SuccessCriteriaMet')) {
    refuse('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
  if (has('SuccessCriteriaMet') && has('Failed')) {
    refuse('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  }
  if (has('SuccessCriteriaMet') && has('FailureTarget')) {
    refuse('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  }
  if (job.spec.successPolicy !== undefined && !has('SuccessCriteriaMet') && has('Complete')) {
    refuse('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  }
}

function checkTimes({ job, status, before, errors, changes, turns }: StatusUpdate): void {
  const { startTime, completionTime } = status;
  const isComplete = hasJobCondition(job, 'Complete');
  const at = 'status.completionTime';
  if (turns('Complete') || changes('completionTime')) {
    if (completionTime !== undefined && !isComplete) {
      const detail = 'cannot set completionTime when there is no Complete=True condition';
      errors.push(invalid(at, completionTime, detail));
    }
    if (completionTime === undefined && isComplete) {
      errors.push(required(at, 'completionTime is required for Complete jobs'));
    }
  }
  const hasBoth = startTime !== undefined && completionTime !== undefined;
  if (hasBoth && timeMs(completionTime) < timeMs(startTime) && changes('startTime', 'completionTime')) {
    errors.push(invalid(at, completionTime, 'completionTime cannot be set before startTime'));
  }
  if (completionTime !== undefined && before.completionTime !== undefined && changes('completionTime')) {
    errors.push(invalid(at, completionTime, 'completionTime cannot be mutated'));
  }
  if (before.startTime !== undefined && changes('startTime') && job.spec.suspend !== true) {
    errors.push(required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  }
}

/** A Job that is over has nothing that still runs. */
function checkFinished({ job, old, status, errors, changes }: StatusUpdate): void {
  if (!isJobFinished(job)) return;
  const isNew = !isJobFinished(old);
  const { active = 0, terminating = 0, startTime, uncountedTerminatedPods: uncounted } = status;
  if (active > 0 && (isNew || changes('active'))) {
    errors.push(invalid('status.active', active, 'active>0 is invalid for finished job'));
  }
  if (startTime === undefined && (isNew || changes('startTime'))) {
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  }
  const left = (uncounted?.failed ?? []).length + (uncounted?.succeeded ?? []).length;
  if (left > 0 && (isNew || changes('uncountedTerminatedPods'))) {
    const shown = { Succeeded: uncounted?.succeeded ?? null, Failed: uncounted?.failed ?? null };
    const detail = 'uncountedTerminatedPods needs to be empty for finished job';
    errors.push(invalid('status.uncountedTerminatedPods', shown, detail));
  }
  if (terminating > 0 && (isNew || changes('terminating'))) {
    errors.push(invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  }
}

function checkIndexes({ job, status, errors, changes }: StatusUpdate): void {
  const { completions, backoffLimitPerIndex } = job.spec;
  const { completedIndexes: completed = '', failedIndexes: failed } = status;
  const checkForm = (field: 'completedIndexes' | 'failedIndexes', text: string): void => {
    const counted = completions === undefined ? 0 : countIndexes(text, completions);
    if (!isIndexesError(counted)) return;
    errors.push(invalid(child('status', field), text, `error parsing ${field}: ${counted.error}`));
  };
  if (changes('completedIndexes')) {
    checkForm('completedIndexes', completed);
    if (completed !== '' && !isIndexed(job.spec)) {
      const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
      errors.push(invalid('status.completedIndexes', completed, detail));
    }
  }
  if (changes('failedIndexes') && failed !== undefined) {
    if (backoffLimitPerIndex !== undefined) checkForm('failedIndexes', failed);
    else {
      const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
      errors.push(invalid('status.failedIndexes', failed, detail));
    }
  }
  if (failed === undefined || completions === undefined || !changes('completedIndexes', 'failedIndexes')) return;
  const overlap = overlapProblem(completed, failed, completions);
  if (overlap !== undefined) errors.push(invalid('status.failedIndexes', failed, overlap));
}

/** What may only ever go one way. */
function checkTransitions({ job, old, status, before, errors }: StatusUpdate): void {
  for (const type of ['Failed', 'Complete', 'FailureTarget'] as const) {
    if (!hasJobCondition(old, type) || hasJobCondition(job, type)) continue;
    errors.push(invalidUnshown(conditionsPath, `cannot disable the terminal ${type}=True condition`));
  }
  if ((status.failed ?? 0) < (before.failed ?? 0)) {
    errors.push(invalid('status.failed', status.failed ?? 0, 'cannot decrease the failed counter'));
  }
  const { completions, parallelism } = job.spec;
  // A Job whose parallelism is its completions can be made smaller.
  const canShrink = isIndexed(job.spec) && completions === parallelism;
  if (!canShrink && (status.succeeded ?? 0) < (before.succeeded ?? 0)) {
    errors.push(invalid('status.succeeded', status.succeeded ?? 0, 'cannot decrease the succeeded counter'));
  }
  const [wasMet, isMet] = [hasJobCondition(old, 'SuccessCriteriaMet'), hasJobCondition(job, 'SuccessCriteriaMet')];
  if (wasMet && !isMet) {
    errors.push(invalidUnshown(conditionsPath, 'cannot disable the SuccessCriteriaMet=True condition'));
  }
  if (hasJobCondition(old, 'Complete') && !wasMet && isMet) {
    const detail = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(invalidUnshown(conditionsPath, detail));
  }
}
