/**
 * How the run moves in real time: paused, one hop after another at a pace to watch, live at some speed, or as fast as
 * possible until quiet. It knows no clock: the host says how much real time has passed and when it wants control back,
 * so that the host's event loop is never held longer than it allows.
 */
import type { Breakpoint, Moment } from '../protocol/time';
import type { RunMode, RunState } from '../protocol/view';
import type { Simulation } from '../sim/simulation';
import type { History } from './history/history';

/** Real milliseconds that one hop takes to watch at speed 1. */
export const hopDurationMs = 500;
/** Events handled between two looks at whether the host wants control back. */
const eventsPerLook = 4;
/** When the host was away (a sleeping laptop), at most this much real time is caught up with. */
const catchUpMs = 250;
/** How far the run may be ahead of the clock for the sake of a quick answer, in virtual milliseconds at speed 1. */
const aheadMs = 1_000;
/** Looking for the next hop gives up after this much virtual time without one. */
const hopSearchMs = 3_600_000;
/** A fast run ends by itself after this much virtual time, should it never become quiet. */
const fastLimitMs = 600_000;

export class RunControl {
  private mode: RunMode = 'live';
  private speed = 1;
  private hopCredit = 0;
  private targetMs = 0;
  private fastEndMs = 0;
  /** What a fast run waits for instead of quiet. */
  private awaited: Breakpoint | undefined;
  private met: Moment | undefined;
  /** What a fast run returns to when it is quiet. */
  private after: { readonly mode: RunMode; readonly speed: number } = { mode: 'live', speed: 1 };

  constructor(
    private readonly sim: Simulation,
    private readonly history: History,
  ) {}

  get state(): RunState {
    return { mode: this.mode, speed: this.speed, quiet: this.sim.quiet };
  }

  /** Changes how the run moves. A fast run returns by itself to the mode it was started from. */
  set(mode: RunMode, speed: number): void {
    if (mode === 'fast' && this.mode !== 'fast') this.after = { mode: this.mode, speed: this.speed };
    this.mode = mode;
    this.speed = speed;
    this.awaited = undefined;
    this.hopCredit = 0;
    this.targetMs = this.sim.nowMs;
    this.fastEndMs = this.sim.nowMs + fastLimitMs;
  }

  /**
   * Goes on to the next stop and stays paused: to the next hop that is not background, or while all is quiet to the
   * next one at all, such as a lease renewal.
   */
  step(): boolean {
    this.set('paused', this.speed);
    const { history } = this;
    const before = history.stopCount;
    return this.sim.runUntilTrue(() => history.stopCount > before, hopSearchMs);
  }

  /**
   * Runs as fast as possible until a hop comes that the breakpoint asks for, and pauses there. When none comes for ten
   * minutes of virtual time, it goes on as before.
   */
  runTo(breakpoint: Breakpoint): void {
    this.set('fast', 1);
    this.awaited = breakpoint;
    this.met = undefined;
  }

  /** The moment at which the breakpoint was met that was last waited for; undefined while it was not. */
  get metAt(): Moment | undefined {
    return this.met;
  }

  /** Moves on for `realMs` of real time, or until `overdue` says that the host wants control back. */
  advance(realMs: number, overdue: () => boolean): void {
    const passedMs = Math.min(realMs, catchUpMs);
    switch (this.mode) {
      case 'paused': return;
      case 'hops': return this.advanceHops(passedMs, overdue);
      case 'live': return this.advanceLive(passedMs, overdue);
      case 'fast': return this.advanceFast(overdue);
    }
  }

  private advanceHops(realMs: number, overdue: () => boolean): void {
    this.hopCredit = Math.min(4, this.hopCredit + (realMs * this.speed) / hopDurationMs);
    while (this.hopCredit >= 1 && !overdue()) {
      if (!this.sim.quiet) this.sim.runOneHop(hopSearchMs);
      this.hopCredit -= 1;
    }
  }

  /**
   * Runs ahead of the clock until somebody outside has the answer that he waits for, a little at most. The clock makes
   * up for it afterwards. Does nothing while the run is paused or watched hop by hop: then the answer takes its time.
   */
  hasten(answered: () => boolean, overdue: () => boolean): void {
    if (this.mode !== 'live') return;
    const { sim } = this;
    const endMs = this.targetMs + aheadMs * Math.max(1, this.speed);
    while (!answered()) {
      for (let i = 0; i < eventsPerLook && !answered(); i += 1) {
        const nextMs = sim.nextEventMs;
        if (nextMs === undefined || nextMs > endMs) return;
        sim.runOne();
      }
      if (overdue()) return;
    }
  }

  private advanceLive(realMs: number, overdue: () => boolean): void {
    // A run that cannot keep up slows down instead of owing ever more time; one that is ahead waits for the clock.
    const behindMs = this.targetMs - this.sim.nowMs;
    const fromMs = behindMs < 0 ? this.targetMs : this.sim.nowMs + Math.min(behindMs, catchUpMs * this.speed);
    this.targetMs = fromMs + realMs * this.speed;
    // Moments are whole milliseconds: a fraction that is added to a long run may be lost in rounding, and whoever waits
    // for the rest of it would wait for ever.
    const untilMs = Math.floor(this.targetMs);
    while (!this.sim.runUntil(untilMs, eventsPerLook)) if (overdue()) return;
  }

  private advanceFast(overdue: () => boolean): void {
    if (this.awaited) return this.advanceTo(this.awaited, overdue);
    while (!this.sim.quiet && this.sim.nowMs < this.fastEndMs) {
      for (let i = 0; i < eventsPerLook && !this.sim.quiet; i += 1) this.sim.runOne();
      if (overdue()) return;
    }
    this.set(this.after.mode, this.after.speed);
  }

  /** Does not end when all is quiet: the breakpoint may ask for background work. */
  private advanceTo(breakpoint: Breakpoint, overdue: () => boolean): void {
    const { sim, history } = this;
    while (sim.nowMs < this.fastEndMs) {
      for (let i = 0; i < eventsPerLook; i += 1) {
        const { length } = sim.trace;
        if (!sim.runOne()) break;
        this.met = history.find(breakpoint, length);
        if (this.met) return this.set('paused', this.after.speed);
      }
      if (overdue()) return;
    }
    this.set(this.after.mode, this.after.speed);
  }
}
