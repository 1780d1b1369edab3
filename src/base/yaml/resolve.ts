/**
 * What an unquoted YAML text means, by the rules of go-yaml v2, which kubectl uses through sigs.k8s.io/yaml: YAML 1.1
 * booleans (also y and n), octal numbers with a leading 0 or 0o, underscores in numbers, 1e3 as a number, dates as
 * plain texts. Models resolve() in sigs.k8s.io/yaml/goyaml.v2/resolve.go.
 *
 * Integers keep their exact value: a JavaScript number where that is exact, a bigint for other integers that fit into
 * 64 bits. Larger ones become floating-point numbers, as in Go.
 */

/** Short YAML tags that an unquoted text can resolve to. */
export type ResolvedTag = '!!str' | '!!int' | '!!float' | '!!bool' | '!!null' | '!!merge' | '!!timestamp';

/** A resolved text. Timestamps keep their text: go-yaml hands them to untyped values as strings. */
export interface ResolvedScalar {
  readonly tag: ResolvedTag;
  readonly value: string | number | bigint | boolean | null;
}

const words = new Map<string, ResolvedScalar>();
for (const [value, names] of [
  [true, 'y Y yes Yes YES true True TRUE on On ON'],
  [false, 'n N no No NO false False FALSE off Off OFF'],
] as const) {
  for (const name of names.split(' ')) words.set(name, { tag: '!!bool', value });
}
for (const name of ['', '~', 'null', 'Null', 'NULL']) words.set(name, { tag: '!!null', value: null });
for (const name of ['.nan', '.NaN', '.NAN']) words.set(name, { tag: '!!float', value: NaN });
for (const name of ['.inf', '.Inf', '.INF']) {
  words.set(name, { tag: '!!float', value: Infinity });
  words.set(`+${name}`, { tag: '!!float', value: Infinity });
  words.set(`-${name}`, { tag: '!!float', value: -Infinity });
}
words.set('<<', { tag: '!!merge', value: '<<' });

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const date = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(.*)$/;
const timeOfDay = /^(?:[Tt]T:T:T(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})| T:T:T(?:\.[0-9]+)?)?$/;
const time = new RegExp(timeOfDay.source.replaceAll('T:T:T', '[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}'));

/** Digits of an integer by base, as strconv.ParseInt with base 0 reads them. */
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

const minInt64 = -(2n ** 63n);
const maxUint64 = 2n ** 64n - 1n;

function parseInteger(text: string): bigint | undefined {
  const match = integer.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const digits =
    (hex && `0x${hex}`) || (binary && `0b${binary}`) || (octal && `0o${octal}`) || decimal;
  const value = BigInt(digits ?? '0');
  return sign === '-' ? -value : value;
}

function isTimestamp(text: string): boolean {
  const [, , month, day, rest] = date.exec(text) ?? [];
  const inYear = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return rest !== undefined && inYear && time.test(rest);
}

function resolveNumber(text: string): ResolvedScalar | undefined {
  if (isTimestamp(text)) return { tag: '!!timestamp', value: text };
  const plain = text.replaceAll('_', '');
  const exact = parseInteger(plain);
  // 64 bits are the longest that Go keeps exact; a uint64 carries no sign.
  if (exact !== undefined && exact >= minInt64 && exact <= maxUint64) {
    const number = Number(exact);
    return { tag: '!!int', value: Number.isSafeInteger(number) ? number : exact };
  }
  if (float.test(plain)) return { tag: '!!float', value: Number(plain) };
  return exact === undefined ? undefined : { tag: '!!float', value: Number(exact) };
}

/** Resolves an unquoted text; what is nothing else is a string. */
export function resolveScalar(text: string): ResolvedScalar {
  const word = words.get(text);
  if (word) return word;
  if (/^[-+.0-9]/.test(text)) {
    const number = text.startsWith('.') && text.includes('_') ? undefined : resolveNumber(text);
    if (number) return number;
  }
  return { tag: '!!str', value: text };
}

/**
 * A floating-point number as Go's strconv.FormatFloat(value, 'g', -1, bits) prints it: the shortest digits that read
 * back to the same number, with an exponent below 1e-4 and from 1e6 on. Infinities and NaN are spelled as in YAML.
 */
export function formatFloat(value: number, bits: 32 | 64): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '', exponentText = '0'] = shortest(Math.abs(value), bits).split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 6) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits.charAt(0)}${tail}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

function shortest(value: number, bits: 32 | 64): string {
  if (bits === 64) return value.toExponential();
  const single = Math.fround(value);
  for (let precision = 0; precision < 9; precision += 1) {
    const text = single.toExponential(precision);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential();
}
