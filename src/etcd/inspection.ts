/** A look into etcd for views and checks: keys, their whole history, and what happened when. It changes nothing. */
import { versionBytes } from './database-size';
import type { Generation } from './key-index';
import { prefixRange } from './key-range';
import type { SharedLog } from './shared-log';
import type { KeyEvent, LeaseId, Member, StatusResponse } from './wire';

/** One key at one revision, without its value. */
export interface KeySummary {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: LeaseId;
  /** Bytes that this version takes in the database. */
  readonly bytes: number;
}

export class EtcdInspection {
  constructor(private readonly log: SharedLog) {}

  /** Sizes and revisions of the store. */
  overview(): Pick<StatusResponse, 'revision' | 'dbSize' | 'dbSizeInUse' | 'dbSizeQuota' | 'alarms'> & {
    readonly compactRevision: number;
  } {
    const { store, quota, alarms } = this.log.machine;
    return {
      revision: store.revision,
      compactRevision: store.compactRevision,
      dbSize: store.size.fileBytes,
      dbSizeInUse: store.size.usedBytes,
      dbSizeQuota: quota,
      alarms,
    };
  }

  /** The watches that are open on the members that run. */
  watches(): ReturnType<SharedLog['attachedWatches']> {
    return this.log.attachedWatches();
  }

  /** The members that run, and those that do not. */
  members(): readonly (Member & { readonly running: boolean })[] {
    const running = new Set(this.log.runningMembers().map(({ id }) => id));
    return this.log.members().map((member) => ({ ...member, running: running.has(member.id) }));
  }

  /** Every life of the key with every version that is not compacted, oldest first. */
  historyOf(key: string): readonly Generation[] {
    return this.log.machine.store.historyOf(key)?.generations() ?? [];
  }

  /** The keys that begin with the prefix, in order, as of a revision; 0 means now. Empty for a compacted revision. */
  keysUnder(prefix: string, revision = 0): readonly KeySummary[] {
    const result = this.log.machine.store.range({ rpc: 'Range', ...prefixRange(prefix), revision });
    if (!result.ok) return [];
    return result.response.kvs.map((kv) => {
      const { key, createRevision, modRevision, version, lease } = kv;
      return { key, createRevision, modRevision, version, lease, bytes: versionBytes(kv) };
    });
  }

  /** The newest revision at a virtual time, so that a past moment can be read. */
  revisionAt(timeMs: number): number {
    return this.log.revisionAt(timeMs);
  }

  /** What one revision changed and when; undefined when it is compacted or not yet written. */
  changeAt(revision: number): { readonly atMs: number; readonly events: readonly KeyEvent[] } | undefined {
    const { store } = this.log.machine;
    const atMs = this.log.timeOf(revision);
    if (atMs === undefined || revision < store.compactRevision) return undefined;
    const page = store.history(prefixRange(''), revision, 1);
    return { atMs, events: page.events.filter(({ kv }) => kv.modRevision === revision) };
  }
}
