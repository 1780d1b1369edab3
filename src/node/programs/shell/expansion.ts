/**
 * Expansion of words: tilde, parameters, command substitution, arithmetic, field splitting, file patterns, removal of
 * quotes. Models POSIX XCU 2.6 with the replacements and substrings of bash and ash.
 */
import type { Task } from '../../../sim/task';
import { compareText } from '../../../base/freeze';
import { calculate } from './arithmetic';
import type { Parameter, Part, Word } from './ast';
import { escapePattern, hasWildcard, patternExpression, translate } from './patterns';
import type { Shell } from './shell';

/** A field under construction: its text, and the same as a pattern in which quoted wildcards are escaped. */
class Fields {
  readonly done: { text: string; pattern: string }[] = [];
  private open: { text: string; pattern: string } | undefined;

  add(text: string, quoted: boolean): void {
    this.open ??= { text: '', pattern: '' };
    this.open.text += text;
    this.open.pattern += quoted ? escapePattern(text) : text;
  }

  end(): void {
    if (this.open) this.done.push(this.open);
    this.open = undefined;
  }

  /** Adds the result of an unquoted expansion, split at the separators. */
  split(text: string, separators: string): void {
    if (separators === '') return text === '' ? undefined : this.add(text, false);
    let from = 0;
    let afterSeparator = false;
    for (let at = 0; at <= text.length; at += 1) {
      const char = text[at];
      if (char !== undefined && !separators.includes(char)) continue;
      const piece = text.slice(from, at);
      from = at + 1;
      if (piece !== '') {
        this.add(piece, false);
        afterSeparator = false;
      } else if (char !== undefined && !' \t\n'.includes(char) && (afterSeparator || !this.open)) this.add('', false);
      if (char === undefined) break;
      this.end();
      afterSeparator = !' \t\n'.includes(char);
    }
  }
}

/** The fields that words expand to. */
export function* expandWords(shell: Shell, words: readonly Word[]): Task<string[]> {
  const result: string[] = [];
  for (const word of words) {
    const plain = plainText(word);
    if (plain !== undefined) {
      result.push(plain);
      continue;
    }
    for (const each of shell.dialect === 'bash' ? braces(word) : [word]) {
      const fields = new Fields();
      yield* expandInto(shell, each, fields);
      if (shell.flow) return result;
      fields.end();
      for (const { text, pattern } of fields.done) {
        if (shell.options.has('f') || !hasWildcard(pattern)) result.push(text);
        else result.push(...namesLike(shell, pattern, text));
      }
    }
  }
  return result;
}

/** The text of a word in which nothing can be expanded: most words of most scripts. */
function plainText(word: Word): string | undefined {
  const [part] = word;
  if (word.length !== 1 || part?.kind !== 'text') return undefined;
  return part.quoted || !/[~*?{\\]|\[.+\]/.test(part.text) ? part.text : undefined;
}

/** A word as one text, neither split nor matched with files: assignments, here-documents, redirections. */
export function* expandText(shell: Shell, word: Word): Task<string> {
  const only = word.length === 1 ? word[0] : undefined;
  if (only?.kind === 'text' && (only.quoted || !only.text.startsWith('~'))) return only.text;
  let text = '';
  for (const part of tilde(shell, word)) {
    if (part.kind === 'text') text += part.text;
    else text += yield* partText(shell, part);
  }
  return text;
}

/** A word as a pattern: what is quoted in it is meant literally. */
export function* expandPattern(shell: Shell, word: Word): Task<string> {
  let pattern = '';
  for (const part of tilde(shell, word)) {
    const text = part.kind === 'text' ? part.text : yield* partText(shell, part);
    pattern += part.quoted ? escapePattern(text) : text;
  }
  return pattern;
}

function* expandInto(shell: Shell, word: Word, fields: Fields): Task {
  const separators = shell.variable('IFS') ?? ' \t\n';
  for (const part of tilde(shell, word)) {
    if (part.kind === 'text') {
      fields.add(part.text, part.quoted);
    } else if (part.kind === 'parameter' && part.quoted && part.name === '@'
      && (part.operator === undefined || part.operator === ':')) {
      const from = part.operator === ':' ? (yield* range(shell, part))[0] - 1 : 0;
      shell.positional.slice(Math.max(0, from)).forEach((text, index) => {
        if (index > 0) fields.end();
        fields.add(text, true);
      });
    } else if (part.kind === 'parameter' && !part.quoted && (part.name === '@' || part.name === '*')
      && part.operator === undefined && !part.length) {
      shell.positional.forEach((text, index) => {
        if (index > 0) fields.end();
        fields.split(text, separators);
      });
    } else if (part.kind === 'parameter' && !part.quoted && isDefault(part) && !valueIsSet(shell, part)) {
      // The argument's own quotes count: ${x:-"a b"} is one field.
      yield* expandArgument(shell, part, fields, separators);
    } else {
      const text = yield* partText(shell, part);
      if (part.quoted) fields.add(text, true);
      else fields.split(text, separators);
    }
    if (shell.flow) return;
  }
}

function isDefault({ operator }: Parameter): boolean {
  return operator === ':-' || operator === '-';
}

function* expandArgument(shell: Shell, part: Parameter, fields: Fields, separators: string): Task {
  for (const inner of part.argument ?? []) {
    if (inner.kind === 'text') {
      if (inner.quoted) fields.add(inner.text, true);
      else fields.split(inner.text, separators);
    } else yield* expandInto(shell, [inner], fields);
  }
}

function tilde(shell: Shell, word: Word): Word {
  const first = word[0];
  if (first?.kind !== 'text' || first.quoted || !/^~(\/|$)/.test(first.text)) return word;
  if (first.text === '~' && word.length > 1) return word;
  const home = shell.variable('HOME') ?? '/root';
  return [{ kind: 'text', text: home, quoted: true }, { ...first, text: first.text.slice(1) }, ...word.slice(1)];
}

/** The text of one expansion. */
function* partText(shell: Shell, part: Exclude<Part, { kind: 'text' }>): Task<string> {
  switch (part.kind) {
    case 'substitution': return yield* shell.substitute(part.script);
    case 'arithmetic': {
      const expression = yield* expandText(shell, part.expression);
      return String(arithmeticValue(shell, expression) ?? '');
    }
    case 'parameter': return yield* parameterText(shell, part);
  }
}

/** The value of an expression; a wrong one ends the command with the shell's own words. */
export function arithmeticValue(shell: Shell, expression: string): bigint | undefined {
  const result = calculate(expression, { get: (name) => shell.parameter(name),
    set: (name, value) => shell.assign(name, value) });
  if (result.ok) return result.value;
  const text = expression.trim();
  if (result.why === 'zero') {
    const message = { ash: 'divide by zero', dash: `arithmetic expression: division by zero: "${expression}"`,
      bash: `${text}: division by 0 (error token is "0")` };
    shell.abort(message[shell.dialect], shell.dialect === 'bash' ? 1 : 2);
  } else {
    const message = {
      ash: 'arithmetic syntax error', dash: `arithmetic expression: expecting primary: "${expression}"`,
      bash: `${text}: arithmetic syntax error: operand expected`,
    };
    shell.abort(message[shell.dialect], shell.dialect === 'bash' ? 1 : 2);
  }
  return undefined;
}

function valueIsSet(shell: Shell, { name, operator }: Parameter): boolean {
  const value = shell.parameter(name);
  return value !== undefined && (!operator?.startsWith(':') || value !== '');
}

function* parameterText(shell: Shell, part: Parameter): Task<string> {
  const { name, operator, length } = part;
  const value = shell.parameter(name);
  if (operator === 'bad') return shell.abort(badSubstitution(shell, part), shell.dialect === 'bash' ? 1 : 2);
  if (length) return String(name === '@' || name === '*' ? shell.positional.length : [...(value ?? '')].length);
  const argument = function* (): Task<string> {
    return yield* expandText(shell, part.argument ?? []);
  };
  const isSet = valueIsSet(shell, part);
  switch (operator) {
    case ':-': case '-': return isSet ? value as string : yield* argument();
    case ':+': case '+': return isSet ? yield* argument() : '';
    case ':=': case '=': {
      if (isSet) return value as string;
      const given = yield* argument();
      shell.assign(name, given);
      return given;
    }
    case ':?': case '?': {
      if (isSet) return value as string;
      const message = (yield* argument()) || (operator === '?' ? 'parameter not set' : 'parameter not set or null');
      return shell.abort(`${name}: ${message}`, shell.dialect === 'bash' ? 127 : 2);
    }
    default: return yield* changedText(shell, part, value ?? unset(shell, name));
  }
}

function unset(shell: Shell, name: string): string {
  if (!shell.options.has('u') || name === '@' || name === '*') return '';
  const message = shell.dialect === 'bash' ? 'unbound variable' : 'parameter not set';
  return shell.abort(`${name}: ${message}`, shell.dialect === 'bash' ? 127 : 2);
}

function badSubstitution(shell: Shell, { name }: Parameter): string {
  return shell.dialect === 'ash' ? 'syntax error: bad substitution' : shell.dialect === 'dash' ? 'Bad substitution'
    : `\${${name}}: bad substitution`;
}

/** Operators that cut from or replace in a value that is there. */
function* changedText(shell: Shell, part: Parameter, value: string): Task<string> {
  const { operator, argument = [] } = part;
  switch (operator) {
    case undefined: return value;
    case '#': case '##': return withoutPrefix(value, yield* expandPattern(shell, argument), operator === '##');
    case '%': case '%%': return withoutSuffix(value, yield* expandPattern(shell, argument), operator === '%%');
    case '^': return value.slice(0, 1).toUpperCase() + value.slice(1);
    case '^^': return value.toUpperCase();
    case ',': return value.slice(0, 1).toLowerCase() + value.slice(1);
    case ',,': return value.toLowerCase();
    case '!': return shell.parameter(value) ?? '';
    case ':': {
      const [from, count] = yield* range(shell, part);
      const start = from < 0 ? Math.max(0, value.length + from) : from;
      return count === undefined ? value.slice(start)
        : value.slice(start, count < 0 ? value.length + count : start + count);
    }
    default: return yield* replaced(shell, part, value);
  }
}

function* range(shell: Shell, { argument = [] }: Parameter): Task<[number, number | undefined]> {
  const [from = '', count] = (yield* expandText(shell, argument)).split(':');
  const start = Number(arithmeticValue(shell, from) ?? 0n);
  return [start, count === undefined ? undefined : Number(arithmeticValue(shell, count) ?? 0n)];
}

function* replaced(shell: Shell, { operator, argument = [] }: Parameter, value: string): Task<string> {
  const [pattern, replacement] = splitAtSlash(argument);
  const source = yield* expandPattern(shell, pattern);
  const text = yield* expandText(shell, replacement);
  if (source === '') return value;
  const anchored = source.startsWith('#') ? `^${translate(source.slice(1), '[^]*')}`
    : source.startsWith('%') ? `${translate(source.slice(1), '[^]*')}$` : translate(source, '[^]*');
  return value.replace(new RegExp(anchored, operator === '//' ? 'g' : ''), () => text);
}

function splitAtSlash(word: Word): [Word, Word] {
  for (let index = 0; index < word.length; index += 1) {
    const part = word[index] as Part;
    if (part.kind !== 'text') continue;
    const slash = part.text.indexOf('/');
    if (slash < 0) continue;
    return [
      [...word.slice(0, index), { ...part, text: part.text.slice(0, slash) }],
      [{ ...part, text: part.text.slice(slash + 1) }, ...word.slice(index + 1)],
    ];
  }
  return [word, []];
}

function withoutPrefix(value: string, pattern: string, longest: boolean): string {
  const match = new RegExp(`^(?:${translate(pattern, longest ? '[^]*' : '[^]*?')})`).exec(value);
  return match ? value.slice(match[0].length) : value;
}

function withoutSuffix(value: string, pattern: string, longest: boolean): string {
  if (longest) {
    const match = new RegExp(`(?:${translate(pattern, '[^]*')})$`).exec(value);
    return match ? value.slice(0, match.index) : value;
  }
  // The shortest suffix begins as late as possible.
  const match = new RegExp(`^([^]*)(?:${translate(pattern, '[^]*?')})$`).exec(value);
  return match ? match[1] as string : value;
}

/** Files whose paths match; when there is none, the text itself. */
function namesLike(shell: Shell, pattern: string, text: string): readonly string[] {
  const { files } = shell.world;
  const absolute = pattern.startsWith('/');
  let found: string[] = [absolute ? '/' : ''];
  for (const part of pattern.split('/').filter((each) => each !== '')) {
    const next: string[] = [];
    for (const base of found) {
      const directory = shell.path(base === '' ? '.' : base);
      const prefix = base === '' || base.endsWith('/') ? base : `${base}/`;
      if (!hasWildcard(part)) {
        const name = part.replace(/\\(.)/g, '$1');
        if (files.exists(shell.path(`${prefix}${name}`))) next.push(`${prefix}${name}`);
        continue;
      }
      const form = patternExpression(part);
      for (const name of files.list(directory) ?? []) {
        if (form.test(name) && (part.startsWith('.') || !name.startsWith('.'))) next.push(`${prefix}${name}`);
      }
    }
    found = next;
  }
  return found.length === 0 || found[0] === '' ? [text] : found.sort(compareText);
}

const braceLimit = 10_000;

/** `{a,b}` and `{1..5}` in unquoted text, as bash expands them; without nesting. */
function braces(word: Word): Word[] {
  const index = word.findIndex((part) => part.kind === 'text' && !part.quoted
    && /\{[^{}]*(,|\.\.)[^{}]*\}/.test(part.text));
  if (index < 0) return [word];
  const part = word[index] as Extract<Part, { kind: 'text' }>;
  const match = /\{([^{}]*)\}/.exec(part.text) as RegExpExecArray;
  const inner = match[1] as string;
  const alternatives = sequence(inner) ?? (inner.includes(',') ? inner.split(',') : undefined);
  if (!alternatives) return [word];
  return alternatives.flatMap((alternative) => {
    const text = part.text.slice(0, match.index) + alternative;
    const rest: Part = { ...part, text: part.text.slice(match.index + match[0].length) };
    const before: Word = [...word.slice(0, index), { ...part, text }];
    return braces([rest, ...word.slice(index + 1)]).map((after) => [...before, ...after]);
  });
}

function sequence(inner: string): string[] | undefined {
  const numbers = /^(-?\d{1,9})\.\.(-?\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(inner);
  if (!numbers) return undefined;
  const [from, to, step] = [Number(numbers[1]), Number(numbers[2]), Math.max(1, Number(numbers[3] ?? 1))];
  const values: string[] = [];
  if (from <= to) for (let at = from; at <= to && values.length < braceLimit; at += step) values.push(String(at));
  else for (let at = from; at >= to && values.length < braceLimit; at -= step) values.push(String(at));
  return values;
}
