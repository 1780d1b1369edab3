/**
 * The view `communication`: one of each party around the API server, every connection of the edge table between them
 * with its port and verbs. One node stands for all: what others say travels on its lines.
 */
import type { ClusterView, ComponentKind, NodeView } from '../../src/protocol/view';
import { edgeTable, isLocal } from './edges';
import type { EdgeKind, Party } from './edges';
import type { Box, Line, Rect, Scene, ZoneName } from './model';
import { processName } from './party';
import { clamp, pagePad, Sheet, snap } from './sheet';
import type { LayoutOptions } from './sheet';
import { clientBox, componentBox, registryBox, sceneOf } from './stage-set';
import { podCondition, podId, podLabel } from './states';
import type { Direction } from './viewpoint';
import { lineBetween } from './wiring';

const rowHeight = 56;
const rowGap = 24;
const narrowBelow = 860;
/** Below this long names take two lines, and the labels the room. */
const roomyFrom = 1100;

/** Of the four columns: clients and control plane, API server, node, containerd and registry. */
type Widths = readonly [side: number, hub: number, node: number, far: number];

type Row = readonly [party: Party, process: string, zone: ZoneName];

const controlRows: readonly Row[] = [
  ['client', 'kubectl', 'client'], ['kube-scheduler', 'kube-scheduler', 'controlPlane'],
  ['kube-controller-manager', 'kube-controller-manager', 'controlPlane'], ['etcd', 'etcd', 'controlPlane'],
];
const nodeRows: readonly Row[] = [
  ['pod', '', 'nodes'], ['coredns', 'coredns', 'nodes'], ['kube-proxy', 'kube-proxy', 'nodes'],
  ['cni', 'kindnetd', 'nodes'], ['kubelet', 'kubelet', 'nodes'],
];

/** Places the parties and joins them. */
export function communicationView(view: ClusterView, direction: Direction, options: LayoutOptions): Scene {
  const sheet = new Sheet(options);
  const master = view.nodes.find((node) => node.controlPlane);
  const node = view.nodes.find((candidate) => !candidate.controlPlane) ?? master;
  if (!master || !node) return sceneOf(sheet, { width: 320, height: 80 }, () => []);
  const width = clamp(options.width, 320, 1480);
  const narrow = width < narrowBelow;
  const height = narrow ? placeNarrow(sheet, view, master, node, width) : placeWide(sheet, view, master, node, width);
  standIns(sheet, view, master, node);
  return sceneOf(sheet, { width, height, labelled: true }, (bare) => wireAll(bare, (kind) =>
    !(narrow && kind.purpose === 'edge.cni') && isShown(kind, direction)));
}

function placeWide(sheet: Sheet, view: ClusterView, master: NodeView, node: NodeView, width: number): number {
  // One step in all cases.
  const height = width < roomyFrom ? rowHeight + 10 : rowHeight;
  const gapBelow = rowHeight + rowGap - height;
  // Names on the left and on the right are long, and between the columns labels have to find room.
  const shares: Widths = width < roomyFrom ? [0.165, 0.115, 0.14, 0.12] : [0.165, 0.125, 0.147, 0.125];
  const [side, hubWidth, nodeWidth, farWidth] = shares.map((share) => snap(width * share)) as unknown as Widths;
  const farGap = width < roomyFrom ? 1.1 : 1.4;
  const gap = (width - 2 * pagePad - side - hubWidth - nodeWidth - farWidth) / (2 + farGap);
  const hubX = pagePad + side + gap;
  const nodeX = hubX + hubWidth + gap;
  const farX = nodeX + nodeWidth + gap * farGap;
  const top = pagePad + 12;
  const rowY = (row: number, rows: number): number =>
    top + row * (height + gapBelow) + ((nodeRows.length - rows) * (height + gapBelow)) / 2;
  controlRows.forEach((row, index) =>
    placeRow(sheet, view, master, node, row, { x: pagePad, y: rowY(index, controlRows.length), width: side, height }));
  const total = nodeRows.length * (height + gapBelow) - gapBelow;
  hub(sheet, master, { x: hubX, y: top, width: hubWidth, height: total });
  nodeRows.forEach((row, index) =>
    placeRow(sheet, view, master, node, row, { x: nodeX, y: rowY(index, nodeRows.length), width: nodeWidth, height }));
  // Beside kubelet and network plug-in, which it speaks with.
  const runtimeTop = rowY(3, nodeRows.length);
  sheet.add(componentBox(sheet, node, 'container-runtime', 'containerd', 'nodes',
    { x: farX, y: runtimeTop, width: farWidth, height: 2 * height + gapBelow }));
  sheet.add(registryBox(sheet, { x: farX, y: runtimeTop - 2 * height - gapBelow, width: farWidth, height }));
  return top + total + pagePad;
}

/** All parties in one column beside the API server; below it containerd, which the kubelet reaches with its lower half. */
function placeNarrow(sheet: Sheet, view: ClusterView, master: NodeView, node: NodeView, width: number): number {
  const side = snap(clamp(width * 0.32, 104, 176));
  const farWidth = snap(clamp(width * 0.27, 92, 176));
  const farX = width - pagePad - farWidth;
  const rows = [...controlRows, ...nodeRows];
  const top = pagePad;
  // Long names take two lines.
  const rowHeight = 64;
  const between = 10;
  const step = rowHeight + between;
  rows.forEach((row, index) => {
    const isLast = index === rows.length - 1;
    const height = isLast ? 2 * rowHeight + between : rowHeight;
    placeRow(sheet, view, master, node, row, { x: pagePad, y: top + index * step, width: side, height });
  });
  const hubHeight = (rows.length - 1) * step + rowHeight;
  hub(sheet, master, { x: farX, y: top, width: farWidth, height: hubHeight });
  const runtimeTop = top + hubHeight + between;
  sheet.add(componentBox(sheet, node, 'container-runtime', 'containerd', 'nodes',
    { x: farX, y: runtimeTop, width: farWidth, height: rowHeight }));
  const registryTop = runtimeTop + rowHeight + 40;
  sheet.add(registryBox(sheet, { x: farX, y: registryTop, width: farWidth, height: rowHeight + between }));
  return registryTop + rowHeight + between + pagePad;
}

function hub(sheet: Sheet, master: NodeView, rect: Rect): void {
  sheet.add(componentBox(sheet, master, 'kube-apiserver', 'kube-apiserver', 'controlPlane', rect));
}

function placeRow(
  sheet: Sheet, view: ClusterView, master: NodeView, node: NodeView, [party, process, zone]: Row, rect: Rect,
): void {
  if (party === 'client') return sheet.add(clientBox(sheet, rect));
  if (party === 'pod' || party === 'coredns') return placePod(sheet, view, party, rect);
  const home = zone === 'controlPlane' ? master : node;
  const title = party === 'cni' ? 'kindnet' : process;
  sheet.add(componentBox(sheet, home, party as ComponentKind, process, zone, rect, title));
}

/** The first pod of its sort; without one its place stays empty. */
function placePod(sheet: Sheet, { nodes }: ClusterView, party: 'pod' | 'coredns', rect: Rect): void {
  const isDns = (name: string, namespace: string): boolean =>
    namespace === 'kube-system' && name.startsWith('coredns-');
  const drawn = new Set(nodes.flatMap(({ components }) => components.map(({ pod }) => pod)));
  const pods = nodes
    .flatMap((node) => node.pods)
    .filter(
      (pod) =>
        isDns(pod.name, pod.namespace) === (party === 'coredns') &&
        (party === 'coredns' || !drawn.has(`${pod.namespace}/${pod.name}`)),
    );
  const pod = pods.find(({ namespace }) => namespace === 'default') ?? pods[0];
  if (!pod) return;
  sheet.add({
    id: podId(pod), kind: 'pod', zone: 'nodes', party, parent: `node/${pod.node}`, title: pod.name,
    facts: [], ...podCondition(pod), label: podLabel(pod, sheet.language), ...rect,
  });
  for (const other of pods) if (other !== pod) sheet.aliases.set(podId(other), podId(pod));
}

/** Processes of the other machines are shown by those of the ones that are drawn. */
function standIns(sheet: Sheet, view: ClusterView, master: NodeView, node: NodeView): void {
  const drawn = new Set(sheet.boxes.map(({ id }) => id));
  for (const other of view.nodes) for (const { id } of other.components) {
    const { name } = processName(id);
    const standIn = [`${name}@${node.name}`, `${name}@${master.name}`].find((candidate) => drawn.has(candidate));
    if (!drawn.has(id) && standIn !== undefined) sheet.aliases.set(id, standIn);
  }
}

const controlPlane: ReadonlySet<Party> = new Set<Party>([
  'kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager', 'cloud-controller-manager', 'load-balancer',
]);
const onNodes: ReadonlySet<Party> = new Set<Party>([
  'kubelet',
  'kube-proxy',
  'cni',
  'coredns',
  'pod',
  'container-runtime',
]);

function isShown({ from, to }: EdgeKind, direction: Direction): boolean {
  if (direction === 'all') return true;
  return direction === 'toControlPlane'
    ? onNodes.has(from) && controlPlane.has(to)
    : controlPlane.has(from) && onNodes.has(to);
}

/** What only pods say, or what is said about them now and then: it would cover what matters. */
const unshown: ReadonlySet<EdgeKind['purpose']> =
  new Set<EdgeKind['purpose']>(['edge.probe', 'edge.lookup', 'edge.podToPod', 'edge.forward', 'edge.metrics']);

/** Every edge of the table between boxes that are there but `unshown`. */
export function wireAll(scene: Scene, shown: (kind: EdgeKind) => boolean): Line[] {
  const wired = new Set<string>();
  const byParty = new Map<Party, Box[]>();
  for (const box of scene.boxes) if (box.party) byParty.set(box.party, [...(byParty.get(box.party) ?? []), box]);
  return edgeTable.flatMap((kind) => {
    if (unshown.has(kind.purpose) || !shown(kind)) return [];
    return (byParty.get(kind.from) ?? []).flatMap((from) => (byParty.get(kind.to) ?? []).flatMap((to) => {
      const isApart = isLocal(kind) && from.parent !== to.parent;
      const line = from === to || isApart ? undefined : lineBetween(scene, from.id, to.id, kind);
      // Two channels for one purpose are one line.
      if (!line || wired.has(line.id)) return [];
      wired.add(line.id);
      return [line];
    }));
  });
}
