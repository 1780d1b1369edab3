/**
 * One machine over the whole picture, with the API server or the client above it, the registry below, and the other
 * machines as a thin strip, so that one knows where one is.
 */
import type { ClusterView, NodeView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { placeControlPlane, placeWorker } from './cards';
import type { Line, Rect, Roads, Scene, ZoneName } from './model';
import { cardGap, clamp, pagePad, Sheet, snap, zoneTitle } from './sheet';
import type { LayoutOptions } from './sheet';
import { clientBox, componentBox, nodeBox, registryBox, sceneOf } from './stage-set';
import { linesAround } from './wiring';

const rowHeight = 56;
const tile = { width: 208, height: 52, gap: 8 };

export interface CloseUpOptions {
  /** Leaves out everything but the machine itself. */
  readonly bare?: boolean;
}

/** The scene of one machine. */
export function closeUp(
  view: ClusterView,
  node: NodeView,
  options: LayoutOptions,
  { bare = false }: CloseUpOptions = {},
): Scene {
  const sheet = new Sheet(options);
  const width = clamp(options.width, 320, 1400);
  const margin = width < 480 ? 44 : 56;
  const x = pagePad;
  const content = width - x - margin;
  const bus = width - margin / 2;
  const roads: Omit<Roads, 'berths' | 'cards'> = { narrow: true, clientSide: bus, bus, outer: bus, top: pagePad };
  let y = pagePad;
  const zone = (name: ZoneName, title: string, place: (top: number) => number): void => {
    const index = sheet.boxes.length;
    const bottom = place(y + zoneTitle);
    sheet.frame('zone', `zone/${name}`, name, title, { x, y, width: content, height: bottom - y });
    sheet.boxes.splice(index, 0, ...sheet.boxes.splice(-1));
    y = bottom + cardGap;
  };
  const { language } = options;
  const master = view.nodes.find((one) => one.controlPlane);
  const row = (top: number): Rect => ({ x, y: top, width: Math.min(content, 280), height: rowHeight });
  if (node.controlPlane)
    zone('client', text(language, 'zone.client'), (top) => {
      sheet.add(clientBox(sheet, row(top)));
      return top + rowHeight;
    });
  else if (master)
    zone('controlPlane', text(language, 'zone.controlPlane'), (top) => {
      sheet.add(componentBox(sheet, master, 'kube-apiserver', 'kube-apiserver', 'controlPlane', row(top)));
      return top + rowHeight;
    });
  const own = node.controlPlane ? 'controlPlane' : 'nodes';
  zone(own, text(language, node.controlPlane ? 'zone.node' : 'zone.worker'), (top) => {
    const berth = { left: x, right: bus, above: top - cardGap / 2, openLeft: false, openRight: true };
    const place = { x, y: top, width: content, podRows: 2, fromAbove: false, berth };
    return top + (node.controlPlane ? placeControlPlane(sheet, node, place) : placeWorker(sheet, node, place));
  });
  if (!bare) {
    zone('outside', text(language, 'zone.outside'), (top) => {
      sheet.add(registryBox(sheet, row(top)));
      return top + rowHeight;
    });
    const others = view.nodes.filter((other) => other !== node);
    if (others.length > 0) y = placeOthers(sheet, others, { x, y, width: content });
  }
  return sceneOf(sheet, { width, height: y - cardGap + pagePad, roads }, (scene): Line[] => linesAround(scene, view));
}

/** As many other machines as stand in one row; the last place counts those that do not. */
function placeOthers(sheet: Sheet, nodes: readonly NodeView[], area: Omit<Rect, 'height'>): number {
  const columns = clamp(Math.floor((area.width + tile.gap) / (tile.width + tile.gap)), 1, 5);
  const shown = nodes.length <= columns ? nodes : nodes.slice(0, columns - 1);
  const width = snap((area.width - (columns - 1) * tile.gap) / columns);
  const top = area.y + zoneTitle;
  const title = text(sheet.language, 'zone.otherNodes');
  sheet.frame('zone', 'zone/others', 'nodes', title, { ...area, height: zoneTitle + tile.height });
  const at = (index: number): Rect => ({ x: area.x + index * (width + tile.gap), y: top, width, height: tile.height });
  shown.forEach((node, index) => sheet.add(nodeBox(sheet, node, 'nodes', at(index))));
  if (shown.length < nodes.length) {
    const words = text(sheet.language, 'box.moreNodes', { count: nodes.length - shown.length });
    sheet.frame('lane', 'lane/others', 'nodes', words, at(shown.length));
  }
  return top + tile.height + cardGap;
}
