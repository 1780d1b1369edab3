/**
 * JSON as values of expressions, read through a custom resource's schema or, where there is none, by what it looks like.
 * Field names that CEL could not write are escaped. Models apiextensions-apiserver's and apiserver's pkg/cel: schemas.go,
 * values.go and escaping.go.
 */
import { isEmbedded, isIntOrString, isObject, itemsOf, type PlainObject, propertyOf, type Schema, valuesOf,
  withTypeMeta } from '../custom/structural';
import { parseRfc3339, parseDuration } from './time-values';
import { base64Bytes } from './bytes';
import * as types from './types';
import type { CelType } from './types';
import { CelList, CelMap, fail } from './values';

const reserved = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]);

/** The name under which an expression finds a property; undefined when it cannot. */
export function escapeName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_.\-/][a-zA-Z0-9_.\-/]*$/.test(name)) return undefined;
  return name.replace(/__|\.|-|\//g, (part) => (part === '__' ? '__underscores__' : part === '.' ? '__dot__'
    : part === '-' ? '__dash__' : '__slash__'));
}

/** The property that an escaped name stands for. */
export function unescapeName(name: string): string {
  const word = /^__([a-z]+)__$/.exec(name)?.[1];
  if (word !== undefined && reserved.has(word)) return word;
  return name.replace(/__(underscores|dot|dash|slash)__/g, (_, part: string) => (part === 'underscores' ? '__'
    : part === 'dot' ? '.' : part === 'dash' ? '-' : '/'));
}

/** How JSON of one schema becomes values, and of which type they are. */
export interface JsonReader {
  readonly type: CelType;
  read(raw: unknown): unknown;
}

const readers = new WeakMap<Schema, JsonReader | null>();
const resourceReaders = new WeakMap<Schema, JsonReader | null>();

/** The reader of a schema; undefined when the schema does not tell what its values are. */
export function readerOf(schema: Schema, isResource = false): JsonReader | undefined {
  const known = isResource ? resourceReaders : readers;
  let reader = known.get(schema);
  if (reader === undefined) {
    reader = makeReader(schema, isResource) ?? null;
    known.set(schema, reader);
  }
  return reader ?? undefined;
}

function makeReader(schema: Schema, isResource: boolean): JsonReader | undefined {
  if (isIntOrString(schema)) return untyped;
  switch (schema.type) {
    case 'array': {
      const items = itemsOf(schema);
      const reader = items && readerOf(items, isEmbedded(items));
      if (!reader) return undefined;
      const type = types.listOf(reader.type);
      return { type, read: (raw) => (Array.isArray(raw) ? new JsonList(raw, reader, schema) : plain(raw)) };
    }
    case 'object': {
      const values = valuesOf(schema);
      if (values) {
        const reader = readerOf(values, isEmbedded(values));
        const type = reader && types.mapOf(types.string, reader.type);
        return reader && type && { type, read: (raw) => (isObject(raw) ? new JsonMap(raw, reader) : plain(raw)) };
      }
      return new ObjectReader(isResource ? withTypeMeta(schema) : schema);
    }
    case 'string': return textReader(schema.format ?? '');
    case 'boolean': return { type: types.bool, read: plain };
    case 'integer': return { type: types.int, read: (raw) => (isNumeric(raw) ? BigInt(raw) : plain(raw)) };
    case 'number': return { type: types.double, read: (raw) => (isNumeric(raw) ? Number(raw) : plain(raw)) };
    default: return undefined;
  }
}

function isNumeric(raw: unknown): raw is number | bigint {
  return typeof raw === 'bigint' || typeof raw === 'number';
}

function textReader(format: string): JsonReader {
  const special = (type: CelType, read: (text: string) => unknown): JsonReader =>
    ({ type, read: (raw) => (typeof raw === 'string' ? read(raw) : plain(raw)) });
  switch (format) {
    case 'byte': return special(types.bytes, (text) => base64Bytes(text) ?? fail(`Invalid base64 ${text}`));
    case 'duration': return special(types.duration, (text) => parseDuration(text) ?? fail(`Invalid duration ${text}`));
    case 'date':
      return special(types.timestamp, (text) =>
        parseRfc3339(`${text}T00:00:00Z`) ?? fail(`Invalid date format ${text}`));
    case 'date-time':
      return special(types.timestamp, (text) => parseRfc3339(text) ?? fail(`Invalid date-time format ${text}`));
    default: return { type: types.string, read: plain };
  }
}

/** A value whose schema is not known: whole numbers are integers. */
function plain(raw: unknown): unknown {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'number') return Number.isInteger(raw) ? BigInt(raw) : raw;
  if (Array.isArray(raw)) return new JsonList(raw, untyped);
  return isObject(raw) ? new JsonMap(raw, untyped) : raw;
}

/** Reads JSON without a schema. */
export const untyped: JsonReader = Object.freeze({ type: types.dyn, read: plain });

class JsonList extends CelList {
  constructor(private readonly raw: readonly unknown[], private readonly reader: JsonReader, schema?: Schema) {
    const type = schema?.['x-kubernetes-list-type'];
    super(type === 'set' || type === 'map' ? type : undefined, schema?.['x-kubernetes-list-map-keys']);
  }

  get size(): number {
    return this.raw.length;
  }

  at(index: number): unknown {
    return this.reader.read(this.raw[index]);
  }
}

class JsonMap extends CelMap {
  constructor(private readonly raw: PlainObject, private readonly reader: JsonReader) {
    super();
  }

  get size(): number {
    return Object.keys(this.raw).length;
  }

  has(key: unknown): boolean {
    return typeof key === 'string' && Object.hasOwn(this.raw, key);
  }

  get(key: unknown): unknown {
    return this.reader.read(this.raw[key as string]);
  }

  keys(): readonly unknown[] {
    return Object.keys(this.raw).sort();
  }
}

/** Objects with fields: expressions see those that have a type and a name that can be written. */
class ObjectReader implements JsonReader {
  readonly type: CelType;

  constructor(readonly schema: Schema) {
    this.type = { kind: 'object', name: 'object', field: (name) => this.field(name)?.type };
  }

  /** How a field is read, by its escaped name. */
  field(escaped: string): JsonReader | undefined {
    const name = unescapeName(escaped);
    if (escapeName(name) !== escaped) return undefined;
    const property = propertyOf(this.schema, name);
    return property && readerOf(property, isEmbedded(property));
  }

  read(raw: unknown): unknown {
    return isObject(raw) ? new JsonObject(raw, this) : plain(raw);
  }
}

class JsonObject extends CelMap {
  override readonly objectType = 'object';

  constructor(private readonly raw: PlainObject, private readonly reader: ObjectReader) {
    super();
  }

  get size(): number {
    return this.keys().length;
  }

  has(key: unknown): boolean {
    return (
      typeof key === 'string' && this.reader.field(key) !== undefined && Object.hasOwn(this.raw, unescapeName(key))
    );
  }

  get(key: unknown): unknown {
    const name = key as string;
    return this.reader.field(name)?.read(this.raw[unescapeName(name)]);
  }

  keys(): readonly unknown[] {
    const names = Object.keys(this.raw).sort().map(escapeName);
    return names.filter((name) => name !== undefined && this.reader.field(name) !== undefined);
  }
}
