/**
 * The timeline of a run for a panel of any width: the whole run coarsely, and finely what lies around one moment. Its
 * size is bounded, however long the run is.
 */
import type { KeyEvent } from '../../etcd/wire';
import { registryRoot } from '../../apiserver/storage/keys';
import type { RevisionTick, Timeline } from '../../protocol/time';
import type { History } from './history';

/** Coarse ticks for the whole run: about one for each pixel of a narrow panel. */
const coarseTicks = 600;
const markLimit = 400;
/** Stops on either side of the shown moment. */
const stopsEachSide = 90;
/** Fine ticks at most; while all is quiet many revisions lie between two stops. */
const fineTicks = 240;
/** Longer keys are cut: nobody reads them in a tick's name. */
const longestObject = 120;

/** The timeline around so many hops; undefined before anything has happened. */
export function timelineOf(history: History, shownHops: number): Timeline | undefined {
  const { first, last } = history;
  if (!first || !last) return undefined;
  const stops = history.stopsAround(shownHops, stopsEachSide);
  return {
    firstHops: first.hops, lastHops: last.hops, firstRevision: first.revision, lastRevision: last.revision, shownHops,
    revisionHops: revisionHops(history, first.revision, last.revision),
    marks: history.marks.thinned(first.hops, last.hops, markLimit),
    stops,
    revisions: revisionsAmong(history, stops),
  };
}

/** Where new revisions first showed, one for each so many. */
function revisionHops(history: History, from: number, to: number): number[] {
  const hops: number[] = [];
  const stride = Math.max(1, Math.ceil((to - from) / coarseTicks));
  for (let revision = from + 1; revision <= to; revision += stride) {
    const moment = history.ofRevision(revision);
    if (moment && moment.hops !== hops[hops.length - 1]) hops.push(moment.hops);
  }
  return hops;
}

function revisionsAmong(history: History, stops: readonly number[]): RevisionTick[] {
  const ticks: RevisionTick[] = [];
  const [first = 0] = stops;
  const from = history.ofHop(first - 1)?.revision ?? 0;
  const to = history.ofHop((stops[stops.length - 1] ?? 0) - 1)?.revision ?? 0;
  const stride = Math.max(1, Math.ceil((to - from) / fineTicks));
  for (let revision = from + 1; revision <= to; revision += stride) {
    const [event] = history.revisions.changesOf(revision);
    const moment = history.ofRevision(revision);
    if (event && moment) ticks.push({ hop: moment.hops, revision, verb: verbOf(event), object: objectOf(event) });
  }
  return ticks;
}

function verbOf(event: KeyEvent): RevisionTick['verb'] {
  if (event.type === 'DELETE') return 'delete';
  return event.kv.version === 1 ? 'create' : 'update';
}

function objectOf({ kv: { key } }: KeyEvent): string {
  const name = key.startsWith(registryRoot) ? key.slice(registryRoot.length) : key;
  return name.length > longestObject ? `${name.slice(0, longestObject - 1)}\u2026` : name;
}
