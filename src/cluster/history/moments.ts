/**
 * The moments of a run that can be shown again: one after each event, or command, in which a hop was recorded or etcd
 * wrote a revision. A few numbers each; everything else about a moment lies in the trace and in etcd's history. As old hops leave the trace,
 * their moments go.
 */
import type { Moment } from '../../protocol/time';

/** Moments before the trace's first hop are dropped once there are so many of them. */
const spare = 16_384;

export class Moments {
  private hops: number[] = [];
  private atMs: number[] = [];
  private revisions: number[] = [];
  private events: number[] = [];
  private commands: number[] = [];
  /** How many stops there were up to each moment, itself included: where a step ends. */
  private stops: number[] = [];
  /** Stops that were forgotten. */
  private stopsBefore = 0;

  get count(): number {
    return this.hops.length;
  }

  get stopCount(): number {
    return this.stops[this.count - 1] ?? this.stopsBefore;
  }

  add(moment: Moment, isStop: boolean): void {
    this.stops.push(this.stopCount + (isStop ? 1 : 0));
    this.hops.push(moment.hops);
    this.atMs.push(moment.atMs);
    this.revisions.push(moment.revision);
    this.events.push(moment.events);
    this.commands.push(moment.commands);
  }

  at(index: number): Moment | undefined {
    const hops = this.hops[index];
    if (hops === undefined) return undefined;
    const number = (list: readonly number[]): number => list[index] as number;
    return {
      hops, atMs: number(this.atMs), revision: number(this.revisions), events: number(this.events),
      commands: number(this.commands),
    };
  }

  /** The first moment with more than so many hops; `count` when there is none yet. */
  afterHops(hops: number): number {
    return lastUpTo(this.hops, hops) + 1;
  }

  /** The last moment at or before a point of the run; -1 when there is none. */
  upTo({ events, commands }: Pick<Moment, 'events' | 'commands'>): number {
    let index = lastUpTo(this.events, events);
    // Between two events commands may have entered, each with a moment of its own.
    while (index >= 0 && this.events[index] === events && (this.commands[index] as number) > commands) index -= 1;
    return index;
  }

  /** The first moment at which etcd had that revision; `count` when there is none yet. */
  ofRevision(revision: number): number {
    return lastUpTo(this.revisions, revision - 1) + 1;
  }

  /** The stop after that index, or before it; -1 when there is none. */
  stopNextTo(index: number, direction: 1 | -1): number {
    const { stops, stopsBefore } = this;
    if (direction === 1) {
      const passed = stops[index] ?? stopsBefore;
      return passed === this.stopCount ? -1 : lastUpTo(stops, passed) + 1;
    }
    const passed = stops[index - 1] ?? stopsBefore;
    return passed === stopsBefore ? -1 : lastUpTo(stops, passed - 1) + 1;
  }

  /** Forgets moments of which the hops are not in the trace any more; true when it did. */
  forget(firstHop: number): boolean {
    const gone = this.afterHops(firstHop);
    if (gone < spare) return false;
    this.stopsBefore = this.stops[gone - 1] as number;
    for (const list of ['hops', 'atMs', 'revisions', 'events', 'commands', 'stops'] as const) {
      this[list] = this[list].slice(gone);
    }
    return true;
  }
}

/** The index of the last number up to that one in an ascending list, or -1. */
export function lastUpTo(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
