/**
 * Whether a pod that was bound to this node can run on it after all. Keeps a running sum of what the node's pods
 * request, so that a new pod costs no look at the others. Models pkg/kubelet/lifecycle/predicate.go.
 */
import { quantityMillis, quantityValue } from '../../api/quantity';
import { matchesRequiredAffinity } from '../../api/scheduling/node-affinity';
import type { Node, Pod } from '../../api/types';

/** Why a pod is refused; the message as the event prints it. */
export interface Verdict {
  readonly reason: string;
  readonly message: string;
}

const resources = ['cpu', 'memory'] as const;
type Requests = Readonly<Record<typeof resources[number], number>>;

export class Admission {
  private readonly held = new Map<string, Requests>();
  private readonly sums = { cpu: 0, memory: 0 };

  /** The pod takes its share of the node. */
  add(pod: Pod): void {
    this.remove(pod.metadata.uid);
    const requests = requestsOf(pod);
    this.held.set(pod.metadata.uid, requests);
    for (const resource of resources) this.sums[resource] += requests[resource];
  }

  /** The pod is over: its share is free. */
  remove(uid: string): void {
    const requests = this.held.get(uid);
    if (!requests) return;
    this.held.delete(uid);
    for (const resource of resources) this.sums[resource] -= requests[resource];
  }

  /** Why a pod that runs cannot have what it asks for now; undefined when it can. */
  resizeVerdict(pod: Pod, node: Node): Verdict | undefined {
    const { allocatable = {} } = node.status;
    const requests = requestsOf(pod);
    const held = this.held.get(pod.metadata.uid);
    const lacks = (resource: typeof resources[number]): boolean =>
      requests[resource] > valueOf(resource, allocatable[resource] ?? '0');
    const infeasible = lacks('memory') ? 'memory' : lacks('cpu') ? 'cpu' : undefined;
    if (infeasible) {
      const capacity = valueOf(infeasible, allocatable[infeasible] ?? '0');
      const numbers = `requested: ${requests[infeasible]}, capacity: ${capacity}`;
      return { reason: 'Infeasible', message: `Node didn't have enough capacity: ${infeasible}, ${numbers}` };
    }
    for (const resource of resources) {
      const capacity = valueOf(resource, allocatable[resource] ?? '0');
      const used = this.sums[resource] - (held?.[resource] ?? 0);
      if (requests[resource] <= capacity - used) continue;
      return { reason: 'Deferred', message: lacking(resource, requests[resource], used, capacity).message };
    }
    return undefined;
  }

  /** Why the kubelet refuses a pod that has no share yet; undefined when it may run. */
  verdict(pod: Pod, node: Node): Verdict | undefined {
    const { allocatable = {} } = node.status;
    const requests = requestsOf(pod);
    const allowed = quantityValue(allocatable['pods'] ?? '110');
    if (this.held.size + 1 > allowed) return lacking('pods', 1, this.held.size, allowed);
    for (const resource of resources) {
      const capacity = valueOf(resource, allocatable[resource] ?? '0');
      const requested = requests[resource];
      const used = this.sums[resource];
      if (requested > 0 && requested > capacity - used) return lacking(resource, requested, used, capacity);
    }
    if (matchesRequiredAffinity(pod.spec, node)) return undefined;
    const why = "node(s) didn't match Pod's node affinity/selector";
    return { reason: 'NodeAffinity', message: `Predicate NodeAffinity failed: ${why}` };
  }
}

function lacking(resource: string, requested: number, used: number, capacity: number): Verdict {
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message: `Node didn't have enough resource: ${resource}, ${numbers}` };
}

/** Millicores of cpu, bytes of memory. */
function valueOf(resource: typeof resources[number], text: string): number {
  return resource === 'cpu' ? quantityMillis(text) : quantityValue(text);
}

/** What the pod requests: containers with sidecars, or the greediest init container with the sidecars before it. */
function requestsOf({ spec }: Pod): Requests {
  const total = { cpu: 0, memory: 0 };
  for (const resource of resources) {
    const of = (container: Pod['spec']['containers'][number]): number =>
      valueOf(resource, container.resources?.requests?.[resource] ?? '0');
    let sidecars = 0;
    let greediest = 0;
    for (const container of spec.initContainers ?? []) {
      if (container.restartPolicy === 'Always') sidecars += of(container);
      else greediest = Math.max(greediest, sidecars + of(container));
    }
    const together = spec.containers.reduce((sum, container) => sum + of(container), sidecars);
    total[resource] = Math.max(together, greediest) + valueOf(resource, spec.overhead?.[resource] ?? '0');
  }
  return total;
}
