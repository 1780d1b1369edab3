/**
 * Moves a run in real time: one timer that gives it slices of the host's event loop, short enough that the loop is
 * never held longer than 16 ms. It stops while the run is paused, slows down while nobody looks, and knows neither VS
 * Code nor the wall clock, so that tests drive it by hand.
 */
import type { RunState } from '../protocol/view';

/** A slice ends after this long; what a single event takes comes on top. */
const sliceMs = 8;
/** Between two slices of a run that cannot keep up: the loop's turn. */
const breathMs = 4;
/** Between two slices while somebody looks. */
const watchedMs = 33;
/** Between two slices while nobody looks; below the run's own limit for catching up, so no time is lost. */
const unwatchedMs = 200;
/** A timer that fires within this much of the wanted time is not set anew. */
const promptMs = 5;

/** What is moved: a cluster's run control. */
export interface Run {
  readonly state: RunState;
  advance(realMs: number, overdue: () => boolean): void;
}

/** The host's clock and timer. */
export interface RealTime {
  nowMs(): number;
  /** Calls once after that long; returns how to prevent it. */
  after(ms: number, call: () => void): () => void;
}

export interface DriverHooks {
  /** Whether somebody looks or waits, so that a smooth run is worth its price. */
  isWatched(): boolean;
  /** The run has moved on by one slice. */
  advanced(): void;
  /** The run broke: an assertion of the engine failed. It is not moved any more. */
  failed(error: unknown): void;
}

export class Driver {
  private run: Run | undefined;
  private cancel: (() => void) | undefined;
  private dueMs = Infinity;
  private lastMs = 0;

  constructor(
    private readonly time: RealTime,
    private readonly hooks: DriverHooks,
  ) {}

  /** Moves this run from now on instead of the former one; none with undefined. */
  drive(run: Run | undefined): void {
    this.stop();
    this.run = run;
    this.wake();
  }

  /** To be called when the run's mode changed, something was put into it, or somebody began to look. */
  wake(): void {
    const { run } = this;
    if (!run || isPaused(run)) return this.stop();
    if (!this.cancel) this.lastMs = this.time.nowMs();
    this.schedule(0);
  }

  /** Lets the run catch up with the clock at once; for whoever waits for it. */
  catchUp(): void {
    if (this.cancel) this.tick();
    else this.wake();
  }

  /** Ends for good. */
  dispose(): void {
    this.stop();
    this.run = undefined;
  }

  private stop(): void {
    this.cancel?.();
    this.cancel = undefined;
    this.dueMs = Infinity;
  }

  private schedule(delayMs: number): void {
    const dueMs = this.time.nowMs() + delayMs;
    if (this.cancel && this.dueMs <= dueMs + promptMs) return;
    this.stop();
    this.dueMs = dueMs;
    this.cancel = this.time.after(delayMs, () => this.tick());
  }

  private tick(): void {
    this.stop();
    const { run, time } = this;
    if (!run || isPaused(run)) return;
    const startMs = time.nowMs();
    const realMs = startMs - this.lastMs;
    this.lastMs = startMs;
    try {
      run.advance(realMs, () => time.nowMs() - startMs >= sliceMs);
    } catch (error) {
      this.run = undefined;
      return this.hooks.failed(error);
    }
    const usedMs = time.nowMs() - startMs;
    this.hooks.advanced();
    // A listener may have paused the run, or put another one in its place.
    if (this.run !== run || this.cancel || isPaused(run)) return;
    this.schedule(this.pauseAfter(run.state, usedMs));
  }

  private pauseAfter(state: RunState, usedMs: number): number {
    if (state.mode === 'fast' || usedMs >= sliceMs) return breathMs;
    return this.hooks.isWatched() ? watchedMs : unwatchedMs;
  }
}

function isPaused(run: Run): boolean {
  return run.state.mode === 'paused';
}
