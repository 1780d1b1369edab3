/**
 * From a Service and a pod to an endpoint: address, conditions, and the ports under which the pod serves. Models
 * staging/src/k8s.io/endpointslice/utils.go and pkg/api/v1/endpoints.
 */
import { isDeleting } from '../../api/object';
import type { DiscoveryV1EndpointPort, Endpoint, Node, Pod, Service, ServicePort } from '../../api/types';
import { isPodReady, isPodTerminal } from '../pods/pod-state';

export const zoneLabel = 'topology.kubernetes.io/zone';

export type AddressType = 'IPv4' | 'IPv6';

/** Whether a pod can be an endpoint at all: it has an address and may still run. */
export function canBeEndpoint(pod: Pod): boolean {
  return !isPodTerminal(pod) && Boolean(pod.status.podIP);
}

/** The address families for which a Service has slices. */
export function addressTypes({ spec }: Service): readonly AddressType[] {
  const families = spec.ipFamilies ?? [];
  if (families.length > 0) return families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
  return [spec.clusterIP?.includes(':') ? 'IPv6' : 'IPv4'];
}

function addressesOf(pod: Pod, type: AddressType): string[] {
  const ips = pod.status.podIPs?.map(({ ip }) => ip) ?? [pod.status.podIP as string];
  return ips.filter((ip) => ip.includes(':') === (type === 'IPv6'));
}

/** The endpoint that a pod is for a Service; undefined when it has no address of that family. */
export function endpointOf(
  pod: Pod, service: Service, node: Node | undefined, type: AddressType,
): Endpoint | undefined {
  const addresses = addressesOf(pod, type);
  if (addresses.length === 0) return undefined;
  const serving = isPodReady(pod);
  const terminating = isDeleting(pod);
  const ready = Boolean(service.spec.publishNotReadyAddresses) || (serving && !terminating);
  const { namespace, name, uid } = pod.metadata;
  const zone = node?.metadata.labels?.[zoneLabel];
  const { nodeName, hostname, subdomain } = pod.spec;
  const named = hostname && subdomain === service.metadata.name && namespace === service.metadata.namespace;
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(named && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
  };
}

/** The ports of a pod for a Service; a named target port that the pod does not have is left out. */
export function portsOf(pod: Pod, service: Service): DiscoveryV1EndpointPort[] {
  const ports: DiscoveryV1EndpointPort[] = [];
  for (const servicePort of service.spec.ports ?? []) {
    const port = findPort(pod, servicePort);
    if (port === undefined) continue;
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    ports.push({ name, protocol, port, ...(appProtocol !== undefined && { appProtocol }) });
  }
  return ports;
}

/** The number behind a Service's target port: itself, or what a container calls so. Models podutil.FindPort. */
export function findPort(pod: Pod, { port, targetPort, protocol = 'TCP' }: ServicePort): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port;
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const declared of container.ports ?? []) {
      if (declared.name === targetPort && (declared.protocol ?? 'TCP') === protocol) return declared.containerPort;
    }
  }
  return undefined;
}
