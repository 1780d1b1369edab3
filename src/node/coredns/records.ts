/**
 * The records of the cluster's zone, made of services and endpoint slices when they are asked for. Models CoreDNS'
 * plugin/kubernetes (parse.go, findServices, findPods with `pods insecure`) and the Kubernetes DNS specification 1.1.0.
 */
import type { EndpointSlice, Namespace, Service } from '../../api/types';
import type { DnsAnswer, DnsQuery } from './message';

/** A zone and what its records are made of. */
export interface Zone {
  /** Without the final dot: `cluster.local`. */
  readonly name: string;
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  namespace(name: string): Namespace | undefined;
}

/** How many aliases a chain of external names may have. */
const aliasLimit = 8;

const noName: DnsAnswer = Object.freeze({ error: 'NXDOMAIN' });
const noData: DnsAnswer = Object.freeze({ addresses: Object.freeze([]) });

/** A name below `svc` in its parts; `_port._protocol` and an endpoint's host name exclude each other. */
interface ServiceName {
  readonly service: string;
  readonly endpoint?: string;
  readonly port?: string;
  readonly protocol?: string;
}

/**
 * Answers a question; names outside the zone do not exist, since nothing outside the cluster is simulated. `aliases`:
 * how many have been followed to get here.
 */
export function lookUp(zone: Zone, { name, type }: DnsQuery, aliases = 0): DnsAnswer {
  const lower = name.toLowerCase().replace(/\.$/, '');
  if (lower === zone.name) return noData;
  if (!lower.endsWith(`.${zone.name}`)) return noName;
  const labels = lower.slice(0, -zone.name.length - 1).split('.');
  const kind = labels.pop();
  const namespace = labels.pop();
  if (kind === 'svc' && namespace !== undefined) return serviceRecords(zone, namespace, labels, type, aliases);
  if (kind === 'pod' && namespace !== undefined) return podRecord(zone, namespace, labels, type);
  if (kind === 'dns-version' && namespace === undefined) return noData;
  return kind === 'svc' || kind === 'pod' ? noData : noName;
}

function serviceRecords(
  zone: Zone, namespace: string, labels: readonly string[], type: DnsQuery['type'], aliases: number,
): DnsAnswer {
  if (labels.length === 0) return zone.namespace(namespace) ? noData : noName;
  const asked = serviceName(labels);
  const service = asked && zone.service(namespace, asked.service);
  if (!service) return noName;
  const { type: kind, clusterIP } = service.spec;
  if (kind === 'ExternalName') return asked.endpoint === undefined ? alias(zone, service, type, aliases) : noName;
  return clusterIP === 'None' || asked.endpoint !== undefined
    ? endpointRecords(zone.slices(namespace, asked.service), asked, type)
    : clusterRecords(service, asked, type);
}

/** `service`, `endpoint.service` or `_port._protocol.service`; longer names exist nowhere. */
function serviceName(labels: readonly string[]): ServiceName | undefined {
  const service = labels.at(-1) ?? '';
  if (labels.length === 1) return { service };
  if (labels.length === 2) return { service, endpoint: labels[0] ?? '' };
  if (labels.length > 3) return undefined;
  const [port = '', protocol = ''] = labels.map((label) => label.replace(/^_/, ''));
  return { service, port, protocol };
}

function clusterRecords({ spec }: Service, asked: ServiceName, type: DnsQuery['type']): DnsAnswer {
  if (!(spec.ports ?? []).some((port) => isAsked(asked, port))) return noName;
  return addresses(spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []), type);
}

/** Ready endpoints, those of a headless service or the one with that host name. */
function endpointRecords(slices: readonly EndpointSlice[], asked: ServiceName, type: DnsQuery['type']): DnsAnswer {
  const found: string[] = [];
  for (const slice of slices) {
    if (!(slice.ports ?? []).some((port) => isAsked(asked, port))) continue;
    for (const endpoint of slice.endpoints ?? []) {
      if (!(endpoint.conditions?.ready ?? true)) continue;
      for (const address of endpoint.addresses) {
        const hostname = endpoint.hostname ? endpoint.hostname.toLowerCase() : address.replace(/[.:]/g, '-');
        if (asked.endpoint === undefined || asked.endpoint === hostname) found.push(address);
      }
    }
  }
  return found.length === 0 ? noName : addresses(found, type);
}

function isAsked(
  { port, protocol }: ServiceName, of: { readonly name?: string; readonly protocol?: string },
): boolean {
  return (!port || port === (of.name ?? '')) && (!protocol || protocol === (of.protocol ?? 'TCP').toLowerCase());
}

/** An external name is an alias; one that leads into the zone is followed. */
function alias(zone: Zone, { spec }: Service, type: DnsQuery['type'], aliases: number): DnsAnswer {
  const cname = spec.externalName ?? '';
  const answer = aliases < aliasLimit ? lookUp(zone, { name: cname, type }, aliases + 1) : noData;
  return { addresses: 'error' in answer ? [] : answer.addresses, cname };
}

/** `10-244-0-5.default.pod`: any address is believed (`pods insecure`), in a namespace that exists. */
function podRecord(zone: Zone, namespace: string, labels: readonly string[], type: DnsQuery['type']): DnsAnswer {
  if (!zone.namespace(namespace) || labels.length > 1) return noName;
  const [label] = labels;
  if (label === undefined) return noData;
  const isIPv4 = /^\d{1,3}(-\d{1,3}){3}$/.test(label) && label.split('-').every((part) => Number(part) < 256);
  if (isIPv4) return addresses([label.replaceAll('-', '.')], type);
  const isIPv6 = /^[0-9a-f]{0,4}(-[0-9a-f]{0,4}){2,7}$/.test(label);
  return isIPv6 ? addresses([label.replaceAll('-', ':')], type) : noName;
}

function addresses(found: readonly string[], type: DnsQuery['type']): DnsAnswer {
  const wanted = found.filter((address) => address.includes(':') === (type === 'AAAA'));
  return { addresses: [...new Set(wanted)] };
}
