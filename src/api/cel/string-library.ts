/**
 * CEL's extended text functions, version 2, with format(), and Kubernetes' regular expressions find() and findAll().
 * Positions count code points. Models cel-go's ext/strings.go and ext/formatting.go and apiserver's
 * pkg/cel/library/regex.go.
 */
import { utf8Decode, utf8Encode } from '../../base/utf8';
import { type Library, matchCost, patternOf, textCost } from './functions';
import { doubleText } from './standard-library';
import { durationText, timestampText } from './time-values';
import { ArrayList, CelDuration, CelList, CelMap, CelTimestamp, CelTypeValue, CelUint, fail, isNumber,
  nameOfType } from './values';

/** The text as code points, only where counting UTF-16 units would differ. */
function points(text: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text;
}

function cut(text: string, from: number, to: number): string {
  const all = points(text);
  return typeof all === 'string' ? all.slice(from, to) : all.slice(from, to).join('');
}

function inRange(index: bigint, size: number): number {
  return index < 0n || index > BigInt(size) ? fail(`index out of range: ${index}`) : Number(index);
}

function indexOf(text: string, part: string, from: bigint): bigint {
  const all = points(text);
  const start = inRange(from, all.length);
  if (typeof all === 'string') return BigInt(all.indexOf(part, start));
  const found = all.slice(start).join('').indexOf(part);
  return found < 0 ? -1n : BigInt(start + [...all.slice(start).join('').slice(0, found)].length);
}

function lastIndexOf(text: string, part: string, from: bigint | undefined): bigint {
  const all = points(text);
  const start = from === undefined ? all.length : inRange(from, all.length);
  if (typeof all === 'string') return BigInt(all.lastIndexOf(part, start));
  const wanted = [...part];
  for (let i = Math.min(start, all.length - wanted.length); i >= 0; i -= 1) {
    if (wanted.every((char, j) => all[i + j] === char)) return BigInt(i);
  }
  return -1n;
}

function replace(text: string, old: string, by: string, times: bigint): string {
  if (times === 0n) return text;
  if (times < 0n) return text.split(old).join(by);
  const parts = text.split(old);
  const changed = Math.min(Number(times), parts.length - 1);
  return parts.slice(0, changed + 1).join(by) + parts.slice(changed + 1).map((part) => old + part).join('');
}

function split(text: string, separator: string, limit: bigint): CelList {
  if (limit === 0n) return new ArrayList([]);
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit < 0n || BigInt(parts.length) <= limit) return new ArrayList(parts);
  const most = Number(limit) - 1;
  return new ArrayList([...parts.slice(0, most), parts.slice(most).join(separator)]);
}

function ascii(text: string, upper: boolean): string {
  return text.replace(upper ? /[a-z]+/g : /[A-Z]+/g, (part) => (upper ? part.toUpperCase() : part.toLowerCase()));
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quoted(text: string): string {
  return `"${text.replace(/[\u0007\b\f\n\r\t\v\\"]/g, (char) => escapes[char] ?? char)}"`;
}

/** A value as `%s` writes it. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof CelUint) return value.value.toString();
  if (typeof value === 'number') return doubleText(value).replace('+Inf', 'Infinity').replace('-Inf', '-Infinity');
  if (value instanceof Uint8Array) return utf8Decode(value);
  if (value instanceof CelTimestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelList) return `[${value.toArray().map(shown).join(', ')}]`;
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => [shown(key), shown(value.get(key))] as const);
    return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}: ${item}`).join(', ')}}`;
  }
  return fail(`could not convert argument ${nameOfType(value)} to string`);
}

function integerOf(value: unknown, verb: string): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof CelUint) return value.value;
  return fail(`error during formatting: ${verb} clause can only be used on integers, was given ${nameOfType(value)}`);
}

function based(value: bigint, base: number): string {
  return value < 0n ? `-${(-value).toString(base)}` : value.toString(base);
}

function inBase(value: unknown, verb: string): string {
  if (verb === 'd') return typeof value === 'number' ? shown(value) : integerOf(value, 'decimal').toString();
  if (verb === 'o') return based(integerOf(value, 'octal'), 8);
  if (verb === 'b') return typeof value === 'boolean' ? String(Number(value)) : based(integerOf(value, 'binary'), 2);
  const bytes = typeof value === 'string' ? utf8Encode(value) : value instanceof Uint8Array ? value : undefined;
  const text = bytes ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    : based(integerOf(value, 'hex'), 16);
  return verb === 'X' ? text.toUpperCase() : text;
}

function withPrecision(value: unknown, verb: string, precision: number): string {
  if (!isNumber(value)) {
    return fail(
      `error during formatting: ${verb === 'f' ? 'fixed-point' : 'scientific'} clause can only be used on doubles, ` +
        `was given ${nameOfType(value)}`,
    );
  }
  const number = Number(value instanceof CelUint ? value.value : value);
  if (!Number.isFinite(number)) return shown(number);
  if (verb === 'f') return number.toFixed(Math.min(100, precision));
  return number.toExponential(Math.min(100, precision)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function format(text: string, args: CelList): string {
  let used = 0;
  const result = text.replace(/%(?:\.(\d+))?(.?)/gs, (_, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%';
    if (used >= args.size) return fail(`index ${used} out of range`);
    const value = args.at(used);
    used += 1;
    if (verb === 's') return shown(value);
    if (verb === 'f' || verb === 'e')
      return withPrecision(value, verb, precision === undefined ? 6 : Number(precision));
    return 'dboxX'.includes(verb) && verb !== '' ? inBase(value, verb)
      : fail(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  });
  return used < args.size
    ? fail(`too many arguments supplied to string.format (expected ${used}, got ${args.size})`)
    : result;
}

const strings: Library = [
  [
    'string.charAt(int): string',
    ([a, i]) => {
      const all = points(a);
      return all[inRange(i, all.length)] ?? '';
    },
  ],
  ['string.indexOf(string): int', ([a, b]) => indexOf(a, b, 0n), ([a, b]) => textCost(a, b)],
  ['string.indexOf(string, int): int', ([a, b, i]) => indexOf(a, b, i), ([a, b]) => textCost(a, b)],
  ['string.lastIndexOf(string): int', ([a, b]) => lastIndexOf(a, b, undefined), ([a, b]) => textCost(a, b)],
  ['string.lastIndexOf(string, int): int', ([a, b, i]) => lastIndexOf(a, b, i), ([a, b]) => textCost(a, b)],
  ['string.lowerAscii(): string', ([a]) => ascii(a, false), ([a]) => textCost(a)],
  ['string.upperAscii(): string', ([a]) => ascii(a, true), ([a]) => textCost(a)],
  ['string.replace(string, string): string', ([a, b, c]) => replace(a, b, c, -1n), ([a, b, c]) => textCost(a, b, c)],
  [
    'string.replace(string, string, int): string',
    ([a, b, c, n]) => replace(a, b, c, n),
    ([a, b, c]) => textCost(a, b, c),
  ],
  ['string.split(string): list<string>', ([a, b]) => split(a, b, -1n), ([a]) => textCost(a)],
  ['string.split(string, int): list<string>', ([a, b, n]) => split(a, b, n), ([a]) => textCost(a)],
  ['string.substring(int): string', ([a, i]) => cut(a, inRange(i, points(a).length), Infinity), ([a]) => textCost(a)],
  [
    'string.substring(int, int): string',
    ([a, i, j]) => {
      const size = points(a).length;
      const [from, to] = [inRange(i, size), inRange(j, size)];
      return from > to ? fail(`invalid substring range. start: ${from}, end: ${to}`) : cut(a, from, to);
    },
    ([a]) => textCost(a),
  ],
  ['string.trim(): string', ([a]) => a.replace(/^[\s\u0085]+|[\s\u0085]+$/g, ''), ([a]) => textCost(a)],
  ['list<string>.join(): string', ([a]) => a.toArray().join(''), ([a]) => a.size],
  ['list<string>.join(string): string', ([a, b]) => a.toArray().join(b), ([a]) => a.size],
  ['string.format(list<dyn>): string', ([a, args]) => format(a, args), ([a]) => textCost(a)],
  ['strings.quote(string): string', ([a]) => quoted(a), ([a]) => textCost(a)],
];

function findAll(text: string, pattern: string, limit: bigint): CelList {
  const matcher = patternOf(pattern).matcher(text);
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return new ArrayList(found);
}

const regex: Library = [
  ['string.find(string): string', ([a, b]) => {
    const matcher = patternOf(b).matcher(a);
    return matcher.find() ? matcher.group() : '';
  }, ([a, b]) => matchCost(a, b)],
  ['string.findAll(string): list<string>', ([a, b]) => findAll(a, b, -1n), ([a, b]) => matchCost(a, b)],
  ['string.findAll(string, int): list<string>', ([a, b, n]) => findAll(a, b, n), ([a, b]) => matchCost(a, b)],
];

export const stringLibrary: Library = [...strings, ...regex];
