/**
 * A lesson as data: what a learner reads, does, predicts and is checked for. Texts are in both languages; checks are
 * predicates over a cluster and its trace; actions are what "show me" does. Lesson files are read by `read-lesson.ts`.
 */

/** A text in both languages; Markdown where it is more than a line. */
export interface Texts {
  readonly de: string;
  readonly en: string;
}

/** How many of something; without any of them, at least one. */
export interface Amount {
  readonly count?: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Which objects: by kind, and by name, by the beginning of a name, by labels. */
export interface ObjectChoice {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly prefix?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Objects that have a value at a path, such as `status.phase` or `status.containerStatuses.0.restartCount`. */
export interface ObjectCheck extends ObjectChoice, Amount {
  readonly path?: string;
  readonly is?: string | number | boolean;
  /** The value is a number and at least that. */
  readonly min?: number;
}

/** Hops since the step began. Names may end in `*`. */
export interface TraceCheck extends Amount {
  readonly hop?: 'request' | 'response' | 'event' | 'failure' | 'stage' | 'decision' | 'started' | 'stopped' | 'fault';
  readonly from?: string;
  readonly to?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly code?: number;
  readonly stage?: string;
  /** What a stage decided. */
  readonly allowed?: boolean;
}

/** A predicate over a cluster and its trace: exactly one of the fields is there. */
export interface Check {
  readonly nodes?: Amount & { readonly role?: 'control-plane' | 'worker'; readonly ready?: boolean };
  readonly object?: ObjectCheck;
  readonly trace?: TraceCheck;
  /** Hops that came one after the other since the step began, whatever lay between them. */
  readonly order?: readonly TraceCheck[];
  /** How far etcd's revision has come since the step began. */
  readonly revision?: Amount;
  /** Event objects written since the step began. */
  readonly event?: Amount & { readonly reason: string; readonly about?: string };
  readonly component?: { readonly name: string; readonly node?: string; readonly running: boolean };
  /** A program in a pod got an answer from a program in another, or only failures, since the step began. */
  readonly reach?: { readonly from: string; readonly to: string; readonly is: boolean };
  /** A prediction was made. */
  readonly prediction?: string;
  readonly all?: readonly Check[];
  readonly any?: readonly Check[];
  readonly not?: Check;
}

/** What a prediction asks to name, and how the right answer is read off the cluster afterwards. */
export type ObjectQuestion =
  /** The node that became Ready first. */
  | { readonly ask: 'firstReadyNode' }
  /** The node a pod was bound to. */
  | { readonly ask: 'nodeOf'; readonly pod: string }
  /** A component that runs on the node without being in any pod. */
  | { readonly ask: 'componentWithoutPod' }
  /** The component with the most hops since the step began. */
  | { readonly ask: 'busiestComponent' };

export interface Choice {
  readonly text: Texts;
  /** True of the cluster afterwards if this is what happened. */
  readonly when: Check;
}

export interface Prediction {
  readonly id: string;
  readonly question: Texts;
  /** Several answers to choose from ... */
  readonly choices?: readonly Choice[];
  /** ... or an object to name, or to click in the diagram. */
  readonly object?: ObjectQuestion;
}

/** A request as a client outside the sandbox sends it; `as` is who asks, a cluster administrator by default. */
export interface RequestAction {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly as?: string;
  /** A bearer token instead of a certificate. */
  readonly token?: string;
}

/** What "show me" does; exactly one of the fields is there. */
export interface Action {
  /** YAML of a kind config or of manifests. */
  readonly apply?: string;
  readonly delete?: {
    readonly kind: string; readonly apiVersion?: string; readonly namespace?: string; readonly name: string;
  };
  readonly request?: RequestAction;
  /** Ends a process: `kube-proxy@kind-worker`, or the beginning of one, which ends all that match. */
  readonly kill?: string;
  readonly cut?: readonly [string, string];
  readonly heal?: readonly [string, string];
  readonly powerOff?: string;
  /** Deletes one pod of those that a Service, ReplicaSet or the like made. */
  readonly deleteOneOf?: ObjectChoice;
  /** Evicts one pod of those that match, as `kubectl drain` does. */
  readonly evictOneOf?: ObjectChoice;
  /** Changes labels of one object of those that match. */
  readonly relabelOneOf?: ObjectChoice & { readonly set: Readonly<Record<string, string>> };
  /** Lets so many seconds of virtual time pass. */
  readonly wait?: number;
  /** Lets time pass until this holds. */
  readonly until?: Check;
}

export interface Step {
  readonly id: string;
  readonly title: Texts;
  readonly text: Texts;
  readonly predict?: Prediction;
  /** YAML to write, and the file of the workspace it belongs into. */
  readonly yaml?: { readonly file: string; readonly text: string };
  /** Commands for the sandbox terminal. */
  readonly commands?: readonly string[];
  /** Boxes of the diagram: `kubelet@kind-worker`, `node/kind-worker`, `pod/default/web`. */
  readonly highlight?: readonly string[];
  readonly show?: readonly Action[];
  readonly checks?: readonly Check[];
  readonly hints?: readonly [Texts, Texts];
  /** What it meant; shown when the step is done. */
  readonly after?: Texts;
  /** The exercise that breaks something. */
  readonly breakIt?: boolean;
}

/** A question about this lesson that later lessons ask again. */
export interface RecallQuestion {
  readonly question: Texts;
  readonly answers: readonly { readonly text: Texts; readonly right?: boolean }[];
}

export interface Lesson {
  readonly id: string;
  /** Its place in the catalogue: `L05`. */
  readonly number: string;
  readonly title: Texts;
  readonly goal: Texts;
  readonly minutes: number;
  readonly tracks: readonly ('start' | 'authors' | 'all')[];
  /** The kind.yaml of the cluster that it plays in; absent when creating one is the lesson. */
  readonly cluster?: string;
  /** What is done before the first step. */
  readonly prepare?: readonly Action[];
  readonly recall: readonly RecallQuestion[];
  readonly steps: readonly Step[];
}
