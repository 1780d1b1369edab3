/**
 * The order of merged lists. Items that the patch speaks of take the patch's order, items that only the server has keep
 * theirs, and the two runs are interleaved by their places in the server's list. Models normalizeElementOrder and
 * mergeSortedSlice of strategicpatch.
 */
import { PatchFailure, fieldOf, goValue, isList, isMap, kindOf } from './plain';
import type { PlainMap } from './plain';
import { badKind, directive, noMergeKey } from './strategic-schema';

/** Where the items of a list stand: by merge key for maps, by value for scalars. The first of its likes counts. */
export class Places {
  private readonly places = new Map<unknown, number>();

  constructor(list: readonly unknown[], private readonly mergeKey: string) {
    list.forEach((item, i) => {
      const key = identity(item, mergeKey);
      if (!this.places.has(key)) this.places.set(key, i);
    });
  }

  /** The place of the item's like; -1 when there is none. */
  of(item: unknown): number {
    return this.places.get(identity(item, this.mergeKey)) ?? -1;
  }
}

function identity(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  return isMap(item) ? fieldOf(item, mergeKey) : undefined;
}

/** Items that are in `by`, and those that are not, each in the order of the list. */
export function partition(
  list: readonly unknown[], by: readonly unknown[], mergeKey: string,
): { readonly patchItems: readonly unknown[]; readonly serverOnly: readonly unknown[] } {
  const patchItems: unknown[] = [];
  const serverOnly: unknown[] = [];
  const places = new Places(by, mergeKey);
  for (const item of list) {
    if (mergeKey !== '') mergeKeyValue(item, mergeKey);
    (places.of(item) >= 0 ? patchItems : serverOnly).push(item);
  }
  return { patchItems, serverOnly };
}

/** The value of an item's merge key; an item without one fails. */
export function mergeKeyValue(item: unknown, mergeKey: string): unknown {
  if (!isMap(item)) throw badKind('map', kindOf(item));
  const value = fieldOf(item, mergeKey);
  if (value === undefined) throw noMergeKey(item, mergeKey);
  return value;
}

/** Merges patch items and server-only items into one list, each kind in its own order. */
export function mergeInOrder(
  patchItems: readonly unknown[], serverOnly: readonly unknown[],
  patchOrder: readonly unknown[], serverOrder: readonly unknown[], mergeKey: string,
): readonly unknown[] {
  const left = sortByOrder(serverOnly, serverOrder, mergeKey);
  const right = sortByOrder(patchItems, patchOrder, mergeKey);
  const places = new Places(serverOrder, mergeKey);
  const merged: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const leftPlace = places.of(left[i]);
    const rightPlace = places.of(right[j]);
    const leftFirst = leftPlace >= 0 && rightPlace >= 0 && leftPlace < rightPlace;
    merged.push(leftFirst ? left[i++] : right[j++]);
  }
  return [...merged, ...left.slice(i), ...right.slice(j)];
}

/** Sorts a list by the places of its items in another; deletions go last. */
export function sortByOrder(
  list: readonly unknown[], order: readonly unknown[], mergeKey: string,
): readonly unknown[] {
  if (mergeKey !== '') [...list, ...order].forEach((item) => mergeKeyValue(item, mergeKey));
  const kept = list.filter((item) => !isDeletion(item));
  const places = new Places(order, mergeKey);
  const sorted = kept
    .map((item) => ({ item, place: places.of(item) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
  return [...sorted, ...list.filter(isDeletion)];
}

/** Whether a list item says only that its like shall be deleted. */
export function isDeletion(item: unknown): item is PlainMap {
  return isMap(item) && fieldOf(item, directive) === 'delete';
}

/** The kind of all items of some lists; mixed kinds, lists of lists and no items at all fail. */
export function itemKind(...lists: readonly (readonly unknown[])[]): 'map' | 'scalar' {
  const items = lists.flat();
  const kinds = new Set(lists.flatMap((list) => list.map(kindOf)));
  if (items.some(isList)) throw new PatchFailure('lists of lists are not supported', 'content');
  if (kinds.size > 1) throw new PatchFailure(`list element types are not identical: ${goValue(lists)}`);
  if (kinds.size === 0) throw new PatchFailure('no elements in any of the given slices');
  return kinds.has('map') ? 'map' : 'scalar';
}
