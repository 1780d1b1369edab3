/**
 * daemonset-controller: one pod on every node that wants one. Models pkg/controller/daemon/daemon_controller.go:
 * history, managing, rolling update, status.
 */
import { controllerOf, isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { matchesLabels, selectorOf } from '../../api/selectors';
import type { ControllerRevision, DaemonSet, Node, Pod } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import type { Informer } from '../../client/informer';
import { all, type Task } from '../../sim/task';
import { equal } from '../../base/freeze';
import { claimObjects } from '../claims';
import { type ControllerContext, type ControllerLoop, type EventSink, type Failure, foregroundLoop } from '../context';
import { Expectations } from '../expectations';
import { indexByNamespace, indexByOwner, inNamespace, ownedAndOrphans, ownedBy } from '../indexes';
import { PodControl } from '../pods/pod-control';
import { untilNextAvailableMs } from '../pods/pod-state';
import { slowStart } from '../slow-start';
import { RevisionHistory } from './history';
import { daemonTemplate, daemonTolerations, placementOn, revisionHashLabel, targetNode, tiedToNode } from './placement';
import { daemonSetStatus } from './status';
import { type Changes, type DaemonNode, manageNode, noChanges, rollingUpdate } from './update';

/** At most so many pods are created or deleted in one sync. */
const burstReplicas = 250;
/** Failed daemon pods are replaced with a growing delay, since a kubelet that refuses one refuses the next. */
const firstBackoffMs = 1_000;
const lastBackoffMs = 900_000;

/** The controller, ready to start. */
export function daemonSetController(context: ControllerContext): ControllerLoop {
  return new DaemonSetController(context).loop;
}

class DaemonSetController {
  readonly loop: Controller;
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly control: PodControl;
  private readonly expectations: Expectations;
  private readonly history: RevisionHistory;
  private readonly sets: Informer<DaemonSet>;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly backoffs = new Map<string, { untilMs: number; delayMs: number }>();

  constructor(private readonly context: ControllerContext) {
    const { host, informers } = context;
    this.client = context.client('daemon-set-controller');
    this.events = context.recorder(this.client, 'daemonset-controller');
    this.control = new PodControl(this.client, this.events);
    this.expectations = new Expectations(() => host.nowMs);
    this.sets = informers.of(resources.daemonSets);
    this.pods = informers.of(resources.pods);
    this.nodes = informers.of(resources.nodes);
    const revisions = informers.of(resources.controllerRevisions);
    this.history = new RevisionHistory(this.client, revisions);
    const reconcile = (key: string): Task<ReconcileResult> => this.sync(key);
    this.loop = foregroundLoop(host, { name: 'daemonset-controller', workers: 2, reconcile });
    indexByNamespace(this.sets);
    indexByOwner(this.pods);
    indexByOwner(revisions);
    this.watch(revisions);
  }

  // --- what the informers tell -------------------------------------------------------------------------------------

  private watch(revisions: Informer<ControllerRevision>): void {
    const add = (set: DaemonSet): void => this.loop.add(objectKey(set));
    this.sets.addHandlers({
      added: add,
      updated: add,
      deleted: (set) => {
        this.expectations.forget(objectKey(set));
        add(set);
      },
    });
    this.pods.addHandlers({
      added: (pod) => this.podAdded(pod),
      updated: (pod, before) => this.podUpdated(pod, before),
      deleted: (pod) => this.podDeleted(pod),
    });
    const addOwner = (object: ControllerRevision | Pod): void => {
      const set = this.owningSet(object);
      if (set) add(set);
    };
    revisions.addHandlers({ added: addOwner, updated: addOwner, deleted: addOwner });
    this.nodes.addHandlers({
      added: (node) => this.nodeChanged(node, undefined),
      updated: (node, before) => {
        if (!sameForPlacement(node, before)) this.nodeChanged(node, before);
      },
      deleted: (node) => this.nodeChanged(undefined, node),
    });
  }

  private podAdded(pod: Pod): void {
    if (isDeleting(pod)) {
      this.podDeleted(pod);
      return;
    }
    const set = this.owningSet(pod);
    if (set) {
      this.expectations.creationObserved(objectKey(set));
      this.loop.add(objectKey(set));
    } else if (!controllerOf(pod)) {
      this.addMatching(pod);
    }
  }

  private podUpdated(pod: Pod, before: Pod): void {
    if (isDeleting(pod)) {
      this.podDeleted(pod);
      return;
    }
    const former = controllerOf(before)?.uid === controllerOf(pod)?.uid ? undefined : this.owningSet(before);
    if (former) this.loop.add(objectKey(former));
    const set = this.owningSet(pod);
    if (set) this.loop.add(objectKey(set));
    else if (!controllerOf(pod) && (former || pod.metadata.labels !== before.metadata.labels)) this.addMatching(pod);
  }

  private podDeleted(pod: Pod): void {
    const set = this.owningSet(pod);
    if (!set) return;
    this.expectations.deletionObserved(objectKey(set), pod.metadata.uid);
    this.loop.add(objectKey(set));
  }

  private owningSet(object: ControllerRevision | Pod): DaemonSet | undefined {
    const owner = controllerOf(object);
    if (owner?.kind !== 'DaemonSet') return undefined;
    const set = this.sets.get(object.metadata.namespace, owner.name);
    return set?.metadata.uid === owner.uid ? set : undefined;
  }

  private addMatching(pod: Pod): void {
    for (const set of inNamespace(this.sets, pod.metadata.namespace)) {
      if (matchesLabels(selectorOf(set.spec.selector), pod.metadata.labels)) this.loop.add(objectKey(set));
    }
  }

  /** Wakes the DaemonSets for which the node's part changes. */
  private nodeChanged(node: Node | undefined, before: Node | undefined): void {
    for (const set of this.sets.list()) {
      const spec = tolerantSpec(set);
      const now = node && placementOn(node, spec);
      const then = before && placementOn(before, spec);
      if (!equal(now, then) || (!before && now?.shouldRun)) this.loop.add(objectKey(set));
    }
  }

  // --- reconciling ---------------------------------------------------------------------------------------------------

  private *sync(key: string): Task<ReconcileResult> {
    const set = this.sets.byKey(key);
    if (!set) {
      this.expectations.forget(key);
      return done;
    }
    const selector = selectorOf(set.spec.selector);
    if (selector.requirements.length === 0) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      this.events.event(set, 'Warning', 'SelectingAll', message);
      return done;
    }
    if (isDeleting(set)) return done;
    const history = yield* this.history.construct(set);
    if ('failure' in history) return failed(history.failure);
    const hash = history.current.metadata.labels?.[revisionHashLabel] ?? '';
    if (!this.expectations.satisfied(key)) {
      const seen = yield* this.daemonNodes(set, false);
      return 'failure' in seen ? failed(seen.failure) : yield* this.report(set, seen.nodes, hash, false);
    }
    let failure = yield* this.manage(key, set, hash);
    if (failure === undefined && this.expectations.satisfied(key)) failure = yield* this.update(key, set, hash);
    failure ??= yield* this.history.cleanUp(set, history.old, ownedBy(this.pods, set.metadata.uid));
    const seen = yield* this.daemonNodes(set, false);
    if ('failure' in seen) return failed(seen.failure);
    const result = yield* this.report(set, seen.nodes, hash, true);
    return failure === undefined ? result : failed(failure);
  }

  /** All nodes with this DaemonSet's pods, and with `absent` also nodes that are gone but still hold some. */
  private *daemonNodes(set: DaemonSet, absent: boolean): Task<{ nodes: DaemonNode[] } | { failure: string }> {
    const claimed = yield* claimObjects({
      client: this.client, owner: set, ownerType: resources.daemonSets, selector: selectorOf(set.spec.selector),
      type: resources.pods,
    }, ownedAndOrphans(this.pods, set));
    if (claimed.failure !== undefined) return { failure: claimed.failure };
    const byNode = new Map<string, Pod[]>();
    for (const pod of claimed.objects) {
      const name = targetNode(pod);
      if (name === undefined) continue;
      const pods = byNode.get(name);
      if (pods) pods.push(pod);
      else byNode.set(name, [pod]);
    }
    const spec = tolerantSpec(set);
    const nodes = this.nodes.list().map((node): DaemonNode => {
      const { name } = node.metadata;
      const pods = byNode.get(name) ?? [];
      byNode.delete(name);
      return { name, placement: placementOn(node, spec), pods };
    });
    const gone = { shouldRun: false, mayStay: true };
    if (absent) for (const [name, pods] of byNode) nodes.push({ name, placement: gone, pods });
    return { nodes };
  }

  private *manage(key: string, set: DaemonSet, hash: string): Task<Failure> {
    const seen = yield* this.daemonNodes(set, false);
    if ('failure' in seen) return seen.failure;
    const changes = noChanges();
    for (const node of seen.nodes) manageNode(set, node, hash, this.context.host.wallMs, changes);
    this.reportEnded(set, changes);
    // Pods without a node to go to, on nodes that are gone, and not scheduled yet will never run.
    const names = new Set(seen.nodes.map(({ name }) => name));
    for (const pod of ownedBy(this.pods, set.metadata.uid)) {
      const target = targetNode(pod);
      const lost = !pod.spec.nodeName && target !== undefined && !names.has(target);
      if (lost && !isDeleting(pod)) changes.delete.push(pod);
    }
    return yield* this.apply(key, set, changes, hash);
  }

  private reportEnded(set: DaemonSet, changes: Changes): void {
    for (const pod of changes.ended) {
      const { namespace, name } = pod.metadata;
      const node = targetNode(pod) ?? '';
      if (pod.status.phase === 'Succeeded') {
        const message = `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`;
        this.events.event(set, 'Normal', 'SucceededDaemonPod', message);
      } else {
        if (!this.mayReplace(set, node)) continue;
        const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`;
        this.events.event(set, 'Warning', 'FailedDaemonPod', message);
      }
      changes.delete.push(pod);
    }
  }

  private mayReplace(set: DaemonSet, node: string): boolean {
    const key = `${set.metadata.uid}/${node}`;
    const { nowMs } = this.context.host;
    const backoff = this.backoffs.get(key);
    if (backoff && nowMs < backoff.untilMs) {
      this.loop.addAfter(objectKey(set), backoff.untilMs - nowMs, true);
      return false;
    }
    const fresh = !backoff || nowMs - backoff.untilMs > 2 * lastBackoffMs;
    const delayMs = fresh ? firstBackoffMs : Math.min(lastBackoffMs, backoff.delayMs * 2);
    this.backoffs.set(key, { untilMs: nowMs + delayMs, delayMs });
    return true;
  }

  private *update(key: string, set: DaemonSet, hash: string): Task<Failure> {
    if (set.spec.updateStrategy?.type !== 'RollingUpdate') return undefined;
    const seen = yield* this.daemonNodes(set, true);
    if ('failure' in seen) return seen.failure;
    const relevant = seen.nodes.filter(({ placement, pods }) => placement.shouldRun || pods.length > 0);
    return yield* this.apply(key, set, rollingUpdate(set, relevant, hash, this.context.host.wallMs), hash);
  }

  private *apply(key: string, set: DaemonSet, changes: Changes, hash: string): Task<Failure> {
    const create = changes.create.slice(0, burstReplicas);
    const remove = changes.delete.slice(0, burstReplicas);
    if (create.length + remove.length === 0) return undefined;
    this.expectations.expect(key, create.length, remove.map((pod) => pod.metadata.uid));
    const template = daemonTemplate(set, hash);
    const batch = yield* slowStart(create.length, (i) => (
      this.control.create(tiedToNode(template, create[i] as string), set)));
    if (batch.successes < create.length) {
      this.expectations.creationObserved(key, create.length - batch.successes);
    }
    const failures = yield* all(remove.map((pod) => this.deletePod(key, set, pod)));
    return batch.failure ?? failures.find((failure) => failure !== undefined);
  }

  private *deletePod(key: string, set: DaemonSet, pod: Pod): Task<Failure> {
    const failure = yield* this.control.delete(pod, set);
    if (failure !== undefined) this.expectations.deletionObserved(key, pod.metadata.uid);
    return failure;
  }

  private *report(
    set: DaemonSet, nodes: readonly DaemonNode[], hash: string, observed: boolean,
  ): Task<ReconcileResult> {
    const { wallMs } = this.context.host;
    const status = daemonSetStatus(set, nodes, hash, wallMs, observed);
    if (status !== set.status) {
      const current = this.sets.byKey(objectKey(set));
      const target = current?.metadata.uid === set.metadata.uid ? current : set;
      const answer = yield* this.client.updateStatus(resources.daemonSets, { ...target, status });
      if (!answer.ok) return failed(answer.status.message);
      this.sets.observe(answer.value);
    }
    const pods = nodes.flatMap((node) => node.pods);
    const nextMs = untilNextAvailableMs(pods, set.spec.minReadySeconds, wallMs);
    return nextMs === undefined ? done : requeueAfter(nextMs);
  }
}

function tolerantSpec({ spec }: DaemonSet): DaemonSet['spec']['template']['spec'] {
  return { ...spec.template.spec, tolerations: daemonTolerations(spec.template.spec) };
}

/** Whether two states of a node are the same for whoever places daemon pods; heartbeats are. */
function sameForPlacement(a: Node, b: Node): boolean {
  return equal(a.metadata.labels, b.metadata.labels) && equal(a.spec.taints, b.spec.taints);
}
