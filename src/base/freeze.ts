/**
 * Immutable data. An object that leaves its maker is frozen; a change copies along the changed path and shares the
 * rest, so that a version of a Pod costs a few hundred bytes and two versions can be compared by reference first.
 */

/** Freezes a tree of plain data. Stops at what is already frozen, so a path-copied version costs only its path. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (const item of value) deepFreeze(item);
  } else {
    for (const key in value) deepFreeze(value[key]);
  }
  return value;
}

/** Structural equality of plain data; an absent key and an undefined value count as equal. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!equal(a[i], b[i])) return false;
    return true;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!equal(left[key], right[key])) return false;
  for (const key in right) if (isAbsent(left, key) && right[key] !== undefined) return false;
  return true;
}

/** Whether plain data has nothing under a key; what its prototype has there (functions and itself) does not count. */
function isAbsent(record: Readonly<Record<string, unknown>>, key: string): boolean {
  const value = record[key];
  return value === undefined || ((typeof value === 'function' || key === '__proto__') && !Object.hasOwn(record, key));
}

/** A copy with one key changed; the same object when the value is already there; undefined removes the key. */
export function withKey<T extends object, K extends keyof T>(object: T, key: K, value: T[K] | undefined): T {
  if (object[key] === value && (value !== undefined || !Object.hasOwn(object, key))) return object;
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _removed, ...rest } = object;
  return rest as T;
}

/** Names in code-unit order, the only order that is the same in every host. */
export function sortedKeys(object: object | undefined): string[] {
  return object ? Object.keys(object).sort() : [];
}

/** Compares by code units, as Go compares strings of ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
