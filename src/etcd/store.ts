/**
 * The multi-version store (etcd's server/storage/mvcc): every write transaction gets the next revision, nothing is ever
 * overwritten, and every state since the last compaction can be read and watched again. Pure: it knows no time, no
 * process and no lease beyond the number that a key carries.
 */
import { assert } from '../base/assert';
import { DatabaseSize } from './database-size';
import { answer, type EtcdError, etcdErrors, type EtcdResult, refuse } from './errors';
import { KeyIndex, type KeyHistory, type KeyVersion } from './key-index';
import { inRange } from './key-range';
import type { Header, KeyEvent, KeyRange, KeyValue, LeaseId, RangeRequest, RangeResponse, ValueSize } from './wire';

/** A write transaction: all it does becomes one revision. It never fails: what can be refused is checked before. */
export interface WriteTxn {
  /** The key as this transaction left it. */
  get(key: string): KeyValue | undefined;
  /** Reads as of the request's revision, by default what this transaction has written so far. */
  range(request: RangeRequest): RangeResponse;
  /** Writes a version and returns the one before. */
  put(key: string, value: unknown, bytes: ValueSize, lease: LeaseId): KeyValue | undefined;
  /** Deletes the keys of the range and returns them as they were. */
  deleteRange(range: KeyRange): KeyValue[];
  /** Ends the transaction and returns what changed, in order. Without a change the revision stays. */
  end(): readonly KeyEvent[];
}

/** History for a watcher that catches up. */
export interface HistoryPage {
  readonly events: readonly KeyEvent[];
  /** Where the next page begins; beyond the store's revision when this was the last. */
  readonly nextRevision: number;
}

export class EtcdStore {
  readonly size = new DatabaseSize();
  private readonly index = new KeyIndex();
  /** Every change at or after the compacted revision, in order. */
  private log: KeyEvent[] = [];
  private currentRevision = 1;
  private compactedRevision = 0;
  private writing = false;

  /** The revision of the newest write; 1 in an empty store. */
  get revision(): number {
    return this.currentRevision;
  }

  /** The oldest revision that can be read; 0 when nothing was compacted. */
  get compactRevision(): number {
    return this.compactedRevision;
  }

  /** Why a read at that revision is refused, if it is. 0 means the newest. */
  refusalAt(revision: number): EtcdError | undefined {
    if (revision > this.currentRevision) return etcdErrors.futureRevision;
    return revision > 0 && revision < this.compactedRevision ? etcdErrors.compacted : undefined;
  }

  /** Reads a key or a range, as of any revision that is not compacted. */
  range(request: RangeRequest): EtcdResult<RangeResponse> {
    if (request.key === '') return refuse(etcdErrors.emptyKey);
    const refusal = this.refusalAt(request.revision ?? 0);
    return refusal ? refuse(refusal) : answer(this.read(request, this.currentRevision));
  }

  /** The key as it is now. */
  get(key: string): KeyValue | undefined {
    return this.index.get(key)?.latest();
  }

  /** All that is left of the key's past, for the inspection. */
  historyOf(key: string): KeyHistory | undefined {
    return this.index.get(key);
  }

  /** Opens a write transaction; there is one at a time. */
  write(): WriteTxn {
    assert(!this.writing, 'one write transaction at a time');
    this.writing = true;
    const revision = this.currentRevision + 1;
    const events: KeyEvent[] = [];
    return {
      get: (key) => this.get(key),
      range: (request) => this.read(request, events.length > 0 ? revision : this.currentRevision),
      put: (key, value, bytes, lease) => this.put({ key, value, bytes, lease }, revision, events),
      deleteRange: (range) => this.deleteRange(range, revision, events),
      end: () => {
        this.writing = false;
        if (events.length === 0) return events;
        this.currentRevision = revision;
        for (const event of events) this.log.push(event);
        return Object.freeze(events);
      },
    };
  }

  /** Drops what no reader at or after the revision can see. */
  compact(revision: number): EtcdResult<Header> {
    if (revision <= this.compactedRevision) return refuse(etcdErrors.compacted);
    if (revision > this.currentRevision) return refuse(etcdErrors.futureRevision);
    const kept = this.logIndexOf(revision);
    // Only keys that changed up to there can have something to drop.
    const touched = new Set<string>();
    for (let i = 0; i < this.logIndexOf(revision + 1); i += 1) touched.add((this.log[i] as KeyEvent).kv.key);
    const dropped: KeyVersion[] = [];
    for (const key of touched) this.compactKey(key, revision, dropped);
    this.size.drop(dropped);
    this.log = this.log.slice(kept);
    this.forgetPrevious(revision);
    this.compactedRevision = revision;
    return answer({ revision: this.currentRevision });
  }

  /**
   * The changes of a range from a revision on, at most of so many revisions. The caller has checked that the revision
   * is not compacted.
   */
  history(range: KeyRange, fromRevision: number, maxRevisions: number): HistoryPage {
    assert(fromRevision >= this.compactedRevision, 'compacted history cannot be read');
    const events: KeyEvent[] = [];
    let revisions = 0;
    let last = 0;
    for (let i = this.logIndexOf(fromRevision); i < this.log.length; i += 1) {
      const event = this.log[i] as KeyEvent;
      if (!inRange(range, event.kv.key)) continue;
      const { modRevision } = event.kv;
      if (modRevision !== last) {
        if (revisions === maxRevisions) return { events, nextRevision: modRevision };
        revisions += 1;
        last = modRevision;
      }
      events.push(event);
    }
    return { events, nextRevision: Math.max(fromRevision, this.currentRevision + 1) };
  }

  private read(request: RangeRequest, current: number): RangeResponse {
    const { limit = 0, keysOnly, countOnly } = request;
    const at = request.revision || current;
    const kvs: KeyValue[] = [];
    let count = 0;
    this.index.visit(request, (history) => {
      const kv = at === current ? history.latest() : history.at(at);
      if (!kv) return;
      count += 1;
      if (!countOnly && (limit <= 0 || count <= limit)) kvs.push(keysOnly ? { ...kv, value: undefined } : kv);
    });
    return { revision: current, kvs, count, more: limit > 0 && count > limit };
  }

  private put(
    { key, value, bytes, lease }: Pick<KeyValue, 'key' | 'value' | 'bytes' | 'lease'>,
    modRevision: number,
    events: KeyEvent[],
  ): KeyValue | undefined {
    assert(typeof value !== 'object' || Object.isFrozen(value), `the value of ${key} is frozen`);
    const history = this.index.require(key);
    const prevKv = history.latest();
    const createRevision = prevKv ? prevKv.createRevision : modRevision;
    const version = prevKv ? prevKv.version + 1 : 1;
    const kv: KeyValue = Object.freeze({ key, value, createRevision, modRevision, version, lease, bytes });
    history.append(kv);
    this.size.add(kv);
    events.push(Object.freeze(prevKv ? { type: 'PUT', kv, prevKv } : { type: 'PUT', kv }));
    return prevKv;
  }

  private deleteRange(range: KeyRange, modRevision: number, events: KeyEvent[]): KeyValue[] {
    const deleted: KeyValue[] = [];
    this.index.visit(range, (history, key) => {
      const prevKv = history.latest();
      if (!prevKv) return;
      const kv = Object.freeze({ key, modRevision });
      history.append(kv);
      this.size.add(kv);
      events.push(Object.freeze({ type: 'DELETE', kv, prevKv }));
      deleted.push(prevKv);
    });
    return deleted;
  }

  private compactKey(key: string, revision: number, dropped: KeyVersion[]): void {
    const history = this.index.require(key);
    for (const version of history.compact(revision)) dropped.push(version);
    if (history.isEmpty) this.index.remove(key);
  }

  /** The versions before the first readable revision are gone, also for its watchers. */
  private forgetPrevious(revision: number): void {
    for (let i = 0; i < this.log.length; i += 1) {
      const event = this.log[i] as KeyEvent;
      if (event.kv.modRevision > revision) return;
      this.log[i] = Object.freeze(
        event.type === 'PUT' ? { type: 'PUT', kv: event.kv } : { type: 'DELETE', kv: event.kv },
      );
    }
  }

  /** The index in the log of the first change at or after the revision. */
  private logIndexOf(revision: number): number {
    let low = 0;
    let high = this.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.log[middle] as KeyEvent).kv.modRevision < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

