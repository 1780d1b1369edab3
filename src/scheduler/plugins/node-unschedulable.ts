/** NodeUnschedulable: a cordoned node takes only pods that tolerate it. Models plugins/nodeunschedulable. */
import { isNode } from '../framework/changes';
import type { EnqueueExtensions, FilterPlugin } from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';
import { tolerates } from '../../api/scheduling/tolerations';

const name = 'NodeUnschedulable';
const cordoned = refusal(name, 'unresolvable', 'node(s) were unschedulable');
const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function fits({ pod }: PodInfo, { node }: NodeInfo): boolean {
  return !node.spec.unschedulable || (pod.spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));
}

export const nodeUnschedulable: FilterPlugin & EnqueueExtensions = {
  name,
  filter: (_state, pod, node) => (fits(pod, node) ? undefined : cordoned),
  wakes: (event, pod) => isNode(event, 'taints') && fits(pod, event.node),
};
