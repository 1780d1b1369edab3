/**
 * The complaints of Go's standard parsers about a text in a field: time.Parse for RFC 3339 and base64's decoder. Each
 * returns undefined for a text that Go accepts, or the error text that ends up in front of the user.
 */
import { quote } from '../go-text';
import { parseTime } from '../time';

const layout = '2006-01-02T15:04:05Z07:00';
/** The pieces of the layout with what Go accepts for each, in order. */
const pieces: readonly (readonly [string, RegExp])[] = [
  ['2006', /\d{4}/y], ['-', /-/y], ['01', /\d\d/y], ['-', /-/y], ['02', /\d\d/y], ['T', /T/y], ['15', /\d\d/y],
  [':', /:/y], ['04', /\d\d/y], [':', /:/y], ['05', /\d\d(?:[.,]\d+)?/y], ['Z07:00', /Z|[+-]\d\d:\d\d/y],
];

/** What time.Parse says about a text that should be an RFC 3339 time. */
export function timeProblem(text: string): string | undefined {
  if (parseTime(text) !== undefined) return undefined;
  const head = `parsing time ${quote(text)} as ${quote(layout)}`;
  let at = 0;
  for (const [piece, pattern] of pieces) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return `${head}: cannot parse ${quote(text.slice(at))} as ${quote(piece)}`;
    at = pattern.lastIndex;
  }
  if (at < text.length) return `parsing time ${quote(text)}: extra text: ${quote(text.slice(at))}`;
  return `parsing time ${quote(text)}: ${outOfRange(text)} out of range`;
}

function outOfRange(text: string): string {
  const number = (from: number): number => Number(text.slice(from, from + 2));
  if (number(5) < 1 || number(5) > 12) return 'month';
  if (number(11) > 23) return 'hour';
  if (number(14) > 59) return 'minute';
  if (number(17) > 59) return 'second';
  return 'day';
}

/** What base64.StdEncoding says about a text; line breaks inside are fine. */
export function base64Problem(text: string): string | undefined {
  const illegal = /[^A-Za-z0-9+/=\r\n]/.exec(text);
  const padding = text.indexOf('=');
  if (illegal !== null && (padding < 0 || illegal.index < padding)) return illegalAt(illegal.index);
  const body = padding < 0 ? text : text.slice(0, padding);
  const digits = body.replace(/[\r\n]/g, '').length;
  const tail = padding < 0 ? '' : text.slice(padding).replace(/[\r\n]/g, '');
  const open = digits % 4;
  if (open === 0) return tail === '' ? undefined : illegalAt(padding);
  if (open === 1) return illegalAt(padding < 0 ? text.length : padding);
  const expected = '='.repeat(4 - open);
  if (tail === expected) return undefined;
  if (tail === '') return illegalAt(text.length);
  return illegalAt(tail.startsWith(expected) ? padding + expected.length : Math.min(padding + 1, text.length));
}

function illegalAt(position: number): string {
  return `illegal base64 data at input byte ${position}`;
}
