/**
 * Reads the generated table of API types, lazily and once: which fields a type has, of what type, and how patches and
 * field ownership treat them. Models the OpenAPI document of v1.36 with its x-kubernetes extensions.
 *
 * The format of the table: `#package` starts a package; each further line is a type: its name (`Name=Plain` when Go's
 * plain name is taken by another group, `@a` when it is merged as one value) and its fields `name:type`, with `!`
 * behind the name when required. A type is a scalar's letter or the name of a type, `[]` in front for lists and `{}`
 * for maps. Marks: `@a` atomic, `@s` set, `@g` granular, `@m(key,...)` list as map; `^strategy,...` and `(key)` the
 * patch strategy and merge key; `=json` the schema's default.
 */
import { assert, defined } from '../../base/assert';
import { schemaTable } from './table';

/** Scalars as the API has them; `rawExtension` and `any` hold free-form data. */
export type Scalar =
  | 'string'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'double'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'rawExtension'
  | 'any';

/** The type of a field, a list item or a map value. */
export type FieldType =
  | { readonly form: 'scalar'; readonly scalar: Scalar }
  | { readonly form: 'ref'; readonly name: string }
  /** A type that has no name in the table, such as a field of a custom resource. */
  | { readonly form: 'object'; readonly type: ObjectType }
  | { readonly form: 'list'; readonly item: FieldType }
  | { readonly form: 'map'; readonly value: FieldType };

/** One field of a type. */
export interface SchemaField {
  readonly name: string;
  readonly type: FieldType;
  /** Written by the API server even when empty: Go's field has no omitempty. */
  readonly required: boolean;
  /** x-kubernetes-list-type; lists without one are atomic. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** x-kubernetes-list-map-keys of a list of type map. */
  readonly mapKeys?: readonly string[];
  /** x-kubernetes-map-type of a map or an object field. */
  readonly mapType?: 'atomic' | 'granular';
  /** x-kubernetes-patch-strategy, such as `merge` or `merge` and `retainKeys`. */
  readonly patchStrategy?: readonly ('merge' | 'replace' | 'retainKeys')[];
  /** x-kubernetes-patch-merge-key. */
  readonly patchMergeKey?: string;
  /** The default in the schema (few fields have one there; most defaults are functions of the kind). */
  readonly default?: unknown;
}

/** A type with its fields, by name. */
export interface ObjectType {
  /** Name in the table and in TypeScript, unique over all groups. */
  readonly name: string;
  /** Go's own name, which error texts use. */
  readonly plainName: string;
  /** Package of the OpenAPI name: `io.k8s.api.core.v1`. */
  readonly packageName: string;
  /** x-kubernetes-map-type atomic of the type as a whole. */
  readonly atomic: boolean;
  readonly fields: ReadonlyMap<string, SchemaField>;
  /** x-kubernetes-preserve-unknown-fields: whatever else is in the object stays in it (custom resources only). */
  readonly preserveUnknownFields?: boolean;
}

const scalars: Readonly<Record<string, Scalar>> = {
  s: 'string', i: 'int32', l: 'int64', b: 'bool', d: 'double', q: 'quantity', x: 'intOrString', t: 'time',
  u: 'microTime', y: 'bytes', r: 'rawExtension', a: 'any',
};

interface Line {
  readonly packageName: string;
  readonly text: string;
}

let lines: ReadonlyMap<string, Line> | undefined;
const parsed = new Map<string, ObjectType>();

function tableLines(): ReadonlyMap<string, Line> {
  if (lines !== undefined) return lines;
  const found = new Map<string, Line>();
  let packageName = '';
  for (const text of schemaTable.split('\n')) {
    if (text === '') continue;
    if (text.startsWith('#')) packageName = text.slice(1);
    else found.set(/^\w+/.exec(text)?.[0] ?? '', { packageName, text });
  }
  lines = found;
  return found;
}

/** The names of all types of the table, in the table's order (lists of kinds are made on demand and not in it). */
export function typeNames(): readonly string[] {
  return [...tableLines().keys()];
}

/** The type of a name; asking for an unknown one is a programmer error. */
export function typeOf(name: string): ObjectType {
  return defined(findType(name), `schema type ${name}`);
}

/** The type of a name, if there is one. `PodList` and its like are derived from their kind. */
export function findType(name: string): ObjectType | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const line = tableLines().get(name);
  const type = line === undefined ? listTypeOf(name) : parseType(line);
  if (type !== undefined) parsed.set(name, type);
  return type;
}

/** The type behind a reference or an inline object, or undefined for scalars, lists and maps. */
export function referenced(type: FieldType): ObjectType | undefined {
  if (type.form === 'ref') return typeOf(type.name);
  return type.form === 'object' ? type.type : undefined;
}

/** The type of a kind's objects: one of the table, or that of a custom resource. */
export function typeOfKind(kind: { readonly schema: string | ObjectType }): ObjectType {
  return typeof kind.schema === 'string' ? typeOf(kind.schema) : kind.schema;
}

function listTypeOf(name: string): ObjectType | undefined {
  const item = name.endsWith('List') ? findType(name.slice(0, -4)) : undefined;
  if (item?.fields.get('metadata')?.type.form !== 'ref') return undefined;
  const text: FieldType = { form: 'scalar', scalar: 'string' };
  const fields: readonly SchemaField[] = [
    { name: 'apiVersion', type: text, required: false },
    { name: 'items', type: { form: 'list', item: { form: 'ref', name: item.name } }, required: true },
    { name: 'kind', type: text, required: false },
    { name: 'metadata', type: { form: 'ref', name: 'ListMeta' }, required: false },
  ];
  return {
    name, plainName: `${item.plainName}List`, packageName: item.packageName, atomic: false,
    fields: new Map(fields.map((field) => [field.name, field])),
  };
}

function parseType({ packageName, text }: Line): ObjectType {
  const [head = '', ...fieldTexts] = text.split(' ');
  const match = /^(\w+)(?:=(\w+))?(@a)?$/.exec(head);
  assert(match !== null, `schema table: malformed type ${head}`);
  const fields = new Map<string, SchemaField>();
  for (const fieldText of fieldTexts) {
    const field = parseField(fieldText);
    fields.set(field.name, field);
  }
  const name = match[1] ?? '';
  return { name, plainName: match[2] ?? name, packageName, atomic: match[3] !== undefined, fields };
}

const fieldPattern =
  /^([^:!]+)(!?):((?:\[\]|\{\})*)(\w+)(?:@([asg]|m\([^)]*\)))?(?:\^([a-zA-Z,]+))?(?:\(([^)]*)\))?(?:=(.*))?$/;

function parseField(text: string): SchemaField {
  const match = fieldPattern.exec(text);
  assert(match !== null, `schema table: malformed field ${text}`);
  const [, name = '', bang, wraps = '', base = '', mark, strategy, mergeKey, defaultText] = match;
  const type = parseTypeText(wraps, base);
  return {
    name, type, required: bang === '!',
    ...markOf(type, mark),
    ...(strategy === undefined ? {} : { patchStrategy: strategy.split(',') as SchemaField['patchStrategy'] }),
    ...(mergeKey === undefined ? {} : { patchMergeKey: mergeKey }),
    ...(defaultText === undefined ? {} : { default: JSON.parse(defaultText) as unknown }),
  };
}

function parseTypeText(wraps: string, base: string): FieldType {
  if (wraps.startsWith('[]')) return { form: 'list', item: parseTypeText(wraps.slice(2), base) };
  if (wraps.startsWith('{}')) return { form: 'map', value: parseTypeText(wraps.slice(2), base) };
  const scalar = scalars[base];
  return scalar === undefined ? { form: 'ref', name: base } : { form: 'scalar', scalar };
}

function markOf(type: FieldType, mark: string | undefined): Pick<SchemaField, 'listType' | 'mapKeys' | 'mapType'> {
  if (mark === undefined) return {};
  if (type.form !== 'list') return { mapType: mark === 'a' ? 'atomic' : 'granular' };
  if (mark === 'a') return { listType: 'atomic' };
  return mark === 's' ? { listType: 'set' } : { listType: 'map', mapKeys: mark.slice(2, -1).split(',') };
}
