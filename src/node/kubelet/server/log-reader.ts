/**
 * Reads the log of a container from the node's disk as `kubectl logs` shows it: from a line on, from a time on, at most
 * so many bytes, one stream or both, with or without times. Models pkg/kubelet/kuberuntime/logs and the kubelet's
 * PodLogOptions.
 */
import { byteLength, bytesOfText, textOfBytes } from '../../../base/byte-text';
import type { ContainerLog, LogLine } from '../../runtime/container-log';
import { logTime } from '../../runtime/container-log';

export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Lines before this time, in milliseconds since 1970, are left out. */
  readonly sinceMs?: number;
  /** `All`, `Stdout`, `Stderr`. */
  readonly stream: string;
}

export class LogReader {
  private lines: readonly LogLine[];
  private at: number;
  private generation: number;
  private leftBytes: number;
  /** Whether the next line begins a line of the container, and does not continue one. */
  private fresh = true;

  constructor(
    private readonly log: ContainerLog,
    private readonly options: LogOptions,
  ) {
    const { tailLines, limitBytes = Infinity } = options;
    this.lines = log.lines;
    this.generation = log.generation;
    this.at = tailLines === undefined ? 0 : Math.max(0, this.lines.length - tailLines);
    this.leftBytes = limitBytes;
  }

  /** True when the limit of bytes is used up: nothing more will be read. */
  get full(): boolean {
    return this.leftBytes <= 0;
  }

  /** Whatever there is to read now. */
  read(): string {
    const pieces: string[] = [];
    this.readLines(pieces);
    if (this.generation !== this.log.generation) {
      // The file was rotated under the reader: it goes on with the new one.
      this.generation = this.log.generation;
      this.lines = this.log.lines;
      this.at = 0;
      this.readLines(pieces);
    }
    return pieces.join('');
  }

  private readLines(pieces: string[]): void {
    const { sinceMs = -Infinity, stream } = this.options;
    for (; this.at < this.lines.length && !this.full; this.at += 1) {
      const line = this.lines[this.at] as LogLine;
      if (line.atMs < sinceMs || (stream !== 'All' && line.stream !== stream.toLowerCase())) continue;
      const head = this.options.timestamps && this.fresh ? `${logTime(line.atMs)} ` : '';
      this.fresh = !line.partial;
      pieces.push(this.limited(`${head}${line.text}${line.partial ? '' : '\n'}`));
    }
  }

  private limited(text: string): string {
    if (this.leftBytes === Infinity) return text;
    const length = byteLength(text);
    const left = this.leftBytes;
    this.leftBytes -= length;
    return length <= left ? text : textOfBytes(bytesOfText(text).subarray(0, left));
  }
}
