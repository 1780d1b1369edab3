/**
 * Processes inside one container: what a program of ours calls a process is a task with a number that waits for one
 * thing at a time and can be ended from outside. All of them live in one process of the simulation, as the container's.
 */
import type { Cancel, OutgoingCall, CallResult, TimerOptions } from '../../../sim/process';
import { runTask, type Task, waitFor } from '../../../sim/task';
import type { World } from './world';

export const signalNumbers: Readonly<Record<string, number>> = Object.freeze({
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15,
  CHLD: 17, CONT: 18, STOP: 19,
  TSTP: 20, WINCH: 28,
});

/** `TERM` of `TERM`, `SIGTERM`, `15`; undefined when there is none. */
export function signalName(text: string): string | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (Object.hasOwn(signalNumbers, name)) return name;
  return Object.keys(signalNumbers).find((each) => String(signalNumbers[each]) === text);
}

const harmless = new Set(['CHLD', 'CONT', 'WINCH']);

export class ContainerProcess {
  alive = true;
  exitCode = 0;
  /** Commands that it may still run before others have their turn. */
  turn = 0;
  /** Says whether it takes care of a signal: a trap, or the handler of a program that runs in its place. */
  onSignal: ((signal: string) => boolean) | undefined;
  private stopWaiting: (() => void) | undefined;
  private readonly endListeners: ((code: number) => void)[] = [];

  constructor(
    readonly world: World,
    readonly pid: number,
    readonly parent: number,
    public command: string,
    /** The first process of its container: the kernel sends it no signal for which it has no handler. */
    private readonly init: boolean,
  ) {}

  get nowMs(): number {
    return this.world.host.nowMs;
  }

  run(task: Task<number>): void {
    this.world.begin(this, () => runTask(task, (code) => this.end(code)));
  }

  /** Ends it with this exit code; whatever it waits for is given up. */
  end(code: number): void {
    if (!this.alive) return;
    this.alive = false;
    this.exitCode = code;
    this.stopWaiting?.();
    this.world.ended(this);
    for (const listener of this.endListeners.splice(0)) listener(code);
  }

  onEnd(listener: (code: number) => void): void {
    if (this.alive) this.endListeners.push(listener);
    else listener(this.exitCode);
  }

  signal(signal: string): void {
    if (!this.alive) return;
    if (signal !== 'KILL' && signal !== 'STOP' && this.onSignal?.(signal)) return;
    if (this.init || harmless.has(signal)) return;
    this.end(128 + (signalNumbers[signal] ?? 0));
  }

  /** Waits for what `begin` starts; nothing resumes a process that has ended. */
  *wait<T>(begin: (resume: (result: T) => void) => Cancel | undefined): Task<T> {
    this.world.files.flush();
    return yield* waitFor<T>((resume) => {
      if (!this.alive) return;
      let open = true;
      const started = begin((result) => {
        if (!open || !this.alive) return;
        open = false;
        this.stopWaiting = undefined;
        resume(result);
      });
      if (open) {
        this.stopWaiting = () => {
          open = false;
          started?.cancel();
        };
      }
    });
  }

  /**
   * Runs a task that `interrupt` can give up in the middle; the result is undefined then, and whatever the task waited
   * for is given up as well.
   */
  *interruptible(task: Task<number>, offer: (interrupt: () => void) => void): Task<number | undefined> {
    return yield* waitFor<number | undefined>((resume) => {
      let open = true;
      offer(() => {
        if (!open || !this.alive) return;
        open = false;
        this.stopWaiting?.();
        this.stopWaiting = undefined;
        resume(undefined);
      });
      runTask(task, (status) => {
        if (!open) return;
        open = false;
        resume(status);
      });
    });
  }

  *sleep(ms: number, options?: TimerOptions): Task {
    yield* this.wait<void>((resume) => this.world.host.after(ms, () => resume(), options));
  }

  *call(outgoing: OutgoingCall): Task<CallResult> {
    return yield* this.wait<CallResult>((resume) => this.world.host.call(outgoing, { onResult: resume }));
  }

  /** Waits for another process and gives its exit code. */
  *join(other: ContainerProcess): Task<number> {
    if (!other.alive) return other.exitCode;
    return yield* this.wait<number>((resume) => {
      other.onEnd(resume);
      // Whoever waits in the foreground takes its children along when it is ended.
      return { cancel: () => other.end(143) };
    });
  }

  /** Never goes on: for a process that has been ended in the middle of a step. */
  *never(): Task<never> {
    return yield* this.wait<never>(() => undefined);
  }
}
