/**
 * The past events of one resource, so that a watch can begin in the past. The ring grows while its oldest event is
 * young, up to upstream's bound, and then forgets from the front. Models the cyclic buffer of cacher's watchCache.
 */
import type { KubeObject } from '../../api/types';
import { limits } from '../options';

/** One change of the cache. */
export interface CacheEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** `namespace/name`, or `name`. */
  readonly key: string;
  /** The object as it is now; of a deletion the last state, with the revision of the deletion. */
  readonly object: KubeObject;
  readonly before: KubeObject | undefined;
  readonly revision: number;
}

export class EventRing {
  private events: CacheEvent[] = [];
  private times: number[] = [];
  private head = 0;
  private capacity: number = limits.minCacheEvents;

  /** Watches can begin at `floor` and later. */
  constructor(private floor: number) {}

  get oldestRevision(): number {
    return this.floor;
  }

  push(event: CacheEvent, nowMs: number): void {
    if (this.events.length - this.head === this.capacity) this.makeRoom(nowMs);
    this.events.push(event);
    this.times.push(nowMs);
  }

  /** The events after a revision, or undefined when some of them are forgotten. */
  since(revision: number): readonly CacheEvent[] | undefined {
    if (revision < this.floor) return undefined;
    let low = this.head;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle] as CacheEvent).revision > revision) high = middle;
      else low = middle + 1;
    }
    return this.events.slice(low);
  }

  private makeRoom(nowMs: number): void {
    const oldestMs = this.times[this.head] as number;
    if (nowMs - oldestMs < limits.eventFreshMs && this.capacity < limits.maxCacheEvents) {
      this.capacity = Math.min(this.capacity * 2, limits.maxCacheEvents);
      return;
    }
    this.head += 1;
    this.floor = (this.events[this.head] as CacheEvent).revision - 1;
    if (this.head * 2 > this.events.length) this.dropForgotten();
  }

  private dropForgotten(): void {
    this.events = this.events.slice(this.head);
    this.times = this.times.slice(this.head);
    this.head = 0;
  }
}
