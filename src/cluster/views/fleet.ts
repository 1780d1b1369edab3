/**
 * The view of a cluster that is too large to be sent box by box. Of large ones the pods are counted, except on the machines
 * of which a picture shows pods one by one; of very large ones the machines are packed as a fleet, and whole are only those
 * of the control plane and the one that somebody looks at. No picture is larger than a mebibyte.
 */
import { nodeLetters, podLetters } from '../../protocol/fleet';
import type { FleetView, NodeLetter } from '../../protocol/fleet';
import type { ClusterView, NodeView, PodHealth, PodView } from '../../protocol/view';

/** From so many nodes on a cluster is shown as a fleet. */
export const fleetFrom = 601;
/** Pods without a node, and pods of one node, that are sent one by one. */
const mostPods = 300;
/** How large a picture may be; hops and what somebody looks into come on top. */
const mostBytes = 780_000;
/** Bytes of a node, a pod, a container or component, and an entry of a map, without the words that are their own. */
const nodeBytes = 240;
const podBytes = 235;
const partBytes = 110;
const entryBytes = 6;
/** The views of workers and of Kubernetes' own picture show the pods of the first few. */
const wholeWorkers = 3;
const healths = Object.keys(podLetters) as readonly PodHealth[];

/** The view as it is sent to the diagram: itself, or with counts in place of most pods or nodes. `focus` is a box. */
export function aggregated(view: ClusterView, focus?: string): ClusterView {
  if (view.nodes.length < fleetFrom) return isHeavy(view) ? counted(view, focus) : view;
  const isWanted = (node: NodeView): boolean => node.controlPlane || isOn(node, focus);
  return {
    ...view,
    fleet: fleetOf(view),
    unboundPods: view.unboundPods.slice(0, mostPods),
    nodes: view.nodes.filter(isWanted).map(limited),
  };
}

/** Whether a view is too large to be sent whole; to write it out only to measure it would take longer. */
function isHeavy({ nodes, unboundPods }: ClusterView): boolean {
  let bytes = 0;
  for (const { components, labels, capacity, name, pods } of nodes) {
    bytes +=
      nodeBytes + 4 * name.length + components.length * partBytes + entriesBytes(labels) + entriesBytes(capacity);
    for (const pod of pods) bytes += bytesOf(pod);
    if (bytes > mostBytes) return true;
  }
  for (const pod of unboundPods) bytes += bytesOf(pod);
  return bytes > mostBytes;
}

function bytesOf({ name, namespace, node, labels, message = '', containers }: PodView): number {
  const parts = containers.reduce((sum, { name: own, image }) => sum + partBytes + own.length + image.length, 0);
  return podBytes + 2 * name.length + namespace.length + node.length + entriesBytes(labels) + message.length + parts;
}

function entriesBytes(entries: Readonly<Record<string, string>>): number {
  return Object.entries(entries).reduce((sum, [key, value]) => sum + entryBytes + key.length + value.length, 0);
}

/** The view with the pods of most workers counted. */
function counted(view: ClusterView, focus: string | undefined): ClusterView {
  const first = new Set(view.nodes.filter(({ controlPlane }) => !controlPlane).slice(0, wholeWorkers));
  return {
    ...view,
    unboundPods: view.unboundPods.slice(0, mostPods),
    nodes: view.nodes.map((node) => {
      if (node.controlPlane || first.has(node) || isOn(node, focus)) return limited(node);
      const own = new Set(node.components.filter(({ kind }) => kind !== 'coredns').map(({ pod }) => pod));
      const drawn = node.pods.filter((pod) => !pod.static && !own.has(`${pod.namespace}/${pod.name}`));
      const podCounts = { drawn: countsOf(drawn), ofComponents: node.pods.length - drawn.length };
      return { ...node, pods: [], podCounts };
    }),
  };
}

function limited(node: NodeView): NodeView {
  return node.pods.length > mostPods ? { ...node, pods: node.pods.slice(0, mostPods) } : node;
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
    names: nodes.map(({ name }) => name),
    health: nodes.map(letterOf).join(''),
    pods: nodes.map(({ pods }) => countsOf(pods)),
    room: nodes.map(({ capacity }) => Number(capacity['pods'] ?? 110)),
    zone,
    zones,
    unbound: unboundPods.length,
  };
}

function letterOf({ poweredOn, health, status }: NodeView): NodeLetter {
  if (!poweredOn) return nodeLetters.off;
  return health === 'ready' && status.includes('SchedulingDisabled') ? nodeLetters.cordoned : nodeLetters[health];
}

function countsOf(pods: readonly PodView[]): string {
  const counts = new Map<PodHealth, number>();
  for (const { health } of pods) counts.set(health, (counts.get(health) ?? 0) + 1);
  return healths
    .flatMap((health) => (counts.has(health) ? [`${counts.get(health)}${podLetters[health]}`] : []))
    .join('');
}
