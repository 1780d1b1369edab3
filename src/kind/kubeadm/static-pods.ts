/**
 * The manifests in /etc/kubernetes/manifests of a control-plane node, from which its kubelet starts the control plane
 * before any API server answers.
 */
import { assert } from '../../base/assert';
import { deepFreeze } from '../../base/freeze';
import type { NewObject, Pod } from '../../api/types';
import { apiServerPod, controllerManagerPod, schedulerPod } from './control-plane-pods';
import { etcdPod } from './etcd-pod';
import { staticPod } from './static-pod';
import type { ClusterPlan, PlannedNode } from './types';

/**
 * The four static pods of a control-plane node of the plan, in order of file name. Their names lack the node's name:
 * the kubelet appends it. Frozen.
 */
export function staticPodManifests(plan: ClusterPlan, node: PlannedNode): readonly NewObject<Pod>[] {
  assert(node.role === 'control-plane', `${node.name} is not a control-plane node`);
  assert(plan.nodes.includes(node), `${node.name} is not a node of the plan`);
  const pods = [etcdPod(plan, node), apiServerPod(plan, node), controllerManagerPod(plan), schedulerPod(plan)];
  return deepFreeze(pods.map(staticPod));
}
