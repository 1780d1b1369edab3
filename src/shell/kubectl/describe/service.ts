/**
 * `kubectl describe` of services, with the addresses behind each port, and of endpoint slices. Models describeService,
 * formatEndpointSlices and describeEndpointSliceV1 of kubectl's pkg/describe.
 */
import { labelsText } from '../../../api/kinds/columns';
import { labelsOf } from '../../../api/object';
import type { Endpoint, EndpointSlice, LoadBalancerIngress, Service, ServicePort } from '../../../api/types';
import { writeEventsOf } from './events';
import { writeHead } from './metadata';
import { joinHostPort } from './probe';
import type { DescribeContext, DescribeWriter } from './writer';

export const serviceNameLabel = 'kubernetes.io/service-name';
/** More addresses of a port are only counted. */
const shownAddresses = 3;

export function describeService(w: DescribeWriter, service: Service, context: DescribeContext): void {
  const { metadata, spec, status } = service;
  writeHead(w, service);
  w.line(0, `Selector:\t${labelsText(spec.selector)}`);
  w.line(0, `Type:\t${spec.type ?? ''}`);
  if (spec.ipFamilyPolicy) w.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  w.line(0, `IP Families:\t${(spec.ipFamilies ?? []).join(',') || '<none>'}`);
  w.line(0, `IP:\t${spec.clusterIP ?? ''}`);
  w.line(0, `IPs:\t${(spec.clusterIPs ?? []).join(',') || '<none>'}`);
  if ((spec.externalIPs ?? []).length > 0) w.line(0, `External IPs:\t${spec.externalIPs?.join(',')}`);
  if (spec.loadBalancerIP) w.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) w.line(0, `External Name:\t${spec.externalName}`);
  const { ingress = [] } = status?.loadBalancer ?? {};
  if (ingress.length > 0) w.line(0, `LoadBalancer Ingress:\t${ingress.map(ingressText).join(', ')}`);
  const slices = context.reader.list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 0, metadata.namespace)
    .filter((slice) => labelsOf(slice)[serviceNameLabel] === metadata.name);
  for (const port of spec.ports ?? []) writePort(w, port, slices);
  w.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`);
  if (spec.externalTrafficPolicy) w.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) w.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.healthCheckNodePort) w.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  const { loadBalancerSourceRanges: ranges = [] } = spec;
  if (ranges.length > 0) w.line(0, `LoadBalancer Source Ranges:\t${ranges.join(',')}`);
  if (spec.trafficDistribution) w.line(0, `Traffic Distribution:\t${spec.trafficDistribution}`);
  writeEventsOf(w, service, context);
}

function ingressText({ ip, ipMode, hostname = '' }: LoadBalancerIngress): string {
  if (!ip) return hostname;
  return ipMode === undefined ? ip : `${ip} (${ipMode})`;
}

function writePort(w: DescribeWriter, servicePort: ServicePort, slices: readonly EndpointSlice[]): void {
  const { name = '', port, protocol = '', targetPort = 0, appProtocol, nodePort } = servicePort;
  const title = name === '' ? '<unset>' : name;
  w.line(0, `Port:\t${title}\t${port}/${protocol}`);
  w.line(0, `TargetPort:\t${targetPort}/${protocol}`);
  if (appProtocol !== undefined) w.line(0, `AppProtocol:\t${appProtocol}`);
  if (nodePort) w.line(0, `NodePort:\t${title}\t${nodePort}/${protocol}`);
  w.line(0, `Endpoints:\t${endpointsText(slices, name)}`);
}

/** The first ready addresses of a port: `10.244.1.2:80,10.244.2.3:80`, `<none>` without any slice. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const shown: string[] = [];
  let count = 0;
  let isMore = false;
  const visit = (endpoint: Endpoint, port: number | undefined): void => {
    // As upstream, one more endpoint is enough for the count to be printed, even if it is not ready.
    if (shown.length === shownAddresses) isMore = true;
    if (endpoint.conditions?.ready === false) return;
    count += 1;
    const address = endpoint.addresses[0] ?? '';
    if (!isMore) shown.push(port === undefined ? address : joinHostPort(address, String(port)));
  };
  for (const { ports = [], endpoints = [] } of slices) {
    // A headless service may have no ports at all.
    if (ports.length === 0) for (const endpoint of endpoints) visit(endpoint, undefined);
    for (const port of ports.filter(({ name = '' }) => name === portName)) {
      for (const endpoint of endpoints) visit(endpoint, port.port ?? 0);
    }
  }
  const text = shown.join(',');
  return isMore ? `${text} + ${count - shownAddresses} more...` : text;
}

export function describeEndpointSlice(w: DescribeWriter, slice: EndpointSlice, context: DescribeContext): void {
  const { addressType, ports = [], endpoints = [] } = slice;
  writeHead(w, slice);
  w.line(0, `AddressType:\t${addressType}`);
  w.line(0, ports.length === 0 ? 'Ports: <unset>' : 'Ports:');
  if (ports.length > 0) {
    w.line(1, 'Name\tPort\tProtocol');
    w.line(1, '----\t----\t--------');
  }
  for (const { name, port, protocol = '' } of ports) {
    w.line(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol}`);
  }
  w.line(0, endpoints.length === 0 ? 'Endpoints: <none>' : 'Endpoints:');
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
    w.line(1, `- Addresses:\t${addresses.join(', ') || '<none>'}`);
    w.line(2, 'Conditions:');
    w.line(3, `Ready:\t${conditions?.ready ?? '<unset>'}`);
    w.line(2, `Hostname:\t${hostname ?? '<unset>'}`);
    if (targetRef) w.line(2, `TargetRef:\t${targetRef.kind ?? ''}/${targetRef.name ?? ''}`);
    w.line(2, `NodeName:\t${nodeName ?? '<unset>'}`);
    w.line(2, `Zone:\t${zone ?? '<unset>'}`);
  }
  writeEventsOf(w, slice, context);
}
