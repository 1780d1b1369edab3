/** Cluster plans for the tests of this folder: kind's defaults with any number of nodes. */
import type { ClusterPlan, PlannedNode } from '../../../src/kind/kubeadm/types';

function nodes(role: PlannedNode['role'], count: number, firstAddress: number): PlannedNode[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `kind-${role}${index === 0 ? '' : index + 1}`,
    role,
    address: `172.18.0.${firstAddress + index}`,
    labels: {},
    isFirstControlPlane: role === 'control-plane' && index === 0,
  }));
}

export function planOf(controlPlanes: number, workers: number, changes: Partial<ClusterPlan> = {}): ClusterPlan {
  return {
    name: 'kind',
    kubernetesVersion: 'v1.36.1',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/16',
    dnsDomain: 'cluster.local',
    controlPlaneEndpoint: controlPlanes > 1 ? 'kind-external-load-balancer:6443' : 'kind-control-plane:6443',
    apiServerAddress: '127.0.0.1',
    kubeProxyMode: 'iptables',
    disableDefaultCNI: false,
    featureGates: {},
    runtimeConfig: {},
    caCertificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    bootstrapTokenExpiration: '2026-01-02T00:00:00Z',
    nodes: [...nodes('control-plane', controlPlanes, 2), ...nodes('worker', workers, 2 + controlPlanes)],
    ...changes,
  };
}
