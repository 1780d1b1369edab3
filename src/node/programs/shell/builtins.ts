/**
 * The commands that are part of the shell itself: what changes the shell's own state, and the few that every shell
 * brings along for speed (echo, printf, test). Those exist as files too.
 */
import type { Task } from '../../../sim/task';
import { arithmeticValue } from './expansion';
import { execute } from './execution';
import { isName } from './scanner';
import { printEscapes, printfText } from './printf';
import { kill, trap, wait } from './signal-builtins';
import type { Shell } from './shell';
import { readLine } from './reading';
import { evaluateTest } from './test-command';
import { toolsOf } from './tools';

export type Builtin = (shell: Shell, args: readonly string[]) => Task<number>;

/** Builtins whose failing redirection ends a POSIX shell. */
export const specialBuiltins = new Set(['.', ':', 'break', 'continue', 'eval', 'exec', 'exit', 'export', 'readonly',
  'return', 'set', 'shift', 'trap', 'unset']);

/** Builtins that exist as commands of their own. */
export const commandsToo = new Set(['echo', 'printf', 'test', '[', 'true', 'false', 'pwd', 'kill']);

function* nothing(): Task<number> {
  return 0;
}

export const builtins: Readonly<Record<string, Builtin>> = {
  ':': nothing,
  true: nothing,
  *false() {
    return 1;
  },
  umask: nothing,
  ulimit: nothing,
  hash: nothing,
  shopt: nothing,
  alias: nothing,
  unalias: nothing,
  *echo(shell, args) {
    return yield* echo(shell, args);
  },
  *printf(shell, args) {
    if (args.length === 0) {
      yield* shell.complain('printf: usage: printf format [arguments]');
      return 2;
    }
    const { text, problem } = printfText(args[0] as string, args.slice(1));
    yield* shell.print(1, text);
    if (problem) yield* shell.complain(`printf: ${problem}`);
    return problem ? 1 : 0;
  },
  *test(shell, args) {
    return yield* test(shell, args, 'test');
  },
  *'['(shell, args) {
    if (args[args.length - 1] !== ']') {
      yield* shell.complain(shell.dialect === 'bash' ? "[: missing `]'" : '[: missing ]');
      return 2;
    }
    return yield* test(shell, args.slice(0, -1), '[');
  },
  *pwd(shell) {
    yield* shell.print(1, `${shell.directory}\n`);
    return 0;
  },
  *cd(shell, args) {
    return yield* changeDirectory(shell, args.filter((arg) => arg !== '-P' && arg !== '-L' && arg !== '--'));
  },
  *export(shell, args) {
    return yield* declare(shell, args, { exported: true }, 'export');
  },
  *readonly(shell, args) {
    return yield* declare(shell, args, { readOnly: true }, 'readonly');
  },
  *local(shell, args) {
    for (const arg of args) shell.makeLocal(arg.replace(/\+?=.*$/s, ''));
    return yield* declare(shell, args, {}, 'local');
  },
  *declare(shell, args) {
    return yield* declare(shell, args, args.includes('-x') ? { exported: true } : {}, 'declare');
  },
  *typeset(shell, args) {
    return yield* declare(shell, args, args.includes('-x') ? { exported: true } : {}, 'typeset');
  },
  *unset(shell, args) {
    for (const arg of args) {
      if (arg === '-f' || arg === '-v') continue;
      if (args[0] === '-f') shell.functions.delete(arg);
      else shell.unsetVariable(arg);
    }
    return 0;
  },
  *set(shell, args) {
    return yield* setOptions(shell, args);
  },
  *shift(shell, [count = '1']) {
    if (Number(count) > shell.positional.length) return 1;
    shell.positional = shell.positional.slice(Number(count));
    return 0;
  },
  *exit(shell, [code]) {
    if (code !== undefined && !/^-?\d+$/.test(code)) {
      yield* shell.complain(shell.dialect === 'bash' ? `exit: ${code}: numeric argument required`
        : `exit: Illegal number: ${code}`);
      shell.flow = { kind: 'exit', status: 2 };
      return 2;
    }
    shell.flow = { kind: 'exit', status: code === undefined ? shell.status : Number(code) & 255 };
    return shell.flow.status;
  },
  *return(shell, [code]) {
    shell.flow = { kind: 'return', status: code === undefined ? shell.status : Number(code) & 255 };
    return shell.flow.status;
  },
  *break(shell, [levels = '1']) {
    shell.flow = { kind: 'break', levels: Math.max(1, Number(levels) || 1) };
    return 0;
  },
  *continue(shell, [levels = '1']) {
    shell.flow = { kind: 'continue', levels: Math.max(1, Number(levels) || 1) };
    return 0;
  },
  *eval(shell, args) {
    return yield* shell.evaluate(args.join(' '));
  },
  *'.'(shell, args) {
    return yield* source(shell, args);
  },
  *source(shell, args) {
    return yield* source(shell, args);
  },
  *exec(shell, args) {
    if (args.length === 0) return 0;
    shell.traps.clear();
    const words = args[0] === '-a' ? args.slice(2) : args.filter((arg, index) => index > 0 || arg !== '--');
    const status = yield* execute(shell, words, true);
    shell.flow = { kind: 'exit', status };
    return status;
  },
  *command(shell, args) {
    if (args[0] === '-v' || args[0] === '-V') return yield* whatIs(shell, args.slice(1), args[0] === '-V');
    return yield* dispatchBare(shell, args[0] === '-p' ? args.slice(1) : args);
  },
  *builtin(shell, args) {
    return yield* dispatchBare(shell, args);
  },
  *type(shell, args) {
    return yield* whatIs(shell, args, true);
  },
  *let(shell, args) {
    let value = 0n;
    for (const arg of args) value = arithmeticValue(shell, arg) ?? 0n;
    return value === 0n ? 1 : 0;
  },
  *read(shell, args) {
    return yield* read(shell, args);
  },
  *trap(shell, args) {
    return yield* trap(shell, args);
  },
  *wait(shell, args) {
    return yield* wait(shell, args);
  },
  *kill(shell, args) {
    return yield* kill(shell, args);
  },
  *jobs(shell) {
    let index = 0;
    for (const job of shell.jobs) {
      index += 1;
      if (job.alive) yield* shell.print(1, `[${index}]+  Running                 ${job.command} &\n`);
    }
    return 0;
  },
  *times(shell) {
    yield* shell.print(1, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
    return 0;
  },
  *getopts(shell, args) {
    return yield* getOptions(shell, args);
  },
};

function* echo(shell: Shell, args: readonly string[]): Task<number> {
  let at = 0;
  let newline = true;
  // dash takes -n only and always reads escapes; ash and bash read them with -e.
  let escapes = shell.dialect === 'dash';
  for (; at < args.length; at += 1) {
    const option = args[at] as string;
    if (!(shell.dialect === 'dash' ? /^-n$/ : /^-[neE]+$/).test(option)) break;
    if (option.includes('n')) newline = false;
    if (option.includes('e')) escapes = true;
    if (option.includes('E')) escapes = false;
  }
  const text = args.slice(at).join(' ');
  if (!escapes) {
    yield* shell.print(1, newline ? `${text}\n` : text);
    return 0;
  }
  const { text: written, stopped } = printEscapes(text);
  yield* shell.print(1, newline && !stopped ? `${written}\n` : written);
  return 0;
}

function* test(shell: Shell, args: readonly string[], name: string): Task<number> {
  const result = evaluateTest(args, shell);
  if (typeof result === 'boolean') return result ? 0 : 1;
  yield* shell.complain(`${name}: ${result}`);
  return 2;
}

function* changeDirectory(shell: Shell, [target]: readonly string[]): Task<number> {
  const wanted = target === '-' ? shell.variable('OLDPWD') ?? shell.directory
    : target ?? shell.variable('HOME') ?? '/root';
  const path = shell.path(wanted);
  if (!shell.world.files.isDirectory(path)) {
    const why = shell.world.files.exists(path) ? 'Not a directory' : 'No such file or directory';
    yield* shell.complain(shell.dialect === 'bash' ? `cd: ${wanted}: ${why}`
      : shell.dialect === 'ash' ? `cd: can't cd to ${wanted}: ${why}` : `cd: can't cd to ${wanted}`);
    return shell.dialect === 'dash' ? 2 : 1;
  }
  shell.assign('OLDPWD', shell.directory);
  shell.directory = path;
  shell.assign('PWD', path);
  if (target === '-') yield* shell.print(1, `${path}\n`);
  return 0;
}

function* declare(
  shell: Shell, args: readonly string[], marks: { exported?: boolean; readOnly?: boolean }, name: string,
): Task<number> {
  const words = args.filter((arg) => !/^-[a-zA-Z]+$/.test(arg));
  if (words.length === 0) {
    for (const each of shell.names(name === 'export')) {
      yield* shell.print(1, `${name} ${each}='${shell.variable(each) ?? ''}'\n`);
    }
    return 0;
  }
  for (const word of words) {
    const equals = word.indexOf('=');
    const variable = equals < 0 ? word : word.slice(0, equals);
    if (!isName(variable)) {
      yield* shell.complain(shell.dialect === 'bash' ? `${name}: \`${word}': not a valid identifier`
        : `${name}: ${variable}: bad variable name`);
      if (shell.dialect !== 'bash') shell.flow = { kind: 'exit', status: 2 };
      return shell.dialect === 'bash' ? 1 : 2;
    }
    if (equals >= 0 && !shell.assign(variable, word.slice(equals + 1))) return 1;
    if (equals < 0 && name === 'local' && shell.variable(variable) === undefined) shell.assign(variable, '');
    if (marks.exported || marks.readOnly) shell.mark(variable, marks);
  }
  return 0;
}

const optionNames: Readonly<Record<string, string>> = {
  errexit: 'e', nounset: 'u', xtrace: 'x', noglob: 'f', allexport: 'a', noexec: 'n', verbose: 'v', noclobber: 'C',
  pipefail: 'pipefail', monitor: 'm',
};

function* setOptions(shell: Shell, args: readonly string[]): Task<number> {
  if (args.length === 0) {
    for (const name of shell.names(false)) yield* shell.print(1, `${name}='${shell.variable(name) ?? ''}'\n`);
    return 0;
  }
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    if (word === '--' || !/^[-+]./.test(word)) {
      shell.positional = args.slice(word === '--' ? at + 1 : at);
      return 0;
    }
    for (const letter of word.slice(1)) {
      let option: string | undefined = letter;
      if (letter === 'o') {
        at += 1;
        option = Object.hasOwn(optionNames, args[at] ?? '') ? optionNames[args[at] as string] : undefined;
        if (option === undefined && args[at] !== undefined) {
          yield* shell.complain(`set: ${word} ${args[at]}: invalid option name`);
          return 2;
        }
      }
      if (option === undefined) continue;
      if (word.startsWith('-')) shell.options.add(option);
      else shell.options.delete(option);
    }
  }
  return 0;
}

function* source(shell: Shell, [file, ...args]: readonly string[]): Task<number> {
  const text = file === undefined ? undefined : shell.world.files.read(shell.path(file));
  if (text === undefined) {
    yield* shell.complain(shell.dialect === 'bash' ? `${file ?? ''}: No such file or directory`
      : shell.dialect === 'ash' ? `.: can't open '${file ?? ''}': No such file or directory`
        : `.: cannot open ${file ?? ''}: No such file`);
    if (shell.dialect === 'bash') return 1;
    shell.flow = { kind: 'exit', status: 2 };
    return 2;
  }
  const { positional } = shell;
  if (args.length > 0) shell.positional = args;
  let status = yield* shell.evaluate(text);
  shell.positional = positional;
  if (shell.flow?.kind === 'return') {
    status = shell.flow.status;
    shell.flow = undefined;
  }
  return status;
}

/** Runs a builtin or a command, but no function. */
function* dispatchBare(shell: Shell, words: readonly string[]): Task<number> {
  const [name] = words;
  if (name === undefined) return 0;
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  return builtin ? yield* builtin(shell, words.slice(1)) : yield* execute(shell, words, false);
}

function* whatIs(shell: Shell, names: readonly string[], wordy: boolean): Task<number> {
  let status = 0;
  for (const name of names) {
    const { context } = shell.world;
    const own = Object.hasOwn(context.image.executables ?? {}, name);
    const path = toolsOf(context.image).has(name) || context.installed.has(name) || own ? `/usr/bin/${name}`
      : undefined;
    if (shell.functions.has(name)) yield* shell.print(1, wordy ? `${name} is a function\n` : `${name}\n`);
    else if (Object.hasOwn(builtins, name)) yield* shell.print(1, wordy ? `${name} is a shell builtin\n` : `${name}\n`);
    else if (path !== undefined) yield* shell.print(1, wordy ? `${name} is ${path}\n` : `${path}\n`);
    else {
      if (wordy) yield* shell.complain(`${name}: not found`);
      status = shell.dialect === 'bash' ? 1 : 127;
    }
  }
  return status;
}

function* read(shell: Shell, args: readonly string[]): Task<number> {
  let raw = false;
  const names: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (names.length === 0 && /^-[a-z]+$/.test(arg)) {
      if (arg.includes('r')) raw = true;
      if (/[ptnduN]$/.test(arg)) at += 1;
    } else names.push(arg);
  }
  if (names.length === 0) names.push('REPLY');
  const line = yield* readLine(shell);
  let text = line.text;
  if (!raw) text = text.replace(/\\(.)/g, '$1');
  const separators = shell.variable('IFS') ?? ' \t\n';
  const trimmed = separators.includes(' ') ? text.replace(/^[ \t]+|[ \t]+$/g, '') : text;
  let rest = trimmed;
  names.forEach((name, index) => {
    if (index === names.length - 1) {
      shell.assign(name, rest);
      return;
    }
    let end = 0;
    while (end < rest.length && !separators.includes(rest[end] as string)) end += 1;
    shell.assign(name, rest.slice(0, end));
    rest = separators.includes(' ') ? rest.slice(end + 1).replace(/^[ \t]+/, '') : rest.slice(end + 1);
  });
  return line.ended ? 1 : 0;
}

/** `getopts OPTSTRING NAME`: one option of the positional parameters after the other. */
function* getOptions(shell: Shell, [wanted = '', name = '']: readonly string[]): Task<number> {
  const at = shell.optionIndex;
  if (shell.variable('OPTIND') !== undefined && Number(shell.variable('OPTIND')) < at.index) {
    at.index = Number(shell.variable('OPTIND'));
  }
  const word = shell.positional[at.index - 1];
  if (word === undefined || !/^-./.test(word) || word === '--') {
    shell.assign(name, '?');
    shell.assign('OPTIND', String(word === '--' ? at.index + 1 : at.index));
    return 1;
  }
  const letter = word[at.offset + 1] as string;
  const known = wanted.indexOf(letter);
  const takesValue = known >= 0 && wanted[known + 1] === ':';
  let rest: string | undefined = word.slice(at.offset + 2);
  if (takesValue || rest === '') {
    at.index += 1;
    at.offset = 0;
    if (takesValue && rest === '') {
      rest = shell.positional[at.index - 1];
      at.index += 1;
    }
    if (takesValue) shell.assign('OPTARG', rest ?? '');
  } else at.offset += 1;
  shell.assign('OPTIND', String(at.index));
  if (known < 0 && !wanted.startsWith(':')) {
    yield* shell.complain(shell.dialect === 'bash' ? `illegal option -- ${letter}` : `Illegal option -${letter}`);
  }
  shell.assign(name, known < 0 ? '?' : letter);
  return 0;
}
