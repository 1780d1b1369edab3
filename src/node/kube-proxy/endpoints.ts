/**
 * Which endpoints of a service port a node's rules lead to. Models pkg/proxy CategorizeEndpoints and the endpoint
 * slice cache: ready endpoints, or those that still serve while they terminate when none is ready. Not modelled:
 * topology hints (spec.trafficDistribution, topology-aware routing); every ready endpoint counts.
 */
import { compareText } from '../../base/freeze';
import type { Endpoint, EndpointSlice, ServicePort } from '../../api/types';
import type { Backend } from '../host-network';

export type AddressFamily = 'IPv4' | 'IPv6';

/** The endpoints that the traffic policies Cluster and Local may use, each in the order of the rules. Frozen. */
export interface ServiceEndpoints {
  readonly cluster: readonly Backend[];
  readonly local: readonly Backend[];
}

/** The family of an address. */
export function familyOf(address: string): AddressFamily {
  return address.includes(':') ? 'IPv6' : 'IPv4';
}

/** The usable endpoints of one service port, seen from a node. `slices` are all slices of the service. */
export function serviceEndpoints(
  slices: readonly EndpointSlice[], port: ServicePort, family: AddressFamily, node: string,
): ServiceEndpoints {
  const found = endpointsByAddress(slices, port, family);
  const addresses = [...found.keys()].sort(compareText);
  const all = addresses.map((address) => found.get(address) as Candidate);
  const local = all.filter(({ endpoint }) => endpoint.nodeName === node);
  return Object.freeze({ cluster: usable(all), local: usable(local) });
}

interface Candidate {
  readonly backend: Backend;
  readonly endpoint: Endpoint;
}

/** By `ip:port`: while an endpoint moves from slice to slice it may be in two, and counts once. */
function endpointsByAddress(
  slices: readonly EndpointSlice[], port: ServicePort, family: AddressFamily,
): Map<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== family) continue;
    const target = slice.ports?.find((candidate) =>
      (candidate.name ?? '') === (port.name ?? '') && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.port;
    if (target === undefined) continue;
    for (const endpoint of slice.endpoints ?? []) {
      // kube-proxy uses the first address only; more have no meaning.
      const ip = endpoint.addresses[0];
      if (ip === undefined) continue;
      const address = `${ip}:${target}`;
      const known = found.get(address);
      if (known && isReady(known.endpoint)) continue;
      found.set(address, { backend: known?.backend ?? Object.freeze({ ip, port: target }), endpoint });
    }
  }
  return found;
}

function usable(candidates: readonly Candidate[]): readonly Backend[] {
  const ready = candidates.filter(({ endpoint }) => isReady(endpoint));
  const chosen = ready.length > 0 ? ready : candidates.filter(({ endpoint }) => isServingTerminating(endpoint));
  return Object.freeze(chosen.map(({ backend }) => backend));
}

/** An unknown state is to be taken as ready (discovery.k8s.io/v1 EndpointConditions). */
function isReady({ conditions }: Endpoint): boolean {
  return conditions?.ready ?? true;
}

function isServingTerminating(endpoint: Endpoint): boolean {
  const { conditions } = endpoint;
  return (conditions?.serving ?? isReady(endpoint)) && (conditions?.terminating ?? false);
}
