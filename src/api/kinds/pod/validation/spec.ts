/**
 * A pod spec as a whole, in a Pod or in the template of a workload, in upstream's order of errors. Models
 * ValidatePodSpec and ValidatePodTemplateSpec of pkg/apis/core/validation.
 */
import { child, duplicate, forbidden, index, invalid, required } from '../../../field-errors';
import { byteLength, dnsSubdomainProblems, maxLengthMessage, nameProblems, rangeMessage } from '../../../names';
import type { ObjectMeta, PodSpec, PodTemplateSpec } from '../../../types';
import {
  checkAnnotations, checkDnsLabel, checkLabels, checkOneOf, checkProblems, checkSubdomain, eachItem,
} from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { checkAffinity, checkTopologySpread } from './affinity';
import { checkPodAnnotations } from './annotations';
import type { PodChecks } from './checks';
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './containers';
import { checkDns, checkHostAliases } from './dns';
import { checkPodResources, checkResources } from './resources';
import { checkGates, checkTolerations } from './scheduling';
import { checkHostUsers, checkOs, checkPodSecurity } from './security';
import { checkVolumes } from './volumes';

const maxInt32 = 2_147_483_647;
const maxHostnameBytes = 64;

/** Everything about a pod spec. `podMeta` is the metadata of a real pod, undefined for a template. */
export function checkPodSpec(
  given: PodSpec | undefined, podMeta: Partial<ObjectMeta> | undefined, path: string, errors: FieldErrors,
): void {
  // A document without a spec, or without containers, is decoded as upstream's empty struct.
  const spec = given?.containers === undefined ? { ...given, containers: [] } : given;
  if (spec.terminationGracePeriodSeconds === undefined) {
    errors.push(required(child(path, 'terminationGracePeriodSeconds')));
  }
  const volumes = checkVolumes(spec, podMeta?.name, child(path, 'volumes'), errors);
  const claimNames = checkResourceClaims(spec, child(path, 'resourceClaims'), errors);
  const checks: PodChecks = { errors, spec, podMeta, volumes, claimNames, hostUsers: spec.hostUsers !== false };
  checkContainers(child(path, 'containers'), checks);
  checkInitContainers(child(path, 'initContainers'), checks);
  checkEphemeralContainers(child(path, 'ephemeralContainers'), checks);
  checkPodResources(child(path, 'resources'), checks);
  checkHostNetworkPorts(child(path, 'containers'), checks);
  checkOneOf(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], child(path, 'restartPolicy'), errors, true);
  checkDns(spec, path, errors);
  checkLabels(spec.nodeSelector, child(path, 'nodeSelector'), errors);
  checkPodSecurity(child(path, 'securityContext'), checks);
  if (spec.affinity) checkAffinity(spec.affinity, child(path, 'affinity'), errors);
  checkGates(spec, path, errors);
  if (spec.topologySpreadConstraints) checkTopologySpread(spec, child(path, 'topologySpreadConstraints'), errors);
  checkHostUsers(path, checks);
  checkNames(spec, path, errors);
  if (spec.tolerations) checkTolerations(spec.tolerations, child(path, 'tolerations'), errors);
  checkHostAliases(spec, path, errors);
  if (spec.preemptionPolicy !== undefined) {
    checkOneOf(spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'], child(path, 'preemptionPolicy'), errors, true);
  }
  if (spec.overhead) checkResources({ limits: spec.overhead }, child(path, 'overhead'), checks);
  checkOs(path, checks);
}

/** Names of other objects, the names that the pod gives itself, and the deadline between them. */
function checkNames(spec: PodSpec, path: string, errors: FieldErrors): void {
  const { serviceAccountName, nodeName, activeDeadlineSeconds, hostname, subdomain } = spec;
  if (serviceAccountName) checkSubdomain(serviceAccountName, child(path, 'serviceAccountName'), errors);
  if (nodeName) checkSubdomain(nodeName, child(path, 'nodeName'), errors);
  if (activeDeadlineSeconds !== undefined && (activeDeadlineSeconds < 1 || activeDeadlineSeconds > maxInt32)) {
    const at = child(path, 'activeDeadlineSeconds');
    errors.push(invalid(at, activeDeadlineSeconds, rangeMessage(1, maxInt32)));
  }
  if (hostname) checkDnsLabel(hostname, child(path, 'hostname'), errors);
  if (subdomain) checkDnsLabel(subdomain, child(path, 'subdomain'), errors);
  checkHostnameOverride(spec, path, errors);
  if (spec.priorityClassName) checkSubdomain(spec.priorityClassName, child(path, 'priorityClassName'), errors);
  if (spec.runtimeClassName !== undefined) {
    checkSubdomain(spec.runtimeClassName, child(path, 'runtimeClassName'), errors);
  }
}

function checkHostnameOverride(spec: PodSpec, path: string, errors: FieldErrors): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const at = child(path, 'hostnameOverride');
  if (byteLength(name) > maxHostnameBytes) errors.push(invalid(at, name, maxLengthMessage(maxHostnameBytes)));
  checkProblems(dnsSubdomainProblems(name), name, at, errors);
  if (spec.setHostnameAsFQDN === true) {
    errors.push(forbidden(at, 'may not be specified when setHostnameAsFQDN is true'));
  }
  if (spec.hostNetwork === true) errors.push(forbidden(at, 'may not be specified when hostNetwork is true'));
}

function checkResourceClaims(spec: PodSpec, path: string, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>();
  eachItem(spec.resourceClaims, path, (claim, at) => {
    const namePath = child(at, 'name');
    if (!claim.name) errors.push(required(namePath));
    else if (names.has(claim.name)) errors.push(duplicate(namePath, claim.name));
    else checkDnsLabel(claim.name, namePath, errors);
    if (claim.name) names.add(claim.name);
    const given = ['resourceClaimName', 'resourceClaimTemplateName'] as const;
    const count = given.filter((field) => claim[field] !== undefined).length;
    if (count === 2) {
      const detail = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(at, claim, detail));
    } else if (count === 0) {
      const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(invalid(at, claim, detail));
    }
    for (const field of given) {
      const value = claim[field];
      if (value !== undefined) checkProblems(nameProblems('dnsSubdomain', value), value, child(at, field), errors);
    }
  });
  return names;
}

/** In the node's network a container's port is the node's port. A template may leave the latter open. */
function checkHostNetworkPorts(path: string, { errors, spec, podMeta }: PodChecks): void {
  if (spec.hostNetwork !== true) return;
  spec.containers.forEach((container, i) => {
    eachItem(container.ports, child(index(path, i), 'ports'), ({ hostPort = 0, containerPort = 0 }, at) => {
      if (hostPort === containerPort || (hostPort === 0 && podMeta === undefined)) return;
      const detail = 'must match `containerPort` when `hostNetwork` is true';
      errors.push(invalid(child(at, 'hostPort'), hostPort, detail));
    });
  });
}

/** The template of a workload: ValidatePodTemplateSpec. */
export function checkPodTemplate(template: PodTemplateSpec | undefined, path: string, errors: FieldErrors): void {
  const metadata = template?.metadata;
  checkLabels(metadata?.labels, child(path, 'labels'), errors);
  const annotationsPath = child(path, 'annotations');
  checkAnnotations(metadata?.annotations, annotationsPath, errors);
  if (template !== undefined) checkPodAnnotations(metadata?.annotations, template.spec, annotationsPath, errors);
  checkPodSpec(template?.spec, undefined, child(path, 'spec'), errors);
  if (template?.spec?.ephemeralContainers?.length) {
    const at = child(path, 'spec', 'ephemeralContainers');
    errors.push(forbidden(at, 'ephemeral containers not allowed in pod template'));
  }
}
