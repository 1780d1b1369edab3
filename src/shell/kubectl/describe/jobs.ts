/** `kubectl describe` of jobs and cron jobs. Models the describers of kubectl's pkg/describe. */
import { humanDuration } from '../../../api/duration';
import { selectorOf, selectorText } from '../../../api/selectors';
import { timeMs } from '../../../api/time';
import type { CronJob, Job } from '../../../api/types';
import { writeEventsOf } from './events';
import { writeAnnotations, writeController, writeHead, writeLabels } from './metadata';
import { writePodTemplate } from './pod-template';
import { dateText } from './time-text';
import { boolText, type DescribeContext, type DescribeWriter } from './writer';

const unset = '<unset>';
/** So many characters of completed indexes are shown, and what is left up to the next comma. */
const indexesShown = 50;

export function describeJob(w: DescribeWriter, job: Job, context: DescribeContext): void {
  const { metadata, spec, status } = job;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${selectorText(selectorOf(spec.selector))}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeController(w, job);
  if (spec.parallelism !== undefined) w.line(0, `Parallelism:\t${spec.parallelism}`);
  w.line(0, `Completions:\t${spec.completions ?? unset}`);
  if (spec.completionMode !== undefined) w.line(0, `Completion Mode:\t${spec.completionMode}`);
  if (spec.suspend !== undefined) w.line(0, `Suspend:\t${spec.suspend}`);
  if (spec.backoffLimit !== undefined) w.line(0, `Backoff Limit:\t${spec.backoffLimit}`);
  const { ttlSecondsAfterFinished: ttl, activeDeadlineSeconds: deadline } = spec;
  if (ttl !== undefined) w.line(0, `TTL Seconds After Finished:\t${ttl}`);
  const { startTime, completionTime, active = 0, ready, succeeded = 0, failed = 0 } = status ?? {};
  if (startTime) w.line(0, `Start Time:\t${dateText(startTime)}`);
  if (completionTime) w.line(0, `Completed At:\t${dateText(completionTime)}`);
  if (startTime && completionTime) w.line(0, `Duration:\t${humanDuration(timeMs(completionTime) - timeMs(startTime))}`);
  if (deadline !== undefined) w.line(0, `Active Deadline Seconds:\t${deadline}s`);
  const readyText = ready === undefined ? '' : ` (${ready} Ready)`;
  w.line(0, `Pods Statuses:\t${active} Active${readyText} / ${succeeded} Succeeded / ${failed} Failed`);
  if (spec.completionMode === 'Indexed')
    w.line(0, `Completed Indexes:\t${indexesText(status?.completedIndexes ?? '')}`);
  writePodTemplate(w, spec.template);
  writeEventsOf(w, job, context);
}

function indexesText(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', indexesShown);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

export function describeCronJob(w: DescribeWriter, cronJob: CronJob, context: DescribeContext): void {
  const { spec, status } = cronJob;
  const { startingDeadlineSeconds: deadline } = spec;
  writeHead(w, cronJob);
  w.line(0, `Schedule:\t${spec.schedule}`);
  w.line(0, `Concurrency Policy:\t${spec.concurrencyPolicy ?? ''}`);
  w.line(0, `Suspend:\t${boolText(spec.suspend)}`);
  w.line(0, `Time Zone:\t${spec.timeZone ?? unset}`);
  w.line(0, `Successful Job History Limit:\t${spec.successfulJobsHistoryLimit ?? unset}`);
  w.line(0, `Failed Job History Limit:\t${spec.failedJobsHistoryLimit ?? unset}`);
  w.line(0, `Starting Deadline Seconds:\t${deadline === undefined ? unset : `${deadline}s`}`);
  const job = spec.jobTemplate.spec;
  w.line(0, `Selector:\t${job?.selector ? selectorText(selectorOf(job.selector)) : unset}`);
  w.line(0, `Parallelism:\t${job?.parallelism ?? unset}`);
  w.line(0, `Completions:\t${job?.completions ?? unset}`);
  if (job?.activeDeadlineSeconds !== undefined) w.line(0, `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s`);
  writePodTemplate(w, job?.template);
  w.line(0, `Last Schedule Time:\t${status?.lastScheduleTime ? dateText(status.lastScheduleTime) : unset}`);
  w.line(0, `Active Jobs:\t${(status?.active ?? []).map(({ name = '' }) => name).join(', ') || '<none>'}`);
  writeEventsOf(w, cronJob, context);
}
