/**
 * The trace: everything that happens in a cluster, one record per hop. Diagram, transcript, explanations, timeline and
 * tests read this and nothing else. The union is closed: a reader that handles every kind handles everything.
 */

/** A running program or a party outside the cluster: `kubelet@kind-worker`, `kubectl@client`. */
export type ProcessId = string;

/** What a message travels over; it decides how an edge is drawn. */
export type Channel = 'https' | 'grpc' | 'cri' | 'cni' | 'registry' | 'dns' | 'http' | 'tcp' | 'exec';

/** Who or what a hop is about. Names are the API's own; keys of etcd and calls of CRI stand in `name`. */
export interface Subject {
  /** The API verb, the gRPC method or the program's call: `create`, `Txn`, `RunPodSandbox`. */
  readonly verb: string;
  /** Plural resource with its group behind a dot when it has one: `pods`, `deployments.apps`. */
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** HTTP status of a response. */
  readonly code?: number;
  /** Kubernetes' reason of a failure, or of a refusal at a stage. */
  readonly reason?: string;
  /** The etcd revision read or written. */
  readonly revision?: number;
  /** Free text that real Kubernetes prints (an error message); never text made for the user interface. */
  readonly message?: string;
}

interface HopBase {
  /** Position in the trace, counted from 0; never reused. */
  readonly id: number;
  /** Virtual time in milliseconds since the start of the run. */
  readonly atMs: number;
  /** The hop that led to this one; -1 where a user's input or the passing of time is the root. */
  readonly cause: number;
  readonly from: ProcessId;
  readonly to: ProcessId;
  readonly subject: Subject;
  /** True for what happens anyway while nothing changes: leases, leader election, probes. */
  readonly background: boolean;
}

/** A message that opens a call, its answer, or one event of a stream (a watch event, a log line). */
export interface MessageHop extends HopBase {
  readonly kind: 'request' | 'response' | 'event';
  readonly channel: Channel;
  /** Ties request, response and events together. */
  readonly call: number;
}

/** A call that got no answer: nobody listens, the machine is off, the connection was cut or reset. */
export interface FailureHop extends HopBase {
  readonly kind: 'failure';
  readonly channel: Channel;
  readonly call: number;
}

/** The stages a request passes inside the API server. */
export type ApiStage =
  | 'authentication' | 'authorization' | 'mutatingAdmission' | 'validation' | 'validatingAdmission' | 'registry'
  | 'watchCache';

/** One stage inside the API server; `from` and `to` are the same process. */
export interface StageHop extends HopBase {
  readonly kind: 'stage';
  readonly stage: ApiStage;
  readonly allowed: boolean;
  /** The authorizer's or admission plugin's name. */
  readonly plugin?: string;
}

/** A scheduler's decision; the table lies with the scheduler under this number. */
export interface DecisionHop extends HopBase {
  readonly kind: 'decision';
  readonly decision: number;
  /** The chosen node, or absent when none fits. */
  readonly node?: string;
}

/** A process began or ended. */
export interface LifecycleHop extends HopBase {
  readonly kind: 'started' | 'stopped';
  readonly exitCode?: number;
}

/** A user's command entered the run. */
export interface InputHop extends HopBase {
  readonly kind: 'input';
}

/** A fault was injected or healed. */
export interface FaultHop extends HopBase {
  readonly kind: 'fault';
}

export type Hop = MessageHop | FailureHop | StageHop | DecisionHop | LifecycleHop | InputHop | FaultHop;
