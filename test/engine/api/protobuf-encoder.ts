/** Encodes objects as Kubernetes' Go clients do: every plain field, even zeros, and pointers only when they are set. */
import { base64Decode } from '../../../src/base/base64';
import { utf8Encode } from '../../../src/base/utf8';
import { type Message, type MessageField, messageOf, messageOfKind } from '../../../src/api/protobuf/messages';
import { parseTime } from '../../../src/api/time';

type Plain = Readonly<Record<string, unknown>>;

export function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return bytes;
}

export function field(number: number, bytes: readonly number[]): number[] {
  return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
}

export function text(number: number, value: string): number[] {
  return field(number, [...utf8Encode(value)]);
}

export function envelope(apiVersion: string, kind: string, raw: readonly number[]): Uint8Array {
  const type = [...text(1, apiVersion), ...text(2, kind)];
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...field(1, type), ...field(2, raw), ...text(3, ''), ...text(4, '')]);
}

export function encode(object: Plain): Uint8Array {
  const [apiVersion, kind] = [String(object['apiVersion']), String(object['kind'])];
  const message = messageOfKind(apiVersion, kind);
  if (message === undefined) throw new Error(`no message for ${apiVersion} ${kind}`);
  return envelope(apiVersion, kind, encodeMessage(object, message));
}

function encodeMessage(object: Plain, message: Message): number[] {
  return [...message.fields].flatMap(([number, described]) => encodeField(number, described, object));
}

function encodeField(number: number, { name, presence, repeat, value }: MessageField, object: Plain): number[] {
  const given = object[name];
  if (presence === 'inline' && 'message' in value) return field(number, encodeMessage(object, messageOf(value.message)));
  const one = (item: unknown): number[] => {
    if ('message' in value) return field(number, encodeMessage(item as Plain, messageOf(value.message)));
    if (value.code === 'i' || value.code === 'l' || value.code === 'b') {
      return [...varint(number << 3), ...varint(typeof item === 'boolean' ? Number(item) : (item as number))];
    }
    return field(number, bytesOf(item, value.code));
  };
  if (repeat === 'list') return ((given ?? []) as readonly unknown[]).flatMap(one);
  if (repeat === 'map') {
    return Object.entries((given ?? {}) as Plain).flatMap(([key, item]) => {
      const valueField: MessageField = { name, presence: 'always', repeat: 'one', value };
      return field(number, [...text(1, key), ...encodeField(2, valueField, { [name]: item })]);
    });
  }
  if (given !== undefined) return one(given);
  const isPlain = presence !== 'whenSet' && 'code' in value && 'silb'.includes(value.code);
  return isPlain && 'code' in value ? one(value.code === 's' ? '' : 0) : [];
}

function bytesOf(item: unknown, code: string): number[] {
  switch (code) {
    case 's':
      return [...utf8Encode(String(item))];
    case 'y':
      return [...utf8Encode(base64Decode(String(item)) ?? '')];
    case 't': case 'u': {
      const ms = parseTime(String(item)) ?? 0;
      const seconds = Math.floor(ms / 1000);
      return [8, ...varint(seconds), 16, ...varint(Math.round((ms - seconds * 1000) * 1e6))];
    }
    case 'q':
      return text(1, String(item));
    case 'x':
      return typeof item === 'string' ? [8, 1, 16, 0, ...text(3, item)]
        : [8, 0, 16, ...varint(item as number), ...text(3, '')];
    case 'v':
      return (item as readonly string[]).flatMap((each) => text(1, each));
    default:
      return text(1, JSON.stringify(item));
  }
}
