/**
 * What an update may change in a pod: little in its spec, and in its status no way back from the end. Models
 * ValidatePodUpdate, ValidatePodStatusUpdate and ValidatePodEphemeralContainersUpdate of pkg/apis/core/validation.
 * Upstream ends the main message with a diff of Go structs; here the differences follow as one line per field.
 */
import { equal, sortedKeys, withKey } from '../../../base/freeze';
import { child, forbidden, immutable, index, invalid, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { qualifiedNameProblems, rangeMessage } from '../../names';
import type { Container, ContainerStatus, NodeAffinity, NodeSelectorTerm, Pod, PodSpec } from '../../types';
import { differenceLines } from '../difference-lines';
import { checkProblems, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkIp, isDualStack } from '../ip-address';
import { mapList } from './container-defaults';
import { isSidecar } from './resource-defaults';
import { checkPodAnnotationsUpdate, mirrorAnnotation } from './validation/annotations';
import { checkTolerations } from './validation/scheduling';
import { checkPod } from './validation/pod';

const maxInt32 = 2_147_483_647;
const updatableFields = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

/** Everything wrong with an update of a pod, apart from its metadata. */
export function podUpdateErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (pod.spec !== old.spec) checkPod(pod, errors);
  checkPodAnnotationsUpdate(pod.metadata.annotations, old.metadata.annotations, 'metadata.annotations', errors);
  if (pod.spec === old.spec) return errors;
  if (!checkContainerUpdates(pod.spec.containers, old.spec.containers, 'spec.containers', errors)) return errors;
  const init = [pod.spec.initContainers ?? [], old.spec.initContainers ?? []] as const;
  if (!checkContainerUpdates(...init, 'spec.initContainers', errors)) return errors;
  if (!checkDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds, errors)) return errors;
  checkAddedTolerations(pod.spec, old.spec, errors);
  checkRemovedGates(pod.spec, old.spec, errors);
  if (!equal(pod.spec, old.spec)) checkUnchanged(pod.spec, old.spec, errors);
  return errors;
}

/** Whether there are as many containers as before; then their images are checked. */
function checkContainerUpdates(
  containers: readonly Container[], old: readonly Container[], path: string, errors: FieldErrors,
): boolean {
  if (containers.length !== old.length) {
    errors.push(forbidden(path, 'pod updates may not add or remove containers'));
    return false;
  }
  eachItem(containers, path, ({ image = '' }, at) => {
    if (image === '') errors.push(required(child(at, 'image')));
    if (image.trim() !== image) {
      errors.push(invalid(child(at, 'image'), image, 'must not have leading or trailing whitespace'));
    }
  });
  return true;
}

/** A deadline can be set and shortened, but not lengthened or taken away. */
function checkDeadline(seconds: number | undefined, old: number | undefined, errors: FieldErrors): boolean {
  const path = 'spec.activeDeadlineSeconds';
  if (seconds === undefined) {
    if (old !== undefined) {
      errors.push(invalid(path, 'null', 'must not update from a positive integer to nil value'));
    }
    return true;
  }
  if (seconds < 0 || seconds > maxInt32) {
    errors.push(invalid(path, seconds, rangeMessage(0, maxInt32)));
    return false;
  }
  if (old === undefined || old >= seconds) return true;
  errors.push(invalid(path, seconds, 'must be less than or equal to previous value'));
  return false;
}

function checkAddedTolerations(spec: PodSpec, old: PodSpec, errors: FieldErrors): void {
  const path = 'spec.tolerations';
  const tolerations = spec.tolerations ?? [];
  const isKept = (old.tolerations ?? []).every((before) => tolerations.some((after) => (
    equal({ ...before, tolerationSeconds: after.tolerationSeconds }, after))));
  if (!isKept) {
    errors.push(forbidden(path, 'existing toleration can not be modified except its tolerationSeconds'));
    return;
  }
  checkTolerations(tolerations, path, errors);
}

function checkRemovedGates(spec: PodSpec, old: PodSpec, errors: FieldErrors): void {
  const before = (old.schedulingGates ?? []).map((gate) => gate.name);
  (spec.schedulingGates ?? []).forEach(({ name }, i) => {
    if (before.includes(name)) return;
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(forbidden(child(index('spec.schedulingGates', i), 'name'), detail));
  });
}

/** Compares what is left when the fields that may change have their old values. */
function checkUnchanged(spec: PodSpec, old: PodSpec, errors: FieldErrors): void {
  let munged = withKey(spec, 'containers', withImagesOf(spec.containers, old.containers) ?? []);
  munged = withKey(munged, 'initContainers', withImagesOf(spec.initContainers, old.initContainers));
  munged = withKey(munged, 'activeDeadlineSeconds', old.activeDeadlineSeconds);
  munged = withKey(munged, 'schedulingGates', old.schedulingGates);
  munged = withKey(munged, 'tolerations', old.tolerations);
  const period = old.terminationGracePeriodSeconds;
  if (period !== undefined && period < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged = withKey(munged, 'terminationGracePeriodSeconds', period);
  }
  if (old.schedulingGates?.length) munged = mungedGated(munged, old, errors);
  if (equal(munged, old)) return;
  const differences = differenceLines(old, munged, '').join('\n');
  errors.push(forbidden('spec', `pod updates may not change fields other than ${updatableFields}\n${differences}`));
}

function withImagesOf(
  containers: readonly Container[] | undefined, old: readonly Container[] | undefined,
): readonly Container[] | undefined {
  let i = -1;
  return mapList(containers, (container) => {
    i += 1;
    return withKey(container, 'image', old?.[i]?.image);
  });
}

/** A pod that waits at a gate may still be narrowed to fewer nodes. */
function mungedGated(spec: PodSpec, old: PodSpec, errors: FieldErrors): PodSpec {
  let munged = spec;
  const { nodeSelector: before = {} } = old;
  if (sortedKeys(before).some((name) => spec.nodeSelector?.[name] !== before[name])) {
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(invalid('spec.nodeSelector', spec.nodeSelector, detail));
  }
  munged = withKey(munged, 'nodeSelector', old.nodeSelector);
  const oldAffinity = old.affinity?.nodeAffinity;
  if (equal(spec.affinity?.nodeAffinity, oldAffinity)) return munged;
  checkNarrowedAffinity(spec.affinity?.nodeAffinity, oldAffinity, errors);
  const affinity = withKey(spec.affinity ?? {}, 'nodeAffinity', oldAffinity);
  return withKey(munged, 'affinity', Object.keys(affinity).length === 0 ? undefined : affinity);
}

function checkNarrowedAffinity(
  affinity: NodeAffinity | undefined, old: NodeAffinity | undefined, errors: FieldErrors,
): void {
  const before = old?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const after = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const path = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  if (before.length > 0 && before.length !== after.length) {
    errors.push(invalid(path, after, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
    return;
  }
  before.forEach((term, i) => {
    if (onlyAdds(after[i] ?? {}, term)) return;
    errors.push(invalid(index(path, i), after[i], 'only additions are allowed (no mutations or deletions)'));
  });
}

function onlyAdds(term: NodeSelectorTerm, old: NodeSelectorTerm): boolean {
  const fields = ['matchExpressions', 'matchFields'] as const;
  if (fields.every((field) => !old[field]?.length)) return fields.every((field) => !term[field]?.length);
  return fields.every((field) => {
    const before = old[field] ?? [];
    return equal((term[field] ?? []).slice(0, before.length), before);
  });
}

/** Everything wrong with an update of a pod's status. */
export function podStatusUpdateErrors(pod: Pod, old: Pod): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (pod.status === old.status) return errors;
  const status = pod.status ?? {};
  const before = old.status ?? {};
  checkPodAnnotationsUpdate(pod.metadata.annotations, old.metadata.annotations, 'metadata.annotations', errors);
  (status.conditions ?? []).forEach(({ type }, i) => {
    if (type === 'PodScheduled' || type === 'Ready' || type === 'Initialized') return;
    checkProblems(qualifiedNameProblems(type), type, child(index('metadata.conditions', i), 'Type'), errors);
  });
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== before.nominatedNodeName) {
    checkSubdomain(nominated, 'status.nominatedNodeName', errors);
  }
  if (status.qosClass !== before.qosClass) errors.push(immutable('status.qosClass', status.qosClass ?? ''));
  const { restartPolicy = 'Always' } = old.spec;
  checkTransitions(status.containerStatuses, before.containerStatuses, 'status.containerStatuses', old,
    restartPolicy, errors);
  checkTransitions(status.initContainerStatuses, before.initContainerStatuses, 'status.initContainerStatuses', old,
    restartPolicy, errors);
  checkTransitions(status.ephemeralContainerStatuses, before.ephemeralContainerStatuses,
    'status.ephemeralContainerStatuses', old, 'Never', errors);
  checkStatusIps(status.podIPs, 'status.podIPs', errors);
  if (status.hostIPs?.length && status.hostIP !== status.hostIPs[0]?.ip) {
    errors.push(invalid('status.hostIPs[0].ip', status.hostIPs[0]?.ip, 'must be equal to `hostIP`'));
  }
  checkStatusIps(status.hostIPs, 'status.hostIPs', errors);
  return errors;
}

/** Whether a container may restart all of them: podutil.AllContainersCouldRestart. */
export function couldRestartAll({ spec }: Pod): boolean {
  return [...(spec.initContainers ?? []), ...spec.containers].some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'));
}

/** A container that ended for good stays so. */
function checkTransitions(
  statuses: readonly ContainerStatus[] | undefined, old: readonly ContainerStatus[] | undefined, path: string,
  pod: Pod, restartPolicy: string, errors: FieldErrors,
): void {
  if (restartPolicy === 'Always' || old === undefined || couldRestartAll(pod)) return;
  const { containers, initContainers = [] } = pod.spec;
  old.forEach(({ name, state }, i) => {
    const ended = state?.terminated;
    if (ended === undefined || (ended.exitCode !== 0 && restartPolicy === 'OnFailure')) return;
    const declared = [...containers, ...initContainers].find((container) => container.name === name);
    // A container with a policy of its own may come back when that policy says so.
    if (isSidecar(declared) || declared?.restartPolicyRules !== undefined) return;
    if (declared?.restartPolicy === 'OnFailure' && ended.exitCode !== 0) return;
    const now = statuses?.find((status) => status.name === name);
    if (now === undefined || now.state?.terminated !== undefined) return;
    errors.push(forbidden(child(index(path, i), 'state'), 'may not be transitioned to non-terminated state'));
  });
}

function checkStatusIps(ips: readonly { readonly ip: string }[] | undefined, path: string, errors: FieldErrors): void {
  eachItem(ips, path, ({ ip }, at) => checkIp(ip ?? '', at, errors));
  if (ips === undefined || ips.length < 2) return;
  if (ips.length > 2 || !isDualStack(ips.map(({ ip }) => ip))) {
    errors.push(invalid(path, ips, 'may specify no more than one IP for each IP family'));
  }
}

/** Everything wrong with adding ephemeral containers; the pods differ in nothing else. */
export function ephemeralContainersErrors(pod: Pod, old: Pod): readonly FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return [forbidden('', 'static pods do not support ephemeral containers')];
  }
  const errors: FieldErrors = [];
  checkPod(pod, errors);
  const path = 'spec.ephemeralContainers';
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = pod.spec.ephemeralContainers?.find((container) => container.name === before.name);
    const what = `existing ephemeral containers "${before.name}" may not be`;
    if (after === undefined) errors.push(forbidden(path, `${what} removed\n`));
    else if (!equal(after, before)) {
      errors.push(forbidden(path, `${what} changed\n${differenceLines(before, after, '').join('\n')}`));
    }
  }
  return errors;
}
