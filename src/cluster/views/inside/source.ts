/** What the inside of a box is made from: the objects and the hops up to a moment, whichever moment that is. */
import type { KubeObject } from '../../../api/types';
import type { ObjectRef } from '../../../protocol/commands';
import type { InsideItem, InsideLane, InsidePart } from '../../../protocol/inside';
import type { Hop } from '../../../protocol/trace';
import type { ClusterView } from '../../../protocol/view';

export interface ObjectReader {
  list<T extends KubeObject>(apiVersion: string, kind: string): readonly T[];
  get(ref: ObjectRef): KubeObject | undefined;
}

export interface InsideSource {
  readonly view: ClusterView;
  readonly objects: ObjectReader;
  /** The newest hops up to the moment, in order. */
  readonly hops: readonly Hop[];
}

/** So many hops before the moment are read; what lies further back is not told. */
export const insideHops = 20_000;
/** Items of a lane. */
const itemLimit = 24;

/** A lane with as many items as one can take in. */
export function lane(part: InsidePart, items: readonly InsideItem[], limit = itemLimit): InsideLane {
  return { part, items: items.slice(0, limit), more: Math.max(0, items.length - limit) };
}

/** The newest hops that a test accepts, newest first, one for each key. */
export function latest(hops: readonly Hop[], key: (hop: Hop) => string | undefined, limit: number): Hop[] {
  const found = new Map<string, Hop>();
  for (let at = hops.length - 1; at >= 0 && found.size < limit; at -= 1) {
    const hop = hops[at] as Hop;
    const name = key(hop);
    if (name !== undefined && !found.has(name)) found.set(name, hop);
  }
  return [...found.values()];
}

/** `default/web-0`, or only the name of what has no namespace. */
export function fullName({ namespace, name }: { readonly namespace?: string; readonly name?: string }): string {
  return namespace ? `${namespace}/${name ?? ''}` : name ?? '';
}

/** Virtual time in seconds, as the trace is dated. */
export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
