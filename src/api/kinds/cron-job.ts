/** CronJob: makes a Job at set times. Models pkg/apis/batch and pkg/registry/batch/cronjob. */
import { withKey } from '../../base/freeze';
import { isCronError, parseCron } from '../cron';
import { child, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { formatLabelSelector } from '../selectors';
import { isTimeZone } from '../time-zones';
import type { CronJob, CronJobSpec, JobSpec, JobTemplateSpec } from '../types';
import { ageColumn, ageText, containerColumns, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { jobTemplateSpecDefaults } from './job/defaults';
import { checkJobTemplate } from './job/validation';
import { jobSpecWarnings } from './job/warnings';
import { withDefault } from './pod/container-defaults';
import { podNameWarnings } from './workload';

const noSpec = Object.freeze({}) as CronJobSpec;
const noJobSpec = Object.freeze({}) as JobSpec;
const noTemplate: JobTemplateSpec = Object.freeze({ spec: noJobSpec });
/** A Job's name is that of its CronJob with eleven characters more, and it must fit into 63. */
const maxNameLength = 52;
const policies = ['Allow', 'Forbid', 'Replace'];
const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;

function defaults(job: CronJob): CronJob {
  let spec = job.spec ?? noSpec;
  const template = spec.jobTemplate ?? noTemplate;
  const jobSpec = jobTemplateSpecDefaults(template.spec ?? noJobSpec);
  spec = withKey(spec, 'jobTemplate', withKey(template, 'spec', jobSpec));
  spec = withDefault(spec, 'concurrencyPolicy', 'Allow');
  if (spec.suspend === undefined) spec = withKey(spec, 'suspend', false);
  if (spec.successfulJobsHistoryLimit === undefined) spec = withKey(spec, 'successfulJobsHistoryLimit', 3);
  if (spec.failedJobsHistoryLimit === undefined) spec = withKey(spec, 'failedJobsHistoryLimit', 1);
  return withKey(job, 'spec', spec);
}

function validate(job: CronJob): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkSpec(job.spec ?? noSpec, undefined, errors);
  const { name } = job.metadata;
  if (name.length > maxNameLength) {
    errors.push(invalid('metadata.name', name, `must be no more than ${maxNameLength} characters`));
  }
  return errors;
}

function validateUpdate(job: CronJob, old: CronJob): readonly FieldError[] {
  if (job.spec === old.spec) return [];
  const errors: FieldErrors = [];
  checkSpec(job.spec, old.spec, errors);
  return errors;
}

function checkSpec(spec: CronJobSpec, old: CronJobSpec | undefined, errors: FieldErrors): void {
  if (!spec.schedule) errors.push(required('spec.schedule'));
  else checkSchedule(spec, old?.schedule.includes('TZ') ?? false, 'spec.schedule', errors);
  checkNonnegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', errors);
  if (spec.timeZone !== undefined && spec.timeZone !== old?.timeZone) {
    checkTimeZone(spec.timeZone, 'spec.timeZone', errors);
  }
  const policy = spec.concurrencyPolicy ?? '';
  if (policy === '') errors.push(required('spec.concurrencyPolicy'));
  else if (!policies.includes(policy)) errors.push(notSupported('spec.concurrencyPolicy', policy, policies));
  checkJobTemplate(spec.jobTemplate ?? noTemplate, 'spec.jobTemplate', errors);
  for (const field of ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    checkNonnegative(spec[field], child('spec', field), errors);
  }
}

/** A schedule that has always named a zone may go on doing so, unless the field names one as well. */
function checkSchedule(
  { schedule, timeZone }: CronJobSpec, mayNameZone: boolean, path: string, errors: FieldErrors,
): void {
  const parsed = parseCron(schedule);
  if (isCronError(parsed)) errors.push(invalid(path, schedule, parsed.error));
  if (!schedule.includes('TZ')) return;
  if (!mayNameZone) {
    errors.push(invalid(path, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  } else if (timeZone !== undefined) {
    errors.push(invalid(path, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
  }
}

function checkTimeZone(zone: string, path: string, errors: FieldErrors): void {
  if (zone === '') {
    errors.push(invalid(path, zone, 'timeZone must be nil or non-empty string'));
    return;
  }
  const isOdd = (part: string): boolean => (
    part === '.' || part === '..' || part.startsWith('-') || !zonePart.test(part));
  const unknown = `unknown time zone ${zone}`;
  if (zone.split('/').some(isOdd)) {
    errors.push(invalid(path, zone, unknown));
    return;
  }
  if (zone.toLowerCase() === 'local') {
    const detail = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    errors.push(invalid(path, zone, detail));
  }
  if (zone !== 'Local' && !isTimeZone(zone)) errors.push(invalid(path, zone, unknown));
}

function warnings({ metadata, spec }: CronJob, old: CronJob | undefined): readonly string[] {
  const named = old === undefined ? podNameWarnings(metadata.name) : [];
  const ofJob = jobSpecWarnings(spec.jobTemplate?.spec, old?.spec.jobTemplate?.spec, 'spec.jobTemplate.spec');
  // Upstream names the field twice.
  const zoned = spec.schedule.includes('TZ') ? ['cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead']
    : [];
  return [...named, ...ofJob, ...zoned];
}

/** A boolean as upstream's tables print it. */
function flagText(flag: boolean | undefined): string {
  if (flag === undefined) return '<unset>';
  return flag ? 'True' : 'False';
}

export const cronJobKind = defineKind<CronJob>({
  group: 'batch', version: 'v1', kind: 'CronJob', listKind: 'CronJobList',
  plural: 'cronjobs', singular: 'cronjob', shortNames: ['cj'], categories: ['all'],
  namespaced: true, schema: 'CronJob', subresources: ['status'],
  defaults,
  validate,
  validateUpdate,
  warnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'Schedule', type: 'string', description: 'When it runs.', cell: ({ spec }) => spec.schedule },
    {
      name: 'Timezone', type: 'string', description: 'The zone in which the schedule is read.',
      cell: ({ spec }) => spec.timeZone ?? '<none>',
    },
    {
      name: 'Suspend', type: 'boolean', description: 'Whether it makes no jobs at present.',
      cell: ({ spec }) => flagText(spec.suspend),
    },
    {
      name: 'Active', type: 'integer', description: 'Number of its jobs that run.',
      cell: ({ status }) => status?.active?.length ?? 0,
    },
    {
      name: 'Last Schedule', type: 'string', description: 'The time since it last made a job.',
      cell: ({ status }, nowMs) => (
        status?.lastScheduleTime === undefined ? '<none>' : ageText(status.lastScheduleTime, nowMs)),
    },
    ageColumn,
    ...containerColumns<CronJob>(({ spec }) => spec.jobTemplate?.spec?.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that the pods of its jobs have.',
      cell: ({ spec }) => formatLabelSelector(spec.jobTemplate?.spec?.selector),
    },
  ],
});
