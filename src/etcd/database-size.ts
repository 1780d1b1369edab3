/**
 * The size of the database in bytes, as bbolt's file would have it: compaction frees space inside the file, new data
 * takes free space first, only defragmentation shrinks it. Values are measured late and in order, so that a put never
 * serialises anything; the figure is the same whenever it is asked. Page granularity of bbolt is not modelled.
 */
import { holdsValue, type KeyVersion } from './key-index';

/** What a version takes besides key and value: revision key 17, leaf element 16, field headers and numbers about 15. */
export const versionOverheadBytes = 48;
/** More unmeasured versions than this are worked off while puts go on, two for each. */
const unmeasuredLimit = 8_192;
/** What an unmeasured value counts as in the quick check against the quota; most take 3 kB. */
const assumedBytes = 65_536;

/** Bytes of one stored version. Measures a value whose size is not a number: for the inspection, not for hot paths. */
export function versionBytes(version: KeyVersion): number {
  const base = versionOverheadBytes + version.key.length;
  if (!holdsValue(version)) return base;
  return base + (typeof version.bytes === 'number' ? version.bytes : version.bytes(version.value));
}

/** A step in the file's life that is not measured yet: a version was added, or versions were dropped. */
type Step = KeyVersion | { readonly dropped: readonly KeyVersion[] };

export class DatabaseSize {
  private file = 0;
  private used = 0;
  private readonly steps: Step[] = [];
  private next = 0;

  add(version: KeyVersion): void {
    this.steps.push(version);
    const known = !holdsValue(version) || typeof version.bytes === 'number';
    const bytes = holdsValue(version) ? version.bytes : 0;
    if (typeof bytes === 'number' && bytes > assumedBytes) this.measure(this.unmeasured);
    else if (known && this.unmeasured === 1) this.measure(1);
    else if (this.unmeasured > unmeasuredLimit) this.measure(2);
  }

  drop(versions: readonly KeyVersion[]): void {
    if (versions.length > 0) this.steps.push({ dropped: versions });
  }

  /** Bytes of the file. */
  get fileBytes(): number {
    this.measure(this.unmeasured);
    return this.file;
  }

  /** Bytes of the file that hold data. */
  get usedBytes(): number {
    this.measure(this.unmeasured);
    return this.used;
  }

  /** Whether that much more fits below the limit; measures everything only when it is close. */
  fits(moreBytes: number, limitBytes: number): boolean {
    if (this.file + this.unmeasured * assumedBytes + moreBytes < limitBytes) return true;
    return this.fileBytes + moreBytes < limitBytes;
  }

  /** Gives free space back. */
  defragment(): void {
    this.file = this.usedBytes;
  }

  private get unmeasured(): number {
    return this.steps.length - this.next;
  }

  private measure(count: number): void {
    for (const end = this.next + count; this.next < end; this.next += 1) {
      const step = this.steps[this.next] as Step;
      if ('dropped' in step) {
        for (const version of step.dropped) this.used -= versionBytes(version);
      } else {
        this.used += versionBytes(step);
        this.file = Math.max(this.file, this.used);
      }
    }
    if (this.next < this.steps.length && this.next < unmeasuredLimit) return;
    this.steps.splice(0, this.next);
    this.next = 0;
  }
}
