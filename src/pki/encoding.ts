/**
 * Bytes as text and back: hexadecimal, base64url and PEM, and strict decoding of base64. What comes from outside may be
 * malformed; decoders answer undefined then. Models encoding/base64 and encoding/pem as far as Kubernetes uses them.
 */
import { base64OfBytes } from '../base/base64';
import { isUtf8, utf8Decode } from '../base/utf8';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Map([...alphabet].map((char, value) => [char, value]));

/** Several pieces as one. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two pieces are the same. Not in constant time: nothing here is secret from who could measure it. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The text of UTF-8 bytes, or undefined when they are none. */
export function strictText(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? utf8Decode(bytes) : undefined;
}

/** The bytes that pairs of hexadecimal digits stand for, or undefined. */
export function hexDecode(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** The bytes that padded base64 stands for, line ends allowed; undefined when it is malformed. */
export function bytesOfBase64(encoded: string): Uint8Array | undefined {
  const text = encoded.replace(/[\r\n]/g, '');
  const data = text.replace(/={1,2}$/, '');
  if (text.length % 4 !== 0) return undefined;
  return decodeDigits(data);
}

function decodeDigits(data: string): Uint8Array | undefined {
  if (data.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((data.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const char of data) {
    const value = digits.get(char);
    if (value === undefined) return undefined;
    buffer = ((buffer << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = (buffer >> bits) & 0xff;
      at += 1;
    }
  }
  // The bits left over must be zero, so that there is one encoding only: Go's Strict mode, as JOSE demands.
  return (buffer & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** Bytes as base64url without padding, as JOSE writes them. */
export function base64UrlOfBytes(bytes: Uint8Array): string {
  return base64OfBytes(bytes).replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_');
}

/** The bytes that unpadded base64url stands for, or undefined. */
export function bytesOfBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  return decodeDigits(text.replace(/-/g, '+').replace(/_/g, '/'));
}

/** One block of a PEM text. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Bytes as a PEM block with lines of 64 characters. */
export function pemEncode(type: string, bytes: Uint8Array): string {
  const lines = base64OfBytes(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, ...lines, `-----END ${type}-----`, ''].join('\n');
}

/** The first PEM block of a text, or undefined when there is none that is well formed. Headers are skipped. */
export function pemDecode(text: string): PemBlock | undefined {
  const begin = /-----BEGIN ([A-Z0-9 ]{1,64})-----[ \t]*\r?\n/.exec(text);
  if (!begin) return undefined;
  const type = begin[1] ?? '';
  const start = begin.index + begin[0].length;
  const end = text.indexOf(`-----END ${type}-----`, start);
  if (end < 0) return undefined;
  const lines = text.slice(start, end).split(/\r?\n/).map((line) => line.trim());
  const data = lines.filter((line) => line !== '' && !line.includes(':')).join('');
  const bytes = bytesOfBase64(data);
  return bytes && { type, bytes };
}
