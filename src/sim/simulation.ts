/**
 * The discrete-event simulation: one virtual clock, one queue, processes on machines, and the trace of what they said
 * to each other. A handler runs to its end; what it sends is put into the outbox and leaves afterwards, so nobody ever
 * calls into another process. The clock knows milliseconds since the start of the run and nothing else.
 */
import { assert, defined } from '../base/assert';
import { RandomSource } from '../base/random';
import type { ProcessId } from '../protocol/trace';
import { type Call, connectionLostAfterMs } from './calls';
import { EventQueue, type QueuedEvent } from './event-queue';
import { hostOf } from './host';
import { linkLatencyMs, Network } from './network';
import type { ProcessTable, SpawnOptions } from './process';
import { Running } from './running';
import { type NewHop, Trace } from './trace';

/** More events than this at one virtual instant is a livelock in our own code. */
const eventsPerInstantLimit = 2_000_000;
/** From one process number to the next: threads and short-lived children, which are not modelled, take some. */
const pidStep = 16;

/** What a hop's maker leaves to the simulation to fill in. */
type BareHop = NewHop extends infer T ? (T extends NewHop ? Omit<T, 'atMs' | 'cause' | 'background'> : never) : never;

export class Simulation implements ProcessTable {
  readonly trace = new Trace();
  readonly network = new Network();
  readonly random: RandomSource;
  private readonly queue = new EventQueue();
  private readonly processes = new Map<ProcessId, Running>();
  private readonly outbox: (() => void)[] = [];
  private now = 0;
  private calls = 0;
  private processed = 0;
  private atThisInstant = 0;
  /** The hop being handled: the cause of whatever its handler does. */
  private cause = -1;
  private background = false;
  /** Above 0 while a handler runs. */
  private depth = 0;
  /** Calls up to this number say nothing more. */
  private stillSince = 0;
  /** Told after each event and each input, when all that it did at once is done. */
  onHandled: (() => void) | undefined;

  /** `epochMs`: what the wall clock inside the simulation shows at virtual time 0, in milliseconds since 1970. */
  constructor(
    seed: number,
    readonly epochMs = 0,
  ) {
    this.random = new RandomSource(seed);
  }

  get nowMs(): number {
    return this.now;
  }

  /** Events handled so far; with the same inputs the same number means the same moment. */
  get eventsProcessed(): number {
    return this.processed;
  }

  /** True when nothing waits but background work. */
  get quiet(): boolean {
    return this.queue.foregroundCount === 0;
  }

  /** The virtual time of the next event. */
  get nextEventMs(): number | undefined {
    return this.queue.nextTime();
  }

  // --- running -----------------------------------------------------------------------------------------------------

  /** Handles the next event; false when none waits. */
  runOne(): boolean {
    const event = this.queue.pop();
    if (!event) return false;
    if (event.atMs !== this.now) {
      assert(event.atMs > this.now, 'time does not run backwards');
      this.now = event.atMs;
      this.atThisInstant = 0;
    }
    this.atThisInstant += 1;
    assert(this.atThisInstant < eventsPerInstantLimit, 'the run does not move on in time');
    this.processed += 1;
    this.handle(event.background, event.run);
    return true;
  }

  /** Handles events up to and including that time, at most `maxEvents`; true when the time was reached. */
  runUntil(timeMs: number, maxEvents = Infinity): boolean {
    for (let done = 0; done < maxEvents; done += 1) {
      const next = this.queue.nextTime();
      if (next === undefined || next > timeMs) {
        this.now = Math.max(this.now, timeMs);
        return true;
      }
      this.runOne();
    }
    return false;
  }

  /**
   * Everything stands still from now on: what waits never happens, and nobody hears any more of a call that is open.
   * What is asked of processes from here on is still answered, as if all others took no time. Only what the storage
   * tells those who watch it still arrives, so that they answer from what it has.
   */
  standStill(): void {
    this.stillSince = this.calls;
    this.queue.clear();
  }

  /** Handles events until nothing but background work waits, or until that much time has passed; true when quiet. */
  runUntilQuiet(limitMs: number): boolean {
    const end = this.now + limitMs;
    while (!this.quiet) {
      const next = this.queue.nextTime();
      if (next === undefined) return true;
      if (next > end) return false;
      this.runOne();
    }
    return true;
  }

  /** Handles events until the condition holds, checked after each, or until that much time has passed. */
  runUntilTrue(condition: () => boolean, limitMs: number): boolean {
    const end = this.now + limitMs;
    while (!condition()) {
      const next = this.queue.nextTime();
      if (next === undefined || next > end) return false;
      this.runOne();
    }
    return true;
  }

  /** Handles events until a hop was recorded, by default a foreground one; false when none came within the limit. */
  runOneHop(limitMs: number, options: { readonly background?: boolean } = {}): boolean {
    let happened = false;
    const stop = this.trace.onHop((hop) => {
      if (!hop.background || options.background) happened = true;
    });
    this.runUntilTrue(() => happened, limitMs);
    stop();
    return happened;
  }

  /** Enters an input from outside now: records it and runs it as the root of what it causes. */
  input(from: ProcessId, verb: string, run: () => void): void {
    this.handle(false, () => {
      this.recordHop({ kind: 'input', from, to: from, subject: { verb } });
      run();
    });
  }

  // --- processes (ProcessTable) ------------------------------------------------------------------------------------

  spawn(options: SpawnOptions): void {
    assert(!this.processes.has(options.id), `process ${options.id} runs already`);
    const machine = defined(this.network.machine(options.machine), `machine ${options.machine}`);
    machine.lastPid += pidStep;
    const process = new Running(options, machine.address, machine.lastPid);
    this.processes.set(process.id, process);
    this.act(() => {
      this.recordHop({ kind: 'started', from: process.id, to: process.id, subject: { verb: 'start' } });
      this.send(() => {
        if (process.alive) process.program.start(hostOf(this, process));
      });
    });
  }

  isRunning(id: ProcessId): boolean {
    return this.processes.has(id);
  }

  /** Ids of all running processes, in order of their start. */
  runningIds(): ProcessId[] {
    return [...this.processes.keys()];
  }

  running(id: ProcessId): Running | undefined {
    return this.processes.get(id);
  }

  terminate(id: ProcessId): void {
    const process = this.processes.get(id);
    if (!process) return;
    const { program } = process;
    if (program.terminate) this.act(() => program.terminate?.());
    else this.end(process, 143);
  }

  kill(id: ProcessId): void {
    const process = this.processes.get(id);
    if (process) this.end(process, 137);
  }

  /** Ends a process: its sockets close, its calls are reset, its timers stop, its starter learns the exit code. */
  end(process: Running, exitCode: number): void {
    if (process.alive) this.act(() => this.endNow(process, exitCode));
  }

  private endNow(process: Running, exitCode: number): void {
    process.alive = false;
    this.processes.delete(process.id);
    // A machine that is off sends no reset: its peers notice by their own timeouts.
    const machineUp = this.network.machine(process.machine)?.up ?? false;
    for (const close of process.sockets) close();
    for (const timer of process.timers) this.queue.cancel(timer);
    for (const call of [...process.calls]) {
      if (call.caller === process) call.hangUp();
      else if (!machineUp) call.failAfter(connectionLostAfterMs, 'timeout');
      else this.transmit(call, process.machine, call.caller.machine, () => call.fail('reset'));
    }
    this.recordHop({ kind: 'stopped', from: process.id, to: process.id, exitCode, subject: { verb: 'stop' } });
    const { onExit } = process.options;
    if (onExit) this.send(() => onExit(exitCode));
  }

  // --- faults ------------------------------------------------------------------------------------------------------

  /** Cuts the link between two machines: what crosses it waits, and is lost with its connection after 45 s. */
  cutLink(a: string, b: string): void {
    this.act(() => {
      this.network.setCut(a, b, true);
      this.recordHop({ kind: 'fault', from: a, to: b, subject: { verb: 'cut' } });
      for (const call of this.callsBetween(a, b)) call.linkCut();
    });
  }

  /** Heals the link: what waited is delivered in order. */
  healLink(a: string, b: string): void {
    this.act(() => {
      this.network.setCut(a, b, false);
      this.recordHop({ kind: 'fault', from: a, to: b, subject: { verb: 'heal' } });
      for (const call of this.callsBetween(a, b)) call.linkHealed();
    });
  }

  /** The next message that a process sends, to that receiver or to whomever, is lost, and its connection with it. */
  dropNext(from: ProcessId, to?: ProcessId): void {
    this.network.dropNext(from, to);
  }

  /** Notes a fault that something else than the network has, such as a full disk. */
  fault(verb: string, from: string, subject: { readonly name?: string } = {}): void {
    this.act(() => this.recordHop({ kind: 'fault', from, to: from, subject: { verb, ...subject } }));
  }

  /** Switches a machine off: all its processes die without a word. */
  powerOff(name: string): void {
    const machine = defined(this.network.machine(name), `machine ${name}`);
    this.act(() => {
      machine.up = false;
      this.recordHop({ kind: 'fault', from: name, to: name, subject: { verb: 'powerOff' } });
      for (const process of [...this.processes.values()]) if (process.machine === name) this.end(process, 137);
    });
  }

  /** Switches a machine on again; what is to run on it is for others to start. */
  powerOn(name: string): void {
    const machine = defined(this.network.machine(name), `machine ${name}`);
    this.act(() => {
      machine.up = true;
      this.recordHop({ kind: 'fault', from: name, to: name, subject: { verb: 'powerOn' } });
    });
  }

  // --- for the parts of the simulation itself ------------------------------------------------------------------------

  nextCallId(): number {
    this.calls += 1;
    return this.calls;
  }

  /** Puts something into the outbox; it happens when the running handler has returned. */
  send(leave: () => void): void {
    if (this.depth === 0) return this.handle(false, leave);
    const { cause, background } = this;
    this.outbox.push(() => {
      this.cause = cause;
      this.background = background;
      leave();
    });
  }

  /** Queues work; its cause is the present hop. */
  schedule(delayMs: number, run: () => void, background = this.background, lasting = false): QueuedEvent {
    const { cause } = this;
    return this.queue.push(this.now + Math.max(0, Math.round(delayMs)), background, () => {
      this.cause = cause;
      run();
    }, lasting);
  }

  cancel(event: QueuedEvent): void {
    this.queue.cancel(event);
  }

  /** Carries one message of a call from machine to machine. `lasting`: also when everything else stands still. */
  transmit(call: Call, from: string, to: string, deliver: () => void, lasting = false): void {
    if (call.id <= this.stillSince && !lasting) return;
    if (this.network.isCut(from, to)) {
      call.held.push(deliver);
      call.linkCut();
      return;
    }
    this.schedule(from === to ? 0 : linkLatencyMs, deliver, this.background, lasting);
  }

  /**
   * Records a hop; it becomes the cause of what the running handler does from here on. The object is taken over and
   * completed, not copied: every hop passes here, and copies would cost more than all the rest of recording. Gives its
   * id.
   */
  recordHop(hop: BareHop): number {
    const taken = hop as BareHop & { atMs: number; cause: number; background: boolean };
    taken.atMs = this.now;
    taken.cause = this.cause;
    taken.background = this.background;
    this.cause = this.trace.record(taken as NewHop).id;
    return this.cause;
  }

  inForeground(run: () => void): void {
    const before = this.background;
    this.background = false;
    run();
    this.background = before;
  }

  /** Runs an action within the handler that asks for it; asked for from outside the run, as an event of its own. */
  private act(run: () => void): void {
    if (this.depth > 0) run();
    else this.handle(false, run);
  }

  /** Runs a handler as one event and then lets its outbox leave. */
  private handle(background: boolean, run: () => void): void {
    this.background = background;
    this.cause = -1;
    this.depth += 1;
    run();
    this.flush();
    this.depth -= 1;
    // What comes next from outside the run has no cause in it.
    this.background = false;
    this.cause = -1;
    if (this.depth === 0) this.onHandled?.();
  }

  private flush(): void {
    // Sending may send again (a process that ends, a supervisor that reacts): the loop sees what is appended.
    for (let i = 0; i < this.outbox.length; i += 1) (this.outbox[i] as () => void)();
    this.outbox.length = 0;
  }

  private callsBetween(a: string, b: string): Call[] {
    const calls: Call[] = [];
    for (const process of this.processes.values()) {
      for (const call of process.calls) {
        const from = call.caller.machine;
        if (call.caller !== process) continue;
        if ((from === a && call.peer === b) || (from === b && call.peer === a)) calls.push(call);
      }
    }
    return calls;
  }
}
