/** `kubectl describe node`. Models describeNode of kubectl's pkg/describe. */
import { canonicalQuantity } from '../../../api/quantity';
import type { Lease, Node, Pod } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { eventsOf, writeEvents } from './events';
import { writeAnnotations, writeLabels, writeTaints } from './metadata';
import { writeNodePods } from './node-pods';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

const rolePrefix = 'node-role.kubernetes.io/';

export function describeNode(w: DescribeWriter, node: Node, context: DescribeContext): void {
  const { metadata, spec, status } = node;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Roles:\t${rolesOf(node).join(',') || '<none>'}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  w.line(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}`);
  writeTaints(w, 'Taints', spec.taints);
  w.line(0, `Unschedulable:\t${spec.unschedulable ?? false}`);
  writeLease(w, node, context);
  writeConditions(w, node);
  w.line(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) w.line(1, `${type}:\t${address}`);
  writeAmounts(w, 'Capacity', status?.capacity);
  writeAmounts(w, 'Allocatable', status?.allocatable);
  writeSystemInfo(w, node);
  if (spec.podCIDR) w.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if ((spec.podCIDRs ?? []).length > 0) w.line(0, `PodCIDRs:\t${spec.podCIDRs?.join(',')}`);
  if (spec.providerID) w.line(0, `ProviderID:\t${spec.providerID}`);
  const pods = context.reader.list<Pod>('v1', 'Pod').filter((pod) => (
    pod.spec.nodeName === metadata.name && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'));
  writeNodePods(w, node, pods, context.nowMs);
  // Controllers report about the node's uid, kubelets about its name in the place of the uid.
  const { name, uid } = metadata;
  const events = [uid, name].flatMap((id) => eventsOf(context, { name, kind: 'Node', uid: id }));
  writeEvents(w, events, context);
}

/** The roles in a node's labels, sorted: findNodeRoles. */
function rolesOf({ metadata }: Node): string[] {
  const roles = sortedKeys(metadata.labels).map((key) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length);
    return key === 'kubernetes.io/role' ? (metadata.labels?.[key] ?? '') : '';
  });
  return [...new Set(roles)].filter((role) => role !== '').sort();
}

function writeLease(w: DescribeWriter, { metadata: { name } }: Node, { reader }: DescribeContext): void {
  const ref = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease', name };
  const lease = reader.get(ref) as Lease | undefined;
  if (!lease) {
    w.line(0, `Lease:\tFailed to get lease: leases.coordination.k8s.io "${name}" not found`);
    return;
  }
  const { holderIdentity, acquireTime, renewTime } = lease.spec;
  w.line(0, 'Lease:');
  w.line(1, `HolderIdentity:\t${holderIdentity ?? '<unset>'}`);
  w.line(1, `AcquireTime:\t${acquireTime ? dateText(acquireTime) : '<unset>'}`);
  w.line(1, `RenewTime:\t${renewTime ? dateText(renewTime) : '<unset>'}`);
}

function writeConditions(w: DescribeWriter, { status }: Node): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  w.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const { type, status: state, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of conditions) {
    const times = `${dateText(lastHeartbeatTime)} \t${dateText(lastTransitionTime)}`;
    w.line(1, `${type} \t${state} \t${times} \t${reason} \t${message}`);
  }
}

function writeAmounts(w: DescribeWriter, title: string, list: Readonly<Record<string, string>> | undefined): void {
  const names = sortedKeys(list);
  if (names.length > 0) w.line(0, `${title}:`);
  for (const name of names) {
    const canonical = canonicalQuantity(list?.[name] ?? '');
    w.line(1, `${name}:\t${typeof canonical === 'string' ? canonical : ''}`);
  }
}

function writeSystemInfo(w: DescribeWriter, { status }: Node): void {
  const info = status?.nodeInfo;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Machine ID', info?.machineID], ['System UUID', info?.systemUUID], ['Boot ID', info?.bootID],
    ['Kernel Version', info?.kernelVersion], ['OS Image', info?.osImage],
    ['Operating System', info?.operatingSystem], ['Architecture', info?.architecture],
    ['Container Runtime Version', info?.containerRuntimeVersion], ['Kubelet Version', info?.kubeletVersion],
  ];
  w.line(0, 'System Info:');
  for (const [title, value] of lines) w.line(1, `${title}:\t${value ?? ''}`);
}
