/** A fleet of so many nodes, as the host sends it: a few of them in trouble. */
import { aggregated } from '../../src/cluster/views/fleet';
import type { ClusterView } from '../../src/protocol/view';
import { cluster, node, pod, suffix } from './fixtures';

/** With so many pods on each node; `round` makes the states of another moment. */
export function fleet(nodes: number, podsEach: number, round = 0): ClusterView {
  const workers = Array.from({ length: nodes - 1 }, (_, index) => {
    const pods = Array.from({ length: podsEach }, (_unused, at) =>
      pod(`shop-59d8c-${suffix(index * podsEach + at)}`, (index * podsEach + at + round) % 173 === 0 ? 'failed' : 'ready'));
    const made = node(`kind-worker${index === 0 ? '' : index + 1}`, { index: index % 250, pods });
    const state = (index + round) % 211 === 7 ? 'notReady' as const : (index + round) % 307 === 3 ? 'unknown' as const : 'ready' as const;
    const labels = { 'topology.kubernetes.io/zone': `zone-${'abc'[index % 3] ?? ''}` };
    return { ...made, health: state, status: state === 'ready' ? 'Ready' : 'NotReady', labels };
  });
  return aggregated(cluster([node('kind-control-plane', { controlPlane: true, leader: true }), ...workers], { revision: 412 + round }));
}
