/**
 * NetworkPolicy: which connections of pods are allowed. Models pkg/apis/networking and
 * pkg/registry/networking/networkpolicy.
 */
import { withKey } from '../../../base/freeze';
import { child, forbidden, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { portNameProblems, portNumberProblems } from '../../names';
import { formatLabelSelector, labelSelectorErrors } from '../../selectors';
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkProblems, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkCidr, cidrContains } from '../ip-address';
import { mapList, withDefault } from '../pod/container-defaults';

const emptySelector = Object.freeze({});
const policyTypes = ['Ingress', 'Egress'];

function defaults(policy: NetworkPolicy): NetworkPolicy {
  let spec: NetworkPolicySpec = policy.spec;
  if (spec.podSelector === undefined) spec = withKey(spec, 'podSelector', emptySelector);
  if (!spec.policyTypes?.length) {
    spec = withKey(spec, 'policyTypes', spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);
  }
  spec = withKey(spec, 'ingress', mapList(spec.ingress, (rule) => withKey(rule, 'ports', portDefaults(rule.ports))));
  spec = withKey(spec, 'egress', mapList(spec.egress, (rule) => withKey(rule, 'ports', portDefaults(rule.ports))));
  return withKey(policy, 'spec', spec);
}

function portDefaults(ports: readonly NetworkPolicyPort[] | undefined): readonly NetworkPolicyPort[] | undefined {
  return mapList(ports, (port) => (port.protocol === undefined ? withDefault(port, 'protocol', 'TCP') : port));
}

function validate({ spec }: NetworkPolicy): readonly FieldError[] {
  const errors: FieldErrors = [...labelSelectorErrors(spec.podSelector, 'spec.podSelector')];
  eachItem(spec.ingress, 'spec.ingress', ({ ports, from }, at) => {
    eachItem(ports, child(at, 'ports'), (port, place) => checkPort(port, place, errors));
    eachItem(from, child(at, 'from'), (peer, place) => checkPeer(peer, place, errors));
  });
  eachItem(spec.egress, 'spec.egress', ({ ports, to }, at) => {
    eachItem(ports, child(at, 'ports'), (port, place) => checkPort(port, place, errors));
    eachItem(to, child(at, 'to'), (peer, place) => checkPeer(peer, place, errors));
  });
  const types = spec.policyTypes ?? [];
  const typesPath = 'spec.policyTypes';
  if (types.length > policyTypes.length) {
    errors.push(invalid(typesPath, types, 'may not specify more than two policyTypes'));
    return errors;
  }
  eachItem(types, typesPath, (type, at) => {
    if (!policyTypes.includes(type)) errors.push(notSupported(at, type, policyTypes));
  });
  return errors;
}

function checkPort({ protocol, port, endPort }: NetworkPolicyPort, path: string, errors: FieldErrors): void {
  if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol)) {
    errors.push(notSupported(child(path, 'protocol'), protocol, ['TCP', 'UDP', 'SCTP']));
  }
  const portPath = child(path, 'port');
  const endPath = child(path, 'endPort');
  if (typeof port === 'number') {
    checkProblems(portNumberProblems(port), port, portPath, errors);
    if (endPort === undefined) return;
    if (endPort < port) errors.push(invalid(endPath, endPort, 'must be greater than or equal to `port`'));
    checkProblems(portNumberProblems(endPort), endPort, endPath, errors);
    return;
  }
  if (endPort !== undefined) {
    errors.push(invalid(endPath, endPort,
      `may not be specified when \`port\` is ${port === undefined ? 'not specified' : 'non-numeric'}`));
  }
  if (port !== undefined) checkProblems(portNameProblems(port), port, portPath, errors);
}

function checkPeer(peer: NetworkPolicyPeer, path: string, errors: FieldErrors): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  errors.push(...labelSelectorErrors(podSelector, child(path, 'podSelector')));
  errors.push(...labelSelectorErrors(namespaceSelector, child(path, 'namespaceSelector')));
  if (ipBlock !== undefined) checkBlock(ipBlock, child(path, 'ipBlock'), errors);
  if (podSelector === undefined && namespaceSelector === undefined) {
    if (ipBlock === undefined) errors.push(required(path, 'must specify a peer'));
  } else if (ipBlock !== undefined) {
    errors.push(forbidden(path, 'may not specify both ipBlock and another peer'));
  }
}

function checkBlock({ cidr, except }: IPBlock, path: string, errors: FieldErrors): void {
  if (!cidr) {
    errors.push(required(child(path, 'cidr')));
    return;
  }
  checkCidr(cidr, child(path, 'cidr'), errors);
  eachItem(except, child(path, 'except'), (part, at) => {
    checkCidr(part, at, errors);
    if (cidrContains(cidr, part) === false) errors.push(invalid(at, part, 'must be a strict subset of `cidr`'));
  });
}

export const networkPolicyKind = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy', listKind: 'NetworkPolicyList',
  plural: 'networkpolicies', singular: 'networkpolicy', shortNames: ['netpol'], namespaced: true,
  schema: 'NetworkPolicy',
  defaults,
  validate,
  validateUpdate: validate,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Pod-Selector', type: 'string', description: 'The labels of the pods that it is about.',
      cell: ({ spec }) => formatLabelSelector(spec.podSelector),
    },
    ageColumn,
  ],
});
