/**
 * What file descriptors lead to: the container's output, files, pipes, fixed text. Reading and writing may wait, as
 * pipes hold only so much; a write tells whether anybody still reads.
 */
import type { Task } from '../../../sim/task';
import type { ContainerProcess } from './process';
import type { ShellFiles } from './files';

/** How much a pipe holds before its writer waits. */
const pipeCapacity = 65_536;
/** How much input from outside is kept until it is read, in characters. */
const unreadLimit = 64 * 1024 * 1024;

export interface Stream {
  /** The path behind it, where it is a file. */
  readonly path?: string;
  /** The next piece; undefined at the end. */
  read(reader: ContainerProcess): Task<string | undefined>;
  /** Puts back what was read too much. */
  unread(text: string): void;
  /** False when nobody will ever read it. */
  write(text: string, writer: ContainerProcess): Task<boolean>;
  /** Writes without waiting: for programs that know nothing of tasks. */
  push(text: string): void;
}

/** Reads nothing and forgets what is written. */
export class NullStream implements Stream {
  *read(_reader: ContainerProcess): Task<string | undefined> {
    return undefined;
  }

  unread(_text: string): void {
    // What was never read cannot come back.
  }

  *write(text: string, _writer: ContainerProcess): Task<boolean> {
    this.push(text);
    return true;
  }

  push(_text: string): void {
    // Forgotten on purpose.
  }
}

/** Input that comes while the program runs, from a client or a terminal. */
export class InputStream extends NullStream {
  /** Text, and `undefined` for an end, after which a terminal may go on. */
  private readonly items: (string | undefined)[] = [];
  private held = 0;
  private closed = false;
  private wake: (() => void) | undefined;

  override *read(reader: ContainerProcess): Task<string | undefined> {
    while (this.items.length === 0 && !this.closed) {
      yield* reader.wait<void>((resume) => {
        this.wake = resume;
        return undefined;
      });
    }
    const item = this.items.shift();
    this.held -= item?.length ?? 0;
    return item;
  }

  override unread(text: string): void {
    if (text === '') return;
    this.items.unshift(text);
    this.held += text.length;
  }

  override push(text: string): void {
    this.put(text);
  }

  /** Input is at its end; `more`: a terminal's, so that the next reader waits again. */
  end(more: boolean): void {
    this.closed ||= !more;
    this.put(undefined);
  }

  /** Forgets what was typed and not read, as a terminal does on Ctrl+C. */
  flush(): void {
    this.items.length = 0;
    this.held = 0;
  }

  private put(item: string | undefined): void {
    // Nobody can be made to wait at the other end: what a program leaves unread is lost from here on.
    if (this.held + (item?.length ?? 0) > unreadLimit) return;
    this.held += item?.length ?? 0;
    this.items.push(item);
    const { wake } = this;
    this.wake = undefined;
    wake?.();
  }
}

/** Text to read. */
export class TextStream extends NullStream {
  constructor(private text: string, readonly path?: string) {
    super();
  }

  override *read(): Task<string | undefined> {
    const { text } = this;
    this.text = '';
    return text === '' ? undefined : text;
  }

  override unread(text: string): void {
    this.text = text + this.text;
  }
}

/** Endless zeros, as /dev/zero gives them; random bytes are not modelled and are zeros too. */
export class EndlessStream extends NullStream {
  constructor(private readonly piece: string) {
    super();
  }

  override *read(): Task<string | undefined> {
    return this.piece;
  }
}

/** Collects what is written: `$( ... )`. */
export class CaptureStream extends NullStream {
  private pieces: string[] = [];
  private length = 0;

  constructor(private readonly limit: number) {
    super();
  }

  override push(text: string): void {
    if (this.length > this.limit) return;
    this.pieces.push(text);
    this.length += text.length;
  }

  get text(): string {
    return this.pieces.join('');
  }
}

/** What a process of the container writes to the outside. */
export class OutputStream extends NullStream {
  constructor(private readonly out: (text: string) => void) {
    super();
  }

  override push(text: string): void {
    if (text !== '') this.out(text);
  }
}

/** A file that is written from its beginning or its end. */
export class FileStream extends NullStream {
  constructor(private readonly files: ShellFiles, readonly path: string) {
    super();
  }

  override push(text: string): void {
    this.files.append(this.path, text);
  }
}

/** A pipe between two processes. */
export class Pipe implements Stream {
  private pieces: string[] = [];
  private held = 0;
  private writing = true;
  private reading = true;
  private wakeReader: (() => void) | undefined;
  private wakeWriter: (() => void) | undefined;

  *read(reader: ContainerProcess): Task<string | undefined> {
    while (this.pieces.length === 0) {
      if (!this.writing) return undefined;
      yield* reader.wait<void>((resume) => {
        this.wakeReader = resume;
        return undefined;
      });
    }
    const text = this.pieces.join('');
    this.pieces = [];
    this.held = 0;
    this.wake('wakeWriter');
    return text;
  }

  unread(text: string): void {
    if (text !== '') this.pieces.unshift(text);
    this.held += text.length;
  }

  *write(text: string, writer: ContainerProcess): Task<boolean> {
    this.push(text);
    while (this.reading && this.held > pipeCapacity) {
      yield* writer.wait<void>((resume) => {
        this.wakeWriter = resume;
        return undefined;
      });
    }
    return this.reading;
  }

  push(text: string): void {
    if (!this.reading || text === '') return;
    this.pieces.push(text);
    this.held += text.length;
    this.wake('wakeReader');
  }

  closeWriter(): void {
    this.writing = false;
    this.wake('wakeReader');
  }

  closeReader(): void {
    this.reading = false;
    this.pieces = [];
    this.wake('wakeWriter');
  }

  private wake(who: 'wakeReader' | 'wakeWriter'): void {
    const wake = this[who];
    this[who] = undefined;
    wake?.();
  }
}
