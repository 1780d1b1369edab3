/** NodeName: a pod that names its node fits nowhere else. Models plugins/nodename. */
import type { EnqueueExtensions, FilterPlugin } from '../framework/interface';
import { refusal } from '../framework/status';

const name = 'NodeName';
const otherNode = refusal(name, 'unresolvable', "node(s) didn't match the requested node name");

export const nodeName: FilterPlugin & EnqueueExtensions = {
  name,
  filter: (_state, { pod }, node) => (pod.spec.nodeName && pod.spec.nodeName !== node.name ? otherNode : undefined),
  wakes: (event, { pod }) =>
    event.resource === 'node' && event.action === 'add' && event.node.name === pod.spec.nodeName,
};
