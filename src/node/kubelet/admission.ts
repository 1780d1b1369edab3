/** Whether a pod that was bound to this node can run on it after all. Models pkg/kubelet/lifecycle/predicate.go. */
import { matchesRequiredAffinity } from '../../api/scheduling/node-affinity';
import { quantityMillis, quantityValue } from '../../api/quantity';
import type { Node, Pod } from '../../api/types';

export interface Verdict {
  readonly reason: string;
  readonly message: string;
}

const prefix = 'Pod was rejected: ';

/** Why the kubelet refuses the pod, or undefined. */
export function admissionVerdict(pod: Pod, others: readonly Pod[], node: Node | undefined): Verdict | undefined {
  if (!node) return undefined;
  if (!matchesRequiredAffinity(pod.spec, node)) {
    return { reason: 'NodeAffinity', message: `${prefix}Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector` };
  }
  const { allocatable = {} } = node.status;
  const allowed = quantityValue(allocatable['pods'] ?? '110');
  if (others.length + 1 > allowed) {
    return { reason: 'OutOfpods', message: `${prefix}Node didn't have enough resource: pods, requested: 1, used: ${others.length}, capacity: ${allowed}` };
  }
  for (const [resource, value] of [['cpu', quantityMillis], ['memory', quantityValue]] as const) {
    const requested = requestOf(pod, resource, value);
    const used = others.reduce((sum, other) => sum + requestOf(other, resource, value), 0);
    const capacity = value(allocatable[resource] ?? '0');
    if (requested > 0 && requested > capacity - used) {
      return {
        reason: `OutOf${resource}`,
        message: `${prefix}Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
      };
    }
  }
  return undefined;
}

function requestOf({ spec }: Pod, resource: string, value: (text: string) => number): number {
  const of = (list: typeof spec.containers) => list.map((c) => value(c.resources?.requests?.[resource] ?? '0'));
  const inits = spec.initContainers ?? [];
  const sidecars = inits.filter((container) => container.restartPolicy === 'Always');
  const sum = [...of(spec.containers), ...of(sidecars)].reduce((a, b) => a + b, 0);
  return Math.max(sum, ...of(inits), 0);
}
