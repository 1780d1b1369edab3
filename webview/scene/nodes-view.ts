/** The view `nodes`: machines and their roles, and nothing of what runs on them. */
import type { ClusterView, NodeView } from '../../src/protocol/view';
import { countText, text } from '../narration/text';
import { podCount } from './grouping';
import type { Scene } from './model';
import { cardGap, clamp, pagePad, Sheet, snap, zoneTitle } from './sheet';
import type { LayoutOptions } from './sheet';
import { frameBehind, nodeBox, sceneOf } from './stage-set';

const cardHeight = 56;
const cardMin = 208;
const cardMax = 460;
const framePad = 12;

/** Control plane above, workers below, each in order of creation. */
export function nodesView(view: ClusterView, options: LayoutOptions): Scene {
  const sheet = new Sheet(options);
  const width = clamp(options.width, 320, 1560);
  let y = pagePad;
  const place = (zone: 'controlPlane' | 'nodes', nodes: readonly NodeView[]): void => {
    const inner = width - 2 * pagePad - 2 * framePad;
    const columns = clamp(Math.floor((inner + 12) / (cardMin + 12)), 1, Math.max(1, Math.min(5, nodes.length)));
    const cardWidth = Math.min(cardMax, snap((inner - (columns - 1) * 12) / columns));
    const top = y + zoneTitle + 8;
    nodes.forEach((node, index) => {
      const pods = countText(options.language, 'box.pods', podCount(node));
      sheet.add(
        nodeBox(
          sheet,
          node,
          zone,
          {
            x: pagePad + framePad + (index % columns) * (cardWidth + 12),
            y: top + Math.floor(index / columns) * (cardHeight + 12),
            width: cardWidth,
            height: cardHeight,
          },
          [pods, node.version].filter((fact) => fact !== ''),
        ),
      );
      for (const pod of node.pods) sheet.aliases.set(`pod/${pod.namespace}/${pod.name}`, `node/${node.name}`);
      for (const component of node.components) sheet.aliases.set(component.id, `node/${node.name}`);
    });
    const height = zoneTitle + 8 + Math.max(1, Math.ceil(nodes.length / columns)) * (cardHeight + 12);
    const title = text(options.language, zone === 'nodes' ? 'zone.workers' : 'zone.controlPlane');
    frameBehind(sheet, 'strip', `zone/${zone}`, zone, title, { x: pagePad, y, width: width - 2 * pagePad, height });
    y += height + cardGap;
  };
  place('controlPlane', view.nodes.filter((node) => node.controlPlane));
  const workers = view.nodes.filter((node) => !node.controlPlane);
  if (workers.length > 0) place('nodes', workers);
  return sceneOf(sheet, { width, height: y - cardGap + pagePad }, () => []);
}
