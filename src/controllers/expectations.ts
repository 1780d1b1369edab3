/**
 * What a controller has asked for and not yet seen in its informers. As long as something is outstanding it does not
 * count again, or it would create the same pods twice from a stale view. Models pkg/controller's
 * UIDTrackingControllerExpectations.
 */

/** After this time a controller acts on what it sees although something never arrived. */
const timeoutMs = 300_000;

interface Expected {
  creations: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

export class Expectations {
  private readonly expected = new Map<string, Expected>();

  /** `now` gives the virtual time in milliseconds. */
  constructor(private readonly now: () => number) {}

  /** Whether everything asked for under this key has been seen, or has been waited for long enough. */
  satisfied(key: string): boolean {
    const entry = this.expected.get(key);
    if (!entry) return true;
    return (entry.creations <= 0 && entry.deletions.size === 0) || this.now() - entry.sinceMs > timeoutMs;
  }

  /** Replaces what was expected under this key: so many new objects, and the objects of these uids gone. */
  expect(key: string, creations: number, deletions: readonly string[] = []): void {
    this.expected.set(key, { creations, deletions: new Set(deletions), sinceMs: this.now() });
  }

  /** A new object was seen, or will never come because creating it failed. */
  creationObserved(key: string | undefined, count = 1): void {
    const entry = key === undefined ? undefined : this.expected.get(key);
    if (entry) entry.creations -= count;
  }

  /** An object is gone or on its way, or could not be deleted. */
  deletionObserved(key: string | undefined, uid: string): void {
    if (key !== undefined) this.expected.get(key)?.deletions.delete(uid);
  }

  forget(key: string): void {
    this.expected.delete(key);
  }
}
