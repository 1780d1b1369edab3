/**
 * The log of one run of a container, as containerd writes it and the kubelet rotates it: lines with time, stream and
 * the tag that says whether the line is whole. It lies on the node's disk in CRI's format. Upstream rotates at 10 Mi
 * and keeps five files, checking every ten seconds; here it rotates as soon as a file has 4 Mi and keeps two, so that
 * many talkative pods fit into memory. Readers see the newest file only, as `kubectl logs` does.
 */
import { byteLength } from '../../base/byte-text';
import { formatMicroTime, formatTime } from '../../api/time';
import type { Cancel } from '../../sim/process';
import type { FileContent, FileTree } from '../filesystem';

/** A line of a container's output. `partial`: it goes on in the next line of its stream. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  readonly partial: boolean;
}

/** The size at which a file is rotated, and how many files are kept. */
export const logFileBytes = 4 * 1024 * 1024;
export const logFilesKept = 2;
/** Longer lines are cut into pieces, as containerd cuts them. */
const lineLimit = 16_384;

/** The time as CRI's log format and `kubectl logs --timestamps` write it, with nine digits of the second. */
export function logTime(atMs: number): string {
  return `${formatMicroTime(atMs).slice(0, -1)}000Z`;
}

/** One file: its text is made when somebody reads it. */
class LogFile implements FileContent {
  readonly lines: LogLine[] = [];
  bytes = 0;

  get text(): string {
    return this.lines.map(({ atMs, stream, text, partial }) =>
      `${logTime(atMs)} ${stream} ${partial ? 'P' : 'F'} ${text}\n`).join('');
  }
}

/** The head of each line in the file: time, stream and tag. */
const headBytes = logTime(0).length + ' stdout F '.length + 1;

export class ContainerLog implements FileContent {
  private file = new LogFile();
  private readonly rotated: string[] = [];
  private readonly rest = { stdout: '', stderr: '' };
  private readonly listeners = new Set<() => void>();
  /** Counts rotations: a reader that follows begins anew with a new file. */
  generation = 0;
  /** True once the container has ended: nothing more will come. */
  closed = false;

  constructor(
    private readonly disk: FileTree,
    /** Where it lies on the disk; empty for none. */
    private readonly path: string,
  ) {
    if (path !== '') disk.place(path, this);
  }

  get text(): string {
    return this.file.text;
  }

  /** The lines of the newest file, oldest first. */
  get lines(): readonly LogLine[] {
    return this.file.lines;
  }

  /** Takes output as it comes; what is no whole line waits for its end. */
  write(atMs: number, stream: 'stdout' | 'stderr', text: string): void {
    const pieces = (this.rest[stream] + text).split('\n');
    this.rest[stream] = pieces.pop() ?? '';
    for (const line of pieces) this.append(atMs, stream, line);
    if (this.rest[stream].length >= lineLimit) {
      const whole = this.rest[stream].length - this.rest[stream].length % lineLimit;
      this.cut(atMs, stream, this.rest[stream].slice(0, whole), true);
      this.rest[stream] = this.rest[stream].slice(whole);
    }
    if (pieces.length > 0) this.tell();
  }

  /** The container has ended: what was no whole line is one now. */
  close(atMs: number): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.rest[stream] !== '') this.append(atMs, stream, this.rest[stream]);
      this.rest[stream] = '';
    }
    this.closed = true;
    this.tell();
  }

  /** Calls the listener whenever there is more to read, while the writer still runs. */
  watch(listener: () => void): Cancel {
    this.listeners.add(listener);
    return { cancel: () => void this.listeners.delete(listener) };
  }

  /** Takes the files away with the container. */
  remove(): void {
    if (this.path === '') return;
    for (const path of [this.path, ...this.rotated]) this.disk.remove(path);
  }

  private append(atMs: number, stream: 'stdout' | 'stderr', line: string): void {
    if (line.length <= lineLimit) this.push({ atMs, stream, text: line, partial: false });
    else this.cut(atMs, stream, line, false);
  }

  private cut(atMs: number, stream: 'stdout' | 'stderr', text: string, open: boolean): void {
    for (let from = 0; from < text.length; from += lineLimit) {
      const partial = open || from + lineLimit < text.length;
      this.push({ atMs, stream, text: text.slice(from, from + lineLimit), partial });
    }
  }

  private push(line: LogLine): void {
    const { file } = this;
    file.lines.push(line);
    file.bytes += headBytes + byteLength(line.text);
    if (file.bytes >= logFileBytes) this.rotate(line.atMs);
  }

  private rotate(atMs: number): void {
    const stamp = formatTime(atMs).replace(/[-:Z]/g, '').replace('T', '-');
    if (this.path !== '') {
      const path = `${this.path}.${stamp}`;
      this.disk.place(path, this.file);
      if (this.rotated[this.rotated.length - 1] !== path) this.rotated.push(path);
      if (this.rotated.length >= logFilesKept) this.disk.remove(this.rotated.shift() as string);
    }
    this.file = new LogFile();
    this.generation += 1;
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
