/**
 * What is inside a box of the diagram: a component of the control plane or of a node, a pod, a container. Computed from
 * objects and trace alone, so that it can be shown of any moment. A box of which nothing is known has no inside.
 */
import type { Pod } from '../../../api/types';
import type { InsideLane, InsideView } from '../../../protocol/inside';
import type { ComponentView } from '../../../protocol/view';
import { apiServerLanes, controllerManagerLanes, etcdLanes, schedulerLanes } from './control-plane';
import { kubeletLanes, kubeProxyLanes, messageLanes } from './node';
import { containerLanes, podLanes } from './pod';
import type { InsideSource } from './source';

export function insideView(box: string, source: InsideSource): InsideView | undefined {
  const lanes = lanesOf(box, source);
  return lanes && { box, lanes };
}

function lanesOf(box: string, source: InsideSource): readonly InsideLane[] | undefined {
  const [kind, namespace, name = '', container] = box.split('/');
  if (kind === 'pod' || kind === 'container') {
    const pod = source.objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod | undefined;
    if (!pod || kind === 'pod') return pod && podLanes(pod, source);
    const found = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === container);
    return found && containerLanes(pod, found);
  }
  const component = source.view.nodes.flatMap(({ components }) => components).find(({ id }) => id === box);
  return component && componentLanes(component, source);
}

function componentLanes({ id, kind }: ComponentView, source: InsideSource): readonly InsideLane[] {
  switch (kind) {
    case 'kube-apiserver': return apiServerLanes(id, source);
    case 'etcd': return etcdLanes(id, source);
    case 'kube-scheduler': return schedulerLanes(id, source);
    case 'kube-controller-manager': return controllerManagerLanes(id, source);
    case 'kubelet': return kubeletLanes(id, source);
    case 'kube-proxy': return [...kubeProxyLanes(source), ...messageLanes(id, source)];
    default: return messageLanes(id, source);
  }
}
