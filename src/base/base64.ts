/**
 * Base64 of UTF-8 texts, as Secrets and binary data hold it, without the host's functions. Standard alphabet, padded.
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The UTF-8 bytes of a text; a lone surrogate becomes the replacement character. */
function utf8Bytes(text: string): number[] {
  const bytes: number[] = [];
  for (const char of text) {
    let code = char.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x1_0000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
  }
  return bytes;
}

/** A text as base64 of its UTF-8 bytes. */
export function base64Encode(text: string): string {
  return base64OfBytes(utf8Bytes(text));
}

/** Bytes as base64. */
export function base64OfBytes(bytes: ArrayLike<number>): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    const left = bytes.length - i;
    out += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | (b >> 4));
    out += left > 1 ? alphabet.charAt(((b & 15) << 2) | (c >> 6)) : '=';
    out += left > 2 ? alphabet.charAt(c & 63) : '=';
  }
  return out;
}

/** The text that base64 stands for, or undefined when it is malformed or no UTF-8 text. */
export function base64Decode(encoded: string): string | undefined {
  const bytes = base64Bytes(encoded);
  return bytes && utf8Text(bytes);
}

/** The bytes that base64 stands for, or undefined when it is malformed. */
export function base64Bytes(encoded: string): Uint8Array | undefined {
  const digits = encoded.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(digits)) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < digits.length; i += 4) {
    const four = [0, 1, 2, 3].map((at) => Math.max(0, alphabet.indexOf(digits.charAt(i + at))));
    const [a = 0, b = 0, c = 0, d = 0] = four;
    bytes.push((a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d);
  }
  return Uint8Array.from(bytes.slice(0, base64ByteLength(digits)));
}

function utf8Text(bytes: Uint8Array): string | undefined {
  const percent = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(percent);
  } catch {
    return undefined;
  }
}

/** How many bytes base64 stands for. */
export function base64ByteLength(encoded: string): number {
  const digits = encoded.replace(/[\r\n]/g, '');
  const padding = digits.endsWith('==') ? 2 : digits.endsWith('=') ? 1 : 0;
  return Math.floor(digits.length / 4) * 3 - padding;
}
