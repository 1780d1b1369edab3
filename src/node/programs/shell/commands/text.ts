/** Text tools. Those that may stop early or follow a growing input read line by line; the others read all first. */
import { byteLength, bytesOfText, textOfBytes } from '../../../../base/byte-text';
import { compareText } from '../../../../base/freeze';
import { sha256, md5 } from './digests';
import type { Task } from '../../../../sim/task';
import { linesOf, readAll, readLine } from '../reading';
import { awk } from './awk';
import { openInputs, readInputs } from './inputs';
import { regex, regexSource } from './regex';
import { sed } from './sed';
import { fail, isBusybox, options, print, type Tool, type ToolCall, type Tools } from './tool';

const sequenceLimit = 1_000_000;

/** `-5` as the number of lines, as head and tail take it. */
function countOf(
  call: ToolCall,
): { count: string; bytes: string | undefined; rest: readonly string[]; set: ReadonlySet<string> } {
  const args = call.args.map((arg) => (/^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
  const { values, rest, set } = options(args, ['n', 'c', 's', 'lines', 'bytes', 'pid']);
  return { count: values.get('n') ?? values.get('lines') ?? '10', bytes: values.get('c') ?? values.get('bytes'), rest,
    set };
}

function* head(call: ToolCall): Task<number> {
  const { count, bytes, rest } = countOf(call);
  const { inputs, failed } = yield* openInputs(call, rest);
  for (const { name, stream } of inputs) {
    if (rest.length > 1) yield* print(call, `==> ${name} <==\n`);
    if (bytes !== undefined) {
      let left = Number(bytes) || 0;
      while (left > 0) {
        const piece = stream ? yield* stream.read(call.shell.process) : undefined;
        if (piece === undefined) break;
        yield* print(call, piece.slice(0, left));
        if (piece.length > left) stream?.unread(piece.slice(left));
        left -= piece.length;
      }
      continue;
    }
    for (let left = Number(count) || 0; left > 0; left -= 1) {
      const line = yield* readLine(call.shell, stream);
      if (line.ended && line.text === '') break;
      yield* print(call, line.ended ? line.text : `${line.text}\n`);
    }
  }
  return failed ? 1 : 0;
}

/** `5` are the last five bytes, `+5` all from the fifth on. */
function lastBytes(text: string, wanted: string): string {
  const bytes = bytesOfText(text);
  const count = Math.abs(Number(wanted) || 0);
  return textOfBytes(
    bytes.subarray(wanted.startsWith('+') ? Math.max(0, count - 1) : Math.max(0, bytes.length - count)),
  );
}

function* tail(call: ToolCall): Task<number> {
  const { count, bytes, rest, set } = countOf(call);
  const { shell } = call;
  const retry = set.has('F');
  const follow = set.has('f') || retry || set.has('follow');
  const { inputs, failed } = yield* openInputs(call, rest);
  const seen = new Map<string, number>();
  // -F waits for files that are not there yet.
  if (retry) for (const name of rest) seen.set(shell.path(name), 0);
  for (const { name, stream } of inputs) {
    // /dev/null has nothing; following it is the usual way to do nothing for ever.
    const text = stream ? yield* readAll(shell, stream) : '';
    if (rest.length > 1) yield* print(call, `==> ${name} <==\n`);
    const lines = linesOf(text);
    const from = count.startsWith('+') ? Number(count) - 1 : Math.max(0, lines.length - Math.abs(Number(count) || 0));
    const chosen = lines.slice(from).map((line) => `${line}\n`).join('');
    yield* print(call, bytes === undefined ? chosen : lastBytes(text, bytes));
    if (stream?.path !== undefined) seen.set(stream.path, text.length);
  }
  if (!follow) return failed ? 1 : 0;
  if (seen.size === 0) return inputs.length === 0 ? 1 : yield* shell.process.never();
  for (;;) {
    yield* shell.world.pause(shell.process, 1000);
    for (const [path, length] of seen) {
      const text = shell.world.files.read(path) ?? '';
      // A file that has become shorter was made anew.
      if (text.length !== length) yield* print(call, text.slice(text.length > length ? length : 0));
      seen.set(path, text.length);
    }
  }
}

function* grep(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['e', 'A', 'B', 'C', 'm', 'f']);
  const patternText = values.get('e') ?? rest[0];
  const files = values.has('e') ? rest : rest.slice(1);
  if (patternText === undefined) return yield* fail(call, 'missing pattern', 2);
  const extended = set.has('E') || set.has('P') || call.name === 'egrep';
  const plain = set.has('F') || call.name === 'fgrep';
  let source = plain ? patternText.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    : patternText.split('\n').map((each) => regexSource(each, extended) ?? '(').join('|');
  if (set.has('w')) source = `\\b(?:${source})\\b`;
  if (set.has('x')) source = `^(?:${source})$`;
  let form: RegExp;
  try {
    form = new RegExp(source, set.has('i') ? 'gi' : 'g');
  } catch {
    return yield* fail(call, isBusybox(call) ? `bad regex '${patternText}': Unmatched ( or \\(` : 'Unmatched ( or \\(',
      2);
  }
  const names = set.has('r') || set.has('R') ? allFiles(call, files.length === 0 ? ['.'] : files) : files;
  const { inputs, failed } = yield* openInputs({ ...call, name: call.name }, names);
  const context = { before: Number(values.get('B') ?? values.get('C') ?? 0),
    after: Number(values.get('A') ?? values.get('C') ?? 0) };
  let matched = false;
  for (const { name, stream } of inputs) {
    const prefix = (names.length > 1 || set.has('H') || set.has('r')) && !set.has('h') ? `${name}:` : '';
    let count = 0;
    const before: string[] = [];
    let after = 0;
    for (let number = 1; ; number += 1) {
      const line = yield* readLine(call.shell, stream);
      if (line.ended && line.text === '') break;
      if (number % 100 === 0) yield* call.shell.world.work(call.shell.process, 10);
      form.lastIndex = 0;
      const fits = form.test(line.text) !== set.has('v');
      const lead = `${prefix}${set.has('n') ? `${number}:` : ''}`;
      if (fits) {
        count += 1;
        matched = true;
        if (set.has('q')) return 0;
        if (!set.has('c') && !set.has('l')) {
          for (const earlier of before.splice(0)) yield* print(call, earlier);
          form.lastIndex = 0;
          if (set.has('o') && !set.has('v')) for (const [piece] of line.text.matchAll(form)) yield* print(call,
            `${lead}${piece}\n`);
          else yield* print(call, `${lead}${line.text}\n`);
          after = context.after;
        }
        if (count >= Number(values.get('m') ?? Infinity)) break;
      } else if (after > 0) {
        after -= 1;
        yield* print(call, `${lead}${line.text}\n`);
      } else if (context.before > 0) {
        before.push(`${lead}${line.text}\n`);
        if (before.length > context.before) before.shift();
      }
      if (line.ended) break;
    }
    if (set.has('c')) yield* print(call, `${prefix}${count}\n`);
    else if (set.has('l') && count > 0) yield* print(call, `${name}\n`);
  }
  return matched ? 0 : failed ? 2 : 1;
}

function allFiles({ shell }: ToolCall, names: readonly string[]): string[] {
  const found: string[] = [];
  const open = [...names].reverse();
  for (let seen = 0; open.length > 0 && seen < 10_000; seen += 1) {
    const name = open.pop() as string;
    const path = shell.path(name);
    if (!shell.world.files.isDirectory(path)) found.push(name);
    else for (const entry of [...(shell.world.files.list(path) ?? [])].reverse()) open.push(
      `${name.replace(/\/$/, '')}/${entry}`);
  }
  return found;
}

function* cut(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['d', 'f', 'c', 'b', 'delimiter', 'fields', 'output-delimiter']);
  const list = values.get('f') ?? values.get('fields') ?? values.get('c') ?? values.get('b');
  if (list === undefined) {
    return yield* fail(call, isBusybox(call) ? 'expected a list of bytes, characters, or fields'
      : 'you must specify a list of bytes, characters, or fields');
  }
  const byField = values.has('f') || values.has('fields');
  const delimiter = values.get('d') ?? values.get('delimiter') ?? '\t';
  const wanted = (index: number): boolean => list.split(',').some((piece) => {
    const [from = '', to] = piece.split('-');
    return to === undefined ? Number(from) === index : index >= Number(from || 1)
      && index <= (to === '' ? Infinity : Number(to));
  });
  const { text, failed } = yield* readInputs(call, rest);
  for (const line of linesOf(text)) {
    if (byField && !line.includes(delimiter)) {
      if (!set.has('s')) yield* print(call, `${line}\n`);
      continue;
    }
    const pieces = byField ? line.split(delimiter) : [...line];
    const joint = byField ? values.get('output-delimiter') ?? delimiter : '';
    yield* print(call, `${pieces.filter((_, index) => wanted(index + 1)).join(joint)}\n`);
  }
  return failed ? 1 : 0;
}

function* sort(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['k', 't', 'o', 'S']);
  const { text, failed } = yield* readInputs(call, rest);
  const column = Number.parseInt(values.get('k') ?? '0', 10);
  const numeric = set.has('n') || /\d+[a-z]*n/.test(values.get('k') ?? '');
  const separator = values.get('t');
  const key = (line: string): string => {
    if (!column) return line;
    return (separator === undefined ? line.trim().split(/\s+/) : line.split(separator)).slice(column - 1).join(' ');
  };
  const compare = (a: string, b: string): number => {
    const [left, right] = [key(a), key(b)];
    if (numeric) return (Number.parseFloat(left) || 0) - (Number.parseFloat(right) || 0) || compareText(a, b);
    if (set.has('f')) return compareText(left.toLowerCase(), right.toLowerCase()) || compareText(a, b);
    return compareText(left, right) || compareText(a, b);
  };
  let lines = linesOf(text).sort(compare);
  if (set.has('u')) lines = lines.filter((line, index) => index === 0 || key(line) !== key(lines[index - 1] as string));
  if (set.has('r') || /\d+[a-z]*r/.test(values.get('k') ?? '')) lines.reverse();
  const output = lines.map((line) => `${line}\n`).join('');
  const target = values.get('o');
  if (target !== undefined) call.shell.world.files.write(call.shell.path(target), output);
  else yield* print(call, output);
  return failed ? 2 : 0;
}

function* uniq(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args, ['f', 's']);
  const { text, failed } = yield* readInputs(call, rest.slice(0, 1));
  const groups: { line: string; count: number }[] = [];
  for (const line of linesOf(text)) {
    const last = groups[groups.length - 1];
    const same = last && (set.has('i') ? last.line.toLowerCase() === line.toLowerCase() : last.line === line);
    if (same) last.count += 1;
    else groups.push({ line, count: 1 });
  }
  for (const { line, count } of groups) {
    if ((set.has('d') && count < 2) || (set.has('u') && count > 1)) continue;
    yield* print(call, set.has('c') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`);
  }
  return failed ? 1 : 0;
}

function* count(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const { inputs, failed } = yield* openInputs(call, rest);
  const all = !['l', 'w', 'c', 'm'].some((letter) => set.has(letter));
  const total = [0, 0, 0];
  const line = (numbers: readonly number[], name: string): string => {
    const shown = numbers.filter((_, index) => all || set.has(['l', 'w', 'c'][index] as string)
      || (index === 2 && set.has('m')));
    const width = shown.length > 1 || (rest.length > 1 && !isBusybox(call)) ? (isBusybox(call) ? 9 : 7) : 0;
    return `${shown.map((number) => String(number).padStart(width)).join(' ')}${name === '-' ? '' : ` ${name}`}\n`;
  };
  for (const { name, stream } of inputs) {
    const text = yield* readAll(call.shell, stream);
    const numbers = [text.split('\n').length - 1, text.split(/\s+/).filter((word) => word !== '').length,
      byteLength(text)];
    numbers.forEach((number, index) => {
      total[index] = (total[index] as number) + number;
    });
    yield* print(call, line(numbers, name));
  }
  if (inputs.length > 1) yield* print(call, line(total, 'total'));
  return failed ? 1 : 0;
}

/** The characters of a set of tr: ranges, classes, escapes. */
function charactersOf(set: string): string[] {
  const named: Readonly<Record<string, string>> = {
    upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', lower: 'abcdefghijklmnopqrstuvwxyz', digit: '0123456789',
    space: ' \t\n\r\v\f', blank: ' \t', punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  };
  const plain = set.replace(/\[:(\w+):\]/g, (whole, name: string) => named[name] ?? whole)
    .replace(/\\([nrt\\0]|\d{3})/g, (_, letter: string) =>
      ({ n: '\n', r: '\r', t: '\t', '\\': '\\', 0: '\0' })[letter] ?? String.fromCharCode(Number.parseInt(letter, 8)));
  const characters: string[] = [];
  for (let at = 0; at < plain.length; at += 1) {
    const from = plain[at] as string;
    const to = plain[at + 2];
    if (plain[at + 1] === '-' && to !== undefined && to >= from && to.charCodeAt(0) - from.charCodeAt(0) < 1000) {
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0); code += 1) {
        characters.push(String.fromCharCode(code));
      }
      at += 2;
    } else characters.push(from);
  }
  return characters;
}

function* translate(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const complement = set.has('c') || set.has('C');
  const from = charactersOf(rest[0] ?? '');
  const to = charactersOf(rest[1] ?? '');
  const members = new Set(from);
  const inSet = (char: string): boolean => members.has(char) !== complement;
  const squeezed = new Set(set.has('s') ? (rest[1] === undefined ? from : to) : []);
  const targets = new Map(from.map((char, index) => [char, to[Math.min(index, to.length - 1)] ?? char] as const));
  const last = to[to.length - 1] ?? '';
  for (;;) {
    const input = call.shell.io.get(0);
    const piece = input ? yield* input.read(call.shell.process) : undefined;
    if (piece === undefined) return 0;
    let text = '';
    for (const char of piece) {
      if (set.has('d') && inSet(char)) continue;
      const out = set.has('d') || to.length === 0 || !inSet(char) ? char : complement ? last
        : targets.get(char) ?? char;
      if (squeezed.has(out) && text.endsWith(out)) continue;
      text += out;
    }
    yield* call.shell.world.work(call.shell.process, 10);
    yield* print(call, text);
  }
}

function* sequence(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args.map((arg) => (/^-\d/.test(arg) ? ` ${arg}` : arg)), ['s', 'f']);
  const numbers = rest.map((arg) => Number(arg.trim()));
  if (numbers.length === 0 || numbers.some((number) => Number.isNaN(number))) {
    return yield* fail(call, numbers.length === 0 ? 'missing operand'
      : `invalid floating point argument: '${rest.find((arg) => Number.isNaN(Number(arg))) ?? ''}'`);
  }
  const [from, step, to] = numbers.length === 1 ? [1, 1, numbers[0] as number] : numbers.length === 2
    ? [numbers[0] as number, 1, numbers[1] as number] : numbers as [number, number, number];
  const separator = values.get('s') ?? '\n';
  const digits = Math.max(...rest.map((arg) => /\.(\d+)/.exec(arg)?.[1]?.length ?? 0));
  const width = set.has('w') ? Math.max(from.toFixed(digits).length, to.toFixed(digits).length) : 0;
  let piece: string[] = [];
  for (let index = 0; index < sequenceLimit && step !== 0; index += 1) {
    const value = from + index * step;
    if (step > 0 ? value > to + 1e-9 : value < to - 1e-9) break;
    piece.push(value.toFixed(digits).padStart(width, '0'));
    if (piece.length < 1_000) continue;
    yield* call.shell.world.work(call.shell.process, 100);
    yield* print(call, `${piece.join(separator)}${separator}`);
    piece = [];
  }
  yield* print(call, piece.length === 0 ? '' : `${piece.join(separator)}\n`);
  return 0;
}

function* tee(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const { shell } = call;
  let status = 0;
  const paths: string[] = [];
  for (const name of rest) {
    const path = shell.path(name);
    if (path === '/dev/stdout' || path === '/dev/stderr' || path === '/proc/1/fd/1') continue;
    const problem = set.has('a') && shell.world.files.exists(path) ? shell.world.files.writable(path)
      : shell.world.files.write(path, '');
    if (problem) status = yield* fail(call, `${name}: ${problem}`);
    else paths.push(path);
  }
  for (;;) {
    const input = shell.io.get(0);
    const piece = input ? yield* input.read(shell.process) : undefined;
    if (piece === undefined) return status;
    for (const path of paths) shell.world.files.append(path, piece);
    yield* print(call, piece);
  }
}

function byLines(change: (lines: string[]) => string[]): Tool {
  return function* (call) {
    const { text, failed } = yield* readInputs(call, options(call.args).rest);
    yield* print(call, change(linesOf(text)).map((line) => `${line}\n`).join(''));
    return failed ? 1 : 0;
  };
}

function* yes(call: ToolCall): Task<number> {
  const line = `${call.args.length === 0 ? 'y' : call.args.join(' ')}\n`;
  const piece = line.repeat(Math.max(1, Math.floor(4096 / line.length)));
  for (;;) {
    yield* print(call, piece);
    yield* call.shell.world.work(call.shell.process, 500);
  }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function* base64(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['w']);
  const { text, failed } = yield* readInputs(call, rest);
  if (set.has('d') || set.has('D') || set.has('decode')) {
    let held = 0;
    let bits = 0;
    const decoded: number[] = [];
    for (const char of text.replace(/[\s=]/g, '')) {
      const value = alphabet.indexOf(char);
      if (value < 0) return yield* fail(call, isBusybox(call) ? 'truncated input' : 'invalid input');
      held = ((held << 6) | value) & 0xffff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      decoded.push((held >> bits) & 0xff);
    }
    yield* print(call, textOfBytes(Uint8Array.from(decoded)));
    return failed ? 1 : 0;
  }
  const bytes = bytesOfText(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    for (let index = 0; index < 4; index += 1) {
      encoded += at + index > bytes.length ? '=' : alphabet[(group >> (18 - 6 * index)) & 63];
    }
  }
  const width = Number(values.get('w') ?? 76);
  yield* print(call, width > 0 ? `${(encoded.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\n')}\n` : encoded);
  return failed ? 1 : 0;
}

function digest(of: (bytes: readonly number[]) => string): Tool {
  return function* (call) {
    const { inputs, failed } = yield* openInputs(call, options(call.args).rest);
    for (const { name, stream } of inputs) {
      const bytes = [...bytesOfText(yield* readAll(call.shell, stream))];
      yield* call.shell.world.work(call.shell.process, 1 + Math.floor(bytes.length / 1_000));
      yield* print(call, `${of(bytes)}  ${name}\n`);
    }
    return failed ? 1 : 0;
  };
}

function* expression(call: ToolCall): Task<number> {
  const { shell, args } = call;
  const [left = '', operator, right = ''] = args;
  if (operator === ':') {
    const match = regex(`^${right}`, false)?.exec(left);
    const result = match ? match[1] ?? String(match[0].length) : '0';
    yield* print(call, `${result}\n`);
    return result === '0' || result === '' ? 1 : 0;
  }
  if (left === 'length' && args.length === 2) {
    yield* print(call, `${(operator ?? '').length}\n`);
    return 0;
  }
  const numeric = /^-?\d+$/;
  if (args.length === 3 && ['=', '!=', '<', '>', '<=', '>='].includes(operator ?? '')
    && !(numeric.test(left) && numeric.test(right))) {
    const order = compareText(left, right);
    const holds = { '=': order === 0, '!=': order !== 0, '<': order < 0, '>': order > 0, '<=': order <= 0,
      '>=': order >= 0 }[operator as '='];
    yield* print(call, holds ? '1\n' : '0\n');
    return holds ? 0 : 1;
  }
  if (args.some((arg, index) => index % 2 === 0 && !numeric.test(arg) && arg !== '(')) {
    if (args.length === 1) {
      yield* print(call, `${left}\n`);
      return 0;
    }
    return yield* fail(call, 'non-integer argument', 2);
  }
  const text = args.map((arg) => (arg === '=' ? '==' : arg)).join(' ');
  const value = yield* shell.fork(shell.process, shell.io).substitute({
    kind: 'simple', line: 1, assignments: [], redirects: [],
    words: [[{ kind: 'text', text: 'echo', quoted: true }],
      [{ kind: 'arithmetic', expression: [{ kind: 'text', text, quoted: true }], quoted: true }]],
  });
  yield* print(call, `${value}\n`);
  return value === '0' || value === '' ? 1 : 0;
}

export const textTools: Tools = {
  head, tail, grep, egrep: grep, fgrep: grep, cut, sort, uniq, wc: count, tr: translate, seq: sequence, tee, yes,
  base64, sed, awk, gawk: awk, mawk: awk,
  expr: expression, md5sum: digest(md5), sha256sum: digest(sha256),
  tac: byLines((lines) => lines.reverse()),
  rev: byLines((lines) => lines.map((line) => [...line].reverse().join(''))),
  *fold(call) {
    const width = Math.max(1, Number(options(call.args, ['w']).values.get('w') ?? 80));
    const { text } = yield* readInputs(call, options(call.args, ['w']).rest);
    yield* print(call, linesOf(text).map((line) =>
      `${(line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']).join('\n')}\n`).join(''));
    return 0;
  },
};

