/**
 * Bytes as text and back without loss. Text is UTF-8; a byte that belongs to no valid sequence becomes a lone surrogate
 * of U+DC80 to U+DCFF and is written back as that byte, as PEP 383 has it. So programs of the simulation handle text,
 * and an archive or a picture passes through them unharmed.
 */

const escapeBase = 0xdc00;
/** How many code units are joined at once: as many arguments as every engine takes. */
const chunk = 8_192;

/** The text that the bytes stand for; every sequence of bytes stands for one. */
export function textOfBytes(bytes: Uint8Array): string {
  return decode(bytes, bytes.length);
}

/** The bytes that a text stands for. A surrogate that escapes no byte becomes the replacement character. */
export function bytesOfText(text: string): Uint8Array {
  const bytes = new Uint8Array(byteLength(text));
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdbff && isLow(text.charCodeAt(i + 1))) {
      i += 1;
      code = 0x1_0000 + ((code - 0xd800) << 10) + (text.charCodeAt(i) - 0xdc00);
    } else if (isEscape(code)) {
      bytes[at++] = code - escapeBase;
      continue;
    } else if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x1_0000) bytes[at++] = 0xe0 | (code >> 12);
      else {
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 63);
      }
      bytes[at++] = 0x80 | ((code >> 6) & 63);
    }
    bytes[at++] = 0x80 | (code & 63);
  }
  return bytes;
}

/** How many bytes a text stands for. */
export function byteLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80 || isEscape(code)) continue;
    if (code < 0x800) length += 1;
    else if (code >= 0xd800 && code <= 0xdbff && isLow(text.charCodeAt(i + 1))) {
      // Two code units, four bytes.
      length += 2;
      i += 1;
    } else length += 2;
  }
  return length;
}

/** Turns a stream of bytes into text piece by piece: a sequence that is cut in two is held back until it is whole. */
export class ByteTextDecoder {
  private rest = new Uint8Array(0);

  /** The text of what is complete. */
  push(bytes: Uint8Array): string {
    const all = this.rest.length === 0 ? bytes : joinBytes([this.rest, bytes]);
    const end = completeEnd(all);
    this.rest = all.slice(end);
    return decode(all, end);
  }

  /** What was held back, at the end of the stream. */
  end(): string {
    const text = textOfBytes(this.rest);
    this.rest = new Uint8Array(0);
    return text;
  }
}

/** Byte arrays one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function decode(bytes: Uint8Array, end: number): string {
  const pieces: string[] = [];
  let units: number[] = [];
  for (let i = 0; i < end;) {
    const length = sequenceLength(bytes, i, end);
    if (length === 1) units.push(bytes[i] as number);
    else if (length === 0) units.push(escapeBase + (bytes[i] as number));
    else pushCodePoint(units, bytes, i, length);
    i += Math.max(1, length);
    if (units.length >= chunk) {
      pieces.push(String.fromCharCode(...units));
      units = [];
    }
  }
  pieces.push(String.fromCharCode(...units));
  return pieces.join('');
}

function pushCodePoint(units: number[], bytes: Uint8Array, at: number, length: number): void {
  let code = (bytes[at] as number) & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) code = (code << 6) | ((bytes[at + i] as number) & 63);
  if (code < 0x1_0000) units.push(code);
  else units.push(0xd800 + ((code - 0x1_0000) >> 10), 0xdc00 + ((code - 0x1_0000) & 0x3ff));
}

/** The length of the valid UTF-8 sequence that begins here; 0 when there is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3
    : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  for (let i = 1; i < length; i += 1) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] as number;
  // Overlong forms, surrogates, and what lies beyond Unicode.
  if ((lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f)) return 0;
  return (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f) ? 0 : length;
}

/** Where the last sequence begins that might still be completed; the end when none is open. */
function completeEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function isEscape(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
