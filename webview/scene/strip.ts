/**
 * The timeline as geometry: the whole run as a coarse lane, and below it the stops around the shown moment as a fine
 * one. A pure function of the timeline and the width; positions are in pixels.
 */
import type { MarkKind, RevisionTick, Timeline } from '../../src/protocol/time';

/** Between two stops of the fine lane. */
export const pitch = 9;
/** Room on either side, so that the marks at the ends are whole. */
export const inset = 6;
/** A letter of the fine lane's labels, at most. */
const letterWidth = 6;
const labelGap = 10;
const longestLabel = 40;

export interface FineTick {
  readonly x: number;
  readonly hops: number;
  /** What was written since the stop before; of several the one that tells most. */
  readonly revision?: RevisionTick;
  /** How many more there were. */
  readonly more: number;
  /** What stands above it, where there is room. */
  readonly label?: string;
}

export interface Strip {
  readonly width: number;
  /** Columns of the coarse lane in which there are new revisions. */
  readonly columns: readonly number[];
  readonly marks: readonly { readonly x: number; readonly kind: MarkKind }[];
  /** Where the shown moment is in the coarse lane. */
  readonly cursor: number;
  readonly fine: readonly FineTick[];
  readonly fineCursor: number;
}

/** Lays out a timeline. */
export function strip(timeline: Timeline, width: number): Strip {
  const toX = (hops: number): number => coarseX(timeline, width, hops);
  const columns = [...new Set(timeline.revisionHops.map((hops) => Math.round(toX(hops))))];
  const marks = timeline.marks.map(({ hop, kind }) => ({ x: Math.round(toX(hop + 1)), kind }));
  const fine = withLabels(fineTicks(timeline, width), width);
  const fineCursor = fine.find(({ hops }) => hops === timeline.shownHops)?.x ?? width - inset;
  return { width, columns, marks, cursor: Math.round(toX(timeline.shownHops)), fine, fineCursor };
}

/** The place of a number of hops in the coarse lane. */
export function coarseX({ firstHops, lastHops }: Timeline, width: number, hops: number): number {
  const share = (hops - firstHops) / Math.max(1, lastHops - firstHops);
  return inset + Math.min(1, Math.max(0, share)) * (width - 2 * inset);
}

/** The number of hops at a place in the coarse lane. */
export function hopsAt({ firstHops, lastHops }: Timeline, width: number, x: number): number {
  const share = Math.min(1, Math.max(0, (x - inset) / Math.max(1, width - 2 * inset)));
  return Math.round(firstHops + share * (lastHops - firstHops));
}

/** `update pods/default/web-0`, in Kubernetes' words. */
export function wordsOf({ verb, object }: RevisionTick): string {
  return `${verb} ${object}`;
}

/** The tick that is nearest to a place in the fine lane. */
export function tickAt({ fine }: Strip, x: number): FineTick | undefined {
  let best: FineTick | undefined;
  for (const tick of fine) if (!best || Math.abs(tick.x - x) < Math.abs(best.x - x)) best = tick;
  return best;
}

/** The shown moment stands in the middle, unless the run ends nearer than the lane does. */
function fineTicks({ stops, shownHops, revisions }: Timeline, width: number): FineTick[] {
  const at = stops.indexOf(shownHops);
  const room = Math.max(1, Math.floor((width - 2 * inset) / pitch) + 1);
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), stops.length - room));
  const shown = stops.slice(first, first + room);
  const byStop = new Map<number, RevisionTick[]>();
  for (const tick of revisions) {
    // A revision that was written between two stops stands at the next one.
    const stop = shown.find((hops) => hops >= tick.hop);
    if (stop === undefined || tick.hop <= (stops[first - 1] ?? 0)) continue;
    byStop.set(stop, [...byStop.get(stop) ?? [], tick]);
  }
  // A short run begins on the left; a lane that is full ends on the right.
  return shown.map((hops, i) => {
    const written = byStop.get(hops) ?? [];
    const revision = written.find(({ object }) => !isPassing(object)) ?? written[0];
    return { x: inset + i * pitch, hops, more: Math.max(0, written.length - 1), ...(revision ? { revision } : {}) };
  });
}

/** What is written about other objects, or to stay alive. */
function isPassing(object: string): boolean {
  return object.startsWith('events/') || object.startsWith('leases/') || object.startsWith('masterleases/');
}

function withLabels(ticks: readonly FineTick[], width: number): FineTick[] {
  let freeFrom = 0;
  return ticks.map((tick) => {
    if (!tick.revision || tick.x < freeFrom) return tick;
    const label = shortened(tick.revision) + (tick.more > 0 ? ` +${tick.more}` : '');
    const end = tick.x + label.length * letterWidth;
    if (end > width) return tick;
    freeFrom = end + labelGap;
    return { ...tick, label };
  });
}

function shortened(revision: RevisionTick): string {
  const label = wordsOf(revision);
  return label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;
}
