/**
 * Writes JSON as Go's encoding/json does: characters with a meaning in HTML are escaped, and integers that a double
 * cannot hold (bigints) are written in full. Everything else is what JSON.stringify writes, which is as fast as it
 * gets.
 */

/** Compact JSON without a line break at the end; fields that are undefined are left out. */
export function encodeJson(value: unknown): string {
  return escapeHtml(stringify(value, ''));
}

/** JSON over several lines, indented by two spaces, without a line break at the end: json.MarshalIndent. */
export function encodeJsonIndented(value: unknown): string {
  return escapeHtml(stringify(value, '  '));
}

function stringify(value: unknown, indent: string): string {
  try {
    return JSON.stringify(value, undefined, indent) ?? 'null';
  } catch {
    // JSON.stringify knows no bigints.
    return write(value, indent, '\n');
  }
}

const html = /[<>&\u2028\u2029]/;
const everyHtml = /[<>&\u2028\u2029]/g;

function escapeHtml(text: string): string {
  return html.test(text)
    ? text.replace(everyHtml, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`) : text;
}

/** `newLine` is a line break with the present indentation. */
function write(value: unknown, indent: string, newLine: string): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = newLine + indent;
  const parts = Array.isArray(value) ? value.map((item) => write(item, indent, inner))
    : Object.entries(value).filter(([, field]) => field !== undefined)
      .map(([key, field]) => `${JSON.stringify(key)}:${indent === '' ? '' : ' '}${write(field, indent, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (indent === '') return `${open}${parts.join(',')}${close}`;
  return `${open}${inner}${parts.join(`,${inner}`)}${newLine}${close}`;
}
