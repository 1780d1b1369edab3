/**
 * etcd's history as views of the past need it: every version of every key, also those that the API server has had etcd
 * compact, as far back as the trace reaches. It shares the versions with etcd's own store and copies nothing.
 */
import { type Generation, KeyIndex } from '../../etcd/key-index';
import { noEnd } from '../../etcd/key-range';
import type { KeyEvent, KeyRange, KeyValue } from '../../etcd/wire';

export class Revisions {
  private readonly index = new KeyIndex();
  private changes: (readonly KeyEvent[])[] = [];
  /** The revision of the first of the changes; an empty store has revision 1. */
  private first = 2;

  /** The oldest revision that can be read. */
  get oldest(): number {
    return this.first - 1;
  }

  /** The newest revision that was written. */
  get newest(): number {
    return this.first + this.changes.length - 1;
  }

  /** The next revision was written. */
  add(events: readonly KeyEvent[]): void {
    this.changes.push(events);
    for (const { kv } of events) this.index.require(kv.key).append(kv);
  }

  /** What a revision changed, in order; nothing when it is not known any more. */
  changesOf(revision: number): readonly KeyEvent[] {
    return this.changes[revision - this.first] ?? [];
  }

  /** Every life of a key with every version that is known, oldest first. */
  historyOf(key: string): readonly Generation[] {
    return this.index.get(key)?.generations() ?? [];
  }

  /** The keys of a range as they were at a revision. */
  range(range: KeyRange, revision: number): KeyValue[] {
    const found: KeyValue[] = [];
    this.index.visit(range, (history) => {
      const kv = history.at(revision);
      if (kv) found.push(kv);
    });
    return found;
  }

  /** Forgets what nobody needs who looks at that revision or a newer one. */
  forget(revision: number): void {
    const gone = revision - this.oldest;
    if (gone <= 0) return;
    this.changes = this.changes.slice(gone);
    this.first += gone;
    const emptied: string[] = [];
    this.index.visit({ key: noEnd, rangeEnd: noEnd }, (history, key) => {
      history.compact(revision);
      if (history.isEmpty) emptied.push(key);
    });
    for (const key of emptied) this.index.remove(key);
  }
}
