/**
 * The three streams of a process in a container: its output goes to the log or to whoever asked for it, its input comes
 * from clients that are attached. With a terminal all of it passes the line discipline. Models containerd's cio and
 * CRI's container IO.
 */
import type { StandardInput } from '../images';
import { InputQueue } from './input';
import { Terminal } from './terminal';

export type OutputStream = 'stdout' | 'stderr';

/** Someone who sees the output as it comes. */
export interface OutputWatcher {
  write(stream: OutputStream, text: string): void;
  /** The process has ended. */
  end(): void;
}

export interface IoOptions {
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
}

export class ContainerIo {
  private readonly queue = new InputQueue();
  private readonly terminal: Terminal | undefined;
  private readonly watchers = new Set<OutputWatcher>();

  constructor(
    private readonly options: IoOptions,
    /** Takes all output: the container's log. */
    private readonly sink: (stream: OutputStream, text: string) => void,
  ) {
    if (options.tty) this.terminal = new Terminal(this.queue, (text) => this.spread('stdout', text));
  }

  get tty(): boolean {
    return this.options.tty;
  }

  /** What the program reads; undefined where it has no input at all. */
  get stdin(): StandardInput | undefined {
    return this.options.stdin || this.options.tty ? this.queue : undefined;
  }

  /** Output of the program. */
  write(stream: OutputStream, text: string): void {
    if (this.terminal) this.terminal.write(text);
    else this.spread(stream, text);
  }

  /** Input of a client; without `stdin` nobody reads it. */
  feed(text: string): void {
    if (!this.options.stdin) return;
    if (this.terminal) this.terminal.type(text);
    else this.queue.text(text);
  }

  /** A client's input is at its end: that of the program is too if it was meant for one client only. */
  endFeed(): void {
    if (this.options.stdinOnce) this.queue.close();
  }

  resize(json: string): void {
    this.terminal?.resize(json);
  }

  /** The client that the terminal belonged to is gone. */
  hangUp(): void {
    if (this.terminal) this.queue.signal('HUP');
    this.queue.close();
  }

  watch(watcher: OutputWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** The process has ended. */
  close(): void {
    for (const watcher of [...this.watchers]) watcher.end();
    this.watchers.clear();
  }

  private spread(stream: OutputStream, text: string): void {
    this.sink(stream, text);
    for (const watcher of this.watchers) watcher.write(stream, text);
  }
}
