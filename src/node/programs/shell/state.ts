/**
 * What a shell knows: variables, options, descriptors, traps, and in which words it speaks. One class stands for ash,
 * dash and bash; they differ in their words and exit codes.
 */
import type { Task } from '../../../sim/task';
import { resolvePath } from '../../filesystem';
import type { Node } from './ast';
import type { ContainerProcess } from './process';
import type { Stream } from './streams';
import type { World } from './world';

export type Dialect = 'ash' | 'dash' | 'bash';

/** What makes the shell leave what it is in: a loop, a function, itself. */
export type Flow =
  | { readonly kind: 'break' | 'continue'; levels: number }
  | { readonly kind: 'return' | 'exit'; readonly status: number };

export type Descriptors = ReadonlyMap<number, Stream>;

/** The text that one word or one variable may become; a doubling loop stops here. */
export const textLimit = 1_000_000;

export interface Variable {
  readonly value: string;
  readonly exported: boolean;
  readonly readOnly: boolean;
}

export class ShellState {
  readonly options = new Set<string>();
  positional: readonly string[] = [];
  directory: string;
  status = 0;
  line = 1;
  flow: Flow | undefined;
  io: Descriptors;
  /** Process number of the last background command. */
  lastBackground: ContainerProcess | undefined;
  readonly jobs = new Set<ContainerProcess>();
  readonly functions = new Map<string, Node>();
  readonly traps = new Map<string, string>();
  readonly pendingSignals: string[] = [];
  /** Set while `wait` waits: a trapped signal ends it. */
  interruptWait: ((signal: string) => void) | undefined;
  /** Values that `local` has covered, of the function that runs. */
  locals: Map<string, Variable | undefined> | undefined;
  optionIndex = { index: 1, offset: 0 };
  /** Somebody talks to this shell at a terminal. */
  interactive = false;
  protected readonly variables = new Map<string, Variable>();

  constructor(
    readonly world: World,
    readonly process: ContainerProcess,
    readonly dialect: Dialect,
    /** `$0`. */
    readonly name: string,
    io: Descriptors,
    directory: string,
    environment: Readonly<Record<string, string>>,
    /** True when a script file is run: messages then carry line numbers in ash too. */
    readonly fromFile = false,
  ) {
    this.io = io;
    this.directory = directory;
    for (const key of Object.keys(environment).sort()) {
      this.variables.set(key, { value: environment[key] ?? '', exported: true, readOnly: false });
    }
    if (!this.variables.has('PWD')) this.variables.set('PWD', { value: directory, exported: true, readOnly: false });
  }

  // --- variables -----------------------------------------------------------------------------------------------------

  variable(name: string): string | undefined {
    return this.variables.get(name)?.value;
  }

  /** A variable, a positional or a special parameter. */
  parameter(name: string): string | undefined {
    switch (name) {
      case '@': case '*': return this.positional.length === 0 ? undefined
        : this.positional.join((this.variable('IFS') ?? ' ').slice(0, 1));
      case '#': return String(this.positional.length);
      case '?': return String(this.status);
      case '$': return String(this.process.pid);
      case '!': return this.lastBackground === undefined ? undefined : String(this.lastBackground.pid);
      case '-': return [...this.options].filter((option) => option.length === 1).join('');
      case '0': return this.name;
      case 'LINENO': return String(this.line);
      case 'RANDOM': return this.dialect === 'dash' ? this.variable(name)
        : String(this.world.host.random('shell').below(32_768));
      case 'SECONDS': return this.dialect === 'bash' ? String(Math.floor(this.world.host.nowMs / 1000))
        : this.variable(name);
      case 'PPID': return String(this.process.parent);
      default: return /^\d+$/.test(name) ? this.positional[Number(name) - 1] : this.variable(name);
    }
  }

  assign(name: string, value: string): boolean {
    const before = this.variables.get(name);
    if (before?.readOnly) {
      this.abort(this.dialect === 'bash' ? `${name}: readonly variable` : `${name}: is read only`,
        this.dialect === 'bash' ? 1 : 2);
      return false;
    }
    if (value.length > textLimit) {
      this.abort(this.dialect === 'bash' ? 'xrealloc: cannot allocate memory' : 'out of memory', 2);
      return false;
    }
    this.variables.set(name, { value, exported: before?.exported ?? this.options.has('a'), readOnly: false });
    return true;
  }

  mark(name: string, marks: { exported?: boolean; readOnly?: boolean }): void {
    const before = this.variables.get(name) ?? { value: '', exported: false, readOnly: false };
    this.variables.set(name, { ...before, ...marks });
  }

  unsetVariable(name: string): void {
    this.variables.delete(name);
  }

  /** Covers a variable for the time of the running function. */
  makeLocal(name: string): void {
    if (this.locals && !this.locals.has(name)) this.locals.set(name, this.variables.get(name));
  }

  /** Variables by name in order. */
  names(exportedOnly: boolean): string[] {
    return [...this.variables.keys()].filter((name) => !exportedOnly || this.variables.get(name)?.exported).sort();
  }

  get environment(): Record<string, string> {
    const environment: Record<string, string> = {};
    for (const name of this.names(true)) environment[name] = this.variable(name) ?? '';
    return environment;
  }

  protected restore(name: string, before: Variable | undefined): void {
    if (before) this.variables.set(name, before);
    else this.variables.delete(name);
  }

  path(path: string): string {
    return resolvePath(path, this.directory);
  }

  // --- output --------------------------------------------------------------------------------------------------------

  *print(fd: number, text: string): Task {
    // A process that was ended while somebody else held its step says nothing more.
    if (!this.process.alive) yield* this.process.never();
    const stream = this.io.get(fd);
    if (!stream || text === '') return;
    if (yield* stream.write(text, this.process)) return;
    // Nobody reads any more: SIGPIPE.
    this.process.end(141);
    yield* this.process.never();
  }

  /** A message in the form of this shell: `sh: 1: x: not found`. */
  message(text: string): string {
    if (this.dialect === 'bash') return `${this.name}: ${this.interactive ? '' : `line ${this.line}: `}${text}\n`;
    if (this.dialect === 'dash') return `${this.name}: ${this.line}: ${text}\n`;
    return this.fromFile ? `${this.name}: line ${this.line}: ${text}\n` : `${this.name}: ${text}\n`;
  }

  *complain(text: string): Task {
    yield* this.print(2, this.message(text));
  }

  /** Ends the shell with a message, as an expansion that cannot be done ends it; returns an empty text. */
  abort(text: string, status: number): string {
    if (this.flow) return '';
    this.io.get(2)?.push(this.message(text));
    this.flow = { kind: 'exit', status };
    return '';
  }
}
