/**
 * Which APIService a request belongs to, and where the server behind it is reached: under the cluster address of its
 * Service, since kubeadm leaves --enable-aggregator-routing off. Models ResolveCluster of apiserver's pkg/util/proxy.
 */
import { apiServices, services } from '../../api/resources';
import type { APIService, ApiregistrationV1ServiceReference, Service } from '../../api/types';
import type { ObjectReader } from '../objects';

/** An APIService whose requests go to a Service. */
export type RemoteApiService = APIService & {
  readonly spec: { readonly service: ApiregistrationV1ServiceReference; readonly version: string };
};

const defaultPort = 443;

/** The APIService that says that some other server serves this version of the group; undefined when this one does. */
export function remoteApiService(objects: ObjectReader, group: string, version: string): RemoteApiService | undefined {
  return asRemote(objects.get<APIService>(apiServices, undefined, `${version}.${group}`));
}

/** The APIService if it names a Service. */
export function asRemote(service: APIService | undefined): RemoteApiService | undefined {
  return service?.spec.service && service.spec.version ? service as RemoteApiService : undefined;
}

/** The port that an APIService names. */
export function portOf({ spec }: RemoteApiService): number {
  return spec.service.port ?? defaultPort;
}

/** `/apis/GROUP/VERSION`: what every server behind an APIService has to answer. */
export function discoveryPath({ spec }: RemoteApiService): string {
  return spec.group ? `/apis/${spec.group}/${spec.version}` : `/api/${spec.version}`;
}

/** `10.96.12.34:443`, or why nothing can be reached there. */
export function resolveService(
  objects: ObjectReader, service: RemoteApiService,
): { readonly address: string } | { readonly error: string } {
  const { namespace = '', name = '' } = service.spec.service;
  const port = portOf(service);
  const found = objects.get<Service>(services, namespace, name);
  if (!found) return { error: `service "${name}" not found` };
  const { type, clusterIP = '', externalName = '', ports = [] } = found.spec;
  if (type === 'ExternalName') return { address: `${externalName}:${port}` };
  if (clusterIP === 'None') return { error: 'cannot route to service with ClusterIP "None"' };
  if (!ports.some((each) => each.port === port)) {
    return { error: `no service port ${port} found for service "${name}"` };
  }
  return { address: `${clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP}:${port}` };
}
