/** MD5 and SHA-256 (RFC 1321, FIPS 180-4) over bytes, for md5sum and sha256sum. */

function words(bytes: readonly number[], littleEndian: boolean): number[] {
  const padded = [...bytes, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = bytes.length * 8;
  const length = [Math.floor(bits / 2 ** 32), bits >>> 0];
  const list: number[] = [];
  for (let at = 0; at < padded.length; at += 4) {
    const four = padded.slice(at, at + 4);
    const [a, b, c, d] = (littleEndian ? four.reverse() : four) as [number, number, number, number];
    list.push((a << 24) | (b << 16) | (c << 8) | d);
  }
  return littleEndian ? [...list, length[1] as number | 0, length[0] as number]
    : [...list, length[0] as number, length[1] as number];
}

function hex(word: number, littleEndian: boolean): string {
  const text = (word >>> 0).toString(16).padStart(8, '0');
  return littleEndian ? (text.match(/../g) ?? []).reverse().join('') : text;
}

const shifts = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
const sines = Array.from({ length: 64 }, (_, index) => Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32));

/** The MD5 sum in hexadecimal digits. */
export function md5(bytes: readonly number[]): string {
  const list = words(bytes, true);
  let state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < list.length; block += 16) {
    let [a, b, c, d] = state as [number, number, number, number];
    for (let index = 0; index < 64; index += 1) {
      const round = index >> 4;
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d
        : c ^ (b | ~d);
      const at = [index, 5 * index + 1, 3 * index + 5, 7 * index][round] as number;
      const sum = (a + mixed + (sines[index] as number) + (list[block + (at % 16)] as number)) | 0;
      const shift = shifts[round]?.[index % 4] as number;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    state = [a, b, c, d].map((word, index) => (word + (state[index] as number)) | 0);
  }
  return state.map((word) => hex(word, true)).join('');
}

/** The fractional parts of roots of the first primes, of which SHA-256's constants are made. */
function fractions(count: number, root: (prime: number) => number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate && prime; divisor += 1) prime = candidate % divisor !== 0;
    if (prime) found.push(Math.floor((root(candidate) % 1) * 2 ** 32) | 0);
  }
  return found;
}

const roundConstants = fractions(64, Math.cbrt);
const initialState = fractions(8, Math.sqrt);

function rotate(word: number, count: number): number {
  return (word >>> count) | (word << (32 - count));
}

/** The SHA-256 sum in hexadecimal digits. */
export function sha256(bytes: readonly number[]): string {
  const list = words(bytes, false);
  let state = initialState;
  for (let block = 0; block < list.length; block += 16) {
    const schedule = list.slice(block, block + 16);
    for (let index = 16; index < 64; index += 1) {
      const [far, near] = [schedule[index - 15] as number, schedule[index - 2] as number];
      const small = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
      const large = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
      schedule.push(((schedule[index - 16] as number) + small + (schedule[index - 7] as number) + large) | 0);
    }
    let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
    for (let index = 0; index < 64; index += 1) {
      const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e,
        25)) + ((e & f) ^ (~e & g)) + (roundConstants[index] as number) + (schedule[index] as number)) | 0;
      const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    state = [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] as number)) | 0);
  }
  return state.map((word) => hex(word, false)).join('');
}
