/** Which hops the panel gets: the newest, not more than it can use, and those that mean something before background. */
import { isTold } from '../../../protocol/story';
import type { Hop } from '../../../protocol/trace';

/** Hops in one message. */
export const mostHops = 400;
/** Hops looked at for one message; in a fast run many thousands happen between two. */
const mostRead = 4_000;

export interface TraceReader {
  readonly length: number;
  slice(from: number, to?: number): Hop[];
}

/** A trace as it was after so many hops. */
export function traceUpTo(trace: TraceReader, length: number): TraceReader {
  return { length, slice: (from, to = length) => trace.slice(from, to) };
}

export interface HopWindow {
  /** In order. */
  readonly hops: readonly Hop[];
  /** How many happened in the same time and are left out. */
  readonly skipped: number;
}

/** The hops from that id on. */
export function hopsSince(trace: TraceReader, from: number, limit = mostHops): HopWindow {
  const all = trace.length - from;
  if (all <= 0) return { hops: [], skipped: 0 };
  const read = trace.slice(Math.max(from, trace.length - mostRead), trace.length);
  const hops = read.length <= limit ? read : chosen(read, limit);
  return { hops, skipped: all - hops.length };
}

/** The newest of what tells the story; other hops of the foreground, and then background, fill up what room is left. */
function chosen(read: readonly Hop[], limit: number): readonly Hop[] {
  const rankOf = (hop: Hop): number => (hop.background ? 2 : isTold(hop) ? 0 : 1);
  const hops: Hop[] = [];
  for (const rank of [0, 1, 2]) {
    const room = limit - hops.length;
    if (room > 0) hops.push(...read.filter((hop) => rankOf(hop) === rank).slice(-room));
  }
  return hops.sort((a, b) => a.id - b.id);
}
