/** Defaults, validation and updates of every kind but Pod. */
import assert from 'node:assert/strict';
import type { AnyKind } from '../../../src/api/kind';
import { builtInKinds, pluralOf } from '../../../src/api/kinds';
import { base64Decode, base64Encode } from '../../../src/base/base64';
import { kindRegistry } from '../../../src/api/registry';
import { findType } from '../../../src/api/schema/schema';
import { createErrors, objectOf, stored, texts, updateErrors } from './support';

const registry = kindRegistry(builtInKinds);

function kindOf(name: string): AnyKind {
  const kind = registry.byName(name);
  assert.ok(kind, name);
  return kind;
}

const template = 'template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: "i:1"}]}}';
const selector = 'selector: {matchLabels: {app: web}}';

describe('the list of built-in kinds', () => {
  it('has kinds with a schema and a name column each, no two of one name', () => {
    const names = builtInKinds.map((kind) => `${kind.group}/${kind.version} ${kind.plural}`);
    assert.equal(new Set(names).size, names.length);
    for (const kind of builtInKinds) {
      assert.ok(typeof kind.schema === 'string' && findType(kind.schema), kind.kind);
      assert.equal(kind.listKind, `${kind.kind}List`);
      assert.equal(kind.columns.filter((column) => column.format === 'name').length, 1, kind.kind);
      const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
      assert.equal(pluralOf(apiVersion, kind.kind), kind.plural);
    }
  });
});

describe('defaults', () => {
  it('of a Deployment', () => {
    const { spec } = stored(kindOf('deploy'), `spec: {${selector}, ${template}}`);
    assert.equal(spec.replicas, 1);
    const rollingUpdate = { maxUnavailable: '25%', maxSurge: '25%' };
    assert.deepEqual(spec.strategy, { type: 'RollingUpdate', rollingUpdate });
    assert.deepEqual([spec.revisionHistoryLimit, spec.progressDeadlineSeconds], [10, 600]);
    assert.equal(spec.template.spec.restartPolicy, 'Always');
    assert.equal(spec.template.spec.enableServiceLinks, undefined);
  });

  it('of a DaemonSet', () => {
    const { spec } = stored(kindOf('ds'), `spec: {${selector}, ${template}}`);
    assert.deepEqual(spec.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
  });

  it('of a Service', () => {
    assert.deepEqual(stored(kindOf('svc'), 'spec: {ports: [{port: 80}]}').spec, {
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], sessionAffinity: 'None', type: 'ClusterIP',
      internalTrafficPolicy: 'Cluster',
    });
    const yaml = 'spec: {type: LoadBalancer, sessionAffinity: ClientIP, ports: [{port: 80}]}';
    const balanced = stored(kindOf('svc'), yaml);
    assert.equal(balanced.spec.externalTrafficPolicy, 'Cluster');
    assert.equal(balanced.spec.allocateLoadBalancerNodePorts, true);
    assert.deepEqual(balanced.spec.sessionAffinityConfig, { clientIP: { timeoutSeconds: 10_800 } });
  });

  it('of a Secret, whose texts become data', () => {
    const secret = stored(kindOf('secrets'), 'data: {a: eA==}\nstringData: {a: "new", b: "häß€𝄞"}');
    assert.equal(secret.stringData, undefined);
    assert.equal(secret.type, 'Opaque');
    assert.equal(base64Decode(secret.data.a), 'new');
    assert.equal(base64Decode(secret.data.b), 'häß€𝄞');
    assert.equal(base64Encode('Man'), 'TWFu');
    assert.equal(base64Encode('M'), 'TQ==');
    assert.equal(base64Decode('T'), undefined);
  });

  it('of a Namespace: its name as label, its finalizer, its phase', () => {
    const namespace = stored(kindOf('ns'), 'metadata: {name: web}');
    assert.deepEqual(namespace.metadata.labels, { 'kubernetes.io/metadata.name': 'web' });
    assert.deepEqual(namespace.spec, { finalizers: ['kubernetes'] });
    assert.deepEqual(namespace.status, { phase: 'Active' });
  });

  it('of a Node: allocatable, both CIDR fields, and the status that it brings', () => {
    const node = stored(kindOf('no'), 'spec: {podCIDR: 10.244.1.0/24}\nstatus: {capacity: {cpu: "4"}}');
    assert.deepEqual(node.spec, { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] });
    assert.deepEqual(node.status, { capacity: { cpu: '4' }, allocatable: { cpu: '4' } });
  });

  it('of bindings: the group of the role and of users', () => {
    const binding = stored(kindOf('rolebindings'), 'roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}]');
    assert.equal(binding.roleRef.apiGroup, 'rbac.authorization.k8s.io');
    assert.equal(binding.subjects[0].apiGroup, 'rbac.authorization.k8s.io');
  });
});

describe('validation', () => {
  const mismatch = 'spec.template.metadata.labels: Invalid value: {"app":"web"}: '
    + '`selector` does not match template `labels`';
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['deploy', 'nothing wrong', `spec: {${selector}, ${template}}`, []],
    ['deploy', 'no selector', `spec: {${template}}`, ['spec.selector: Required value', mismatch]],
    ['deploy', 'another selector', `spec: {selector: {matchLabels: {app: x}}, ${template}}`, [mismatch]],
    ['deploy', 'an empty selector', `spec: {selector: {}, ${template}}`, [
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['deploy', 'negative replicas', `spec: {replicas: -1, ${selector}, ${template}}`, [
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    ['deploy', 'nothing may move', `spec: {${selector}, ${template}, strategy: {rollingUpdate: `
      + '{maxSurge: 0, maxUnavailable: 0%}}}', [
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0']],
    ['deploy', 'too much', `spec: {${selector}, ${template}, strategy: {rollingUpdate: {maxUnavailable: 101%, `
      + 'maxSurge: many}}}', [
      'spec.strategy.rollingUpdate.maxSurge: Invalid value: "many": a valid percent string must be a numeric string '
        + "followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%']],
    ['deploy', 'recreate by rolling', `spec: {${selector}, ${template}, strategy: `
      + '{type: Recreate, rollingUpdate: {}}}', [
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]],
    ['deploy', 'a short deadline', `spec: {${selector}, ${template}, minReadySeconds: 5, progressDeadlineSeconds: 5}`, [
      'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds']],
    ['deploy', 'pods that end', `spec: {${selector}, template: {metadata: {labels: {app: web}}, `
      + 'spec: {restartPolicy: Never, activeDeadlineSeconds: 5, containers: [{name: a, image: i}]}}}', [
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported']],
    ['deploy', 'an empty object', '{}', [
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value']],
    ['rs', 'an empty selector', `spec: {selector: {}, ${template}}`, [
      'spec.selector: Invalid value: {}: empty selector is invalid for deployment']],
    ['ds', 'an empty selector', `spec: {selector: {}, ${template}}`, [
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset']],
    ['ds', 'surge and unavailable', `spec: {${selector}, ${template}, updateStrategy: `
      + '{rollingUpdate: {maxSurge: 1}}}', [
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero']],
    ['ds', 'neither', `spec: {${selector}, ${template}, updateStrategy: {rollingUpdate: {maxUnavailable: 0}}}`, [
      'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0']],
    ['svc', 'no ports', 'spec: {}', ['spec.ports: Required value']],
    ['svc', 'headless without ports', 'spec: {clusterIP: None}', []],
    ['svc', 'ports', 'spec: {ports: [{port: 0}, {port: 80, name: a}, {port: 80, name: a, nodePort: 30000}]}', [
      'spec.ports[0].name: Required value',
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
      'spec.ports[2].name: Duplicate value: "a"',
      "spec.ports[2].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
      'spec.ports[2]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,'
        + '"NodePort":0}']],
    ['svc', 'a name elsewhere', 'spec: {type: ExternalName}', ['spec.externalName: Required value']],
    ['svc', 'an unknown type', 'spec: {type: Tunnel, ports: [{port: 1}]}', [
      'spec.type: Unsupported value: "Tunnel": '
        + 'supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
    ['svc', 'addresses', 'spec: {clusterIP: 10.0.0, externalIPs: [127.0.0.1], ports: [{port: 1}], '
      + 'loadBalancerSourceRanges: [10.0.0.1/8]}', [
      'spec.clusterIPs[0]: Invalid value: "10.0.0": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.1/8": '
        + 'must not have bits set beyond the prefix length']],
    ['cm', 'keys', 'data: {"a b": x, c: y}\nbinaryData: {c: eA==}', [
      'data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, \'-\', \'_\' or '
        + "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      'data[c]: Invalid value: "c": duplicate of key present in binaryData']],
    ['secrets', 'TLS without a key', 'type: kubernetes.io/tls\ndata: {tls.crt: eA==}', [
      'data[tls.key]: Required value']],
    ['secrets', 'a registry', 'type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: hello}', [
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": '
        + "invalid character 'h' looking for beginning of value"]],
    ['secrets', 'no user', 'type: kubernetes.io/basic-auth', [
      'data[username]: Required value', 'data[password]: Required value']],
    ['no', 'taints', 'spec: {taints: [{key: a, effect: NoSchedule}, {key: a, effect: NoSchedule}, {key: b}]}', [
      'metadata.taints[1]: Duplicate value: {"effect":"NoSchedule","key":"a"}: '
        + 'taints must be unique by key and effect pair',
      'metadata.taints[2].effect: Required value']],
    ['pc', 'a reserved name', 'metadata: {name: system-mine}\nvalue: 1', [
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
        + 'error: system-mine is not a known system priority class']],
    ['pc', 'too high', 'value: 1000000001', [
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000']],
    ['sc', 'modes', 'provisioner: a/b\nvolumeBindingMode: Later\nreclaimPolicy: Recycle', [
      'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"',
      'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"']],
    ['roles', 'rules', 'rules: [{apiGroups: [""]}, {verbs: [get], nonResourceURLs: [/x]}]', [
      'rules[0].verbs: Required value: verbs must contain at least one value',
      'rules[0].resources: Required value: resource rules must supply at least one resource',
      'rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs']],
    ['clusterrolebindings', 'subjects', 'roleRef: {kind: Role, name: r}\n'
      + 'subjects: [{kind: ServiceAccount, name: a}, {kind: Robot, name: b}]', [
      'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
      'subjects[0].namespace: Required value',
      'subjects[1].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"']],
    ['endpointslices', 'addresses', 'addressType: IPv4\nendpoints: [{addresses: [fd00::1]}, {}]\n'
      + 'ports: [{port: 1}, {port: 2}]', [
      'endpoints[0].addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address',
      'endpoints[1].addresses: Required value: must contain at least 1 address',
      'ports[1].name: Duplicate value: ""']],
    ['leases', 'numbers', 'spec: {leaseDurationSeconds: 0, leaseTransitions: -1}', [
      'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
      'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0']],
    ['ev', 'another namespace', 'involvedObject: {kind: Pod, name: p, namespace: other}', [
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace']],
    ['controllerrevisions', 'no data', 'revision: 1', ['data: Required value: data is mandatory']],
  ];
  for (const [name, what, yaml, expected] of cases) {
    it(`${name}: ${what}`, () => assert.deepEqual(createErrors(kindOf(name), yaml), expected));
  }

  it('limits what a ConfigMap holds', () => {
    const kind = kindOf('cm');
    const object = { ...objectOf(kind, '{}'), data: { a: 'x'.repeat(1024 * 1024 + 1) } };
    assert.deepEqual(texts(kind.validate?.(object)), ['[]: Too long: may not be more than 1048576 bytes']);
  });
});

describe('updates', () => {
  const cases: readonly (readonly [string, string, string, string, readonly string[]])[] = [
    ['deploy', 'another selector', `spec: {${selector}, ${template}}`,
      'spec: {selector: {matchLabels: {b: c}}, template: {metadata: {labels: {b: c}}, '
        + 'spec: {containers: [{name: a, image: i}]}}}',
      ['spec.selector: Invalid value: {"matchLabels":{"b":"c"}}: field is immutable']],
    ['deploy', 'more replicas', `spec: {${selector}, ${template}}`,
      `spec: {replicas: 5, ${selector}, ${template}}`, []],
    ['svc', 'another address', 'spec: {clusterIP: 10.96.0.1, ports: [{port: 1}]}',
      'spec: {clusterIP: 10.96.0.2, ports: [{port: 1}]}',
      ['spec.clusterIPs[0]: Invalid value: ["10.96.0.2"]: may not change once set']],
    ['svc', 'from node port to cluster IP', 'spec: {type: NodePort, ports: [{port: 1, nodePort: 30000}]}',
      'spec: {type: ClusterIP, externalTrafficPolicy: Cluster, ports: [{port: 1, nodePort: 30000}]}', []],
    ['cm', 'immutable', 'immutable: true\ndata: {a: b}', 'data: {a: c}', [
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set']],
    ['secrets', 'another type', 'type: a', 'type: b', ['type: Invalid value: "b": field is immutable']],
    ['sc', 'everything', 'provisioner: a/b\nparameters: {x: y}', 'provisioner: c/d\nvolumeBindingMode: '
      + 'WaitForFirstConsumer\nreclaimPolicy: Retain', [
      'parameters: Forbidden: updates to parameters are forbidden.',
      'provisioner: Forbidden: updates to provisioner are forbidden.',
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
      'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable']],
    ['pc', 'another value', 'value: 1', 'value: 2', ['value: Forbidden: may not be changed in an update.']],
    ['rolebindings', 'another role', 'roleRef: {kind: Role, name: a}', 'roleRef: {kind: Role, name: b}', [
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: '
        + 'cannot change roleRef']],
    ['no', 'another CIDR', 'spec: {podCIDR: 10.244.0.0/24}', 'spec: {podCIDR: 10.244.1.0/24}', [
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid']],
    ['endpointslices', 'another type of addresses', 'addressType: IPv4', 'addressType: IPv6', [
      'addressType: Invalid value: "IPv6": field is immutable']],
    ['controllerrevisions', 'other data', 'revision: 1\ndata: {a: 1}', 'revision: 2\ndata: {a: 2}', [
      'data: Invalid value: {"a":2}: field is immutable']],
  ];
  for (const [name, what, before, after, expected] of cases) {
    it(`${name}: ${what}`, () => assert.deepEqual(updateErrors(kindOf(name), before, after), expected));
  }

  it('of annotations alone count as a generation of a Deployment', () => {
    const kind = kindOf('deploy');
    const old = stored(kind, `metadata: {generation: 3}\nspec: {${selector}, ${template}}`);
    const annotated = { ...old, metadata: { ...old.metadata, annotations: { a: 'b' } } };
    assert.equal(kind.prepareForUpdate?.(annotated, old, { nowMs: 0 }).metadata.generation, 4);
    assert.equal(kind.prepareForUpdate?.(annotated, old, { nowMs: 0, subresource: 'status' }).metadata.generation, 3);
  });

  it('of a Namespace keep its finalizers unless they are finalized', () => {
    const kind = kindOf('ns');
    const old = stored(kind, '{}');
    const bare = { ...old, spec: {} };
    assert.deepEqual(kind.prepareForUpdate?.(bare, old, { nowMs: 0 }).spec.finalizers, ['kubernetes']);
    assert.deepEqual(kind.prepareForUpdate?.(bare, old, { nowMs: 0, subresource: 'finalize' }).spec, {});
    const ending = { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    assert.deepEqual(texts(kind.validateStatusUpdate?.(ending, old)), ['status.Phase: Invalid value: "Active": '
      + "may only be 'Terminating' if `deletionTimestamp` is not empty"]);
  });

  it('of the status of a workload count nothing below zero', () => {
    const kind = kindOf('deploy');
    const old = { ...stored(kind, `spec: {${selector}, ${template}}`), status: { collisionCount: 2 } };
    assert.deepEqual(texts(kind.validateStatusUpdate?.({ ...old, status: { replicas: 1, readyReplicas: 2 } }, old)), [
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
      'status.collisionCount: Invalid value: 0: cannot be decremented']);
  });

  it('scale', () => {
    const scale = kindOf('deploy').scale;
    const object = stored(kindOf('deploy'), `spec: {${selector}, ${template}}`);
    assert.equal(scale?.selector(object), 'app=web');
    assert.equal(scale?.specReplicas(scale.withReplicas(object, 4)), 4);
  });
});
