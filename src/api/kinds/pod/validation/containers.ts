/**
 * The three lists of containers of a pod. Models validateContainers, validateInitContainers,
 * validateEphemeralContainers and validateContainerCommon of pkg/apis/core/validation, with the restart rules per
 * container of v1.36.
 */
import {
  child, duplicate, forbidden, index, invalid, notFound, required, tooMany,
} from '../../../field-errors';
import { portNameProblems, portNumberProblems } from '../../../names';
import type { Container, ContainerPort, EphemeralContainer } from '../../../types';
import { checkDnsLabel, checkOneOf, checkProblems, eachItem, forbidFields } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { isSidecar } from '../resource-defaults';
import type { PodChecks } from './checks';
import { checkEnv, checkEnvFrom } from './env';
import { checkProbesAndHooks } from './probes';
import { checkResources } from './resources';
import { checkContainerSecurity } from './security';
import { checkMountsAndDevices } from './volume-mounts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const pullPolicies = ['Always', 'IfNotPresent', 'Never'];
const containerRestartPolicies = ['Always', 'Never', 'OnFailure'];
const maxRestartRules = 20;
const maxExitCodes = 255;
const initMessage = 'may not be set for init containers without restartPolicy=Always';
const ephemeralMessage = 'cannot be set for an Ephemeral Container';
const notForEphemeral = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle', 'resizePolicy'];

/** The main containers, of which there must be at least one. */
export function checkContainers(path: string, checks: PodChecks): void {
  const { errors, spec } = checks;
  if (spec.containers.length === 0) {
    errors.push(required(path));
    return;
  }
  const names = new Set<string>();
  eachItem(spec.containers, path, (container, at) => {
    checkContainer(container, at, checks);
    if (names.has(container.name)) errors.push(duplicate(child(at, 'name'), container.name));
    names.add(container.name);
    checkProbesAndHooks(container, at, spec.terminationGracePeriodSeconds, errors);
    checkRestartRules(container, at, checks);
  });
  checkHostPorts(spec.containers, path, checks);
}

/** The init containers, sidecars among them. */
export function checkInitContainers(path: string, checks: PodChecks): void {
  const { errors, spec } = checks;
  if (spec.initContainers === undefined) return;
  const names = new Set(spec.containers.map((container) => container.name));
  eachItem(spec.initContainers, path, (container, at) => {
    checkContainer(container, at, checks);
    checkRestartRules(container, at, checks);
    if (names.has(container.name)) errors.push(duplicate(child(at, 'name'), container.name));
    else if (container.name) names.add(container.name);
    // Each alone, because they run one after another; the path is that of the list, as upstream has it.
    checkHostPorts([container], path, checks);
    if (isSidecar(container)) checkProbesAndHooks(container, at, spec.terminationGracePeriodSeconds, errors);
    else {
      const fields = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'];
      forbidFields(container, fields, (name) => child(at, name), initMessage, errors);
    }
  });
}

/** Containers added to a running pod for debugging. */
export function checkEphemeralContainers(path: string, checks: PodChecks): void {
  const { errors, spec } = checks;
  if (spec.ephemeralContainers === undefined) return;
  const others = [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.name);
  const names = new Set(others);
  eachItem(spec.ephemeralContainers, path, (container: EphemeralContainer, at) => {
    checkContainer(container, at, checks);
    checkImagePadding(container, at, errors);
    if (names.has(container.name)) errors.push(duplicate(child(at, 'name'), container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.includes(target)) errors.push(notFound(child(at, 'targetContainerName'), target));
    forbidFields(container, notForEphemeral, (name) => child(at, name), ephemeralMessage, errors);
    if (Object.keys(container.resources ?? {}).length > 0) {
      errors.push(forbidden(child(at, 'resources'), ephemeralMessage));
    }
    eachItem(container.volumeMounts, child(at, 'volumeMounts'), (mount, mountPath) => {
      if (mount.subPath) errors.push(forbidden(child(mountPath, 'subPath'), ephemeralMessage));
      if (mount.subPathExpr) errors.push(forbidden(child(mountPath, 'subPathExpr'), ephemeralMessage));
    });
  });
}

/** What all containers have in common. */
function checkContainer(container: Container, path: string, checks: PodChecks): void {
  const { errors } = checks;
  if (!container.name) errors.push(required(child(path, 'name')));
  else checkDnsLabel(container.name, child(path, 'name'), errors);
  if (!container.image) errors.push(required(child(path, 'image')));
  checkOneOf(container.terminationMessagePolicy, ['File', 'FallbackToLogsOnError'],
    child(path, 'terminationMessagePolicy'), errors, true);
  if (container.ports) checkPorts(container.ports, child(path, 'ports'), checks);
  if (container.env) checkEnv(container.env, child(path, 'env'), errors);
  if (container.envFrom) checkEnvFrom(container.envFrom, child(path, 'envFrom'), errors);
  checkMountsAndDevices(container, path, checks);
  checkOneOf(container.imagePullPolicy, pullPolicies, child(path, 'imagePullPolicy'), errors, true);
  checkResources(container.resources, child(path, 'resources'), checks);
  checkResizePolicy(container, child(path, 'resizePolicy'), checks);
  checkContainerSecurity(container.securityContext, child(path, 'securityContext'), checks);
}

function checkPorts(ports: readonly ContainerPort[], path: string, { errors }: PodChecks): void {
  const names = new Set<string>();
  eachItem(ports, path, (port, at) => {
    if (port.name) {
      const problems = portNameProblems(port.name);
      checkProblems(problems, port.name, child(at, 'name'), errors);
      if (problems.length === 0 && names.has(port.name)) errors.push(duplicate(child(at, 'name'), port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(child(at, 'containerPort')));
    else checkProblems(portNumberProblems(port.containerPort), port.containerPort, child(at, 'containerPort'), errors);
    if (port.hostPort) checkProblems(portNumberProblems(port.hostPort), port.hostPort, child(at, 'hostPort'), errors);
    checkOneOf(port.protocol, protocols, child(at, 'protocol'), errors, true);
  });
}

/** A port of the node can be taken once per protocol and address: checkHostPortConflicts. */
function checkHostPorts(containers: readonly Container[], path: string, { errors }: PodChecks): void {
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    if (container.ports === undefined) return;
    eachItem(container.ports, child(index(path, i), 'ports'), (port, at) => {
      if (!port.hostPort) return;
      const what = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(what)) errors.push(duplicate(child(at, 'hostPort'), what));
      taken.add(what);
    });
  });
}

function checkResizePolicy(container: Container, path: string, { errors, spec }: PodChecks): void {
  const seen = new Set<string>();
  (container.resizePolicy ?? []).forEach(({ resourceName, restartPolicy }, i) => {
    if (seen.has(resourceName)) errors.push(duplicate(index(path, i), resourceName));
    seen.add(resourceName);
    checkOneOf(resourceName, ['cpu', 'memory'], path, errors, true);
    checkOneOf(restartPolicy, ['NotRequired', 'RestartContainer'], path, errors, true);
    if (spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  });
}

const restartActions = ['Restart', 'RestartAllContainers'];

/** A container's own restart policy and the rules that refine it by exit code. */
function checkRestartRules(container: Container, path: string, { errors }: PodChecks): void {
  const { restartPolicy, restartPolicyRules } = container;
  checkOneOf(restartPolicy, containerRestartPolicies, child(path, 'restartPolicy'), errors);
  if (restartPolicyRules === undefined) return;
  if (restartPolicy === undefined) {
    const detail = 'must specify restartPolicy when restart rules are used';
    errors.push(required(child(path, 'restartPolicy'), detail));
  }
  const rulesPath = child(path, 'restartPolicyRules');
  if (restartPolicyRules.length > maxRestartRules) {
    errors.push(tooMany(rulesPath, restartPolicyRules.length, maxRestartRules));
  }
  eachItem(restartPolicyRules, rulesPath, ({ action, exitCodes }, at) => {
    checkOneOf(action ?? '', restartActions, child(at, 'action'), errors);
    if (exitCodes === undefined) {
      errors.push(required(child(at, 'exitCodes'), 'must be specified'));
      return;
    }
    checkOneOf(exitCodes.operator ?? '', ['In', 'NotIn'], child(at, 'exitCodes', 'operator'), errors);
    const count = exitCodes.values?.length ?? 0;
    if (count > maxExitCodes) errors.push(tooMany(child(at, 'exitCodes', 'values'), count, maxExitCodes));
  });
}

/** In a real pod, unlike in a template, an image may not be padded: validateContainerOnlyForPod. */
export function checkImagePadding(container: Container, path: string, errors: FieldErrors): void {
  const image = container.image ?? '';
  if (image.trim() !== image) {
    errors.push(invalid(child(path, 'image'), image, 'must not have leading or trailing whitespace'));
  }
}
