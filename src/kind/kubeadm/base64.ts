/**
 * Base64 with padding, as Go's encoding/base64 writes it into Secrets and kubeconfigs. Encodes ASCII only, which is all
 * that PEM and tokens hold.
 */
import { assert } from '../../base/assert';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The base64 form of an ASCII text. */
export function base64OfAscii(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i += 3) {
    const given = Math.min(3, text.length - i);
    let bits = 0;
    for (let k = 0; k < 3; k += 1) {
      const code = k < given ? text.charCodeAt(i + k) : 0;
      assert(code < 0x80, 'base64OfAscii got a character outside ASCII');
      bits = (bits << 8) | code;
    }
    for (let k = 0; k < 4; k += 1) encoded += k <= given ? alphabet.charAt((bits >>> (18 - 6 * k)) & 63) : '=';
  }
  return encoded;
}
