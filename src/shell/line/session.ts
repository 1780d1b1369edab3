/**
 * One sandbox terminal: takes lines, runs their commands one after the other, leads output through pipes, and hands what is
 * typed meanwhile to the program that runs. It keeps history and the exit code. Screen and keyboard belong to the host.
 */
import type { TerminalInput, TerminalOutput, TerminalProgram } from '../../protocol/terminal';
import { dockerExec, dockerPs } from './docker';
import { type Filter, filterNames, filterOf } from './filters';
import type { CommandContext, ShellCluster, ShellHost } from './host';
import { kind } from './kind';
import { parseLine, type Pipeline } from './parse';

/** How many lines the history keeps. */
const historyLimit = 1_000;
const interruptedCode = 130;
const notFoundCode = 127;

/** Commands of the terminal itself. */
export const builtins = ['cat', 'clear', 'curl', 'docker', 'echo', 'etcdctl', 'exit', 'false', 'help', 'history',
  'kind', 'kubectl',
  'nslookup', 'true', 'wget'] as const;

/** What a running command can be told. */
interface Running {
  input?(input: TerminalInput): void;
  interrupt(): void;
}

type Sink = (text: string) => void;

export class ShellSession {
  readonly history: string[] = [];
  /** The exit code of the last command. */
  code = 0;
  private running: Running | undefined;
  private isRaw = false;
  private queue: readonly Pipeline[] = [];
  private generation = 0;

  constructor(
    private readonly host: ShellHost,
    /** Called when a line has been carried out. */
    private readonly finished: () => void,
    /** Called for `exit` and `clear`. */
    private readonly control: (what: 'exit' | 'clear') => void = () => undefined,
  ) {}

  /** Whether a command runs. */
  get busy(): boolean {
    return this.running !== undefined || this.queue.length > 0;
  }

  /** Whether keys go to the program as they are typed. */
  get raw(): boolean {
    return this.isRaw;
  }

  /** Carries out a line. */
  submit(line: string): void {
    const text = line.trim();
    if (text !== '' && text !== this.history.at(-1) && text.length <= 4_096) {
      this.history.push(text);
      if (this.history.length > historyLimit) this.history.shift();
    }
    const parsed = parseLine(line);
    if ('problem' in parsed) {
      this.host.write('stderr', `${parsed.problem}\n`);
      this.code = 2;
      return this.finished();
    }
    this.queue = parsed;
    this.next();
  }

  /** What is typed at a program that runs. */
  input(input: TerminalInput): void {
    this.running?.input?.(input);
  }

  /** Ctrl+C: ends what runs and forgets what would come after it. */
  interrupt(): void {
    this.queue = [];
    this.running?.interrupt();
  }

  private next(): void {
    for (;;) {
      const [pipeline, ...rest] = this.queue;
      this.queue = rest;
      if (!pipeline) return this.finished();
      if (pipeline.when === 'always'
        || (pipeline.when === 'success') === (this.code === 0)) return this.start(pipeline);
    }
  }

  private start({ commands: [first = [], ...others] }: Pipeline): void {
    const filters: Filter[] = [];
    let piped: readonly string[] | undefined;
    for (const [index, words] of others.entries()) {
      const filter = filterOf(words);
      if (filter && 'problem' in filter) return this.refuse(filter.problem, filter.code);
      if (filter) filters.push(filter);
      else if (words[0] === 'kubectl' && index === others.length - 1) piped = words;
      else return this.refuse(unknownText(words[0] ?? ''), notFoundCode);
    }
    let collected = '';
    const pipe = new Pipe(filters, piped ? (text) => void (collected += text) : (text) =>
      this.host.write('stdout', text));
    this.begin(first, pipe.push, undefined, (code) => {
      // A filter that has enough ends the one before it; that is no interruption.
      const isStopped = code === interruptedCode && !pipe.full;
      pipe.end();
      if (piped === undefined || isStopped) return this.over(isStopped ? interruptedCode : pipe.code ?? code);
      this.begin(piped, (text) => this.host.write('stdout', text), collected, (last) => this.over(last), true);
    }, others.length > 0, pipe);
  }

  private refuse(message: string, code: number): void {
    this.host.write('stderr', `${message}\n`);
    this.over(code);
  }

  private over(code: number): void {
    this.running = undefined;
    this.isRaw = false;
    this.code = code;
    this.next();
  }

  /** Starts one command; `end` is called once with its exit code. */
  private begin(
    words: readonly string[], out: Sink, stdin: string | undefined, end: (code: number) => void, piped = false,
      pipe?: Pipe,
  ): void {
    const { host } = this;
    const [name = '', ...args] = words;
    this.generation += 1;
    const own = this.generation;
    let ended = false;
    const done = (code: number): void => {
      if (ended || own !== this.generation) return;
      ended = true;
      this.running = undefined;
      end(code);
    };
    const err: Sink = (text) => host.write('stderr', text);
    const context: CommandContext = { host, args, out, err, done };
    this.running = { interrupt: () => done(interruptedCode) };
    switch (name) {
      case 'kubectl':
        return this.kubectl(context, stdin, piped, pipe);
      case 'docker':
        return this.docker(context, stdin, piped, pipe);
      case 'etcdctl':
      case 'curl':
      case 'wget':
      case 'nslookup':
        return this.onControlPlane(context, name, stdin, pipe);
      case 'kind': {
        const stop = kind(context);
        if (stop && !ended) this.running = { interrupt: stop };
        return;
      }
      case 'cat':
        return this.cat(context);
      case 'echo':
        out(`${(args[0] === '-n' ? args.slice(1) : args).join(' ')}${args[0] === '-n' ? '' : '\n'}`);
        return done(0);
      case 'history':
        this.history.forEach((line, index) => out(`${String(index + 1).padStart(5)}  ${line}\n`));
        return done(0);
      case 'clear':
      case 'exit':
        this.control(name);
        return done(0);
      case 'true':
        return done(0);
      case 'false':
        return done(1);
      case 'help':
        out(helpText());
        return done(0);
      default:
        err(`${unknownText(name)}\n`);
        return done(notFoundCode);
    }
  }

  private cat({ host, args, out, err, done }: CommandContext): void {
    const show = (index: number, code: number): void => {
      const path = args[index];
      if (path === undefined) return done(code);
      host.readFile(path, (text) => {
        if (text === undefined) err(`cat: ${path}: No such file or directory\n`);
        else out(text);
        show(index + 1, text === undefined ? 1 : code);
      });
    };
    if (args.length === 0) {
      err('cat: reading the keyboard is not modelled in the sandbox\n');
      return done(1);
    }
    show(0, 0);
  }

  private kubectl(context: CommandContext, stdin: string | undefined, piped: boolean, pipe: Pipe | undefined): void {
    const { host, args, err, done } = context;
    const cluster = host.active;
    if (!cluster) {
      err(noServer);
      return done(1);
    }
    const names = filesIn(args).filter((name) => name !== '-');
    const files: Record<string, string> = {};
    let open = names.length;
    const start = (): void => this.run(cluster, {
      kind: 'kubectl', args, files, ...(stdin !== undefined ? { stdin } : piped && wantsNoTerminal(args)
        ? { stdin: '' } : {}),
    }, context, pipe);
    if (open === 0) return start();
    for (const name of names) {
      host.readFile(name, (text) => {
        if (text !== undefined) files[name] = text;
        open -= 1;
        if (open === 0) start();
      });
    }
  }

  private docker(context: CommandContext, stdin: string | undefined, piped: boolean, pipe: Pipe | undefined): void {
    const [verb = '', ...rest] = context.args;
    const { host, err, done } = context;
    if (verb === 'ps') return dockerPs({ ...context, args: rest });
    if (verb === 'container' && rest[0] === 'ls') return dockerPs({ ...context, args: rest.slice(1) });
    if (verb !== 'exec') {
      err(`docker ${verb} is not modelled in the sandbox\n`);
      return done(1);
    }
    const asked = dockerExec({ host, args: rest });
    if (typeof asked === 'string') {
      err(`${asked}\n`);
      return done(1);
    }
    const { cluster, node, command, tty, stdin: wantsInput } = asked;
    if (tty && stdin !== undefined) {
      err('the input device is not a TTY\n');
      return done(1);
    }
    this.run(cluster, {
      kind: 'node', node, args: command, tty: tty && !piped, ...(stdin !== undefined && wantsInput ? { stdin } : {}),
    }, context, pipe);
  }

  /** Tools that a kind user would call on a node: they run on the first control plane. */
  private onControlPlane(context: CommandContext, name: string, stdin: string | undefined,
    pipe: Pipe | undefined): void {
    const cluster = context.host.active;
    const node = cluster?.topology.nodes.find(({ role }) => role === 'control-plane');
    if (!cluster || !node) {
      context.err(`${name}: there is no cluster\n`);
      return context.done(1);
    }
    const program = { kind: 'node', node: node.name, args: [name, ...context.args], tty: false,
      ...(stdin === undefined ? {} : { stdin }) } as const;
    this.run(cluster, program, context, pipe);
  }

  /**
   * Starts a program in the run. What follows from its output (the next command, an editor) is done between two events
   * of the run, never within one, so that a replay enters the same commands at the same moments.
   */
  private run(
    cluster: ShellCluster, program: TerminalProgram, { host, out, err, done }: CommandContext, pipe: Pipe | undefined,
  ): void {
    const refusal = cluster.refusal?.(program);
    if (refusal !== undefined) {
      err(`${refusal}\n`);
      return done(1);
    }
    const pending: TerminalOutput[] = [];
    let open = true;
    const input = cluster.run(program, (output) => {
      if (output.kind === 'raw') this.isRaw = true;
      else if (output.kind !== 'text') pending.push(output);
      else if (output.stream === 'stdout') out(output.text);
      else err(output.text);
    });
    const end = (code: number): void => {
      open = false;
      done(code);
    };
    const interrupt = (): void => {
      if (!open) return;
      input({ kind: 'interrupt' });
      end(interruptedCode);
    };
    this.running = { input, interrupt };
    host.until(() => {
      for (const output of pending.splice(0)) {
        if (output.kind === 'exit' && open) end(output.code);
        if (output.kind === 'edit') host.edit(output.name, output.text, (text) => input({ kind: 'edited', text }));
      }
      if (open && pipe?.full) interrupt();
      // A cluster that is deleted meanwhile never answers.
      if (open && host.cluster(cluster.name) !== cluster) end(1);
      return !open;
    });
  }
}

const noServer = 'E1121 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get '
  + '\\"http://localhost:8080/api?timeout=32s\\": dial tcp 127.0.0.1:8080: connect: connection refused"\n'
  + 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n';

function unknownText(name: string): string {
  return `bash: ${name}: command not found`;
}

/** The files that kubectl's flags name. */
function filesIn(args: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < args.length && args[at] !== '--'; at += 1) {
    const word = args[at] as string;
    const long = /^--(filename|from-file|from-env-file|patch-file|cert|key)(?:=(.*))?$/.exec(word);
    const short = /^-f(.*)$/.exec(word);
    if (!long && !short) continue;
    let value = long ? long[2] : short?.[1] === '' ? undefined : short?.[1];
    if (value === undefined) {
      at += 1;
      value = args[at] ?? '';
    }
    if (long?.[1] === 'from-file') found.push(value.slice(value.indexOf('=') + 1));
    else found.push(...value.split(','));
  }
  return found;
}

/** Behind a pipe nobody types: a session without a terminal then. */
function wantsNoTerminal(args: readonly string[]): boolean {
  return args.some((word) => /^-[it]{1,2}$/.test(word));
}

/** Leads text through filters line by line. */
class Pipe {
  private rest = '';
  private isOver = false;

  constructor(private readonly filters: readonly Filter[], private readonly out: Sink) {}

  /** The exit code of the last filter; undefined without filters. */
  get code(): number | undefined {
    return this.filters.at(-1)?.code;
  }

  /** Whether a filter needs no more: then whoever writes into the pipe is ended. */
  get full(): boolean {
    return this.filters.some(({ full }) => full);
  }

  readonly push = (text: string): void => {
    if (this.isOver) return;
    if (this.filters.length === 0) return this.out(text);
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    this.feed(0, lines);
    if (this.full) this.end();
  };

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.rest !== '') this.feed(0, [this.rest]);
    this.filters.forEach((filter, index) => this.feed(index + 1, filter.end()));
  }

  private feed(from: number, lines: readonly string[]): void {
    let current = lines;
    for (const filter of this.filters.slice(from)) current = current.flatMap((line) => filter.line(line));
    if (current.length > 0) this.out(`${current.join('\n')}\n`);
  }
}

function helpText(): string {
  return (
    `Commands: ${builtins.join(', ')}\nBehind a pipe: ${filterNames().join(', ')}, kubectl (reading from -)\n` +
    'etcdctl, curl, wget and nslookup run on the first control-plane node; docker exec -it NODE bash opens a shell on any.\n'
  );
}
