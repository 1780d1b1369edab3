/**
 * Moving a Deployment from its old ReplicaSets to the new one: rolling, by recreation, or while it is paused or being
 * scaled. One object lives for one sync. Models pkg/controller/deployment/{rolling,recreate,sync}.go.
 */
import { equal } from '../../base/freeze';
import * as resources from '../../api/resources';
import type { Pod, ReplicaSet } from '../../api/types';
import { all, type Task } from '../../sim/task';
import { done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import type { Failure } from '../context';
import { conditionOf, hasDeadline, newCondition, reasons, setCondition } from './conditions';
import { ReplicaSetWrites } from './replica-set-writes';
import { byAge, byRevision, desiredReplicasAnnotation } from './revisions';
import { actual, calculateStatus, isComplete, rolloutStatus, untilDeadlineMs } from './status';
import {
  annotatedNumber, desiredReplicas, isRollingUpdate, maxUnavailable, newSetReplicas, proportionalSizes, replicasOf,
  scaleDownLimit,
} from './strategy';

export class Rollout extends ReplicaSetWrites {
  /** Pods of a ReplicaSet, by its uid; only recreation asks. */
  podsOf: (uid: string) => readonly Pod[] = () => [];

  /** Does what the Deployment needs now. */
  *run(): Task<ReconcileResult> {
    if (this.deployment.metadata.deletionTimestamp !== undefined) {
      return yield* this.finish((yield* this.syncRevision(false)) ?? (yield* this.plainStatus()));
    }
    const failure = yield* this.notePause();
    if (failure !== undefined) return failed(failure);
    if (this.deployment.spec.paused || this.isScaling()) return yield* this.finish(yield* this.resize());
    return isRollingUpdate(this.deployment) ? yield* this.roll() : yield* this.recreate();
  }

  private *finish(failure: Failure): Task<ReconcileResult> {
    return failure === undefined ? done : failed(failure);
  }

  // --- rolling -----------------------------------------------------------------------------------------------------

  private *roll(): Task<ReconcileResult> {
    let failure = (yield* this.syncRevision(true)) ?? (yield* this.growNewSet());
    if (failure === undefined && !this.resized) failure = yield* this.shrinkOldSets();
    if (failure === undefined && !this.resized) failure = yield* this.cleanUpWhenComplete();
    if (failure !== undefined) return failed(failure);
    return yield* this.reportRollout();
  }

  private *growNewSet(): Task<Failure> {
    const newSet = this.newSet as ReplicaSet;
    const size = replicasOf(newSet);
    const wanted = replicasOf(this.deployment);
    if (size >= wanted) return yield* this.scaleTo(newSet, wanted);
    return yield* this.scaleTo(newSet, newSetReplicas(this.deployment, this.allSets, size));
  }

  private *shrinkOldSets(): Task<Failure> {
    const newSet = this.newSet as ReplicaSet;
    if (desiredReplicas(this.oldSets) === 0) return undefined;
    const limit = scaleDownLimit(this.deployment, this.allSets, newSet);
    if (limit <= 0) return undefined;
    return (yield* this.dropUnhealthy(limit)) ?? (yield* this.dropAvailable());
  }

  /** Old replicas that are not available go first: nobody misses them, and they may never come up. */
  private *dropUnhealthy(limit: number): Task<Failure> {
    let dropped = 0;
    for (const set of this.activeOldSets()) {
      if (dropped >= limit) return undefined;
      const size = replicasOf(set);
      const unhealthy = size - (set.status.availableReplicas ?? 0);
      if (unhealthy <= 0) continue;
      const count = Math.min(limit - dropped, unhealthy);
      const failure = yield* this.scaleTo(set, size - count);
      if (failure !== undefined) return failure;
      dropped += count;
    }
    return undefined;
  }

  private *dropAvailable(): Task<Failure> {
    const minAvailable = replicasOf(this.deployment) - maxUnavailable(this.deployment);
    let toDrop = actual(this.allSets, 'availableReplicas') - minAvailable;
    for (const set of this.activeOldSets()) {
      if (toDrop <= 0) return undefined;
      const size = replicasOf(set);
      const count = Math.min(size, toDrop);
      const failure = yield* this.scaleTo(set, size - count);
      if (failure !== undefined) return failure;
      toDrop -= count;
    }
    return undefined;
  }

  private activeOldSets(): ReplicaSet[] {
    return this.oldSets.filter((set) => replicasOf(set) > 0).sort(byAge);
  }

  // --- recreation --------------------------------------------------------------------------------------------------

  private *recreate(): Task<ReconcileResult> {
    const failure = yield* this.syncRevision(false);
    if (failure !== undefined) return failed(failure);
    const active = this.activeOldSets();
    for (const set of active) {
      const scaled = yield* this.scaleTo(set, 0);
      if (scaled !== undefined) return failed(scaled);
    }
    if (active.length > 0 || this.oldPodsRun()) return yield* this.reportRollout();
    const created = this.newSet ? undefined : yield* this.syncRevision(true);
    if (created !== undefined) return failed(created);
    const grown = yield* this.scaleTo(this.newSet as ReplicaSet, replicasOf(this.deployment));
    if (grown !== undefined) return failed(grown);
    const cleanup = yield* this.cleanUpWhenComplete();
    return cleanup === undefined ? yield* this.reportRollout() : failed(cleanup);
  }

  /** Nothing new is started while an old pod may still run, even one that is being deleted. */
  private oldPodsRun(): boolean {
    if (actual(this.oldSets, 'replicas') > 0) return true;
    return this.oldSets.some((set) => this.podsOf(set.metadata.uid)
      .some(({ status }) => status.phase !== 'Failed' && status.phase !== 'Succeeded'));
  }

  // --- scaling and pausing -----------------------------------------------------------------------------------------

  /** Whether the Deployment's size was changed since its ReplicaSets were last sized. */
  private isScaling(): boolean {
    const wanted = replicasOf(this.deployment);
    return this.allSets.some((set) => {
      if (replicasOf(set) === 0) return false;
      const noted = annotatedNumber(set, desiredReplicasAnnotation);
      return noted !== undefined && noted !== wanted;
    });
  }

  private *resize(): Task<Failure> {
    const failure = (yield* this.syncRevision(false)) ?? (yield* this.resizeSets());
    if (failure !== undefined) return failure;
    const cleanup = this.deployment.spec.paused ? yield* this.cleanUp() : undefined;
    return cleanup ?? (yield* this.plainStatus());
  }

  private *resizeSets(): Task<Failure> {
    const wanted = replicasOf(this.deployment);
    const active = this.allSets.filter((set) => replicasOf(set) > 0);
    if (active.length <= 1) {
      const only = active[0] ?? this.newSet ?? this.oldSets.slice().sort(byAge).at(-1);
      return only ? yield* this.scaleTo(only, wanted) : undefined;
    }
    if (this.isSaturated()) {
      for (const set of this.activeOldSets()) {
        const failure = yield* this.scaleTo(set, 0);
        if (failure !== undefined) return failure;
      }
      return undefined;
    }
    return isRollingUpdate(this.deployment) ? yield* this.resizeProportionally(active) : undefined;
  }

  private *resizeProportionally(active: readonly ReplicaSet[]): Task<Failure> {
    const grows = desiredReplicas(active) < replicasOf(this.deployment);
    // The larger first; of equal size the newer grows first and the older shrinks first.
    const ordered = active.slice().sort((a, b) => replicasOf(b) - replicasOf(a) || (grows ? byAge(b, a) : byAge(a, b)));
    const sizes = proportionalSizes(this.deployment, ordered);
    for (const set of ordered) {
      const failure = yield* this.scale(set, sizes.get(set.metadata.name) as number);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private isSaturated(): boolean {
    const { newSet } = this;
    const wanted = replicasOf(this.deployment);
    return newSet !== undefined && replicasOf(newSet) === wanted
      && annotatedNumber(newSet, desiredReplicasAnnotation) === wanted
      && newSet.status.availableReplicas === wanted;
  }

  /** Says that the Deployment was paused or resumed, so that the time in between counts for no deadline. */
  private *notePause(): Task<Failure> {
    const { spec, status } = this.deployment;
    const current = conditionOf(status.conditions, 'Progressing');
    if (!hasDeadline(this.deployment) || current?.reason === reasons.timedOut) return undefined;
    const notedPause = current?.reason === reasons.paused;
    if (Boolean(spec.paused) === notedPause) return undefined;
    const [reason, message] = spec.paused ? [reasons.paused, 'Deployment is paused']
      : [reasons.resumed, 'Deployment is resumed'];
    const condition = newCondition('Progressing', 'Unknown', reason, message, this.tools.host.wallMs);
    return yield* this.writeStatus({ ...status, conditions: setCondition(status.conditions ?? [], condition) });
  }

  // --- history and status ------------------------------------------------------------------------------------------

  private *cleanUpWhenComplete(): Task<Failure> {
    return isComplete(this.deployment, this.deployment.status) ? yield* this.cleanUp() : undefined;
  }

  /** Deletes the oldest empty ReplicaSets beyond revisionHistoryLimit. */
  private *cleanUp(): Task<Failure> {
    const limit = this.deployment.spec.revisionHistoryLimit;
    if (limit === undefined) return undefined;
    const candidates = this.oldSets.filter((set) => set.metadata.deletionTimestamp === undefined);
    const excess = candidates.length - limit;
    if (excess <= 0) return undefined;
    const empty = candidates.sort(byRevision).slice(0, excess).filter((set) => set.status.replicas === 0
      && replicasOf(set) === 0 && (set.metadata.generation ?? 0) <= (set.status.observedGeneration ?? 0));
    const failures = yield* all(empty.map((set) => this.deleteSet(set)));
    return failures.find((failure) => failure !== undefined);
  }

  private *deleteSet(set: ReplicaSet): Task<Failure> {
    const { namespace, name } = set.metadata;
    const answer = yield* this.tools.client.delete(resources.replicaSets, { namespace, name });
    return answer.ok || answer.status.code === 404 ? undefined : answer.status.message ?? 'unknown error';
  }

  /** Counts and Available, without a judgement on progress. */
  private *plainStatus(): Task<Failure> {
    const status = calculateStatus(this.deployment, this.allSets, this.newSet, this.tools.host.wallMs);
    return equal(status, this.deployment.status) ? undefined : yield* this.writeStatus(status);
  }

  private *reportRollout(): Task<ReconcileResult> {
    const { wallMs } = this.tools.host;
    const status = rolloutStatus(this.deployment, this.allSets, this.newSet, wallMs);
    if (status !== this.deployment.status) {
      const failure = yield* this.writeStatus(status);
      if (failure !== undefined) return failed(failure);
    }
    const waitMs = untilDeadlineMs(this.deployment, status, wallMs);
    return waitMs === undefined ? done : requeueAfter(waitMs, true);
  }
}
