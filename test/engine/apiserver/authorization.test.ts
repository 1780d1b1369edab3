import assert from 'node:assert/strict';
import type { Credential } from '../../../src/api/request';
import type { Subject } from '../../../src/api/types';
import { admin, type Ask, pod, World } from './harness';

const rbacVersion = 'rbac.authorization.k8s.io/v1';
const group = 'rbac.authorization.k8s.io';
const person = (name: string, ...organizations: string[]): Credential => ({ kind: 'certificate', commonName: name,
  organizations });
const kubelet = (name: string): Credential => person(`system:node:${name}`, 'system:nodes');
const inDefault = { namespace: 'default' } as const;

function role(world: World, name: string, rules: object[], namespace?: string): void {
  const kind = namespace ? 'Role' : 'ClusterRole';
  world.must({ verb: 'create', group, resource: namespace ? 'roles' : 'clusterroles', namespace,
    body: { apiVersion: rbacVersion, kind, metadata: { name }, rules } });
}

function binding(world: World, name: string, roleKind: string, roleName: string, subjects: Subject[],
  namespace?: string): void {
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding';
  world.must({ verb: 'create', group, resource: namespace ? 'rolebindings' : 'clusterrolebindings', namespace,
    body: { apiVersion: rbacVersion, kind, metadata: { name }, roleRef: { apiGroup: group, kind: roleKind,
      name: roleName }, subjects } });
}

describe('API server: authentication', () => {
  const world = new World({ tokens: { secret: { name: 'robot', groups: ['robots'] } } });
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'app' } } });
  const refusals: [string, Credential, number, string][] = [
    ['an unknown token', { kind: 'token', token: 'guess' }, 401, 'Unauthorized'],
    ['a known token without rights', { kind: 'token', token: 'secret' }, 403,
      'pods is forbidden: User "robot" cannot list resource "pods" in API group "" in the namespace "default"'],
    ['nobody', { kind: 'anonymous' }, 403,
      'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace '
      + '"default"'],
    ['a service account', { kind: 'serviceAccount', namespace: 'default', name: 'app' }, 403,
      'pods is forbidden: User "system:serviceaccount:default:app" cannot list resource "pods" in API group "" in '
      + 'the namespace "default"'],
    ['a service account that is gone', { kind: 'serviceAccount', namespace: 'default', name: 'gone' }, 401,
      'Unauthorized'],
    ['the token of a pod that is gone', { kind: 'serviceAccount', namespace: 'default', name: 'app', pod: 'p' }, 401,
      'Unauthorized'],
  ];
  for (const [who, user, code, message] of refusals) {
    it(`knows ${who}`, () => {
      const refusal = world.refused({ verb: 'list', resource: 'pods', ...inDefault }, user);
      assert.deepEqual([refusal.code, refusal.message], [code, message]);
    });
  }
});

describe('API server: RBAC', () => {
  const world = new World();
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'app' } } });
  role(world, 'reader', [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }]);
  role(world, 'one-map', [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['settings'], verbs: ['get',
    'update'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create'] }], 'default');
  role(world, 'scaler', [{ apiGroups: ['apps'], resources: ['*/scale'], verbs: ['*'] }]);
  const user = (name: string): Subject => ({ kind: 'User', apiGroup: group, name });
  binding(world, 'readers', 'ClusterRole', 'reader', [{ kind: 'Group', apiGroup: group, name: 'readers' }]);
  binding(world, 'local', 'ClusterRole', 'reader', [user('ann')], 'kube-system');
  binding(world, 'maps', 'Role', 'one-map', [user('ann'), { kind: 'ServiceAccount', name: 'app' }], 'default');
  binding(world, 'scalers', 'ClusterRole', 'scaler', [user('ann')]);
  binding(world, 'dangling', 'ClusterRole', 'missing', [user('eve')]);

  const app: Credential = { kind: 'serviceAccount', namespace: 'default', name: 'app' };
  const cases: [string, Credential, Ask, string | true][] = [
    ['a group everywhere', person('bob', 'readers'), { verb: 'list', resource: 'pods' }, true],
    ['a group, but not to write', person('bob', 'readers'), { verb: 'delete', resource: 'pods', name: 'x',
      ...inDefault },
      'pods "x" is forbidden: User "bob" cannot delete resource "pods" in API group "" in the namespace "default"'],
    ['a cluster role in one namespace', person('ann'), { verb: 'list', resource: 'pods', namespace: 'kube-system' },
      true],
    ['but not in another', person('ann'), { verb: 'list', resource: 'pods', namespace: 'default' },
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" in the namespace "default"'],
    ['nor everywhere', person('ann'), { verb: 'list', resource: 'pods' },
      'pods is forbidden: User "ann" cannot list resource "pods" in API group "" at the cluster scope'],
    ['a named object', person('ann'), { verb: 'get', resource: 'configmaps', name: 'settings', ...inDefault }, true],
    ['not another name', app, { verb: 'get', resource: 'configmaps', name: 'other', ...inDefault },
      'configmaps "other" is forbidden: User "system:serviceaccount:default:app" cannot get resource "configmaps" '
      + 'in API group "" in the namespace "default"'],
    ['a service account of a binding', app, { verb: 'create', resource: 'configmaps', ...inDefault,
      body: { metadata: { name: 'x' } } }, true],
    ['a subresource by wildcard', person('ann'), { verb: 'get', group: 'apps', resource: 'deployments',
      subresource: 'scale', name: 'x', ...inDefault }, true],
    ['not the resource itself', person('ann'), { verb: 'get', group: 'apps', resource: 'deployments', name: 'x',
      ...inDefault },
      'deployments.apps "x" is forbidden: User "ann" cannot get resource "deployments" in API group "apps" in the '
      + 'namespace "default"'],
    ['a subresource in the text', person('bob', 'readers'), { verb: 'create', resource: 'pods',
      subresource: 'eviction', name: 'x', ...inDefault },
      'pods "x" is forbidden: User "bob" cannot create resource "pods/eviction" in API group "" in the namespace '
      + '"default"'],
    ['a missing role', person('eve'), { verb: 'list', resource: 'pods' },
      'pods is forbidden: User "eve" cannot list resource "pods" in API group "" at the cluster scope: RBAC: '
      + 'clusterrole.rbac.authorization.k8s.io "missing" not found'],
    ['kubeadm\'s scheduler', person('system:kube-scheduler'), { verb: 'list', resource: 'pods' }, true],
    ['but not as a writer of deployments', person('system:kube-scheduler'), { verb: 'delete', group: 'apps',
      resource: 'deployments', name: 'x', ...inDefault },
      'deployments.apps "x" is forbidden: User "system:kube-scheduler" cannot delete resource "deployments" in API '
      + 'group "apps" in the namespace "default"'],
  ];
  for (const [what, who, ask, expected] of cases) {
    it(`decides on ${what}`, () => {
      const { code, body } = world.ask(ask, who);
      if (expected === true) assert.notEqual(code, 403, JSON.stringify(body));
      else assert.deepEqual([code, (body as { message: string }).message], [403, expected]);
    });
  }

  it('forgets decisions when a binding changes', () => {
    const ask: Ask = { verb: 'list', resource: 'secrets', ...inDefault };
    assert.equal(world.ask(ask, person('new')).code, 403);
    role(world, 'secrets', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]);
    binding(world, 'new', 'ClusterRole', 'secrets', [user('new')]);
    assert.equal(world.ask(ask, person('new')).code, 200);
    world.must({ verb: 'delete', group, resource: 'clusterrolebindings', name: 'new' });
    assert.equal(world.ask(ask, person('new')).code, 403);
  });

  it('asks for create as well when a PUT creates', () => {
    role(world, 'updater', [{ apiGroups: [''], resources: ['events'], verbs: ['update'] }]);
    binding(world, 'updaters', 'ClusterRole', 'updater', [user('upd')]);
    const put: Ask = { verb: 'update', resource: 'events', name: 'e', ...inDefault, body: { metadata: { name: 'e' },
      involvedObject: {} } };
    assert.ok(world.refused(put, person('upd')).message.includes('User "upd" cannot create resource "events"'));
  });

  it('leaves a hop for each stage', () => {
    const { length } = world.sim.trace;
    world.ask({ verb: 'list', resource: 'pods' }, person('eve'));
    const stages = world.sim.trace.slice(length).flatMap((hop) => (hop.kind === 'stage' ? [hop] : []));
    assert.deepEqual(stages.map(({ stage, allowed }) => [stage, allowed]), [['authentication', true], ['authorization',
      false]]);
    assert.equal(stages[1]?.subject.code, 403);
  });
});

describe('API server: Node authorizer', () => {
  const world = new World();
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });
  const volumes = [
    { name: 's', secret: { secretName: 'mounted' } }, { name: 'c', configMap: { name: 'config' } },
    { name: 'v', persistentVolumeClaim: { claimName: 'claim' } },
  ];
  const containers = [{ name: 'c', image: 'i', env: [{ name: 'E', valueFrom: { secretKeyRef: { name: 'env',
    key: 'k' } } }] }];
  world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('mine', { spec: { nodeName: 'n1', volumes,
    containers, imagePullSecrets: [{ name: 'pull' }] } }) });
  world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('theirs', { spec: { nodeName: 'n2' } }) });
  const get = (resource: string, name: string): Ask => ({ verb: 'get', resource, name, ...inDefault });
  const unrelated = "no relationship found between node 'n1' and this object";
  const lease = (name: string, namespace = 'kube-node-lease', verb: Ask['verb'] = 'get'): Ask =>
    ({ verb, group: 'coordination.k8s.io', resource: 'leases', name, namespace });
  const cases: [string, Ask, string | true][] = [
    ['a mounted secret', get('secrets', 'mounted'), true],
    ['a secret of the environment', get('secrets', 'env'), true],
    ['a pull secret', get('secrets', 'pull'), true],
    ['a watch of one secret', { verb: 'list', resource: 'secrets', ...inDefault,
      options: { fieldSelector: 'metadata.name=mounted' } }, true],
    ['another secret', get('secrets', 'other'), unrelated],
    ['all secrets', { verb: 'list', resource: 'secrets', ...inDefault }, 'No Object name found'],
    ['secrets everywhere', { verb: 'list', resource: 'secrets' }, 'can only read namespaced object of this type'],
    ['writing a secret', { verb: 'update', resource: 'secrets', name: 'mounted', ...inDefault, body: {} },
      'can only read resources of this type'],
    ['a mounted config map', get('configmaps', 'config'), true],
    ['the root CA of the token volume', get('configmaps', 'kube-root-ca.crt'), true],
    ['a claim', get('persistentvolumeclaims', 'claim'), true],
    ['listing claims', { verb: 'list', resource: 'persistentvolumeclaims', ...inDefault },
      'can only get individual resources of this type'],
    ['its own pod', get('pods', 'mine'), true],
    ['the pod of another node', get('pods', 'theirs'), unrelated],
    ['its own pods', { verb: 'list', resource: 'pods', options: { fieldSelector: 'spec.nodeName=n1' } }, true],
    ['all pods', { verb: 'list', resource: 'pods' }, 'can only list/watch pods with spec.nodeName field selector'],
    ['the pods of another node', { verb: 'list', resource: 'pods', options: { fieldSelector: 'spec.nodeName=n2' } },
      'can only list/watch pods with spec.nodeName field selector'],
    ['its own node', { verb: 'get', resource: 'nodes', name: 'n1' }, true],
    ['another node', { verb: 'get', resource: 'nodes', name: 'n2' },
      "node 'n1' cannot read 'n2', only its own Node object"],
    ['all nodes', { verb: 'list', resource: 'nodes' }, "node 'n1' cannot read all nodes, only its own Node object"],
    ['its own lease', lease('n1'), true],
    ['another lease', lease('n2'), 'can only access node lease with the same name as the requesting node'],
    ['a lease elsewhere', lease('n1', 'kube-system'),
      'can only access leases in the "kube-node-lease" system namespace'],
    ['listing leases', { ...lease('n1', 'kube-node-lease', 'list'), name: undefined },
      'can only get, create, update, patch, or delete a node lease'],
    ['all services', { verb: 'list', resource: 'services' }, true],
    ['creating events', { verb: 'create', resource: 'events', ...inDefault, body: { metadata: { name: 'e' },
      involvedObject: {} } }, true],
    ['deployments', { verb: 'list', group: 'apps', resource: 'deployments' }, 'at the cluster scope'],
  ];
  for (const [what, ask, expected] of cases) {
    it(`decides on ${what}`, () => {
      const { code, body } = world.ask(ask, kubelet('n1'));
      const message = (body as { message?: string }).message ?? '';
      if (expected === true) assert.notEqual(code, 403, message);
      else assert.ok(code === 403 && message.endsWith(expected), `${code} ${message}`);
    });
  }

  it('does not know a node by its name alone', () => {
    assert.equal(world.ask({ verb: 'get', resource: 'nodes', name: 'n1' }, person('system:node:n1')).code, 403);
  });

  it('lets masters do everything', () => {
    assert.equal(world.ask({ verb: 'list', resource: 'secrets' }, admin).code, 200);
  });
});
