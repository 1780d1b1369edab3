/**
 * Runs a program of the image as a guest of the process that called it: `nginx` at the end of a start script. The guest
 * gets a host of its own that ends with it; what it listens on is served through the container's one process.
 */
import type { CallHandle, CallHandlers, Cancel, OutgoingCall, ProcessHost, Program } from '../../../sim/process';
import type { Task } from '../../../sim/task';
import type { ContainerContext, ProgramFactory } from '../../images';
import { signalNumbers } from './process';
import type { Shell } from './shell';
import type { World } from './world';

/** Runs the program until it exits; `tail`: it has taken the shell's place, and signals reach it. */
export function* runGuest(
  shell: Shell, create: ProgramFactory, command: readonly string[], tail: boolean,
): Task<number> {
  const { world, process } = shell;
  const context: ContainerContext = {
    ...world.context,
    command,
    env: shell.environment,
    workingDir: shell.directory,
    print: (stream, text) => shell.io.get(stream === 'stdout' ? 1 : 2)?.push(`${text}\n`),
    write: (stream, text) => shell.io.get(stream === 'stdout' ? 1 : 2)?.push(text),
  };
  const program = create(context);
  const before = process.onSignal;
  const status = yield* process.wait<number>((resume) => {
    const guest = new Guest(world, program, resume);
    if (tail) process.onSignal = (signal) => guest.signal(signal);
    guest.start();
    return guest;
  });
  process.onSignal = before;
  return status;
}

class Guest implements Cancel {
  private readonly open = new Set<Cancel>();
  private alive = true;

  constructor(
    private readonly world: World,
    private readonly program: Program,
    private readonly ended: (code: number) => void,
  ) {}

  start(): void {
    // A guest that ends at once must not resume its caller before that waits.
    this.later(0, () => this.program.start(this.host()));
  }

  cancel(): void {
    this.alive = false;
    for (const each of [...this.open]) each.cancel();
    this.open.clear();
  }

  signal(signal: string): boolean {
    if (signal !== 'TERM' && signal !== 'INT' && signal !== 'QUIT') return false;
    if (this.program.terminate) this.program.terminate();
    else this.exit(128 + (signalNumbers[signal] ?? 15));
    return true;
  }

  private exit(code: number): void {
    if (!this.alive) return;
    this.cancel();
    this.ended(code);
  }

  private keep(cancel: Cancel): Cancel {
    this.open.add(cancel);
    return {
      cancel: () => {
        this.open.delete(cancel);
        cancel.cancel();
      },
    };
  }

  private later(delayMs: number, run: () => void, options?: { background?: boolean }): Cancel {
    const timer = this.world.host.after(delayMs, () => {
      this.open.delete(timer);
      if (this.alive) run();
    }, options);
    return this.keep(timer);
  }

  private host(): ProcessHost {
    const { host } = this.world;
    const guest = this;
    return {
      id: host.id,
      machine: host.machine,
      address: host.address,
      get alive() {
        return guest.alive && host.alive;
      },
      get nowMs() {
        return host.nowMs;
      },
      get wallMs() {
        return host.wallMs;
      },
      random: (stream) => host.random(stream),
      listen: (port) => this.keep(typeof port === 'number'
        ? this.world.listen(port, (call) => (this.program.serve ? this.program.serve(call) : call.reset()))
        : host.listen(port)),
      call: (call: OutgoingCall, handlers: CallHandlers) => this.call(call, handlers),
      after: (delayMs, run, options) => this.later(delayMs, run, options),
      record: (hop) => host.record(hop),
      foreground: (run) => host.foreground(run),
      exit: (code) => this.exit(code),
    };
  }

  private call(outgoing: OutgoingCall, handlers: CallHandlers): CallHandle {
    const call = this.world.host.call(outgoing, {
      onResult: (result) => {
        this.open.delete(call);
        if (this.alive) handlers.onResult(result);
      },
      onEvent: (payload, subject) => {
        if (this.alive) handlers.onEvent?.(payload, subject);
      },
    });
    const { cancel } = this.keep(call);
    return { cancel, send: (payload, subject) => call.send(payload, subject) };
  }
}
