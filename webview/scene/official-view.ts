/**
 * The view `official`: the parts as textbooks draw them, control plane left, nodes right; each connection begins at the
 * dot of whoever opens it, which many drawings get wrong. At most two nodes are drawn, the others counted.
 */
import type { ClusterView, ComponentKind, NodeView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { wireAll } from './communication-view';
import type { Rect, Scene } from './model';
import { placePods } from './pods';
import { laneItems, lanePods } from './grouping';
import { clamp, pagePad, podGap, podHeight, Sheet, snap } from './sheet';
import type { LayoutOptions } from './sheet';
import { componentBox, frameBehind, sceneOf } from './stage-set';

const parts: readonly ComponentKind[] = [
  'cloud-controller-manager',
  'etcd',
  'kube-scheduler',
  'kube-controller-manager',
];
const titleHeight = 28;
const pad = 12;
const most = 2;

export function officialView(view: ClusterView, options: LayoutOptions): Scene {
  const sheet = new Sheet(options);
  const master = view.nodes.find((node) => node.controlPlane);
  if (!master) return sceneOf(sheet, { width: 320, height: 80 }, () => []);
  const workers = view.nodes.filter((node) => !node.controlPlane);
  const nodes = workers.length > 0 ? workers : [master];
  const width = clamp(options.width, 320, 1480);
  const height = width < 760 ? placeNarrow(sheet, master, nodes, width) : placeWide(sheet, master, nodes, width);
  return sceneOf(sheet, { width, height }, (bare) => wireAll(bare, ({ purpose }) =>
    purpose !== 'edge.podApi' && purpose !== 'edge.podProxy'));
}

function placeWide(sheet: Sheet, master: NodeView, nodes: readonly NodeView[], width: number): number {
  const planeWidth = snap((width - 2 * pagePad) * 0.46);
  const gap = snap((width - 2 * pagePad) * 0.1);
  const nodeX = pagePad + planeWidth + gap;
  const nodeWidth = width - pagePad - nodeX;
  let y = pagePad;
  for (const node of nodes.slice(0, most)) {
    y += placeNode(sheet, node, { x: nodeX, y, width: nodeWidth }, true) + 20;
  }
  y = more(sheet, nodes, { x: nodeX, y, width: nodeWidth, height: 32 });
  const bottom = Math.max(y - 20, pagePad + 420);
  const column = snap((planeWidth - 3 * pad) * 0.42);
  const inner = bottom - pagePad - titleHeight - pad;
  const rowHeight = Math.min(84, (inner - 3 * 20) / 4);
  const rowGap = (inner - 4 * rowHeight) / 3;
  parts.forEach((kind, index) => sheet.add(componentBox(sheet, master, kind, kind, 'controlPlane', {
    x: pagePad + pad, y: pagePad + titleHeight + index * (rowHeight + rowGap), width: column, height: rowHeight,
  })));
  const serverX = pagePad + planeWidth - pad - column;
  sheet.add(componentBox(sheet, master, 'kube-apiserver', 'kube-apiserver', 'controlPlane',
    { x: serverX, y: pagePad + titleHeight, width: column, height: inner }));
  const title = text(sheet.language, 'zone.controlPlane');
  frameBehind(sheet, 'strip', 'zone/controlPlane', 'controlPlane', title,
    { x: pagePad, y: pagePad, width: planeWidth, height: bottom - pagePad });
  return bottom + pagePad;
}

function placeNarrow(sheet: Sheet, master: NodeView, nodes: readonly NodeView[], width: number): number {
  const inner = width - 2 * pagePad - 2 * pad;
  const cell = (inner - 3 * 8) / 4;
  const top = pagePad + titleHeight;
  parts.forEach((kind, index) => sheet.add(componentBox(sheet, master, kind, kind, 'controlPlane',
    { x: pagePad + pad + index * (cell + 8), y: top, width: cell, height: 100 })));
  sheet.add(componentBox(sheet, master, 'kube-apiserver', 'kube-apiserver', 'controlPlane',
    { x: pagePad + pad, y: top + 140, width: inner, height: 48 }));
  const bottom = top + 140 + 48 + pad;
  frameBehind(sheet, 'strip', 'zone/controlPlane', 'controlPlane', text(sheet.language, 'zone.controlPlane'),
    { x: pagePad, y: pagePad, width: width - 2 * pagePad, height: bottom - pagePad });
  const nodeTop = bottom + 32;
  const height = nodes[0]
    ? placeNode(sheet, nodes[0], { x: pagePad, y: nodeTop, width: width - 2 * pagePad }, false)
    : 0;
  const end = more(sheet, nodes.slice(1).length > 0 ? [...nodes, ...nodes.slice(0, 1)] : [], {
    x: pagePad, y: nodeTop + height + 12, width: width - 2 * pagePad, height: 32,
  });
  return end + pagePad;
}

/** A node with kubelet and kube-proxy towards the API server. Returns its height. */
function placeNode(
  sheet: Sheet, node: NodeView, { x, y, width }: Omit<Rect, 'height'>, beside: boolean,
): number {
  const id = `node/${node.name}`;
  const inner = width - 2 * pad;
  const cell = snap(Math.min(160, (inner - 16) / 2.6));
  const top = y + titleHeight + (beside ? 0 : 8);
  const rows: readonly (readonly [ComponentKind, string, string])[] =
    [['kubelet', 'kubelet', 'kubelet'], ['kube-proxy', 'kube-proxy', 'kube-proxy']];
  rows.forEach(([kind, process, title], index) => sheet.add(componentBox(sheet, node, kind, process, 'nodes', beside
    ? { x: x + pad, y: top + index * 84, width: cell, height: 68 }
    : { x: x + pad + index * (cell + 16), y: top, width: cell, height: 52 }, title)));
  const runtimeX = beside ? x + pad + cell + 32 : x + pad;
  const runtimeY = beside ? top : top + 52 + 32;
  const restWidth = beside ? inner - cell - 32 : inner;
  sheet.add(componentBox(sheet, node, 'container-runtime', 'containerd', 'nodes',
    { x: runtimeX, y: runtimeY, width: restWidth, height: 48 }, 'CRI · containerd'));
  const pods = lanePods(node);
  const items = laneItems(pods, node.name, new Set(), 3).slice(0, 4);
  const podsTop = runtimeY + 48 + 12;
  const used = placePods(sheet, items, {
    x: runtimeX, y: podsTop, width: restWidth, zone: 'nodes', parent: id, above: podsTop - 6, node: node.name,
  });
  const bottom = Math.max(beside ? top + 152 : 0, podsTop + Math.max(used, podHeight + podGap)) + pad;
  frameBehind(sheet, 'strip', id, 'nodes', node.name, { x, y, width, height: bottom - y });
  return bottom - y;
}

/** How many nodes are not drawn. Returns the lower edge. */
function more(sheet: Sheet, nodes: readonly NodeView[], rect: Rect): number {
  const count = nodes.length - most;
  if (count <= 0) return rect.y;
  const title = text(sheet.language, 'box.moreNodes', { count });
  sheet.frame('strip', 'strip/more', 'nodes', title, rect);
  return rect.y + rect.height + 20;
}
