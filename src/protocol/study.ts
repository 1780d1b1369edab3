/**
 * What the two tabular views of the panel show: the scheduler's attempts with their tables, and what etcd holds. Plain
 * data of one moment, bounded in size; words are Kubernetes' own.
 */
import type { ProcessId } from './trace';

/** Which of the two the panel shows, and what of it. */
export type StudyRequest =
  | {
    readonly kind: 'scheduling';
    /** The attempt whose tables are shown; the newest of those listed when absent. */
    readonly attempt?: number;
    /** Only attempts for this pod, `default/web-0`. */
    readonly pod?: string;
    /** Only attempts before this one. */
    readonly before?: number;
  }
  | {
    readonly kind: 'etcd';
    /** The keys below this are listed; `/registry/` when absent. */
    readonly prefix?: string;
    readonly key?: string;
    /** The revision of the key that is compared with the one before; the newest when absent. */
    readonly revision?: number;
  };

export type Study = SchedulingStudy | EtcdStudy;

/** One attempt to find a node for a pod, in a line. */
export interface AttemptSummary {
  readonly id: number;
  readonly hop: number;
  readonly atMs: number;
  readonly pod: string;
  /** The how manieth for this pod, from 1. */
  readonly attempt: number;
  readonly nodes: number;
  readonly feasible: number;
  readonly node?: string;
  readonly message?: string;
}

export type NodeVerdict = 'chosen' | 'feasible' | 'refused' | 'unvisited';

export interface AttemptScore {
  readonly raw: number;
  /** 0..100. */
  readonly normalized: number;
  readonly weighted: number;
}

/** What became of one node in an attempt. */
export interface AttemptNode {
  readonly name: string;
  readonly verdict: NodeVerdict;
  /** The filter that refused it, with Kubernetes' reasons. */
  readonly refused?: { readonly plugin: string; readonly reasons: readonly string[]; readonly preFilter: boolean };
  /** In the order of the attempt's score plugins; empty where nothing was scored. */
  readonly scores: readonly AttemptScore[];
  readonly total?: number;
}

export interface AttemptTable extends AttemptSummary {
  readonly scheduler: ProcessId;
  /** In the order in which they are asked. */
  readonly filters: readonly { readonly plugin: string; readonly skipped: boolean }[];
  readonly scorers: readonly { readonly plugin: string; readonly weight: number }[];
  /** Score plugins that had nothing to do for the pod. */
  readonly skippedScores: readonly string[];
  readonly table: readonly AttemptNode[];
  /** How many nodes are left out of the table. */
  readonly moreNodes: number;
  /** How often each reason was given. */
  readonly reasons: readonly { readonly plugin: string; readonly reason: string; readonly count: number }[];
  readonly preemption?: { readonly node: string; readonly victims: readonly string[] };
  /** The field of the pod on which a plugin decides, `spec.nodeSelector`, for those that the pod has. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface SchedulingStudy {
  readonly kind: 'scheduling';
  readonly pod?: string;
  /** The newest first. */
  readonly attempts: readonly AttemptSummary[];
  /** Whether there are older ones, and newer ones. */
  readonly older: boolean;
  readonly newer: boolean;
  /** Attempts that are not kept any more. */
  readonly forgotten: number;
  readonly shown?: AttemptTable;
}

/** A key, or all keys that begin alike. */
export interface KeyEntry {
  /** The key, or the prefix with its slash. */
  readonly name: string;
  readonly isKey: boolean;
  readonly count: number;
  readonly modRevision: number;
  /** Of a key: how often it was written. */
  readonly version?: number;
}

export interface RevisionEntry {
  readonly revision: number;
  readonly atMs?: number;
  readonly verb: 'create' | 'update' | 'delete';
  readonly key: string;
}

/** Who had a revision written: the request to the API server that led to it. */
export interface Writer {
  readonly process: ProcessId;
  readonly verb: string;
  readonly resource: string;
  readonly hop: number;
}

export interface KeyVersionEntry {
  readonly revision: number;
  readonly verb: RevisionEntry['verb'];
  /** 0 for a deletion. */
  readonly version: number;
  readonly atMs?: number;
  readonly bytes: number;
  readonly lease: number;
  /** etcd has forgotten it; only the sandbox's record of the run still knows. */
  readonly compacted: boolean;
  readonly by?: Writer;
}

/** One field that differs between two versions; absent on the side where it does not exist. */
export interface FieldChange {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

export interface KeyStudy {
  readonly key: string;
  /** The newest first. */
  readonly versions: readonly KeyVersionEntry[];
  readonly moreVersions: number;
  /** The version that is looked at, compared with the one before. */
  readonly revision?: number;
  readonly before?: number;
  readonly changes: readonly FieldChange[];
  readonly moreChanges: number;
}

export interface EtcdStudy {
  readonly kind: 'etcd';
  readonly revision: number;
  /** The oldest revision that the sandbox's record of the run knows. */
  readonly oldest: number;
  /** The oldest revision that etcd can read; 0 when nothing was compacted. */
  readonly compactRevision: number;
  /** Sizes in bytes. Like members and watches known of the present only. */
  readonly size?: {
    readonly file: number;
    readonly used: number;
    readonly quota: number;
    readonly alarms: readonly string[];
  };
  readonly members?: readonly { readonly name: string; readonly running: boolean }[];
  readonly watches?: readonly {
    readonly from: ProcessId;
    readonly member: string;
    readonly key: string;
    readonly rangeEnd?: string;
    readonly fromRevision: number;
  }[];
  readonly moreWatches: number;
  readonly prefix: string;
  readonly keys: number;
  readonly entries: readonly KeyEntry[];
  readonly moreEntries: number;
  /** The newest revisions, the newest first. */
  readonly recent: readonly RevisionEntry[];
  readonly key?: KeyStudy;
}
