/**
 * Layout: from a view to a scene. A pure function of the view, the width and what is unfolded; zones are fixed, machines
 * stand in order of creation, and nothing ever moves because time moved on.
 *
 * Wide panels have the zones side by side: client, control plane, nodes, outside. Narrow ones have them one below the
 * other, with all lines between them in the right margin.
 */
import type { ClusterView, NodeView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { placeControlPlane, placeSmallWorker, placeWorker } from './cards';
import type { CardPlace } from './cards';
import { laneItems, limitItems, podCount } from './grouping';
import type { Box, Density, Roads, Scene, ZoneName } from './model';
import { placeRow, podColumns } from './pods';
import { cardGap, cardPad, clamp, pagePad, podHeight, Sheet, snap, strip, zoneTitle } from './sheet';
import type { LayoutOptions } from './sheet';
import { wire } from './wiring';

export type { LayoutOptions } from './sheet';

/** Below this width the zones stand one below the other: control plane and nodes beside each other need that much. */
export const narrowBelow = 860;
/** Nothing is drawn narrower than this; the panel scrolls instead. */
const minWidth = 320;
/** More width than this would only spread things. */
const maxWidth = 1760;
const fullUpTo = 12;
const compactUpTo = 60;
const outsideHeight = 76;
const balancerHeight = 112;
/** In narrow scenes, where they stand one below the other. */
const rowHeight = 52;
/** Where the images of a kind cluster come from, unless their names say otherwise. */
const registries: readonly string[] = ['docker.io', 'registry.k8s.io'];
/** Height of the words above the pods that wait. */
const unboundTitle = 28;
const unboundHeight = unboundTitle + podHeight + cardPad;

/** The scene of a cluster. */
export function layout(view: ClusterView, options: LayoutOptions): Scene {
  const count = view.nodes.length;
  // Pods that are only counted cannot be drawn one by one.
  const isCounted = view.nodes.some(({ podCounts }) => podCounts !== undefined);
  const density: Density = count <= fullUpTo && !isCounted ? 'full' : count <= compactUpTo ? 'compact' : 'tiles';
  const sheet = new Sheet(options);
  const width = clamp(Math.floor(options.width), minWidth, maxWidth);
  const { roads, height } = width < narrowBelow ? placeNarrow(sheet, view, density, width)
    : placeWide(sheet, view, density, width);
  const { boxes, aliases } = sheet;
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const bare: Scene = { width, height, density, boxes, byId, aliases, lines: [], roads };
  return { ...bare, lines: wire(bare, view) };
}

interface Placed {
  readonly roads: Roads;
  readonly height: number;
}

type Buses = Pick<Roads, 'bus' | 'outer'>;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function placeWide(sheet: Sheet, view: ClusterView, density: Density, width: number): Placed {
  const top = pagePad + zoneTitle;
  const cardsTop = top + strip;
  const roomy = clamp((width - narrowBelow) / 400, 0, 1);
  const sideWidth = snap(80 + roomy * 48);
  // The name of kubectl's user does not break.
  const clientWidth = snap(116 + roomy * 12);
  const clientGutter = snap((view.loadBalancer ? 40 : 32) + roomy * 16);
  const busWidth = snap(36 + roomy * 28);
  const outerGutter = snap(28 + roomy * 20);
  const rest = width - 2 * pagePad - clientWidth - sideWidth - clientGutter - busWidth - outerGutter;
  const { masters, workers } = split(view);
  const share = workers.length > 1 || density !== 'full' ? 0.44 : workers.length === 1 ? 0.52 : 0.64;
  const masterWidth = snap(clamp(rest * share, 304, density === 'full' ? 600 : 480));
  const masterX = pagePad + clientWidth + clientGutter;
  const nodesX = masterX + masterWidth + busWidth;
  const nodesWidth = rest - masterWidth;
  const outsideX = nodesX + nodesWidth + outerGutter;
  const lanes = {
    clientSide: masterX - clientGutter / 2, bus: nodesX - busWidth / 2, outer: outsideX - outerGutter / 2,
    top: top + strip / 2,
  };

  placeClient(sheet, { x: pagePad, y: cardsTop, width: clientWidth }, 'label');
  const balancerTop = cardsTop + outsideHeight + 40;
  placeBalancer(sheet, view, { x: pagePad, y: balancerTop, width: clientWidth }, balancerHeight);
  let y = cardsTop;
  for (const [index, node] of masters.entries()) {
    const place: CardPlace = {
      x: masterX, y, width: masterWidth, podRows: index === 0 ? 1 : 0, fromAbove: true,
      berth: { left: lanes.clientSide, right: lanes.bus, above: y - cardGap / 2, openLeft: true, openRight: true },
    };
    y += placeControlPlane(sheet, node, place) + cardGap;
  }
  const mastersBottom = y - cardGap;
  const nodesBottom = placeNodes(sheet, view, workers, density, { x: nodesX, y: cardsTop, width: nodesWidth }, lanes);
  placeRegistry(sheet, { x: outsideX, y: cardsTop, width: sideWidth });

  const bottom = Math.max(mastersBottom, nodesBottom, balancerTop + balancerHeight);
  placeZones(sheet, bottom - pagePad, [
    ['client', pagePad, clientWidth], ['controlPlane', masterX, masterWidth], ['nodes', nodesX, nodesWidth],
    ['outside', outsideX, sideWidth],
  ]);
  return { height: bottom + pagePad, roads: { narrow: false, ...lanes, berths: sheet.berths, cards: sheet.cards } };
}

/** Titles over the columns of a wide scene. */
function placeZones(
  sheet: Sheet, height: number, zones: readonly (readonly [zone: ZoneName, x: number, width: number])[],
): void {
  const content = sheet.boxes.splice(0);
  for (const [zone, x, width] of zones) {
    sheet.frame('zone', `zone/${zone}`, zone, text(sheet.language, `zone.${zone}`), { x, y: pagePad, width, height });
  }
  sheet.boxes.push(...content);
}

function placeNarrow(sheet: Sheet, view: ClusterView, density: Density, width: number): Placed {
  const margin = width < 480 ? 44 : 56;
  const x = 12;
  const content = width - x - margin;
  const bus = width - margin / 2;
  const lanes = { clientSide: bus, bus, outer: bus, top: pagePad };
  const { masters, workers } = split(view);
  const small = Math.min(content, 280);
  let y = pagePad;
  const zone = (name: ZoneName, place: (top: number) => number): void => {
    const index = sheet.boxes.length;
    const bottom = place(y + zoneTitle);
    const title = text(sheet.language, `zone.${name}`);
    sheet.frame('zone', `zone/${name}`, name, title, { x, y, width: content, height: bottom - y });
    sheet.boxes.splice(index, 0, ...sheet.boxes.splice(-1));
    y = bottom + cardGap;
  };
  zone('client', (top) => {
    placeClient(sheet, { x, y: top, width: small }, 'row');
    if (!view.loadBalancer) return top + rowHeight;
    placeBalancer(sheet, view, { x, y: top + rowHeight + cardGap, width: small }, rowHeight);
    return top + 2 * rowHeight + cardGap;
  });
  zone('controlPlane', (top) => {
    let next = top;
    for (const [index, node] of masters.entries()) {
      const berth = { left: x, right: bus, above: next - cardGap / 2, openLeft: false, openRight: true };
      const place = { x, y: next, width: content, podRows: index === 0 ? 1 : 0, fromAbove: false, berth };
      next += placeControlPlane(sheet, node, place) + cardGap;
    }
    return next - cardGap;
  });
  zone('nodes', (top) => placeNodes(sheet, view, workers, density, { x, y: top, width: content }, lanes));
  zone('outside', (top) => {
    placeRegistry(sheet, { x, y: top, width: small }, rowHeight);
    return top + rowHeight;
  });
  return { height: y - cardGap + pagePad, roads: { narrow: true, ...lanes, berths: sheet.berths, cards: sheet.cards } };
}

function split({ nodes }: ClusterView): Readonly<Record<'masters' | 'workers', readonly NodeView[]>> {
  return { masters: nodes.filter((node) => node.controlPlane), workers: nodes.filter((node) => !node.controlPlane) };
}

/** The strip of pods without a node, then the workers in a grid. Returns the lower edge. */
function placeNodes(
  sheet: Sheet, view: ClusterView, workers: readonly NodeView[], density: Density, area: Area,
  lanes: Buses,
): number {
  const top = placeUnbound(sheet, view, area) + cardGap;
  if (workers.length === 0) {
    const rect = { x: area.x, y: top, width: area.width, height: 96 };
    sheet.frame('lane', 'lane/nodes', 'nodes', text(sheet.language, 'nodes.none'), rect, 'zone/nodes');
    return top + rect.height;
  }
  return density === 'full' ? placeFullWorkers(sheet, workers, { ...area, y: top }, lanes)
    : placeSmallWorkers(sheet, workers, density, { ...area, y: top }, lanes);
}

/** Always there and always one row high, so that nothing moves when a pod is waiting. */
function placeUnbound(sheet: Sheet, view: ClusterView, area: Area): number {
  const { language } = sheet;
  const pods = view.unboundPods;
  const id = 'strip/unbound';
  const title = text(language, 'strip.unbound');
  const rect = { ...area, height: unboundHeight };
  const bound = view.nodes.some((node) => podCount(node) > 0);
  const status = pods.length > 0 ? '' : text(language, bound ? 'strip.unbound.empty' : 'lane.pods.empty');
  sheet.add({
    id, kind: 'strip', zone: 'nodes', parent: 'zone/nodes', title, status, facts: [], state: 'idle', label: title,
    ...rect,
  });
  const inner = { x: area.x + cardPad, y: area.y + unboundTitle, width: area.width - 2 * cardPad };
  const columns = podColumns(inner.width);
  const fold = pods.length > columns ? 2 : Infinity;
  const items = laneItems(pods, 'unbound', new Set(), fold);
  const shown = limitItems(items, columns, 'unbound', () => text(language, 'box.waiting'));
  placeRow(sheet, shown, { ...inner, zone: 'nodes', parent: id, above: area.y, node: '' }, columns);
  return area.y + rect.height;
}

function placeFullWorkers(sheet: Sheet, workers: readonly NodeView[], area: Area, lanes: Buses): number {
  const isNarrow = lanes.bus === lanes.outer;
  const fitting = isNarrow ? 1 : Math.floor((area.width + cardGap) / (264 + cardGap));
  const columns = clamp(fitting, 1, Math.min(4, workers.length));
  const width = Math.min(isNarrow ? Infinity : 560, (area.width - (columns - 1) * cardGap) / columns);
  const podRows = workers.length <= 4 ? 2 : 1;
  let y = area.y;
  for (let first = 0; first < workers.length; first += columns) {
    const row = workers.slice(first, first + columns);
    const start = sheet.boxes.length;
    let height = 0;
    for (const [column, node] of row.entries()) {
      const x = area.x + column * (width + cardGap);
      const berth = gridBerth(x, y, width, column, columns, lanes);
      height = Math.max(height, placeWorker(sheet, node, { x, y, width, berth, podRows, fromAbove: false }));
    }
    // Cards of a row are equally high.
    for (let at = start; at < sheet.boxes.length; at += 1) {
      const box = sheet.boxes[at] as Box;
      if (box.kind === 'node') sheet.boxes[at] = { ...box, height: Math.round(height) };
    }
    y += height + cardGap;
  }
  return y - cardGap;
}

function gridBerth(
  x: number, y: number, width: number, column: number, columns: number, lanes: Buses, gap = cardGap,
): CardPlace['berth'] {
  const isNarrow = lanes.bus === lanes.outer;
  return {
    left: x - gap / 2, right: x + width + gap / 2, above: y - gap / 2,
    openLeft: column === 0 && !isNarrow, openRight: column === columns - 1,
  };
}

/** Cards with dots, or tiles with numbers. */
function placeSmallWorkers(
  sheet: Sheet, workers: readonly NodeView[], density: Density, area: Area, lanes: Buses,
): number {
  const size = density === 'compact' ? { width: 152, height: 76, gap: 16 } : { width: 84, height: 44, gap: 12 };
  const columns = Math.max(1, Math.floor((area.width + size.gap) / (size.width + size.gap)));
  const width = (area.width - (columns - 1) * size.gap) / columns;
  workers.forEach((node, index) => {
    const column = index % columns;
    const x = area.x + column * (width + size.gap);
    const y = area.y + Math.floor(index / columns) * (size.height + size.gap);
    const berth = gridBerth(x, y, width, column, columns, lanes, size.gap);
    const place = { x, y, width, berth, podRows: 0, fromAbove: false };
    placeSmallWorker(sheet, node, place, size.height, density === 'compact');
  });
  const rows = Math.ceil(workers.length / columns);
  return area.y + rows * (size.height + size.gap) - size.gap;
}

function placeClient(sheet: Sheet, area: Area, shape: 'label' | 'row'): void {
  const { language } = sheet;
  sheet.add({
    id: 'client/kubectl', kind: 'client', zone: 'client', party: 'client', parent: 'zone/client', title: 'kubectl',
    status: '', facts: [text(language, 'box.kubectl.fact')], state: 'idle', label: text(language, 'label.client'),
    ...area, height: shape === 'label' ? outsideHeight : rowHeight,
  });
}

function placeBalancer(sheet: Sheet, { loadBalancer }: ClusterView, area: Area, height: number): void {
  if (!loadBalancer) return;
  const { language } = sheet;
  const { id, name, running } = loadBalancer;
  const status = text(language, running ? 'state.running' : 'state.stopped');
  sheet.add({
    id, kind: 'component', zone: 'client', party: 'load-balancer', parent: 'zone/client', title: name, status,
    facts: [text(language, 'zone.balancer')], state: running ? 'ready' : 'stopped',
    label: text(language, 'label.balancer', { title: name, status }), ...area, height,
  });
}

function placeRegistry(sheet: Sheet, area: Area, height = outsideHeight): void {
  const { language } = sheet;
  sheet.add({
    id: 'outside/registry', kind: 'registry', zone: 'outside', party: 'registry', parent: 'zone/outside',
    title: text(language, 'box.registry'), status: '', facts: registries, state: 'idle',
    label: text(language, 'label.registry'), ...area, height,
  });
}
