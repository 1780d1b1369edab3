/**
 * Merging a strategic merge patch into a document: objects merge, lists merge by key where the schema says so, and
 * directives delete, replace, keep and order. Models strategicpatch's mergeMap. Nothing is changed in place; what the
 * patch does not touch is shared with the document before. Failures are thrown; strategic.ts turns them into values.
 */
import { equal } from '../../base/freeze';
import type { FieldType } from '../schema/schema';
import { isDeletion, itemKind, mergeInOrder, mergeKeyValue, partition } from './element-order';
import { PatchFailure, fieldOf, fieldsOf, goValue, isList, isMap, kindOf, listOf, objectOf } from './plain';
import type { PlainMap } from './plain';
import {
  badDirective, badKind, deleteListPrefix, directive, directiveTarget, itemType, orderPrefix, patchMeta,
  retainKeysDirective,
} from './strategic-schema';

/**
 * Whether the original is an object (directives take effect) or itself a patch (directives are carried along), which is
 * how the two halves of a three-way patch are joined.
 */
export type MergeTarget = 'object' | 'patch';

/** Merges a patch map into a map; throws PatchFailure. */
export function mergeMap(original: PlainMap, patch: PlainMap, type: FieldType, target: MergeTarget): PlainMap {
  const whole = fieldOf(patch, directive);
  if (whole !== undefined) return applyMapDirective(whole, patch);
  const todo = fieldsOf(patch);
  const fields = fieldsOf(original);
  applyRetainKeys(fields, todo, target);
  applyElementOrders(fields, todo, type, target);
  for (const name of [...todo.keys()].sort()) mergeField(fields, name, todo.get(name), type, target);
  return objectOf(fields, original);
}

function applyMapDirective(value: unknown, patch: PlainMap): PlainMap {
  if (value === 'delete') return {};
  if (value !== 'replace') throw badDirective(value, patch);
  const fields = fieldsOf(patch);
  fields.delete(directive);
  return Object.fromEntries(fields);
}

const badRetainKeys = 'invalid patch format of retainKeys';
const badOrderList = 'invalid patch format of setElementOrder list';
const badDeleteList = 'invalid patch format of primitive list';

/** Clears every field that `$retainKeys` does not name. */
function applyRetainKeys(fields: Map<string, unknown>, todo: Map<string, unknown>, target: MergeTarget): void {
  const keep = todo.get(retainKeysDirective);
  if (keep === undefined) return;
  todo.delete(retainKeysDirective);
  if (target === 'patch') {
    const before = fields.get(retainKeysDirective);
    if (before !== undefined && !equal(before, keep)) {
      throw new PatchFailure(`${goValue(before)} and ${goValue(keep)} are not deep equal: `
        + 'this may happen when calculating the 3-way diff patch');
    }
    fields.set(retainKeysDirective, keep);
    return;
  }
  if (!isList(keep)) throw new PatchFailure(badRetainKeys, 'format');
  const kept = new Set(keep);
  for (const [name, value] of todo) {
    const isDirective = name.startsWith(deleteListPrefix) || name.startsWith(orderPrefix);
    if (value !== null && !isDirective && !kept.has(name)) throw new PatchFailure(badRetainKeys, 'format');
  }
  for (const name of fields.keys()) if (!kept.has(name)) fields.delete(name);
}

/** Merges every list that has a `$setElementOrder`, and puts it into that order. */
function applyElementOrders(
  fields: Map<string, unknown>, todo: Map<string, unknown>, type: FieldType, target: MergeTarget,
): void {
  const orders = [...todo.keys()].filter((name) => name.startsWith(orderPrefix)).sort();
  for (const orderName of orders) {
    const order = todo.get(orderName);
    todo.delete(orderName);
    if (target === 'patch') carryOrder(fields, orderName, order);
    if (!isList(order)) throw badKind('array', kindOf(order));
    const name = directiveTarget(orderName, orderPrefix);
    if (name === undefined) throw new PatchFailure(badOrderList, 'format');
    applyElementOrder(fields, todo, name, order, type, target);
  }
}

function carryOrder(fields: Map<string, unknown>, orderName: string, order: unknown): void {
  const before = fields.get(orderName);
  if (before !== undefined && !equal(before, order)) throw new PatchFailure(badOrderList, 'format');
  fields.set(orderName, order);
}

function applyElementOrder(
  fields: Map<string, unknown>, todo: Map<string, unknown>, name: string, order: readonly unknown[],
  type: FieldType, target: MergeTarget,
): void {
  const meta = patchMeta(type, name);
  const original = listField(fields, name);
  const patch = listField(todo, name);
  checkOrder(patch ?? [], order, meta.mergeKey);
  if (original === undefined && patch === undefined) return;
  const added = patch === undefined || target === 'patch' ? patch : patch.map(withoutDirectives).filter(isThere);
  const merged = original === undefined || patch === undefined
    ? (original ?? added ?? [])
    : mergeList(original, patch, meta.type, meta.strategy, meta.mergeKey, target);
  const { patchItems, serverOnly } = partition(merged, order, meta.mergeKey);
  itemKind(original ?? [], patch ?? []);
  const ordered = mergeInOrder(patchItems, serverOnly, order, original ?? [], meta.mergeKey);
  fields.set(name, listOf(ordered, original ?? []));
  todo.delete(name);
}

function isThere(value: unknown): boolean {
  return value !== undefined;
}

function listField(fields: ReadonlyMap<string, unknown>, name: string): readonly unknown[] | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  if (!isList(value)) throw badKind('array', kindOf(value));
  return value;
}

/** The patch's items must stand in the order list, in the same relative order. */
function checkOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const items = mergeKey === '' ? patch : patch.filter((item) => !isDeletion(item));
  let at = 0;
  for (const item of items) {
    if (isMap(item) && fieldOf(item, directive) !== undefined) continue;
    const wanted = mergeKey === '' ? item : mergeKeyValue(item, mergeKey);
    while (at < order.length && (mergeKey === '' ? order[at] : mergeKeyValue(order[at], mergeKey)) !== wanted) at += 1;
    if (at >= order.length) {
      const lists = `${goValue(patch)}\n doesn't match ${orderPrefix} list:\n${goValue(order)}\n`;
      throw new PatchFailure(`The order in patch list:\n${lists}`);
    }
    at += 1;
  }
}

function mergeField(
  fields: Map<string, unknown>, key: string, value: unknown, type: FieldType, target: MergeTarget,
): void {
  const isDeleteList = key.startsWith(deleteListPrefix);
  if (isDeleteList && target === 'patch') {
    fields.set(key, value);
    return;
  }
  const name = isDeleteList ? directiveTarget(key, deleteListPrefix) : key;
  if (name === undefined) throw new PatchFailure(badDeleteList, 'format');
  if (value === null) {
    fields.delete(name);
    if (target === 'object') return;
  }
  const original = fields.get(name);
  if (original === undefined || kindOf(original) !== kindOf(value)) {
    if (!isDeleteList) setAsNew(fields, name, value, target);
    return;
  }
  fields.set(name, mergeValue(original, value, name, type, target, isDeleteList));
}

function mergeValue(
  original: unknown, value: unknown, name: string, type: FieldType, target: MergeTarget, isDeleteList: boolean,
): unknown {
  if (isMap(original) && isMap(value)) {
    const meta = patchMeta(type, name);
    return meta.strategy === 'replace' ? value : mergeMap(original, value, meta.type, target);
  }
  if (isList(original) && isList(value)) {
    const meta = patchMeta(type, name);
    if (isDeleteList && meta.strategy === 'merge') return removeScalars(original, value);
    const merged = mergeList(original, value, meta.type, meta.strategy, meta.mergeKey, target);
    return equal(merged, original) ? original : merged;
  }
  return value;
}

/** Takes a patch's value where there was none. For an object, directives and nulls inside must not survive. */
function setAsNew(fields: Map<string, unknown>, name: string, value: unknown, target: MergeTarget): void {
  const clean = target === 'object' ? withoutDirectives(value) : value;
  if (clean === undefined) fields.delete(name);
  else fields.set(name, clean);
}

/** A patch's value as plain content: undefined when it only asked for a deletion. */
function withoutDirectives(value: unknown): unknown {
  if (isList(value)) {
    const isMarker = (item: unknown): boolean => isMap(item) && fieldOf(item, directive) === 'replace'
      && Object.keys(item).length === 1;
    const items = value.filter((item) => !isMarker(item)).map(withoutDirectives).filter(isThere);
    return listOf(items, value);
  }
  if (!isMap(value)) return value;
  if (fieldOf(value, directive) === 'delete') return undefined;
  const fields = fieldsOf(value);
  for (const [name, inner] of fields) {
    const isDirective = name === directive || name === retainKeysDirective
      || name.startsWith(`${deleteListPrefix}/`) || name.startsWith(`${orderPrefix}/`);
    const clean = isDirective || inner === null ? undefined : withoutDirectives(inner);
    if (clean === undefined) fields.delete(name);
    else fields.set(name, clean);
  }
  return objectOf(fields, value);
}

function removeScalars(list: readonly unknown[], toRemove: readonly unknown[]): readonly unknown[] {
  const gone = new Set(toRemove);
  return listOf(list.filter((item) => !gone.has(item)), list);
}

function mergeList(
  original: readonly unknown[], patch: readonly unknown[], type: FieldType, strategy: string, mergeKey: string,
  target: MergeTarget,
): readonly unknown[] {
  if (strategy !== 'merge') return patch;
  if (original.length === 0 && patch.length === 0) return original;
  if (itemKind(original, patch) === 'scalar') {
    const both = [...new Set([...original, ...patch])];
    const { patchItems, serverOnly } = partition(both, patch, '');
    return listOf(mergeInOrder(patchItems, serverOnly, patch, original, ''), original);
  }
  if (mergeKey === '') throw new PatchFailure('cannot merge lists without merge key for type struct');
  const { base, items } = applyItemDirectives(original as readonly PlainMap[], patch as readonly PlainMap[], mergeKey);
  const merged = mergeItems(base, items, mergeKey, itemType(type), target);
  const { patchItems, serverOnly } = partition(merged, items, mergeKey);
  return listOf(mergeInOrder(patchItems, serverOnly, items, base, mergeKey), original);
}

/** Carries out `$patch` in list items: deletes their likes, or drops the old list for `replace`. */
function applyItemDirectives(
  original: readonly PlainMap[], patch: readonly PlainMap[], mergeKey: string,
): { readonly base: readonly PlainMap[]; readonly items: readonly PlainMap[] } {
  let replace = false;
  const deleted = new Set<unknown>();
  const items: PlainMap[] = [];
  for (const item of patch) {
    const value = fieldOf(item, directive);
    if (value === undefined) {
      items.push(item);
    } else if (value === 'delete') {
      deleted.add(mergeKeyValue(item, mergeKey));
    } else if (value === 'replace') {
      replace = true;
    } else if (value === 'merge') {
      throw new PatchFailure('merging lists cannot yet be specified in the patch');
    } else {
      throw badDirective(value, item);
    }
  }
  if (replace) return { base: items, items: [] };
  return {
    base: deleted.size === 0 ? original : original.filter((old) => !deleted.has(fieldOf(old, mergeKey))),
    items,
  };
}

function mergeItems(
  base: readonly PlainMap[], items: readonly PlainMap[], mergeKey: string, type: FieldType, target: MergeTarget,
): readonly unknown[] {
  const merged: unknown[] = base.slice();
  const places = new Map<unknown, number>();
  const note = (item: unknown, i: number): void => {
    const key = isMap(item) ? fieldOf(item, mergeKey) : undefined;
    if (key !== undefined && !places.has(key)) places.set(key, i);
  };
  merged.forEach(note);
  for (const item of items) {
    const at = places.get(mergeKeyValue(item, mergeKey));
    const old = at === undefined ? undefined : merged[at];
    if (at !== undefined && isMap(old)) {
      merged[at] = mergeMap(old, item, type, target);
      continue;
    }
    merged.push(target === 'object' ? withoutDirectives(item) : item);
    note(merged.at(-1), merged.length - 1);
  }
  return merged;
}
