/** NodePorts: a host port can be taken once per address and protocol. Models plugins/nodeports. */
import type { EnqueueExtensions, FilterPlugin, PreFilterPlugin } from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import type { HostPort, PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';

const name = 'NodePorts';
const taken = refusal(name, 'unschedulable', "node(s) didn't have free ports for the requested pod ports");

function conflicts(a: HostPort, b: HostPort): boolean {
  const sameAddress = a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0';
  return sameAddress && a.protocol === b.protocol && a.port === b.port;
}

function fits(pod: PodInfo, node: NodeInfo): boolean {
  for (const other of node.pods.values()) {
    if (other.hostPorts.some((used) => pod.hostPorts.some((wanted) => conflicts(used, wanted)))) return false;
  }
  return true;
}

export const nodePorts: PreFilterPlugin & FilterPlugin & EnqueueExtensions = {
  name,
  preFilter: (_state, pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter: (_state, pod, node) => (fits(pod, node) ? undefined : taken),
  wakes: (event, pod) => {
    if (event.resource === 'node') return event.action === 'add';
    return (
      event.action === 'delete' && event.pod.hostPorts.some((freed) => pod.hostPorts.some((p) => conflicts(freed, p)))
    );
  },
};
