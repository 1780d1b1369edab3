/**
 * Who watches what on one member, and who hears of a change (etcd's mvcc/watchable_store.go). Watchers of the same
 * range form a group, so that a change costs a comparison for each range that is watched and a message for each watcher
 * that is interested, not a look at every watcher.
 */
import { compareText } from '../base/freeze';
import { inRange } from './key-range';
import type { KeyEvent, KeyRange, WatchMessage } from './wire';

export interface Watcher {
  readonly range: KeyRange;
  /** Events before this revision are not for it: it has them, or did not ask for them. */
  readonly fromRevision: number;
  send(message: WatchMessage, subjectKey: string): void;
}

interface Group {
  readonly range: KeyRange;
  readonly watchers: Set<Watcher>;
}

export class WatchHub {
  /** Ordered by where the range begins. */
  private readonly groups: Group[] = [];

  add(watcher: Watcher): void {
    const { key, rangeEnd } = watcher.range;
    let at = this.groups.findIndex(({ range }) => compareText(range.key, key) >= 0);
    if (at < 0) at = this.groups.length;
    for (let i = at; this.groups[i]?.range.key === key; i += 1) {
      if (this.groups[i]?.range.rangeEnd !== rangeEnd) continue;
      this.groups[i]?.watchers.add(watcher);
      return;
    }
    this.groups.splice(at, 0, { range: watcher.range, watchers: new Set([watcher]) });
  }

  remove(watcher: Watcher): void {
    const at = this.groups.findIndex(({ watchers }) => watchers.has(watcher));
    const group = this.groups[at];
    if (!group) return;
    group.watchers.delete(watcher);
    if (group.watchers.size === 0) this.groups.splice(at, 1);
  }

  /** Tells everyone interested what one revision changed: one message for each watcher, with all of its events. */
  dispatch(events: readonly KeyEvent[], revision: number): void {
    const [first] = events;
    if (!first) return;
    if (events.length === 1) {
      // By far the most frequent case: everyone gets the same message.
      const message: WatchMessage = Object.freeze({ kind: 'events', events, revision });
      this.interested(first, revision, (watcher) => watcher.send(message, first.kv.key));
      return;
    }
    const shares = new Map<Watcher, KeyEvent[]>();
    for (const event of events) {
      this.interested(event, revision, (watcher) => {
        const share = shares.get(watcher);
        if (share) share.push(event);
        else shares.set(watcher, [event]);
      });
    }
    for (const [watcher, share] of shares) {
      watcher.send({ kind: 'events', events: share, revision }, (share[0] as KeyEvent).kv.key);
    }
  }

  private interested(event: KeyEvent, revision: number, tell: (watcher: Watcher) => void): void {
    const { key } = event.kv;
    for (const { range, watchers } of this.groups) {
      if (range.key > key) return;
      if (!inRange(range, key)) continue;
      for (const watcher of watchers) if (revision >= watcher.fromRevision) tell(watcher);
    }
  }
}
