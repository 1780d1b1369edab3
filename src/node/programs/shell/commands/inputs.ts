/** The inputs of text tools: files by name, `-` and nothing for standard input. */
import type { Task } from '../../../../sim/task';
import { readAll } from '../reading';
import { deviceStream } from '../redirects';
import type { Stream } from '../streams';
import { TextStream } from '../streams';
import { fail, isBusybox, type ToolCall } from './tool';

export interface Input {
  readonly name: string;
  readonly stream: Stream | undefined;
}

/** Opens operands in turn; those that cannot be opened are complained of and left out. */
export function* openInputs(call: ToolCall, names: readonly string[]): Task<{ inputs: Input[]; failed: boolean }> {
  const { shell } = call;
  const inputs: Input[] = [];
  let failed = false;
  for (const name of names.length === 0 ? ['-'] : names) {
    if (name === '-') {
      inputs.push({ name, stream: shell.io.get(0) });
      continue;
    }
    const path = shell.path(name);
    const device = deviceStream(shell, path, shell.io);
    const text = device ? '' : shell.world.files.read(path);
    if (device || text !== undefined) {
      inputs.push({ name, stream: device ?? new TextStream(text ?? '', path) });
      continue;
    }
    failed = true;
    const why = shell.world.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory';
    yield* fail(call, isBusybox(call) && why !== 'Is a directory' ? `can't open '${name}': ${why}`
      : isBusybox(call) ? `read error: ${why}` : `${gnuOperand(call.name, name, why)}: ${why}`);
  }
  return { inputs, failed };
}

/** coreutils quote the operand in some tools and not in others. */
function gnuOperand(tool: string, name: string, why: string): string {
  if (tool === 'head' || tool === 'tail') {
    return why === 'Is a directory' ? `error reading '${name}'` : `cannot open '${name}' for reading`;
  }
  if (tool === 'sort') return `cannot read: ${name}`;
  if (tool === 'sed') return `can't read ${name}`;
  return name;
}

/** The whole text of all inputs. */
export function* readInputs(call: ToolCall, names: readonly string[]): Task<{ text: string; failed: boolean }> {
  const { inputs, failed } = yield* openInputs(call, names);
  let text = '';
  for (const { stream } of inputs) text += yield* readAll(call.shell, stream);
  return { text, failed };
}
