/**
 * The names in the API server's certificate: those that kubeadm puts there by itself and those that kind's
 * configuration adds. Models GetAPIServerAltNames of cmd/kubeadm/app/util/pkiutil, for all control-plane nodes at once,
 * because to the host the cluster is one server.
 */
import { indexedAddress } from './address';
import type { ClusterPlan } from './types';

/** DNS names and IP addresses under which the API server is reached. */
export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

/** The names of the API server of a cluster. */
export function apiServerNames(plan: ClusterPlan): ServerNames {
  const servers = plan.nodes.filter(({ role }) => role === 'control-plane');
  const endpoint = plan.controlPlaneEndpoint.replace(/:\d+$/, '');
  const isAddress = /^[0-9.]+$|:/;
  const all = [
    'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${plan.dnsDomain}`,
    'localhost', endpoint, plan.apiServerAddress, ...servers.map(({ name }) => name),
    ...plan.serviceSubnet.split(',').slice(0, 1).map((subnet) => indexedAddress(subnet, 1)), '127.0.0.1', '::1',
    ...servers.map(({ address }) => address),
  ];
  const unique = [...new Set(all)].sort();
  return {
    dnsNames: unique.filter((name) => !isAddress.test(name)),
    addresses: unique.filter((name) => isAddress.test(name)),
  };
}
