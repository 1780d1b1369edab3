/**
 * Warnings about pods and templates: things that are accepted and probably not meant. Models GetWarningsForPod of
 * pkg/api/pod, without the warnings about annotations other than AppArmor's and about claims of volumes.
 */
import { sortedKeys } from '../../../base/freeze';
import { child, index, key } from '../../field-errors';
import { quote } from '../../go-text';
import { dnsLabelProblems } from '../../names';
import { quantity } from '../../quantity';
import type { Container, ContainerPort, NodeSelectorTerm, Pod, PodSpec, PodTemplateSpec, Volume } from '../../types';
import { eachItem } from '../field-checks';
import { appArmorWarnings } from './switched-off';

const nanosPerUnit = 1_000_000_000n;

/** Node labels that have another name now: GetNodeLabelDeprecatedMessage. */
const deprecatedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const deprecatedVolumes: { readonly [K in keyof Volume]?: string } = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

/** Warnings about a new pod. Updates of pods have none, because people rarely make them. */
export function podWarnings(pod: Pod, old: Pod | undefined): readonly string[] {
  if (old !== undefined || pod.spec === undefined) return [];
  const warnings = nameWarnings(pod.metadata.name,
    "this is used in the Pod's hostname, which can result in surprising behavior");
  return [...warnings, ...specWarnings(pod.spec, 'spec')];
}

/** Warnings about the template of a workload. */
export function templateWarnings(template: PodTemplateSpec | undefined, path: string): readonly string[] {
  if (template?.spec === undefined) return [];
  const { metadata, spec } = template;
  return [...specWarnings(spec, child(path, 'spec')), ...appArmorWarnings(metadata?.annotations, spec, path)];
}

/** A name that is no DNS label and will be part of host names. */
export function nameWarnings(name: string | undefined, why: string): readonly string[] {
  const problems = name === undefined ? [] : dnsLabelProblems(name);
  return problems.length === 0 ? []
    : [`metadata.name: ${why}; a DNS label is recommended: [${problems.join(' ')}]`];
}

function specWarnings(spec: PodSpec, path: string): readonly string[] {
  const warnings: string[] = [];
  labelWarnings(spec, path, warnings);
  eachItem(spec.volumes, child(path, 'volumes'), (volume, at) => {
    for (const field of sortedKeys(volume) as (keyof Volume)[]) {
      const why = Object.hasOwn(deprecatedVolumes, field) ? deprecatedVolumes[field] : undefined;
      if (why !== undefined) warnings.push(`${child(at, field === 'storageos' ? 'storageOS' : field)}: ${why}`);
    }
  });
  duplicateWarnings(spec.hostAliases?.map((alias) => alias.ip), child(path, 'hostAliases'), 'ip', warnings);
  const secrets = spec.imagePullSecrets?.map((secret) => secret.name ?? '');
  duplicateWarnings(secrets, child(path, 'imagePullSecrets'), 'name', warnings);
  secrets?.forEach((name, i) => {
    if (name !== '') return;
    warnings.push(`${child(index(child(path, 'imagePullSecrets'), i), 'name')}: invalid empty name ""`);
  });
  amountWarnings(spec.overhead, child(path, 'overhead'), warnings);
  const lists = ['initContainers', 'containers'] as const;
  for (const list of lists) {
    eachItem(spec[list], child(path, list), (container, at) => containerWarnings(container, at, warnings));
  }
  portWarnings(spec, path, warnings);
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0) {
    const why = 'must be >= 0; negative values are invalid and will be treated as 1';
    warnings.push(`${child(path, 'terminationGracePeriodSeconds')}: ${why}`);
  }
  return warnings;
}

function labelWarnings(spec: PodSpec, path: string, warnings: string[]): void {
  const messageOf = (name: string): string | undefined => (
    Object.hasOwn(deprecatedLabels, name) ? deprecatedLabels[name] : undefined);
  for (const name of sortedKeys(spec.nodeSelector)) {
    const why = messageOf(name);
    if (why !== undefined) warnings.push(`${key(child(path, 'nodeSelector'), name)}: ${why}`);
  }
  const termWarnings = (term: NodeSelectorTerm | undefined, at: string): void => {
    eachItem(term?.matchExpressions, child(at, 'matchExpressions'), (requirement, place) => {
      const why = messageOf(requirement.key);
      if (why !== undefined) warnings.push(`${child(place, 'key')}: ${requirement.key} is ${why}`);
    });
  };
  const affinity = spec.affinity?.nodeAffinity;
  const affinityPath = child(path, 'affinity', 'nodeAffinity');
  eachItem(affinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
    child(affinityPath, 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'), termWarnings);
  eachItem(affinity?.preferredDuringSchedulingIgnoredDuringExecution,
    child(affinityPath, 'preferredDuringSchedulingIgnoredDuringExecution'),
    (term, at) => termWarnings(term.preference, child(at, 'preference')));
  eachItem(spec.topologySpreadConstraints, child(path, 'topologySpreadConstraints'), (constraint, at) => {
    const why = messageOf(constraint.topologyKey);
    if (why !== undefined) warnings.push(`${child(at, 'topologyKey')}: ${constraint.topologyKey} is ${why}`);
    if (constraint.labelSelector === undefined) {
      warnings.push(`${child(at, 'labelSelector')}: a null labelSelector results in matching no pod`);
    }
  });
}

function duplicateWarnings(
  values: readonly string[] | undefined, path: string, field: string, warnings: string[],
): void {
  const seen = new Set<string>();
  values?.forEach((value, i) => {
    if (seen.has(value)) warnings.push(`${child(index(path, i), field)}: duplicate ${field} ${quote(value)}`);
    seen.add(value);
  });
}

/** Fractions of a byte, which people write when they mean millions (`100m`). */
function amountWarnings(list: Readonly<Record<string, string>> | undefined, path: string, warnings: string[]): void {
  for (const name of ['memory', 'ephemeral-storage']) {
    const text = list?.[name];
    if (text === undefined || quantity(text).nanos % nanosPerUnit === 0n) continue;
    warnings.push(`${key(path, name)}: fractional byte value ${quote(text)} is invalid, must be an integer`);
  }
}

function containerWarnings(container: Container, path: string, warnings: string[]): void {
  amountWarnings(container.resources?.limits, child(path, 'resources', 'limits'), warnings);
  amountWarnings(container.resources?.requests, child(path, 'resources', 'requests'), warnings);
  const seen = new Set<string>();
  container.env?.forEach(({ name, value = '', valueFrom }, i) => {
    if (!seen.has(name)) return void seen.add(name);
    const reference = `$(${name})`;
    if (valueFrom === undefined && value !== reference && value.includes(reference)) return;
    const why = `hides previous definition of ${quote(name)}, which may be dropped when using apply`;
    warnings.push(`${index(child(path, 'env'), i)}: ${why}`);
  });
}

function portWarnings(spec: PodSpec, path: string, warnings: string[]): void {
  const seen = new Map<string, { readonly port: ContainerPort; readonly at: string }[]>();
  for (const list of ['initContainers', 'containers'] as const) {
    eachItem(spec[list], child(path, list), (container, containerPath) => {
      eachItem(container.ports, child(containerPath, 'ports'), (port, at) => {
        const what = `${port.containerPort}/${port.protocol ?? ''}`;
        const others = seen.get(what) ?? [];
        for (const other of others) {
          const relation = portRelation(port, other.port);
          if (relation !== undefined) warnings.push(`${at}: ${relation} port definition with ${other.at}`);
        }
        seen.set(what, [...others, { port, at }]);
      });
    });
  }
}

function portRelation(port: ContainerPort, other: ContainerPort): string | undefined {
  const [hostPort, otherPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  const [hostIP, otherIP] = [port.hostIP ?? '', other.hostIP ?? ''];
  if (hostIP === otherIP && hostPort === otherPort) return 'duplicate';
  if (hostPort === 0 || otherPort === 0) return 'overlapping';
  return hostPort === otherPort && (hostIP === '' || otherIP === '') ? 'overlapping' : undefined;
}
