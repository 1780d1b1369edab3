/** Reading input by the line and as a whole. */
import type { Task } from '../../../sim/task';
import type { Shell } from './shell';
import type { Stream } from './streams';

/** The most that a tool takes in as one text. */
const inputLimit = 16 * 1024 * 1024;

export interface Line {
  readonly text: string;
  /** True when the input ended without a line end. */
  readonly ended: boolean;
}

/** One line of standard input, without its end. */
export function* readLine(shell: Shell, stream: Stream | undefined = shell.io.get(0)): Task<Line> {
  let text = '';
  for (;;) {
    const piece = stream ? yield* stream.read(shell.process) : undefined;
    if (piece === undefined || !stream) return { text, ended: true };
    const end = piece.indexOf('\n');
    if (end >= 0) {
      stream.unread(piece.slice(end + 1));
      return { text: text + piece.slice(0, end), ended: false };
    }
    text += piece;
    if (text.length > inputLimit) return { text, ended: true };
  }
}

/** All input up to its end; what is endless is read until memory is used up. */
export function* readAll(shell: Shell, stream: Stream | undefined = shell.io.get(0)): Task<string> {
  const pieces: string[] = [];
  let length = 0;
  let claimed = 0;
  for (;;) {
    const piece = stream ? yield* stream.read(shell.process) : undefined;
    if (piece === undefined) return pieces.join('');
    length += piece.length;
    if (length <= inputLimit) pieces.push(piece);
    if (length <= inputLimit && length < claimed + 1_000_000) continue;
    // Beyond what is kept the program still grows: quickly, so that the end comes in sight.
    claimed = length <= inputLimit ? length : claimed * 2;
    shell.world.context.useMemory(claimed);
    yield* shell.world.pause(shell.process, 100);
    if (claimed > 2 ** 50) return yield* shell.process.never();
  }
}

/** Lines of a text; a line end at its end begins no further line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}
