/** Job: pods that run to their end. Models pkg/apis/batch and pkg/registry/batch/job. */
import { humanDuration } from '../../duration';
import { defineKind } from '../../kind';
import { formatLabelSelector } from '../../selectors';
import { timeMs } from '../../time';
import type { Job } from '../../types';
import { ageColumn, containerColumns, nameColumn } from '../columns';
import { podNameWarnings } from '../workload';
import { hasJobCondition } from './conditions';
import { jobDefaults, withGeneratedSelector } from './defaults';
import { jobStatusErrors } from './status';
import { jobErrors, jobUpdateErrors } from './validation';
import { jobSpecWarnings } from './warnings';

const orphanWarning = 'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to '
  + 'remove them or set propagationPolicy=Orphan to suppress this warning';

/** How far a Job is, in one word. */
function statusText(job: Job): string {
  if (hasJobCondition(job, 'Complete')) return 'Complete';
  if (hasJobCondition(job, 'Failed')) return 'Failed';
  if (job.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const others = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'] as const;
  return others.find((type) => hasJobCondition(job, type)) ?? 'Running';
}

/** `1/3`, or `0/1 of 2` when any of several pods that run at once will do. */
function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  if (status?.startTime === undefined) return '';
  const endMs = status.completionTime === undefined ? nowMs : timeMs(status.completionTime);
  return humanDuration(endMs - timeMs(status.startTime));
}

export const jobKind = defineKind<Job>({
  group: 'batch', version: 'v1', kind: 'Job', listKind: 'JobList',
  plural: 'jobs', singular: 'job', categories: ['all'], namespaced: true, schema: 'Job', subresources: ['status'],
  defaults: jobDefaults,
  prepareForCreate: withGeneratedSelector,
  validate: jobErrors,
  validateUpdate: jobUpdateErrors,
  validateStatusUpdate: jobStatusErrors,
  warnings: ({ metadata, spec }, old) => [
    ...(old === undefined ? podNameWarnings(metadata.name) : []), ...jobSpecWarnings(spec, old?.spec, 'spec'),
  ],
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  orphansDependents: { warning: orphanWarning },
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the job.', cell: statusText },
    {
      name: 'Completions', type: 'string', description: 'Pods that have succeeded, of those that must.',
      cell: completionsText,
    },
    { name: 'Duration', type: 'string', description: 'Time required to complete the job.', cell: durationText },
    ageColumn,
    ...containerColumns<Job>(({ spec }) => spec.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that its pods have.',
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
});
