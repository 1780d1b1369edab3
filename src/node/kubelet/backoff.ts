/** Exponential back-off per key, as the kubelet uses it for restarts and image pulls: 10 s doubling to 5 minutes. */

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

  /** The present delay of a key in milliseconds; 0 when it has none. */
  delay(key: string): number {
    return this.entries.get(key)?.delayMs ?? 0;
  }

  /** A failure, or a restart after one: the next try will have to wait longer. */
  next(key: string, nowMs: number): void {
    const entry = this.entries.get(key);
    if (!entry || nowMs - entry.updatedMs > forgetMs) this.entries.set(key, { delayMs: firstMs, updatedMs: nowMs });
    else {
      entry.delayMs = Math.min(lastMs, entry.delayMs * 2);
      entry.updatedMs = nowMs;
    }
  }

  /** Forgets all keys that begin with the prefix: the pod is gone. */
  reset(prefix: string): void {
    for (const key of [...this.entries.keys()]) if (key.startsWith(prefix)) this.entries.delete(key);
  }
}
