/**
 * What differs between two objects of a type, as sets of fields. Parts that both objects share by reference cost
 * nothing, so a status update looks at the status only. Models the Compare of structured-merge-diff's typed values.
 * An item without its key, or a set with an item that cannot be in one, ends the comparison with an ElementFailure.
 */
import { equal } from '../../base/freeze';
import { asMember, type FieldSet, leaf, nodeOf } from './field-set';
import {
  deduced, fieldElement, formOf, isRecord, itemElement, type ListShape, type MapShape, type DeducedShape, type PlainMap,
  type Shape, shapeBelow, type StructShape,
} from './shape';

/** The fields that came or changed, and those that went. */
export interface Comparison {
  readonly changed: FieldSet | undefined;
  readonly removed: FieldSet | undefined;
}

/** Thrown inside this folder for a list whose items cannot be told apart; its doors turn it into a value. */
export class ElementFailure extends Error {}

/** No difference. */
export const same: Comparison = Object.freeze({ changed: undefined, removed: undefined });

const added: Comparison = Object.freeze({ changed: leaf, removed: undefined });
const gone: Comparison = Object.freeze({ changed: undefined, removed: leaf });

/** Compares two values of a shape; undefined stands for a value that is not there. */
export function compareValues(before: unknown, after: unknown, shape: Shape): Comparison {
  if (before === after) return same;
  if (shape.form === 'deduced') return compareDeduced(before, after);
  const form = formOf(shape, undefined);
  if (form === 'leaf') return compareLeaves(before, after);
  if (form === 'list') return compareLists(before, after, shape as ListShape);
  return compareMaps(before, after, shape as MapShape | StructShape);
}

function compareLeaves(before: unknown, after: unknown): Comparison {
  if (before === undefined) return added;
  if (after === undefined) return gone;
  return equal(before, after) ? same : added;
}

/** Free-form values: when a map becomes something else or the other way round, both sides count. */
function compareDeduced(before: unknown, after: unknown): Comparison {
  const wasMap = isRecord(before);
  const isMap = isRecord(after);
  if (wasMap && isMap) return compareMaps(before, after, deduced);
  if (before === undefined) return isMap ? compareMaps(undefined, after, deduced) : compareLeaves(before, after);
  if (after === undefined) return wasMap ? compareMaps(before, undefined, deduced) : compareLeaves(before, after);
  if (!wasMap && !isMap) return compareLeaves(before, after);
  const children = compareEntries(wasMap ? before : nothing, isMap ? after : nothing, deduced);
  return { changed: asMember(children.changed), removed: children.removed };
}

const nothing: PlainMap = Object.freeze({});

function compareMaps(before: unknown, after: unknown, shape: MapShape | StructShape | DeducedShape): Comparison {
  const left = isRecord(before) ? before : nothing;
  const right = isRecord(after) ? after : nothing;
  const isStruct = shape.form === 'struct';
  const hasAlways = isStruct && shape.alwaysThere.length > 0;
  if (!hasAlways && isEmpty(left) && isEmpty(right)) return compareLeaves(before, after);
  const { changed, removed } = hasAlways ? compareStructs(before, after, left, right, shape)
    : compareEntries(left, right, shape);
  return withSelf(before, after, changed, removed);
}

/** A value that came or went as a whole is itself among the fields that came or went. */
function withSelf(
  before: unknown, after: unknown, changed: FieldSet | undefined, removed: FieldSet | undefined,
): Comparison {
  if (before === undefined) return { changed: asMember(changed), removed };
  if (after === undefined) return { changed, removed: asMember(removed) };
  return changed === undefined && removed === undefined ? same : { changed, removed };
}

function isEmpty(map: PlainMap): boolean {
  for (const name in map) if (map[name] !== undefined) return false;
  return true;
}

/** Collects the differences of a value's children. */
class Children {
  private readonly changed: [string, FieldSet][] = [];
  private readonly removed: [string, FieldSet][] = [];

  add(element: string, difference: Comparison): void {
    if (difference.changed !== undefined) this.changed.push([element, difference.changed]);
    if (difference.removed !== undefined) this.removed.push([element, difference.removed]);
  }

  comparison(): Comparison {
    return { changed: nodeOf(false, this.changed), removed: nodeOf(false, this.removed) };
  }
}

function compareEntries(left: PlainMap, right: PlainMap, shape: MapShape | StructShape | DeducedShape): Comparison {
  const children = new Children();
  for (const name in right) {
    const before = Object.hasOwn(left, name) ? left[name] : undefined;
    compareEntry(children, name, before, right[name], shape);
  }
  for (const name in left) {
    if (!Object.hasOwn(right, name)) compareEntry(children, name, left[name], undefined, shape);
  }
  return children.comparison();
}

function compareEntry(
  children: Children, name: string, before: unknown, after: unknown, shape: MapShape | StructShape | DeducedShape,
): void {
  if (before === after) return;
  // A field that the type does not have cannot be in a decoded object; in any other it is one value.
  const below = shapeBelow(shape, name) ?? deduced;
  children.add(fieldElement(name), compareValues(before, after, below));
}

function compareStructs(
  before: unknown, after: unknown, left: PlainMap, right: PlainMap, shape: StructShape,
): Comparison {
  const filledLeft = before === undefined ? left : withAlways(left, shape, right);
  const filledRight = after === undefined ? right : withAlways(right, shape, left);
  return compareEntries(filledLeft, filledRight, shape);
}

/** The struct with what Go has in it anyway, as far as it is missing and the other side does not miss it as well. */
function withAlways(map: PlainMap, shape: StructShape, other: PlainMap): PlainMap {
  let filled: Record<string, unknown> | undefined;
  for (const [name, value] of shape.alwaysThere) {
    if (map[name] !== undefined) continue;
    if (other[name] === undefined && other !== nothing) continue;
    filled ??= { ...map };
    filled[name] = value;
  }
  return filled ?? map;
}

function compareLists(before: unknown, after: unknown, shape: ListShape): Comparison {
  const left: readonly unknown[] = Array.isArray(before) ? before : [];
  const right: readonly unknown[] = Array.isArray(after) ? after : [];
  if (left.length === 0 && right.length === 0) return compareLeaves(before, after);
  const children = comparePairs(left, right, shape) ?? compareIndexed(left, right, shape);
  const { changed, removed } = children.comparison();
  return withSelf(before, after, changed, removed);
}

/** Lists whose items stand at the same places, as nearly all do; undefined for all others. */
function comparePairs(left: readonly unknown[], right: readonly unknown[], shape: ListShape): Children | undefined {
  if (left.length !== right.length) return undefined;
  const children = new Children();
  for (let at = 0; at < left.length; at += 1) {
    const before = left[at];
    const after = right[at];
    if (before === after) continue;
    const element = itemElement(shape, after);
    if (typeof element !== 'string' || itemElement(shape, before) !== element) return undefined;
    children.add(element, compareValues(before, after, shape.item));
  }
  return children;
}

function compareIndexed(left: readonly unknown[], right: readonly unknown[], shape: ListShape): Children {
  const children = new Children();
  const earlier = indexItems(left, shape);
  const later = indexItems(right, shape);
  for (const [element, items] of later) children.add(element, compareItems(earlier.get(element), items, shape));
  for (const [element, items] of earlier) {
    if (!later.has(element)) children.add(element, compareItems(items, undefined, shape));
  }
  return children;
}

/** The items of a list by their element, several where the list has duplicates. */
function indexItems(list: readonly unknown[], shape: ListShape): ReadonlyMap<string, readonly unknown[]> {
  const items = new Map<string, unknown[]>();
  list.forEach((item, at) => {
    const element = itemElement(shape, item);
    if (typeof element !== 'string') throw new ElementFailure(`element ${at}: ${element.error}`);
    const known = items.get(element);
    if (known === undefined) items.set(element, [item]);
    else known.push(item);
  });
  return items;
}

/** Items are compared one by one; duplicates only as a whole. */
function compareItems(
  before: readonly unknown[] | undefined, after: readonly unknown[] | undefined, shape: ListShape,
): Comparison {
  const many = (before?.length ?? 0) > 1;
  const manyNow = (after?.length ?? 0) > 1;
  if (!many && !manyNow) return compareValues(before?.[0], after?.[0], shape.item);
  if (many && manyNow) return equal(before, after) ? same : added;
  if (many) {
    const { changed } = after ? compareValues(undefined, after[0], shape.item) : same;
    return { changed, removed: leaf };
  }
  const { removed } = before ? compareValues(before[0], undefined, shape.item) : same;
  return { changed: leaf, removed };
}
