/**
 * UTF-8 by arithmetic, without the host's encoders: bytes of requests and answers to and from JavaScript's texts.
 * Malformed bytes become the replacement character, one per maximal bad part, as Go's and the web's decoders have it.
 */

const chunk = 8_192;

/** The text that bytes stand for. */
export function utf8Decode(bytes: Uint8Array): string {
  let out = '';
  let units: number[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [code, next] = codePointAt(bytes, at);
    at = next;
    if (code < 0x1_0000) units.push(code);
    else units.push(0xd800 + ((code - 0x1_0000) >> 10), 0xdc00 + ((code - 0x1_0000) & 0x3ff));
    if (units.length >= chunk) {
      out += String.fromCharCode(...units);
      units = [];
    }
  }
  return out + String.fromCharCode(...units);
}

/** Whether bytes are well-formed UTF-8: no stray or missing continuation, no overlong form, no surrogate. */
export function isUtf8(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length;) {
    if ((bytes[at] ?? 0) < 0x80) {
      at += 1;
      continue;
    }
    const [code, next] = codePointAt(bytes, at);
    if (code === 0xfffd && !(bytes[at] === 0xef && next === at + 3)) return false;
    at = next;
  }
  return true;
}

/** The code point that begins at a place, and where the next one begins. */
function codePointAt(bytes: Uint8Array, at: number): readonly [code: number, next: number] {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return [lead, at + 1];
  const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length === 1) return [0xfffd, at + 1];
  let code = lead & (0x7f >> length);
  for (let i = 1; i < length; i += 1) {
    const byte = bytes[at + i] ?? 0;
    // The first continuation has a narrower range after some leads: no overlong forms, surrogates, or beyond U+10FFFF.
    const low = i > 1 ? 0x80 : lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = i > 1 ? 0xbf : lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    if (byte < low || byte > high) return [0xfffd, at + i];
    code = (code << 6) | (byte & 0x3f);
  }
  return [code, at + length];
}

/** The UTF-8 bytes of a text; a lone surrogate becomes the replacement character. */
export function utf8Encode(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  for (let i = 0; i < text.length; i += 1) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[at++] = code;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      code = text.codePointAt(i) ?? 0;
      if (code > 0xffff) i += 1;
      else code = 0xfffd;
    }
    if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
    else {
      if (code < 0x1_0000) bytes[at++] = 0xe0 | (code >> 12);
      else {
        bytes[at++] = 0xf0 | (code >> 18);
        bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (code & 0x3f);
  }
  return bytes;
}

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A pair of surrogates is two units and four bytes.
    if (unit >= 0xd800 && unit <= 0xdbff && (text.codePointAt(i) ?? 0) > 0xffff) i += 1;
  }
  return length;
}
