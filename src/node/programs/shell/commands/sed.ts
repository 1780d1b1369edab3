/** sed: addresses (line, `$`, `/re/`, ranges, `!`), the commands s y d p q = a i c n, options -n -e -E -r -i. Not
 * modelled: hold space, branches, files read and written by commands. */
import type { Task } from '../../../../sim/task';
import { linesOf, readAll } from '../reading';
import { openInputs } from './inputs';
import { regex } from './regex';
import { fail, isBusybox, options, print, type ToolCall } from './tool';

type Address = { readonly line: number } | { readonly last: true } | { readonly form: RegExp };

interface Command {
  readonly from?: Address;
  readonly to?: Address;
  readonly negated: boolean;
  readonly verb: string;
  readonly text: string;
  readonly form?: RegExp;
  readonly replacement: string;
  readonly nth: number;
  readonly prints: boolean;
  readonly characters: ReadonlyMap<string, string>;
  active: boolean;
}

export function* sed(call: ToolCall): Task<number> {
  const { set, rest, values } = options(call.args, ['e', 'f', 'expression', 'file']);
  const extended = set.has('E') || set.has('r') || set.has('regexp-extended');
  const scripts = expressions(call);
  const fromFile = values.get('f');
  if (fromFile !== undefined) scripts.push(call.shell.world.files.read(call.shell.path(fromFile)) ?? '');
  const names = scripts.length === 0 ? rest.slice(1) : rest;
  if (scripts.length === 0) scripts.push(rest[0] ?? '');
  const commands = parse(scripts.join('\n'), extended);
  if (typeof commands === 'string') {
    return yield* fail(call, isBusybox(call) ? commands : `-e expression #1, char 1: ${commands}`);
  }
  const inPlace = set.has('i') || set.has('in-place');
  const { inputs, failed } = yield* openInputs(call, names);
  const quiet = set.has('n') || set.has('quiet');
  if (!inPlace) {
    let text = '';
    for (const { stream } of inputs) text += yield* readAll(call.shell, stream);
    yield* print(call, edit(commands, text, quiet));
    return failed ? (isBusybox(call) ? 1 : 2) : 0;
  }
  for (const { name, stream } of inputs) {
    const edited = edit(commands, yield* readAll(call.shell, stream), quiet);
    const problem = call.shell.world.files.write(call.shell.path(name), edited);
    if (problem) return yield* fail(call, `couldn't open temporary file ${name}: ${problem}`, 4);
    for (const command of commands) command.active = false;
  }
  return failed ? 2 : 0;
}

/** All values of -e, in order. */
function expressions({ args }: ToolCall): string[] {
  const found: string[] = [];
  args.forEach((arg, index) => {
    if (/^-[nEri]*e$/.test(arg) && args[index + 1] !== undefined) found.push(args[index + 1] as string);
    else if (/^--expression=/.test(arg)) found.push(arg.slice('--expression='.length));
  });
  return found;
}

function parse(script: string, extended: boolean): Command[] | string {
  const commands: Command[] = [];
  let at = 0;
  const address = (): Address | undefined | 'wrong' => {
    const number = /\d+/y;
    number.lastIndex = at;
    const match = number.exec(script);
    if (match) {
      at += match[0].length;
      return { line: Number(match[0]) };
    }
    if (script[at] === '$') {
      at += 1;
      return { last: true };
    }
    if (script[at] !== '/') return undefined;
    const pattern = delimited('/');
    const form = pattern === undefined ? undefined : regex(pattern, extended);
    return form ? { form } : 'wrong';
  };
  /** The text between the delimiter at the position and the next one. */
  const delimited = (delimiter: string): string | undefined => {
    let text = '';
    for (at += 1; at < script.length; at += 1) {
      const char = script[at] as string;
      if (char === delimiter) {
        at += 1;
        return text;
      }
      if (char === '\\' && script[at + 1] === delimiter) text += script[(at += 1)];
      else if (char === '\\') text += char + (script[(at += 1)] ?? '');
      else text += char;
    }
    return undefined;
  };
  while (at < script.length) {
    if (/[\s;]/.test(script[at] as string)) {
      at += 1;
      continue;
    }
    const from = address();
    if (from === 'wrong') return 'unterminated address regex';
    let to: Address | undefined;
    if (script[at] === ',') {
      at += 1;
      const end = address();
      if (end === 'wrong') return 'unterminated address regex';
      to = end;
    }
    while (script[at] === ' ') at += 1;
    const negated = script[at] === '!';
    if (negated) at += 1;
    const verb = script[at] ?? '';
    const common = { ...(from ? { from } : {}), ...(to ? { to } : {}), negated, verb, active: false };
    const plain = { ...common, text: '', replacement: '', nth: 1, prints: false, characters: new Map<string,
      string>() };
    if (verb === 's' || verb === 'y') {
      at += 1;
      const delimiter = script[at] ?? '';
      const pattern = delimited(delimiter);
      at -= 1;
      const replacement = pattern === undefined ? undefined : delimited(delimiter);
      if (pattern === undefined || replacement === undefined) return `unterminated \`${verb}' command`;
      if (verb === 'y') {
        commands.push({ ...plain, characters: new Map([...pattern].map((char, index) =>
          [char, [...replacement][index] ?? char])) });
        continue;
      }
      const flags = /[gpiIM\d]*/y;
      flags.lastIndex = at;
      const written = flags.exec(script)?.[0] ?? '';
      at += written.length;
      const form = regex(pattern, extended, `g${/i/i.test(written) ? 'i' : ''}`);
      if (!form) return 'unmatched ( or \\(';
      commands.push({ ...plain, form, replacement, nth: written.includes('g') ? 0
        : Number(/\d+/.exec(written)?.[0] ?? 1), prints: written.includes('p') });
    } else if (verb === 'a' || verb === 'i' || verb === 'c') {
      const end = script.indexOf('\n', at + 1);
      const text = script.slice(at + 1, end < 0 || script[at + 1] === '\\' ? script.length
        : end).replace(/^\s*\\?\n?\s*/, '');
      at = end < 0 || script[at + 1] === '\\' ? script.length : end;
      commands.push({ ...plain, text });
    } else if (/[dpq=nN]/.test(verb) && verb !== '') {
      at += 1;
      commands.push(plain);
    } else return verb === '' ? 'missing command' : `unknown command: \`${verb}'`;
  }
  return commands;
}

function edit(commands: readonly Command[], text: string, quiet: boolean): string {
  const lines = linesOf(text);
  let output = '';
  for (let index = 0; index < lines.length; index += 1) {
    let space = lines[index] as string;
    let after = '';
    let deleted = false;
    let quits = false;
    for (const command of commands) {
      if (applies(command, space, index + 1, index === lines.length - 1) === command.negated) continue;
      switch (command.verb) {
        case 's': {
          const changed = substitute(command, space);
          if (changed !== undefined) space = changed;
          if (changed !== undefined && command.prints) output += `${space}\n`;
          break;
        }
        case 'y': space = [...space].map((char) => command.characters.get(char) ?? char).join(''); break;
        case 'd': deleted = true; break;
        case 'p': output += `${space}\n`; break;
        case '=': output += `${index + 1}\n`; break;
        case 'i': output += `${command.text}\n`; break;
        case 'a': after += `${command.text}\n`; break;
        case 'c': {
          deleted = true;
          if (!command.to || !command.active) output += `${command.text}\n`;
          break;
        }
        case 'n': {
          if (!quiet) output += `${space}\n`;
          index += 1;
          if (index >= lines.length) deleted = true;
          else space = lines[index] as string;
          break;
        }
        case 'N': {
          if (index + 1 < lines.length) space += `\n${lines[(index += 1)]}`;
          break;
        }
        default: quits = true;
      }
      if (deleted || quits) break;
    }
    if (!deleted && !quiet) output += `${space}\n`;
    output += after;
    if (quits) break;
  }
  return output;
}

function matches(address: Address, space: string, line: number, last: boolean): boolean {
  if ('line' in address) return address.line === line;
  return 'last' in address ? last : address.form.test(space);
}

function applies(command: Command, space: string, line: number, last: boolean): boolean {
  const { from, to } = command;
  if (!from) return true;
  if (!to) return matches(from, space, line, last);
  if (!command.active) {
    if (!matches(from, space, line, last)) return false;
    command.active = !('line' in to && to.line <= line);
    return true;
  }
  if (matches(to, space, line, last) || ('line' in to && to.line <= line)) command.active = false;
  return true;
}

function substitute({ form, replacement, nth }: Command, space: string): string | undefined {
  let count = 0;
  let changed = false;
  const result = space.replace(form as RegExp, (whole: string, ...groups: unknown[]) => {
    count += 1;
    if (nth !== 0 && count !== nth) return whole;
    changed = true;
    return replacement.replace(/\\([1-9n&\\]|.)|&/g, (written, escape: string | undefined) => {
      if (escape === undefined) return whole;
      if (/[1-9]/.test(escape)) return String(groups[Number(escape) - 1] ?? '');
      return escape === 'n' ? '\n' : escape === 't' ? '\t' : written.slice(1);
    });
  });
  return changed ? result : undefined;
}
