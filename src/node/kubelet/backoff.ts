/**
 * Exponential back-off per key, as the kubelet uses it for restarts and image pulls: 10 s doubling to 5 minutes. Models
 * client-go's util/flowcontrol.Backoff.
 */

const firstMs = 10_000;
const lastMs = 300_000;
/** Without a failure for this long, the next one starts from the beginning (twice the longest back-off). */
const forgetMs = 600_000;

interface Entry {
  delayMs: number;
  updatedMs: number;
}

export class BackOff {
  private readonly entries = new Map<string, Entry>();

  /** How long to wait before the next try when the last one ended at `eventMs`; 0 when it may be tried now. */
  remaining(key: string, eventMs: number, nowMs: number): number {
    const entry = this.entries.get(key);
    if (!entry || eventMs - entry.updatedMs > forgetMs) return 0;
    return Math.max(0, eventMs + entry.delayMs - nowMs);
  }

  /** How long to wait when the last try ended as the key was last updated; 0 when it may be tried now. */
  sinceUpdate(key: string, nowMs: number): number {
    const entry = this.entries.get(key);
    return entry ? Math.max(0, entry.updatedMs + entry.delayMs - nowMs) : 0;
  }

  /** The present delay of a key in milliseconds; 0 when it has none. */
  delay(key: string): number {
    return this.entries.get(key)?.delayMs ?? 0;
  }

  /** Tries again now after the failure at `eventMs`: should this fail too, the wait will be longer. */
  next(key: string, eventMs: number, nowMs: number): void {
    const entry = this.entries.get(key);
    const fresh = !entry || eventMs - entry.updatedMs > forgetMs;
    const delayMs = fresh ? firstMs : Math.min(lastMs, entry.delayMs * 2);
    this.entries.set(key, { delayMs, updatedMs: nowMs });
  }

  /** Forgets a key: what it stood for is gone. */
  forget(key: string): void {
    this.entries.delete(key);
  }
}
