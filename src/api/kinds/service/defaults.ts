/**
 * Defaults of a Service, and what an update takes back that belonged to its old type. Models SetDefaults_Service of
 * pkg/apis/core/v1 and dropTypeDependentFields of pkg/registry/core/service. Addresses and node ports are given out by
 * the registry, before validation.
 */
import { equal, withKey } from '../../../base/freeze';
import type { LoadBalancerIngress, Service, ServicePort, ServiceSpec } from '../../types';
import { mapList, withDefault } from '../pod/container-defaults';

const noSpec: ServiceSpec = Object.freeze({});
const defaultAffinitySeconds = 10_800;

/** Whether clients outside the cluster can reach the service: ExternallyAccessible. */
export function isExternallyAccessible({ type, externalIPs }: ServiceSpec): boolean {
  return type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs ?? []).length > 0);
}

/** Whether load balancers ask each node if it has an endpoint: NeedsHealthCheck. */
export function needsHealthCheck({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

/** Fills in what a Service is given. */
export function serviceDefaults(service: Service): Service {
  let spec = withDefault(service.spec ?? noSpec, 'sessionAffinity', 'None');
  if (spec.sessionAffinity === 'None') spec = withKey(spec, 'sessionAffinityConfig', undefined);
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec = withKey(spec, 'sessionAffinityConfig', { clientIP: { timeoutSeconds: defaultAffinitySeconds } });
  }
  // Clients of before dual stack set the singular field only; the registry does the rest of this normalisation.
  if (spec.clusterIP && !spec.clusterIPs?.length) spec = withKey(spec, 'clusterIPs', [spec.clusterIP]);
  spec = withDefault(spec, 'type', 'ClusterIP');
  spec = withKey(spec, 'ports', mapList(spec.ports, portDefaults));
  if (isExternallyAccessible(spec)) spec = withDefault(spec, 'externalTrafficPolicy', 'Cluster');
  const hasClusterIp = spec.type === 'ClusterIP' || spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  if (hasClusterIp && spec.internalTrafficPolicy === undefined) {
    spec = withKey(spec, 'internalTrafficPolicy', 'Cluster');
  }
  if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === undefined) {
    spec = withKey(spec, 'allocateLoadBalancerNodePorts', true);
  }
  return withIngressModes(withKey(service, 'spec', spec));
}

function portDefaults(port: ServicePort): ServicePort {
  return withDefault(withDefault(port, 'protocol', 'TCP'), 'targetPort', port.port);
}

function withIngressModes(service: Service): Service {
  const balancer = service.status?.loadBalancer;
  if (service.spec.type !== 'LoadBalancer' || balancer?.ingress === undefined) return service;
  const ingress = mapList(balancer.ingress, (entry: LoadBalancerIngress) => (
    entry.ip && entry.ipMode === undefined ? { ...entry, ipMode: 'VIP' } : entry));
  if (ingress === balancer.ingress) return service;
  return { ...service, status: { ...service.status, loadBalancer: { ...balancer, ingress } } };
}

function needsNodePort({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}

/**
 * Takes back what the old type of a Service had and the new one cannot have, when the user left it as it was; a value
 * that the user changed stays, so that validation can complain.
 */
export function dropTypeDependentFields(service: Service, old: Service): Service {
  const before = old.spec;
  let spec = service.spec;
  const drop = (fields: readonly (keyof ServiceSpec)[]): void => {
    for (const field of fields) {
      if (equal(spec[field], before[field])) spec = withKey(spec, field, undefined);
    }
  };
  if (before.type !== 'ExternalName' && spec.type === 'ExternalName') {
    if (equal(spec.clusterIPs, before.clusterIPs)) drop(['clusterIP', 'clusterIPs']);
    drop(['ipFamilies', 'ipFamilyPolicy']);
  }
  if (needsNodePort(before) && !needsNodePort(spec)) {
    const nodePorts = new Set((before.ports ?? []).map((port) => port.nodePort ?? 0));
    const isSame = (spec.ports ?? []).every((port) => nodePorts.has(port.nodePort ?? 0));
    if (isSame) spec = withKey(spec, 'ports', mapList(spec.ports, (port) => withKey(port, 'nodePort', undefined)));
  }
  if (needsHealthCheck(before) && !needsHealthCheck(spec)) drop(['healthCheckNodePort']);
  if (before.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop(['allocateLoadBalancerNodePorts', 'loadBalancerClass']);
  }
  if (isExternallyAccessible(before) && !isExternallyAccessible(spec)) drop(['externalTrafficPolicy']);
  return withKey(service, 'spec', spec);
}
