/** The boxes that the diagram has for a cluster, by which lessons highlight. */
import type { Cluster } from '../../../src/cluster/cluster';

export function boxesOf(cluster: Cluster): ReadonlySet<string> {
  const { nodes, unboundPods, loadBalancer } = cluster.view();
  const pods = [...nodes.flatMap((node) => node.pods), ...unboundPods];
  return new Set([
    'client@client',
    ...nodes.map(({ name }) => `node/${name}`),
    ...nodes.flatMap(({ components }) => components.map(({ id }) => id)),
    ...(loadBalancer ? [loadBalancer.id] : []),
    ...pods.map(({ namespace, name }) => `pod/${namespace}/${name}`),
  ]);
}
