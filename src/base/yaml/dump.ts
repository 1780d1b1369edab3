/**
 * Writes plain data as YAML exactly as `kubectl get -o yaml` does: keys in goyaml.v2's order, lists at the column of
 * their key, texts quoted where they would be read as something else. js-yaml's own writer quotes and folds by other
 * rules, so block structure is written here after libyaml's emitter. Models sigs.k8s.io/yaml Marshal.
 */
import { emitString } from './emit-scalar';
import { formatFloat } from './resolve';

const maxUint64 = 2n ** 64n - 1n;

function isLetter(char: string): boolean {
  return /^\p{L}$/u.test(char);
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && /^\p{Nd}$/u.test(char);
}

/** The number that the digits from `at` on spell, and where they end. */
function digits(chars: readonly string[], at: number, start: number): { number: number; end: number } {
  let number = start;
  let end = at;
  while (isDigit(chars[end])) {
    number = number * 10 + Number(chars[end]);
    end += 1;
  }
  return { number, end };
}

/** Order of keys in goyaml.v2 (sorter.go): numbers inside keys by value, letters behind everything else. */
export function compareKeys(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let i = 0; i < a.length && i < b.length; i += 1) {
    const [x, y] = [a[i] ?? '', b[i] ?? ''];
    if (x === y) continue;
    const [xLetter, yLetter] = [isLetter(x), isLetter(y)];
    if (xLetter && yLetter) return x < y ? -1 : 1;
    if (xLetter || yLetter) return yLetter ? -1 : 1;
    let start = 0;
    if (x === '0' || y === '0') {
      let j = i - 1;
      while (j >= 0 && isDigit(a[j]) && a[j] === '0') j -= 1;
      if (j >= 0 && isDigit(a[j])) start = 1;
    }
    const [xs, ys] = [digits(a, i, start), digits(b, i, start)];
    if (xs.number !== ys.number) return xs.number - ys.number;
    if (xs.end !== ys.end) return xs.end - ys.end;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function emitNumber(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  const exact = Number.isInteger(value) ? BigInt(value) : undefined;
  return exact !== undefined && exact <= maxUint64 && exact >= -(2n ** 63n) ? exact.toString() : formatFloat(value, 64);
}

type Collection = readonly unknown[] | Readonly<Record<string, unknown>>;

function isCollection(value: unknown): value is Collection {
  return typeof value === 'object' && value !== null;
}

function sortedEntries(value: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] {
  const present = Object.entries(value).filter(([, each]) => each !== undefined);
  return present.sort(([a], [b]) => compareKeys(a, b));
}

function isEmpty(value: Collection): boolean {
  return Array.isArray(value) ? value.length === 0 : sortedEntries(value as Record<string, unknown>).length === 0;
}

/** A value that fits behind `key:` or `-` without a block of its own. `indent` is that of continued lines. */
function emitInline(value: unknown, column: number, indent: number): string {
  if (Array.isArray(value)) return '[]';
  if (isCollection(value)) return '{}';
  if (typeof value === 'string') return emitString(value, { column, indent, isKey: false });
  if (typeof value === 'number' || typeof value === 'bigint') return emitNumber(value);
  return value === true ? 'true' : value === false ? 'false' : 'null';
}

/** A value behind an indicator such as `-`, its block starting on the same line at `indent`. */
function emitBehind(value: unknown, indent: number): string {
  if (isCollection(value) && !isEmpty(value)) return emitBlock(value, indent);
  return emitInline(value, indent, indent);
}

function emitEntry(key: string, value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  // libyaml writes keys of more than 128 bytes, or of several lines, in the long form.
  if (key.length > 128 || key.includes('\n')) {
    const written = emitString(key, { column: indent + 2, indent: indent + 2, isKey: false });
    return `? ${written}\n${pad}: ${emitBehind(value, indent + 2)}`;
  }
  const name = `${emitString(key, { column: indent, indent: indent + 2, isKey: true })}:`;
  if (isCollection(value) && !isEmpty(value)) {
    const inner = Array.isArray(value) ? indent : indent + 2;
    return `${name}\n${' '.repeat(inner)}${emitBlock(value, inner)}`;
  }
  return `${name} ${emitInline(value, indent + [...name].length + 1, indent + 2)}`;
}

/** A block without the indentation of its first line and without a line break at its end. */
function emitBlock(value: Collection, indent: number): string {
  const parts = Array.isArray(value)
    ? value.map((item) => `- ${emitBehind(item, indent + 2)}`)
    : sortedEntries(value as Record<string, unknown>).map(([key, each]) => emitEntry(key, each, indent));
  return parts.join(`\n${' '.repeat(indent)}`);
}

/**
 * The YAML of plain data, ending in a line break. Keys whose value is undefined are left out; bigints are written as
 * integers. The data must not contain itself.
 */
export function dumpYaml(value: unknown): string {
  return `${isCollection(value) && !isEmpty(value) ? emitBlock(value, 0) : emitInline(value, 0, 2)}\n`;
}
