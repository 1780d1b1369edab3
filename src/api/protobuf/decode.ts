/**
 * Decodes Kubernetes' protobuf bodies into the objects that their JSON would be: the four bytes `k8s\0`, an envelope
 * that names apiVersion and kind, and the object. Fields that are not known are passed over, as by any protobuf reader.
 * Defaulting and validation are not done here. Models apimachinery's pkg/runtime/serializer/protobuf and, for what
 * appears in the result, the JSON tags of the API's Go types.
 */
import { base64OfBytes } from '../../base/base64';
import { isJsonMistake, parseJson } from '../../base/json';
import { utf8Decode } from '../../base/utf8';
import { quote } from '../go-text';
import { canonicalQuantity } from '../quantity';
import { formatMicroTime, formatTime } from '../time';
import { type Message, type MessageField, messageOf, messageOfKind, type ValueCode } from './messages';
import { WireError, WireReader } from './wire';

/** What a body held. */
export interface DecodedProtobuf {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object as its JSON would be, with apiVersion and kind; integers beyond 2^53 are bigints. */
  readonly object: Record<string, unknown>;
}

/** Why a body cannot be read, in upstream's words; apiVersion and kind where the envelope could be read. */
export interface ProtobufFailure {
  readonly error: string;
  readonly apiVersion?: string;
  readonly kind?: string;
}

const prefix = [0x6b, 0x38, 0x73, 0x00];

/** Reads a body; `defaults` stand in for an apiVersion or kind that the envelope leaves empty. */
export function decodeProtobuf(
  body: Uint8Array, defaults?: { readonly apiVersion: string; readonly kind: string },
): DecodedProtobuf | ProtobufFailure {
  if (body.length === 0) return { error: 'empty data' };
  if (prefix.some((byte, i) => body[i] !== byte)) {
    const expected = `expected prefix [${prefix.join(' ')}]`;
    return { error: `provided data does not appear to be a protobuf message, ${expected}` };
  }
  if (body.length === prefix.length) return { error: 'empty body' };
  let envelope: Envelope = { apiVersion: '', kind: '', raw: new WireReader(body, 0, 0) };
  try {
    envelope = readEnvelope(new WireReader(body, prefix.length, body.length));
    const apiVersion = envelope.apiVersion || defaults?.apiVersion || '';
    const kind = envelope.kind || defaults?.kind || '';
    envelope = { apiVersion, kind, raw: envelope.raw };
    return decodeObject(envelope);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const { apiVersion, kind } = envelope;
    return kind === '' ? { error: error.message } : { error: error.message, apiVersion, kind };
  }
}

interface Envelope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: WireReader;
}

const nothing = new Uint8Array(0);

/** runtime.Unknown: what kind of object it is, and the object's bytes. */
function readEnvelope(reader: WireReader): Envelope {
  let [apiVersion, kind] = ['', ''];
  let raw = new WireReader(nothing, 0, 0);
  while (!reader.done) {
    const { number, wireType } = reader.tag('Unknown');
    if (number > 4) {
      reader.skip(wireType);
      continue;
    }
    expectWireType(wireType, 2, ['TypeMeta', 'Raw', 'ContentEncoding', 'ContentType'][number - 1] ?? '');
    const part = reader.part();
    if (number === 2) raw = part;
    while (number === 1 && !part.done) {
      const field = part.tag('TypeMeta');
      if (field.number > 2) {
        part.skip(field.wireType);
        continue;
      }
      expectWireType(field.wireType, 2, field.number === 1 ? 'APIVersion' : 'Kind');
      const text = utf8Decode(part.part().rest());
      if (field.number === 1) apiVersion = text;
      else kind = text;
    }
  }
  return { apiVersion, kind, raw };
}

function decodeObject({ apiVersion, kind, raw }: Envelope): DecodedProtobuf | ProtobufFailure {
  if (kind === '') return { error: `Object 'Kind' is missing in '${utf8Decode(raw.rest())}'` };
  if (apiVersion === '') return { error: `Object 'apiVersion' is missing in '${utf8Decode(raw.rest())}'` };
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) {
    const error = `no kind ${quote(kind)} is registered for version ${quote(apiVersion)}`;
    return { error, apiVersion, kind };
  }
  const object: Record<string, unknown> = { apiVersion, kind };
  readMessage(raw, message, object);
  return { apiVersion, kind, object };
}

function expectWireType(found: number, expected: number, goField: string): void {
  if (found !== expected) throw new WireError(`proto: wrong wireType = ${found} for field ${goField}`);
}

type Plain = Record<string, unknown>;

/** Reads a message's fields into an object; a message that comes in two parts ends up as one. */
function readMessage(reader: WireReader, message: Message, into: Plain): void {
  while (!reader.done) {
    const { number, wireType } = reader.tag(message.name);
    const field = message.fields.get(number);
    if (field === undefined) reader.skip(wireType);
    else readField(reader, wireType, field, into);
  }
}

function readField(reader: WireReader, wireType: number, field: MessageField, into: Plain): void {
  const { name, value, repeat } = field;
  if (repeat === 'map') {
    expectWireType(wireType, 2, goName(name));
    const map = (into[name] ??= {}) as Plain;
    const [key, item] = readEntry(reader.part(), field);
    setOwn(map, key, item);
    return;
  }
  if (repeat === 'list') {
    const list = (into[name] ??= []) as unknown[];
    readItem(reader, wireType, field, list);
    return;
  }
  if ('message' in value) {
    expectWireType(wireType, 2, goName(name));
    const target = field.presence === 'inline' ? into : (into[name] ??= {}) as Plain;
    readMessage(reader.part(), messageOf(value.message), target);
    return;
  }
  const read = readValue(reader, wireType, value.code, name);
  if (read === undefined || (field.presence === 'unlessZero' && isZero(read, value.code))) delete into[name];
  else into[name] = read;
}

/** One item of a list, or a run of packed numbers. */
function readItem(reader: WireReader, wireType: number, { name, value }: MessageField, list: unknown[]): void {
  if ('message' in value) {
    expectWireType(wireType, 2, goName(name));
    const item: Plain = {};
    readMessage(reader.part(), messageOf(value.message), item);
    list.push(item);
    return;
  }
  const isNumber = value.code === 'i' || value.code === 'l' || value.code === 'b';
  if (!isNumber || wireType === 0) {
    list.push(readValue(reader, wireType, value.code, name) ?? null);
    return;
  }
  expectWireType(wireType, 2, goName(name));
  const part = reader.part();
  while (!part.done) list.push(readValue(part, 0, value.code, name));
}

function readEntry(entry: WireReader, { name, value }: MessageField): readonly [key: string, value: unknown] {
  let key = '';
  let read: unknown = 'message' in value ? {} : zeroOf(value.code);
  while (!entry.done) {
    const { number, wireType } = entry.tag('Entry');
    if (number === 1) key = utf8Decode(entry.part().rest());
    else if (number !== 2) entry.skip(wireType);
    else if ('message' in value) {
      const item: Plain = {};
      readMessage(entry.part(), messageOf(value.message), item);
      read = item;
    } else read = readValue(entry, wireType, value.code, name) ?? null;
  }
  return [key, read];
}

/** Sets a property of its own, so that a key named __proto__ cannot reach the prototype. */
function setOwn(target: Plain, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** A value of that code; undefined when it stands for nothing (a zero time). */
function readValue(reader: WireReader, wireType: number, code: ValueCode, name: string): unknown {
  const isNumber = code === 'i' || code === 'l' || code === 'b';
  expectWireType(wireType, isNumber ? 0 : 2, goName(name));
  switch (code) {
    case 'i':
      return reader.int32();
    case 'l':
      return reader.int64();
    case 'b':
      return reader.bool();
    case 's':
      return utf8Decode(reader.part().rest());
    case 'y':
      return base64OfBytes(reader.part().rest());
    default:
      return readSpecial(reader.part(), code);
  }
}

function zeroOf(code: ValueCode): unknown {
  if (code === 'b') return false;
  if (code === 'i' || code === 'l' || code === 'x') return 0;
  if (code === 'q') return '0';
  return code === 'v' ? [] : code === 's' || code === 'y' ? '' : null;
}

function isZero(value: unknown, code: ValueCode): boolean {
  // Quantities and int-or-strings are structs in Go, which omitempty does not leave out.
  if (code === 'q' || code === 'x') return false;
  return value === '' || value === 0 || value === false || value === null;
}

/** Messages that JSON writes as something else: times, quantities, raw JSON. */
function readSpecial(part: WireReader, code: ValueCode): unknown {
  const fields = readPlainFields(part, code);
  const texts = fields.filter(({ number }) => number === 1).map(({ bytes }) => bytes ?? nothing);
  const lastText = texts.at(-1) ?? nothing;
  switch (code) {
    case 't': case 'u':
      return fields.length === 0 ? undefined : timeOf(numberOf(fields, 1), numberOf(fields, 2), code);
    case 'q':
      return lastText.length === 0 ? '0' : quantityOf(utf8Decode(lastText));
    case 'x': {
      const text = fields.filter(({ number }) => number === 3).at(-1)?.bytes ?? nothing;
      return numberOf(fields, 1) === 1 ? utf8Decode(text) : numberOf(fields, 2);
    }
    case 'v':
      return texts.map(utf8Decode);
    default:
      return lastText.length === 0 ? undefined : jsonOf(lastText);
  }
}

interface PlainField {
  readonly number: number;
  readonly value?: number;
  readonly bytes?: Uint8Array;
}

const specialNames: Readonly<Record<string, string>> = {
  t: 'Timestamp', u: 'Timestamp', q: 'Quantity', x: 'IntOrString', v: 'ExtraValue', r: 'RawExtension',
};

function readPlainFields(part: WireReader, code: ValueCode): readonly PlainField[] {
  const fields: PlainField[] = [];
  while (!part.done) {
    const { number, wireType } = part.tag(specialNames[code] ?? '');
    if (wireType === 0) fields.push({ number, value: Number(part.int64()) });
    else if (wireType === 2) fields.push({ number, bytes: part.part().rest() });
    else part.skip(wireType);
  }
  return fields;
}

function numberOf(fields: readonly PlainField[], number: number): number {
  return fields.filter((field) => field.number === number).at(-1)?.value ?? 0;
}

function timeOf(seconds: number, nanos: number, code: 't' | 'u'): string {
  const year9999 = 253_402_300_799;
  const year0 = -62_167_219_200;
  if (seconds < year0 || seconds > year9999) {
    throw new WireError('Time.MarshalJSON: year outside of range [0,9999]');
  }
  return code === 't' ? formatTime(seconds * 1000) : formatMicroTime(seconds * 1000 + nanos / 1e6);
}

function quantityOf(text: string): string {
  const canonical = canonicalQuantity(text);
  if (typeof canonical === 'string') return canonical;
  throw new WireError(canonical.error);
}

/** What a RawExtension or FieldsV1 holds. */
function jsonOf(bytes: Uint8Array): unknown {
  const parsed = parseJson(bytes);
  if (!isJsonMistake(parsed)) return parsed.value;
  throw new WireError(`json: error calling MarshalJSON for type runtime.RawExtension: ${parsed.error}`);
}

/** Go's name of a field, which is JSON's with a capital. */
function goName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
