/**
 * What an update of a node or of a bound pod means for pods that wait, so that heartbeats and status reports wake nobody.
 * Models framework/events.go NodeSchedulingPropertiesChange and PodSchedulingPropertiesChange, as far as plugins ask.
 */
import type { Node, Pod } from '../../api/types';
import { equal } from '../../base/freeze';
import type { ClusterEvent, NodeChange, PodChange } from './interface';
import { podInfo } from './pod-info';
import type { Resources } from './resources';

/** The changes of a node that plugins register for. */
export function nodeChanges(before: Node, after: Node): ReadonlySet<NodeChange> {
  const changes = new Set<NodeChange>();
  if (!equal(before.status.allocatable, after.status.allocatable)) changes.add('allocatable');
  if (!equal(before.metadata.labels, after.metadata.labels)) changes.add('labels');
  if (!equal(before.spec.taints, after.spec.taints) || before.spec.unschedulable !== after.spec.unschedulable)
    changes.add('taints');
  return changes;
}

/** The changes of a bound pod that plugins register for. */
export function podChanges(before: Pod, after: Pod): ReadonlySet<PodChange> {
  const changes = new Set<PodChange>();
  if (!equal(before.metadata.labels, after.metadata.labels)) changes.add('labels');
  if (before.spec !== after.spec && isLess(podInfo(after).requests, podInfo(before).requests))
    changes.add('scaledDown');
  return changes;
}

function isLess(after: Resources, before: Resources): boolean {
  return (
    after.milliCpu < before.milliCpu ||
    after.memoryBytes < before.memoryBytes ||
    after.ephemeralBytes < before.ephemeralBytes ||
    [...before.scalars].some(([name, amount]) => (after.scalars.get(name) ?? 0) < amount)
  );
}

/** Whether an event is that a node came, or that this of it has changed. */
export function isNode(
  event: ClusterEvent,
  change: NodeChange,
): event is Extract<ClusterEvent, { readonly resource: 'node' }> {
  return event.resource === 'node' && (event.action === 'add' || event.changed.has(change));
}

/** Whether an event is that a pod came to a node or left it, or was given other labels. */
export function isPodOrLabels(event: ClusterEvent): boolean {
  return event.resource === 'assignedPod' && (event.action !== 'update' || event.changed.has('labels'));
}
