/**
 * Decodes a YAML tree into a Go type's value the way go-yaml v3 does for kind, with its error texts: a text field
 * takes any scalar as written, null leaves a field unset and drops a list item, unknown fields are errors. Models
 * decode.go of gopkg.in/yaml.v3 with KnownFields; every error keeps the place in the file that it speaks of.
 */
import { contentOf } from '../../base/yaml/node';
import type { YamlContent, YamlEntry, YamlMapping, YamlNode, YamlPath, YamlScalar } from '../../base/yaml/node';
import type { GoType, StructType } from './schema';

/** One `line N: ...` of go-yaml's list, or a failure that ends decoding (`fatal`). */
export interface DecodeError {
  readonly code: 'unknownField' | 'wrongType' | 'unknownValue';
  readonly text: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly path: YamlPath;
  readonly start: number;
  readonly end: number;
  readonly fatal: boolean;
}

export interface Decoded {
  readonly value: unknown;
  readonly errors: readonly DecodeError[];
  /** Position in the file of each item of a decoded list; they differ where null items were dropped. */
  readonly positions: ReadonlyMap<unknown, readonly number[]>;
}

interface Decoder {
  readonly errors: DecodeError[];
  readonly positions: Map<unknown, readonly number[]>;
  readonly strict: boolean;
  readonly lineOf: (offset: number) => number;
}

/** Marks a value that does not count: null, or of the wrong type. */
const nothing = Symbol('nothing');

function zero(type: GoType): unknown {
  switch (type.kind) {
    case 'string':
      return '';
    case 'int32':
      return 0;
    case 'bool':
      return false;
    case 'slice':
      return type.optional ? undefined : Object.freeze([]);
    case 'map':
      return Object.freeze({});
    case 'struct':
      return Object.freeze(Object.fromEntries(Object.entries(type.fields).map(([name, each]) => [name, zero(each)])));
  }
}

/** go-yaml v3 knows only true and false as booleans; the other words of YAML 1.1 are texts. */
function tagOf(scalar: YamlScalar): string {
  return scalar.tag === '!!bool' && !/^(true|false)$/i.test(scalar.text) ? '!!str' : scalar.tag;
}

function describe(content: YamlContent): string {
  if (content.kind !== 'scalar') return content.kind === 'mapping' ? '!!map' : '!!seq';
  const text = content.text.length > 10 ? `${content.text.slice(0, 7)}...` : content.text;
  return `${tagOf(content)} \`${text}\``;
}

function wrongType(decoder: Decoder, node: YamlNode, type: GoType, path: YamlPath): typeof nothing {
  const content = contentOf(node);
  const line = decoder.lineOf(content.start);
  const found = describe(content);
  const text = `line ${line}: cannot unmarshal ${found} into ${type.go}`;
  const { start, end } = node.start === node.end ? content : node;
  const args = { line, found, type: type.go };
  decoder.errors.push({ code: 'wrongType', text, args, path, start, end, fatal: false });
  return nothing;
}

const truths = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON']);
const lies = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF']);

function decodeScalar(scalar: YamlScalar, type: GoType): unknown {
  const tag = tagOf(scalar);
  switch (type.kind) {
    case 'string':
      return scalar.text;
    case 'int32': {
      if (tag !== '!!int' && tag !== '!!float') return nothing;
      // go-yaml cuts off the fraction of a float; only the range is checked.
      const number = Math.trunc(Number(scalar.value));
      return number >= -(2 ** 31) && number < 2 ** 31 ? number : nothing;
    }
    case 'bool':
      if (tag === '!!bool') return scalar.value;
      return truths.has(scalar.text) ? true : lies.has(scalar.text) ? false : nothing;
    default:
      return nothing;
  }
}

function isNull(content: YamlContent): boolean {
  return content.kind === 'scalar' && content.tag === '!!null';
}

function decodeSlice(decoder: Decoder, items: readonly YamlNode[], type: GoType, path: YamlPath): unknown {
  const values: unknown[] = [];
  const positions: number[] = [];
  items.forEach((item, i) => {
    const value = decode(decoder, item, type, [...path, i]);
    if (value === nothing) return;
    values.push(value);
    positions.push(i);
  });
  Object.freeze(values);
  decoder.positions.set(values, positions);
  return values;
}

/** Keys with what they stand for; a key that is no text is an error of its own, a null key is skipped. */
function entriesOf(decoder: Decoder, mapping: YamlMapping, path: YamlPath): (readonly [string, YamlEntry])[] {
  return [...mapping.entries, ...mapping.merged].flatMap((entry) => {
    const key = contentOf(entry.key);
    if (isNull(key)) return [];
    if (key.kind === 'scalar') return [[key.text, entry] as const];
    wrongType(decoder, entry.key, { kind: 'string', go: 'string' }, path);
    return [];
  });
}

function decodeMap(decoder: Decoder, mapping: YamlMapping, item: GoType, path: YamlPath): unknown {
  const pairs = entriesOf(decoder, mapping, path).flatMap(([key, entry]) => {
    const at = [...path, entry.name];
    const value = isNull(contentOf(entry.value)) ? zero(item) : decode(decoder, entry.value, item, at);
    return value === nothing ? [] : [[key, value] as const];
  });
  return Object.freeze(Object.fromEntries(pairs));
}

function decodeStruct(decoder: Decoder, mapping: YamlMapping, type: StructType, path: YamlPath): unknown {
  const values: Record<string, unknown> = { ...(zero(type) as object) };
  for (const [name, entry] of entriesOf(decoder, mapping, path)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const at = [...path, entry.name];
    if (field) {
      const value = decode(decoder, entry.value, field, at);
      if (value !== nothing) values[name] = value;
    } else if (decoder.strict) {
      const { start, end } = entry.key;
      const line = decoder.lineOf(start);
      const text = `line ${line}: field ${name} not found in type ${type.go}`;
      const args = { line, field: name, type: type.go };
      decoder.errors.push({ code: 'unknownField', text, args, path: at, start, end, fatal: false });
    }
  }
  closeField(decoder, mapping, type, values, path);
  return Object.freeze(values);
}

/** The check that kind makes in UnmarshalYAML of mounts and port mappings. */
function closeField(
  decoder: Decoder,
  mapping: YamlMapping,
  { closed }: StructType,
  values: Record<string, unknown>,
  path: YamlPath,
): void {
  if (!closed) return;
  const written = String(values[closed.field]);
  const value = closed.anyCase ? written.toUpperCase() : written;
  values[closed.field] = value;
  if (value === '' || closed.values.includes(value)) return;
  const { start, end } = mapping.entries.find((entry) => entry.name === closed.field)?.value ?? mapping;
  const text = `${closed.error}: ${JSON.stringify(value)}`;
  const args = { value, field: closed.field };
  decoder.errors.push({ code: 'unknownValue', text, args, path: [...path, closed.field], start, end, fatal: true });
}

function decode(decoder: Decoder, node: YamlNode, type: GoType, path: YamlPath): unknown {
  const content = contentOf(node);
  if (isNull(content)) return nothing;
  switch (content.kind) {
    case 'scalar': {
      const value = decodeScalar(content, type);
      return value === nothing ? wrongType(decoder, node, type, path) : value;
    }
    case 'sequence':
      return type.kind === 'slice'
        ? decodeSlice(decoder, content.items, type.item, path)
        : wrongType(decoder, node, type, path);
    case 'mapping':
      if (type.kind === 'struct') return decodeStruct(decoder, content, type, path);
      if (type.kind === 'map') return decodeMap(decoder, content, type.item, path);
      return wrongType(decoder, node, type, path);
  }
}

/** Decodes a document's root. `strict` refuses unknown fields; `lineOf` counts lines from 1. */
export function decodeRoot(
  root: YamlNode,
  type: StructType,
  strict: boolean,
  lineOf: (offset: number) => number,
): Decoded {
  const decoder: Decoder = { errors: [], positions: new Map(), strict, lineOf };
  const value = decode(decoder, root, type, []);
  const { errors, positions } = decoder;
  return { value: value === nothing ? zero(type) : value, errors, positions };
}
