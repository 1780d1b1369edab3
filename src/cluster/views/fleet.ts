/**
 * The view of a cluster that is too large to be sent box by box: the fleet packed, and whole only the machines of the
 * control plane and the one that somebody looks at.
 */
import { nodeLetters, podLetters } from '../../protocol/fleet';
import type { FleetView, NodeLetter } from '../../protocol/fleet';
import type { ClusterView, NodeView, PodHealth } from '../../protocol/view';

/** From so many nodes on a cluster is shown as a fleet. */
export const fleetFrom = 601;
/** Pods without a node, and pods of one node, that are sent one by one. */
const mostPods = 300;
const healths = Object.keys(podLetters) as readonly PodHealth[];

/** The view as it is sent to the diagram: itself, or with the fleet in place of most nodes. `focus` is a box. */
export function aggregated(view: ClusterView, focus?: string): ClusterView {
  if (view.nodes.length < fleetFrom) return view;
  const isWanted = (node: NodeView): boolean => node.controlPlane || isOn(node, focus);
  return {
    ...view,
    fleet: fleetOf(view),
    unboundPods: view.unboundPods.slice(0, mostPods),
    nodes: view.nodes
      .filter(isWanted)
      .map((node) => (node.pods.length > mostPods ? { ...node, pods: node.pods.slice(0, mostPods) } : node)),
  };
}

/** Whether a box is this node, or something on it. */
function isOn({ name, pods }: NodeView, box: string | undefined): boolean {
  if (box === undefined) return false;
  if (box === `node/${name}` || box.endsWith(`@${name}`)) return true;
  const [kind, namespace, pod] = box.split('/');
  return (
    (kind === 'pod' || kind === 'container') && pods.some((one) => one.namespace === namespace && one.name === pod)
  );
}

function fleetOf({ nodes, unboundPods }: ClusterView): FleetView {
  const zones: string[] = [];
  const zone = nodes.map(({ labels }) => {
    const name = labels['topology.kubernetes.io/zone'] ?? '';
    const at = zones.indexOf(name);
    return at >= 0 ? at : zones.push(name) - 1;
  });
  return {
    names: nodes.map(({ name }) => name), health: nodes.map(letterOf).join(''), pods: nodes.map(countsOf),
    room: nodes.map(({ capacity }) => Number(capacity['pods'] ?? 110)), zone, zones, unbound: unboundPods.length,
  };
}

function letterOf({ poweredOn, health, status }: NodeView): NodeLetter {
  if (!poweredOn) return nodeLetters.off;
  return health === 'ready' && status.includes('SchedulingDisabled') ? nodeLetters.cordoned : nodeLetters[health];
}

function countsOf({ pods }: NodeView): string {
  const counts = new Map<PodHealth, number>();
  for (const { health } of pods) counts.set(health, (counts.get(health) ?? 0) + 1);
  return healths
    .flatMap((health) => (counts.has(health) ? [`${counts.get(health)}${podLetters[health]}`] : []))
    .join('');
}
