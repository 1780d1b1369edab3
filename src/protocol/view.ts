/**
 * View models: what tree, diagram, status bar and tests see of a cluster. Plain data, complete at each moment, computed
 * from the API objects in etcd and the processes that run. Text that Kubernetes prints is in it as printed; text for
 * the user interface is not: states are codes.
 */
import type { FleetView } from './fleet';
import type { ProcessId } from './trace';

export type ComponentKind =
  | 'etcd' | 'kube-apiserver' | 'kube-scheduler' | 'kube-controller-manager' | 'cloud-controller-manager'
  | 'kubelet' | 'container-runtime' | 'kube-proxy' | 'cni' | 'coredns' | 'load-balancer';

/** A component of Kubernetes itself, drawn by its role wherever it runs. */
export interface ComponentView {
  /** The process id while it runs, and the id of the box in the diagram always: `kube-apiserver@kind-control-plane`. */
  readonly id: ProcessId;
  readonly kind: ComponentKind;
  readonly name: string;
  readonly running: boolean;
  /** The pod it runs in, `kube-system/etcd-kind-control-plane`; absent for what systemd runs. */
  readonly pod?: string;
  /** Holds the leader election lease. */
  readonly leader?: boolean;
}

export type ContainerState = 'waiting' | 'running' | 'terminated';

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly init: boolean;
  readonly state: ContainerState;
  /** Kubernetes' reason: `ContainerCreating`, `CrashLoopBackOff`, `Completed`. */
  readonly reason?: string;
  readonly ready: boolean;
  readonly restarts: number;
}

/** How a pod fares, for glyph and pattern; `status` has Kubernetes' own word. */
export type PodHealth =
  'pending' | 'creating' | 'running' | 'ready' | 'succeeded' | 'failed' | 'crashing' | 'terminating' | 'unknown';

export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The STATUS column of `kubectl get pods`. */
  readonly status: string;
  readonly health: PodHealth;
  readonly readyContainers: number;
  readonly totalContainers: number;
  readonly restarts: number;
  readonly ip?: string;
  /** Empty while the pod is not bound. */
  readonly node: string;
  /** `ReplicaSet/web-6d4b` of the controlling owner. */
  readonly owner?: string;
  /** True for mirror pods of static pods. */
  readonly static: boolean;
  readonly createdMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Why it is not Running, in Kubernetes' words (an event's message), if it says so. */
  readonly message?: string;
  readonly containers: readonly ContainerView[];
}

/** `absent`: the machine runs, but no Node object exists yet. */
export type NodeHealth = 'absent' | 'ready' | 'notReady' | 'unknown';

export interface NodeView {
  readonly name: string;
  /** As in the ROLES column; empty for `<none>`. */
  readonly roles: readonly string[];
  readonly controlPlane: boolean;
  /** The STATUS column of `kubectl get nodes`, with `,SchedulingDisabled` when cordoned. */
  readonly status: string;
  readonly health: NodeHealth;
  /** False while the machine is switched off. */
  readonly poweredOn: boolean;
  /** Set while somebody has filled its disk to see what follows. */
  readonly diskFull?: boolean;
  readonly version: string;
  readonly address: string;
  readonly podCIDR?: string;
  /** `node-role.kubernetes.io/control-plane:NoSchedule`. */
  readonly taints: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Readonly<Record<string, string>>;
  readonly createdMs?: number;
  readonly components: readonly ComponentView[];
  /** All pods bound to the node, components' own pods included, in order of creation. */
  readonly pods: readonly PodView[];
  /** In place of `pods`, which is empty then, where a picture has too many to send them one by one. */
  readonly podCounts?: PodCounts;
}

/** How many pods a node has. */
export interface PodCounts {
  /** Those that are drawn as pods, by how they fare: `1f28r` in the letters and the order of fleet.ts. */
  readonly drawn: string;
  /** Those that components run in, which are drawn as their components. */
  readonly ofComponents: number;
}

/** How the clock runs. `hops`: one hop after another at a pace to watch; `live`: virtual time follows real time. */
export type RunMode = 'paused' | 'hops' | 'live' | 'fast';

export interface RunState {
  readonly mode: RunMode;
  /** Virtual seconds per real second in `live`; hops per half second in `hops`. */
  readonly speed: number;
  /** True when nothing but background work waits. */
  readonly quiet: boolean;
}

export interface ClusterView {
  /** All nodes packed, where they are too many: `nodes` then has only those that somebody looks at. */
  readonly fleet?: FleetView;
  readonly name: string;
  readonly kubernetesVersion: string;
  /** Virtual milliseconds since the cluster was created. */
  readonly nowMs: number;
  /** etcd's revision. */
  readonly revision: number;
  /** The number of hops so far. */
  readonly hops: number;
  readonly run: RunState;
  /** In order of creation, control plane first. */
  readonly nodes: readonly NodeView[];
  /** The load balancer before several control planes. */
  readonly loadBalancer?: ComponentView;
  /** Pods that no node has yet. */
  readonly unboundPods: readonly PodView[];
  /** Pods whose health is failed or crashing, for the badge. */
  readonly failingPods: number;
}
