/**
 * Differences between two documents as strategic merge patches: fields to set, fields to clear, list items to change,
 * delete and order. Models strategicpatch's diffMaps. Failures are thrown; strategic.ts turns them into values.
 */
import { compareText, equal } from '../../base/freeze';
import type { FieldType } from '../schema/schema';
import { itemKind, mergeKeyValue, sortByOrder } from './element-order';
import { PatchFailure, catchFailure, fieldsOf, goValue, isList, isMap, isPatchError, kindOf } from './plain';
import type { PlainMap } from './plain';
import { deleteListPrefix, directive, itemType, orderPrefix, patchMeta, retainKeysDirective } from './strategic-schema';

/** Which half of a difference to compute. */
export interface DiffOptions {
  readonly additions: boolean;
  readonly deletions: boolean;
  readonly retainKeys: boolean;
}

/** The patch from one map to another, as far as the options ask; throws PatchFailure. */
export function diffMaps(original: PlainMap, modified: PlainMap, type: FieldType, options: DiffOptions): PlainMap {
  const patch = new Map<string, unknown>();
  const after = fieldsOf(modified);
  const before = fieldsOf(original);
  for (const [name, value] of after) {
    const old = before.get(name);
    if (old === undefined) {
      if (options.additions) patch.set(name, value);
    } else if (name === directive) {
      diffDirective(old, value, patch);
    } else {
      diffField(name, old, value, type, options, patch);
    }
  }
  const removed = [...before.keys()].filter((name) => !after.has(name));
  if (options.deletions) for (const name of removed) patch.set(name, null);
  const retained = options.retainKeys ? [...after].filter(([, value]) => value !== null).map(([name]) => name) : [];
  const mustClear = removed.some((name) => before.get(name) !== null);
  if (retained.length > 0 && (patch.size > 0 || mustClear)) patch.set(retainKeysDirective, retained.sort());
  return Object.fromEntries(patch);
}

function diffDirective(old: unknown, value: unknown, patch: Map<string, unknown>): void {
  if (typeof old !== 'string' || typeof value !== 'string') {
    throw new PatchFailure(`invalid value for special key: ${directive}`);
  }
  if (old !== value) patch.set(directive, value);
}

function diffField(
  name: string, old: unknown, value: unknown, type: FieldType, options: DiffOptions, patch: Map<string, unknown>,
): void {
  if (isMap(old) && isMap(value)) {
    if (!equal(old, value) || hasPatchMeta(type, name)) diffMapField(name, old, value, type, options, patch);
  } else if (isList(old) && isList(value)) {
    if (!equal(old, value) || hasPatchMeta(type, name)) diffListField(name, old, value, type, options, patch);
  } else if (options.additions && (kindOf(old) !== kindOf(value) || old !== value)) {
    patch.set(name, value);
  }
}

/** Equal values of a field that the schema does not know are no reason to fail. */
function hasPatchMeta(type: FieldType, name: string): boolean {
  return !isPatchError(catchFailure(() => patchMeta(type, name)));
}

function diffMapField(
  name: string, old: PlainMap, value: PlainMap, type: FieldType, options: DiffOptions, patch: Map<string, unknown>,
): void {
  const meta = patchMeta(type, name);
  if (meta.strategy === 'replace') {
    if (options.additions) patch.set(name, value);
    return;
  }
  const inner = diffMaps(old, value, meta.type, { ...options, retainKeys: meta.retainKeys });
  if (Object.keys(inner).length > 0) patch.set(name, inner);
}

function diffListField(
  name: string, old: readonly unknown[], value: readonly unknown[], type: FieldType, options: DiffOptions,
  patch: Map<string, unknown>,
): void {
  const meta = patchMeta(type, name);
  if (meta.strategy !== 'merge') {
    if (options.additions && !equal(old, value)) patch.set(name, value);
    return;
  }
  const inner: DiffOptions = { ...options, retainKeys: meta.retainKeys };
  const { items, removed, order } = diffLists(old, value, itemType(meta.type), meta.mergeKey, inner);
  if (items.length > 0) patch.set(name, items);
  if (removed.length > 0) patch.set(`${deleteListPrefix}/${name}`, removed);
  if (order.length > 0) patch.set(`${orderPrefix}/${name}`, order);
}

/** The difference of two lists: items to add or change, scalars to remove, and the order to end up in. */
interface ListDiff {
  readonly items: readonly unknown[];
  readonly removed: readonly unknown[];
  readonly order: readonly unknown[];
}

function diffLists(
  old: readonly unknown[], value: readonly unknown[], type: FieldType, mergeKey: string, options: DiffOptions,
): ListDiff {
  if (old.length === 0) return { items: options.additions ? value : [], removed: [], order: [] };
  return itemKind(old, value) === 'map'
    ? diffListsOfMaps(old as readonly PlainMap[], value as readonly PlainMap[], type, mergeKey, options)
    : diffListsOfScalars(old, value, options);
}

function diffListsOfMaps(
  old: readonly PlainMap[], value: readonly PlainMap[], type: FieldType, mergeKey: string, options: DiffOptions,
): ListDiff {
  const changes: PlainMap[] = [];
  const deletions: PlainMap[] = [];
  for (const { key, before, after } of pairs(old, value, mergeKey)) {
    if (before !== undefined && after !== undefined) {
      const inner = diffMaps(before, after, type, options);
      if (Object.keys(inner).length > 0) changes.push({ ...inner, [mergeKey]: key });
    } else if (after !== undefined) {
      if (options.additions) changes.push(after);
    } else if (options.deletions) {
      deletions.push({ [mergeKey]: key, [directive]: 'delete' });
    }
  }
  const items = [...sortByOrder(changes, value, mergeKey), ...deletions];
  const keysOf = (list: readonly PlainMap[]): readonly unknown[] => list.map((item) => mergeKeyValue(item, mergeKey));
  const sameOrder = equal(keysOf(old), keysOf(value));
  const wantsOrder = (options.additions && (items.length > 0 || !sameOrder)) || (options.deletions && items.length > 0);
  const order = wantsOrder ? value.map((item) => ({ [mergeKey]: mergeKeyValue(item, mergeKey) })) : [];
  return { items, removed: [], order };
}

interface Pair {
  readonly key: unknown;
  readonly before?: PlainMap;
  readonly after?: PlainMap;
}

/** Walks two lists side by side in the order of their merge keys' texts. */
function pairs(old: readonly PlainMap[], value: readonly PlainMap[], mergeKey: string): readonly Pair[] {
  const left = sortedByKey(old, mergeKey);
  const right = sortedByKey(value, mergeKey);
  const found: Pair[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a.text, b.text);
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
    const before = order <= 0 ? a?.item : undefined;
    const after = order >= 0 ? b?.item : undefined;
    found.push({
      key: order >= 0 ? b?.key : a?.key,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
  }
  return found;
}

function sortedByKey(
  list: readonly PlainMap[], mergeKey: string,
): readonly { readonly item: PlainMap; readonly key: unknown; readonly text: string }[] {
  const keyed = list.map((item) => {
    const key = mergeKeyValue(item, mergeKey);
    return { item, key, text: goValue(key) };
  });
  return keyed.sort((a, b) => compareText(a.text, b.text));
}

function diffListsOfScalars(
  old: readonly unknown[], value: readonly unknown[], options: DiffOptions,
): ListDiff {
  const added = unmatched(value, old);
  const removed = options.deletions ? [...new Set(unmatched(old, value))] : [];
  const items = options.additions ? sortByOrder(added, value, '') : [];
  const wantsOrder = removed.length > 0 || (options.additions && !equal(old, value));
  return { items, removed, order: wantsOrder ? value : [] };
}

/** The items of a list that find no partner in another, each partner counting once, sorted by their texts. */
function unmatched(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  const left = new Map<string, number>();
  for (const item of other) left.set(goValue(item), (left.get(goValue(item)) ?? 0) + 1);
  const rest: unknown[] = [];
  for (const item of list.slice().sort((a, b) => compareText(goValue(a), goValue(b)))) {
    const count = left.get(goValue(item)) ?? 0;
    if (count > 0) left.set(goValue(item), count - 1);
    else rest.push(item);
  }
  return rest;
}
