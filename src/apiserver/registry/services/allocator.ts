/**
 * Cluster IPs and node ports of Services. What is allocated is written in the same etcd transaction as the Service,
 * each address under a key of its own and the node ports in one record, so that two API servers never give one out
 * twice and upstream's repair loops are not needed. Models pkg/registry/core/service/storage/alloc.go.
 */
import { type FieldError, invalid } from '../../../api/field-errors';
import { parseIp } from '../../../api/kinds/ip-address';
import { services } from '../../../api/resources';
import { type FailureStatus, internalError, invalidStatus } from '../../../api/status';
import type { KubeObject, Service, ServiceSpec } from '../../../api/types';
import type { Task } from '../../../sim/task';
import type { Execution } from '../../execution';
import { ipAddressesPrefix, nodePortRangeKey } from '../../storage/keys';
import type { Claim } from '../../storage/store';
import { familyOf, headless, initIpFamilies, normalizeClusterIps, withSpec } from './ip-families';
import { type IpFamily, type IpRange, ipRanges } from './ip-range';
import { allocateNodePorts, keepNodePorts, needsNodePorts, nodePortsOf, type PortRange, portRange } from './node-ports';

/** A Service with what it was given, and what must be written with it. */
export interface Allocation {
  readonly service: Service;
  readonly claims: readonly Claim[];
}

export class ServiceAllocator {
  private readonly ranges: readonly IpRange[];

  constructor(serviceSubnet: string) {
    this.ranges = ipRanges(serviceSubnet);
  }

  /** The address of the Service `kubernetes`. */
  get firstAddress(): string {
    return (this.ranges[0] as IpRange).first;
  }

  /** Fills in a new Service, or an updated one when `old` is given. */
  *allocate(given: Service, old: Service | undefined, execution: Execution): Task<Allocation | FailureStatus> {
    const patched = old ? keepNodePorts(keepClusterIps(given, old), old) : given;
    const families = this.ranges.map((range): IpFamily => range.family);
    const withFamilies = initIpFamilies(normalizeClusterIps(patched, old), old, families);
    if (isErrors(withFamilies)) return this.refuse(given, withFamilies);
    const withIps = this.allocateIps(withFamilies, old, execution);
    if (isErrors(withIps)) return this.refuse(given, withIps);
    if ('kind' in withIps && withIps.kind === 'Status') return withIps as FailureStatus;
    const service = withIps as Service;
    const ipClaims = claimsForIps(service, old, execution);
    const withPorts = yield* this.allocatePorts(service, old, execution);
    if ('kind' in withPorts) return withPorts;
    return { service: withPorts.service, claims: [...ipClaims, ...withPorts.claims] };
  }

  /** What must be given back with a Service that is deleted. */
  *release(service: Service, execution: Execution): Task<readonly Claim[] | FailureStatus> {
    const ips = addressesOf(service).map((address): Claim => ({ key: ipAddressesPrefix + address, value: undefined }));
    const ports = nodePortsOf(service);
    if (ports.size === 0) return ips;
    const record = yield* execution.store.read(nodePortRangeKey);
    if ('kind' in record) return record;
    const kept = portsIn(record.value).filter((port) => !ports.has(port));
    return [...ips, { key: nodePortRangeKey, expectedRevision: record.revision, value: portRange(kept) }];
  }

  private allocateIps(
    service: Service, old: Service | undefined, execution: Execution,
  ): Service | readonly FieldError[] | FailureStatus {
    const spec = service.spec as ServiceSpec;
    const isHeadless = spec.clusterIPs?.[0] === headless || spec.clusterIP === headless;
    if (spec.type === 'ExternalName' || isHeadless) return service;
    const held = new Set(old ? addressesOf(old) : []);
    let used: Set<string> | undefined;
    const addresses: string[] = [];
    for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
      const range = this.ranges.find((candidate) => candidate.family === family);
      if (!range) continue;
      used ??= new Set(execution.objects.list(services).flatMap(addressesOf));
      const asked = spec.clusterIPs?.[i] ?? '';
      if (asked === '') {
        const picked = range.pick(execution.random('service-ips'), used);
        if (picked === undefined) return internalError('failed to allocate a serviceIP: range is full');
        addresses.push(picked);
      } else {
        const problem = held.has(asked) || parseIp(asked) === undefined ? undefined
          : !range.contains(asked) ? 'the provided network does not match the current range'
            : used.has(asked) ? 'provided IP is already allocated' : undefined;
        if (problem !== undefined) {
          return [invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${asked}: ${problem}`)];
        }
        addresses.push(asked);
      }
    }
    if (addresses.length === 0) return service;
    return withSpec(service, { clusterIP: addresses[0], clusterIPs: addresses });
  }

  private *allocatePorts(
    service: Service, old: Service | undefined, execution: Execution,
  ): Task<Allocation | FailureStatus> {
    if (!needsNodePorts(service.spec) && nodePortsOf(old).size === 0) return { service, claims: [] };
    const record = yield* execution.store.read(nodePortRangeKey);
    if ('kind' in record) return record;
    const taken = new Set(portsIn(record.value));
    for (const other of execution.objects.list(services)) for (const port of nodePortsOf(other)) taken.add(port);
    const held = nodePortsOf(old);
    const result = needsNodePorts(service.spec)
      ? allocateNodePorts(service, old, taken, execution.random('node-ports')) : service;
    if (result === 'full') return internalError('failed to allocate a nodePort: range is full');
    if (isErrors(result)) return this.refuse(service, result);
    const allocated = result as Service;
    const holds = nodePortsOf(allocated);
    if (sameSet(held, holds)) return { service: allocated, claims: [] };
    for (const port of held) if (!holds.has(port)) taken.delete(port);
    for (const port of holds) taken.add(port);
    const value = portRange(taken);
    return { service: allocated, claims: [{ key: nodePortRangeKey, expectedRevision: record.revision, value }] };
  }

  private refuse(service: Service, errors: readonly FieldError[]): FailureStatus {
    return invalidStatus({ group: '', kind: 'Service' }, service.metadata.name, errors);
  }
}

function isErrors(value: unknown): value is readonly FieldError[] {
  return Array.isArray(value);
}

function sameSet(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((port) => b.has(port));
}

function portsIn(record: unknown): readonly number[] {
  return (record as PortRange | undefined)?.ports ?? [];
}

/** Addresses that a Service holds. */
function addressesOf(service: Service): string[] {
  return (service.spec?.clusterIPs ?? []).filter((address) => address !== headless && address !== '');
}

/** An update that leaves its addresses out keeps them. */
function keepClusterIps(service: Service, old: Service): Service {
  if (service.spec?.type === 'ExternalName' || old.spec?.type === 'ExternalName') return service;
  const { clusterIP, clusterIPs = [] } = service.spec as ServiceSpec;
  const change: { clusterIP?: string; clusterIPs?: readonly string[] } = {};
  if (!clusterIP && old.spec?.clusterIP) change.clusterIP = old.spec.clusterIP;
  if (clusterIPs.length === 0 && old.spec?.clusterIPs) {
    // Clients that know only clusterIP may have changed it; normalizing will then see that it differs.
    change.clusterIPs = old.spec.clusterIPs;
  }
  return Object.keys(change).length === 0 ? service : withSpec(service, change);
}

function claimsForIps(service: Service, old: Service | undefined, execution: Execution): Claim[] {
  const holds = service.spec?.type === 'ExternalName' ? [] : addressesOf(service);
  const held = old ? addressesOf(old) : [];
  const taken = holds.filter((address) => !held.includes(address) && parseIp(address) !== undefined);
  const freed = held.filter((address) => !holds.includes(address));
  return [
    ...taken.map((address): Claim =>
      ({ key: ipAddressesPrefix + address, expectedRevision: 0, value: ipAddressObject(address, service, execution) })),
    ...freed.map((address): Claim => ({ key: ipAddressesPrefix + address, value: undefined })),
  ];
}

/** The IPAddress that upstream keeps for every cluster IP. */
function ipAddressObject(
  address: string, service: Service, execution: Execution,
): KubeObject & { readonly spec: unknown } {
  const { namespace, name } = service.metadata;
  const labels = {
    'ipaddress.kubernetes.io/ip-family': familyOf(address), 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
  };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: {
      name: address, uid: execution.random('ip-address-uid').uuid(), creationTimestamp: execution.wallTime, labels,
      resourceVersion: '',
    },
    spec: { parentRef: { group: '', resource: 'services', namespace, name } },
  };
}
