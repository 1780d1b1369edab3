/**
 * The arithmetic of a rollout: how many pods more, how many fewer, and how a change of size is shared out. Pure
 * functions of replica counts. Models pkg/controller/deployment/util: ResolveFenceposts, NewRSNewReplicas,
 * GetReplicaSetProportion.
 */
import type { Deployment, ReplicaSet } from '../../api/types';
import { scaledValue } from '../scaled-value';
import { maxReplicasAnnotation } from './revisions';

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec.strategy?.type === 'RollingUpdate';
}

export function replicasOf(object: Deployment | ReplicaSet): number {
  return object.spec.replicas ?? 1;
}

/** The sum of what ReplicaSets ask for. */
export function desiredReplicas(sets: readonly (ReplicaSet | undefined)[]): number {
  return sets.reduce((sum, set) => sum + (set ? replicasOf(set) : 0), 0);
}

/** How many pods there may be above the desired number. */
export function maxSurge(deployment: Deployment): number {
  if (!isRollingUpdate(deployment)) return 0;
  return scaledValue(deployment.spec.strategy?.rollingUpdate?.maxSurge, replicasOf(deployment), 'up');
}

/** How many of the desired pods may be missing; 1 where both limits come out as 0, or nothing could ever move. */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  const limit = scaledValue(deployment.spec.strategy?.rollingUpdate?.maxUnavailable, replicas, 'down');
  return Math.min(replicas, limit === 0 && maxSurge(deployment) === 0 ? 1 : limit);
}

/** How many replicas the new ReplicaSet may ask for now. `all` includes it. */
export function newSetReplicas(
  deployment: Deployment, all: readonly (ReplicaSet | undefined)[], current: number,
): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return replicas;
  const room = replicas + maxSurge(deployment) - desiredReplicas(all);
  return room <= 0 ? current : current + Math.min(room, replicas - current);
}

/** By how much old ReplicaSets may shrink without going below the minimum of available pods. */
export function scaleDownLimit(deployment: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const minAvailable = replicasOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(newSet) - (newSet.status.availableReplicas ?? 0);
  return desiredReplicas(all) - minAvailable - newUnavailable;
}

/**
 * What a ReplicaSet gets of `toAdd` replicas (fewer than 0 to take away) when a Deployment is scaled amid a rollout;
 * `added` were given out already.
 */
export function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (replicasOf(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(set, deployment);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
}

function fractionOf(set: ReplicaSet, deployment: Deployment): number {
  const size = replicasOf(set);
  const replicas = replicasOf(deployment);
  if (replicas === 0) return -size;
  const before = annotatedNumber(set, maxReplicasAnnotation) || (deployment.status.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((size * (replicas + maxSurge(deployment))) / before) - size;
}

/** The sizes that ReplicaSets get when the Deployment's size has changed during a rollout, by name. */
export function proportionalSizes(deployment: Deployment, active: readonly ReplicaSet[]): Map<string, number> {
  const replicas = replicasOf(deployment);
  const allowed = replicas > 0 ? replicas + maxSurge(deployment) : 0;
  const toAdd = allowed - desiredReplicas(active);
  const sizes = new Map<string, number>();
  let added = 0;
  for (const set of active) {
    const share = proportion(set, deployment, toAdd, added);
    sizes.set(set.metadata.name, replicasOf(set) + share);
    added += share;
  }
  const largest = active[0];
  if (largest && toAdd !== 0) {
    // What rounding left over goes to the first, which is the largest.
    const size = sizes.get(largest.metadata.name) ?? 0;
    sizes.set(largest.metadata.name, Math.max(0, size + toAdd - added));
  }
  return sizes;
}

/** A number kept in an annotation; undefined when it is absent or no number. */
export function annotatedNumber(set: ReplicaSet, annotation: string): number | undefined {
  const text = set.metadata.annotations?.[annotation];
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function roundHalfAway(value: number): number {
  return value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5);
}
