/**
 * Times of the API as text and as numbers, by arithmetic alone: virtual milliseconds since the Unix epoch to and from
 * RFC 3339. metav1.Time prints whole seconds in UTC, metav1.MicroTime six decimals. The proleptic Gregorian calendar is
 * used for years 0 to 9999, as Go's time package does.
 */
import { assert } from '../base/assert';

const msPerDay = 86_400_000;

/** Days since 1970-01-01 of a civil date (Howard Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The civil date of a number of days since 1970-01-01. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const leap = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leap) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function dateAndTime(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = seconds - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const clock = `${pad(Math.floor(rest / 3600), 2)}:${pad(Math.floor(rest / 60) % 60, 2)}:${pad(rest % 60, 2)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}`;
}

/** Milliseconds since the epoch as metav1.Time prints them: `2026-01-02T03:04:05Z`, fractions cut off. */
export function formatTime(ms: number): string {
  assert(Number.isFinite(ms), 'a time must be a finite number of milliseconds');
  return `${dateAndTime(Math.floor(ms / 1000))}Z`;
}

/** Milliseconds since the epoch as metav1.MicroTime prints them: `2026-01-02T03:04:05.000006Z`. */
export function formatMicroTime(ms: number): string {
  assert(Number.isFinite(ms), 'a time must be a finite number of milliseconds');
  const seconds = Math.floor(ms / 1000);
  // A virtual time may carry fractions of a millisecond; 999.9999 must not round up into the next second.
  const micros = Math.min(999_999, Math.floor((ms - seconds * 1000) * 1000 + 1e-6));
  return `${dateAndTime(seconds)}.${pad(micros, 6)}Z`;
}

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:(Z)|([+-])(\d\d):(\d\d))$/;

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/**
 * Reads an RFC 3339 time with any offset and any number of decimals into milliseconds since the epoch (fractions of a
 * millisecond are kept). Undefined when the text is no such time, including dates that do not exist.
 */
export function parseTime(text: string): number | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const longest = month === 2 && isLeap(year) ? 29 : (daysInMonth[month - 1] ?? 0);
  if (day < 1 || day > longest || hour > 23 || minute > 59 || second > 59) return undefined;
  if (part(10) > 23 || part(11) > 59) return undefined;
  const fractionMs = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000;
  const offsetMs = (part(10) * 60 + part(11)) * 60_000 * (match[9] === '-' ? -1 : 1);
  const ms = daysFromCivil(year, month, day) * msPerDay + ((hour * 60 + minute) * 60 + second) * 1000;
  return ms - offsetMs + fractionMs;
}

/** Reads a time that the cluster itself wrote; a malformed one is a programmer error. */
export function timeMs(text: string): number {
  const ms = parseTime(text);
  assert(ms !== undefined, `not an RFC 3339 time: ${text}`);
  return ms;
}
