/**
 * Quantities: amounts of CPU, memory and other resources as exact numbers with a suffix. Values are kept in billionths
 * (the finest that upstream keeps), as bigints, so nothing is lost; the suffix family is kept with them, because a
 * quantity is printed in the family in which it was written. Models apimachinery's pkg/api/resource, including its
 * habit of printing some texts exactly as they came (`1.500`).
 */
import { assert } from '../base/assert';

/** Family of suffixes: `12e6`, `12Mi`, `12M`. */
export type QuantityFormat = 'DecimalExponent' | 'BinarySI' | 'DecimalSI';

/** An exact amount. Made by parseQuantity or quantityOf. */
export interface Quantity {
  /** The amount in billionths. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

/** Why a text is no quantity, in upstream's words. */
export interface QuantityError {
  readonly error: string;
}

/** The text of ErrFormatWrong. */
export const quantityFormatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const numericError = 'unable to parse numeric part of quantity';
const suffixError = "unable to parse quantity's suffix";

const nano = 1_000_000_000n;
const maxInt64 = 9_223_372_036_854_775_807n;
// Beyond this, upstream still computes with big numbers; here the text is refused rather than grown to megabytes.
const maxExponent = 1000;

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18,
};
const binaryExponents: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const decimalSuffixes = new Map(Object.entries(decimalExponents).map(([suffix, exponent]) => [exponent, suffix]));
const binarySuffixes = new Map(Object.entries(binaryExponents).map(([suffix, exponent]) => [exponent, suffix]));

/** Reads a quantity; values finer than a billionth are rounded away from zero, binary ones are capped at 2^63-1. */
export function parseQuantity(text: string): Quantity | QuantityError {
  const scanned = scan(text);
  return 'error' in scanned ? scanned : amountOf(scanned);
}

function amountOf({ negative, whole, fraction, base, exponent, format }: Scanned): Quantity {
  const digits = BigInt(`${whole}${fraction}` || '0');
  // Binary: digits * 2^e / 10^fraction; decimal: digits * 10^(e - fraction). Both times 10^9.
  const numerator = base === 2 ? digits << BigInt(exponent) : digits;
  const shift = (base === 2 ? 0 : exponent) - fraction.length + 9;
  let nanos = shift >= 0 ? numerator * 10n ** BigInt(shift) : divideUp(numerator, 10n ** BigInt(-shift));
  if (base === 2 && nanos > maxInt64 * nano) nanos = maxInt64 * nano;
  const small = base === 2 && nanos > 0n && nanos < nano;
  return { nanos: negative ? -nanos : nanos, format: small ? 'DecimalSI' : format };
}

/** Whether a value is an error of parseQuantity. */
export function isQuantityError(value: Quantity | QuantityError): value is QuantityError {
  return 'error' in value;
}

/** Reads a quantity that validation has already accepted; anything else is a programmer error. */
export function quantity(text: string | number): Quantity {
  const parsed = parseQuantity(String(text));
  assert(!isQuantityError(parsed), `not a quantity: ${text}`);
  return parsed;
}

/** A quantity of whole units. */
export function quantityOf(units: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(units) * nano, format };
}

/** A quantity of thousandths. */
export function milliQuantity(millis: number | bigint, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(millis) * 1_000_000n, format };
}

/** Prints a quantity in canonical form: no fraction, the largest suffix that keeps it exact. */
export function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0';
  if (format === 'BinarySI' && nanos % nano === 0n && abs(nanos) >= 1024n * nano) return formatBinary(nanos / nano);
  let mantissa = nanos;
  let exponent = -9;
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  const suffix = format === 'DecimalExponent' ? undefined : decimalSuffixes.get(exponent);
  return `${mantissa}${suffix ?? (exponent === 0 ? '' : `e${exponent}`)}`;
}

/** The text that the API server stores for a text: canonical, or as written where upstream keeps it. */
export function canonicalQuantity(text: string): string | QuantityError {
  const known = knownCanonical.get(text);
  if (known !== undefined) return known;
  const scanned = scan(text);
  if ('error' in scanned) return scanned;
  const canonical = keepsItsText(scanned) ? text : formatQuantity(amountOf(scanned));
  remember(knownCanonical, text, canonical);
  return canonical;
}

/** Compares two amounts: negative, zero or positive. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** The sum, in the format of the first unless that is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** The difference, in the format of the first unless that is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos - b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** Whole units, rounded away from zero: Quantity.Value. Exact up to 2^53. */
export function unitsOf(amount: Quantity): number {
  return Number(roundAway(amount.nanos, nano));
}

/** Thousandths, rounded away from zero: Quantity.MilliValue. Exact up to 2^53. */
export function millisOf(amount: Quantity): number {
  return Number(roundAway(amount.nanos, 1_000_000n));
}

// Resource texts repeat over thousands of pods; the numbers behind them never change.
const knownUnits = new Map<string, number>();
const knownMillis = new Map<string, number>();
const knownCanonical = new Map<string, string>();
const maxKnown = 10_000;

/** Whole units of a quantity's text, rounded up; for validated texts, fast when repeated. */
export function quantityValue(text: string | number): number {
  return remembered(knownUnits, String(text), unitsOf);
}

/** Thousandths of a quantity's text, rounded up; for validated texts, fast when repeated. */
export function quantityMillis(text: string | number): number {
  return remembered(knownMillis, String(text), millisOf);
}

function remembered(known: Map<string, number>, text: string, compute: (amount: Quantity) => number): number {
  const before = known.get(text);
  if (before !== undefined) return before;
  const value = compute(quantity(text));
  remember(known, text, value);
  return value;
}

function remember<V>(known: Map<string, V>, text: string, value: V): void {
  if (known.size >= maxKnown) known.clear();
  known.set(text, value);
}

interface Scanned {
  readonly negative: boolean;
  /** Digits before the point without leading zeros; empty for none. */
  readonly whole: string;
  readonly fraction: string;
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** Splits a text as upstream's scanner does. Each step is a sticky expression, so the whole is linear. */
function scan(text: string): Scanned | QuantityError {
  if (text === '') return { error: quantityFormatError };
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  const sign = take(/[+-]?/y);
  take(/0*/y);
  const whole = take(/\d*/y);
  const point = take(/\.?/y);
  const fraction = point === '' ? '' : take(/\d*/y);
  const suffix = take(/[eEinumkKMGTP]*/y) + take(/[-+]?/y) + take(/\d*/y);
  if (at < text.length) return { error: quantityFormatError };
  const meaning = interpretSuffix(suffix);
  if (meaning === undefined) return { error: suffixError };
  if (Math.abs(meaning.exponent) > maxExponent || text.length > maxExponent) return { error: numericError };
  return { negative: sign === '-', whole, fraction, ...meaning };
}

function interpretSuffix(suffix: string): Pick<Scanned, 'base' | 'exponent' | 'format'> | undefined {
  const decimal = Object.hasOwn(decimalExponents, suffix) ? decimalExponents[suffix] : undefined;
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = Object.hasOwn(binaryExponents, suffix) ? binaryExponents[suffix] : undefined;
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  const exponent = /^[eE]([-+]?\d+)$/.exec(suffix)?.[1];
  return exponent === undefined ? undefined : { base: 10, exponent: Number(exponent), format: 'DecimalExponent' };
}

/** Upstream's fast path keeps the text it read where it holds it for canonical, which it judges by a few digits. */
function keepsItsText({ whole, fraction, base, exponent }: Scanned): boolean {
  const digits = `${whole === '' ? '0' : whole}${fraction}`;
  if (base === 2) {
    const fits = fraction === '' && 15 - digits.length - Math.trunc(exponent * 0.3) - 1 >= 0;
    return fits && Number(BigInt(digits) & 7n) !== 0;
  }
  const scale = exponent - fraction.length;
  const fits = digits.length <= 18 && scale >= -9;
  return fits && scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

function formatBinary(units: bigint): string {
  let mantissa = units;
  let exponent = 0;
  while (mantissa % 1024n === 0n && exponent < 60) {
    mantissa /= 1024n;
    exponent += 10;
  }
  return `${mantissa}${binarySuffixes.get(exponent) ?? ''}`;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}

function roundAway(value: bigint, divisor: bigint): bigint {
  return value < 0n ? -divideUp(-value, divisor) : divideUp(value, divisor);
}
