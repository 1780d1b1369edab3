/**
 * The key index: every version of every key that is not compacted, ordered by key (mvcc/index.go and key_index.go).
 * etcd keeps revisions here and the values in bbolt; in memory both are one object. A key's life from its first put to
 * its deletion is a generation; versions of all generations lie in one list, the tombstone that ends one included.
 */
import BTree from 'sorted-btree';
import { assert } from '../base/assert';
import { compareText } from '../base/freeze';
import { noEnd } from './key-range';
import type { KeyRange, KeyValue, Tombstone } from './wire';

export type KeyVersion = KeyValue | Tombstone;

/** Whether this version holds a value, so that the key exists from then on. */
export function holdsValue(version: KeyVersion | undefined): version is KeyValue {
  return version !== undefined && 'value' in version;
}

/** One life of a key; without `deletedAt` it still exists. */
export interface Generation {
  /** 0 when nothing but the tombstone is left of it. */
  readonly createRevision: number;
  readonly versions: readonly KeyValue[];
  readonly deletedAt?: number;
}

/** All versions of one key, oldest first. */
export class KeyHistory {
  private versions: KeyVersion[] = [];

  /** The version that exists now, if the key does. */
  latest(): KeyValue | undefined {
    const last = this.versions[this.versions.length - 1];
    return holdsValue(last) ? last : undefined;
  }

  /** The version that existed at that revision, if the key did. */
  at(revision: number): KeyValue | undefined {
    const version = this.versions[this.lastUpTo(revision)];
    return holdsValue(version) ? version : undefined;
  }

  append(version: KeyVersion): void {
    const last = this.versions[this.versions.length - 1];
    assert(!last || last.modRevision < version.modRevision, `${version.key} changes once in a revision`);
    this.versions.push(version);
  }

  /**
   * Drops what no reader at or after the revision can see and returns it. A tombstone at exactly that revision stays,
   * so that a watch from there still sees the deletion (etcd 3.6).
   */
  compact(revision: number): KeyVersion[] {
    const last = this.lastUpTo(revision);
    if (last < 0) return [];
    const version = this.versions[last];
    const keep = holdsValue(version) || version?.modRevision === revision ? last : last + 1;
    return keep > 0 ? this.versions.splice(0, keep) : [];
  }

  get isEmpty(): boolean {
    return this.versions.length === 0;
  }

  /** The lives of the key, oldest first; of the first one only what is not compacted. */
  generations(): Generation[] {
    const generations: Generation[] = [];
    let versions: KeyValue[] = [];
    for (const version of this.versions) {
      if (holdsValue(version)) {
        versions.push(version);
      } else {
        const createRevision = versions[0]?.createRevision ?? 0;
        generations.push({ createRevision, versions, deletedAt: version.modRevision });
        versions = [];
      }
    }
    const [first] = versions;
    if (first) generations.push({ createRevision: first.createRevision, versions });
    return generations;
  }

  /** The index of the last version at or before the revision, or -1. */
  private lastUpTo(revision: number): number {
    let low = 0;
    let high = this.versions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.versions[middle] as KeyVersion).modRevision <= revision) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

export class KeyIndex {
  private readonly tree = new BTree<string, KeyHistory>(undefined, compareText);

  get(key: string): KeyHistory | undefined {
    return this.tree.get(key);
  }

  /** The history of the key, begun when there is none. */
  require(key: string): KeyHistory {
    let history = this.tree.get(key);
    if (!history) {
      history = new KeyHistory();
      this.tree.set(key, history);
    }
    return history;
  }

  remove(key: string): void {
    this.tree.delete(key);
  }

  /** Visits the histories of the range in key order. */
  visit(range: KeyRange, visitor: (history: KeyHistory, key: string) => void): void {
    const { key, rangeEnd } = range;
    const { tree } = this;
    if (rangeEnd === undefined) {
      const history = tree.get(key);
      if (history) visitor(history, key);
      return;
    }
    const end = rangeEnd === noEnd ? tree.maxKey() : rangeEnd;
    if (end === undefined) return;
    tree.forRange(key, end, rangeEnd === noEnd, (at, history) => visitor(history, at));
  }
}
