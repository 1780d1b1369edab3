/** `kubectl describe` of endpoints, service CIDRs and IP addresses. Models the describers of kubectl's pkg/describe. */
import type { Endpoints, IPAddress, KubeObject, ServiceCIDR } from '../../../api/types';
import { writeEventsOf } from './events';
import { writeAnnotations, writeHead, writeLabels } from './metadata';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

export function describeEndpoints(w: DescribeWriter, endpoints: Endpoints, context: DescribeContext): void {
  writeHead(w, endpoints);
  w.line(0, 'Subsets:');
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of endpoints.subsets ?? []) {
    w.line(1, `Addresses:\t${addresses.map(({ ip }) => ip).join(',') || '<none>'}`);
    w.line(1, `NotReadyAddresses:\t${notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>'}`);
    if (ports.length > 0) {
      w.line(1, 'Ports:');
      w.line(2, 'Name\tPort\tProtocol');
      w.line(2, '----\t----\t--------');
    }
    for (const { name, port, protocol = '' } of ports) w.line(2, `${name || '<unset>'}\t${port}\t${protocol}`);
    w.line(0, '');
  }
  writeEventsOf(w, endpoints, context);
}

export function describeServiceCidr(w: DescribeWriter, cidr: ServiceCIDR, context: DescribeContext): void {
  writeClusterHead(w, cidr);
  w.line(0, `CIDRs:\t${cidr.spec.cidrs?.join(', ') ?? ''}`);
  const conditions = cidr.status?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Status:');
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage');
    w.line(1, '----\t------\t------------------\t------\t-------');
  }
  for (const { type, status, lastTransitionTime, reason = '', message = '' } of conditions) {
    w.line(1, `${type}\t${status}\t${dateText(lastTransitionTime)}\t${reason}\t${message}`);
  }
  writeEventsOf(w, cidr, context);
}

export function describeIpAddress(w: DescribeWriter, address: IPAddress, context: DescribeContext): void {
  writeClusterHead(w, address);
  const { parentRef } = address.spec ?? {};
  if (parentRef) {
    w.line(0, 'Parent Reference:');
    w.line(1, `Group:\t${parentRef.group ?? ''}`);
    w.line(1, `Resource:\t${parentRef.resource}`);
    w.line(1, `Namespace:\t${parentRef.namespace ?? ''}`);
    w.line(1, `Name:\t${parentRef.name}`);
  }
  writeEventsOf(w, address, context);
}

function writeClusterHead(w: DescribeWriter, { metadata }: KubeObject): void {
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
}
