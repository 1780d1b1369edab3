/**
 * Makes of many reasons to do something one deed: the first comes at once, further ones within the interval are done
 * together when it is over. Without VS Code and without a clock of its own.
 */
import type { RealTime } from '../driver';

export class Coalesced {
  private cancel: (() => void) | undefined;
  private lastMs = -Infinity;

  /** `intervalMs` may change from call to call, for a deed that becomes more expensive. */
  constructor(
    private readonly time: RealTime,
    private readonly intervalMs: () => number,
    private readonly deed: () => void,
  ) {}

  /** Asks for the deed. */
  request(): void {
    if (this.cancel) return;
    const waitMs = this.lastMs + this.intervalMs() - this.time.nowMs();
    if (waitMs <= 0) return this.now();
    this.cancel = this.time.after(waitMs, () => this.now());
  }

  /** Does it at once, and what was asked for with it. */
  now(): void {
    this.dispose();
    this.lastMs = this.time.nowMs();
    this.deed();
  }

  /** Does at once what was asked for and waits; nothing otherwise. */
  flush(): void {
    if (this.cancel) this.now();
  }

  /** Forgets what was asked for. */
  dispose(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}

/** Waits until nothing was asked for during `quietMs`, then does it once: for what follows typing. */
export class Settled {
  private cancel: (() => void) | undefined;

  constructor(
    private readonly time: RealTime,
    private readonly quietMs: number,
    private readonly deed: () => void,
  ) {}

  request(): void {
    this.dispose();
    this.cancel = this.time.after(this.quietMs, () => {
      this.cancel = undefined;
      this.deed();
    });
  }

  dispose(): void {
    this.cancel?.();
    this.cancel = undefined;
  }
}
