/** `kubectl describe networkpolicy`. Models describeNetworkPolicy of kubectl's pkg/describe. */
import { formatLabelSelector } from '../../../api/selectors';
import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../../api/types';
import { writeAnnotations, writeLabels } from './metadata';
import type { DescribeWriter } from './writer';

const indent = '    ';

export function describeNetworkPolicy(w: DescribeWriter, policy: NetworkPolicy): void {
  const { name, namespace = '', creationTimestamp, labels, annotations } = policy.metadata;
  w.line(0, `Name:\t${name}`);
  w.line(0, `Namespace:\t${namespace}`);
  w.line(0, `Created on:\t${goTime(creationTimestamp)}`);
  writeLabels(w, 'Labels', labels);
  writeAnnotations(w, 'Annotations', annotations);
  const { podSelector = {}, policyTypes = [], ingress = [], egress = [] } = policy.spec;
  const { matchLabels = {}, matchExpressions = [] } = podSelector;
  const selectsAll = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
  w.line(0, 'Spec:');
  w.write(1, 'PodSelector: ');
  w.line(2, selectsAll ? '<none> (Allowing the specific traffic to all pods in this namespace)'
    : formatLabelSelector(podSelector));
  if (policyTypes.includes('Ingress')) {
    w.line(1, 'Allowing ingress traffic:');
    const rules = ingress.map(({ ports, from }) => ({ ports, peers: from }));
    writeRules(w, rules, { kind: 'ingress', peer: 'From', end: 'source' });
  } else w.line(1, 'Not affecting ingress traffic');
  if (policyTypes.includes('Egress')) {
    w.line(1, 'Allowing egress traffic:');
    const rules = egress.map(({ ports, to }) => ({ ports, peers: to }));
    writeRules(w, rules, { kind: 'egress', peer: 'To', end: 'destination' });
  } else w.line(1, 'Not affecting egress traffic');
  w.line(1, `Policy Types: ${policyTypes.join(', ') || '<none>'}`);
}

/** A time as Go's String prints it in UTC. */
function goTime(time: string | undefined): string {
  return `${(time ?? '').slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

interface Rule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly peers?: readonly NetworkPolicyPeer[];
}

interface Direction {
  readonly kind: 'ingress' | 'egress';
  readonly peer: 'From' | 'To';
  readonly end: 'source' | 'destination';
}

function writeRules(w: DescribeWriter, rules: readonly Rule[], { kind, peer, end }: Direction): void {
  if (rules.length === 0) w.line(0, `${indent}<none> (Selected pods are isolated for ${kind} connectivity)`);
  rules.forEach(({ ports = [], peers = [] }, index) => {
    if (ports.length === 0) w.line(0, `${indent}To Port: <any> (traffic allowed to all ports)`);
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      const number = port === undefined ? '<nil>' : String(port);
      w.line(0, endPort === undefined ? `${indent}To Port: ${number}/${protocol}`
        : `${indent}To Port Range: ${number}-${endPort}/${protocol}`);
    }
    if (peers.length === 0) w.line(0, `${indent}${peer}: <any> (traffic not restricted by ${end})`);
    for (const each of peers) {
      w.line(0, `${indent}${peer}:`);
      writePeer(w, each);
    }
    if (index < rules.length - 1) w.line(0, `${indent}----------`);
  });
}

function writePeer(w: DescribeWriter, { namespaceSelector, podSelector, ipBlock }: NetworkPolicyPeer): void {
  if (namespaceSelector) w.line(1, `${indent}NamespaceSelector: ${formatLabelSelector(namespaceSelector)}`);
  if (podSelector) w.line(1, `${indent}PodSelector: ${formatLabelSelector(podSelector)}`);
  if (namespaceSelector || podSelector || !ipBlock) return;
  w.line(1, `${indent}IPBlock:`);
  w.line(2, `${indent}CIDR: ${ipBlock.cidr}`);
  w.line(2, `${indent}Except: ${(ipBlock.except ?? []).join(', ')}`);
}
