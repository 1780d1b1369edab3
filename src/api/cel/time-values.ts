/**
 * Times and durations of expressions: reading and printing them, and their parts. Times are UTC; a time zone is given as
 * an offset (`+02:00`), because names would need a database. Models cel-go's timestamp and duration functions.
 */
import { civilFromDays, daysFromCivil } from '../../base/calendar';
import { CelDuration, CelTimestamp, fail } from './values';

const second = 1_000_000_000n;
const day = 86_400n * second;

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n, us: 1_000n, µs: 1_000n, μs: 1_000n, ms: 1_000_000n, s: second, m: 60n * second, h: 3_600n * second,
};

/** A duration as Go writes it (`1h30m`); undefined when the text is none. */
export function parseDuration(text: string): CelDuration | undefined {
  const sign = /^[-+]?/.exec(text)?.[0] ?? '';
  const body = text.slice(sign.length);
  if (body === '0') return new CelDuration(0n);
  const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
  let nanos = 0n;
  let at = 0;
  while (at < body.length) {
    part.lastIndex = at;
    const match = part.exec(body);
    if (match === null || (match[1] === '' && !match[2])) return undefined;
    const unit = unitNanos[match[3] ?? ''] ?? 0n;
    const fraction = (match[2] ?? '').slice(0, 18);
    nanos += BigInt(match[1] || '0') * unit;
    if (fraction !== '') nanos += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
    at = part.lastIndex;
  }
  return at === 0 ? undefined : new CelDuration(sign === '-' ? -nanos : nanos);
}

/** A duration as CEL prints it: seconds with a fraction. */
export function durationText({ nanos }: CelDuration): string {
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  return `${sign}${size / second}${fractionText(size % second)}s`;
}

function fractionText(nanos: bigint): string {
  return nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,18}))?(?:([Zz])|([+-])(\d{2}):(\d{2}))$/;

/** A moment in the form of RFC 3339; undefined when the text is none. */
export function parseRfc3339(text: string): CelTimestamp | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, date = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || date < 1 || date > daysIn(year, month)) return undefined;
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const offset =
    match[9] === undefined ? 0 : (match[9] === '-' ? -1 : 1) * (Number(match[10]) * 60 + Number(match[11]));
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9));
  const total =
    BigInt(daysFromCivil(year, month, date)) * 86_400n + BigInt(hours * 3600 + (minutes - offset) * 60 + seconds);
  return new CelTimestamp(total * second + fraction);
}

export function timestampText({ nanos }: CelTimestamp): string {
  const { year, month, date, hours, minutes, seconds, fraction } = partsOf(nanos);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}T${two(hours)}:${two(minutes)}:${two(seconds)}`
    + `${fractionText(fraction)}Z`;
}

/** The parts of a moment in UTC. */
export interface TimeParts {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly date: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly fraction: bigint;
  /** 0 for Sunday. */
  readonly weekday: number;
  /** 0 for the first of January. */
  readonly yearDay: number;
}

export function partsOf(nanos: bigint): TimeParts {
  const days = Number(floorDivide(nanos, day));
  const rest = nanos - BigInt(days) * day;
  const { year, month, day: date } = civilFromDays(days);
  const seconds = Number(rest / second);
  return {
    year, month, date, hours: Math.floor(seconds / 3600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60,
    fraction: rest % second, weekday: (((days + 4) % 7) + 7) % 7, yearDay: days - daysFromCivil(year, 1, 1),
  };
}

/** The parts of a moment in a zone: `UTC`, or an offset such as `+02:00`. */
export function partsIn({ nanos }: CelTimestamp, zone: string): TimeParts {
  if (zone === '' || zone === 'UTC' || zone === 'Z') return partsOf(nanos);
  const match = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (match === null) return fail(`unknown time zone ${zone}`);
  const minutes = (match[1] === '-' ? -1n : 1n) * (BigInt(match[2] ?? '0') * 60n + BigInt(match[3] ?? '0'));
  return partsOf(nanos + minutes * 60n * second);
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

function daysIn(year: number, month: number): number {
  return daysFromCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - daysFromCivil(year, month, 1);
}
