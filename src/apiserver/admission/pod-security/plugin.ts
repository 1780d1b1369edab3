/**
 * PodSecurity: a namespace's labels say how secure its pods must be. Pods that are not are refused or warned of, and so
 * are workloads whose pods would not be; a namespace that begins to enforce is told which of its pods do not comply.
 * Models plugin/pkg/admission/security/podsecurity and pod-security-admission. Not modelled: the audit log, into which
 * the mode `audit` writes, and exemptions, of which there are none without a configuration file.
 */
import { quote } from '../../../api/go-text';
import { controllerOf } from '../../../api/object';
import { namespaces, pods } from '../../../api/resources';
import { type FailureStatus, internalError, invalidStatus } from '../../../api/status';
import type { CronJob, KubeObject, NewObjectMeta, Pod, PodSpec, PodTemplate, ReplicaSet } from '../../../api/types';
import { compareText, equal } from '../../../base/freeze';
import type { Execution } from '../../execution';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from '../plugin';
import { reasonsText, violations, violationsText } from './evaluate';
import { compareLevels, isSameLevel, type LevelVersion, levelText, type Policy, policyOf } from './levels';

/** Subresources of pods that do not show a pod. */
const ignoredSubresources = new Set([
  'exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'resize', 'status',
]);
/** How many pods of a namespace are looked at when it begins to enforce. */
const maxPods = 3_000;
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

interface Template {
  readonly metadata?: NewObjectMeta;
  readonly spec?: PodSpec;
}

const ofSpec = (object: KubeObject): Template | undefined =>
  (object as ReplicaSet).spec?.template as Template | undefined;

/** Where workloads keep the template of their pods. */
const templates: Readonly<Record<string, (object: KubeObject) => Template | undefined>> = {
  replicationcontrollers: ofSpec,
  podtemplates: (object) => (object as PodTemplate).template as Template | undefined,
  'replicasets.apps': ofSpec,
  'deployments.apps': ofSpec,
  'statefulsets.apps': ofSpec,
  'daemonsets.apps': ofSpec,
  'jobs.batch': ofSpec,
  'cronjobs.batch': (object) => (object as CronJob).spec?.jobTemplate?.spec?.template as Template | undefined,
};

export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  resources: ['namespaces', 'pods', ...Object.keys(templates)],

  validate(attributes, execution) {
    const { operation, resource, subresource } = attributes;
    if (operation === 'DELETE') return undefined;
    if (resource.name === 'pods') {
      return ignoredSubresources.has(subresource) ? undefined : validatePod(attributes, execution);
    }
    if (subresource !== '') return undefined;
    if (resource.name === 'namespaces') return validateNamespace(attributes, execution);
    warnOfTemplate(attributes, execution);
    return undefined;
  },
};

function isAbsent({ level }: LevelVersion): boolean {
  return level === 'privileged';
}

function policyFor({ namespace }: AdmissionAttributes, { objects }: Execution): Policy | undefined {
  const found = objects.get(namespaces, undefined, namespace);
  return found && policyOf(found.metadata.labels).policy;
}

function validatePod(attributes: AdmissionAttributes, execution: Execution): FailureStatus | undefined {
  const policy = policyFor(attributes, execution);
  if (!policy) return internalError(`failed to lookup namespace ${quote(attributes.namespace)}`);
  const { enforce, warn } = policy;
  if (isAbsent(enforce) && isAbsent(warn)) return undefined;
  const { spec, metadata } = attributes.object as Pod;
  if (attributes.operation === 'UPDATE' && !isSignificant(attributes.object as Pod, attributes.oldObject as Pod)) {
    return undefined;
  }
  const found = violations(enforce, spec, metadata);
  if (found.length > 0) {
    const why = `violates PodSecurity ${quote(levelText(enforce))}: ${violationsText(found)}`;
    return admissionForbidden(attributes, why);
  }
  warnOf(attributes, warn, spec, metadata);
  return undefined;
}

function warnOf({ warnings }: AdmissionAttributes, level: LevelVersion, spec: PodSpec, metadata: NewObjectMeta): void {
  const found = violations(level, spec, metadata);
  if (found.length > 0) warnings.push(`would violate PodSecurity ${quote(levelText(level))}: ${violationsText(found)}`);
}

/** Only what can make a pod less secure is looked at again: images, and containers that are added. */
function isSignificant(pod: Pod, old: Pod): boolean {
  if (pod.metadata.annotations?.[seccompPod] !== old.metadata.annotations?.[seccompPod]) return true;
  const lists = ({ spec }: Pod) => [spec.initContainers, spec.containers, spec.ephemeralContainers];
  const images = (each: Pod): unknown => lists(each).map((list) =>
    (list ?? []).map(({ name, image }) =>
      ({ name, image, seccomp: each.metadata.annotations?.[seccompPrefix + name] })));
  return !equal(images(pod), images(old));
}

function warnOfTemplate(attributes: AdmissionAttributes, execution: Execution): void {
  const policy = policyFor(attributes, execution);
  if (!policy || isAbsent(policy.warn)) return;
  const template = templates[attributes.resource.name]?.(attributes.object as KubeObject);
  if (template?.spec) warnOf(attributes, policy.warn, template.spec, template.metadata ?? {});
}

// --- namespaces -----------------------------------------------------------------------------------------------------

function validateNamespace(attributes: AdmissionAttributes, execution: Execution): FailureStatus | undefined {
  const { operation, resource, name, object, oldObject, warnings } = attributes;
  const { policy, errors } = policyOf(object?.metadata.labels);
  const old = policyOf(oldObject?.metadata.labels);
  if (errors.length > 0 && (operation === 'CREATE' || !equal(errors, old.errors))) {
    return invalidStatus(resource.groupKind, name, errors);
  }
  if (operation === 'CREATE') return undefined;
  const { enforce } = policy;
  const before = old.policy.enforce;
  if (isSameLevel(enforce, before) || isAbsent(enforce)) return undefined;
  if (enforce.minor === before.minor && compareLevels(enforce.level, before.level) < 1) return undefined;
  warnings.push(...warningsOfPods(name, enforce, execution));
  return undefined;
}

/** Which pods of a namespace would not be let in any more, grouped by what they do. */
function warningsOfPods(namespace: string, level: LevelVersion, { objects }: Execution): readonly string[] {
  const all = objects.list(pods, namespace);
  const seen = prioritized(all).slice(0, maxPods);
  const offenders = new Map<string, string[]>();
  for (const { metadata, spec } of seen) {
    const found = violations(level, spec, metadata);
    if (found.length === 0) continue;
    const reasons = reasonsText(found);
    offenders.set(reasons, [...(offenders.get(reasons) ?? []), metadata.name]);
  }
  const warnings: string[] = [];
  if (seen.length < all.length) {
    warnings.push(`new PodSecurity enforce level only checked against the first ${seen.length} of ${all.length} `
      + 'existing pods');
  }
  if (offenders.size === 0) return warnings;
  warnings.push(`existing pods in namespace ${quote(namespace)} violate the new PodSecurity enforce level `
    + quote(levelText(level)));
  const listed = [...offenders].map(([reasons, names]) => {
    const [first = '', ...others] = names.slice().sort(compareText);
    const more = others.length === 0 ? ''
      : others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`;
    return `${first}${more}: ${reasons}`;
  });
  return [...warnings, ...listed.sort(compareText)];
}

/** One pod of each controller first: its others are like it. */
function prioritized(all: readonly Pod[]): readonly Pod[] {
  const controllers = new Set<string>();
  const first: Pod[] = [];
  const later: Pod[] = [];
  for (const pod of all) {
    const uid = controllerOf(pod)?.uid;
    if (uid !== undefined && controllers.has(uid)) later.push(pod);
    else first.push(pod);
    if (uid !== undefined) controllers.add(uid);
  }
  return [...first, ...later];
}
