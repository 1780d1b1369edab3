/** A process that runs: its program, where it lives, its open calls, its timers, and the host face it is given. */
import type { Call } from './calls';
import type { Program, SpawnOptions } from './process';
import type { QueuedEvent } from './event-queue';

export class Running {
  readonly id: string;
  readonly machine: string;
  readonly address: string;
  readonly program: Program;
  alive = true;
  readonly calls = new Set<Call>();
  readonly timers = new Set<QueuedEvent>();
  readonly sockets = new Set<() => void>();

  constructor(
    readonly options: SpawnOptions,
    machineAddress: string,
    /** The number of the process on its machine. */
    readonly pid: number,
  ) {
    this.id = options.id;
    this.machine = options.machine;
    this.address = options.address ?? machineAddress;
    this.program = options.program;
  }
}
