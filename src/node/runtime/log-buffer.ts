/** The newest lines of one container's output; older ones fall out, as log rotation drops them. */
import type { LogLine } from '../cri';

/** The kubelet rotates at 10 Mi; a simulated container keeps this many lines. */
const lineLimit = 2_000;
/** Longer lines are cut into pieces, as containerd does at 16 KiB. */
const lengthLimit = 16_384;

export class LogBuffer {
  private lines: LogLine[] = [];

  append(atMs: number, stream: 'stdout' | 'stderr', text: string): void {
    for (let from = 0; from === 0 || from < text.length; from += lengthLimit) {
      this.lines.push({ atMs, stream, text: text.slice(from, from + lengthLimit) });
    }
    // Cutting in halves keeps appending cheap.
    if (this.lines.length >= 2 * lineLimit) this.lines = this.lines.slice(-lineLimit);
  }

  /** The newest lines, oldest first. */
  tail(limit: number = lineLimit): readonly LogLine[] {
    return limit <= 0 ? [] : this.lines.slice(-Math.min(limit, lineLimit));
  }
}
