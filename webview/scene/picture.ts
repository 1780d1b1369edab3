/** The scene that somebody sees from a viewpoint: which layout makes it, and what it needs for that. */
import type { InsideView } from '../../src/protocol/inside';
import type { ClusterView } from '../../src/protocol/view';
import { closeUp } from './close-up';
import { communicationView } from './communication-view';
import { controlPlaneView } from './control-plane-view';
import { insideScene } from './inside-scene';
import { layout } from './layout';
import type { Scene } from './model';
import { nodesView } from './nodes-view';
import { officialView } from './official-view';
import type { LayoutOptions } from './sheet';
import { breadcrumb } from './viewpoint';
import type { Viewpoint } from './viewpoint';

/** The focus, as long as it exists; otherwise the nearest thing around it is lost too, and the cluster is shown. */
export function validFocus(view: ClusterView, focus: string | undefined): string | undefined {
  return breadcrumb(focus, view).length > 0 ? focus : undefined;
}

/** A pure function of all of its arguments. */
export function pictureOf(
  view: ClusterView, viewpoint: Viewpoint, inside: InsideView | undefined, options: LayoutOptions,
): Scene {
  const focus = validFocus(view, viewpoint.focus);
  if (focus !== undefined) {
    const node = view.nodes.find(({ name }) => `node/${name}` === focus);
    return node ? closeUp(view, node, options) : insideScene(view, focus, inside, options);
  }
  switch (viewpoint.preset) {
    case 'cluster': return layout(view, options);
    case 'nodes': return nodesView(view, options);
    case 'worker': {
      const node = view.nodes.find(({ controlPlane }) => !controlPlane) ?? view.nodes[0];
      return node ? closeUp(view, node, options, { bare: true }) : layout(view, options);
    }
    case 'controlPlane': return controlPlaneView(view, undefined, options);
    case 'communication': return communicationView(view, viewpoint.direction, options);
    case 'official': return officialView(view, options);
  }
}
