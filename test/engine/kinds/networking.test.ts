/** Ingress, IngressClass, NetworkPolicy, ServiceCIDR and IPAddress: defaults, errors, updates, tables. */
import assert from 'node:assert/strict';
import type { AnyKind } from '../../../src/api/kind';
import { ingressKind } from '../../../src/api/kinds/networking/ingress';
import { ingressClassKind } from '../../../src/api/kinds/networking/ingress-class';
import { ipAddressKind } from '../../../src/api/kinds/networking/ip-address';
import { networkPolicyKind } from '../../../src/api/kinds/networking/network-policy';
import { serviceCidrKind } from '../../../src/api/kinds/networking/service-cidr';
import { cells, createErrors, objectOf, stored, updateErrors } from './support';

const backend = 'backend: {service: {name: web, port: {number: 80}}}';
const path = (fields: string): string => `spec: {rules: [{host: a.example.com, http: {paths: [{${fields}}]}}]}`;
const at = 'spec.rules[0].http.paths[0]';

describe('networking kinds', () => {
  const cases: readonly (readonly [AnyKind, string, readonly string[]])[] = [
    [ingressKind, path(`path: /, pathType: Prefix, ${backend}`), []],
    [ingressKind, 'spec: {}', ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
    [ingressKind, path(`path: /, ${backend}`), [`${at}.pathType: Required value: pathType must be specified`]],
    [ingressKind, path(`path: a//b, pathType: Exact, ${backend}`), [
      `${at}.path: Invalid value: "a//b": must be an absolute path`,
      `${at}.path: Invalid value: "a//b": must not contain '//'`,
    ]],
    [ingressKind, path(`path: /a/.., pathType: Prefix, ${backend}`),
      [`${at}.path: Invalid value: "/a/..": cannot end with '/..'`]],
    [ingressKind, path('pathType: ImplementationSpecific, backend: {service: {name: web}}'),
      [`${at}.backend: Required value: port name or number is required`]],
    [ingressKind, 'spec: {defaultBackend: {}}',
      ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
    [ingressKind, 'spec: {defaultBackend: {service: {name: a, port: {name: b, number: 1}}}}',
      ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number']],
    [ingressKind, 'spec: {defaultBackend: {resource: {kind: a/b, name: c}}}',
      ['spec.defaultBackend.resource.kind: Invalid value: "a/b": may not contain \'/\'']],
    [ingressKind, 'spec: {rules: [{host: 1.2.3.4}]}',
      ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address']],
    [ingressKind, 'metadata: {annotations: {kubernetes.io/ingress.class: a}}\n'
      + 'spec: {ingressClassName: b, rules: [{host: a.b}]}',
    ['annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are '
      + 'specified']],
    [ingressClassKind, 'spec: {controller: example.com/c}', []],
    [ingressClassKind, 'spec: {}', ['spec.controller: Required value']],
    [ingressClassKind, 'spec: {controller: example.com}', ['spec.controller: Invalid value: "example.com": '
      + 'must be a domain-prefixed path (such as "acme.io/foo")']],
    [ingressClassKind, 'spec: {controller: a.b/c, parameters: {kind: K, name: n, namespace: x}}',
      ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]],
    [ingressClassKind, 'spec: {controller: a.b/c, parameters: {kind: K, name: n, scope: Namespace}}',
      ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]],
    [networkPolicyKind, 'spec: {}', []],
    [networkPolicyKind, 'spec: {ingress: [{from: [{}], ports: [{port: 80, endPort: 79}]}]}', [
      'spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`',
      'spec.ingress[0].from[0]: Required value: must specify a peer',
    ]],
    [networkPolicyKind, 'spec: {egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 11.0.0.0/16]}}]}]}',
      ['spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`']],
    [networkPolicyKind, 'spec: {ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}',
      ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer']],
    [networkPolicyKind, 'spec: {egress: [{ports: [{endPort: 90}]}], policyTypes: [Egress, In]}', [
      'spec.egress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is not specified',
      'spec.policyTypes[1]: Unsupported value: "In": supported values: "Ingress", "Egress"',
    ]],
    [serviceCidrKind, 'spec: {}', ['spec.cidrs: Required value: at least one CIDR required']],
    [serviceCidrKind, 'spec: {cidrs: [10.0.0.0/16, 10.1.0.0/16]}', [
      'spec.cidrs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: may specify no more than one IP for each IP family, '
        + 'i.e 192.168.0.0/24 and 2001:db8::/64']],
    [ipAddressKind, 'metadata: {name: 10.0.0.1}\nspec: {parentRef: {resource: services, name: a, namespace: b}}', []],
    [ipAddressKind, 'metadata: {name: web}\nspec: {}', [
      'metadata.name: Invalid value: "web": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'spec.parentRef: Required value',
    ]],
  ];
  for (const [kind, yaml, expected] of cases) {
    it(`${kind.kind} ${yaml.replace(/\n/g, ' ')}`, () => assert.deepEqual(createErrors(kind, yaml), expected));
  }

  it('fill in what a policy leaves out', () => {
    assert.deepEqual(stored(networkPolicyKind, 'spec: {egress: [{ports: [{port: 53}]}]}').spec, {
      podSelector: {}, policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
    });
    assert.deepEqual(stored(networkPolicyKind, 'spec: {}').spec.policyTypes, ['Ingress']);
    assert.deepEqual(stored(ingressKind, 'spec: {}').status, { loadBalancer: {} });
  });

  it('keep what cannot change', () => {
    assert.deepEqual(updateErrors(serviceCidrKind, 'spec: {cidrs: [10.0.0.0/16]}', 'spec: {cidrs: [10.1.0.0/16]}'),
      ['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable']);
    assert.deepEqual(updateErrors(serviceCidrKind, 'spec: {cidrs: [10.0.0.0/16]}',
      'spec: {cidrs: [10.0.0.0/16, "fd00::/64"]}'), []);
    assert.deepEqual(updateErrors(ingressClassKind, 'spec: {controller: a.b/c}', 'spec: {controller: a.b/d}'),
      ['spec.controller: Invalid value: "a.b/d": field is immutable']);
  });

  it('are shown as tables', () => {
    const rules = 'rules: [{host: a}, {host: b}, {host: c}, {host: d}], tls: [{}]';
    const shown = cells(ingressKind, objectOf(ingressKind,
      `spec: {ingressClassName: nginx, ${rules}}\nstatus: {loadBalancer: {ingress: [{ip: 2.2.2.2}, {ip: 1.1.1.1}]}}`));
    assert.deepEqual([shown['Class'], shown['Hosts'], shown['Address'], shown['Ports']],
      ['nginx', 'a,b,c + 1 more...', '1.1.1.1,2.2.2.2', '80, 443']);
    const address = objectOf(ipAddressKind, 'spec: {parentRef: {resource: services, name: a, namespace: b}}');
    assert.equal(cells(ipAddressKind, address)['ParentRef'], 'services/b/a');
    const parameters = 'spec: {controller: a.b/c, parameters: {apiGroup: k8s.example.com, kind: K, name: n}}';
    assert.equal(cells(ingressClassKind, objectOf(ingressClassKind, parameters))['Parameters'], 'K.k8s.example.com/n');
  });

  it('warn of the old annotation', () => {
    const old = objectOf(ingressKind, 'metadata: {annotations: {kubernetes.io/ingress.class: a}}\nspec: {}');
    assert.deepEqual(ingressKind.warnings?.(old, undefined),
      ['annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead']);
    assert.deepEqual(ingressKind.warnings?.(old, old), []);
  });
});
