/**
 * CEL's standard functions: arithmetic, comparison, conversion, sizes, texts and times. Models cel-go's common/stdlib
 * with comparison across number types, and the matching of texts by RE2.
 */
import { utf8Decode, utf8Encode } from '../../base/utf8';
import { type Library, matchCost, patternOf, textCost } from './functions';
import {
  durationText,
  parseDuration,
  parseRfc3339,
  partsIn,
  partsOf,
  timestampText,
  type TimeParts,
} from './time-values';
import {
  ArrayList,
  CelDuration,
  CelList,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  checkedInt,
  checkedUint,
  compareValues,
  fail,
  isEqual,
  nameOfType,
} from './values';

type Args = readonly any[];

const maxDuration = 9_223_372_036_854_775_807n;
const minTime = -62_135_596_800n * 1_000_000_000n;
const maxTime = 253_402_300_799n * 1_000_000_000n + 999_999_999n;

function time(nanos: bigint): CelTimestamp {
  return nanos < minTime || nanos > maxTime ? fail('timestamp overflow') : new CelTimestamp(nanos);
}

function span(nanos: bigint): CelDuration {
  return nanos > maxDuration || nanos < -maxDuration - 1n ? fail('duration overflow') : new CelDuration(nanos);
}

function divisor(value: bigint, what: string): bigint {
  return value === 0n ? fail(what) : value;
}

/** Kubernetes adds sets without repetition, and maps by replacing items with the same keys. */
function addLists([a, b]: readonly [CelList, CelList]): CelList {
  const { listType, mapKeys } = a;
  if (listType === undefined) return new ArrayList([...a.values(), ...b.values()]);
  const items = a.toArray();
  for (const item of b.values()) {
    const same = listType === 'set' ? (other: unknown) => isEqual(other, item)
      : (other: unknown) => (mapKeys ?? []).every((key) => isEqual(keyOf(other, key), keyOf(item, key)));
    const at = items.findIndex(same);
    if (at < 0) items.push(item);
    else items[at] = item;
  }
  return new ArrayList(items, listType, mapKeys);
}

function keyOf(item: unknown, key: string): unknown {
  return item instanceof CelMap && item.has(key) ? item.get(key) : null;
}

const arithmetic: Library = [
  ['_+_(int, int): int', ([a, b]: Args) => checkedInt((a as bigint) + b)],
  ['_+_(uint, uint): uint', ([a, b]: Args) => checkedUint((a.value as bigint) + b.value)],
  ['_+_(double, double): double', ([a, b]: Args) => a + b],
  ['_+_(string, string): string', ([a, b]: Args) => a + b, ([a, b]: Args) => textCost(a, b)],
  ['_+_(bytes, bytes): bytes', ([a, b]: Args) => Uint8Array.from([...a, ...b]),
    ([a, b]: Args) => Math.ceil((a.length + b.length) / 10)],
  ['_+_(list<A>, list<A>): list<A>', (args) => addLists(args as [CelList, CelList])],
  ['_+_(timestamp, duration): timestamp', ([a, b]: Args) => time((a.nanos as bigint) + b.nanos)],
  ['_+_(duration, timestamp): timestamp', ([a, b]: Args) => time((a.nanos as bigint) + b.nanos)],
  ['_+_(duration, duration): duration', ([a, b]: Args) => span((a.nanos as bigint) + b.nanos)],
  ['_-_(int, int): int', ([a, b]: Args) => checkedInt((a as bigint) - b)],
  ['_-_(uint, uint): uint', ([a, b]: Args) => checkedUint((a.value as bigint) - b.value)],
  ['_-_(double, double): double', ([a, b]: Args) => a - b],
  ['_-_(timestamp, timestamp): duration', ([a, b]: Args) => span((a.nanos as bigint) - b.nanos)],
  ['_-_(timestamp, duration): timestamp', ([a, b]: Args) => time((a.nanos as bigint) - b.nanos)],
  ['_-_(duration, duration): duration', ([a, b]: Args) => span((a.nanos as bigint) - b.nanos)],
  ['_*_(int, int): int', ([a, b]: Args) => checkedInt((a as bigint) * b)],
  ['_*_(uint, uint): uint', ([a, b]: Args) => checkedUint((a.value as bigint) * b.value)],
  ['_*_(double, double): double', ([a, b]: Args) => a * b],
  ['_/_(int, int): int', ([a, b]: Args) => checkedInt((a as bigint) / divisor(b, 'division by zero'))],
  ['_/_(uint, uint): uint', ([a, b]: Args) => new CelUint((a.value as bigint) / divisor(b.value, 'division by zero'))],
  ['_/_(double, double): double', ([a, b]: Args) => a / b],
  ['_%_(int, int): int', ([a, b]: Args) => a % divisor(b, 'modulus by zero')],
  ['_%_(uint, uint): uint', ([a, b]: Args) => new CelUint((a.value as bigint) % divisor(b.value, 'modulus by zero'))],
  ['-_(int): int', ([a]: Args) => checkedInt(-(a as bigint))],
  ['-_(double): double', ([a]: Args) => -a],
  ['!_(bool): bool', ([a]: Args) => !a],
];

const comparedTypes = ['bool', 'int', 'uint', 'double', 'string', 'bytes', 'timestamp', 'duration'];
const numberTypes = ['int', 'uint', 'double'];
const comparisons: readonly (readonly [string, (order: number) => boolean])[] = [
  ['_<_', (order) => order < 0], ['_<=_', (order) => order <= 0],
  ['_>_', (order) => order > 0], ['_>=_', (order) => order >= 0],
];

const comparison: Library = comparisons.flatMap(([name, holds]) => {
  const run = ([a, b]: Args): boolean => {
    const order = compareValues(a, b);
    return order !== undefined && holds(order);
  };
  const cost = ([a, b]: Args): number => (typeof a === 'string' && typeof b === 'string'
    ? Math.ceil(Math.min(a.length, b.length) * 0.1) : 0);
  const mixed = numberTypes.flatMap((a) => numberTypes.filter((b) => b !== a).map((b) => `${a}, ${b}`));
  return [...comparedTypes.map((type) => `${type}, ${type}`), ...mixed]
    .map((types) => [`${name}(${types}): bool`, run, cost] as const);
});

const equality: Library = [
  ['_==_(A, A): bool', ([a, b]: Args) => isEqual(a, b), ([a, b]: Args) => equalityCost(a, b)],
  ['_!=_(A, A): bool', ([a, b]: Args) => !isEqual(a, b), ([a, b]: Args) => equalityCost(a, b)],
  ['@in(A, list<A>): bool', ([a, list]: Args) => {
    for (const item of (list as CelList).values()) if (isEqual(item, a)) return true;
    return false;
  }, ([, list]: Args) => list.size],
  ['@in(A, map<A, B>): bool', ([key, map]: Args) => map.has(key)],
];

function equalityCost(a: unknown, b: unknown): number {
  const size = (value: unknown): number => (typeof value === 'string' ? value.length
    : value instanceof CelList || value instanceof CelMap ? value.size * 10 : 10);
  return Math.ceil(Math.min(size(a), size(b)) * 0.1);
}

function toInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof CelUint) return checkedInt(value.value);
  if (value instanceof CelTimestamp) return partsSeconds(value.nanos);
  if (value instanceof CelDuration) return value.nanos;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value >= 2 ** 63 || value <= -(2 ** 63)) return fail('integer overflow');
    return BigInt(Math.trunc(value));
  }
  const text = value as string;
  if (!/^[+-]?\d+$/.test(text)) return fail(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return checkedInt(BigInt(text.replace(/^\+/, '')));
}

function partsSeconds(nanos: bigint): bigint {
  const second = 1_000_000_000n;
  return nanos / second - (nanos % second < 0n ? 1n : 0n);
}

function toUint(value: unknown): CelUint {
  if (value instanceof CelUint) return value;
  if (typeof value === 'bigint') return checkedUint(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) return fail('unsigned integer overflow');
    return checkedUint(BigInt(Math.trunc(value)));
  }
  const text = value as string;
  if (!/^\d+$/.test(text)) return fail(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  return checkedUint(BigInt(text));
}

function toDouble(text: string): number {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  return fail(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

const truths: Readonly<Record<string, boolean>> = {
  1: true, t: true, T: true, TRUE: true, true: true, True: true,
  0: false, f: false, F: false, FALSE: false, false: false, False: false,
};

/** A double as Go's %g with the shortest form prints it. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    const [digits = '', exponent = '0'] = value.toExponential().split('e');
    const power = Math.abs(Number(exponent));
    return `${digits}e${Number(exponent) < 0 ? '-' : '+'}${power < 10 ? '0' : ''}${power}`;
  }
  return Object.is(value, -0) ? '-0' : String(value);
}

const conversion: Library = [
  ...['int', 'uint', 'double', 'string', 'timestamp', 'duration'].map(
    (type) => [`int(${type}): int`, ([a]: Args) => toInt(a)] as const,
  ),
  ...['int', 'uint', 'double', 'string'].map((type) => [`uint(${type}): uint`, ([a]: Args) => toUint(a)] as const),
  ['double(double): double', ([a]: Args) => a],
  ['double(int): double', ([a]: Args) => Number(a)],
  ['double(uint): double', ([a]: Args) => Number(a.value)],
  ['double(string): double', ([a]: Args) => toDouble(a)],
  ['bool(bool): bool', ([a]: Args) => a],
  [
    'bool(string): bool',
    ([a]: Args) => (Object.hasOwn(truths, a) ? truths[a] : fail("type conversion error from 'string' to 'bool'")),
  ],
  ['string(string): string', ([a]: Args) => a],
  ['string(bool): string', ([a]: Args) => String(a)],
  ['string(int): string', ([a]: Args) => a.toString()],
  ['string(uint): string', ([a]: Args) => a.value.toString()],
  ['string(double): string', ([a]: Args) => doubleText(a)],
  ['string(bytes): string', ([a]: Args) => utf8Decode(a)],
  ['string(timestamp): string', ([a]: Args) => timestampText(a)],
  ['string(duration): string', ([a]: Args) => durationText(a)],
  ['bytes(bytes): bytes', ([a]: Args) => a],
  ['bytes(string): bytes', ([a]: Args) => utf8Encode(a), ([a]: Args) => textCost(a)],
  ['timestamp(timestamp): timestamp', ([a]: Args) => a],
  [
    'timestamp(string): timestamp',
    ([a]: Args) => parseRfc3339(a) ?? fail(`parsing time ${JSON.stringify(a)}: cannot parse as RFC 3339`),
  ],
  ['timestamp(int): timestamp', ([a]: Args) => time((a as bigint) * 1_000_000_000n)],
  ['duration(duration): duration', ([a]: Args) => a],
  ['duration(int): duration', ([a]: Args) => span(a)],
  [
    'duration(string): duration',
    ([a]: Args) => parseDuration(a) ?? fail(`time: invalid duration ${JSON.stringify(a)}`),
  ],
  ['type(A): type', ([a]: Args) => new CelTypeValue(nameOfType(a))],
  ['dyn(A): dyn', ([a]: Args) => a],
];

/** The number of code points. */
export function textSize(text: string): bigint {
  let count = BigInt(text.length);
  for (let i = 0; i + 1 < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count -= 1n;
  }
  return count;
}

const sizes: Library = [
  ['string', ([a]: Args) => textSize(a)] as const,
  ['bytes', ([a]: Args) => BigInt(a.length)] as const,
  ['list<A>', ([a]: Args) => BigInt(a.size)] as const,
  ['map<A, B>', ([a]: Args) => BigInt(a.size)] as const,
].flatMap(([type, run]) => [[`size(${type}): int`, run], [`${type}.size(): int`, run]] as const);

const matches = ([text, pattern]: Args): boolean => patternOf(pattern).matcher(text).find();
const texts: Library = [
  ['string.contains(string): bool', ([a, b]: Args) => a.includes(b), ([a, b]: Args) => textCost(a, b)],
  ['string.startsWith(string): bool', ([a, b]: Args) => a.startsWith(b), ([, b]: Args) => textCost(b)],
  ['string.endsWith(string): bool', ([a, b]: Args) => a.endsWith(b), ([, b]: Args) => textCost(b)],
  ['string.matches(string): bool', matches, ([a, b]: Args) => matchCost(a, b)],
  ['matches(string, string): bool', matches, ([a, b]: Args) => matchCost(a, b)],
];

const timeParts: readonly (readonly [string, (parts: TimeParts) => number])[] = [
  ['getFullYear', ({ year }) => year], ['getMonth', ({ month }) => month - 1], ['getDate', ({ date }) => date],
  ['getDayOfMonth', ({ date }) => date - 1], ['getDayOfWeek', ({ weekday }) => weekday],
  ['getDayOfYear', ({ yearDay }) => yearDay], ['getHours', ({ hours }) => hours],
  ['getMinutes', ({ minutes }) => minutes], ['getSeconds', ({ seconds }) => seconds],
  ['getMilliseconds', ({ fraction }) => Number(fraction / 1_000_000n)],
];

const times: Library = [
  ...timeParts.flatMap(([name, part]) => [
    [`timestamp.${name}(): int`, ([a]: Args) => BigInt(part(partsOf(a.nanos)))] as const,
    [`timestamp.${name}(string): int`, ([a, zone]: Args) => BigInt(part(partsIn(a, zone)))] as const,
  ]),
  ['duration.getHours(): int', ([a]: Args) => a.nanos / 3_600_000_000_000n],
  ['duration.getMinutes(): int', ([a]: Args) => a.nanos / 60_000_000_000n],
  ['duration.getSeconds(): int', ([a]: Args) => a.nanos / 1_000_000_000n],
  ['duration.getMilliseconds(): int', ([a]: Args) => a.nanos / 1_000_000n],
];

export const standardLibrary: Library = [
  ...arithmetic, ...comparison, ...equality, ...conversion, ...sizes, ...texts, ...times,
];
