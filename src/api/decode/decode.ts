/**
 * Strict structural decoding: checks a parsed document against the schema of its type and returns it as the API holds
 * it, with everything that is wrong and where. Models the typed decoding of sigs.k8s.io/json in strict mode.
 *
 * As Go does, it drops nulls, turns nulls in lists into empty values, drops empty optional lists and maps (omitempty),
 * and puts times and quantities into canonical form. Empty texts, zeros and `false` stay as they are written, because
 * the schema cannot tell a pointer (where they mean something) from a plain field. Unknown fields are reported and left
 * out of the object; nothing disappears without a report.
 */
import { assert, defined } from '../../base/assert';
import { quote } from '../go-text';
import type { PathStep } from '../object';
import { canonicalQuantity } from '../quantity';
import { referenced, typeOfKind } from '../schema/schema';
import type { FieldType, ObjectType, Scalar, SchemaField } from '../schema/schema';
import { formatMicroTime, formatTime, timeMs } from '../time';
import { base64Problem, timeProblem } from './go-parsers';
import { goTypeName } from './go-types';

/** One thing wrong with a document. */
export interface DecodeProblem {
  /** `unknownField` is only an error under strict field validation; the others make the document unreadable. */
  readonly kind: 'unknownField' | 'wrongType' | 'badValue';
  /** Where, as steps from the root of the document. */
  readonly path: readonly PathStep[];
  /** Upstream's text: `unknown field "spec.foo"`, `json: cannot unmarshal string into Go struct field ...`. */
  readonly message: string;
  /** What upstream says of a wrong type where it converts a patched object instead of decoding a text. */
  readonly conversion?: string;
}

/** The decoded object and its problems, in the order of the document. */
export interface Decoded {
  /** Without unknown fields and unreadable values; the same object as the document when there was nothing to do. */
  readonly object: Readonly<Record<string, unknown>>;
  readonly problems: readonly DecodeProblem[];
}

/** Go's strict decoder gives up reporting after this many unknown fields. */
const maxUnknownFields = 100;

/** Decodes a document as an object of a schema type. The document itself must be an object; check that first. */
export function decode(document: unknown, type: string | ObjectType): Decoded {
  assert(isRecord(document), 'only an object can be decoded as a kind');
  const problems: DecodeProblem[] = [];
  const object = decodeStruct(document, typeOfKind({ schema: type }), {
    parent: undefined,
    step: '',
    isField: false,
    problems,
  });
  return { object, problems };
}

/** How the server treats fields that it does not know. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/**
 * Why the server refuses the document, as the end of its 400 message, or undefined when it takes it. A value that Go's
 * own unmarshalers refuse ends decoding at once; otherwise the first wrong type counts; unknown fields come last and
 * only under strict validation, all of them. An object may also come from a conversion, which has texts of its own.
 */
export function decodeFailure(
  problems: readonly DecodeProblem[], validation: FieldValidation, converted = false,
): string | undefined {
  const fatal = problems.find((p) => p.kind === 'badValue') ?? problems.find((p) => p.kind === 'wrongType');
  if (fatal !== undefined) return (converted ? fatal.conversion : undefined) ?? fatal.message;
  const unknown = validation === 'Strict' ? unknownFieldMessages(problems) : [];
  return unknown.length === 0 ? undefined : `strict decoding error: ${unknown.join(', ')}`;
}

/** What the server sends as warnings about unknown fields when validation is Warn. */
export function decodeWarnings(problems: readonly DecodeProblem[], validation: FieldValidation): readonly string[] {
  return validation === 'Warn' ? unknownFieldMessages(problems) : [];
}

/** The server's whole message: `Deployment in version "v1" cannot be handled as a Deployment: ...`. */
export function decodeFailureMessage(kind: string, version: string, failure: string): string {
  return `${kind} in version ${quote(version)} cannot be handled as a ${kind}: ${failure}`;
}

function unknownFieldMessages(problems: readonly DecodeProblem[]): readonly string[] {
  const messages = problems.filter((p) => p.kind === 'unknownField').map((p) => p.message);
  return [...new Set(messages)].slice(0, maxUnknownFields);
}

/** Where the decoder stands, as a chain to the root, so that a good document costs one small object per step. */
interface Place {
  readonly parent: Place | undefined;
  readonly step: PathStep;
  /** Whether the step is a field of a Go struct, which error texts name; list positions and map keys they do not. */
  readonly isField: boolean;
  readonly problems: DecodeProblem[];
}

function stepsTo(place: Place): readonly Place[] {
  const steps: Place[] = [];
  for (let at: Place | undefined = place; at?.parent !== undefined; at = at.parent) steps.push(at);
  return steps.reverse();
}

function pathTo(place: Place): readonly PathStep[] {
  return stepsTo(place).map(({ step }) => step);
}

type PlainRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is PlainRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeStruct(value: PlainRecord, type: ObjectType, place: Place): PlainRecord {
  const result = new Changes(value);
  for (const name of Object.keys(value)) {
    const at: Place = { parent: place, step: name, isField: true, problems: place.problems };
    const field = type.fields.get(name);
    if (field === undefined) {
      const path = pathTo(at);
      place.problems.push({ kind: 'unknownField', path, message: `unknown field ${quote(pathText(path))}` });
      result.set(name, undefined);
      continue;
    }
    const before = value[name];
    const absent = before === null || before === undefined;
    const after = absent ? undefined : decodeValue(before, field.type, type, field, at);
    result.set(name, !field.required && isEmptyContainer(after, field.type) ? undefined : after);
  }
  return result.object();
}

/** The fields of an object that is likely to come out as it went in: a copy begins with the first difference. */
class Changes {
  private fields: Map<string, unknown> | undefined;

  constructor(private readonly before: PlainRecord) {}

  /** Sets a field, in the order of the original; undefined leaves it out. */
  set(name: string, value: unknown): void {
    if (this.fields === undefined) {
      if (value === this.before[name]) return;
      this.fields = new Map();
      for (const [earlier, kept] of Object.entries(this.before)) {
        if (earlier === name) break;
        this.fields.set(earlier, kept);
      }
    }
    if (value !== undefined) this.fields.set(name, value);
  }

  /** The object; fromEntries defines own properties, so that a key named __proto__ cannot reach the prototype. */
  object(): PlainRecord {
    return this.fields === undefined ? this.before : (Object.fromEntries(this.fields) as PlainRecord);
  }
}

function isEmptyContainer(value: unknown, type: FieldType): boolean {
  if (type.form === 'list') return Array.isArray(value) && value.length === 0;
  return type.form === 'map' && isRecord(value) && Object.keys(value).length === 0;
}

/** `spec.containers[0].foo`. */
export function pathText(path: readonly PathStep[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** Decodes one value; undefined when it cannot be used, after reporting why. */
function decodeValue(value: unknown, type: FieldType, owner: ObjectType, field: SchemaField, place: Place): unknown {
  switch (type.form) {
    case 'ref':
    case 'object':
      if (!isRecord(value)) return wrongType(value, type, owner, field, place);
      return decodeStruct(value, defined(referenced(type), 'the type of a field that is an object'), place);
    case 'list':
      if (!Array.isArray(value)) return wrongType(value, type, owner, field, place);
      return decodeList(value, type.item, owner, field, place);
    case 'map':
      if (!isRecord(value)) return wrongType(value, type, owner, field, place);
      return decodeMap(value, type.value, owner, field, place);
    case 'scalar':
      return decodeScalar(value, type, type.scalar, owner, field, place);
  }
}

function decodeList(
  list: readonly unknown[], type: FieldType, owner: ObjectType, field: SchemaField, place: Place,
): readonly unknown[] {
  let same = true;
  const items: unknown[] = [];
  list.forEach((before, i) => {
    const at: Place = { parent: place, step: i, isField: false, problems: place.problems };
    const after = before === null ? emptyValue(type) : decodeValue(before, type, owner, field, at);
    if (after !== before) same = false;
    if (after !== undefined) items.push(after);
  });
  return same ? list : items;
}

function decodeMap(
  map: PlainRecord, type: FieldType, owner: ObjectType, field: SchemaField, place: Place,
): PlainRecord {
  const result = new Changes(map);
  for (const name of Object.keys(map)) {
    const before = map[name];
    const at: Place = { parent: place, step: name, isField: false, problems: place.problems };
    result.set(name, before === null ? emptyValue(type) : decodeValue(before, type, owner, field, at));
  }
  return result.object();
}

/** What Go makes of null where a value must be: the zero value of the item's type. */
function emptyValue(type: FieldType): unknown {
  if (type.form === 'list') return [];
  if (type.form !== 'scalar') return {};
  switch (type.scalar) {
    case 'int32': case 'int64': case 'double': case 'intOrString':
      return 0;
    case 'bool':
      return false;
    case 'quantity':
      return '0';
    case 'any': case 'rawExtension':
      return null;
    default:
      return '';
  }
}

function decodeScalar(
  value: unknown, type: FieldType, scalar: Scalar, owner: ObjectType, field: SchemaField, place: Place,
): unknown {
  const mismatch = (): undefined => wrongType(value, type, owner, field, place);
  switch (scalar) {
    case 'any': case 'rawExtension':
      return value;
    case 'string':
      return typeof value === 'string' ? value : mismatch();
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch();
    case 'double':
      return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : mismatch();
    case 'int32': case 'int64':
      return fitsInteger(value, scalar) ? value : mismatch();
    case 'intOrString':
      return typeof value === 'string' || fitsInteger(value, 'int32') ? value : mismatch();
    case 'quantity':
      return decodeQuantity(value, place);
    case 'time': case 'microTime':
      return typeof value === 'string' ? decodeTime(value, scalar, place) : mismatch();
    case 'bytes':
      return typeof value === 'string' ? decodeBytes(value, place) : mismatch();
  }
}

function fitsInteger(value: unknown, scalar: 'int32' | 'int64'): boolean {
  if (typeof value === 'bigint') return scalar === 'int64' && value >= -(2n ** 63n) && value < 2n ** 63n;
  if (typeof value !== 'number' || !Number.isInteger(value)) return false;
  const limit = scalar === 'int32' ? 2 ** 31 : 2 ** 63;
  return value >= -limit && value < limit;
}

function decodeQuantity(value: unknown, place: Place): string | undefined {
  // Go hands the raw text to the parser, whatever its type; anything but text and numbers fails on its first letter.
  const text = ['string', 'number', 'bigint'].includes(typeof value) ? String(value).trim() : 'x';
  const canonical = canonicalQuantity(text);
  return typeof canonical === 'string' ? canonical : badValue(canonical.error, place);
}

function decodeTime(value: string, scalar: 'time' | 'microTime', place: Place): string | undefined {
  const problem = timeProblem(value);
  if (problem !== undefined) return badValue(problem, place);
  return scalar === 'time' ? formatTime(timeMs(value)) : formatMicroTime(timeMs(value));
}

function decodeBytes(value: string, place: Place): string | undefined {
  const problem = base64Problem(value);
  return problem === undefined ? value : badValue(problem, place);
}

function badValue(message: string, place: Place): undefined {
  place.problems.push({ kind: 'badValue', path: pathTo(place), message });
}

function wrongType(
  value: unknown, type: FieldType, owner: ObjectType, field: SchemaField, place: Place,
): undefined {
  const names = stepsTo(place).filter(({ isField }) => isField).map(({ step }) => step);
  const where = `${owner.plainName}.${names.join('.')}`;
  const found = valueName(value, type);
  const goType = goTypeName(owner, field, type);
  const message = `json: cannot unmarshal ${found} into Go struct field ${where} of type ${goType}`;
  // IntOrString has an unmarshaler of its own, which ends decoding at once.
  const kind = type.form === 'scalar' && type.scalar === 'intOrString' ? 'badValue' : 'wrongType';
  place.problems.push({ kind, path: pathTo(place), message, conversion: conversionFailure(value, type, goType) });
}

/** Why runtime.FromUnstructured cannot make a value of that type of it; types with unmarshalers of their own say it. */
function conversionFailure(value: unknown, type: FieldType, goType: string): string | undefined {
  const kind = unstructuredKind(value);
  if (type.form === 'list') return `cannot restore slice from ${kind}`;
  if (type.form === 'map') return `cannot restore map from ${kind}`;
  if (type.form !== 'scalar') return `cannot restore struct from: ${kind}`;
  switch (type.scalar) {
    case 'string':
      return kind === 'int64' ? `cannot convert int64 to ${goType}` : 'unrecognized type: string';
    case 'int32': case 'int64':
      return kind === 'float64' ? `cannot convert float64 to ${goType}` : `unrecognized type: ${goType}`;
    case 'bool': case 'double':
      return `unrecognized type: ${goType}`;
    case 'bytes':
      return `cannot restore slice from ${kind}`;
    default:
      return undefined;
  }
}

/** What Go calls the values that JSON is read into. */
function unstructuredKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'object') return 'map';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int64' : 'float64';
}

/** What Go calls a JSON value; integers that do not fit are shown. */
function valueName(value: unknown, type: FieldType): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'object') return 'object';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  const isInteger = type.form === 'scalar' && ['int32', 'int64', 'intOrString'].includes(type.scalar);
  return isInteger ? `number ${String(value)}` : 'number';
}
