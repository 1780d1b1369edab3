/** Warnings about the spec of a Job, in a Job or in a CronJob. Models WarningsForJobSpec of pkg/api/job. */
import { child } from '../../field-errors';
import type { JobSpec } from '../../types';
import { templateWarnings } from '../pod/warnings';
import { isIndexed } from './conditions';

const completionsSoftLimit = 100_000;
const parallelismSoftLimit = 10_000;

/** Warnings about a spec; those about the template only when it is new. */
export function jobSpecWarnings(
  spec: JobSpec | undefined, old: JobSpec | undefined, path: string,
): readonly string[] {
  if (spec === undefined) return [];
  const { completions = 0, parallelism = 0, template } = spec;
  const isHuge = isIndexed(spec) && completions > completionsSoftLimit && parallelism > parallelismSoftLimit;
  const why = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, '
    + 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail';
  const ofTemplate = old?.template === template ? [] : templateWarnings(template, child(path, 'template'));
  return isHuge ? [`${path}: ${why}`, ...ofTemplate] : ofTemplate;
}
