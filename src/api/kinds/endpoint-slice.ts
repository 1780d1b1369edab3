/** EndpointSlice: some of the addresses behind a Service. Models pkg/apis/discovery and pkg/registry/discovery. */
import { withKey } from '../../base/freeze';
import { child, duplicate, immutable, index, invalid, notSupported, required, tooMany } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { dnsSubdomainProblems } from '../names';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice } from '../types';
import { ageColumn, firstOf, nameColumn } from './columns';
import {
  checkDnsLabel, checkLabels, checkOneOf, checkProblems, checkQualifiedName, checkSubdomain, eachItem,
} from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkIp, checkNonSpecialIp, parseIp } from './ip-address';
import { mapList } from './pod/container-defaults';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxTopologyLabels = 16;
const maxHints = 8;
const shownItems = 3;

function defaults(slice: EndpointSlice): EndpointSlice {
  return withKey(slice, 'ports', mapList(slice.ports, (port) => {
    const named = port.name === undefined ? withKey(port, 'name', '') : port;
    return named.protocol === undefined ? withKey(named, 'protocol', 'TCP') : named;
  }));
}

function validate(slice: EndpointSlice): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkOneOf(slice.addressType, addressTypes, 'addressType', errors, true);
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > maxEndpoints) errors.push(tooMany('endpoints', endpoints.length, maxEndpoints));
  else eachItem(endpoints, 'endpoints', (endpoint, at) => checkEndpoint(endpoint, slice.addressType, at, errors));
  checkPorts(slice.ports ?? [], 'ports', errors);
  return errors;
}

function checkEndpoint(endpoint: Endpoint, addressType: string, path: string, errors: FieldErrors): void {
  const addresses = endpoint.addresses ?? [];
  const addressesPath = child(path, 'addresses');
  if (addresses.length === 0) errors.push(required(addressesPath, 'must contain at least 1 address'));
  else if (addresses.length > maxAddresses) errors.push(tooMany(addressesPath, addresses.length, maxAddresses));
  eachItem(addresses, addressesPath, (address, at) => checkAddress(address, addressType, at, errors));
  const topologyPath = child(path, 'deprecatedTopology');
  const labels = Object.keys(endpoint.deprecatedTopology ?? {}).length;
  if (labels > maxTopologyLabels) errors.push(tooMany(topologyPath, labels, maxTopologyLabels));
  checkLabels(endpoint.deprecatedTopology, topologyPath, errors);
  if (endpoint.hostname !== undefined) checkDnsLabel(endpoint.hostname, child(path, 'hostname'), errors);
  if (endpoint.nodeName !== undefined) checkSubdomain(endpoint.nodeName, child(path, 'nodeName'), errors);
  for (const field of ['forZones', 'forNodes'] as const) {
    const hints = endpoint.hints?.[field] ?? [];
    const hintsPath = child(path, 'hints', field);
    if (hints.length > maxHints) errors.push(tooMany(hintsPath, hints.length, maxHints));
    hints.forEach(({ name }, i) => {
      const at = child(index(hintsPath, i), 'name');
      if (hints.findIndex((hint) => hint.name === name) < i) errors.push(duplicate(at, name));
      checkSubdomain(name, at, errors);
    });
  }
}

function checkAddress(address: string, addressType: string, path: string, errors: FieldErrors): void {
  if (addressType === 'FQDN') {
    const name = address.replace(/\.$/, '');
    if (name === '') errors.push(required(path));
    else if (!name.includes('.')) {
      errors.push(invalid(path, name, 'should be a domain with at least two segments separated by dots'));
    } else {
      checkProblems(dnsSubdomainProblems(name), name, path, errors);
    }
    return;
  }
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  const isRight = parseIp(address)?.length === (addressType === 'IPv4' ? 4 : 16);
  if (!isRight) errors.push(invalid(path, address, `must be a valid ${addressType} address`));
  else if (checkIp(address, path, errors)) checkNonSpecialIp(address, path, errors);
}

function checkPorts(ports: readonly DiscoveryV1EndpointPort[], path: string, errors: FieldErrors): void {
  if (ports.length > maxPorts) {
    errors.push(tooMany(path, ports.length, maxPorts));
    return;
  }
  const names = new Set<string>();
  eachItem(ports, path, (port, at) => {
    const name = port.name ?? '';
    if (name !== '') checkDnsLabel(name, child(at, 'name'), errors);
    if (names.has(name)) errors.push(duplicate(child(at, 'name'), name));
    names.add(name);
    if (port.protocol === undefined) errors.push(required(child(at, 'protocol')));
    else if (!['SCTP', 'TCP', 'UDP'].includes(port.protocol)) {
      errors.push(notSupported(child(at, 'protocol'), port.protocol, ['SCTP', 'TCP', 'UDP']));
    }
    if (port.appProtocol !== undefined) checkQualifiedName(port.appProtocol, child(at, 'appProtocol'), errors);
  });
}

function validateUpdate(slice: EndpointSlice, old: EndpointSlice): readonly FieldError[] {
  const errors = validate(slice);
  return slice.addressType === old.addressType ? errors : [...errors, immutable('addressType', slice.addressType)];
}

export const endpointSliceKind = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io', version: 'v1', kind: 'EndpointSlice', listKind: 'EndpointSliceList',
  plural: 'endpointslices', singular: 'endpointslice', namespaced: true, schema: 'EndpointSlice',
  defaults,
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'AddressType', type: 'string', description: 'The kind of addresses in the slice.',
      cell: ({ addressType }) => addressType,
    },
    {
      name: 'Ports', type: 'string', description: 'Ports on which each address is reached.',
      cell: ({ ports }) => firstOf((ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')), shownItems),
    },
    {
      name: 'Endpoints', type: 'string', description: 'Addresses of the endpoints.',
      cell: ({ endpoints }) => firstOf((endpoints ?? []).flatMap(({ addresses }) => addresses ?? []), shownItems),
    },
    ageColumn,
  ],
});
