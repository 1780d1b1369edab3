/**
 * What readers see of a watch cache, and a view of one in another version of the kind. A kind that is served in several
 * versions has one cache, in the version that is stored; a view converts what it hands out, each object once.
 */
import type { KubeObject } from '../../api/types';
import type { CacheEvent } from './event-ring';
import type { WatchCache } from './watch-cache';

/** The reading side of a watch cache. */
export interface ObjectCache {
  /** The newest revision that the cache is known to reflect. */
  readonly revision: number;
  /** Watches can begin at this revision and later. */
  readonly oldestRevision: number;
  /** True once the first list is in. */
  readonly initialised: boolean;
  /** True while the stream from etcd is up. */
  readonly connected: boolean;
  get(key: string): KubeObject | undefined;
  /** Objects whose key starts with the prefix (`default/`), or all, in the order of their keys. */
  list(prefix?: string): KubeObject[];
  /** Events after a revision; undefined when they are not all remembered. */
  eventsSince(revision: number): readonly CacheEvent[] | undefined;
  /** Calls the listener with every change from now on. */
  onEvent(listener: (event: CacheEvent) => void): void;
  /** Calls the listener when the content was replaced as a whole, so that streams have a gap. */
  onReset(listener: () => void): void;
}

/** A watch cache as it looks in another version of its kind. */
export class ConvertedCache implements ObjectCache {
  constructor(
    private readonly stored: WatchCache,
    private readonly convert: (object: KubeObject) => KubeObject,
  ) {}

  get revision(): number {
    return this.stored.revision;
  }

  get oldestRevision(): number {
    return this.stored.oldestRevision;
  }

  get initialised(): boolean {
    return this.stored.initialised;
  }

  get connected(): boolean {
    return this.stored.connected;
  }

  get(key: string): KubeObject | undefined {
    const object = this.stored.get(key);
    return object && this.convert(object);
  }

  list(prefix = ''): KubeObject[] {
    return this.stored.list(prefix).map(this.convert);
  }

  eventsSince(revision: number): readonly CacheEvent[] | undefined {
    return this.stored.eventsSince(revision)?.map((event) => this.convertEvent(event));
  }

  onEvent(listener: (event: CacheEvent) => void): void {
    this.stored.onEvent((event) => listener(this.convertEvent(event)));
  }

  onReset(listener: () => void): void {
    this.stored.onReset(listener);
  }

  /** The event with its objects in the view's version. */
  convertEvent(event: CacheEvent): CacheEvent {
    const before = event.before && this.convert(event.before);
    return { ...event, object: this.convert(event.object), before };
  }
}
