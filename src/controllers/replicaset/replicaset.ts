/**
 * replicaset-controller: keeps as many pods as a ReplicaSet asks for. Models pkg/controller/replicaset/replica_set.go:
 * expectations against stale views, slow start, adoption and release, the ranking of who goes first. The
 * replication-controller does the same for ReplicationControllers, which it sees as ReplicaSets, as upstream.
 */
import { controllerOf, isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { matchesLabels, type Selector, selectorOf } from '../../api/selectors';
import type { KubeObject, LabelSelector, Pod, ReplicaSet, ReplicationController } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { all, type Task } from '../../sim/task';
import { claimObjects } from '../claims';
import { type ControllerContext, type ControllerLoop, type Failure, foregroundLoop } from '../context';
import { Expectations } from '../expectations';
import { indexByNamespace, indexByOwner, inNamespace, ownedAndOrphans, ownedBy } from '../indexes';
import { PodControl } from '../pods/pod-control';
import { isPodActive, isPodAvailable, isPodReady, untilNextAvailableMs } from '../pods/pod-state';
import { slowStart } from '../slow-start';
import { ofReplicaSets, ofReplicationControllers, type Replicated } from './kinds';
import { podsToDelete } from './ranking';
import { replicaSetStatus } from './status';

/** At most so many pods are created or deleted in one sync. */
const burstReplicas = 500;

/** The controller of ReplicaSets, ready to start. */
export function replicaSetController(context: ControllerContext): ControllerLoop {
  return new ReplicaSetController<ReplicaSet>(context, ofReplicaSets).loop;
}

/** The controller of ReplicationControllers, ready to start. */
export function replicationControllerController(context: ControllerContext): ControllerLoop {
  return new ReplicaSetController<ReplicationController>(context, ofReplicationControllers).loop;
}

class ReplicaSetController<T extends KubeObject> {
  readonly loop: Controller;
  private readonly client: ApiClient;
  private readonly control: PodControl;
  private readonly expectations: Expectations;
  private readonly sets: Informer<T>;
  private readonly pods: Informer<Pod>;
  /** Parsed selectors, kept with the immutable objects that they were made from. */
  private readonly selectors = new WeakMap<LabelSelector, Selector>();

  constructor(private readonly context: ControllerContext, private readonly of: Replicated<T>) {
    const { host, informers } = context;
    this.client = context.client(of.component);
    this.control = new PodControl(this.client, context.recorder(this.client, of.component));
    this.expectations = new Expectations(() => host.nowMs);
    this.sets = informers.of(of.type);
    this.pods = informers.of(resources.pods);
    this.loop = foregroundLoop(host, { name: of.name, reconcile: (key) => this.sync(key) });
    indexByOwner(this.pods);
    indexByOwner(this.sets);
    indexByNamespace(this.sets);
    this.sets.addHandlers({
      added: (set) => this.loop.add(objectKey(set)),
      updated: (set) => this.loop.add(objectKey(set)),
      deleted: (set) => {
        this.expectations.forget(objectKey(set));
        this.loop.add(objectKey(set));
      },
    });
    this.pods.addHandlers({
      added: (pod) => this.podAdded(pod),
      updated: (pod, before) => this.podUpdated(pod, before),
      deleted: (pod) => this.podDeleted(pod),
    });
  }

  // --- what the informers tell -------------------------------------------------------------------------------------

  private podAdded(pod: Pod): void {
    if (isDeleting(pod)) {
      this.podDeleted(pod);
      return;
    }
    const owner = controllerOf(pod);
    if (!owner) {
      this.addMatching(pod);
      return;
    }
    const set = this.owningSet(pod);
    if (!set) return;
    this.expectations.creationObserved(objectKey(set));
    this.loop.add(objectKey(set));
  }

  private podUpdated(pod: Pod, before: Pod): void {
    // A pod that is marked for deletion is told of at once, not when its grace period is over.
    if (isDeleting(pod)) {
      this.podDeleted(pod);
      if (pod.metadata.labels !== before.metadata.labels) this.podDeleted(before);
      return;
    }
    const owner = controllerOf(pod);
    const ownerBefore = controllerOf(before);
    if (ownerBefore && ownerBefore.uid !== owner?.uid) this.addOwner(before);
    if (owner) {
      const set = this.owningSet(pod);
      if (!set) return;
      this.loop.add(objectKey(set));
      const { minReadySeconds } = set.spec;
      if (!isPodReady(before) && isPodReady(pod) && minReadySeconds) {
        // A second is added because timestamps carry no fractions.
        this.loop.addAfter(objectKey(set), minReadySeconds * 1000 + 1000);
      }
    } else if (pod.metadata.labels !== before.metadata.labels || ownerBefore) {
      this.addMatching(pod);
    }
  }

  private podDeleted(pod: Pod): void {
    const set = this.owningSet(pod);
    if (!set) return;
    this.expectations.deletionObserved(objectKey(set), pod.metadata.uid);
    this.loop.add(objectKey(set));
  }

  private addOwner(pod: Pod): void {
    const set = this.owningSet(pod);
    if (set) this.loop.add(objectKey(set));
  }

  private owningSet(pod: Pod): ReplicaSet | undefined {
    const owner = controllerOf(pod);
    if (owner?.kind !== this.of.type.kind) return undefined;
    const set = this.sets.get(pod.metadata.namespace, owner.name);
    return set?.metadata.uid === owner.uid ? this.of.view(set) : undefined;
  }

  /** A pod without an owner may be adopted by any ReplicaSet that selects it. */
  private addMatching(pod: Pod): void {
    for (const object of inNamespace(this.sets, pod.metadata.namespace)) {
      const set = this.of.view(object);
      if (matchesLabels(this.selectorOf(set), pod.metadata.labels)) this.loop.add(objectKey(set));
    }
  }

  private selectorOf(set: ReplicaSet): Selector {
    let selector = this.selectors.get(set.spec.selector);
    if (!selector) {
      selector = selectorOf(set.spec.selector);
      this.selectors.set(set.spec.selector, selector);
    }
    return selector;
  }

  // --- reconciling ---------------------------------------------------------------------------------------------------

  private *sync(key: string): Task<ReconcileResult> {
    const object = this.sets.byKey(key);
    if (!object) {
      this.expectations.forget(key);
      return done;
    }
    const set = this.of.view(object);
    const needsSync = this.expectations.satisfied(key);
    const candidates = ownedAndOrphans(this.pods, set);
    const claimed = yield* claimObjects({
      client: this.client, owner: set, ownerType: this.of.type, selector: this.selectorOf(set),
      type: resources.pods,
    }, candidates.filter(isPodActive));
    if (claimed.failure !== undefined) return failed(claimed.failure);
    const active = claimed.objects;
    let failure: Failure;
    if (needsSync && !isDeleting(set)) failure = yield* this.manage(key, set, active);
    return yield* this.report(set, active, failure);
  }

  private *report(set: ReplicaSet, active: readonly Pod[], failure: Failure): Task<ReconcileResult> {
    const { wallMs } = this.context.host;
    const terminating = ownedBy(this.pods, set.metadata.uid).filter(isTerminating).length;
    const status = this.of.status(replicaSetStatus(set, { active, terminating }, failure, wallMs), set.status);
    if (status !== set.status) {
      // Creating many pods takes a while: write over what the ReplicaSet is by now, though observed is what it was.
      const current = this.sets.byKey(objectKey(set));
      if (current?.metadata.uid !== set.metadata.uid) return done;
      const answer = yield* this.client.updateStatus(this.of.type, { ...current, status });
      if (!answer.ok) return failed(answer.status.message);
      this.sets.observe(answer.value);
    }
    if (failure !== undefined) return failed(failure);
    const { minReadySeconds } = set.spec;
    if ((status.readyReplicas ?? 0) === (status.availableReplicas ?? 0)) return done;
    const nextMs = untilNextAvailableMs(
      active.filter((pod) => !isPodAvailable(pod, minReadySeconds, wallMs)), minReadySeconds, wallMs,
    );
    return nextMs === undefined ? done : requeueAfter(nextMs);
  }

  private *manage(key: string, set: ReplicaSet, active: readonly Pod[]): Task<Failure> {
    const missing = (set.spec.replicas ?? 1) - active.length;
    if (missing > 0) return yield* this.createPods(key, set, Math.min(missing, burstReplicas));
    if (missing < 0) return yield* this.deletePods(key, set, active, Math.min(-missing, burstReplicas));
    return undefined;
  }

  private *createPods(key: string, set: ReplicaSet, count: number): Task<Failure> {
    const { template } = set.spec;
    if (!template) return 'the ReplicaSet has no template';
    this.expectations.expect(key, count);
    const { successes, failure } = yield* slowStart(count, () => this.control.create(template, set));
    // What was not created will not be seen either.
    if (successes < count) this.expectations.creationObserved(key, count - successes);
    return failure;
  }

  private *deletePods(key: string, set: ReplicaSet, active: readonly Pod[], count: number): Task<Failure> {
    const victims = podsToDelete(active, this.relatedPods(set), count, this.context.host.wallMs);
    this.expectations.expect(key, 0, victims.map((pod) => pod.metadata.uid));
    const failures = yield* all(victims.map((pod) => this.deletePod(key, set, pod)));
    return failures.find((failure) => failure !== undefined);
  }

  private *deletePod(key: string, set: ReplicaSet, pod: Pod): Task<Failure> {
    const failure = yield* this.control.delete(pod, set);
    if (failure !== undefined) this.expectations.deletionObserved(key, pod.metadata.uid);
    return failure;
  }

  /** The pods of all ReplicaSets that have the same managing owner, as those of one Deployment. */
  private relatedPods(set: ReplicaSet): Pod[] {
    const owner = controllerOf(set);
    const sets: readonly KubeObject[] = owner ? ownedBy(this.sets, owner.uid) : [set];
    return sets.flatMap((sibling) => ownedBy(this.pods, sibling.metadata.uid));
  }
}

function isTerminating(pod: Pod): boolean {
  return isDeleting(pod) && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed';
}
