/**
 * Everything that the processes of one container program share: its context, its host, its files, the processes
 * themselves, the ports they listen on, and the account of the work they do. A shell that only calculates uses up
 * processor time: so endless loops move the clock, ever faster the longer they do nothing else.
 */
import type { Cancel, IncomingCall, ProcessHost } from '../../../sim/process';
import type { Task } from '../../../sim/task';
import type { ContainerContext, StandardInput } from '../../images';
import { ContainerProcess } from './process';
import { ShellFiles } from './files';
import { InputStream, NullStream, OutputStream, type Stream } from './streams';

/** Commands that one millisecond of processor time is worth; the clock moves after each round of so many. */
const stepsPerRound = 1_000;
/** From here on a program that never pauses is taken for one that never will: its rounds become longer and longer. */
const patientRounds = 100;
/** The longest round: nobody looks at how often an endless loop turned. */
const longestRoundMs = 10_000;
/** After so much time without a pause what a main process does is background, as an idle container's sleep is. */
const foregroundMs = 5_000;
/** Processes that start within each other's start. */
const nestedStarts = 8;
/** Processes at one time, as a pod's limit on process numbers. */
const processLimit = 1_000;

export class World {
  readonly files: ShellFiles;
  readonly processes = new Map<number, ContainerProcess>();
  readonly out: Stream;
  readonly err: Stream;
  readonly input: Stream;
  /** Set by a shell that somebody talks to: Ctrl+C ends what it runs, and not the shell. */
  interrupt: (() => void) | undefined;
  private readonly takers = new Map<string, (call: IncomingCall) => void>();
  private nextPid: number;
  /** The process that the others come from. */
  private readonly root: number;
  private steps = 0;
  private rounds = 0;
  private busyMs = 0;
  private busyUntilMs = 0;
  private starting = 0;

  constructor(
    readonly context: ContainerContext,
    readonly host: ProcessHost,
  ) {
    this.files = new ShellFiles(context, () => host.wallMs);
    this.out = new OutputStream((text) => context.write('stdout', text));
    this.err = new OutputStream((text) => context.write('stderr', text));
    this.input = context.stdin ? this.live(context.stdin) : new NullStream();
    this.nextPid = context.main ? 10 : 1;
    this.root = this.nextPid;
  }

  /** Standard input from outside: each piece arrives in an event of this program. */
  private live(source: StandardInput): Stream {
    const stream = new InputStream();
    const { context, host } = this;
    const hear = (run: () => void): void => void host.after(0, run);
    source.listen({
      text: (text) => hear(() => stream.push(text)),
      end: () => hear(() => stream.end(context.tty)),
      signal: (name) => hear(() => {
        stream.flush();
        if (name === 'INT' && this.interrupt) this.interrupt();
        else this.processes.get(this.root)?.signal(name);
      }),
    });
    return stream;
  }

  /** A new process; undefined when there are too many. */
  spawn(parent: number, command: string): ContainerProcess | undefined {
    if (this.processes.size >= processLimit) return undefined;
    const pid = this.nextPid;
    this.nextPid += 1;
    const process = new ContainerProcess(this, pid, parent, command, pid === 1);
    this.processes.set(pid, process);
    return process;
  }

  ended(process: ContainerProcess): void {
    this.processes.delete(process.pid);
  }

  /** Takes calls at a port. */
  listen(port: number, take: (call: IncomingCall) => void): Cancel {
    const key = String(port);
    this.takers.set(key, take);
    const listening = this.host.listen(port);
    return {
      cancel: () => {
        if (this.takers.get(key) === take) this.takers.delete(key);
        listening.cancel();
      },
    };
  }

  serve(call: IncomingCall): void {
    const take = this.takers.get(call.port);
    if (take) take(call);
    else call.reset();
  }

  /** Counts commands; true when the process has to wait for the processor. */
  isDue(process: ContainerProcess, steps = 1): boolean {
    this.steps += steps;
    if (process.turn > 0) {
      process.turn -= steps;
      return false;
    }
    return this.steps >= stepsPerRound || this.host.nowMs < this.busyUntilMs;
  }

  /** Counts commands and moves the clock when it is time. */
  *work(process: ContainerProcess, steps = 1): Task {
    if (this.isDue(process, steps)) yield* this.settle(process);
  }

  /** Lets the time pass that the counted commands took, for all processes: they share one processor. */
  *settle(process: ContainerProcess): Task {
    if (this.host.nowMs >= this.busyUntilMs) {
      const rounds = Math.floor(this.steps / stepsPerRound);
      this.steps %= stepsPerRound;
      this.rounds += rounds;
      const stretch = Math.max(1, Math.floor((this.rounds / patientRounds) ** 4));
      const ms = Math.min(longestRoundMs, rounds * stretch);
      this.busyMs += ms;
      this.busyUntilMs = this.host.nowMs + ms;
      this.context.spendCpu(ms);
    }
    const endless = this.busyMs > foregroundMs && !this.context.startupWork;
    yield* process.sleep(this.busyUntilMs - this.host.nowMs, endless ? { background: true } : undefined);
    // Everybody who waited gets a share, or the first would take every round.
    process.turn = Math.floor(stepsPerRound / 2 / Math.max(1, this.processes.size));
  }

  /** Starts a process; one that starts another that starts another must not fill the stack. */
  begin(process: ContainerProcess, run: () => void): void {
    if (this.starting >= nestedStarts) {
      this.host.after(0, () => {
        if (process.alive) this.begin(process, run);
      });
      return;
    }
    this.starting += 1;
    run();
    this.starting -= 1;
  }

  /** Waiting for time to pass: what a container's main process sleeps through is background. */
  *pause(process: ContainerProcess, ms: number): Task {
    this.busyMs = 0;
    this.rounds = 0;
    const background = !this.context.startupWork && !this.context.main;
    yield* process.sleep(ms, background ? { background: true } : undefined);
  }

  flush(): void {
    this.files.flush();
  }
}
