/** `kubectl describe` of ingresses and their classes. Models the describers of kubectl's pkg/describe. */
import { labelsOf } from '../../../api/object';
import type {
  EndpointSlice, Ingress, IngressBackend, IngressClass, IngressLoadBalancerStatus, Service,
} from '../../../api/types';
import { writeEventsOf } from './events';
import { writeAnnotations, writeLabels } from './metadata';
import { endpointsText, serviceNameLabel } from './service';
import type { DescribeContext, DescribeWriter } from './writer';

export function describeIngress(w: DescribeWriter, ingress: Ingress, context: DescribeContext): void {
  const { metadata, spec, status } = ingress;
  const { namespace = '' } = metadata;
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  w.line(0, `Namespace:\t${namespace}`);
  w.line(0, `Address:\t${addressText(status?.loadBalancer)}`);
  w.line(0, `Ingress Class:\t${spec.ingressClassName ?? '<none>'}`);
  const standard = spec.defaultBackend ? backendText(spec.defaultBackend, namespace, context) : '<default>';
  w.line(0, `Default backend:\t${standard}`);
  const { tls = [], rules = [] } = spec;
  if (tls.length > 0) w.line(0, 'TLS:');
  for (const { secretName = '', hosts = [] } of tls) {
    w.line(1, secretName === '' ? `SNI routes ${hosts.join(',')}` : `${secretName} terminates ${hosts.join(',')}`);
  }
  w.line(0, 'Rules:\n  Host\tPath\tBackends');
  w.line(1, '----\t----\t--------');
  const shown = rules.filter(({ http }) => http !== undefined);
  for (const { host, http } of shown) {
    w.line(1, `${host || '*'}\t`);
    for (const { path = '', backend } of http?.paths ?? []) {
      w.line(2, `\t${path} \t${backendText(backend, namespace, context)}`);
    }
  }
  if (shown.length === 0) w.line(1, `*\t*\t${standard}`);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeEventsOf(w, ingress, context);
}

function addressText(status: IngressLoadBalancerStatus | undefined): string {
  return (status?.ingress ?? [])
    .map(({ ip, hostname }) => ip ?? hostname ?? '')
    .filter((each) => each !== '')
    .join(',');
}

/** `web:80 (10.244.1.2:80)`, or why the endpoints are not known. */
function backendText({ service, resource }: IngressBackend, namespace: string, { reader }: DescribeContext): string {
  if (resource) return `APIGroup: ${resource.apiGroup ?? '<none>'}, Kind: ${resource.kind}, Name: ${resource.name}`;
  if (!service) return '';
  const { name, port } = service;
  const text = `${name}:${port?.number ? port.number : port?.name ?? ''}`;
  const slices = reader.list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice', 0, namespace)
    .filter((slice) => labelsOf(slice)[serviceNameLabel] === name);
  const found = reader.get({ apiVersion: 'v1', kind: 'Service', namespace, name }) as Service | undefined;
  if (!found) return `${text} (<error: services "${name}" not found>)`;
  const meant = found.spec.ports?.find((each) => (
    port?.number ? each.port === port.number : port?.name !== undefined && each.name === port.name));
  return `${text} (${endpointsText(slices, meant?.name ?? '')})`;
}

export function describeIngressClass(w: DescribeWriter, ingressClass: IngressClass, context: DescribeContext): void {
  const { metadata, spec } = ingressClass;
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `Controller:\t${spec?.controller ?? ''}`);
  const { parameters } = spec ?? {};
  if (parameters) {
    w.line(0, 'Parameters:');
    if (parameters.apiGroup !== undefined) w.line(1, `APIGroup:\t${parameters.apiGroup}`);
    w.line(1, `Kind:\t${parameters.kind}`);
    w.line(1, `Name:\t${parameters.name}`);
  }
  writeEventsOf(w, ingressClass, context);
}
