/**
 * What is inside one box of the diagram at a moment: lanes of items, as plain data. Names and values are Kubernetes' own
 * words; what a lane is called is a code that the panel puts into the user's language.
 */

/** What the items of a lane are. */
export type InsidePart =
  // The API server.
  | 'clients' | 'stages' | 'watches'
  // etcd.
  | 'prefixes' | 'revisions' | 'members'
  // The scheduler.
  | 'queue' | 'decisions' | 'bindings'
  // The controller manager.
  | 'controllers'
  // The kubelet.
  | 'podWorkers' | 'probes' | 'statusManager' | 'runtimeCalls'
  // kube-proxy.
  | 'rules'
  // A component of which nothing more is known than what it says to others.
  | 'messages'
  // A pod.
  | 'owners' | 'sandbox' | 'containers' | 'volumes' | 'conditions'
  // A container.
  | 'process' | 'image' | 'environment' | 'mounts' | 'state';

/** How an item fares; decides its mark. */
export type InsideState = 'idle' | 'pending' | 'creating' | 'running' | 'ready' | 'succeeded' | 'failed' | 'crashing';

export interface InsideItem {
  /** Unique within its lane. */
  readonly id: string;
  readonly title: string;
  /** The most important first. */
  readonly facts: readonly string[];
  readonly state: InsideState;
  /** The box that stands for it, into which one can go on. */
  readonly box?: string;
}

export interface InsideLane {
  readonly part: InsidePart;
  readonly items: readonly InsideItem[];
  /** How many more there are. */
  readonly more: number;
}

export interface InsideView {
  /** `kube-apiserver@kind-control-plane`, `pod/default/web-0`, `container/default/web-0/app`. */
  readonly box: string;
  readonly lanes: readonly InsideLane[];
}
