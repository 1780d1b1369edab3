/**
 * From where somebody looks at the cluster: a preset view, and how far into it. The ladder goes from the cluster over a
 * node and its components and pods down to a container; each rung knows the one above it.
 */
import type { PanelState } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import type { Box } from './model';
import { processName } from './party';

/** The views that the panel offers; `cluster` is the one with everything. */
export const presets = ['cluster', 'nodes', 'worker', 'controlPlane', 'communication', 'official'] as const;

export type Preset = typeof presets[number];

/** Which half of the connections the view `communication` shows. */
export type Direction = 'all' | 'toControlPlane' | 'fromControlPlane';

export interface Viewpoint {
  readonly preset: Preset;
  /** The box that fills the picture; absent on the level of the cluster. */
  readonly focus?: string;
  readonly direction: Direction;
}

/** The viewpoint that was saved, as far as it is one. */
export function readViewpoint({ preset, focus, direction }: PanelState): Viewpoint {
  return {
    preset: presets.find((known) => known === preset) ?? 'cluster',
    direction: direction === 'toControlPlane' || direction === 'fromControlPlane' ? direction : 'all',
    ...(focus === undefined ? {} : { focus }),
  };
}

export const overview: Viewpoint = { preset: 'cluster', direction: 'all' };

/** Z1 to Z4: cluster, node or component, pod, container. */
export type Level = 1 | 2 | 3 | 4;

/** The level on which a box fills the picture. */
export function levelOf(focus: string | undefined): Level {
  if (focus === undefined) return 1;
  return focus.startsWith('container/') ? 4 : focus.startsWith('pod/') ? 3 : 2;
}

/** Whether one can go into the box. */
export function canEnter(box: Pick<Box, 'kind' | 'party' | 'state' | 'target'>): boolean {
  if (box.kind === 'component') return box.state !== 'absent' && box.party !== 'load-balancer';
  return box.kind === 'node' || box.kind === 'pod' || box.target !== undefined;
}

/** The boxes around a focus, the outermost first, itself last. A focus that does not exist any more leads nowhere. */
export function breadcrumb(focus: string | undefined, view: ClusterView): string[] {
  if (focus === undefined) return [];
  if (focus.startsWith('node/')) {
    const name = focus.slice('node/'.length);
    return view.nodes.some((node) => node.name === name) || view.fleet?.names.includes(name) ? [focus] : [];
  }
  const [kind, namespace, pod] = focus.split('/');
  if (kind === 'container') {
    const above = breadcrumb(`pod/${namespace}/${pod}`, view);
    return above.length > 0 ? [...above, focus] : [];
  }
  if (kind === 'pod') {
    const node = view.nodes.find(({ pods }) => pods.some((one) => one.namespace === namespace && one.name === pod));
    if (node) return [`node/${node.name}`, focus];
    return view.unboundPods.some((one) => one.namespace === namespace && one.name === pod) ? [focus] : [];
  }
  const { machine } = processName(focus);
  return view.nodes.some(({ name }) => name === machine) ? [`node/${machine}`, focus] : [];
}

/** The box one rung up; undefined is the cluster. */
export function above(focus: string | undefined, view: ClusterView): string | undefined {
  return breadcrumb(focus, view).at(-2);
}

/** What a box is called in the breadcrumb. */
export function nameOf(box: string): string {
  return box.includes('/') ? box.slice(box.lastIndexOf('/') + 1) : processName(box).name;
}
