/**
 * What is wrong with a Job, or with the Job in a CronJob. Models ValidateJob, ValidateJobUpdate and
 * ValidateJobTemplateSpec of pkg/apis/batch/validation.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, immutable, invalid, key, notSupported, required, tooLong } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { byteLength, dnsLabelProblems, dnsSubdomainProblems } from '../../names';
import { labelSelectorErrors, matchesLabels, selectorOf } from '../../selectors';
import type { Affinity, Job, JobSpec, JobTemplateSpec, PodTemplateSpec, SuccessPolicy } from '../../types';
import { checkNonnegative, checkProblems } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkPodTemplate } from '../pod/validation/spec';
import { checkSelectorMatches } from '../workload';
import { isIndexed } from './conditions';
import { jobLabels } from './defaults';
import { checkPodFailurePolicy, checkSuccessPolicy } from './policies';

const maxParallelism = 100_000;
const maxFailedIndexes = 100_000;
const manyCompletions = 100_000;
const maxParallelismOfMany = 10_000;
const maxFailedIndexesOfMany = 10_000;
const maxManagedByBytes = 63;
const httpPath = /^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/;
const noSpec = Object.freeze({}) as JobSpec;

const indexedOnly = 'requires indexed completion mode';

/** Everything wrong with a new Job, apart from its metadata. */
export function jobErrors(job: Job): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = job.spec ?? noSpec;
  checkGeneratedSelector(job, spec, errors);
  checkWholeSpec(spec, 'spec', errors);
  const { name } = job.metadata;
  if (isIndexed(spec) && (spec.completions ?? 0) > 0) {
    const hostname = `${name}-${(spec.completions ?? 0) - 1}`;
    if (dnsLabelProblems(hostname).length > 0) {
      errors.push(invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${hostname}`));
    }
  }
  return errors;
}

/** That nobody has given labels or a selector that contradict the generated ones. */
function checkGeneratedSelector({ metadata }: Job, spec: JobSpec, errors: FieldErrors): void {
  if (spec.manualSelector === true || spec.selector === undefined) return;
  const expected = {
    [jobLabels.legacyControllerUid]: metadata.uid, [jobLabels.legacyJobName]: metadata.name,
    [jobLabels.controllerUid]: metadata.uid, [jobLabels.jobName]: metadata.name,
  };
  const labels = spec.template?.metadata?.labels ?? {};
  for (const [label, value] of Object.entries(expected)) {
    const at = key('spec.template.metadata.labels', label);
    if (!Object.hasOwn(labels, label)) errors.push(required(at, `must be '${value}'`));
    else if (labels[label] !== value) errors.push(invalid(at, labels, `must be '${value}'`));
  }
  if (!matchesLabels(selectorOf(spec.selector), expected)) {
    errors.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  }
}

function checkWholeSpec(spec: JobSpec, path: string, errors: FieldErrors): void {
  checkSpec(spec, path, errors);
  const selectorPath = child(path, 'selector');
  if (spec.selector === undefined) errors.push(required(selectorPath));
  else errors.push(...labelSelectorErrors(spec.selector, selectorPath));
  checkSelectorMatches(spec.selector, spec.template, child(path, 'template'), errors);
}

/** Everything about the Job in a CronJob, which has no selector yet. */
export function checkJobTemplate({ spec = noSpec }: JobTemplateSpec, path: string, errors: FieldErrors): void {
  const at = child(path, 'spec');
  checkSpec(spec, at, errors);
  if (spec.selector !== undefined) {
    errors.push(invalid(child(at, 'selector'), spec.selector, '`selector` will be auto-generated'));
  }
  if (spec.manualSelector === true) errors.push(notSupported(child(at, 'manualSelector'), true, ['nil', 'false']));
}

function checkSpec(spec: JobSpec, path: string, errors: FieldErrors): void {
  const counts = [
    'parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished',
    'backoffLimitPerIndex', 'maxFailedIndexes',
  ] as const;
  for (const field of counts) checkNonnegative(spec[field], child(path, field), errors);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(child(path, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) checkManagedBy(spec.managedBy, child(path, 'managedBy'), errors);
  checkCompletionMode(spec, path, errors);
  if (spec.podFailurePolicy !== undefined) checkPodFailurePolicy(spec, child(path, 'podFailurePolicy'), errors);
  if (spec.successPolicy !== undefined) {
    const at = child(path, 'successPolicy');
    if (isIndexed(spec)) checkSuccessPolicy(spec, at, errors);
    else errors.push(invalid(at, internalSuccessPolicy(spec.successPolicy), indexedOnly));
  }
  checkReplacementPolicy(spec, child(path, 'podReplacementPolicy'), errors);
  checkPodTemplate(spec.template, child(path, 'template'), errors);
  checkRestartPolicy(spec, child(path, 'template', 'spec', 'restartPolicy'), errors);
}

/** The policy as upstream shows it: its internal type. */
function internalSuccessPolicy({ rules }: SuccessPolicy): object {
  return { Rules: (rules ?? []).map(({ succeededIndexes, succeededCount }) => (
    { SucceededIndexes: succeededIndexes ?? null, SucceededCount: succeededCount ?? null })) };
}

/** The controller of the Job, as `domain/path`: IsDomainPrefixedPath. */
function checkManagedBy(value: string, path: string, errors: FieldErrors): void {
  const slash = value.indexOf('/');
  const [host, rest] = [value.slice(0, Math.max(0, slash)), value.slice(slash + 1)];
  if (value === '') errors.push(required(path));
  else if (host === '' || rest === '') {
    errors.push(invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  } else {
    checkProblems(dnsSubdomainProblems(host), host, path, errors);
    if (!httpPath.test(rest)) {
      const pattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
      errors.push(invalid(path, rest, `Invalid path (regex used for validation is '${pattern}')`));
    }
  }
  if (byteLength(value) > maxManagedByBytes) errors.push(tooLong(path, maxManagedByBytes));
}

function checkCompletionMode(spec: JobSpec, path: string, errors: FieldErrors): void {
  const { completionMode: mode, completions, parallelism, maxFailedIndexes: failed, backoffLimitPerIndex } = spec;
  const atMost = (field: 'parallelism' | 'maxFailedIndexes', most: number, when: string): void => {
    const value = spec[field];
    if (value === undefined || value <= most) return;
    errors.push(invalid(child(path, field), value, `must be less than or equal to ${most}${when}`));
  };
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(notSupported(child(path, 'completionMode'), mode, ['NonIndexed', 'Indexed']));
  }
  if (mode === undefined || mode === 'NonIndexed') {
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      if (spec[field] !== undefined) errors.push(invalid(child(path, field), spec[field], indexedOnly));
    }
  }
  if (mode !== 'Indexed') return;
  if (completions === undefined) errors.push(required(child(path, 'completions'), 'when completion mode is Indexed'));
  atMost('parallelism', maxParallelism, ' when completion mode is Indexed');
  if (completions !== undefined && failed !== undefined && failed > completions) {
    errors.push(invalid(child(path, 'maxFailedIndexes'), failed, 'must be less than or equal to completions'));
  }
  atMost('maxFailedIndexes', maxFailedIndexes, '');
  if (completions === undefined || completions <= manyCompletions || backoffLimitPerIndex === undefined) return;
  const when = ` when completions are above ${manyCompletions} and used with backoff limit per index`;
  if (failed === undefined) {
    const detail = `must be specified when completions is above ${manyCompletions}`;
    errors.push(required(child(path, 'maxFailedIndexes'), detail));
  }
  if (parallelism !== undefined) atMost('parallelism', maxParallelismOfMany, when);
  atMost('maxFailedIndexes', maxFailedIndexesOfMany, when);
}

function checkReplacementPolicy(spec: JobSpec, path: string, errors: FieldErrors): void {
  const policy = spec.podReplacementPolicy;
  const supported = spec.podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
  if (policy !== undefined && !supported.includes(policy)) errors.push(notSupported(path, policy, supported));
}

function checkRestartPolicy(spec: JobSpec, path: string, errors: FieldErrors): void {
  const policy = spec.template?.spec?.restartPolicy ?? '';
  if (policy === '' || policy === 'Always') {
    errors.push(required(path, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(notSupported(path, policy, ['OnFailure', 'Never']));
  } else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    errors.push(invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
}

/** Everything wrong with an update, apart from metadata. */
export function jobUpdateErrors(job: Job, old: Job): readonly FieldError[] {
  if (job.spec === old.spec) return [];
  const errors: FieldErrors = [];
  const [spec, before] = [job.spec, old.spec];
  checkWholeSpec(spec, 'spec', errors);
  checkCompletionsUpdate(spec, before, errors);
  const checkImmutable = (field: keyof JobSpec): void => {
    if (!equal(spec[field], before[field])) errors.push(immutable(child('spec', field), spec[field] ?? 'null'));
  };
  checkImmutable('selector');
  const neverStarted = before.suspend === true && old.status?.startTime === undefined;
  const template = neverStarted ? withSchedulingOf(before.template, spec.template) : before.template;
  if (!equal(spec.template, template)) errors.push(immutable('spec.template', spec.template));
  const fields = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const;
  fields.forEach(checkImmutable);
  return errors;
}

/** An indexed Job may grow and shrink if its parallelism does the same. */
function checkCompletionsUpdate(spec: JobSpec, old: JobSpec, errors: FieldErrors): void {
  if (spec.completions === old.completions) return;
  if (!isIndexed(spec)) errors.push(immutable('spec.completions', spec.completions ?? 'null'));
  else if (spec.completions !== undefined && spec.completions !== spec.parallelism) {
    errors.push(invalid('spec.completions', spec.completions, 'can only be modified in tandem with spec.parallelism'));
  }
}

/** The old template with everything that may change while the Job waits to be started. */
function withSchedulingOf(old: PodTemplateSpec, template: PodTemplateSpec): PodTemplateSpec {
  let spec = withKey(old.spec, 'affinity', affinityWithNodesOf(old.spec.affinity, template.spec.affinity));
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    spec = withKey(spec, field, template.spec[field]);
  }
  const { labels, annotations } = template.metadata ?? {};
  const metadata = withKey(withKey(old.metadata ?? {}, 'labels', labels), 'annotations', annotations);
  return { ...old, metadata, spec };
}

function affinityWithNodesOf(old: Affinity | undefined, affinity: Affinity | undefined): Affinity | undefined {
  if (old === undefined && affinity === undefined) return undefined;
  const merged = withKey(old ?? {}, 'nodeAffinity', affinity?.nodeAffinity);
  return affinity === undefined && Object.keys(merged).length === 0 ? undefined : merged;
}
