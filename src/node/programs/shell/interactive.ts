/**
 * A shell that takes its commands from standard input: each is run as soon as it is complete, and what it reads itself
 * comes from the same input. At a terminal it prompts, goes on after Ctrl+C and ends with Ctrl+D. Not modelled: line
 * editing beyond the terminal's own, history, aliases, job control, start-up files.
 */
import type { Task } from '../../../sim/task';
import { type Parsed, parseScript } from './parser';
import { readLine } from './reading';
import type { Shell } from './shell';
import { InputStream, type Stream } from './streams';
import { syntaxMessage } from './syntax-message';

/** The longest command that a shell waits for to be completed, in characters. */
const commandLimit = 1_000_000;

/** Runs the script that standard input holds, or the commands that come in through it. */
export function* runInput(shell: Shell): Task<number> {
  const input = shell.io.get(0);
  if (input instanceof InputStream) return yield* converse(shell, input);
  let text = '';
  for (;;) {
    const piece = input ? yield* input.read(shell.process) : undefined;
    if (piece === undefined) break;
    text += piece;
  }
  return yield* shell.runScript(parseScript(text, shell.dialect === 'bash'));
}

function* converse(shell: Shell, input: Stream): Task<number> {
  const { world } = shell;
  const outer = world.interrupt;
  shell.interactive = world.context.tty || shell.options.has('i');
  for (let ended = false; !ended && !shell.flow;) {
    const command = yield* readCommand(shell, input);
    ended = command.ended;
    if (command.kind !== 'command') continue;
    const { parsed } = command;
    if (!parsed.ok) {
      yield* shell.print(2, syntaxMessage(shell, parsed.problem));
      shell.status = 2;
      if (!shell.interactive) break;
    } else if (shell.interactive) {
      yield* shell.runInterruptible(parsed.script, (interrupt) => {
        world.interrupt = () => {
          if (world.context.tty) shell.io.get(2)?.push('\n');
          interrupt();
        };
      });
    } else yield* shell.run(parsed.script);
  }
  if (shell.interactive && !shell.flow && shell.dialect === 'bash') yield* shell.print(2, 'exit\n');
  world.interrupt = outer;
  return yield* shell.finish();
}

type Command =
  | { readonly kind: 'command'; readonly parsed: Parsed; readonly ended: boolean }
  | { readonly kind: 'interrupted'; readonly ended: false }
  | { readonly kind: 'nothing'; readonly ended: true };

/** Reads lines until they make a whole command, or something that can never become one. */
function* readCommand(shell: Shell, input: Stream): Task<Command> {
  let text = '';
  for (;;) {
    if (shell.interactive) yield* shell.print(2, text === '' ? prompt(shell) : shell.variable('PS2') ?? '> ');
    const line = yield* lineOrInterrupt(shell, input);
    if (line === undefined) return { kind: 'interrupted', ended: false };
    text += line.text + (line.ended ? '' : '\n');
    if (line.ended && text === '') return { kind: 'nothing', ended: true };
    const parsed = parseScript(text, shell.dialect === 'bash');
    if (line.ended || text.length > commandLimit || isComplete(parsed, text)) {
      return { kind: 'command', parsed, ended: line.ended };
    }
  }
}

function* lineOrInterrupt(shell: Shell, input: Stream): Task<{ text: string; ended: boolean } | undefined> {
  const { world, process } = shell;
  let result: { text: string; ended: boolean } | undefined;
  const reading = function* (): Task<number> {
    result = yield* readLine(shell, input);
    return 0;
  };
  yield* process.interruptible(reading(), (interrupt) => {
    // Without a terminal Ctrl+C ends the shell as it ends every program.
    world.interrupt = shell.interactive ? () => {
      shell.io.get(2)?.push('\n');
      shell.status = 130;
      interrupt();
    } : undefined;
  });
  return result;
}

function isComplete(parsed: Parsed, text: string): boolean {
  if (/(^|[^\\])(\\\\)*\\\n$/.test(text)) return false;
  if (parsed.ok) return !parsed.open;
  return parsed.problem.kind !== 'end' && parsed.problem.kind !== 'quote';
}

/** What stands in front of the cursor: PS1 with the escapes that are common, or the shell's own default. */
function prompt(shell: Shell): string {
  const root = (shell.world.context.image.user ?? 0) === 0;
  const sign = root ? '#' : '$';
  const home = shell.variable('HOME') ?? (root ? '/root' : '/');
  const { directory } = shell;
  const shown = home !== '/' && (directory === home || directory.startsWith(`${home}/`))
    ? `~${directory.slice(home.length)}` : directory;
  const name = (shell.variable('HOSTNAME') ?? shell.world.context.pod.name).split('.')[0] ?? '';
  const user = root ? 'root' : 'I have no name!';
  const form = shell.variable('PS1') ?? { ash: '\\w \\$ ', dash: '\\$ ', bash: '\\u@\\h:\\w\\$ ' }[shell.dialect];
  const values: Readonly<Record<string, string>> = {
    'w': shown, 'W': shown.slice(shown.lastIndexOf('/') + 1) || '/', '$': sign, 'u': user, 'h': name, 'H': name,
    'n': '\n', 's': shell.name, 'e': '\x1b', '[': '', ']': '', '\\': '\\',
  };
  return form.replace(/\\([wW$uhHnse[\]\\])/g, (_, letter: string) => values[letter] ?? '');
}
