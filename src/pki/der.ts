/**
 * ASN.1 in DER: a writer for what certificates and keys consist of, and a reader that trusts nothing: lengths must be
 * minimal and lie inside their parent, nesting and element counts are bounded, and what does not fit is answered with
 * undefined. Only low tag numbers with definite lengths: X.509, PKCS#8 and PKCS#10 need no others. Models X.690.
 */
import { utf8Encode } from '../base/utf8';
import { concatBytes, strictText } from './encoding';

/** Universal tags in use; 0x20 marks a constructed value. */
export const derTag = Object.freeze({
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, utf8String: 0x0c,
  printableString: 0x13, teletexString: 0x14, ia5String: 0x16, utcTime: 0x17, generalizedTime: 0x18,
  sequence: 0x30, set: 0x31,
});

/** Larger inputs are refused: a certificate request is a few kilobytes. */
const maxBytes = 1 << 20;
/** Elements of one constructed value. */
const maxElements = 4_096;

// --- writing ---------------------------------------------------------------------------------------------------------

/** A value of any tag. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  return concatBytes(Uint8Array.of(tag, ...lengthOctets(body.length)), body);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export function derSequence(...items: readonly Uint8Array[]): Uint8Array {
  return der(derTag.sequence, ...items);
}

export function derSet(...items: readonly Uint8Array[]): Uint8Array {
  return der(derTag.set, ...items);
}

/** A non-negative integer from its big-endian bytes. */
export function derInteger(value: Uint8Array | number): Uint8Array {
  const bytes = typeof value === 'number' ? Uint8Array.of(value) : value;
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const magnitude = bytes.subarray(start);
  const sign = (magnitude[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return der(derTag.integer, sign, magnitude);
}

export function derBoolean(value: boolean): Uint8Array {
  return der(derTag.boolean, Uint8Array.of(value ? 0xff : 0));
}

/** An object identifier from its dotted text. */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...arcs]) {
    const seven: number[] = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) seven.unshift(0x80 | (rest % 128));
    bytes.push(...seven);
  }
  return der(derTag.oid, Uint8Array.from(bytes));
}

export function derOctetString(bytes: Uint8Array): Uint8Array {
  return der(derTag.octetString, bytes);
}

/** A bit string of whole bytes, but for `unusedBits` at the end. */
export function derBitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(derTag.bitString, Uint8Array.of(unusedBits), bytes);
}

/** A text: printable where its characters allow it, otherwise UTF-8, as Go writes names. */
export function derText(text: string): Uint8Array {
  const tag = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? derTag.printableString : derTag.utf8String;
  return der(tag, utf8Encode(text));
}

// --- reading ---------------------------------------------------------------------------------------------------------

/** One value as it was read: its tag, its content, and both together as they stood in the input. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** The one value that fills the input, or undefined. */
export function readDer(bytes: Uint8Array): DerValue | undefined {
  if (bytes.length > maxBytes) return undefined;
  const value = readValue(bytes, 0);
  return value?.whole.length === bytes.length ? value : undefined;
}

/** The values inside a constructed one, or undefined. */
export function derItems(value: DerValue | undefined): readonly DerValue[] | undefined {
  if (!value || (value.tag & 0x20) === 0) return undefined;
  const items: DerValue[] = [];
  for (let at = 0; at < value.content.length;) {
    const item = readValue(value.content, at);
    if (!item || items.length === maxElements) return undefined;
    items.push(item);
    at += item.whole.length;
  }
  return items;
}

function readValue(bytes: Uint8Array, start: number): DerValue | undefined {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  let length = first;
  let body = start + 2;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0 || octets > 3) return undefined;
    length = 0;
    for (let i = 0; i < octets; i += 1) length = length * 256 + (bytes[body + i] ?? 0);
    if (length < 0x80 || (bytes[body] ?? 0) === 0) return undefined;
    body += octets;
  }
  const end = body + length;
  return end > bytes.length ? undefined
    : { tag, content: bytes.subarray(body, end), whole: bytes.subarray(start, end) };
}

/** The dotted text of an object identifier, or undefined. */
export function readOid(value: DerValue | undefined): string | undefined {
  if (value?.tag !== derTag.oid || value.content.length === 0 || value.content.length > 64) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (const [at, byte] of value.content.entries()) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 2 ** 40) return undefined;
    if ((byte & 0x80) === 0) {
      arcs.push(arc);
      arc = 0;
    } else if (at === value.content.length - 1) return undefined;
  }
  const [head = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - 40 * first, ...rest].join('.');
}

/** The bytes of a bit string of whole bytes, or undefined. */
export function readBitString(value: DerValue | undefined): Uint8Array | undefined {
  return value?.tag === derTag.bitString && value.content[0] === 0 ? value.content.subarray(1) : undefined;
}

/** A non-negative integer, or undefined. */
export function readInteger(value: DerValue | undefined): bigint | undefined {
  if (value?.tag !== derTag.integer || value.content.length === 0 || (value.content[0] ?? 0) >= 0x80) return undefined;
  return bigIntOf(value.content);
}

/** Big-endian bytes as a number. */
export function bigIntOf(bytes: Uint8Array): bigint {
  let digits = '0x0';
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0');
  return BigInt(digits);
}

/** A text of one of the string types, or undefined. */
export function readText(value: DerValue | undefined): string | undefined {
  switch (value?.tag) {
    case derTag.utf8String: case derTag.printableString: case derTag.ia5String: case derTag.teletexString:
      return strictText(value.content);
    default: return undefined;
  }
}
