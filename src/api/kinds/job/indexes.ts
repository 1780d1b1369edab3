/**
 * Sets of pod indexes as texts: `1,3-5,7`. Models validateIndexesFormat and its neighbours in
 * pkg/apis/batch/validation, with their error texts.
 */
import { quote } from '../../go-text';

/** What is wrong with a text of indexes. */
export interface IndexesError {
  readonly error: string;
}

type Interval = readonly [first: number, last: number];

const goInteger = /^[+-]?\d{1,18}$/;

/** The number of indexes that a text lists, all of them below `completions`. */
export function countIndexes(text: string, completions: number): number | IndexesError {
  if (text === '') return 0;
  let last: number | undefined;
  let total = 0;
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions);
    if (isIndexesError(interval)) return interval;
    const [x, y] = interval;
    if (last !== undefined && last >= x) return { error: notIncreasing(last, x) };
    total += y - x + 1;
    last = y;
  }
  return total;
}

/** The error of two sets that share an index, or undefined. Malformed intervals are skipped: others report them. */
export function overlapProblem(completed: string, failed: string, completions: number): string | undefined {
  const intervals = (text: string): readonly Interval[] => (text === '' ? [] : text.split(','))
    .map((part) => parseInterval(part, completions))
    .filter((interval): interval is Interval => !isIndexesError(interval));
  const [left, right] = [intervals(completed), intervals(failed)];
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [[cX, cY], [fX, fY]] = [left[i] as Interval, right[j] as Interval];
    if (cX <= fY && fX <= cY) return `failedIndexes and completedIndexes overlap at index: ${Math.max(cX, fX)}`;
    if (cX <= fX) i += 1;
    else j += 1;
  }
  return undefined;
}

/** Whether a value is an error. */
export function isIndexesError(value: number | Interval | IndexesError): value is IndexesError {
  return typeof value === 'object' && 'error' in value;
}

function parseInterval(text: string, completions: number): Interval | IndexesError {
  const limits = text.split('-');
  if (limits.length > 2) {
    const why = "violates the requirement that an index interval can have at most two parts separated by '-'";
    return { error: `the fragment ${quote(text)} ${why}` };
  }
  const numbers: number[] = [];
  for (const limit of limits) {
    if (!goInteger.test(limit)) return { error: `cannot convert string to integer for index: ${quote(limit)}` };
    const value = Number(limit);
    if (value >= completions) return { error: `too large index: ${quote(limit)}` };
    numbers.push(value);
  }
  const [x = 0, y = x] = numbers;
  return numbers.length === 2 && x >= y ? { error: notIncreasing(x, y) } : [x, y];
}

function notIncreasing(previous: number, current: number): string {
  return `non-increasing order, previous: ${previous}, current: ${current}`;
}
