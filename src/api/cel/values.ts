/**
 * The values that expressions work with. Integers are bigints, doubles are numbers; what JSON does not have is a class
 * of its own. Lists and maps hide whether they are JSON read through a schema or were made by an expression, so that
 * objects are converted only where an expression looks. Models cel-go's common/types.
 */

/** An error of an expression at run time; `&&` and `||` can absorb it. */
export class CelFailure extends Error {
  override readonly name = 'CelFailure';
}

/** Ends an evaluation with an error. */
export function fail(message: string): never {
  throw new CelFailure(message);
}

export class CelUint {
  constructor(readonly value: bigint) {}
}

/** A moment, in nanoseconds since the epoch. */
export class CelTimestamp {
  constructor(readonly nanos: bigint) {}
}

/** A span of time in nanoseconds. */
export class CelDuration {
  constructor(readonly nanos: bigint) {}
}

/** A value that may be absent. */
export class CelOptional {
  static readonly none = new CelOptional(undefined);

  private constructor(private readonly held: { readonly value: unknown } | undefined) {}

  static of(value: unknown): CelOptional {
    return new CelOptional({ value });
  }

  get hasValue(): boolean {
    return this.held !== undefined;
  }

  value(): unknown {
    return this.held === undefined ? fail('optional.none() dereference') : this.held.value;
  }
}

/** A type as a value: what `type(x)` gives. */
export class CelTypeValue {
  constructor(readonly name: string) {}
}

/** A value of a type that a library brings, such as a URL; the payload is the library's own. */
export class CelOpaque {
  constructor(readonly type: string, readonly payload: unknown) {}
}

/** A list of values. */
export abstract class CelList {
  abstract readonly size: number;
  abstract at(index: number): unknown;

  constructor(
    /** How Kubernetes treats the list: a set is equal in any order, a map is matched by its keys. */
    readonly listType?: 'set' | 'map',
    readonly mapKeys?: readonly string[],
  ) {}

  *values(): IterableIterator<unknown> {
    for (let i = 0; i < this.size; i += 1) yield this.at(i);
  }

  toArray(): unknown[] {
    return [...this.values()];
  }
}

export class ArrayList extends CelList {
  constructor(private readonly items: readonly unknown[], listType?: 'set' | 'map', mapKeys?: readonly string[]) {
    super(listType, mapKeys);
  }

  get size(): number {
    return this.items.length;
  }

  at(index: number): unknown {
    return this.items[index];
  }
}

/** A map, or an object with fields. */
export abstract class CelMap {
  abstract readonly size: number;
  abstract has(key: unknown): boolean;
  abstract get(key: unknown): unknown;
  abstract keys(): readonly unknown[];
  /** Set for objects, whose type has a name. */
  readonly objectType?: string;
}

/** A key of a map literal as text that tells apart `1` and `'1'` but not 1, 1u and 1.0. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${String(key)}`;
  if (typeof key === 'bigint') return `n${key.toString()}`;
  if (key instanceof CelUint) return `n${key.value.toString()}`;
  return typeof key === 'number' && Number.isInteger(key) ? `n${BigInt(key).toString()}` : `x${String(key)}`;
}

export class EntryMap extends CelMap {
  private readonly entries = new Map<string, readonly [key: unknown, value: unknown]>();

  constructor(entries: Iterable<readonly [key: unknown, value: unknown]>) {
    super();
    for (const entry of entries) {
      const text = keyText(entry[0]);
      if (this.entries.has(text)) fail(`Failed with repeated key`);
      this.entries.set(text, entry);
    }
  }

  get size(): number {
    return this.entries.size;
  }

  has(key: unknown): boolean {
    return this.entries.has(keyText(key));
  }

  get(key: unknown): unknown {
    return this.entries.get(keyText(key))?.[1];
  }

  keys(): readonly unknown[] {
    return [...this.entries.values()].map(([key]) => key);
  }
}

/** The name of a value's type, as `type(x)` and errors print it. */
export function nameOfType(value: unknown): string {
  switch (typeof value) {
    case 'string': return 'string';
    case 'bigint': return 'int';
    case 'number': return 'double';
    case 'boolean': return 'bool';
    default: break;
  }
  if (value === null) return 'null_type';
  if (value instanceof CelList) return 'list';
  if (value instanceof CelMap) return value.objectType ?? 'map';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelOptional) return 'optional_type';
  if (value instanceof CelTypeValue) return 'type';
  if (value instanceof CelOpaque) return value.type;
  return value instanceof Uint8Array ? 'bytes' : 'dyn';
}

export type NumberValue = bigint | number | CelUint;

export function isNumber(value: unknown): value is NumberValue {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;
}

function plainNumber(value: NumberValue): bigint | number {
  return value instanceof CelUint ? value.value : value;
}

/** Whether two values are equal; values of different types are not, numbers are compared across their types. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && plainNumber(a) == plainNumber(b); // eslint-disable-line eqeqeq
  if (a instanceof CelList) return b instanceof CelList && listsEqual(a, b);
  if (a instanceof CelMap) return b instanceof CelMap && mapsEqual(a, b);
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos;
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.name === b.name;
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof CelOptional) return b instanceof CelOptional && optionalsEqual(a, b);
  if (a instanceof CelOpaque) return b instanceof CelOpaque && a.type === b.type && opaqueText(a) === opaqueText(b);
  return false;
}

/** A text that equal values of a library's type share. */
function opaqueText({ payload }: CelOpaque): string {
  const comparable = payload as { readonly identity?: string };
  return comparable.identity
    ?? JSON.stringify(payload, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

function optionalsEqual(a: CelOptional, b: CelOptional): boolean {
  if (!a.hasValue || !b.hasValue) return a.hasValue === b.hasValue;
  return isEqual(a.value(), b.value());
}

function listsEqual(a: CelList, b: CelList): boolean {
  if (a.size !== b.size) return false;
  const type = a.listType ?? b.listType;
  if (type === undefined) {
    for (let i = 0; i < a.size; i += 1) if (!isEqual(a.at(i), b.at(i))) return false;
    return true;
  }
  const others = b.toArray();
  return a.toArray().every((item) => others.some((other) => isEqual(item, other)));
}

function mapsEqual(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => b.has(key) && isEqual(a.get(key), b.get(key)));
}

/** -1, 0 or 1; undefined when the values cannot be compared (NaN, different types). */
export function compareValues(a: unknown, b: unknown): number | undefined {
  if (isNumber(a) && isNumber(b)) return order(plainNumber(a), plainNumber(b));
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return order(a.nanos, b.nanos);
  if (a instanceof CelDuration && b instanceof CelDuration) return order(a.nanos, b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
      const difference = (a[i] ?? 0) - (b[i] ?? 0);
      if (difference !== 0) return Math.sign(difference);
    }
    return Math.sign(a.length - b.length);
  }
  return undefined;
}

function order(a: bigint | number, b: bigint | number): number | undefined {
  return a < b ? -1 : a > b ? 1 : a == b ? 0 : undefined; // eslint-disable-line eqeqeq
}

/** By code points, as Go compares the bytes of UTF-8. */
function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (i < a.length && i < b.length && a.charCodeAt(i) === b.charCodeAt(i)) i += 1;
  return Math.sign((a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1));
}

const minInt = -(2n ** 63n);
const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

/** An integer, or an overflow. */
export function checkedInt(value: bigint): bigint {
  return value < minInt || value > maxInt ? fail('integer overflow') : value;
}

export function checkedUint(value: bigint): CelUint {
  return value < 0n || value > maxUint ? fail('unsigned integer overflow') : new CelUint(value);
}
