/** Places one machine: header, components where they run, host processes, pods. Machines are drawn in three sizes. */
import type { ComponentKind, ComponentView, NodeView } from '../../src/protocol/view';
import { countText, text } from '../narration/text';
import { laneCount, laneItems, laneMembers, lanePods } from './grouping';
import type { Box, CardBerth, Rect, ZoneName } from './model';
import { podColumns, placePods } from './pods';
import { cardPad, clamp, headerHeight, hostHeight, podGap, podHeight, strip } from './sheet';
import type { Sheet } from './sheet';
import { componentCondition, nodeCondition, nodeFacts, podId } from './states';

/** etcd, API server and the two between them. */
const componentsHeight = 192;
/** Between scheduler and controller manager; the line from API server to etcd runs through it. */
const passage = 24;
const hostRowGap = 24;
/** From this inner width on, the four host processes stand in one row. */
const oneRowFrom = 488;

export interface CardPlace {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** The card's place among the others; margins inside the card are filled in here. */
  readonly berth: Omit<CardBerth, 'innerLeft' | 'innerRight' | 'shaft'>;
  /** At least so many rows of pods have room. */
  readonly podRows: number;
  /** Lines to the API server come from above it, through the card. */
  readonly fromAbove: boolean;
}

/** Inside a card: where the content begins, and what goes on the sheet with it. */
interface Inside {
  readonly sheet: Sheet;
  readonly node: NodeView;
  readonly zone: ZoneName;
  readonly x: number;
  readonly width: number;
}

/** Places a control-plane node and returns the height of its card. */
export function placeControlPlane(sheet: Sheet, node: NodeView, place: CardPlace): number {
  const inside: Inside = { sheet, node, zone: 'controlPlane', x: place.x + cardPad, width: place.width - 2 * cardPad };
  const card = reserveCard(sheet);
  const componentsTop = place.y + headerHeight + (place.fromAbove ? strip : 8);
  const shaft = placeComponents(inside, componentsTop);
  const hostTop = componentsTop + componentsHeight + strip;
  const hostBottom = placeHost(inside, hostTop);
  const bottom = placeLane(inside, hostBottom, place.podRows);
  card({ ...inside, place, height: bottom + cardPad - place.y, shaft });
  return bottom + cardPad - place.y;
}

/** Places a worker and returns the height of its card. */
export function placeWorker(sheet: Sheet, node: NodeView, place: CardPlace): number {
  const inside: Inside = { sheet, node, zone: 'nodes', x: place.x + cardPad, width: place.width - 2 * cardPad };
  const card = reserveCard(sheet);
  const hostBottom = placeHost(inside, place.y + headerHeight + strip);
  const bottom = placeLane(inside, hostBottom, place.podRows);
  card({ ...inside, place, height: bottom + cardPad - place.y });
  return bottom + cardPad - place.y;
}

/** Places a worker as one box with its pods as dots, or as a tile with their number only. */
export function placeSmallWorker(sheet: Sheet, node: NodeView, place: CardPlace, height: number, dots: boolean): void {
  const id = `node/${node.name}`;
  const box: Box = {
    ...nodeBox(sheet, node, 'nodes'), id, party: 'kubelet', x: place.x, y: place.y, width: place.width, height,
    facts: [countText(sheet.language, 'box.pods', laneCount(node))], ...(dots ? { members: laneMembers(node) } : {}),
  };
  sheet.add(box, { card: id, above: place.berth.above, below: place.y + height + 8 });
  sheet.cards.set(id, { ...place.berth, innerLeft: place.x, innerRight: place.x + place.width });
  for (const pod of lanePods(node)) sheet.aliases.set(podId(pod), id);
  for (const [process] of hostSlots) sheet.aliases.set(`${process}@${node.name}`, id);
}

function nodeBox(sheet: Sheet, node: NodeView, zone: ZoneName): Omit<Box, keyof Rect> {
  const condition = nodeCondition(node, sheet.language);
  const facts = nodeFacts(node, sheet.language);
  const { name: title } = node;
  const label = text(sheet.language, 'label.node', { title, status: condition.status, facts: facts.join(', ') });
  return {
    id: `node/${title}`, kind: 'node', zone, party: 'kubeadm', parent: `zone/${zone}`, title, facts,
    ...condition, label,
  };
}

interface FinishedCard extends Inside {
  readonly place: CardPlace;
  readonly height: number;
  readonly shaft?: number;
}

/** A frame stands before its content in the list, but its height is known only afterwards. */
function reserveCard(sheet: Sheet): (card: FinishedCard) => void {
  const index = sheet.boxes.length;
  return ({ node, zone, place, height, shaft, x, width }) => {
    const { x: left, y, width: outer } = place;
    const box: Box = { ...nodeBox(sheet, node, zone), x: left, y, width: outer, height };
    const middle = y + headerHeight / 2;
    sheet.add(box, { card: box.id, above: middle, below: middle });
    // `add` put it last; it belongs where it was reserved.
    sheet.boxes.splice(index, 0, ...sheet.boxes.splice(-1));
    sheet.cards.set(box.id, { ...place.berth, innerLeft: x - cardPad / 2, innerRight: x + width + cardPad / 2, shaft });
  };
}

/** etcd at the far side, scheduler over controller manager, API server at the workers' side. Returns the shaft's x. */
function placeComponents(inside: Inside, y: number): number {
  const { node, x, width } = inside;
  const gap = width >= 440 ? 40 : width >= 320 ? 24 : 20;
  const free = width - 2 * gap;
  const etcdWidth = Math.round(clamp(free * 0.21, 60, free >= 700 ? 200 : 112));
  const middleWidth = Math.round(clamp(free * 0.36, 92, free >= 700 ? 300 : 176));
  const apiWidth = Math.min(free >= 700 ? 280 : 200, free - etcdWidth - middleWidth);
  const spare = free - etcdWidth - middleWidth - apiWidth;
  const middleX = x + etcdWidth + gap + spare / 2;
  const half = (componentsHeight - passage) / 2;
  const slot = (kind: ComponentKind, rect: Rect): void => {
    const component = node.components.find((candidate) => candidate.kind === kind);
    const strips = { above: y - strip / 2, below: y + componentsHeight + strip / 2 };
    placeComponent(inside, { id: `${kind}@${node.name}`, kind, title: kind }, component, rect, strips);
  };
  slot('etcd', { x, y, width: etcdWidth, height: componentsHeight });
  slot('kube-scheduler', { x: middleX, y, width: middleWidth, height: half });
  slot('kube-controller-manager', { x: middleX, y: y + half + passage, width: middleWidth, height: half });
  slot('kube-apiserver', { x: x + width - apiWidth, y, width: apiWidth, height: componentsHeight });
  return (x + etcdWidth + middleX) / 2;
}

const hostSlots: readonly (readonly [process: string, kind: ComponentKind])[] = [
  ['kubelet', 'kubelet'], ['containerd', 'container-runtime'], ['kindnetd', 'cni'], ['kube-proxy', 'kube-proxy'],
];

/** The kubelet beside its runtime, the runtime beside the network plug-in that it calls. Returns the lower edge. */
function placeHost(inside: Inside, y: number): number {
  const { node, x, width } = inside;
  const columns = width >= oneRowFrom ? 4 : 2;
  const gap = columns === 4 ? 16 : 24;
  const boxWidth = (width - (columns - 1) * gap) / columns;
  // In two rows the plug-in stands below the runtime.
  const cells = columns === 4 ? [[0, 0], [1, 0], [2, 0], [3, 0]] : [[0, 0], [1, 0], [1, 1], [0, 1]];
  const rows = columns === 4 ? 1 : 2;
  hostSlots.forEach(([process, kind], index) => {
    const [column = 0, row = 0] = cells[index] ?? [];
    const top = y + row * (hostHeight + hostRowGap);
    const rect = { x: x + column * (boxWidth + gap), y: top, width: boxWidth, height: hostHeight };
    const component = node.components.find((candidate) => candidate.kind === kind);
    const last = row === rows - 1;
    const title = kind === 'cni' ? 'kindnet' : process;
    placeComponent(inside, { id: `${process}@${node.name}`, kind, title }, component, rect, {
      above: row === 0 ? y - strip / 2 : top - hostRowGap / 2,
      below: top + hostHeight + (last ? strip : hostRowGap) / 2,
    });
  });
  return y + rows * hostHeight + (rows - 1) * hostRowGap;
}

function placeComponent(
  { sheet, node, zone }: Inside, slot: { readonly id: string; readonly kind: ComponentKind; readonly title: string },
  component: ComponentView | undefined, rect: Rect, strips: { readonly above: number; readonly below: number },
): void {
  const { language } = sheet;
  const { id, kind, title } = slot;
  const condition = componentCondition(component, language);
  const label = text(language, 'label.component', { title, status: condition.status, node: node.name });
  const leads = component?.leader === true;
  const box: Box = {
    id, kind: 'component', zone, party: kind, parent: `node/${node.name}`, title, facts: [], ...condition,
    label: leads ? `${label}, ${text(language, 'label.leads')}` : label, ...(leads ? { leader: true } : {}), ...rect,
  };
  sheet.add(box, { card: `node/${node.name}`, ...strips });
  // The pod that runs the component is the component's box.
  if (component?.pod) sheet.aliases.set(`pod/${component.pod}`, id);
}

/** The pods lane below the host lane; without pods and without rows to keep free it takes no room. */
function placeLane({ sheet, node, zone, x, width }: Inside, hostBottom: number, podRows: number): number {
  const pods = lanePods(node);
  if (pods.length === 0 && podRows === 0) return hostBottom;
  const y = hostBottom + strip;
  const lane = `lane/${node.name}`;
  const index = sheet.boxes.length;
  const items = laneItems(pods, node.name, sheet.options.expanded);
  const parent = `node/${node.name}`;
  const used = placePods(sheet, items, {
    x, y, width, zone, parent, card: parent, above: y - strip / 2, node: node.name,
  });
  const rows = Math.min(podRows, Math.ceil(6 / podColumns(width)));
  const height = Math.max(used, rows * (podHeight + podGap) - podGap);
  const title = pods.length === 0 ? text(sheet.language, 'lane.pods.empty') : '';
  sheet.frame('lane', lane, zone, title, { x, y, width, height }, parent);
  sheet.boxes.splice(index, 0, ...sheet.boxes.splice(-1));
  return y + height;
}
