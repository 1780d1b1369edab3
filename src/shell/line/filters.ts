/**
 * The text tools that a pipe may lead to: grep, head, tail, wc, sort, uniq, cut, tr, cat; and `slide`, which is the
 * sandbox' own: it cuts a table or a process tree as slides do, to names and nodes, and commands without arguments. Each
 * takes lines as they come and gives lines; options that are missing here are refused by name.
 */

export interface Filter {
  /** The lines that one line of input becomes. */
  line(line: string): readonly string[];
  /** What is left at the end of the input. */
  end(): readonly string[];
  /** The exit code, once the input has ended. */
  readonly code: number;
  /** Set once it needs no more input. */
  readonly full: boolean;
}

export type FilterResult = Filter | { readonly problem: string; readonly code: number };

type Maker = (args: Arguments, name: string) => FilterResult;

interface Arguments {
  readonly flags: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Makes the filter of a command; undefined when the command is none. */
export function filterOf([name = '', ...words]: readonly string[]): FilterResult | undefined {
  const spec = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (!spec) return undefined;
  const args = readArguments(name, words, spec.bare, spec.valued);
  return 'problem' in args ? args : spec.make(args, name);
}

/** Names of all filters, for completion. */
export function filterNames(): readonly string[] {
  return Object.keys(makers);
}

function readArguments(
  name: string, words: readonly string[], bare: string, valued: string,
): Arguments | { readonly problem: string; readonly code: number } {
  const flags = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === '--') {
      rest.push(...words.slice(at + 1));
      break;
    }
    if (/^-\d+$/.test(word) && (name === 'head' || name === 'tail')) {
      flags.set('n', word.slice(1));
      continue;
    }
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      return { problem: `${name}: option ${word.split('=')[0]} is not modelled in the sandbox`, code: 2 };
    }
    for (let index = 1; index < word.length; index += 1) {
      const letter = word[index] as string;
      if (valued.includes(letter)) {
        const attached = word.slice(index + 1);
        if (attached === '') at += 1;
        const value = attached === '' ? words[at] : attached;
        if (value === undefined) return { problem: `${name}: option requires an argument -- '${letter}'`, code: 2 };
        flags.set(letter, value);
        break;
      }
      if (!bare.includes(letter)) return { problem: `${name}: option -${letter} is not modelled in the sandbox`,
        code: 2 };
      flags.set(letter, '');
    }
  }
  return { flags, rest };
}

/** A filter of one function and what comes at the end. */
function filter(line: Filter['line'], end: Filter['end'] = () => [],
  state: { code: number; full: boolean } = { code: 0, full: false }): Filter {
  return {
    line, end,
    get code() {
      return state.code;
    },
    get full() {
      return state.full;
    },
  };
}

function refuseFiles(name: string,
  rest: readonly string[]): { readonly problem: string; readonly code: number } | undefined {
  return rest.length > 0 ? { problem: `${name}: reading files is not modelled in the sandbox; pipe into it`,
    code: 2 } : undefined;
}

function grep({ flags, rest }: Arguments, name: string): FilterResult {
  const pattern = flags.get('e') ?? rest[0];
  if (pattern === undefined) return { problem: 'Usage: grep [OPTION]... PATTERNS [FILE]...', code: 2 };
  const files = refuseFiles('grep', flags.has('e') ? rest : rest.slice(1));
  if (files) return files;
  const source = flags.has('F') || name === 'fgrep' ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    : flags.has('E') || flags.has('P') || name === 'egrep' ? pattern : basicPattern(pattern);
  const whole = flags.has('w') ? `(?<!\\w)(?:${source})(?!\\w)` : flags.has('x') ? `^(?:${source})$` : source;
  const found = compile(whole, flags.has('i') ? 'gi' : 'g');
  if (!found) return { problem: 'grep: Invalid regular expression', code: 2 };
  const state = { code: 1, full: false };
  const limit = Number(flags.get('m') ?? Infinity);
  let number = 0;
  let count = 0;
  return filter((line) => {
    number += 1;
    found.lastIndex = 0;
    if (found.test(line) === flags.has('v') || count >= limit) return [];
    state.code = 0;
    count += 1;
    if (count >= limit) state.full = true;
    if (flags.has('c') || flags.has('q')) return [];
    const shown = flags.has('o') && !flags.has('v') ? [...line.matchAll(found)].map(([text]) => text) : [line];
    return flags.has('n') ? shown.map((text) => `${number}:${text}`) : shown;
  }, () => (flags.has('c') ? [String(count)] : []), state);
}

/** A basic regular expression: braces, bars and the like are plain unless a backslash stands before them. */
function basicPattern(pattern: string): string {
  return pattern.replace(/\\?[+?{}()|]/g, (text) => (text.startsWith('\\') ? text.slice(1) : `\\${text}`));
}

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function lineCount(flags: ReadonlyMap<string, string>,
  name: string): number | { readonly problem: string; readonly code: number } {
  const text = flags.get('n') ?? '10';
  return /^[+-]?\d+$/.test(text) ? Number(text) : { problem: `${name}: invalid number of lines: '${text}'`, code: 1 };
}

function head({ flags, rest }: Arguments): FilterResult {
  const count = lineCount(flags, 'head');
  const files = refuseFiles('head', rest);
  if (files || typeof count !== 'number') return files ?? count as { readonly problem: string; readonly code: number };
  const state = { code: 0, full: count === 0 };
  const kept: string[] = [];
  let seen = 0;
  return filter((line) => {
    seen += 1;
    if (count < 0) {
      kept.push(line);
      return kept.length > -count ? [kept.shift() as string] : [];
    }
    if (seen >= count) state.full = true;
    return seen <= count ? [line] : [];
  }, () => [], state);
}

function tail({ flags, rest }: Arguments): FilterResult {
  const count = lineCount(flags, 'tail');
  const files = refuseFiles('tail', rest);
  if (files || typeof count !== 'number') return files ?? count as { readonly problem: string; readonly code: number };
  const fromStart = flags.get('n')?.startsWith('+') ?? false;
  const kept: string[] = [];
  let seen = 0;
  return filter((line) => {
    seen += 1;
    if (fromStart) return seen >= count ? [line] : [];
    kept.push(line);
    if (kept.length > Math.abs(count)) kept.shift();
    return [];
  }, () => kept);
}

function wc({ flags, rest }: Arguments): FilterResult {
  const files = refuseFiles('wc', rest);
  if (files) return files;
  const counts = { l: 0, w: 0, c: 0 };
  return filter((line) => {
    counts.l += 1;
    counts.w += line.split(/\s+/).filter((word) => word !== '').length;
    counts.c += line.length + 1;
    return [];
  }, () => {
    const wanted = (['l', 'w', 'c'] as const).filter((letter) => flags.size === 0 || flags.has(letter)
      || (letter === 'c' && flags.has('m')));
    return [wanted.length === 1 ? String(counts[wanted[0] as 'l'])
      : wanted.map((letter) => String(counts[letter]).padStart(7)).join(' ')];
  });
}

function sort({ flags, rest }: Arguments): FilterResult {
  const files = refuseFiles('sort', rest);
  if (files) return files;
  const lines: string[] = [];
  const field = Number(/^\d+/.exec(flags.get('k') ?? '')?.[0] ?? 0);
  const key = (line: string): string => (field === 0 ? line
    : line.trimStart().split(flags.get('t') ?? /\s+/).slice(field - 1).join(' '));
  const compare = (a: string, b: string): number => {
    const [x, y] = [key(a), key(b)];
    const order = flags.has('n') ? (Number.parseFloat(x) || 0) - (Number.parseFloat(y) || 0) : x < y ? -1 : x > y ? 1
      : 0;
    return (order || (a < b ? -1 : a > b ? 1 : 0)) * (flags.has('r') ? -1 : 1);
  };
  return filter((line) => {
    lines.push(line);
    return [];
  }, () => {
    const sorted = lines.sort(compare);
    return flags.has('u') ? sorted.filter((line, index) => line !== sorted[index - 1]) : sorted;
  });
}

function uniq({ flags }: Arguments): FilterResult {
  let last: string | undefined;
  let count = 0;
  const flush = (): readonly string[] => {
    if (last === undefined) return [];
    return flags.has('c') ? [`${String(count).padStart(7)} ${last}`] : flags.has('d') && count < 2 ? [] : [last];
  };
  return filter((line) => {
    if (line === last) {
      count += 1;
      return [];
    }
    const before = flush();
    last = line;
    count = 1;
    return before;
  }, flush);
}

function cut({ flags }: Arguments): FilterResult {
  const list = flags.get('f') ?? flags.get('c');
  if (list === undefined) return { problem: 'cut: you must specify a list of bytes, characters, or fields', code: 1 };
  const ranges = list.split(',').map((part) => /^(\d*)(-?)(\d*)$/.exec(part));
  if (ranges.some((range) => range === null)) return { problem: 'cut: invalid field value', code: 1 };
  const wanted = (number: number): boolean => ranges.some((range) => {
    const [, from = '', dash = '', to = ''] = range ?? [];
    return number >= Number(from || 1) && number <= (dash === '' ? Number(from) : Number(to || Infinity));
  });
  const separator = flags.has('f') ? flags.get('d') ?? '\t' : '';
  return filter((line) => {
    const parts = separator === '' ? [...line] : line.split(separator);
    return [parts.length === 1 && separator !== '' ? line : parts.filter((_, index) =>
      wanted(index + 1)).join(separator)];
  });
}

function tr({ flags, rest }: Arguments): FilterResult {
  const [from = '', to = ''] = rest.map((set) => set.replace(/(.)-(.)/g, (_, a: string, b: string) => {
    let out = '';
    for (let code = a.charCodeAt(0); code <= b.charCodeAt(0); code += 1) out += String.fromCharCode(code);
    return out;
  }));
  if (from === '') return { problem: 'tr: missing operand', code: 1 };
  if (/\\n/.test(from)) return { problem: 'tr: line breaks are not modelled in the sandbox', code: 1 };
  return filter((line) => {
    let out = '';
    for (const char of line) {
      const at = from.indexOf(char);
      const next = at < 0 ? char : flags.has('d') ? '' : flags.has('s') && to === '' ? char
        : to[Math.min(at, to.length - 1)] ?? '';
      if (!(flags.has('s') && at >= 0 && out.endsWith(next))) out += next;
    }
    return [out];
  });
}

function cat({ flags, rest }: Arguments): FilterResult {
  const files = refuseFiles('cat', rest.filter((word) => word !== '-'));
  if (files) return files;
  let number = 0;
  return filter((line) => {
    number += 1;
    return [flags.has('n') ? `${String(number).padStart(6)}\t${line}` : line];
  });
}

const slideColumns = new Set(['NAME', 'NODE']);
/** What slides leave out of a process tree. */
const unshown = /^\s*\d+ (\/sbin\/init|\/lib\/systemd\/\S+|ps |bash|sh)/;

/** Cuts wide tables to NAME and NODE, and process trees to commands without arguments. */
function slide({ rest }: Arguments): FilterResult {
  const files = refuseFiles('slide', rest);
  if (files) return files;
  const lines: string[] = [];
  return filter((line) => {
    lines.push(line);
    return [];
  }, () => (/^\s*PID\s+CMD/.test(lines[0] ?? '') ? processSlide(lines) : tableSlide(lines)));
}

function processSlide(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !unshown.test(line))
    .map((line) => line.replace(/^(\s*(?:PID|\d+) (?:[ |]*\\_ )?\S+).*$/, '$1'));
}

function tableSlide(lines: readonly string[]): readonly string[] {
  const [first = ''] = lines;
  const columns = [...first.matchAll(/\S+(?: \S+)*/g)].map(({ 0: name, index }, at, all) => ({
    name,
    from: index,
    to: all[at + 1]?.index,
  }));
  const shown = columns.filter(({ name }) => slideColumns.has(name));
  if (shown.length < 2) return lines;
  const cells = lines.map((line) => shown.map(({ from, to }) => line.slice(from, to).trimEnd()));
  const width = Math.max(...cells.map(([cell = '']) => cell.length)) + 3;
  return cells.map(([name = '', ...rest]) => `${name.padEnd(width)}${rest.join('   ')}`);
}

const makers: Readonly<Record<string, { readonly make: Maker; readonly bare: string; readonly valued: string }>> = {
  cat: { make: cat, bare: 'n', valued: '' }, cut: { make: cut, bare: '', valued: 'dfc' },
  egrep: { make: grep, bare: 'ivcnowqxEP', valued: 'em' }, fgrep: { make: grep, bare: 'ivcnowqx', valued: 'em' },
  grep: { make: grep, bare: 'ivcnowqxEFP', valued: 'em' }, head: { make: head, bare: '', valued: 'n' },
  slide: { make: slide, bare: '', valued: '' }, sort: { make: sort, bare: 'rnu', valued: 'kt' },
  tail: { make: tail, bare: '', valued: 'n' }, tr: { make: tr, bare: 'ds', valued: '' },
  uniq: { make: uniq, bare: 'cd', valued: '' }, wc: { make: wc, bare: 'lwcm', valued: '' },
};
