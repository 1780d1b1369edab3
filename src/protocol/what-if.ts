/**
 * What can be done to a box of the diagram, or a row of the tree, to see what follows, and how it is undone. One list
 * for panel, tree and palette: what is not in it for a box is not done to it.
 */
import type { ClusterView, ComponentView, NodeView, PodView } from './view';

export const whatIfs = [
  'kill', 'stopUnit', 'startUnit', 'dropMessage', 'fillDatabase', 'freeDatabase', 'cordon', 'uncordon', 'cutLink',
  'healLink', 'fillDisk', 'freeDisk', 'powerOff', 'powerOn',
] as const;

export type WhatIf = (typeof whatIfs)[number];

/** What systemd runs on a node, by the kind of component. */
export const unitNames = { 'kubelet': 'kubelet', 'container-runtime': 'containerd' } as const;

/** What can be done now to the box of that id; empty when there is no such box, or nothing to be done to it. */
export function whatIfsFor(box: string, view: ClusterView): readonly WhatIf[] {
  if (box.startsWith('container/') || box.startsWith('pod/')) {
    return processOf(box, view) === undefined ? [] : ['kill', 'dropMessage'];
  }
  for (const node of view.nodes) {
    if (box === `node/${node.name}`) return forNode(node, view);
    const component = node.components.find(({ id }) => id === box);
    if (component) return node.poweredOn ? forComponent(component) : [];
  }
  return [];
}

/**
 * The running process of a component, of a container (`container/default/web-0/app`), or of the first container of a
 * pod that runs (`pod/default/web-0`).
 */
export function processOf(box: string, { nodes }: ClusterView): string | undefined {
  for (const { components, pods, name } of nodes) {
    if (components.some(({ id, running }) => id === box && running)) return box;
    for (const pod of pods) for (const container of pod.containers) {
      const id = `${pod.namespace}/${pod.name}/${container.name}`;
      const isMeant = box === `container/${id}` || box === `pod/${pod.namespace}/${pod.name}`;
      if (!isMeant || container.state !== 'running') continue;
      return componentOf(pod, components) ?? `${id}@${name}`;
    }
  }
  return undefined;
}

/** The program of a pod of Kubernetes itself goes by the name of the component. */
function componentOf({ namespace, name }: PodView, components: readonly ComponentView[]): string | undefined {
  return components.find(({ pod, running }) => running && pod === `${namespace}/${name}`)?.id;
}

function forNode(node: NodeView, { nodes }: ClusterView): WhatIf[] {
  if (!node.poweredOn) return ['powerOn'];
  const isCordoned = node.status.includes('SchedulingDisabled');
  const cordon: WhatIf[] = node.health === 'absent' ? [] : [isCordoned ? 'uncordon' : 'cordon'];
  const isFirst = nodes.find(({ controlPlane }) => controlPlane) === node;
  const links: WhatIf[] = isFirst ? [] : ['cutLink', 'healLink'];
  return [...cordon, ...links, node.diskFull ? 'freeDisk' : 'fillDisk', 'powerOff'];
}

function forComponent({ kind, running }: ComponentView): WhatIf[] {
  const isUnit = kind === 'kubelet' || kind === 'container-runtime';
  if (!running) return isUnit ? ['startUnit'] : [];
  if (kind === 'etcd') return ['kill', 'fillDatabase', 'freeDatabase'];
  const others: WhatIf[] = kind === 'container-runtime' ? ['stopUnit']
    : kind === 'kubelet' ? ['stopUnit', 'dropMessage'] : ['dropMessage'];
  return ['kill', ...others];
}
