/**
 * Which nodes a DaemonSet's pods belong on, and what such a pod looks like: tied to its node by a node affinity on
 * metadata.name, which the scheduler honours, and with the tolerations that daemons have. Models
 * pkg/controller/daemon NodeShouldRunDaemonPod and daemon/util.
 */
import { keepsOff, untoleratedTaint } from '../../api/scheduling/tolerations';
import { matchesRequiredAffinity } from '../../api/scheduling/node-affinity';
import type { DaemonSet, Node, Pod, PodSpec, PodTemplateSpec, Toleration } from '../../api/types';

export const revisionHashLabel = 'controller-revision-hash';
const generationLabel = 'pod-template-generation';
const generationAnnotation = 'deprecated.daemonset.template.generation';

/** Whether a node is to get a pod, and whether one that runs there may stay. */
export interface Placement {
  readonly shouldRun: boolean;
  readonly mayStay: boolean;
}

const nowhere: Placement = { shouldRun: false, mayStay: false };

/** `spec` is the pod spec with the daemon tolerations. */
export function placementOn(node: Node, spec: PodSpec): Placement {
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return nowhere;
  if (!matchesRequiredAffinity(spec, node)) return nowhere;
  const { taints } = node.spec;
  if (!untoleratedTaint(taints, spec.tolerations, keepsOff)) return { shouldRun: true, mayStay: true };
  const driven = untoleratedTaint(taints, spec.tolerations, ({ effect }) => effect === 'NoExecute');
  return { shouldRun: false, mayStay: driven === undefined };
}

/** The generation of the template, which old clients still read; undefined when the DaemonSet carries none. */
export function templateGeneration(daemonSet: DaemonSet): string | undefined {
  return daemonSet.metadata.annotations?.[generationAnnotation];
}

/** The template of a DaemonSet's pods: its own with labels and tolerations added. */
export function daemonTemplate(daemonSet: DaemonSet, hash: string): PodTemplateSpec {
  const { template } = daemonSet.spec;
  const generation = templateGeneration(daemonSet);
  const labels = {
    ...template.metadata?.labels,
    ...(generation !== undefined && { [generationLabel]: generation }),
    ...(hash !== '' && { [revisionHashLabel]: hash }),
  };
  return {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: { ...template.spec, tolerations: daemonTolerations(template.spec) },
  };
}

/** The tolerations of a template with those that every daemon pod has. */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): readonly Toleration[] {
  const added = ['not-ready', 'unreachable'].map((key) => toleration(key, 'NoExecute'));
  const kept = ['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'];
  if (hostNetwork) kept.push('network-unavailable');
  added.push(...kept.map((key) => toleration(key, 'NoSchedule')));
  const isAdded = (known: Toleration): boolean => added.some(({ key, effect, operator }) => (
    known.key === key && known.effect === effect && known.operator === operator && (known.value ?? '') === ''));
  return [...tolerations.filter((known) => !isAdded(known)), ...added];
}

function toleration(key: string, effect: string): Toleration {
  return { key: `node.kubernetes.io/${key}`, operator: 'Exists', effect };
}

/** The template tied to one node. */
export function tiedToNode(template: PodTemplateSpec, node: string): PodTemplateSpec {
  const { affinity } = template.spec;
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] };
  const nodeAffinity = {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
  };
  return { ...template, spec: { ...template.spec, affinity: { ...affinity, nodeAffinity } } };
}

/** The node that a daemon pod runs on or is meant for. */
export function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values } of term.matchFields ?? []) {
      if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0];
    }
  }
  return undefined;
}

/** Whether a pod was made from the present template. */
export function isUpdated(pod: Pod, hash: string, generation: string | undefined): boolean {
  const labels = pod.metadata.labels ?? {};
  return (generation !== undefined && labels[generationLabel] === generation)
    || (hash !== '' && labels[revisionHashLabel] === hash);
}
