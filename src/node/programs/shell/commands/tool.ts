/** What a tool is: a command of an image's base, run within the process that calls it. */
import type { Task } from '../../../../sim/task';
import type { Shell } from '../shell';
import { flavourOf } from '../tools';

export interface ToolCall {
  readonly name: string;
  readonly args: readonly string[];
  /** The caller: its descriptors, directory, variables, process. */
  readonly shell: Shell;
}

/** Runs a tool; the result is its exit code. */
export type Tool = (call: ToolCall) => Task<number>;

export type Tools = Readonly<Record<string, Tool>>;

/** Whether messages are busybox' own. */
export function isBusybox({ shell }: ToolCall): boolean {
  return flavourOf(shell.world.context.image) === 'busybox';
}

export function* print({ shell }: ToolCall, text: string): Task {
  yield* shell.print(1, text);
}

/** A message of the tool on standard error; the result is 1 unless another code is given. */
export function* fail(call: ToolCall, message: string, code = 1): Task<number> {
  yield* call.shell.print(2, `${call.name}: ${message}\n`);
  return code;
}

export interface Options {
  /** Letters of options without values, and long names. */
  readonly set: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

/** Splits arguments into options and operands; `valued`: letters and long names that take a value. */
export function options(args: readonly string[], valued: readonly string[] = []): Options {
  const set = new Set<string>();
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (arg === '--') {
      rest.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const [name = '', value] = splitOnce(arg.slice(2));
      set.add(name);
      if (value !== undefined) values.set(name, value);
      else if (valued.includes(name)) {
        at += 1;
        values.set(name, args[at] ?? '');
      }
    } else if (/^-./.test(arg)) {
      for (let index = 1; index < arg.length; index += 1) {
        const letter = arg[index] as string;
        set.add(letter);
        if (!valued.includes(letter)) continue;
        const attached = arg.slice(index + 1);
        if (attached === '') at += 1;
        values.set(letter, attached === '' ? args[at] ?? '' : attached);
        break;
      }
    } else rest.push(arg);
  }
  return { set, values, rest };
}

function splitOnce(text: string): [string, string?] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}
