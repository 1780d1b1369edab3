/**
 * Types about time: a moment of a run that can be shown again, what a run may be stopped by, and the timeline as the
 * panel draws it. Plain data.
 */

/**
 * A moment between two events of the run, after at least one hop. The same run replayed to it is in the same state:
 * so many events handled, so many commands entered before.
 */
export interface Moment {
  /** The number of hops that had happened; the last one has the id `hops - 1`. */
  readonly hops: number;
  /** Virtual time in milliseconds. */
  readonly atMs: number;
  /** etcd's revision. */
  readonly revision: number;
  readonly events: number;
  readonly commands: number;
}

/** What a hop must be to stop the run; what is absent does not matter. */
export interface Breakpoint {
  /** A program on either end, with or without its machine: `kubelet`, `kubelet@kind-worker`. */
  readonly component?: string;
  /** The API verb, the gRPC method or the program's call. */
  readonly verb?: string;
  /** Plural resource, with its group behind a dot and a subresource behind a slash: `deployments.apps`, `pods/binding`. */
  readonly resource?: string;
  /** The object's name, or the beginning of one. */
  readonly name?: string;
  /** `failed` is any refusal, failure or code from 400 on; a number is that HTTP status. */
  readonly outcome?: 'failed' | number;
}

export type MarkKind = 'input' | 'failure' | 'fault' | 'compaction';

/** Something that stands out on the timeline. */
export interface TimelineMark {
  readonly hop: number;
  readonly kind: MarkKind;
}

/** A write to etcd, by the object it was about. */
export interface RevisionTick {
  /** The hop at which the cluster had that revision for the first time. */
  readonly hop: number;
  readonly revision: number;
  readonly verb: 'create' | 'update' | 'delete';
  /** `pods/default/web-0`. */
  readonly object: string;
}

/** A run from end to end, coarse, and the hops around one of them, fine. */
export interface Timeline {
  /** The first and the last number of hops that can be shown. */
  readonly firstHops: number;
  readonly lastHops: number;
  readonly firstRevision: number;
  readonly lastRevision: number;
  /** The number of hops at the moment that is shown; `lastHops` for the present. */
  readonly shownHops: number;
  /** Hops at which there were new revisions, thinned out evenly when they are very many. */
  readonly revisionHops: readonly number[];
  readonly marks: readonly TimelineMark[];
  /** Around the shown moment: where a step forward or back comes to, as numbers of hops, in order. */
  readonly stops: readonly number[];
  /** The revisions among those stops. */
  readonly revisions: readonly RevisionTick[];
}

/** What is shown when it is not the present. */
export interface PastMoment {
  readonly hops: number;
  readonly atMs: number;
  readonly revision: number;
  /** Where the run itself stands. */
  readonly presentHops: number;
}
