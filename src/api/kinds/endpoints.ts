/**
 * Endpoints: all addresses behind a Service in one object, which EndpointSlices have replaced. Models pkg/apis/core,
 * pkg/registry/core/endpoint and RepackSubsets of pkg/api/v1/endpoints.
 */
import { compareText, withKey } from '../../base/freeze';
import { child, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { goJson } from '../go-text';
import { defineKind } from '../kind';
import { portNumberProblems } from '../names';
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '../types';
import { ageColumn, nameColumn } from './columns';
import {
  checkDnsLabel, checkOneOf, checkProblems, checkQualifiedName, checkSubdomain, eachItem,
} from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkIp, checkNonSpecialIp } from './ip-address';
import { mapList, withDefault } from './pod/container-defaults';

const shownEndpoints = 3;
const protocols = ['SCTP', 'TCP', 'UDP'];

function defaults(endpoints: Endpoints): Endpoints {
  return withKey(endpoints, 'subsets', mapList(endpoints.subsets, (subset) => (
    withKey(subset, 'ports', mapList(subset.ports, (port) => withDefault(port, 'protocol', 'TCP'))))));
}

function validate({ subsets }: Endpoints): readonly FieldError[] {
  const errors: FieldErrors = [];
  eachItem(subsets, 'subsets', (subset, at) => {
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    }
    eachItem(addresses, child(at, 'addresses'), (address, path) => checkAddress(address, path, errors));
    eachItem(notReadyAddresses, child(at, 'notReadyAddresses'), (address, path) => checkAddress(address, path, errors));
    eachItem(ports, child(at, 'ports'), (port, path) => checkPort(port, ports.length > 1, path, errors));
  });
  return errors;
}

function checkAddress({ ip, hostname, nodeName }: EndpointAddress, path: string, errors: FieldErrors): void {
  const ipPath = child(path, 'ip');
  const isIp = checkIp(ip ?? '', ipPath, errors);
  if (hostname) checkDnsLabel(hostname, child(path, 'hostname'), errors);
  if (nodeName !== undefined) checkSubdomain(nodeName, child(path, 'nodeName'), errors);
  if (isIp) checkNonSpecialIp(ip, ipPath, errors);
}

function checkPort(
  { name, port, protocol, appProtocol }: EndpointPort, needsName: boolean, path: string, errors: FieldErrors,
): void {
  if (name) checkDnsLabel(name, child(path, 'name'), errors);
  else if (needsName) errors.push(required(child(path, 'name')));
  checkProblems(portNumberProblems(port ?? 0), port ?? 0, child(path, 'port'), errors);
  checkOneOf(protocol, protocols, child(path, 'protocol'), errors, true);
  if (appProtocol !== undefined) checkQualifiedName(appProtocol, child(path, 'appProtocol'), errors);
}

/** The same endpoints in canonical form: every address once per set of ports, all in order. */
function withRepackedSubsets(endpoints: Endpoints): Endpoints {
  const { subsets } = endpoints;
  if (subsets === undefined || subsets.length === 0) return endpoints;
  return { ...endpoints, subsets: repackSubsets(subsets) };
}

/**
 * Subsets of which no two have the same ports and in which no address is repeated: RepackSubsets. An address that is
 * ready in one place and not in another, for the same port, counts as not ready.
 */
export function repackSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const [only] = subsets;
  const sorted = subsets.length === 1 && only ? sortedSubset(only) : undefined;
  return sorted ? [sorted] : repackAll(subsets);
}

/** One subset in order; undefined when an address is in it twice. Most Endpoints are like this. */
function sortedSubset(subset: EndpointSubset): EndpointSubset | undefined {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const seen = new Set<string>();
  for (const list of [addresses, notReadyAddresses]) for (const address of list) seen.add(addressKey(address));
  if (seen.size < addresses.length + notReadyAddresses.length) return undefined;
  if (new Set(ports.map(goJson)).size < ports.length) return undefined;
  return subsetOf(ports.slice(), addresses.slice(), notReadyAddresses.slice());
}

function addressKey({ ip, targetRef }: EndpointAddress): string {
  return `${ip} ${targetRef?.uid ?? ''}`;
}

/** A subset of these lists, which are put in order. */
function subsetOf(ports: EndpointPort[], ready: EndpointAddress[], notReady: EndpointAddress[]): EndpointSubset {
  return {
    ...(ready.length === 0 ? {} : { addresses: ready.sort(compareAddresses) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady.sort(compareAddresses) }),
    ...(ports.length === 0 ? {} : { ports: ports.sort(comparePorts) }),
  };
}

function repackAll(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const byAddress = new Map<string, { address: EndpointAddress; ready: Map<string, boolean> }>();
  const portsByKey = new Map<string, EndpointPort>();
  const add = (address: EndpointAddress, portKeys: readonly string[], ready: boolean): void => {
    const at = addressKey(address);
    const entry = byAddress.get(at) ?? { address, ready: new Map<string, boolean>() };
    byAddress.set(at, entry);
    for (const portKey of portKeys) entry.ready.set(portKey, (entry.ready.get(portKey) ?? true) && ready);
  };
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    // An address without ports belongs to a headless Service; it has a key of its own.
    const portKeys = ports.length === 0 ? [''] : ports.map((port) => {
      const portKey = goJson(port);
      portsByKey.set(portKey, port);
      return portKey;
    });
    for (const address of addresses) add(address, portKeys, true);
    for (const address of notReadyAddresses) add(address, portKeys, false);
  }
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const { address, ready } of byAddress.values()) {
    for (const isReady of [true, false]) {
      const keys = [...ready].filter(([, value]) => value === isReady).map(([portKey]) => portKey).sort();
      if (keys.length === 0) continue;
      const group = groups.get(keys.join('\n')) ?? {
        ports: keys.flatMap((portKey) => portsByKey.get(portKey) ?? []), ready: [], notReady: [],
      };
      (isReady ? group.ready : group.notReady).push(address);
      groups.set(keys.join('\n'), group);
    }
  }
  const packed = [...groups.entries()].map(([portsKey, { ports, ready, notReady }]) =>
    ({ portsKey, subset: subsetOf(ports, ready, notReady) }));
  return packed.sort((a, b) => compareText(a.portsKey, b.portsKey)).map(({ subset }) => subset);
}

function compareAddresses(a: EndpointAddress, b: EndpointAddress): number {
  return compareText(a.ip, b.ip) || compareText(a.targetRef?.uid ?? '', b.targetRef?.uid ?? '');
}

function comparePorts(a: EndpointPort, b: EndpointPort): number {
  return compareText(a.name ?? '', b.name ?? '') || a.port - b.port
    || compareText(a.protocol ?? '', b.protocol ?? '');
}

function hostPort(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** `10.0.0.1:80,10.0.0.2:80 + 1 more...`: formatEndpoints. */
function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => hostPort(ip, port)));
  });
  const shown = all.slice(0, shownEndpoints).join(',');
  return all.length > shownEndpoints ? `${shown} + ${all.length - shownEndpoints} more...` : shown;
}

export const endpointsKind = defineKind<Endpoints>({
  group: '', version: 'v1', kind: 'Endpoints', listKind: 'EndpointsList',
  plural: 'endpoints', singular: 'endpoints', shortNames: ['ep'], namespaced: true, schema: 'Endpoints',
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  defaults,
  prepareForCreate: withRepackedSubsets,
  prepareForUpdate: withRepackedSubsets,
  validate,
  validateUpdate: (endpoints, old) => (endpoints.subsets === old.subsets ? [] : validate(endpoints)),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  createOnUpdate: true,
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'Addresses that are ready.', cell: endpointsText },
    ageColumn,
  ],
});
