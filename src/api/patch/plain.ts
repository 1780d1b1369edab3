/**
 * Plain data as patches see it: objects, lists and scalars, never changed in place. Copies keep what did not change, so
 * that a patched object shares its untouched parts with the one before. Texts print values as Go's %v does.
 */
import { sortedKeys } from '../../base/freeze';

/** An object of plain data. */
export type PlainMap = Readonly<Record<string, unknown>>;

/** The JSON kind of a value; patches treat a change of kind as a replacement. */
export type PlainKind = 'map' | 'list' | 'string' | 'number' | 'bool' | 'null';

/** The JSON kind of a value. */
export function kindOf(value: unknown): PlainKind {
  if (Array.isArray(value)) return 'list';
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'object':
      return 'map';
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    default:
      return 'number';
  }
}

/** Whether a value is an object of plain data. */
export function isMap(value: unknown): value is PlainMap {
  return kindOf(value) === 'map';
}

/** Whether a value is a list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** The fields of an object as a Map, which has no trouble with a key named __proto__. Undefined fields are left out. */
export function fieldsOf(object: PlainMap): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** An object of fields; `before` itself when nothing differs from it. */
export function objectOf(fields: ReadonlyMap<string, unknown>, before: PlainMap): PlainMap {
  const keys = Object.keys(before);
  const same = keys.length === fields.size && keys.every((key) => fields.has(key) && fields.get(key) === before[key]);
  return same ? before : (Object.fromEntries(fields) as PlainMap);
}

/** A list; `before` itself when every item is the same. */
export function listOf(items: readonly unknown[], before: readonly unknown[]): readonly unknown[] {
  return items.length === before.length && items.every((item, i) => item === before[i]) ? before : items;
}

/** The value of an object's own field. */
export function fieldOf(object: PlainMap, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A value as Go's %v prints it: `map[a:1 b:[x y]]`. */
export function goValue(value: unknown): string {
  if (isList(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isMap(value)) return `map[${sortedKeys(value).map((key) => `${key}:${goValue(value[key])}`).join(' ')}]`;
  return value === null || value === undefined ? '<nil>' : String(value);
}

/**
 * Why a patch cannot be computed or applied. `format` is a malformed patch (400), `size` one with too much in it (413),
 * `content` one that the object cannot take (422), `internal` what upstream passes on as an error of the server (500).
 */
export interface PatchError {
  readonly error: string;
  readonly reason: 'format' | 'size' | 'content' | 'internal';
}

/** Thrown inside the patch functions only; their doors turn it into a PatchError. */
export class PatchFailure extends Error {
  constructor(message: string, readonly reason: PatchError['reason'] = 'internal') {
    super(message);
  }
}

/** Runs a patch function and returns its failure as a value. */
export function catchFailure<T>(run: () => T): T | PatchError {
  try {
    return run();
  } catch (failure) {
    if (failure instanceof PatchFailure) return { error: failure.message, reason: failure.reason };
    throw failure;
  }
}

/** Whether a result is a PatchError; patched objects never carry exactly these two fields with these types. */
export function isPatchError(value: unknown): value is PatchError {
  if (!isMap(value) || typeof value['error'] !== 'string' || Object.keys(value).length !== 2) return false;
  return ['format', 'size', 'content', 'internal'].includes(String(value['reason']));
}
