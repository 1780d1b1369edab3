/**
 * How a text is written as a YAML scalar, letter for letter as `kubectl -o yaml` does: which style goyaml.v2 asks for
 * (stringv in encode.go), which style libyaml's emitter allows for these characters (analyze_scalar and
 * select_scalar_style in emitterc.go) and how long lines are folded at 80 columns. Anchors and tags are never written.
 */
import { resolveScalar } from './resolve';

/** Where a scalar is written: its column, the indentation of continued lines, and whether it is a simple key. */
export interface ScalarPlace {
  readonly column: number;
  readonly indent: number;
  readonly isKey: boolean;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

const BEST_WIDTH = 80;
const BREAK = /[\r\n\u0085\u2028\u2029]/;
/** What libyaml v0.2's Go port counts as printable: no tabs, nothing beyond the Basic Multilingual Plane. */
const PRINTABLE = /^[\n\u0020-\u007e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

interface Allowed {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
  readonly multiline: boolean;
}

function isBlank(char: string | undefined): boolean {
  return char === undefined || char === ' ' || char === '\t' || BREAK.test(char);
}

/** Whether the text holds characters that mean something to a YAML parser where a plain text could stand. */
function hasIndicator(chars: readonly string[]): boolean {
  const text = chars.join('');
  if (text.startsWith('---') || text.startsWith('...')) return true;
  return chars.some((char, i) => {
    if (i === 0) return '#,[]{}&*!|>\'"%@`'.includes(char) || ('?:-'.includes(char) && isBlank(chars[1]));
    return (char === ':' && isBlank(chars[i + 1])) || (char === '#' && isBlank(chars[i - 1]));
  });
}

function analyze(chars: readonly string[]): Allowed {
  const special = chars.some((char) => !PRINTABLE.test(char) && !BREAK.test(char));
  const multiline = chars.some((char) => BREAK.test(char));
  const spaceThenBreak = chars.some((char, i) => char === ' ' && BREAK.test(chars[i + 1] ?? ''));
  const breakThenSpace = chars.some((char, i) => BREAK.test(char) && chars[i + 1] === ' ');
  const [first, last] = [chars[0], chars.at(-1)];
  const edges = first === ' ' || last === ' ';
  const odd = special || spaceThenBreak;
  return {
    plain: !odd && !multiline && !edges && !hasIndicator(chars),
    single: !odd && !breakThenSpace,
    block: !odd && last !== ' ',
    multiline,
  };
}

function chooseStyle(text: string, chars: readonly string[], isKey: boolean): Style {
  const allowed = analyze(chars);
  const means = resolveScalar(text).tag;
  const wanted: Style = text.includes('\n')
    ? 'literal'
    : means === '!!str' && !base60.test(text)
      ? 'plain'
      : 'double';
  if (isKey && allowed.multiline) return 'double';
  if (wanted === 'literal') return allowed.block && !isKey ? 'literal' : 'double';
  if (wanted === 'plain' && !allowed.plain) return allowed.single ? 'single' : 'double';
  return wanted;
}

/** Writes characters one after another and turns single spaces beyond column 80 into line breaks. */
function folded(
  chars: readonly string[],
  place: ScalarPlace,
  write: (char: string) => string,
  edges: number,
  style: 'plain' | 'single' | 'double',
): string {
  let column = place.column + edges;
  let out = '';
  let spaces = false;
  chars.forEach((char, i) => {
    const next = chars[i + 1];
    const inside = style === 'plain' || (i > 0 && i < chars.length - 1);
    const nextIsSpace = next === ' ';
    const mayBreak = char === ' ' && !place.isKey && !spaces && inside && (style === 'double' || !nextIsSpace);
    if (mayBreak && column > BEST_WIDTH) {
      const escape = style === 'double' && nextIsSpace ? '\\' : '';
      out += `\n${' '.repeat(place.indent)}${escape}`;
      column = place.indent + escape.length;
    } else {
      const written = write(char);
      out += written;
      column += [...written].length;
    }
    spaces = char === ' ';
  });
  return out;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(char: string): string {
  const short = escapes[char];
  if (short !== undefined) return short;
  if (PRINTABLE.test(char)) return char;
  const hex = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function literal(text: string, indent: number): string {
  const hint = /^[ \r\n\u0085\u2028\u2029]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : ' '.repeat(indent) + line));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

/** The written form of a text; lines after the first are indented, without a line break at the end. */
export function emitString(text: string, place: ScalarPlace): string {
  const chars = [...text];
  const style = chooseStyle(text, chars, place.isKey);
  switch (style) {
    case 'plain':
      return folded(chars, place, (char) => char, 0, style);
    case 'single':
      return `'${folded(chars, place, (char) => (char === "'" ? "''" : char), 1, style)}'`;
    case 'double':
      return `"${folded(chars, place, escaped, 1, style)}"`;
    case 'literal':
      return literal(text, place.indent);
  }
}
