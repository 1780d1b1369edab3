import assert from 'node:assert/strict';
import type { Credential } from '../../../src/api/request';
import type { KubeObject, Node, PersistentVolumeClaim, Pod } from '../../../src/api/types';
import { type Ask, pod, World } from './harness';

const inDefault = { namespace: 'default' } as const;
const node: Credential = { kind: 'certificate', commonName: 'system:node:n1', organizations: ['system:nodes'] };
const createPod = (body: object, namespace = 'default'): Ask => ({ verb: 'create', resource: 'pods', namespace, body });
type StoredPod = Pod & KubeObject;

function worldWithAccount(): World {
  const world = new World();
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });
  return world;
}

describe('admission: NamespaceLifecycle', () => {
  const world = worldWithAccount();
  for (const name of ['default', 'kube-system', 'kube-public']) {
    it(`keeps ${name}`, () => {
      assert.deepEqual(world.refused({ verb: 'delete', resource: 'namespaces', name }), {
        code: 403, reason: 'Forbidden',
          message: `namespaces "${name}" is forbidden: this namespace may not be deleted` });
    });
  }

  it('waits a moment for a namespace that is just being made', () => {
    const codes: number[] = [];
    const done = (result: { ok: boolean; payload?: unknown }): void => {
      codes.push(result.ok ? (result.payload as { code: number }).code : 0);
    };
    const user: Credential = { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] };
    world.send({ verb: 'create', resource: 'configmaps', namespace: 'soon', body: { metadata: { name: 'a' } } }, user,
      done);
    world.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'soon' } } }, user, done);
    world.settle(200);
    assert.deepEqual(codes, [201, 201]);
  });

  it('allows deletions in a terminating namespace', () => {
    world.must({ verb: 'delete', resource: 'namespaces', name: 'soon' });
    assert.equal(world.ask({ verb: 'delete', resource: 'configmaps', namespace: 'soon', name: 'a' }).code, 200);
  });
});

describe('admission: ServiceAccount', () => {
  const world = worldWithAccount();

  it('sets the default account and mounts its token', () => {
    const { spec } = world.must<StoredPod>(createPod(pod('a', { spec: {
      containers: [{ name: 'c', image: 'i' }, { name: 'd', image: 'i', volumeMounts: [{ name: 'x',
        mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }],
      initContainers: [{ name: 'init', image: 'i' }],
    } })));
    assert.deepEqual([spec.serviceAccountName, spec.serviceAccount], ['default', 'default']);
    const [volume] = spec.volumes ?? [];
    assert.match(volume?.name ?? '', /^kube-api-access-[a-z0-9]{5}$/);
    assert.deepEqual(volume?.projected, { defaultMode: 420, sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1',
        fieldPath: 'metadata.namespace' } }] } },
    ] });
    const mount = { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
    assert.deepEqual(spec.containers[0]?.volumeMounts, [mount]);
    assert.equal(spec.containers[1]?.volumeMounts?.[0]?.name, 'x', 'a mount of one\'s own stays');
    assert.deepEqual(spec.initContainers?.[0]?.volumeMounts, [mount]);
  });

  it('mounts nothing when pod or account say so', () => {
    const own = world.must<StoredPod>(createPod(pod('b', { spec: { automountServiceAccountToken: false } })));
    assert.equal(own.spec.volumes, undefined);
    world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: {
      metadata: { name: 'quiet' }, automountServiceAccountToken: false, imagePullSecrets: [{ name: 'registry' }] } });
    const account = world.must<StoredPod>(createPod(pod('c', { spec: { serviceAccountName: 'quiet' } })));
    assert.equal(account.spec.volumes, undefined);
    assert.deepEqual(account.spec.imagePullSecrets, [{ name: 'registry' }]);
  });

  it('refuses an account that does not exist, at once', () => {
    const before = world.sim.nowMs;
    assert.equal(world.refused(createPod(pod('d', { spec: { serviceAccountName: 'nope' } }))).message,
      'pods "d" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found');
    assert.ok(world.sim.nowMs - before < 50);
  });

  it('waits up to two seconds for the default account of a new namespace', () => {
    world.must({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'fresh' } } });
    const before = world.sim.nowMs;
    assert.equal(world.refused(createPod(pod('', { metadata: { generateName: 'e-' } }), 'fresh')).message,
      'pods "e-" is forbidden: error looking up service account fresh/default: serviceaccount "default" not found');
    const waited = world.sim.nowMs - before;
    assert.ok(waited > 800 && waited < 2_000, String(waited));
  });

  const mirror = { annotations: { 'kubernetes.io/config.mirror': 'x' } };
  for (const [what, spec, message] of [
    ['an account', { serviceAccountName: 'default' }, 'a mirror pod may not reference service accounts'],
    ['a secret', { volumes: [{ name: 'v', secret: { secretName: 's' } }] }, 'a mirror pod may not reference secrets'],
    ['a config map', { volumes: [{ name: 'v', configMap: { name: 's' } }] },
      'a mirror pod may not reference configmaps'],
    ['a token', { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
      'a mirror pod may not use ServiceAccountToken volume projections'],
  ] as const) {
    it(`refuses a mirror pod with ${what}`, () => {
      assert.equal(world.refused(createPod(pod('m', { spec, metadata: mirror }))).message,
        `pods "m" is forbidden: ${message}`);
    });
  }
});

describe('admission: Priority', () => {
  const world = worldWithAccount();
  const priorityClass = (name: string, value: number, more: object = {}): Ask => ({
    verb: 'create', group: 'scheduling.k8s.io', resource: 'priorityclasses',
    body: { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value, ...more } });
  const priorityOf = (body: object): unknown[] => {
    const { spec } = world.must<StoredPod>(createPod(body));
    return [spec.priorityClassName, spec.priority, spec.preemptionPolicy];
  };

  it('resolves system classes, and zero without a default', () => {
    assert.deepEqual(priorityOf(pod('sys', { spec: { priorityClassName: 'system-node-critical' } })),
      ['system-node-critical', 2_000_001_000, 'PreemptLowerPriority']);
    assert.deepEqual(priorityOf(pod('none')), [undefined, 0, 'PreemptLowerPriority']);
  });

  it('takes the default class and lets only one be it', () => {
    world.must(priorityClass('usual', 5, { globalDefault: true, preemptionPolicy: 'Never' }));
    assert.deepEqual(priorityOf(pod('usual')), ['usual', 5, 'Never']);
    assert.equal(world.refused(priorityClass('second', 6, { globalDefault: true })).message,
      'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass usual is already marked as default. '
      + 'Only one default can exist');
  });

  for (const [what, spec, message] of [
    ['an unknown class', { priorityClassName: 'nope' }, 'no PriorityClass with name nope was found'],
    ['another number', { priority: 7 }, 'the integer value of priority (7) must not be provided in pod spec; '
      + 'priority admission controller computed 5 from the given PriorityClass name'],
    ['another policy', { preemptionPolicy: 'PreemptLowerPriority' }, 'the string value of PreemptionPolicy '
      + '(PreemptLowerPriority) must not be provided in pod spec; priority admission controller computed Never '
      + 'from the '
      + 'given PriorityClass name'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.equal(world.refused(createPod(pod('p', { spec }))).message, `pods "p" is forbidden: ${message}`);
    });
  }
});

describe('admission: DefaultTolerationSeconds, TaintNodesByCondition, DefaultStorageClass, PodTopologyLabels', () => {
  const world = worldWithAccount();
  const seconds = (spec: object): unknown[] =>
    (world.must<StoredPod>(createPod(pod('', { spec, metadata: { generateName: 't-' } }))).spec.tolerations ?? [])
      .map(({ key, tolerationSeconds }) => [key?.split('/')[1], tolerationSeconds]);

  it('adds tolerations that are missing', () => {
    assert.deepEqual(seconds({}), [['not-ready', 300], ['unreachable', 300]]);
    assert.deepEqual(seconds({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists',
      effect: 'NoExecute', tolerationSeconds: 5 }] }),
      [['not-ready', 5], ['unreachable', 300]]);
    assert.deepEqual(seconds({ tolerations: [{ operator: 'Exists' }] }), [[undefined, undefined]]);
  });

  it('taints a new node', () => {
    const body = { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'a', other: 'x' } }, spec: {} };
    const created = world.must<Node & KubeObject>({ verb: 'create', resource: 'nodes', body });
    assert.deepEqual(created.spec?.taints, [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  });

  it('copies zone and region to a bound pod', () => {
    world.must(createPod(pod('zoned')));
    world.must({ verb: 'create', resource: 'pods', ...inDefault, name: 'zoned', subresource: 'binding',
      body: { metadata: { name: 'zoned' }, target: { name: 'n1' } } });
    assert.deepEqual(world.get('pods', 'zoned', 'default').metadata.labels, { 'topology.kubernetes.io/zone': 'a' });
  });

  it('gives a claim the newest default class', () => {
    const storageClass = (name: string): void => void world.must({ verb: 'create', group: 'storage.k8s.io',
      resource: 'storageclasses',
      body: { metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } } } });
    storageClass('old');
    world.settle(2_000);
    storageClass('new');
    const claim = (name: string, spec: object): string | undefined => world.must<PersistentVolumeClaim & KubeObject>({
      verb: 'create', resource: 'persistentvolumeclaims', ...inDefault, body: { metadata: { name },
        spec } }).spec.storageClassName;
    assert.deepEqual([claim('a', {}), claim('b', { storageClassName: 'mine' }), claim('c', { storageClassName: '' })],
      ['new', 'mine', '']);
  });
});

describe('admission: NodeRestriction', () => {
  const world = worldWithAccount();
  const n1 = world.must({ verb: 'create', resource: 'nodes', body: { metadata: { name: 'n1',
    labels: { 'kubernetes.io/hostname': 'n1' } }, spec: {} } }, node);
  world.must(createPod(pod('mine', { spec: { nodeName: 'n1' } })));
  world.must(createPod(pod('theirs', { spec: { nodeName: 'n2' } })));
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n1', uid: n1.metadata.uid, controller: true };
  const mirror = (name: string, more: { owners?: object[]; spec?: object; annotations?: object } = {}): Ask =>
    createPod(pod(name, {
    metadata: { annotations: more.annotations ?? { 'kubernetes.io/config.mirror': 'x' },
      ownerReferences: more.owners ?? [owner] },
    spec: { nodeName: 'n1', ...more.spec },
  }));
  const patchNode = (body: object, name = 'n1'): Ask => ({ verb: 'patch', patchType: 'merge', resource: 'nodes', name,
    body });
  const status = (name: string, body: object): Ask => ({ verb: 'patch', patchType: 'merge', resource: 'pods',
    ...inDefault, name, subresource: 'status', body });
  const cases: [string, Ask, string | true][] = [
    ['its mirror pod', mirror('static-n1'), true],
    ['a pod that is no mirror', mirror('x', { annotations: {} }),
      'pods "x" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only '
      + 'create mirror pods'],
    ['a mirror pod on another node', mirror('x', { spec: { nodeName: 'n2' } }),
      'pods "x" is forbidden: node "n1" can only create pods with spec.nodeName set to itself'],
    ['a mirror pod without owner', mirror('x', { owners: [] }),
      'pods "x" is forbidden: node "n1" can only create pods with an owner reference set to itself'],
    ['a mirror pod with another uid', mirror('x', { owners: [{ ...owner, uid: 'u' }] }),
      `pods "x" is forbidden: node n1 UID mismatch: expected u got ${n1.metadata.uid}`],
    ['a mirror pod with a secret', mirror('x', { spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } }),
      'pods "x" is forbidden: node "n1" can not create pods that reference secrets'],
    ['the status of its pod', status('mine', { status: { phase: 'Running' } }), true],
    ['the status of another pod', status('theirs', { status: { phase: 'Running' } }),
      'pods "theirs" is forbidden: node "n1" can only update pod status for pods with spec.nodeName set to itself'],
    ['labels through the status', status('mine', { metadata: { labels: { a: 'b' } } }),
      'pods "mine" is forbidden: node "n1" cannot update labels through pod status'],
    ['deleting its pod', { verb: 'delete', resource: 'pods', name: 'mine', ...inDefault }, true],
    ['deleting another pod', { verb: 'delete', resource: 'pods', name: 'theirs', ...inDefault },
      'pods "theirs" is forbidden: node "n1" can only delete pods with spec.nodeName set to itself'],
    ['evicting another pod', { verb: 'create', resource: 'pods', name: 'theirs', subresource: 'eviction', ...inDefault,
      body: { metadata: { name: 'theirs' } } },
      'pods "theirs" is forbidden: node n1 can only evict pods with spec.nodeName set to itself'],
    ['its node', patchNode({ metadata: { labels: { 'kubelet.kubernetes.io/x': '1', mine: 'yes' } } }), true],
    ['a restricted label', patchNode({ metadata: { labels: { 'node-restriction.kubernetes.io/a': '1',
      'node-role.kubernetes.io/control-plane': '' } } }),
      'nodes "n1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/a, '
      + 'node-role.kubernetes.io/control-plane'],
    ['its taints', patchNode({ spec: { taints: [] } }),
      'nodes "n1" is forbidden: node "n1" is not allowed to modify taints'],
    ['another node', patchNode({}, 'n2'), 'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"'],
    ['creating a labelled node', { verb: 'create', resource: 'nodes', body: { metadata: { name: 'n1',
      labels: { 'a.k8s.io/b': '' } } } },
      'nodes "n1" is forbidden: node "n1" is not allowed to set the following labels: a.k8s.io/b'],
    ['its lease', { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease',
      body: { metadata: { name: 'n1' } } }, true],
    ['another lease', { verb: 'create', group: 'coordination.k8s.io', resource: 'leases', namespace: 'kube-node-lease',
      body: { metadata: { name: 'n2' } } },
      'leases.coordination.k8s.io "n2" is forbidden: can only access node lease with the same name as the '
      + 'requesting node'],
  ];
  world.must({ verb: 'create', resource: 'nodes', body: { metadata: { name: 'n2' }, spec: {} } });
  for (const [what, ask, expected] of cases) {
    it(`decides on ${what}`, () => {
      const { code, body } = world.ask(ask, node);
      const message = (body as { message?: string }).message;
      if (expected === true) assert.ok(code < 400, message);
      else assert.deepEqual([code, message], [403, expected]);
    });
  }
});
