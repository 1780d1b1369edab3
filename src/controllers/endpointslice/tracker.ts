/**
 * The slices that this controller has written, with their generations: it tells the echo of an own write from another's
 * hand, and a store that is behind from one that is current. Models endpointslice/util/endpointslice_tracker.go.
 */
import type { EndpointSlice } from '../../api/types';

export class SliceTracker {
  private readonly generations = new Map<string, Map<string, number>>();

  /** Remembers what a Service's slice was written as. */
  written(service: string, slice: EndpointSlice): void {
    const known = this.generations.get(service);
    const { name, generation = 0 } = slice.metadata;
    if (known) known.set(name, generation);
    else this.generations.set(service, new Map([[name, generation]]));
  }

  removed(service: string, name: string): void {
    this.generations.get(service)?.delete(name);
  }

  forget(service: string): void {
    this.generations.delete(service);
  }

  /** Whether a slice is not as it was written: it is newer, or nobody here wrote it. */
  isForeign(service: string, slice: EndpointSlice): boolean {
    const known = this.generations.get(service)?.get(slice.metadata.name);
    return known === undefined || (slice.metadata.generation ?? 0) > known;
  }

  has(service: string, name: string): boolean {
    return this.generations.get(service)?.has(name) ?? false;
  }

  /** Whether a store is behind what was written: a slice is missing or older. */
  isAheadOf(service: string, slices: readonly EndpointSlice[]): boolean {
    const known = this.generations.get(service);
    if (!known) return false;
    const shown = new Map(slices.map((slice) => [slice.metadata.name, slice]));
    for (const [name, generation] of known) {
      const slice = shown.get(name);
      if (!slice || (slice.metadata.generation ?? 0) < generation) return true;
    }
    return false;
  }
}
