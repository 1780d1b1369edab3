/**
 * The target of a request line: a path with its escapes undone, and a query. Models url.ParseRequestURI and
 * url.ParseQuery of Go: a broken escape in the path makes the request unreadable; a broken pair of the query is passed
 * over without a word.
 */
import { utf8Decode } from '../../base/utf8';

/** The query of a request: every value of every name, in the order of the request line. */
export class Query {
  constructor(private readonly values: ReadonlyMap<string, readonly string[]>) {}

  /** The first value of a name, or undefined. */
  get(name: string): string | undefined {
    return this.values.get(name)?.[0];
  }

  /** All values of a name. */
  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** A switch: there, and not `false` or `0`; without a value it is on. Models Convert_Slice_string_To_bool. */
  flag(name: string): boolean {
    const value = this.get(name);
    if (value === undefined) return false;
    const lower = value.toLowerCase();
    return lower !== 'false' && lower !== '0';
  }
}

export const emptyQuery = new Query(new Map());

/** A target taken apart. */
export interface Target {
  /** With escapes undone: what handlers see. */
  readonly path: string;
  /** As it stood in the request line. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly query: Query;
}

/** Reads the target of a request line; undefined when no server could read it (Go's net/http answers 400 itself). */
export function parseTarget(target: string): Target | undefined {
  const origin = withoutAuthority(target);
  if (!origin.startsWith('/') || /[\u0000-\u0020\u007f]/.test(origin)) return undefined;
  const mark = origin.indexOf('?');
  const rawPath = mark < 0 ? origin : origin.slice(0, mark);
  const rawQuery = mark < 0 ? '' : origin.slice(mark + 1);
  const path = unescape(rawPath, false);
  return path === undefined ? undefined : { path, rawPath, rawQuery, query: parseQuery(rawQuery) };
}

/** A proxy's absolute form names the server once more, in front of the path. */
function withoutAuthority(target: string): string {
  const match = /^https?:\/\/[^/?]*/i.exec(target);
  if (!match) return target;
  const rest = target.slice(match[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Reads a query as url.ParseQuery does. */
export function parseQuery(text: string): Query {
  if (text === '') return emptyQuery;
  const values = new Map<string, string[]>();
  for (const pair of text.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const name = unescape(equals < 0 ? pair : pair.slice(0, equals), true);
    const value = unescape(equals < 0 ? '' : pair.slice(equals + 1), true);
    if (name === undefined || value === undefined) continue;
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return new Query(values);
}

/** Undoes percent escapes; undefined when one is broken. Bytes that are no UTF-8 become replacement characters. */
function unescape(text: string, plusIsSpace: boolean): string | undefined {
  const spaced = plusIsSpace ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) return undefined;
  return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = new Uint8Array(escapes.length / 3);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(escapes.slice(i * 3 + 1, i * 3 + 3), 16);
    return utf8Decode(bytes);
  });
}
