/**
 * Merging what is applied into the live object: structs and maps field by field, keyed lists and sets item by item, all
 * else as a whole. What the merge does not change is shared with the live object. Models the Merge of
 * structured-merge-diff's typed values with its order of list items: the applied order, with the live object's other
 * items left at their places in between.
 */
import { equal } from '../../base/freeze';
import { ElementFailure } from './compare';
import { elementText } from './path-element';
import {
  deduced, formOf, isRecord, itemElement, type ListShape, type PlainMap, presentNames, type Shape, shapeBelow,
} from './shape';

type MapLike = Exclude<Shape, { form: 'scalar' } | { form: 'list' }>;

/** The live value with the applied one merged in; undefined on a side means that it has nothing there. */
export function mergeValues(live: unknown, applied: unknown, shape: Shape): unknown {
  if (applied === undefined) return live;
  if (live === applied) return live;
  // Null fits every shape and takes that of the other side.
  const form = formOf(shape, applied === null && shape.form === 'deduced' ? live : applied);
  if (form === 'leaf') return sharedLeaf(live, applied);
  if (form === 'list') return mergeLists(live, applied, shape as ListShape);
  return mergeMaps(live, applied, shape as MapLike);
}

function sharedLeaf(live: unknown, applied: unknown): unknown {
  return live !== undefined && equal(live, applied) ? live : applied;
}

function mergeMaps(live: unknown, applied: unknown, shape: MapLike): unknown {
  const left: PlainMap = isRecord(live) ? live : {};
  const right: PlainMap = isRecord(applied) ? applied : {};
  const names = presentNames(right);
  if (names.length === 0 && presentNames(left).length === 0) return sharedLeaf(live, applied);
  let merged: Map<string, unknown> | undefined;
  for (const name of names) {
    const before = Object.hasOwn(left, name) ? left[name] : undefined;
    const after = mergeValues(before, right[name], shapeBelow(shape, name) ?? deduced);
    if (after !== before) (merged ??= new Map(Object.entries(left))).set(name, after);
  }
  return merged === undefined ? live : Object.fromEntries(merged);
}

function mergeLists(live: unknown, applied: unknown, shape: ListShape): unknown {
  const left: readonly unknown[] = Array.isArray(live) ? live : [];
  const right: readonly unknown[] = Array.isArray(applied) ? applied : [];
  if (left.length === 0 && right.length === 0) return sharedLeaf(live, applied);
  const merged = new ListMerge(left, right, shape).run();
  return merged.length === left.length && merged.every((item, at) => item === left[at]) ? live : merged;
}

/** The merge of two lists, as a walk along both. */
class ListMerge {
  private readonly leftElements: readonly string[];
  private readonly rightElements: readonly string[];
  private readonly inLeft: ReadonlyMap<string, unknown>;
  private readonly inRight: ReadonlyMap<string, unknown>;
  private readonly done = new Set<string>();
  private readonly out: unknown[] = [];
  /** The elements of both lists in the applied order that are still to come. */
  private readonly shared: string[];

  constructor(
    private readonly left: readonly unknown[],
    right: readonly unknown[],
    private readonly shape: ListShape,
  ) {
    this.rightElements = elementsOf(right, shape);
    this.leftElements = elementsOf(left, shape);
    this.inRight = indexed(right, this.rightElements, false);
    this.inLeft = indexed(left, this.leftElements, true);
    this.shared = this.rightElements.filter((element) => this.inLeft.has(element));
  }

  run(): readonly unknown[] {
    const { leftElements, rightElements, inRight, shared, out } = this;
    let l = 0;
    let r = 0;
    while (l < leftElements.length || r < rightElements.length) {
      const left = leftElements[l];
      const right = rightElements[r];
      if (left !== undefined && right !== undefined) {
        if (left === right) {
          this.take(left);
          shared.shift();
          l += 1;
          r += 1;
          continue;
        }
        if (inRight.has(left) && shared.length > 0 && shared[0] !== left) {
          l += 1;
          continue;
        }
      }
      if (left !== undefined) {
        if (!inRight.has(left)) {
          out.push(this.left[l]);
          l += 1;
          continue;
        }
        if (this.done.has(left)) l += 1;
      }
      if (right !== undefined) {
        this.take(right);
        r += 1;
        if (shared[0] === right) shared.shift();
      }
    }
    return out;
  }

  private take(element: string): void {
    this.done.add(element);
    const merged = mergeValues(this.inLeft.get(element), this.inRight.get(element), this.shape.item);
    if (merged !== undefined) this.out.push(merged);
  }
}

function elementsOf(list: readonly unknown[], shape: ListShape): readonly string[] {
  return list.map((item, at) => {
    const element = itemElement(shape, item);
    if (typeof element !== 'string') throw new ElementFailure(`element ${at}: ${element.error}`);
    return element;
  });
}

/** Items by element. Of duplicates in the live list none is merged with; in the applied list they are an error. */
function indexed(
  list: readonly unknown[], elements: readonly string[], allowDuplicates: boolean,
): ReadonlyMap<string, unknown> {
  const items = new Map<string, unknown>();
  elements.forEach((element, at) => {
    const again = items.has(element);
    if (again && !allowDuplicates) throw new ElementFailure(`duplicate entries for key ${elementText(element)}`);
    items.set(element, again ? null : list[at]);
  });
  return items;
}
