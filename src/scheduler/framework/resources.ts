/**
 * Amounts of resources as plain numbers: CPU in thousandths of a core, memory and storage in bytes, the rest in units.
 * Models scheduler framework Resource and component-helpers' PodRequests.
 */
import { quantityMillis, quantityValue } from '../../api/quantity';
import type { Container, PodSpec } from '../../api/types';

export interface Resources {
  milliCpu: number;
  memoryBytes: number;
  ephemeralBytes: number;
  /** Extended resources and huge pages by name. */
  readonly scalars: Map<string, number>;
}

/** What a container without requests counts for in scores only (util/pod_resources.go). */
export const defaultMilliCpu = 100;
export const defaultMemoryBytes = 200 * 1024 * 1024;

export function noResources(): Resources {
  return { milliCpu: 0, memoryBytes: 0, ephemeralBytes: 0, scalars: new Map() };
}

/** A resource list of the API as numbers; `pods` is left out. */
export function resourcesOf(list: Readonly<Record<string, string>> | undefined): Resources {
  const sum = noResources();
  for (const name in list) {
    const text = list[name] as string;
    if (name === 'cpu') sum.milliCpu = quantityMillis(text);
    else if (name === 'memory') sum.memoryBytes = quantityValue(text);
    else if (name === 'ephemeral-storage') sum.ephemeralBytes = quantityValue(text);
    else if (name !== 'pods') sum.scalars.set(name, quantityValue(text));
  }
  return sum;
}

/** Adds `other` times `sign` in place. */
export function addResources(sum: Resources, other: Resources, sign: 1 | -1 = 1): void {
  sum.milliCpu += sign * other.milliCpu;
  sum.memoryBytes += sign * other.memoryBytes;
  sum.ephemeralBytes += sign * other.ephemeralBytes;
  for (const [name, amount] of other.scalars) sum.scalars.set(name, (sum.scalars.get(name) ?? 0) + sign * amount);
}

/** What a pod asks for: the greater of all its containers together and what its init containers need on the way. */
export function podRequests(spec: PodSpec, ofContainer: (container: Container) => Resources): Resources {
  const total = noResources();
  for (const container of spec.containers) addResources(total, ofContainer(container));
  const sidecars = noResources();
  const peak = noResources();
  for (const container of spec.initContainers ?? []) {
    const own = ofContainer(container);
    if (container.restartPolicy === 'Always') {
      addResources(total, own);
      addResources(sidecars, own);
      maximize(peak, sidecars);
    } else {
      const together = noResources();
      addResources(together, sidecars);
      addResources(together, own);
      maximize(peak, together);
    }
  }
  maximize(total, peak);
  if (spec.overhead) addResources(total, resourcesOf(spec.overhead));
  return total;
}

/** Requests as scores count them: CPU and memory never less than the defaults where nothing is asked for. */
export function nonZeroRequests(container: Container): Resources {
  const requests = container.resources?.requests;
  const own = resourcesOf(requests);
  if (requests?.['cpu'] === undefined) own.milliCpu = defaultMilliCpu;
  if (requests?.['memory'] === undefined) own.memoryBytes = defaultMemoryBytes;
  return own;
}

/** Requests as written. */
export function plainRequests(container: Container): Resources {
  return resourcesOf(container.resources?.requests);
}

function maximize(sum: Resources, other: Resources): void {
  sum.milliCpu = Math.max(sum.milliCpu, other.milliCpu);
  sum.memoryBytes = Math.max(sum.memoryBytes, other.memoryBytes);
  sum.ephemeralBytes = Math.max(sum.ephemeralBytes, other.ephemeralBytes);
  for (const [name, amount] of other.scalars) sum.scalars.set(name, Math.max(sum.scalars.get(name) ?? 0, amount));
}
