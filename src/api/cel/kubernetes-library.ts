/**
 * Kubernetes' own functions: lists, sets, URLs, quantities, named formats and semantic versions. Models apiserver's
 * pkg/cel/library (lists, urls, quantity, format, semverlib) and cel-go's ext/sets.go.
 */
import { hasFormat, isRequestUri } from '../custom/formats';
import { dns1035LabelProblems, dnsLabelProblems, dnsSubdomainProblems, labelValueProblems, nameProblems,
  qualifiedNameProblems } from '../names';
import { addQuantities, compareQuantities, isQuantityError, parseQuantity, type Quantity, quantityOf,
  subtractQuantities } from '../quantity';
import { parseTime } from '../time';
import type { Library } from './functions';
import { ArrayList, CelDuration, type CelList, CelOpaque, CelOptional, CelUint, checkedInt, compareValues, EntryMap,
  fail, isEqual } from './values';

type Args = readonly any[];

// --- lists ---------------------------------------------------------------------------------------------------------------

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const zeros: Readonly<Record<string, unknown>> = {
  int: 0n,
  uint: new CelUint(0n),
  double: 0,
  duration: new CelDuration(0n),
};

function ordered(a: unknown, b: unknown): number {
  return compareValues(a, b) ?? fail('no such overload');
}

function isSorted(list: CelList): boolean {
  for (let i = 1; i < list.size; i += 1) if (ordered(list.at(i - 1), list.at(i)) > 0) return false;
  return true;
}

function extreme(list: CelList, sign: 1 | -1): unknown {
  if (list.size === 0) return fail(`${sign > 0 ? 'max' : 'min'} called on empty list`);
  let best = list.at(0);
  for (const item of list.values()) if (ordered(item, best) * sign > 0) best = item;
  return best;
}

function sum(list: CelList, zero: unknown): unknown {
  let total: any = zero;
  for (const item of list.values()) {
    if (typeof item === 'bigint') total = checkedInt(total + item);
    else if (item instanceof CelUint) total = new CelUint(total.value + item.value);
    else if (item instanceof CelDuration) total = new CelDuration(total.nanos + item.nanos);
    else total += item as number;
  }
  return total;
}

function position(list: CelList, item: unknown, last: boolean): bigint {
  const places = list.toArray().flatMap((other, at) => (isEqual(other, item) ? [at] : []));
  return BigInt((last ? places[places.length - 1] : places[0]) ?? -1);
}

const bySize = ([list]: Args): number => list.size;

const lists: Library = [
  ...comparable.flatMap((type) => [
    [`list<${type}>.isSorted(): bool`, ([a]: Args) => isSorted(a), bySize] as const,
    [`list<${type}>.min(): ${type}`, ([a]: Args) => extreme(a, -1), bySize] as const,
    [`list<${type}>.max(): ${type}`, ([a]: Args) => extreme(a, 1), bySize] as const,
  ]),
  ...Object.keys(zeros).map(
    (type) => [`list<${type}>.sum(): ${type}`, ([a]: Args) => sum(a, zeros[type]), bySize] as const,
  ),
  ['list<A>.indexOf(A): int', ([a, b]) => position(a, b, false), bySize],
  ['list<A>.lastIndexOf(A): int', ([a, b]) => position(a, b, true), bySize],
];

// --- sets ----------------------------------------------------------------------------------------------------------------

function containsAll(list: CelList, wanted: CelList): boolean {
  return wanted.toArray().every((item) => list.toArray().some((other) => isEqual(other, item)));
}

const product = ([a, b]: Args): number => a.size * b.size;

const sets: Library = [
  ['sets.contains(list<A>, list<A>): bool', ([a, b]) => containsAll(a, b), product],
  ['sets.equivalent(list<A>, list<A>): bool', ([a, b]) => containsAll(a, b) && containsAll(b, a), product],
  ['sets.intersects(list<A>, list<A>): bool', ([a, b]) =>
    (b as CelList).toArray().some((item) => (a as CelList).toArray().some((other) => isEqual(other, item))), product],
];

// --- URLs ----------------------------------------------------------------------------------------------------------------

interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  /** The whole text, which tells URLs apart. */
  readonly identity: string;
}

function parseUrl(text: string): CelOpaque | undefined {
  if (!isRequestUri(text)) return undefined;
  const match = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^@/?#]*@)?([^/?]*))?([^?]*)(?:\?(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, scheme = '', host = '', path = '', query = ''] = match;
  const parts: UrlParts = { scheme: scheme.toLowerCase(), host, path, query, identity: text };
  return new CelOpaque('kubernetes.URL', parts);
}

function urlParts(value: unknown): UrlParts {
  return (value as CelOpaque).payload as UrlParts;
}

function hostAndPort(host: string): readonly [host: string, port: string] {
  const match = /^(.*?)(?::(\d*))?$/.exec(host);
  const name = match?.[1] ?? '';
  return [name.replace(/^\[(.*)\]$/, '$1'), match?.[2] ?? ''];
}

function queryOf(text: string): EntryMap {
  const values = new Map<string, string[]>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const [key = '', value = ''] = part.split(/=(.*)/s).map((half) => decodeText(half));
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const sorted = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return new EntryMap(sorted.map(([key, list]) => [key, new ArrayList(list)] as const));
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

// --- quantities ------------------------------------------------------------------------------------------------------------

const nano = 1_000_000_000n;

function makeQuantity(text: string): CelOpaque | undefined {
  const parsed = parseQuantity(text);
  return isQuantityError(parsed) ? undefined : new QuantityValue(parsed);
}

/** Quantities are equal when their amounts are, whatever their suffix. */
class QuantityValue extends CelOpaque {
  constructor(quantity: Quantity) {
    super('kubernetes.Quantity', { identity: quantity.nanos.toString(), quantity });
  }
}

function amount(value: unknown): Quantity {
  if (typeof value === 'bigint') return quantityOf(value);
  return ((value as CelOpaque).payload as { readonly quantity: Quantity }).quantity;
}

// --- formats ---------------------------------------------------------------------------------------------------------------

type Problems = (text: string) => readonly string[];

const isDate: Problems = (text) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined ? [] : ['invalid date'];

const namedFormats: Readonly<Record<string, Problems>> = {
  dns1123Label: dnsLabelProblems,
  dns1123Subdomain: dnsSubdomainProblems,
  dns1035Label: dns1035LabelProblems,
  qualifiedName: qualifiedNameProblems,
  dns1123LabelPrefix: (text) => nameProblems('dnsLabel', text, true),
  dns1123SubdomainPrefix: (text) => nameProblems('dnsSubdomain', text, true),
  dns1035LabelPrefix: (text) => nameProblems('dns1035Label', text, true),
  labelValue: labelValueProblems,
  uri: (text) => (isRequestUri(text) ? [] : ['parse ' + JSON.stringify(text) + ': invalid URI for request']),
  uuid: (text) => (hasFormat('uuid', text) ? [] : ['does not match the UUID format']),
  byte: (text) => (hasFormat('byte', text) ? [] : ['invalid base64']),
  date: isDate,
  datetime: (text) => (hasFormat('datetime', text) ? [] : ['invalid datetime']),
};

function namedFormat(name: string): CelOptional {
  return Object.hasOwn(namedFormats, name) ? CelOptional.of(formatValue(name)) : CelOptional.none;
}

function formatValue(name: string): CelOpaque {
  return new CelOpaque('kubernetes.NamedFormat', { identity: name });
}

function validateFormat(format: CelOpaque, text: string): CelOptional {
  const { identity } = format.payload as { readonly identity: string };
  const problems = namedFormats[identity]?.(text) ?? [];
  return problems.length === 0 ? CelOptional.none : CelOptional.of(new ArrayList(problems));
}

// --- semantic versions -----------------------------------------------------------------------------------------------------

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
  readonly identity: string;
}

const strictVersion =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

function parseVersion(text: string, normalize: boolean): CelOpaque | undefined {
  let wanted = text;
  if (normalize) {
    const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/s.exec(text.trim()) ?? [];
    const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
    while (parts.length < 3 && core !== '') parts.push('0');
    wanted = parts.join('.') + rest;
  }
  const match = strictVersion.exec(wanted);
  if (match === null) return undefined;
  const numbers = [BigInt(match[1] ?? 0), BigInt(match[2] ?? 0), BigInt(match[3] ?? 0)] as const;
  const pre = match[4]?.split('.') ?? [];
  if (pre.some((part) => /^0\d+$/.test(part))) return undefined;
  const version: Version = { numbers, pre, identity: `${numbers.join('.')}-${pre.join('.')}` };
  return new CelOpaque('kubernetes.Semver', version);
}

function compareVersions(left: unknown, right: unknown): number {
  const [a, b] = [left, right].map((value) => (value as CelOpaque).payload as Version) as [Version, Version];
  for (let i = 0; i < 3; i += 1) {
    const [x, y] = [a.numbers[i] ?? 0n, b.numbers[i] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i += 1) {
    const [x, y] = [a.pre[i], b.pre[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    if (x === y) continue;
    const [p, q] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (p && q) return BigInt(x) < BigInt(y) ? -1 : 1;
    if (p !== q) return p ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}

const versionNumber = (index: number) => ([a]: Args): bigint => (a.payload as Version).numbers[index] ?? 0n;

const urls: Library = [
  ['url(string): url', ([a]) => parseUrl(a) ?? fail('URL parse error during conversion from string: parse '
    + `${JSON.stringify(a)}: invalid URI for request`)],
  ['isURL(string): bool', ([a]) => parseUrl(a) !== undefined],
  ['url.getScheme(): string', ([a]) => urlParts(a).scheme],
  ['url.getHost(): string', ([a]) => urlParts(a).host],
  ['url.getHostname(): string', ([a]) => hostAndPort(urlParts(a).host)[0]],
  ['url.getPort(): string', ([a]) => hostAndPort(urlParts(a).host)[1]],
  ['url.getEscapedPath(): string', ([a]) => urlParts(a).path],
  ['url.getQuery(): map<string, list<string>>', ([a]) => queryOf(urlParts(a).query)],
];

const quantities: Library = [
  [
    'quantity(string): quantity',
    ([a]) =>
      makeQuantity(a) ??
      fail('quantities must match the regular expression ' + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
  ],
  ['isQuantity(string): bool', ([a]) => makeQuantity(a) !== undefined],
  ['quantity.sign(): int', ([a]) => BigInt(compareQuantities(amount(a), quantityOf(0)))],
  ['quantity.isInteger(): bool', ([a]) => amount(a).nanos % nano === 0n],
  [
    'quantity.asInteger(): int',
    ([a]) =>
      amount(a).nanos % nano === 0n ? checkedInt(amount(a).nanos / nano) : fail('cannot convert value to integer'),
  ],
  ['quantity.asApproximateFloat(): double', ([a]) => Number(amount(a).nanos) / 1e9],
  ...['quantity', 'int'].flatMap((type) => [
    [
      `quantity.add(${type}): quantity`,
      ([a, b]: Args) => new QuantityValue(addQuantities(amount(a), amount(b))),
    ] as const,
    [
      `quantity.sub(${type}): quantity`,
      ([a, b]: Args) => new QuantityValue(subtractQuantities(amount(a), amount(b))),
    ] as const,
  ]),
  ['quantity.isLessThan(quantity): bool', ([a, b]) => compareQuantities(amount(a), amount(b)) < 0],
  ['quantity.isGreaterThan(quantity): bool', ([a, b]) => compareQuantities(amount(a), amount(b)) > 0],
  ['quantity.compareTo(quantity): int', ([a, b]) => BigInt(compareQuantities(amount(a), amount(b)))],
];

const formats: Library = [
  ['@format.named(string): optional<format>', ([a]) => namedFormat(a)],
  ['format.validate(string): optional<list<string>>', ([a, b]) => validateFormat(a, b)],
  ...Object.keys(namedFormats).map((name) => [`@format.${name}(): format`, () => formatValue(name)] as const),
];

const versions: Library = [
  ['semver(string): semver', ([a]) => parseVersion(a, false) ?? fail('No Major.Minor.Patch elements found')],
  ['semver(string, bool): semver', ([a, b]) => parseVersion(a, b) ?? fail('No Major.Minor.Patch elements found')],
  ['isSemver(string): bool', ([a]) => parseVersion(a, false) !== undefined],
  ['isSemver(string, bool): bool', ([a, b]) => parseVersion(a, b) !== undefined],
  ['semver.major(): int', versionNumber(0)],
  ['semver.minor(): int', versionNumber(1)],
  ['semver.patch(): int', versionNumber(2)],
  ['semver.compareTo(semver): int', ([a, b]) => BigInt(compareVersions(a, b))],
  ['semver.isLessThan(semver): bool', ([a, b]) => compareVersions(a, b) < 0],
  ['semver.isGreaterThan(semver): bool', ([a, b]) => compareVersions(a, b) > 0],
];

export const kubernetesLibrary: Library = [...lists, ...sets, ...urls, ...quantities, ...formats, ...versions];
