/**
 * What ran when: the processes, from the hops with which they start and stop, and values that change seldom, such as
 * the list of machines. Times are numbers of hops.
 */
import type { Hop, ProcessId } from '../../protocol/trace';
import type { Processes } from '../views/components';
import { lastUpTo } from './moments';

export class ProcessHistory {
  /** Hops that start and stop a process, in turns. */
  private readonly turns = new Map<ProcessId, number[]>();

  add(hop: Hop): void {
    if (hop.kind !== 'started' && hop.kind !== 'stopped') return;
    const turns = this.turns.get(hop.from);
    if (turns) turns.push(hop.id);
    else this.turns.set(hop.from, [hop.id]);
  }

  /** The processes as they were after so many hops. */
  after(hops: number): Processes {
    return {
      isRunning: (id) => {
        const turns = this.turns.get(id);
        return turns !== undefined && lastUpTo(turns, hops - 1) % 2 === 0;
      },
    };
  }

  /** Forgets what was over before that hop. */
  forget(firstHop: number): void {
    for (const [id, turns] of this.turns) {
      const over = lastUpTo(turns, firstHop - 1) + 1;
      const gone = over - over % 2;
      if (gone === turns.length) this.turns.delete(id);
      else if (gone > 0) this.turns.set(id, turns.slice(gone));
    }
  }
}

/** A value that changes seldom, with each of its versions. */
export class Versions<T> {
  private since: number[] = [];
  private values: T[] = [];

  /** The value from so many hops on, unless it is the one before. */
  set(hops: number, value: T, isSame: (a: T, b: T) => boolean): void {
    const last = this.values[this.values.length - 1];
    if (last !== undefined && isSame(last, value)) return;
    this.since.push(hops);
    this.values.push(value);
  }

  /** The value after so many hops; undefined before the first. */
  after(hops: number): T | undefined {
    return this.values[lastUpTo(this.since, hops)];
  }

  /** Forgets what nobody needs who looks at so many hops or more. */
  forget(hops: number): void {
    const gone = lastUpTo(this.since, hops);
    if (gone <= 0) return;
    this.since = this.since.slice(gone);
    this.values = this.values.slice(gone);
  }
}
