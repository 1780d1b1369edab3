/**
 * Texts as Go prints them: quoted strings (%q) and compact JSON as encoding/json marshals a value. Kubernetes' messages
 * are full of both, and kubectl shows them unchanged. Models strconv.Quote for ASCII and printable text; code points
 * that Go regards as unprintable beyond the C0 and C1 controls are printed as they are.
 */
import { sortedKeys } from '../base/freeze';

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f',
  '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v',
};

/** Quotes a text as Go's %q does. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f\u007f-\u00a0\u00ad\ufeff]/g, (char) => {
    const named = namedEscapes[char];
    if (named !== undefined) return named;
    const code = char.charCodeAt(0);
    return code < 0x80 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
  return `"${escaped}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** A struct of Go that has no JSON tags, such as an internal type of the API: its fields as they are declared. */
export class GoStruct {
  constructor(readonly fields: Readonly<Record<string, unknown>>) {}
}

/** Compact JSON with HTML characters escaped, as encoding/json marshals: keys sorted as in maps, but for a GoStruct. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (value instanceof GoStruct) {
    const fields = Object.entries(value.fields).map(([name, field]) => `${goJson(name)}:${goJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    const keys = sortedKeys(record).filter((key) => record[key] !== undefined);
    return `{${keys.map((key) => `${goJson(key)}:${goJson(record[key])}`).join(',')}}`;
  }
  if (value === undefined) return 'null';
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (char) => `\\u${hex(char.charCodeAt(0), 4)}`);
}

/** Joins texts the way utilerrors.Aggregate prints errors: alone as it is, several in brackets, repeated ones once. */
export function aggregateText(messages: readonly string[]): string {
  const unique = [...new Set(messages)];
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`;
}
