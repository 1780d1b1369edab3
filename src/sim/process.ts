/**
 * What a program of the simulation looks like from both sides: what it implements, and what the simulation offers it.
 * A program reaches nothing but its host. Whatever it sends leaves after its handler has returned.
 */
import type { RandomStream } from '../base/random';
import type { Channel, ProcessId, Subject } from '../protocol/trace';
import type { NewHop } from './trace';

/** A program: API server, kubelet, nginx. All state is its own; a restart is a new object. */
export interface Program {
  /** Called once when the process begins. */
  start(host: ProcessHost): void;
  /** Called for each call that arrives at one of the addresses this process listens on. */
  serve?(call: IncomingCall): void;
  /** SIGTERM: the program should end by itself soon (`host.exit`). Without it, the process ends at once with 143. */
  terminate?(): void;
}

/** A call as the server sees it: a request to answer once, or a stream to feed until it ends. */
export interface IncomingCall {
  readonly from: ProcessId;
  /** The address of the caller's machine, as a server sees its peer. */
  readonly fromMachine: string;
  /** The address and port that the caller dialled, after any translation by service rules. */
  readonly port: string;
  readonly channel: Channel;
  readonly subject: Subject;
  readonly payload: unknown;
  /** False once the caller has gone or the call was answered. */
  readonly open: boolean;
  /** Answers and closes the call. */
  reply(payload: unknown, subject: Subject): void;
  /** Sends one event of a stream; the call stays open. With `foreground` it counts as a change in any case. */
  event(payload: unknown, subject: Subject, options?: { foreground?: boolean }): void;
  /** Breaks the connection without an answer: the caller's call fails with `reset`. */
  reset(): void;
  /** Called with each message that the caller sends after its request, as standard input does. */
  onMessage(listener: (payload: unknown) => void): void;
  /** Called when the caller hangs up or the connection is lost. */
  onClose(listener: () => void): void;
}

/** How a call ended without an answer. */
export type CallFailure = 'refused' | 'unreachable' | 'timeout' | 'reset';

export type CallResult =
  | { readonly ok: true; readonly payload: unknown; readonly subject: Subject }
  | { readonly ok: false; readonly failure: CallFailure; readonly address: string };

export interface OutgoingCall {
  /** `host:port`, `10.96.0.1:443`, or `unix:///path` on the own machine. */
  readonly to: string;
  readonly channel: Channel;
  readonly subject: Subject;
  readonly payload: unknown;
  /** Ends the call with `timeout` when no answer came by then; a stream has none. */
  readonly timeoutMs?: number;
}

export interface CallHandlers {
  onResult(result: CallResult): void;
  onEvent?(payload: unknown, subject: Subject): void;
}

/** Ends something early; doing it twice or too late does nothing. */
export interface Cancel {
  cancel(): void;
}

/** The caller's end of a call. */
export interface CallHandle extends Cancel {
  /** Sends one more message to the server while the call is open; it arrives in order. */
  send(payload: unknown, subject: Subject): void;
}

export interface TimerOptions {
  /** Set for what goes on while nothing changes; default: as the work that sets the timer. */
  readonly background?: boolean;
}

/** What the simulation offers to one process. */
export interface ProcessHost {
  readonly id: ProcessId;
  /** The machine's name: a node's name, `client`. */
  readonly machine: string;
  /** The address of the network namespace the process lives in: the machine's, or its pod's. */
  readonly address: string;
  /** False once the process has ended: for what outlives it, such as a log shared with other processes. */
  readonly alive: boolean;
  /** Virtual milliseconds since the start of the run. */
  readonly nowMs: number;
  /** The wall clock inside the simulation, in milliseconds since 1970: what objects' timestamps are made of. */
  readonly wallMs: number;
  /** A stream of random numbers of this process' own. */
  random(stream: string): RandomStream;
  /** Takes calls on a port (`6443`) of the own address, or on a Unix socket (`unix:///run/x.sock`). */
  listen(port: number | string): Cancel;
  call(call: OutgoingCall, handlers: CallHandlers): CallHandle;
  after(delayMs: number, run: () => void, options?: TimerOptions): Cancel;
  /**
   * Records what happens inside this process (a stage, a decision) and gives the hop's id. Takes the object over and
   * fills in the rest.
   */
  record(hop: Pick<NewHop, 'kind' | 'subject'> & Record<string, unknown>): number;
  /** Runs the function as a foreground change although its cause is background work. */
  foreground(run: () => void): void;
  /** Ends this process. */
  exit(code: number): void;
}

/** How a process is started by whoever runs programs on a machine: systemd, a container runtime, a user. */
export interface SpawnOptions {
  readonly id: ProcessId;
  readonly machine: string;
  readonly program: Program;
  /** Own network namespace (a pod's address) instead of the machine's. */
  readonly address?: string;
  /** Called when the process has ended, with its exit code: 137 when it was killed, 143 when it was terminated. */
  readonly onExit?: (code: number) => void;
}

/** What a process supervisor may do on its own machine. The composition root hands it to systemd and to runtimes. */
export interface ProcessTable {
  spawn(options: SpawnOptions): void;
  isRunning(id: ProcessId): boolean;
  /** SIGTERM. */
  terminate(id: ProcessId): void;
  /** SIGKILL: the process ends now with 137. */
  kill(id: ProcessId): void;
}
