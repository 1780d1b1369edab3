/**
 * The Service `kubernetes` and its endpoints: one address for each API server that renews its key under
 * /registry/masterleases. A server that dies loses its key after 15 s, and the next one to look takes its address out.
 * Models pkg/controlplane/controller/kubernetesservice and pkg/controlplane/reconcilers, which keep the EndpointSlice
 * and, for older clients, the Endpoints.
 */
import { equal } from '../../base/freeze';
import type { ResourceType } from '../../api/request';
import { endpoints, endpointSlices, services } from '../../api/resources';
import type { Endpoints, EndpointSlice, KubeObject, NewObject, Service } from '../../api/types';
import type { EtcdClient } from '../../etcd/client';
import { prefixRange } from '../../etcd/key-range';
import type { LeaseId } from '../../etcd/wire';
import type { Task } from '../../sim/task';
import { masterLeasesPrefix } from '../storage/keys';
import type { ServedResources } from '../storage/served-resources';
import { createMissing } from './bootstrap';
import { type Loopback, loopbackCreate, loopbackUpdate } from './loopback';

const namespace = 'default';
const name = 'kubernetes';
/** DefaultEndpointReconcilerTTL and DefaultEndpointReconcilerInterval. */
const leaseTtlSeconds = 15;
export const endpointIntervalMs = 10_000;

export interface KubernetesServiceOptions {
  readonly loopback: Loopback;
  readonly resources: ServedResources;
  readonly etcd: EtcdClient;
  /** Where clients reach this server. */
  readonly address: string;
  readonly port: number;
  /** The first address of the service range. */
  readonly clusterIp: string;
}

export class KubernetesService {
  private lease: LeaseId | undefined;

  constructor(private readonly options: KubernetesServiceOptions) {}

  /** Makes the Service if it is missing and says that this server is alive; false when it must be tried again. */
  *reconcile(): Task<boolean> {
    const { loopback, resources, port, clusterIp } = this.options;
    if (!resources.find('', 'v1', 'services')) return true;
    if (!(yield* createMissing(loopback, resources, services, kubernetesService(clusterIp, port)))) return false;
    if (!(yield* this.renew())) return false;
    return yield* this.reconcileEndpoints();
  }

  /** Takes this server's address out, when it is about to end. */
  *remove(): Task {
    if (this.lease === undefined) return;
    const revoked = yield* this.options.etcd.leaseRevoke(this.lease);
    if (revoked.ok) yield* this.reconcileEndpoints();
  }

  private *renew(): Task<boolean> {
    const { etcd, address } = this.options;
    if (this.lease !== undefined) {
      const kept = yield* etcd.leaseKeepAlive(this.lease);
      if (kept.ok) return true;
      if (kept.error.code !== 'NotFound') return false;
    }
    const granted = yield* etcd.leaseGrant(leaseTtlSeconds);
    if (!granted.ok) return false;
    this.lease = granted.response.id;
    const value = Object.freeze({ apiVersion: 'v1', kind: 'Endpoints', subsets: [{ addresses: [{ ip: address }] }] });
    const put = yield* etcd.put({ key: masterLeasesPrefix + address, value, bytes: 200, lease: this.lease });
    return put.ok;
  }

  private *reconcileEndpoints(): Task<boolean> {
    const { etcd, port } = this.options;
    const alive = yield* etcd.range({ ...prefixRange(masterLeasesPrefix), keysOnly: true });
    if (!alive.ok) return false;
    const addresses = alive.response.kvs.map(({ key }) => key.slice(masterLeasesPrefix.length));
    const subsets = [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ name: 'https', port, protocol: 'TCP' }] }];
    const slice = endpointSlice(addresses, port);
    return (yield* this.keep(endpoints, olderEndpoints(subsets), { subsets }))
      && (yield* this.keep(endpointSlices, slice, { endpoints: slice.endpoints, ports: slice.ports }));
  }

  /** Creates the object, or gives its fields the values they are to have. */
  private *keep<T extends KubeObject>(type: ResourceType<T>, wanted: NewObject<T>, fields: Partial<T>): Task<boolean> {
    const { loopback, resources } = this.options;
    if (!resources.find(type.group, type.version, type.resource)) return true;
    const current: T | undefined = resources.get(type, namespace, name);
    if (!current) return (yield* loopbackCreate(loopback, type, wanted)).code < 400;
    if (Object.entries(fields).every(([field, value]) => equal(current[field as keyof T], value))) return true;
    return (yield* loopbackUpdate(loopback, type, { ...current, ...fields })).code < 400;
  }
}

function kubernetesService(clusterIP: string, targetPort: number): NewObject<Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP,
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  };
}

function olderEndpoints(subsets: Endpoints['subsets']): NewObject<Endpoints> {
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
  return { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, ...(subsets && { subsets }) };
}

function endpointSlice(addresses: readonly string[], port: number): NewObject<EndpointSlice> {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: addresses.some((address) => address.includes(':')) ? 'IPv6' : 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  };
}
