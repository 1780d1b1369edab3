/**
 * Times of the API as text and as numbers, by arithmetic alone: virtual milliseconds since the Unix epoch to and from
 * RFC 3339. metav1.Time prints whole seconds in UTC, metav1.MicroTime six decimals; years 0 to 9999.
 */
import { assert } from '../base/assert';
import { civilFromDays, daysFromCivil } from '../base/calendar';

const msPerDay = 86_400_000;

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
