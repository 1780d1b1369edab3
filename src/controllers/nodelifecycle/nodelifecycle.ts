/**
 * node-lifecycle-controller: notices nodes that fall silent, marks them and their pods as not ready, and taints them,
 * so that nothing new goes there and what is there is evicted (by taint-eviction.ts). Models
 * pkg/controller/nodelifecycle.
 */
import * as resources from '../../api/resources';
import { formatTime } from '../../api/time';
import type { Lease, Node, NodeCondition, Pod, Taint } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import type { Cancel } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, type EventSink, type Failure, every } from '../context';
import { indexByNode, podsOnNode } from '../indexes';
import { podCondition } from '../pods/pod-state';
import { isOverdue, type NodeHealth, observeHealth, readyCondition, silentStatus } from './health';
import { hasTaint, noExecuteTaints, noScheduleTaints, notReadyKey, unreachableKey } from './taints';
import { EvictionQueue, evictionRate, zoneOf, type ZoneState, zoneState } from './zones';

/** --node-monitor-period */
const monitorPeriodMs = 5_000;
const tainterPeriodMs = 100;
/** How often a node that changes all the time is read anew for one change of its taints. */
const taintAttempts = 5;
const leaseNamespace = 'kube-node-lease';
const exclusionLabel = 'node.kubernetes.io/exclude-disruption';

interface Zone {
  readonly queue: EvictionQueue;
  state: ZoneState | undefined;
}

/** The controller, ready to start. */
export function nodeLifecycleController(context: ControllerContext): ControllerLoop {
  return new NodeLifecycleController(context);
}

class NodeLifecycleController implements ControllerLoop {
  readonly name = 'node-lifecycle-controller';
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly nodes: Informer<Node>;
  private readonly pods: Informer<Pod>;
  private readonly leases: Informer<Lease>;
  /** Brings the taints of effect NoSchedule in line with a node's conditions. */
  private readonly tainting: Controller;
  private readonly known = new Map<string, Node>();
  private readonly health = new Map<string, NodeHealth>();
  /** Nodes whose pods could not all be marked. */
  private readonly unmarked = new Set<string>();
  private readonly zones = new Map<string, Zone>();
  private tick: Cancel | undefined;

  constructor(private readonly context: ControllerContext) {
    const { host, informers } = context;
    this.client = context.client('node-controller');
    this.events = context.recorder(this.client, 'node-controller');
    this.nodes = informers.of(resources.nodes);
    this.pods = informers.of(resources.pods);
    this.leases = informers.of(resources.leases);
    this.tainting = new Controller(host, {
      name: this.name, workers: 8, reconcile: (key) => this.taintNoSchedule(key),
    });
    indexByNode(this.pods);
    const changed = (node: Node, before?: Node): void => {
      const same = before && before.status.conditions === node.status.conditions && before.spec === node.spec;
      if (!same) this.tainting.add(node.metadata.name);
    };
    this.nodes.addHandlers({ added: (node) => changed(node), updated: changed });
  }

  get depth(): number {
    let depth = this.tainting.depth;
    for (const { queue } of this.zones.values()) depth += queue.size;
    return depth;
  }

  start(): void {
    this.tainting.start();
    this.monitor();
    every(this.context.host, monitorPeriodMs, () => this.monitor());
  }

  // --- health --------------------------------------------------------------------------------------------------------

  private monitor(): void {
    const nodes = this.nodes.list();
    this.welcome(nodes);
    const conditions = new Map<string, (NodeCondition | undefined)[]>();
    for (const node of nodes) {
      const ready = this.check(node);
      if (node.metadata.labels?.[exclusionLabel] !== undefined) continue;
      const zone = zoneOf(node);
      const known = conditions.get(zone);
      if (known) known.push(ready);
      else conditions.set(zone, [ready]);
    }
    this.handleDisruption(conditions, nodes);
    this.startTainter();
  }

  /** Takes note of nodes that are new and of those that are gone. */
  private welcome(nodes: readonly Node[]): void {
    const { host } = this.context;
    for (const node of nodes) {
      const { name } = node.metadata;
      this.zone(node);
      if (this.known.has(name)) continue;
      this.known.set(name, node);
      host.foreground(() => {
        const message = `Node ${name} event: Registered Node ${name} in Controller`;
        this.events.event(node, 'Normal', 'RegisteredNode', message);
        this.swapTaint(node, undefined);
      });
    }
    for (const [name, node] of this.known) {
      if (this.nodes.byKey(name)) continue;
      this.known.delete(name);
      this.health.delete(name);
      this.unmarked.delete(name);
      this.zone(node).queue.remove(name);
      const message = `Node ${name} event: Removing Node ${name} from Controller`;
      host.foreground(() => this.events.event(node, 'Normal', 'RemovingNode', message));
    }
  }

  /** Looks after one node; the Ready condition that it has, or that it gets now. */
  private check(node: Node): NodeCondition | undefined {
    const { name } = node.metadata;
    const { host } = this.context;
    const health = observeHealth(this.health.get(name), node, this.leases.get(leaseNamespace, name), host.wallMs);
    this.health.set(name, health);
    const silent = isOverdue(health, host.wallMs) ? silentStatus(node, host.wallMs) : node.status;
    if (silent !== node.status) {
      host.foreground(() => runTask(this.markSilent({ ...node, status: silent }, health.ready?.status === 'True')));
      return readyCondition(silent);
    }
    if (health.ready) {
      this.followCondition(node, health.ready);
      if (health.ready.status !== 'True' && this.unmarked.has(name)) {
        host.foreground(() => runTask(this.markPodsNotReady(node)));
      } else {
        this.unmarked.delete(name);
      }
    }
    return health.ready;
  }

  private *markSilent(node: Node, wasReady: boolean): Task {
    const { name } = node.metadata;
    const answer = yield* this.client.updateStatus(resources.nodes, node);
    // What failed is tried again at the next look.
    if (!answer.ok) return;
    this.nodes.observe(answer.value);
    const ready = readyCondition(answer.value.status);
    const health = this.health.get(name);
    if (health) this.health.set(name, { ...health, ready });
    if (ready) this.followCondition(answer.value, ready);
    this.startTainter();
    if (!wasReady) return;
    this.events.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    yield* this.markPodsNotReady(node);
  }

  private *markPodsNotReady(node: Node): Task {
    const { name } = node.metadata;
    let complete = true;
    for (const pod of podsOnNode(this.pods, name)) {
      if ((yield* this.markPodNotReady(pod)) !== undefined) complete = false;
    }
    if (complete) this.unmarked.delete(name);
    else this.unmarked.add(name);
  }

  private *markPodNotReady(pod: Pod): Task<Failure> {
    const ready = podCondition(pod, 'Ready');
    if (!ready || ready.status === 'False') return undefined;
    const { namespace, name, uid } = pod.metadata;
    const lastTransitionTime = formatTime(this.context.host.wallMs);
    const condition = { type: 'Ready', status: 'False', lastTransitionTime };
    const body = { metadata: { uid }, status: { conditions: [condition] } };
    const target = { namespace, name, subresource: 'status' };
    const answer = yield* this.client.patch(resources.pods, target, 'strategic', body);
    if (!answer.ok) return answer.status.code === 404 ? undefined : answer.status.message ?? 'unknown error';
    this.events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    return undefined;
  }

  // --- taints --------------------------------------------------------------------------------------------------------

  private *taintNoSchedule(name: string): Task<ReconcileResult> {
    const node = this.nodes.byKey(name);
    if (!node) return done;
    const failure = yield* this.writeTaints(node, (current) => noScheduleTaints(current, this.context.host.wallMs));
    return failure === undefined ? done : failed(failure);
  }

  /** Lets the taint of effect NoExecute follow the Ready condition: at once where one replaces the other. */
  private followCondition(node: Node, ready: NodeCondition): void {
    if (ready.status === 'True') {
      this.zone(node).queue.remove(node.metadata.name);
      this.swapTaint(node, undefined);
      return;
    }
    const [key, opposite] = ready.status === 'False' ? [notReadyKey, unreachableKey] : [unreachableKey, notReadyKey];
    if (hasTaint(node, key, 'NoExecute')) return;
    if (hasTaint(node, opposite, 'NoExecute')) this.swapTaint(node, key);
    else this.zone(node).queue.add(node.metadata.name);
  }

  private swapTaint(node: Node, key: string | undefined): void {
    const { host } = this.context;
    const wanted = (current: Node): readonly Taint[] => noExecuteTaints(current, key, host.wallMs);
    if (changesTaints(node, wanted(node))) host.foreground(() => runTask(this.writeTaints(node, wanted)));
  }

  /** Writes the taints that `wanted` makes of a node's; when the node has changed meanwhile, of what it is now. */
  private *writeTaints(node: Node, wanted: (current: Node) => readonly Taint[]): Task<Failure> {
    const { name } = node.metadata;
    let current = node;
    for (let attempt = 0; ; attempt += 1) {
      const taints = wanted(current);
      if (!changesTaints(current, taints)) return undefined;
      const { resourceVersion } = current.metadata;
      const body = { metadata: { resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
      const answer = yield* this.client.patch(resources.nodes, { name }, 'merge', body);
      if (answer.ok) {
        this.nodes.observe(answer.value);
        return undefined;
      }
      if (answer.status.code === 404) return undefined;
      if (answer.status.code !== 409 || attempt === taintAttempts) return answer.status.message ?? 'unknown error';
      const fresh = yield* this.client.get(resources.nodes, { name });
      if (!fresh.ok) return fresh.status.code === 404 ? undefined : fresh.status.message ?? 'unknown error';
      current = fresh.value;
    }
  }

  /** Taints the nodes that wait for it, as fast as their zones allow. */
  private startTainter(): void {
    const waiting = [...this.zones.values()].some(({ queue }) => queue.size > 0);
    if (this.tick || !waiting) return;
    this.tick = this.context.host.after(tainterPeriodMs, () => {
      this.tick = undefined;
      this.taintNoExecute();
      this.startTainter();
    }, { background: true });
  }

  private taintNoExecute(): void {
    for (const { queue } of this.zones.values()) {
      const name = queue.take(this.context.host.nowMs);
      const node = name === undefined ? undefined : this.nodes.byKey(name);
      const ready = node && readyCondition(node.status);
      if (!node || !ready || ready.status === 'True') continue;
      this.swapTaint(node, ready.status === 'False' ? notReadyKey : unreachableKey);
    }
  }

  // --- zones ---------------------------------------------------------------------------------------------------------

  private zone(node: Node): Zone {
    const key = zoneOf(node);
    let zone = this.zones.get(key);
    if (!zone) {
      zone = { queue: new EvictionQueue(), state: undefined };
      this.zones.set(key, zone);
    }
    return zone;
  }

  /** When no node of the cluster answers, the trouble is most likely here: nothing is evicted and taints are lifted. */
  private handleDisruption(
    conditions: ReadonlyMap<string, readonly (NodeCondition | undefined)[]>, nodes: readonly Node[],
  ): void {
    const states = new Map([...conditions].map(([key, list]) => [key, zoneState(list)] as const));
    const present = [...this.zones].filter(([key]) => states.has(key));
    const allDisrupted = present.length > 0 && present.every(([key]) => states.get(key) === 'FullDisruption');
    const wereDisrupted = present.length > 0 && present.every(([, zone]) => zone.state === 'FullDisruption');
    if (allDisrupted && wereDisrupted) return;
    const { nowMs, wallMs } = this.context.host;
    if (allDisrupted) for (const node of nodes) this.release(node);
    if (wereDisrupted) {
      for (const [name, health] of this.health) this.health.set(name, { ...health, probeMs: wallMs });
    }
    for (const [key, zone] of present) {
      const state = states.get(key) as ZoneState;
      zone.queue.setRate(allDisrupted ? 0 : evictionRate(state, conditions.get(key)?.length ?? 0), nowMs);
      zone.state = state;
    }
  }

  private release(node: Node): void {
    this.zone(node).queue.remove(node.metadata.name);
    this.swapTaint(node, undefined);
  }
}

function changesTaints({ spec }: Node, taints: readonly Taint[]): boolean {
  return taints !== spec.taints && (taints.length > 0 || (spec.taints ?? []).length > 0);
}
