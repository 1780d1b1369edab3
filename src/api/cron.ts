/**
 * Schedules in cron's form: five fields of numbers, names, ranges and steps, or a descriptor such as `@daily`. Models
 * ParseStandard of github.com/robfig/cron/v3, which Kubernetes uses, with its error texts. The times of a schedule are
 * not computed here; what is read is enough to do so.
 */
import { parseGoDuration } from './duration';
import { goInteger } from './go-integer';
import { quote } from './go-text';
import { isTimeZone } from './time-zones';

/** A schedule that names minutes, hours and days: the values of each field that match. */
export interface FieldSchedule {
  readonly form: 'fields';
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** Whether a field of days was left open with `*` or `?`; if neither was, one match of the two suffices. */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
  /** The zone of a `TZ=` or `CRON_TZ=` in front, if any. */
  readonly timeZone?: string;
}

/** A schedule of equal intervals: `@every 1h30m`. */
export interface IntervalSchedule {
  readonly form: 'interval';
  /** Whole seconds, at least one. */
  readonly seconds: number;
}

export type CronSchedule = FieldSchedule | IntervalSchedule;

/** Why a text is no schedule. */
export interface CronError {
  readonly error: string;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** The number of the first name. */
  readonly firstName?: number;
}

interface Field {
  readonly values: Set<number>;
  any: boolean;
}

const bounds = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  daysOfMonth: { min: 1, max: 31 },
  months: {
    min: 1, max: 12, firstName: 1,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  daysOfWeek: { min: 0, max: 6, firstName: 0, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
} as const satisfies Readonly<Record<string, Bounds>>;

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
};

/** Reads a schedule. */
export function parseCron(text: string): CronSchedule | CronError {
  if (text === '') return { error: 'empty spec string' };
  const zoned = /^(?:CRON_)?TZ=(\S*) (.*)$/s.exec(text);
  if (zoned === null) return parseUnzoned(text);
  const timeZone = zoned[1] ?? '';
  if (timeZone !== '' && timeZone !== 'Local' && !isTimeZone(timeZone)) {
    return { error: `provided bad location ${timeZone}: unknown time zone ${timeZone}` };
  }
  const schedule = parseUnzoned((zoned[2] ?? '').trim());
  return isCronError(schedule) || schedule.form === 'interval' ? schedule : { ...schedule, timeZone };
}

/** Whether a value is an error. */
export function isCronError(value: CronSchedule | CronError): value is CronError {
  return 'error' in value;
}

function parseUnzoned(text: string): CronSchedule | CronError {
  return text.startsWith('@') ? parseDescriptor(text) : parseFields(text);
}

function parseDescriptor(text: string): CronSchedule | CronError {
  const fields = Object.hasOwn(descriptors, text) ? descriptors[text] : undefined;
  if (fields !== undefined) return parseFields(fields);
  const every = '@every ';
  if (!text.startsWith(every)) return { error: `unrecognized descriptor: ${text}` };
  const length = text.slice(every.length);
  const ms = parseGoDuration(length);
  if (ms === undefined) {
    return { error: `failed to parse duration ${text}: time: invalid duration ${quote(length)}` };
  }
  return { form: 'interval', seconds: Math.max(1, Math.trunc(ms / 1000)) };
}

function parseFields(text: string): FieldSchedule | CronError {
  const texts = text.split(/\s+/).filter((field) => field !== '');
  if (texts.length !== 5) {
    return { error: `expected exactly 5 fields, found ${texts.length}: [${texts.join(' ')}]` };
  }
  const read: Field[] = [];
  const order = ['minutes', 'hours', 'daysOfMonth', 'months', 'daysOfWeek'] as const;
  for (const [i, name] of order.entries()) {
    const field: Field = { values: new Set(), any: false };
    for (const range of (texts[i] ?? '').split(',')) {
      const error = range === '' ? undefined : addRange(range, bounds[name], field);
      if (error !== undefined) return { error };
    }
    read.push(field);
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = read as [Field, Field, Field, Field, Field];
  return {
    form: 'fields', minutes: minutes.values, hours: hours.values, daysOfMonth: daysOfMonth.values,
    months: months.values, daysOfWeek: daysOfWeek.values, anyDayOfMonth: daysOfMonth.any, anyDayOfWeek: daysOfWeek.any,
  };
}

/** Adds `5`, `1-5`, `*` or `*` with a step to the values of a field; returns what is wrong with it. */
function addRange(text: string, limits: Bounds, field: Field): string | undefined {
  const [range = '', stepText, ...tooManySteps] = text.split('/');
  const ends = range.split('-');
  const isOpen = ends[0] === '*' || ends[0] === '?';
  let [start, end] = [limits.min, limits.max];
  if (!isOpen) {
    const first = numberOf(ends[0] ?? '', limits);
    if (typeof first === 'string') return first;
    start = first;
    if (ends.length > 2) return `too many hyphens: ${text}`;
    const last = ends.length < 2 ? first : numberOf(ends[1] ?? '', limits);
    if (typeof last === 'string') return last;
    end = last;
  }
  let step = 1;
  if (tooManySteps.length > 0) return `too many slashes: ${text}`;
  if (stepText !== undefined) {
    const parsed = numberOf(stepText);
    if (typeof parsed === 'string') return parsed;
    step = parsed;
    // A single number with a step means from there to the end.
    if (ends.length === 1) end = limits.max;
  }
  if (start < limits.min) return `beginning of range (${start}) below minimum (${limits.min}): ${text}`;
  if (end > limits.max) return `end of range (${end}) above maximum (${limits.max}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  if (step === 0) return `step of range should be a positive number: ${text}`;
  for (let value = start; value <= end; value += step) field.values.add(value);
  if (isOpen && step === 1) field.any = true;
  return undefined;
}

/** A number or, where the field has names, one of them; a text is the complaint. */
function numberOf(text: string, { names, firstName = 0 }: Partial<Bounds> = {}): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + firstName;
  const value = goInteger(text);
  if (typeof value === 'string') return `failed to parse int from ${text}: ${value}`;
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}
