/**
 * How one cluster moves: quickly while it boots, so that one sees it come up without waiting, then at the pace that its
 * user wants; paused and resumed in between. It only sets the run control; the driver moves it.
 */
import type { Breakpoint } from '../protocol/time';
import type { RunMode, RunState } from '../protocol/view';

/** As much of a cluster as its pace depends on. */
export interface PacedCluster {
  readonly control: {
    readonly state: RunState;
    set(mode: RunMode, speed: number): void;
    step(): boolean;
    runTo(breakpoint: Breakpoint): void;
  };
  readonly createStep: string;
  readonly isUp: boolean;
  readonly nowMs: number;
}

/** Modes that last; `fast` ends by itself and `paused` is the absence of one. */
export interface LastingPace {
  readonly mode: 'live' | 'hops';
  readonly speed: number;
}

/** A cluster that is not up after so much virtual time will not come up (no CNI, say) and counts as booted. */
const bootLimitMs = 300_000;
/** Whether all is ready is looked up at most so often, in virtual time: it reads the whole cluster. */
const lookEveryMs = 250;
/** When the fast run stands still although the cluster is not up: something waits for its time. */
const waitingSpeed = 60;

export class Pace {
  private isBooting: boolean;
  private lookAtMs = 0;

  /** `bootSpeed` 0 is as fast as possible. */
  constructor(
    private readonly cluster: PacedCluster,
    private readonly bootSpeed: number,
    private wanted: LastingPace,
  ) {
    // A cluster that comes back after a reload may have booted long ago.
    this.isBooting = cluster.createStep !== 'done';
    this.resume();
  }

  /** True until everything that the cluster starts with is ready, or its user took the pace into their hands. */
  get booting(): boolean {
    return this.isBooting;
  }

  get paused(): boolean {
    return this.cluster.control.state.mode === 'paused';
  }

  pause(): void {
    this.cluster.control.set('paused', this.cluster.control.state.speed);
  }

  resume(): void {
    const { control } = this.cluster;
    if (!this.isBooting) control.set(this.wanted.mode, this.wanted.speed);
    else if (this.bootSpeed === 0) control.set('fast', 1);
    else control.set('live', this.bootSpeed);
  }

  /** One hop, then paused; false when nothing happens any more. */
  step(): boolean {
    return this.cluster.control.step();
  }

  /** Runs at this pace from now on. */
  choose(pace: LastingPace): void {
    this.isBooting = false;
    this.wanted = pace;
    this.resume();
  }

  /** As fast as possible until only background work is left; then as before. */
  hurry(): void {
    const { control } = this.cluster;
    if (this.paused) control.set(this.wanted.mode, this.wanted.speed);
    control.set('fast', 1);
  }

  /** As fast as possible until only background work is left; paused before, it is paused afterwards. */
  untilQuiet(): void {
    this.takeOver();
    this.cluster.control.set('fast', 1);
  }

  /** As fast as possible until a hop comes that the breakpoint asks for, and paused there. */
  runTo(breakpoint: Breakpoint): void {
    this.takeOver();
    this.cluster.control.runTo(breakpoint);
  }

  /** Its user knows where the run is to end: the end of the boot must not change that. */
  private takeOver(): void {
    if (!this.isBooting) return;
    this.isBooting = false;
    if (!this.paused) this.resume();
  }

  /** The pace that applies once the boot is over. */
  setWanted(pace: LastingPace): void {
    this.wanted = pace;
    if (!this.isBooting && this.cluster.control.state.mode === 'live') this.resume();
  }

  /** To be called after each slice: ends the boot when all is ready. */
  afterSlice(): void {
    const { cluster } = this;
    if (!this.isBooting || cluster.nowMs < this.lookAtMs) return;
    const { mode } = cluster.control.state;
    // A fast run that has caught up looks at once, since its virtual time has come to rest.
    this.lookAtMs = mode === 'fast' ? 0 : cluster.nowMs + lookEveryMs;
    const up = cluster.createStep === 'done' && cluster.isUp;
    if (up || cluster.nowMs > bootLimitMs) {
      this.isBooting = false;
      if (mode !== 'paused') this.resume();
    } else if (this.bootSpeed === 0 && mode === 'live') {
      cluster.control.set('live', waitingSpeed);
    }
  }
}
