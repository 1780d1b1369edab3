/**
 * `kubectl describe` of deployments, replica sets, replication controllers, daemon sets and stateful sets. Models their
 * describers in kubectl's pkg/describe, and kubectl's pkg/util/deployment for a deployment's replica sets.
 */
import { isControlledBy, labelsOf } from '../../../api/object';
import { labelsText } from '../../../api/kinds/columns';
import {
  formatLabelSelector, matchesLabels, type Selector, selectorFromLabels, selectorOf, selectorText,
} from '../../../api/selectors';
import { timeMs } from '../../../api/time';
import type {
  DaemonSet, Deployment, KubeObject, Pod, PodTemplateSpec, ReplicaSet, ReplicationController, StatefulSet,
} from '../../../api/types';
import { compareText, equal } from '../../../base/freeze';
import { writeClaimTemplates } from './claims';
import { writeEventsOf } from './events';
import { writeAnnotations, writeController, writeLabels } from './metadata';
import { writePodTemplate } from './pod-template';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

const hashLabel = 'pod-template-hash';

export function describeDeployment(w: DescribeWriter, deployment: Deployment, context: DescribeContext): void {
  const { metadata, spec, status } = deployment;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Selector:\t${selectorText(selectorOf(spec.selector))}`);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status ?? {};
  w.line(0, `Replicas:\t${spec.replicas ?? 1} desired | ${updatedReplicas} updated | ${replicas} total | `
    + `${availableReplicas} available | ${unavailableReplicas} unavailable`);
  w.line(0, `StrategyType:\t${spec.strategy?.type ?? ''}`);
  w.line(0, `MinReadySeconds:\t${spec.minReadySeconds ?? 0}`);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling) {
    const { maxUnavailable = '<nil>', maxSurge = '<nil>' } = rolling;
    w.line(0, `RollingUpdateStrategy:\t${maxUnavailable} max unavailable, ${maxSurge} max surge`);
  }
  writePodTemplate(w, spec.template);
  writeConditions(w, status?.conditions);
  writeReplicaSets(w, deployment, context);
  writeEventsOf(w, deployment, context);
}

export function describeReplicaSet(w: DescribeWriter, replicaSet: ReplicaSet, context: DescribeContext): void {
  const { metadata, spec, status } = replicaSet;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${formatLabelSelector(spec.selector)}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeController(w, replicaSet);
  w.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  writePodStatus(w, replicaSet, selectorOf(spec.selector), context);
  writePodTemplate(w, spec.template);
  writeConditions(w, status?.conditions);
  writeEventsOf(w, replicaSet, context);
}

export function describeDaemonSet(w: DescribeWriter, daemonSet: DaemonSet, context: DescribeContext): void {
  const { metadata, spec, status } = daemonSet;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${selectorText(selectorOf(spec.selector))}`);
  w.line(0, `Node-Selector:\t${labelsText(spec.template.spec.nodeSelector)}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  w.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  w.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  writePodStatus(w, daemonSet, selectorOf(spec.selector), context);
  writePodTemplate(w, spec.template);
  writeEventsOf(w, daemonSet, context);
}

export function describeStatefulSet(w: DescribeWriter, set: StatefulSet, context: DescribeContext): void {
  const { metadata, spec, status } = set;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}`);
  w.line(0, `Selector:\t${selectorText(selectorOf(spec.selector))}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Replicas:\t${spec.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  w.line(0, `Update Strategy:\t${spec.updateStrategy?.type ?? ''}`);
  const { partition, maxUnavailable } = spec.updateStrategy?.rollingUpdate ?? {};
  if (partition !== undefined) w.line(1, `Partition:\t${partition}`);
  if (partition !== undefined && maxUnavailable !== undefined) w.line(1, `MaxUnavailable:\t${maxUnavailable}`);
  writePodStatus(w, set, selectorOf(spec.selector), context);
  writePodTemplate(w, spec.template);
  writeClaimTemplates(w, spec.volumeClaimTemplates);
  writeEventsOf(w, set, context);
}

export function describeReplicationController(
  w: DescribeWriter, controller: ReplicationController, context: DescribeContext,
): void {
  const { metadata, spec, status } = controller;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  w.line(0, `Selector:\t${labelsText(spec?.selector)}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Replicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 1} desired`);
  writePodStatus(w, controller, selectorFromLabels(spec?.selector), context);
  writePodTemplate(w, spec?.template);
  writeConditions(w, status?.conditions);
  writeEventsOf(w, controller, context);
}

/** How many of the pods that a workload manages are in which phase. */
function writePodStatus(
  w: DescribeWriter, owner: KubeObject, selector: Selector, { reader }: DescribeContext,
): void {
  const phases = reader.list<Pod>('v1', 'Pod', 0, owner.metadata.namespace)
    .filter((pod) => matchesLabels(selector, labelsOf(pod)) && isControlledBy(pod, owner))
    .map((pod) => pod.status?.phase);
  const count = (phase: string): number => phases.filter((each) => each === phase).length;
  w.line(0, `Pods Status:\t${count('Running')} Running / ${count('Pending')} Waiting / `
    + `${count('Succeeded')} Succeeded / ${count('Failed')} Failed`);
}

interface WorkloadCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
}

function writeConditions(w: DescribeWriter, conditions: readonly WorkloadCondition[] | undefined): void {
  if (!conditions || conditions.length === 0) return;
  w.line(0, 'Conditions:\n  Type\tStatus\tReason');
  w.line(1, '----\t------\t------');
  for (const { type, status, reason = '' } of conditions) w.line(1, `${type} \t${status}\t${reason}`);
}

/** The replica sets of a deployment: the one with its template, and all others. */
function writeReplicaSets(w: DescribeWriter, deployment: Deployment, { reader }: DescribeContext): void {
  const selector = selectorOf(deployment.spec.selector);
  const owned = reader.list<ReplicaSet>('apps/v1', 'ReplicaSet', 0, deployment.metadata.namespace)
    .filter((replicaSet) => matchesLabels(selector, labelsOf(replicaSet)) && isControlledBy(replicaSet, deployment))
    .sort((a, b) => ageMs(a) - ageMs(b) || compareText(a.metadata.name, b.metadata.name));
  if (owned.length === 0) return;
  const template = withoutHash(deployment.spec.template);
  const current = owned.find(({ spec }) => spec.template !== undefined && equal(withoutHash(spec.template), template));
  w.line(0, `OldReplicaSets:\t${replicaSetsText(owned.filter((each) => each !== current))}`);
  w.line(0, `NewReplicaSet:\t${replicaSetsText(current ? [current] : [])}`);
}

function ageMs({ metadata }: KubeObject): number {
  return timeMs(metadata.creationTimestamp);
}

/** The template without what the deployment controller adds to it, empty labels like missing ones. */
function withoutHash({ metadata, spec }: PodTemplateSpec): unknown {
  const { [hashLabel]: _hash, ...labels } = metadata?.labels ?? {};
  return { metadata: { ...metadata, labels }, spec };
}

function replicaSetsText(replicaSets: readonly ReplicaSet[]): string {
  const texts = replicaSets.map(({ metadata, spec, status }) => (
    `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 1} replicas created)`));
  return texts.join(', ') || '<none>';
}
