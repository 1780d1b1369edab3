/**
 * The watch cache of one resource: the objects as the newest revision that etcd has told about, sorted by key, and the
 * ring of recent events. The same frozen object is served to everyone. Models cacher and watchCache of apiserver's
 * pkg/storage/cacher; it is fed by reflector.ts and knows nothing of etcd.
 *
 * Consistent reads: upstream asks etcd for its revision and waits until the cache has reached it. Here a read waits
 * until the cache has reached the revision of this server's own last write of the resource; etcd's members answer and
 * notify in one order, so whatever another server wrote before the request was sent has arrived as well.
 */
import { assert } from '../../base/assert';
import { compareText } from '../../base/freeze';
import type { KubeObject } from '../../api/types';
import { type CacheEvent, EventRing } from './event-ring';
import type { ObjectCache } from './object-cache';

interface Entry {
  readonly key: string;
  object: KubeObject;
}

interface Waiter {
  readonly revision: number;
  readonly resume: () => void;
}

export class WatchCache implements ObjectCache {
  /** The newest revision that the cache is known to reflect. */
  revision = 0;
  /** The revision of the newest write of this server to the resource. */
  ownWriteRevision = 0;
  /** True once the first list is in. */
  initialised = false;
  /** True while the stream from etcd is up. */
  connected = false;
  /** Asks etcd how far the stream is; set by who feeds the cache. */
  requestProgress: (() => void) | undefined;
  private readonly byKey = new Map<string, Entry>();
  private readonly sorted: Entry[] = [];
  private ring = new EventRing(0);
  private waiters: Waiter[] = [];
  private readonly listeners: ((event: CacheEvent) => void)[] = [];
  private readonly resetListeners: (() => void)[] = [];

  constructor(private readonly nowMs: () => number) {}

  /** Watches can begin at this revision and later. */
  get oldestRevision(): number {
    return this.ring.oldestRevision;
  }

  get(key: string): KubeObject | undefined {
    return this.byKey.get(key)?.object;
  }

  /** Objects whose key starts with the prefix (`default/`), or all, in the order of their keys. */
  list(prefix = ''): KubeObject[] {
    const objects: KubeObject[] = [];
    for (let at = this.position(prefix); at < this.sorted.length; at += 1) {
      const entry = this.sorted[at] as Entry;
      if (!entry.key.startsWith(prefix)) break;
      objects.push(entry.object);
    }
    return objects;
  }

  /** Events after a revision; undefined when the ring no longer has them all. */
  eventsSince(revision: number): readonly CacheEvent[] | undefined {
    return this.ring.since(revision);
  }

  /** Calls the listener with every change from now on. */
  onEvent(listener: (event: CacheEvent) => void): void {
    this.listeners.push(listener);
  }

  /** Calls the listener when the content was replaced as a whole, so that streams have a gap. */
  onReset(listener: () => void): void {
    this.resetListeners.push(listener);
  }

  /** Takes one change in. */
  apply(type: 'PUT' | 'DELETE', key: string, object: KubeObject | undefined, revision: number): void {
    const entry = this.byKey.get(key);
    const before = entry?.object;
    if (type === 'PUT') {
      assert(object !== undefined, 'a put has an object');
      if (entry) entry.object = object;
      else this.insert(key, object);
      this.emit({ type: entry ? 'MODIFIED' : 'ADDED', key, object, before, revision });
      return;
    }
    if (entry && before) {
      this.byKey.delete(key);
      this.sorted.splice(this.position(key), 1);
      this.emit({ type: 'DELETED', key, object: withRevision(before, revision), before, revision });
    }
  }

  /** Takes a whole list in: at the start, and when history was compacted under the stream. */
  replace(objects: readonly (readonly [key: string, object: KubeObject])[], revision: number): void {
    this.byKey.clear();
    this.sorted.length = 0;
    for (const [key, object] of objects) {
      const entry = { key, object };
      this.byKey.set(key, entry);
      this.sorted.push(entry);
    }
    this.sorted.sort((a, b) => compareText(a.key, b.key));
    this.ring = new EventRing(revision);
    this.initialised = true;
    for (const listener of this.resetListeners) listener();
    this.progress(revision);
  }

  /** The cache reflects this revision although nothing of the resource changed. */
  progress(revision: number): void {
    if (revision <= this.revision) return;
    this.revision = revision;
    if (this.waiters.length > 0) this.release();
  }

  /** Calls back once the cache has reached the revision; returns how to give up. */
  whenReached(revision: number, resume: () => void): () => void {
    const waiter = { revision, resume };
    this.waiters.push(waiter);
    return () => {
      this.waiters = this.waiters.filter((other) => other !== waiter);
    };
  }

  private emit(event: CacheEvent): void {
    this.ring.push(event, this.nowMs());
    for (const listener of this.listeners) listener(event);
    this.progress(event.revision);
  }

  private release(): void {
    const ready = this.waiters.filter((waiter) => waiter.revision <= this.revision);
    this.waiters = this.waiters.filter((waiter) => waiter.revision > this.revision);
    for (const waiter of ready) waiter.resume();
  }

  private insert(key: string, object: KubeObject): void {
    const entry = { key, object };
    this.byKey.set(key, entry);
    const at = this.position(key);
    if (at === this.sorted.length) this.sorted.push(entry);
    else this.sorted.splice(at, 0, entry);
  }

  /** The first position whose key is not before the given one. */
  private position(key: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle] as Entry).key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The stored value as it is served: with the revision of its last change. */
export function withRevision(value: KubeObject, revision: number): KubeObject {
  const metadata = Object.freeze({ ...value.metadata, resourceVersion: String(revision) });
  return Object.freeze({ ...value, metadata });
}

/** An object as it is stored: without a revision, which etcd knows. */
export function withoutRevision(object: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}
