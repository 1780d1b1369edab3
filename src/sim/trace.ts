/**
 * Keeps the trace of a run: the newest hops in a bounded ring, and a running hash over all of them. Two runs with the
 * same seed and inputs have the same hash; older hops that fell out of the ring come back by replaying the inputs.
 */
import { assert } from '../base/assert';
import { RunningHash } from '../base/hash';
import type { Hop } from '../protocol/trace';

/** How many hops stay readable; 1,000 pods starting leave about 60,000. */
export const traceCapacity = 262_144;

type WithoutId<T> = T extends Hop ? Omit<T, 'id'> : never;
/** A hop as its maker knows it; the trace gives the id. */
export type NewHop = WithoutId<Hop>;

export class Trace {
  private readonly ring: Hop[] = [];
  private next = 0;
  private readonly hash = new RunningHash();
  private readonly listeners: ((hop: Hop) => void)[] = [];

  /** The number of hops recorded so far, also the id of the next one. */
  get length(): number {
    return this.next;
  }

  /** The id of the oldest hop that is still readable. */
  get first(): number {
    return Math.max(0, this.next - traceCapacity);
  }

  /** Takes the hop over: the caller's object gets its id and becomes the record. */
  record(hop: NewHop): Hop {
    const recorded = hop as unknown as Hop & { id: number };
    recorded.id = this.next;
    this.ring[this.next % traceCapacity] = recorded;
    this.next += 1;
    this.mix(recorded);
    for (const listener of this.listeners) listener(recorded);
    return recorded;
  }

  /** The hop of that id, or undefined when it was never recorded or has left the ring. */
  at(id: number): Hop | undefined {
    return id >= this.first && id < this.next ? this.ring[id % traceCapacity] : undefined;
  }

  /** The hops from id `from` up to but without `to`, as far as they are readable. */
  slice(from: number, to: number = this.next): Hop[] {
    const hops: Hop[] = [];
    for (let id = Math.max(from, this.first); id < Math.min(to, this.next); id += 1) {
      hops.push(this.ring[id % traceCapacity] as Hop);
    }
    return hops;
  }

  /** The chain of causes of a hop, from its root to itself. */
  causesOf(id: number): Hop[] {
    const chain: Hop[] = [];
    for (let hop = this.at(id); hop; hop = this.at(hop.cause)) {
      assert(hop.cause < hop.id, 'a cause lies before its effect');
      chain.unshift(hop);
    }
    return chain;
  }

  /** Calls the listener with each hop as it is recorded; returns how to stop that. */
  onHop(listener: (hop: Hop) => void): () => void {
    this.listeners.push(listener);
    return () => {
      const at = this.listeners.indexOf(listener);
      if (at >= 0) this.listeners.splice(at, 1);
    };
  }

  /** Hash over all hops so far, as 16 hexadecimal digits. */
  digest(): string {
    return this.hash.digest();
  }

  private mix(hop: Hop): void {
    const { hash } = this;
    hash.addNumber(hop.atMs);
    hash.addNumber(hop.cause + 1);
    hash.addText(hop.kind);
    hash.addText(hop.from);
    hash.addText(hop.to);
    const { verb, resource, name, code, revision } = hop.subject;
    hash.addText(verb);
    if (resource) hash.addText(resource);
    if (name) hash.addText(name);
    hash.addNumber((code ?? 0) * 2 + (revision ?? 0) * 1024);
  }
}
