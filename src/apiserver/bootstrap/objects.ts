/**
 * The other objects that an API server writes when it starts: the two built-in priority classes and the four system
 * namespaces. Models pkg/apis/scheduling/v1/helpers.go (SystemPriorityClasses) and the system namespaces controller of
 * pkg/controlplane. Flow schemas and APIServices have files of their own.
 */
import { deepFreeze } from '../../base/freeze';
import type { Namespace, NewObject, PriorityClass } from '../../api/types';

/** Value of system-node-critical, the highest there is. */
export const systemNodeCriticalPriority = 2_000_001_000;
/** Value of system-cluster-critical; user-defined classes stay at or below one half of it. */
export const systemClusterCriticalPriority = 2_000_000_000;

function priorityClass(name: string, value: number, description: string): NewObject<PriorityClass> {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    preemptionPolicy: 'PreemptLowerPriority',
    description,
  };
}

/** The built-in priority classes. Frozen. */
export function defaultPriorityClasses(): readonly NewObject<PriorityClass>[] {
  return deepFreeze([
    priorityClass(
      'system-node-critical', systemNodeCriticalPriority,
      'Used for system critical pods that must not be moved from their current node.',
    ),
    priorityClass(
      'system-cluster-critical', systemClusterCriticalPriority,
      'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    ),
  ]);
}

/** The namespaces of every cluster, in the order in which the API server makes them. Frozen. */
export function defaultNamespaces(): readonly NewObject<Namespace>[] {
  const names = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
  return deepFreeze(names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} })));
}
