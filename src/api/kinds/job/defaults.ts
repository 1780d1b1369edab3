/**
 * Defaults of a Job, and the selector and labels that tie its pods to it. Models SetDefaults_Job of
 * pkg/apis/batch/v1 and generateSelector of pkg/registry/batch/job.
 */
import { sortedKeys, withKey } from '../../../base/freeze';
import type { Job, JobSpec, PodFailurePolicyRule } from '../../types';
import { mapList, withDefault } from '../pod/container-defaults';
import { podTemplateDefaults } from '../pod/defaults';

/** Labels that every Job puts on its pods; those without a prefix are there for compatibility. */
export const jobLabels = {
  controllerUid: 'batch.kubernetes.io/controller-uid',
  jobName: 'batch.kubernetes.io/job-name',
  legacyControllerUid: 'controller-uid',
  legacyJobName: 'job-name',
} as const;

const noSpec = Object.freeze({}) as JobSpec;
const maxInt32 = 2_147_483_647;

/** What a Job is given that says nothing. */
export function jobDefaults(given: Job): Job {
  let spec = jobTemplateSpecDefaults(given.spec ?? noSpec);
  if (spec.completions === undefined && spec.parallelism === undefined) spec = withKey(spec, 'completions', 1);
  if (spec.parallelism === undefined) spec = withKey(spec, 'parallelism', 1);
  if (spec.backoffLimit === undefined) {
    spec = withKey(spec, 'backoffLimit', spec.backoffLimitPerIndex === undefined ? 6 : maxInt32);
  }
  if (spec.completionMode === undefined) spec = withKey(spec, 'completionMode', 'NonIndexed');
  if (spec.suspend === undefined) spec = withKey(spec, 'suspend', false);
  if (spec.manualSelector === undefined) spec = withKey(spec, 'manualSelector', false);
  if (spec.podReplacementPolicy === undefined) {
    const policy = spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
    spec = withKey(spec, 'podReplacementPolicy', policy);
  }
  const labels = spec.template?.metadata?.labels;
  const unlabelled = labels !== undefined && sortedKeys(given.metadata.labels).length === 0;
  const job = unlabelled ? { ...given, metadata: withKey(given.metadata, 'labels', labels) } : given;
  return withKey(job, 'spec', spec);
}

/** What the spec of a Job inside a CronJob is given: less than that of a Job, which it will be given later. */
export function jobTemplateSpecDefaults(given: JobSpec): JobSpec {
  const spec = withKey(given, 'template', podTemplateDefaults(given.template));
  const policy = spec.podFailurePolicy;
  if (policy === undefined) return spec;
  return withKey(spec, 'podFailurePolicy', withKey(policy, 'rules', mapList(policy.rules, ruleDefaults) ?? []));
}

function ruleDefaults(rule: PodFailurePolicyRule): PodFailurePolicyRule {
  return withKey(rule, 'onPodConditions', mapList(rule.onPodConditions, (pattern) => (
    withDefault(pattern, 'status', 'True'))));
}

/** The Job with the generated selector and labels, unless it brings its own. */
export function withGeneratedSelector(job: Job): Job {
  const spec = job.spec ?? noSpec;
  if (spec.manualSelector === true) return job;
  const { name, uid } = job.metadata;
  const labels: Record<string, string> = { ...spec.template?.metadata?.labels };
  // A user who gives some of the labels gets no others; validation says so.
  if (labels[jobLabels.legacyJobName] === undefined) {
    labels[jobLabels.legacyJobName] = name;
    labels[jobLabels.jobName] = name;
  }
  if (labels[jobLabels.legacyControllerUid] === undefined) {
    labels[jobLabels.legacyControllerUid] = uid;
    labels[jobLabels.controllerUid] = uid;
  }
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } };
  const matchLabels = { [jobLabels.controllerUid]: uid, ...spec.selector?.matchLabels };
  return { ...job, spec: { ...spec, selector: { ...spec.selector, matchLabels }, template } };
}
