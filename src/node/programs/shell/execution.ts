/**
 * What a name stands for inside a container, and running it: the image's own programs, the tools of its base, scripts.
 * Tools run within the process that calls them; programs of the image run as guests in it.
 */
import type { Task } from '../../../sim/task';
import { baseName, resolvePath } from '../../filesystem';
import type { ContainerContext, ProgramFactory } from '../../images';
import { runUntilStopped } from '../behavior';
import { builtins, commandsToo } from './builtins';
import { tools } from './commands/all';
import { runGuest } from './guest';
import { runInput } from './interactive';
import { parseScript } from './parser';
import { Shell } from './shell';
import type { Dialect } from './state';
import { flavourOf, toolsOf } from './tools';

const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const shells = new Set(['sh', 'bash', 'ash', 'dash', 'zsh']);
/** An interpreter line names another interpreter at most this often. */
const interpreterDepth = 4;

export type Found =
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'program'; readonly create: ProgramFactory }
  | { readonly kind: 'script'; readonly text: string }
  | { readonly kind: 'directory' | 'missing' };

/** A tool's name where a command is one by name or by a path of the search path. */
function toolName(command: string): string | undefined {
  if (!command.includes('/')) return command;
  return searchPath.some((directory) => command === `${directory}/${baseName(command)}`) ? baseName(command)
    : undefined;
}

/** Finds what a command names, as execvp would: `directory` is the caller's. */
export function findCommand(
  context: ContainerContext, read: (path: string) => string | undefined, isDirectory: (path: string) => boolean,
  command: string, directory: string,
): Found {
  const { image } = context;
  const own = image.executables ?? {};
  const name = toolName(command);
  const path = command.includes('/') ? resolvePath(command, directory) : undefined;
  for (const key of [command, ...(path === undefined ? [] : [path]), ...(name === undefined ? [] : [name])]) {
    if (Object.hasOwn(own, key)) return { kind: 'program', create: own[key] as ProgramFactory };
  }
  if (path !== undefined) {
    const text = read(path);
    if (text !== undefined) return { kind: 'script', text };
    if (isDirectory(path)) return { kind: 'directory' };
  } else {
    for (const each of searchPath) {
      const text = read(`${each}/${command}`);
      if (text !== undefined) return { kind: 'script', text };
    }
  }
  if (name !== undefined && (toolsOf(image).has(name) || context.installed.has(name))) return { kind: 'tool', name };
  if (image.base === 'any' && /^[\w./-]+$/.test(command) && !command.startsWith('-')) {
    return { kind: 'program', create: runUntilStopped };
  }
  return { kind: 'missing' };
}

/** Runs a command that is neither function nor builtin; `tail`: it takes the place of the shell. */
export function* execute(shell: Shell, words: readonly string[], tail: boolean): Task<number> {
  const [name = ''] = words;
  const { world } = shell;
  const found = findCommand(
    world.context, (path) => world.files.read(path), (path) => world.files.isDirectory(path), name, shell.directory,
  );
  switch (found.kind) {
    case 'tool': return yield* runTool(shell, found.name, words, tail);
    case 'program': return yield* runGuest(shell, found.create, words, tail);
    case 'script': return yield* runScriptFile(shell, found.text, words, tail, interpreterDepth);
    case 'directory': {
      yield* shell.complain(shell.dialect === 'bash' ? `${name}: Is a directory` : `${name}: Permission denied`);
      return 126;
    }
    case 'missing': {
      const why = shell.dialect === 'bash' && !name.includes('/') ? 'command not found'
        : shell.dialect === 'bash' ? 'No such file or directory' : 'not found';
      yield* shell.complain(`${name}: ${why}`);
      return 127;
    }
  }
}

function* runTool(shell: Shell, name: string, words: readonly string[], tail: boolean): Task<number> {
  if (shells.has(name)) return yield* runShell(shell, words, tail);
  if (name === 'busybox') return yield* runBusybox(shell, words, tail);
  const builtin = Object.hasOwn(builtins, name) && commandsToo.has(name) ? builtins[name] : undefined;
  if (builtin) return yield* builtin(shell, words.slice(1));
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (!tool) {
    // It would be there, but what it does is not modelled: said by name instead of a wrong "not found".
    yield* shell.print(2, `${name}: not modelled in this simulation\n`);
    return 1;
  }
  return yield* tool({ name, args: words.slice(1), shell });
}

function* runBusybox(shell: Shell, words: readonly string[], tail: boolean): Task<number> {
  const [, applet] = words;
  if (applet === undefined) {
    yield* shell.print(1, 'BusyBox v1.37.0 multi-call binary.\n');
    return 0;
  }
  if (!toolsOf(shell.world.context.image).has(applet)) {
    yield* shell.print(2, `${applet}: applet not found\n`);
    return 127;
  }
  return yield* runTool(shell, applet, words.slice(1), tail);
}

function* runScriptFile(
  shell: Shell, text: string, words: readonly string[], tail: boolean, depth: number,
): Task<number> {
  const [path = ''] = words;
  const interpreter = /^#!\s*(\S+)(?:[ \t]+([^\n]*\S))?/.exec(text);
  if (!interpreter) return yield* runText(shell, text, words, 'sh', tail);
  const [, program = '', option] = interpreter;
  const through = baseName(program) === 'env' ? option ?? '' : program;
  if (shells.has(baseName(through))) {
    const options = through === program && option?.startsWith('-') ? option : '';
    return yield* runText(shell, text, words, baseName(through), tail, options);
  }
  if (depth === 0 || through === '') return 126;
  return yield* execute(shell, [through, ...(through === program && option ? [option] : []), path, ...words.slice(1)],
    tail);
}

/** Runs a script file's text in a shell of its own. */
function* runText(
  shell: Shell, text: string, words: readonly string[], interpreter: string, tail: boolean, options = '',
): Task<number> {
  const [name = 'sh', ...args] = words;
  const inner = childShell(shell, dialectOf(shell.world.context, interpreter), name, true, tail);
  for (const letter of options.replace(/^-/, '')) inner.options.add(letter);
  inner.positional = args;
  return yield* inner.runScript(parseScript(text, inner.dialect === 'bash'));
}

/** A shell in the caller's process; with `tail` it takes the caller's place and gets its signals. */
function childShell(parent: Shell, dialect: Dialect, name: string, fromFile: boolean, tail: boolean): Shell {
  const shell = new Shell(parent.world, parent.process, dialect, name, parent.io, parent.directory, parent.environment,
    fromFile);
  if (tail) parent.process.onSignal = (signal) => shell.takeSignal(signal);
  return shell;
}

/** Which shell a name stands for in an image. */
export function dialectOf(context: ContainerContext, name: string): Dialect {
  if (name === 'bash' || name === 'zsh') return 'bash';
  if (name === 'ash' || name === 'busybox') return 'ash';
  return name === 'sh' && flavourOf(context.image) === 'busybox' ? 'ash' : 'dash';
}

const longOptions = new Set(['-o', '+o']);

/** `sh [-options] [-c SCRIPT | FILE] [ARGS]`, run as a child of `parent`. */
export function* runShell(parent: Shell, words: readonly string[], tail: boolean): Task<number> {
  const [name = 'sh', ...rest] = words;
  const dialect = dialectOf(parent.world.context, baseName(name));
  const shell = childShell(parent, dialect, name, false, tail);
  let at = 0;
  let command = false;
  for (; at < rest.length && /^[-+]./.test(rest[at] as string); at += 1) {
    const option = rest[at] as string;
    if (option === '--') {
      at += 1;
      break;
    }
    if (option.startsWith('--')) continue;
    if (longOptions.has(option)) {
      at += 1;
      if (rest[at] !== undefined) shell.options.add(rest[at] as string);
      continue;
    }
    for (const letter of option.slice(1)) {
      if (letter === 'c') command = true;
      else if (letter === 'o') {
        at += 1;
        if (rest[at] !== undefined) shell.options.add(rest[at] as string);
      } else if (option.startsWith('-')) shell.options.add(letter);
    }
  }
  const args = rest.slice(at);
  if (command) return yield* runCommandString(shell, args, tail);
  if (args.length > 0) return yield* runFile(parent, shell, args, tail);
  return yield* runInput(shell);
}

function* runCommandString(shell: Shell, [script, name, ...args]: readonly string[], tail: boolean): Task<number> {
  if (script === undefined) {
    const message = {
      ash: `${shell.name}: -c requires an argument\n`, dash: `${shell.name}: 0: -c requires an argument\n`,
      bash: `${shell.name}: -c: option requires an argument\n`,
    };
    yield* shell.print(2, message[shell.dialect]);
    return 2;
  }
  const named = name === undefined ? shell : renamed(shell, name, tail);
  named.positional = args;
  const parsed = parseScript(script, named.dialect === 'bash');
  if (!parsed.ok) return yield* named.runScript(parsed);
  yield* named.run(parsed.script, true);
  return yield* named.finish();
}

function renamed(shell: Shell, name: string, tail: boolean): Shell {
  const other = childShell(shell, shell.dialect, name, false, tail);
  for (const option of shell.options) other.options.add(option);
  return other;
}

function* runFile(parent: Shell, shell: Shell, [file = '', ...args]: readonly string[], tail: boolean): Task<number> {
  const text = parent.world.files.read(parent.path(file));
  if (text === undefined) {
    const message = {
      ash: `${shell.name}: can't open '${file}': No such file or directory\n`,
      dash: `${shell.name}: 0: cannot open ${file}: No such file\n`,
      bash: `${shell.name}: ${file}: No such file or directory\n`,
    };
    yield* shell.print(2, message[shell.dialect]);
    return shell.dialect === 'bash' ? 127 : 2;
  }
  const inner = childShell(parent, shell.dialect, file, true, tail);
  for (const option of shell.options) inner.options.add(option);
  inner.positional = args;
  return yield* inner.runScript(parseScript(text, inner.dialect === 'bash'));
}
