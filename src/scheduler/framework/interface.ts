/**
 * The scheduling framework's extension points, each an interface; a plugin implements those it needs. The names are
 * upstream's (k8s.io/kube-scheduler/framework). A scheduling cycle, from PreFilter to Reserve, runs within one event
 * against the live cache, which is why it needs no snapshot; only the binding cycle takes time.
 */
import type { Task } from '../../sim/task';
import type { NodeInfo } from './node-info';
import type { PodInfo } from './pod-info';
import type { Status } from './status';

/** What plugins compute once per cycle and read per node, under their own names. */
export class CycleState {
  private readonly values = new Map<string, unknown>();
  /** Plugins whose PreFilter or PreScore said that they have nothing to do for this pod. */
  readonly skipFilter = new Set<string>();
  readonly skipScore = new Set<string>();

  write(plugin: string, value: unknown): void {
    this.values.set(plugin, value);
  }

  read<T>(plugin: string): T {
    return this.values.get(plugin) as T;
  }

  /** A copy for trying something out, as preemption does; values are shared until a plugin replaces its own. */
  clone(): CycleState {
    const copy = new CycleState();
    for (const [plugin, value] of this.values) copy.values.set(plugin, value);
    for (const plugin of this.skipFilter) copy.skipFilter.add(plugin);
    return copy;
  }
}

export interface Plugin {
  readonly name: string;
}

export interface PreEnqueuePlugin extends Plugin {
  /** A status keeps the pod out of the queue. */
  preEnqueue(pod: PodInfo): Status | undefined;
}

export interface QueueSortPlugin extends Plugin {
  less(a: QueueEntry, b: QueueEntry): boolean;
}

/** What ordering a queue may look at. */
export interface QueueEntry {
  readonly pod: PodInfo;
  readonly queuedAtMs: number;
  readonly order: number;
}

export interface PreFilterResult {
  /** Refuses the pod on all nodes. */
  readonly status?: Status;
  /** Only these nodes can be meant. */
  readonly nodeNames?: ReadonlySet<string>;
}

export interface PreFilterPlugin extends Plugin {
  /** `skip` switches this plugin's Filter off for the cycle. */
  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): PreFilterResult | 'skip' | undefined;
  /** Keeps the state right when preemption takes a pod off a node, or puts it back, in a trial. */
  addPod?(state: CycleState, pod: PodInfo, changed: PodInfo, node: NodeInfo): void;
  removePod?(state: CycleState, pod: PodInfo, changed: PodInfo, node: NodeInfo): void;
}

export interface FilterPlugin extends Plugin {
  /** Undefined lets the node pass. */
  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined;
}

/** What PostFilter found: pods to delete and the node that this frees. */
export interface Preemption {
  readonly node: string;
  readonly victims: readonly PodInfo[];
}

export interface PostFilterPlugin extends Plugin {
  /** Runs when no node passed; gives the preemption to carry out, or why none helps. */
  postFilter(
    state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[], refused: ReadonlyMap<string, Status>,
  ): { readonly preemption?: Preemption; readonly message: string };
}

export interface PreScorePlugin extends Plugin {
  /** `feasible` nodes passed the filters, `all` are all of the cluster. `skip` switches Score off for the cycle. */
  preScore(
    state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], all: readonly NodeInfo[],
  ): 'skip' | undefined;
}

export interface ScorePlugin extends Plugin {
  score(state: CycleState, pod: PodInfo, node: NodeInfo): number;
  /** Brings raw scores of all nodes, in node order, to 0..100 in place. */
  normalize?(state: CycleState, pod: PodInfo, scores: number[], nodes: readonly NodeInfo[]): void;
}

export interface ReservePlugin extends Plugin {
  reserve(state: CycleState, pod: PodInfo, node: string): Status | undefined;
  unreserve(state: CycleState, pod: PodInfo, node: string): void;
}

export interface BindPlugin extends Plugin {
  bind(pod: PodInfo, node: string): Task<Status | undefined>;
}

/** What of a node matters to scheduling and has changed; a heartbeat changes nothing. */
export type NodeChange = 'allocatable' | 'labels' | 'taints';

/** What of a bound pod matters to others and has changed; its status does not. */
export type PodChange = 'labels' | 'scaledDown';

/** Something happened that may make an unschedulable pod schedulable. */
export type ClusterEvent =
  | { readonly resource: 'node'; readonly action: 'add'; readonly node: NodeInfo }
  | {
      readonly resource: 'node';
      readonly action: 'update';
      readonly node: NodeInfo;
      readonly changed: ReadonlySet<NodeChange>;
    }
  | { readonly resource: 'assignedPod'; readonly action: 'add' | 'delete'; readonly pod: PodInfo }
  | {
      readonly resource: 'assignedPod';
      readonly action: 'update';
      readonly pod: PodInfo;
      readonly changed: ReadonlySet<PodChange>;
    }
  | {
      readonly resource: 'claim';
      readonly action: 'add' | 'update';
      readonly namespace: string;
      readonly name: string;
    };

export interface EnqueueExtensions extends Plugin {
  /** Upstream's queueing hint: may this event help a pod that this plugin refused? */
  wakes(event: ClusterEvent, pod: PodInfo): boolean;
}

/** The plugins of one profile by extension point, in the order in which they run. */
export interface Profile {
  readonly schedulerName: string;
  readonly preEnqueue: readonly PreEnqueuePlugin[];
  readonly queueSort: QueueSortPlugin;
  readonly preFilter: readonly PreFilterPlugin[];
  readonly filter: readonly FilterPlugin[];
  readonly postFilter: readonly PostFilterPlugin[];
  readonly preScore: readonly PreScorePlugin[];
  readonly score: readonly { readonly plugin: ScorePlugin; readonly weight: number }[];
  readonly reserve: readonly ReservePlugin[];
  readonly bind: readonly BindPlugin[];
  readonly enqueue: ReadonlyMap<string, EnqueueExtensions>;
}
