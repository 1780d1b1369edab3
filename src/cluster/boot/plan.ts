/** From the topology that kind derives of its config to the plan that kubeadm's manifests and objects are made of. */
import { formatTime } from '../../api/time';
import type { ClusterPlan, PlannedNode } from '../../kind/kubeadm/types';
import type { KindTopology, TopologyNode } from '../../kind/topology';

/** kubeadm's bootstrap tokens live for a day. */
const tokenLifetimeMs = 24 * 3_600_000;

/** The plan of a whole cluster; `caCertificate` is the PEM text of its CA. */
export function clusterPlan(topology: KindTopology, epochMs: number, caCertificate: string): ClusterPlan {
  const { config } = topology;
  return {
    name: topology.name,
    kubernetesVersion: topology.kubernetesVersion,
    podSubnet: config.networking.podSubnet,
    serviceSubnet: config.networking.serviceSubnet,
    dnsDomain: 'cluster.local',
    controlPlaneEndpoint: topology.controlPlaneEndpoint,
    apiServerAddress: config.networking.apiServerAddress,
    kubeProxyMode: config.networking.kubeProxyMode,
    disableDefaultCNI: config.networking.disableDefaultCNI,
    featureGates: config.featureGates,
    runtimeConfig: config.runtimeConfig,
    caCertificate,
    bootstrapTokenExpiration: formatTime(epochMs + tokenLifetimeMs),
    nodes: topology.nodes.map(plannedNode),
  };
}

function plannedNode({ name, role, address, labels, isFirstControlPlane }: TopologyNode): PlannedNode {
  return { name, role, address, labels, isFirstControlPlane };
}
