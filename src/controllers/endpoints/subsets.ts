/**
 * The subsets of a Service's Endpoints: the pods that it selects, by ports, and at most a thousand of them. Pure
 * functions. Models the inner part of syncService and truncateEndpoints of pkg/controller/endpoint.
 */
import { repackSubsets } from '../../api/kinds/endpoints';
import { isDeleting } from '../../api/object';
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/types';
import { canBeEndpoint, findPort } from '../endpointslice/endpoints';
import { isPodReady } from '../pods/pod-state';

/** More addresses than this do not go into one object: maxCapacity. */
const maxAddresses = 1_000;

/** What a pod is to a Service. */
export interface Member {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  /** In the order of the Service; empty for a Service without ports. */
  readonly ports: readonly EndpointPort[];
}

/** What a pod is to a Service that selects it; undefined when it cannot be called. */
export function memberOf(service: Service, pod: Pod): Member | undefined {
  const { publishNotReadyAddresses = false, ports = [] } = service.spec;
  if (!canBeEndpoint(pod) || (isDeleting(pod) && !publishNotReadyAddresses)) return undefined;
  const address = addressOf(pod, service);
  if (!address) return undefined;
  const found: EndpointPort[] = [];
  for (const servicePort of ports) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    found.push({ ...(name ? { name } : {}), port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) });
  }
  if (ports.length > 0 && found.length === 0) return undefined;
  return { address, ready: publishNotReadyAddresses || isPodReady(pod), ports: found };
}

interface Group {
  readonly ports: readonly EndpointPort[];
  readonly ready: EndpointAddress[];
  readonly others: EndpointAddress[];
}

/** The subsets that these members make, in canonical form. */
export function subsetsOf(members: Iterable<Member>): readonly EndpointSubset[] {
  const groups = new Map<string, Group>();
  for (const { address, ready, ports } of members) {
    const key = ports.map(({ name = '', port }) => `${name}:${port}`).join();
    let group = groups.get(key);
    if (!group) groups.set(key, group = { ports, ready: [], others: [] });
    (ready ? group.ready : group.others).push(address);
  }
  return repackSubsets([...groups.values()].map(({ ports, ready, others }) => ({
    ...(ready.length > 0 ? { addresses: ready } : {}), ...(others.length > 0 ? { notReadyAddresses: others } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  })));
}

function addressOf(pod: Pod, service: Service): EndpointAddress | undefined {
  const families = service.spec.ipFamilies ?? [];
  const isV6 = (families[0] ?? (service.spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4')) === 'IPv6';
  const ips = pod.status.podIPs?.map(({ ip }) => ip) ?? [pod.status.podIP ?? ''];
  const ip = ips.find((each) => each.includes(':') === isV6);
  if (!ip) return undefined;
  const { namespace, name, uid } = pod.metadata;
  const { nodeName, hostname, subdomain } = pod.spec;
  const isNamed = hostname && subdomain === service.metadata.name && namespace === service.metadata.namespace;
  return {
    ip, ...(isNamed ? { hostname } : {}), ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

/** At most so many addresses, of each subset its share, ready ones before others; the same list when they fit. */
export function truncated(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const ready = count(subsets, 'addresses');
  const notReady = count(subsets, 'notReadyAddresses');
  if (ready + notReady <= maxAddresses) return subsets;
  const readyLeft = Math.min(ready, maxAddresses);
  const addresses = shares(subsets, 'addresses', ready, readyLeft);
  const others = shares(subsets, 'notReadyAddresses', notReady, maxAddresses - readyLeft);
  return subsets.flatMap((subset, i) => {
    const { addresses: _addresses, notReadyAddresses: _notReady, ...rest } = subset;
    const [kept = [], keptOthers = []] = [addresses[i], others[i]];
    if (kept.length + keptOthers.length === 0) return [];
    return [{
      ...(kept.length > 0 ? { addresses: kept } : {}),
      ...(keptOthers.length > 0 ? { notReadyAddresses: keptOthers } : {}), ...rest,
    }];
  });
}

type AddressList = 'addresses' | 'notReadyAddresses';

function count(subsets: readonly EndpointSubset[], list: AddressList): number {
  return subsets.reduce((sum, subset) => sum + (subset[list] ?? []).length, 0);
}

/** The addresses that each subset keeps, in proportion to what it has; the last ones get what is left over. */
function shares(
  subsets: readonly EndpointSubset[], list: AddressList, total: number, wanted: number,
): readonly (readonly EndpointAddress[])[] {
  let left = wanted;
  const last = subsets.length - 1;
  return subsets.map((subset, i) => {
    const own = subset[list] ?? [];
    const share = i === last ? left : Math.min(left, Math.floor((own.length / Math.max(1, total)) * wanted));
    const kept = own.slice(0, share);
    left -= kept.length;
    return kept;
  });
}
