/**
 * The whole cluster as tree and diagram show it: from the objects in etcd at one revision and the processes that run.
 * It reads and changes nothing. Nodes that exist only as machines so far are shown as such.
 */
import { nodeRoles, nodeStatusText } from '../../api/kinds/node/columns';
import { timeMs } from '../../api/time';
import type { Lease, Node, Pod } from '../../api/types';
import type { ClusterView, ComponentView, NodeHealth, NodeView, PodView, RunState } from '../../protocol/view';
import { componentsOf, type Processes } from './components';
import { podView } from './pod-view';

/** A machine of the cluster that is, or will become, a node. */
export interface NodeMachineInfo {
  readonly name: string;
  readonly address: string;
  readonly controlPlane: boolean;
  readonly poweredOn: boolean;
  /** Somebody has filled its disk. */
  readonly diskFull?: boolean;
}

/** Everything a view is made of. */
export interface ViewInputs {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly epochMs: number;
  readonly nowMs: number;
  readonly revision: number;
  readonly hops: number;
  readonly run: RunState;
  readonly machines: readonly NodeMachineInfo[];
  readonly loadBalancer?: ComponentView;
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly leases: readonly Lease[];
  readonly processes: Processes;
}

export function clusterView(inputs: ViewInputs): ClusterView {
  const { epochMs } = inputs;
  const podsByNode = new Map<string, Pod[]>();
  for (const pod of inputs.pods) {
    const node = pod.spec.nodeName ?? '';
    const on = podsByNode.get(node);
    if (on) on.push(pod);
    else podsByNode.set(node, [pod]);
  }
  const nodes = new Map(inputs.nodes.map((node) => [node.metadata.name, node]));
  const holders = new Map(inputs.leases
    .filter((lease) => lease.metadata.namespace === 'kube-system')
    .map((lease) => [lease.metadata.name, lease.spec.holderIdentity ?? '']));
  const views = inputs.machines.map((machine) => {
    const pods = podsByNode.get(machine.name) ?? [];
    return nodeView(
      inputs,
      machine,
      nodes.get(machine.name),
      pods,
      componentsOf(machine.name, pods, inputs.processes, holders),
    );
  });
  const unboundPods = (podsByNode.get('') ?? []).map((pod) => podView(pod, epochMs));
  const all = [...views.flatMap((view) => view.pods), ...unboundPods];
  const { name, kubernetesVersion, nowMs, revision, hops, run, loadBalancer } = inputs;
  return {
    name, kubernetesVersion, nowMs, revision, hops, run, loadBalancer,
    nodes: views,
    unboundPods,
    failingPods: all.filter((pod) => pod.health === 'failed' || pod.health === 'crashing').length,
  };
}

function nodeView(
  inputs: ViewInputs, machine: NodeMachineInfo, node: Node | undefined, pods: readonly Pod[],
  components: readonly ComponentView[],
): NodeView {
  const { name, address, controlPlane, poweredOn, diskFull } = machine;
  const views: PodView[] = pods.map((pod) => podView(pod, inputs.epochMs)).sort((a, b) => a.createdMs - b.createdMs);
  return {
    name, address, controlPlane, poweredOn, components,
    ...(diskFull ? { diskFull } : {}),
    roles: node ? nodeRoles(node) : [],
    status: node ? nodeStatusText(node) : '',
    health: nodeHealth(node),
    version: node?.status.nodeInfo?.kubeletVersion ?? inputs.kubernetesVersion,
    podCIDR: node?.spec.podCIDR,
    taints: (node?.spec.taints ?? []).map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`),
    labels: node?.metadata.labels ?? {},
    capacity: node?.status.capacity ?? {},
    createdMs: node && timeMs(node.metadata.creationTimestamp) - inputs.epochMs,
    pods: views,
  };
}

function nodeHealth(node: Node | undefined): NodeHealth {
  if (!node) return 'absent';
  const ready = node.status.conditions?.find((condition) => condition.type === 'Ready');
  if (ready?.status === 'True') return 'ready';
  return ready?.status === 'Unknown' ? 'unknown' : 'notReady';
}
