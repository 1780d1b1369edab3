/**
 * Which pods a DaemonSet creates and deletes: to have one on each node that wants one, and to replace old pods within
 * maxUnavailable or maxSurge. Pure functions of pods by node. Models pkg/controller/daemon podsShouldBeOnNode and
 * rollingUpdate.
 */
import { compareText } from '../../base/freeze';
import { isDeleting } from '../../api/object';
import type { DaemonSet, Pod } from '../../api/types';
import { isPodAvailable, isPodReady } from '../pods/pod-state';
import { scaledValue } from '../scaled-value';
import { isUpdated, type Placement, revisionHashLabel, templateGeneration } from './placement';

/** What is to be done: pods to create, by node, and pods to delete. */
export interface Changes {
  readonly create: string[];
  readonly delete: Pod[];
  /** Failed and succeeded pods among those to delete, which are worth an event. */
  readonly ended: Pod[];
}

/** A node with the daemon pods that are on it or meant for it. */
export interface DaemonNode {
  readonly name: string;
  readonly placement: Placement;
  readonly pods: readonly Pod[];
}

export function noChanges(): Changes {
  return { create: [], delete: [], ended: [] };
}

/** Scheduled pods first, then older before younger, then by name. */
export function byScheduledAndAge(a: Pod, b: Pod): number {
  return Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName))
    || compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
    || compareText(a.metadata.name, b.metadata.name);
}

export function surgeLimit(daemonSet: DaemonSet, desired: number): number {
  const { updateStrategy } = daemonSet.spec;
  if (updateStrategy?.type !== 'RollingUpdate') return 0;
  return scaledValue(updateStrategy.rollingUpdate?.maxSurge, desired, 'up');
}

function unavailableLimit(daemonSet: DaemonSet, desired: number): number {
  const { updateStrategy } = daemonSet.spec;
  if (updateStrategy?.type !== 'RollingUpdate') return 0;
  return scaledValue(updateStrategy.rollingUpdate?.maxUnavailable ?? 1, desired, 'up');
}

/** Adds to `changes` what one node needs so that it has the pods it should have. */
export function manageNode(
  daemonSet: DaemonSet, node: DaemonNode, hash: string, wallMs: number, changes: Changes,
): void {
  const { placement, pods } = node;
  if (placement.shouldRun && pods.length === 0) {
    changes.create.push(node.name);
    return;
  }
  const live = pods.filter((pod) => !isDeleting(pod));
  if (!placement.mayStay) {
    changes.delete.push(...live);
    return;
  }
  const ended = live.filter(({ status }) => status.phase === 'Failed' || status.phase === 'Succeeded');
  changes.ended.push(...ended);
  const running = live.filter((pod) => !ended.includes(pod)).sort(byScheduledAndAge);
  if (surgeLimit(daemonSet, 100) === 0) {
    changes.delete.push(...running.slice(1));
  } else if (running.length === 0) {
    if (placement.shouldRun) changes.create.push(node.name);
  } else {
    changes.delete.push(...surplus(daemonSet, running, hash, wallMs));
  }
}

/** While surging a node may hold one new and one old pod, until the old one has done its part. */
function surplus(daemonSet: DaemonSet, running: readonly Pod[], hash: string, wallMs: number): Pod[] {
  if (running.length === 1) return [];
  const isNew = (pod: Pod): boolean => pod.metadata.labels?.[revisionHashLabel] === hash;
  const newPod = running.find(isNew);
  const oldPod = running.find((pod) => !isNew(pod));
  const excess = running.filter((pod) => pod !== newPod && pod !== oldPod);
  if (newPod && oldPod) {
    const replaced = !isPodReady(oldPod) || isPodAvailable(newPod, daemonSet.spec.minReadySeconds, wallMs);
    if (replaced) excess.push(oldPod);
  }
  return excess;
}

interface NodePods {
  readonly newPod: Pod | undefined;
  readonly oldPod: Pod | undefined;
}

/** The one new and the one old pod of a node; undefined when there are more, which managing has to clear first. */
function newAndOld(daemonSet: DaemonSet, pods: readonly Pod[], hash: string): NodePods | undefined {
  const live = pods.filter((pod) => !isDeleting(pod));
  const generation = templateGeneration(daemonSet);
  const fresh = live.filter((pod) => isUpdated(pod, hash, generation));
  const stale = live.filter((pod) => !fresh.includes(pod));
  return fresh.length > 1 || stale.length > 1 ? undefined : { newPod: fresh[0], oldPod: stale[0] };
}

/** What a rolling update does next. `nodes` are those that should run a pod or hold one. */
export function rollingUpdate(
  daemonSet: DaemonSet, nodes: readonly DaemonNode[], hash: string, wallMs: number,
): Changes {
  const desired = nodes.filter(({ placement }) => placement.shouldRun).length;
  const maxSurge = surgeLimit(daemonSet, desired);
  const limit = unavailableLimit(daemonSet, desired);
  if (maxSurge > 0) return surge(daemonSet, nodes, hash, wallMs, maxSurge);
  return replace(daemonSet, nodes, hash, wallMs, limit === 0 ? 1 : limit);
}

/** Deletes old pods, as many as may be missing; managing then creates the new ones. */
function replace(
  daemonSet: DaemonSet, nodes: readonly DaemonNode[], hash: string, wallMs: number, limit: number,
): Changes {
  const available = (pod: Pod): boolean => isPodAvailable(pod, daemonSet.spec.minReadySeconds, wallMs);
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const node of nodes) {
    const pair = newAndOld(daemonSet, node.pods, hash);
    const { newPod, oldPod } = pair ?? {};
    if (oldPod && !newPod) {
      if (available(oldPod)) candidates.push(oldPod);
      else broken.push(oldPod);
    } else if (!newPod || oldPod || !available(newPod)) {
      unavailable += 1;
    }
  }
  const room = Math.max(0, limit - unavailable);
  return { ...noChanges(), delete: [...broken, ...candidates.slice(0, room)] };
}

/** Creates new pods beside old ones, as many as may be too many, and deletes old ones whose successor is available. */
function surge(
  daemonSet: DaemonSet, nodes: readonly DaemonNode[], hash: string, wallMs: number, limit: number,
): Changes {
  const available = (pod: Pod): boolean => isPodAvailable(pod, daemonSet.spec.minReadySeconds, wallMs);
  const changes = noChanges();
  const candidates: string[] = [];
  let surging = 0;
  for (const node of nodes) {
    const pair = newAndOld(daemonSet, node.pods, hash);
    if (!pair) {
      surging += 1;
      continue;
    }
    const { newPod, oldPod } = pair;
    if (!oldPod) continue;
    if (!newPod) {
      if (!node.placement.shouldRun) continue;
      if (available(oldPod)) candidates.push(node.name);
      else changes.create.push(node.name);
    } else if (!available(oldPod) || available(newPod)) {
      changes.delete.push(oldPod);
    } else {
      surging += 1;
    }
  }
  changes.create.push(...candidates.slice(0, Math.max(0, limit - surging)));
  return changes;
}
