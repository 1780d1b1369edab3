/**
 * The quality-of-service class of a pod, from the requests and limits of CPU and memory. Models ComputePodQOS of
 * pkg/apis/core/helper/qos.
 */
import { addQuantities, compareQuantities, quantity } from '../../quantity';
import type { Quantity } from '../../quantity';
import type { PodSpec, ResourceRequirements } from '../../types';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const computeResources = ['cpu', 'memory'] as const;
const zero = quantity('0');

/** The class that a pod of this spec has for its whole life. */
export function podQosClass(spec: PodSpec): QosClass {
  if (requirementsOf(spec).every(isEmpty)) return 'BestEffort';
  const requests = new Map<string, Quantity>();
  const limits = new Map<string, Quantity>();
  let isGuaranteed = true;
  for (const requirements of requirementsOf(spec)) {
    add(requests, requirements?.requests);
    if (add(limits, requirements?.limits) < computeResources.length) isGuaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  if (!isGuaranteed || requests.size !== limits.size) return 'Burstable';
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (limit === undefined || compareQuantities(limit, request) !== 0) return 'Burstable';
  }
  return 'Guaranteed';
}

function isEmpty(requirements: ResourceRequirements | undefined): boolean {
  return requirements?.limits === undefined && requirements?.requests === undefined;
}

/** Resources of the pod as a whole, when set, hide those of its containers. */
function requirementsOf(spec: PodSpec): readonly (ResourceRequirements | undefined)[] {
  const own = spec.resources;
  if (own?.limits !== undefined || own?.requests !== undefined) return [own];
  const init = spec.initContainers ?? [];
  return [...spec.containers, ...init].map((container) => container.resources);
}

/** Adds the positive amounts of CPU and memory; returns how many of the two there were. */
function add(sums: Map<string, Quantity>, list: Readonly<Record<string, string>> | undefined): number {
  if (list === undefined) return 0;
  let found = 0;
  for (const name of computeResources) {
    const text = list[name];
    if (text === undefined) continue;
    const amount = quantity(text);
    if (compareQuantities(amount, zero) <= 0) continue;
    found += 1;
    const sum = sums.get(name);
    sums.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
  return found;
}
