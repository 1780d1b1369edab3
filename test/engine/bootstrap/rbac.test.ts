/** Bootstrap policy: names and counts, well-formed rules, aggregation, and bindings that lead to a role. */
import assert from 'node:assert/strict';
import type { ClusterRole, NewObject, PolicyRule } from '../../../src/api/types';
import { defaultNamespaces, defaultPriorityClasses } from '../../../src/apiserver/bootstrap/objects';
import {
  defaultClusterRoleBindings, defaultClusterRoles, defaultRoleBindings, defaultRoles,
} from '../../../src/apiserver/bootstrap/rbac';

const clusterRoles = defaultClusterRoles();

function rulesOf(name: string): readonly PolicyRule[] {
  return named(name).rules ?? [];
}

function named(name: string): NewObject<ClusterRole> {
  const found = clusterRoles.find((role) => role.metadata.name === name);
  assert.ok(found, name);
  return found;
}

function allows(name: string, verb: string, group: string, resource: string): boolean {
  return rulesOf(name).some((rule) => [[rule.verbs, verb], [rule.apiGroups, group], [rule.resources, resource]]
    .every(([list, wanted]) => Array.isArray(list) && (list.includes(wanted) || list.includes('*'))));
}

describe('bootstrap RBAC', () => {
  it('has the roles of v1.36 under the default gates', () => {
    const controllers = clusterRoles.filter((role) => role.metadata.name?.startsWith('system:controller:'));
    assert.equal(controllers.length, 38);
    assert.equal(clusterRoles.length - controllers.length, 31);
    assert.equal(defaultClusterRoleBindings().length, 12 + controllers.length);
    assert.equal(defaultRoles().length, 7);
    assert.equal(defaultRoleBindings().length, 7);
    const gatedOff = ['system:cluster-trust-bundle-discovery', 'system:controller:storage-version-migrator-controller'];
    for (const name of gatedOff) assert.ok(!clusterRoles.some((role) => role.metadata.name === name), name);
  });

  it('marks every object as bootstrap policy and freezes it', () => {
    for (const object of [
      ...clusterRoles, ...defaultClusterRoleBindings(), ...defaultRoles(), ...defaultRoleBindings(),
    ]) {
      assert.equal(object.apiVersion, 'rbac.authorization.k8s.io/v1');
      assert.equal(object.metadata.labels?.['kubernetes.io/bootstrapping'], 'rbac-defaults');
      assert.equal(object.metadata.annotations?.['rbac.authorization.kubernetes.io/autoupdate'], 'true');
      assert.ok(Object.isFrozen(object) && Object.isFrozen(object.metadata.labels));
    }
  });

  it('writes well-formed rules: verbs, and either resources of groups or paths, each list sorted', () => {
    for (const object of [...clusterRoles, ...defaultRoles()]) {
      assert.ok((object.rules ?? []).length > 0, object.metadata.name);
      for (const rule of object.rules ?? []) {
        assert.ok(rule.verbs.length > 0);
        const forPaths = rule.nonResourceURLs !== undefined;
        assert.equal((rule.resources ?? []).length > 0 && (rule.apiGroups ?? []).length > 0, !forPaths);
        for (const list of [rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs]) {
          assert.deepEqual(list, list && [...new Set(list)].sort());
        }
      }
    }
  });

  it('names every role once', () => {
    const names = clusterRoles.map((role) => role.metadata.name);
    assert.deepEqual(names, [...new Set(names)].sort());
  });

  it('binds roles that exist', () => {
    for (const binding of defaultClusterRoleBindings()) named(binding.roleRef.name);
    const roles = defaultRoles().map((role) => `${role.metadata.namespace}/${role.metadata.name}`);
    for (const binding of defaultRoleBindings()) {
      assert.ok(roles.includes(`${binding.metadata.namespace}/${binding.roleRef.name}`), binding.metadata.name);
    }
  });

  it('sums admin from edit from view', () => {
    const contains = (outer: string, inner: string) => rulesOf(inner)
      .every((rule) => rulesOf(outer).some((other) => JSON.stringify(other) === JSON.stringify(rule)));
    assert.deepEqual(rulesOf('view'), rulesOf('system:aggregate-to-view'));
    assert.ok(contains('edit', 'system:aggregate-to-edit') && contains('edit', 'view'));
    assert.ok(contains('admin', 'edit') && contains('admin', 'system:aggregate-to-admin'));
    assert.equal(rulesOf('admin').length, rulesOf('edit').length + 2);
    assert.equal(named('edit').metadata.labels?.['rbac.authorization.k8s.io/aggregate-to-admin'], 'true');
    assert.deepEqual(named('view').aggregationRule?.clusterRoleSelectors, [
      { matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
    ]);
  });

  for (const [role, verb, group, resource, expected] of [
    ['cluster-admin', 'delete', 'apps', 'deployments', true],
    ['view', 'get', '', 'secrets', false],
    ['edit', 'get', '', 'secrets', true],
    ['edit', 'create', 'rbac.authorization.k8s.io', 'roles', false],
    ['admin', 'create', 'rbac.authorization.k8s.io', 'roles', true],
    ['system:kube-scheduler', 'create', '', 'pods/binding', true],
    ['system:kube-scheduler', 'update', '', 'pods', false],
    ['system:kube-scheduler', 'delete', '', 'pods', true],
    ['system:node-proxier', 'watch', 'discovery.k8s.io', 'endpointslices', true],
    ['system:controller:replicaset-controller', 'create', '', 'pods', true],
    ['system:controller:deployment-controller', 'create', '', 'pods', false],
    ['system:controller:endpointslice-controller', 'create', 'discovery.k8s.io', 'endpointslices', true],
    ['system:kube-controller-manager', 'create', '', 'pods', false],
  ] as const) {
    it(`${role} ${expected ? 'may' : 'may not'} ${verb} ${group}/${resource}`, () => {
      assert.equal(allows(role, verb, group, resource), expected);
    });
  }

  it('gives controllers the rights of their service account and nodes none by RBAC', () => {
    const binding = (name: string) => defaultClusterRoleBindings().find((other) => other.metadata.name === name);
    assert.deepEqual(binding('system:controller:job-controller')?.subjects, [
      { kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' },
    ]);
    assert.ok(binding('system:node'));
    assert.equal(binding('system:node')?.subjects, undefined);
  });
});

describe('bootstrap objects', () => {
  it('has two priority classes and four namespaces', () => {
    assert.deepEqual(defaultPriorityClasses().map((object) => [object.metadata.name, object.value]), [
      ['system-node-critical', 2_000_001_000], ['system-cluster-critical', 2_000_000_000],
    ]);
    assert.deepEqual(defaultNamespaces().map((object) => object.metadata.name).sort(), [
      'default', 'kube-node-lease', 'kube-public', 'kube-system',
    ]);
  });
});
