/** Where objects lie in etcd: the same keys as upstream's storage factory and registries give them. */
import type { AnyKind } from '../../api/kind';

export const registryRoot = '/registry/';

/** Resources whose key prefix is not their plural. */
const specialPrefixes: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
  'apiservices.apiregistration.k8s.io': 'apiregistration.k8s.io/apiservices',
  'customresourcedefinitions.apiextensions.k8s.io': 'apiextensions.k8s.io/customresourcedefinitions',
};

/** `/registry/pods/`, or `/registry/pods/default/` of one namespace; custom resources have their group in between. */
export function registryPrefix(kind: AnyKind, namespace?: string): string {
  const { group, plural } = kind;
  const special = specialPrefixes[group === '' ? plural : `${plural}.${group}`];
  const builtIn = kind.jsonSchema === undefined && (!group.includes('.') || group.endsWith('.k8s.io'));
  const prefix = `${registryRoot}${special ?? (builtIn ? plural : `${group}/${plural}`)}/`;
  return namespace === undefined || namespace === '' ? prefix : `${prefix}${namespace}/`;
}

/** The key of one object: `/registry/pods/default/web`. */
export function registryKey(kind: AnyKind, namespace: string | undefined, name: string): string {
  return registryPrefix(kind, namespace) + name;
}

/** Leases of the API servers that are alive: one key per advertised address (reconcilers/lease.go). */
export const masterLeasesPrefix = `${registryRoot}masterleases/`;
/** The node ports in use. */
export const nodePortRangeKey = `${registryRoot}ranges/servicenodeports`;
/** One key per service address in use. */
export const ipAddressesPrefix = `${registryRoot}ipaddresses/`;
/** The revision up to which API servers have compacted (etcd3/compact.go). */
export const compactRevisionKey = 'compact_rev_key';
