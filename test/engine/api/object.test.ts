import assert from 'node:assert/strict';
import { defineKind } from '../../../src/api/kind';
import { controllerOf, getIn, groupOf, newControllerRef, objectKey, setIn, splitKey,
  versionOf } from '../../../src/api/object';
import { kindRegistry } from '../../../src/api/registry';
import type { Deployment, Pod } from '../../../src/api/types';

const meta = { name: 'web', namespace: 'default', uid: 'u1', resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z' };

describe('objects', () => {
  it('have keys and owners', () => {
    assert.equal(objectKey({ metadata: meta }), 'default/web');
    assert.deepEqual(splitKey('default/web'), { namespace: 'default', name: 'web' });
    assert.deepEqual(splitKey('node'), { namespace: '', name: 'node' });
    const owner = newControllerRef({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta });
    assert.deepEqual(owner, {
      apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u1', blockOwnerDeletion: true, controller: true });
    assert.equal(controllerOf({ metadata: { ...meta, ownerReferences: [owner] } }), owner);
    assert.deepEqual([groupOf('apps/v1'), versionOf('apps/v1'), groupOf('v1'), versionOf('v1')], ['apps', 'v1', '',
      'v1']);
  });

  it('are changed by copying the path', () => {
    const before = { a: { b: [{ c: 1 }, { c: 2 }] }, d: { e: 1 } };
    const after = setIn(before, ['a', 'b', 1, 'c'], 3);
    assert.deepEqual(after, { a: { b: [{ c: 1 }, { c: 3 }] }, d: { e: 1 } });
    assert.equal(after.d, before.d);
    assert.equal(after.a.b[0], before.a.b[0]);
    assert.equal(setIn(before, ['d', 'e'], 1), before);
    assert.deepEqual(setIn(before, ['d', 'e'], undefined), { a: before.a, d: {} });
    assert.equal(setIn(before, ['d', 'x', 'y'], undefined), before);
    assert.deepEqual(setIn({}, ['x', 'y'], 1), { x: { y: 1 } });
    assert.equal(JSON.stringify(setIn({}, ['__proto__'], { z: 1 })), '{"__proto__":{"z":1}}');
    assert.equal(getIn(before, ['a', 'b', 0, 'c']), 1);
    assert.equal(getIn(before, ['constructor', 'name']), undefined);
  });
});

describe('kind registry', () => {
  const common = { version: 'v1', namespaced: true, nameRule: 'dnsSubdomain', hasGeneration: true,
    columns: [] } as const;
  const pod = defineKind<Pod>({
    ...common, group: '', kind: 'Pod', listKind: 'PodList', plural: 'pods', singular: 'pod', shortNames: ['po'],
    categories: ['all'], schema: 'Pod' });
  const deployment = defineKind<Deployment>({
    ...common, group: 'apps', kind: 'Deployment', listKind: 'DeploymentList', plural: 'deployments',
    singular: 'deployment', shortNames: ['deploy'], schema: 'Deployment' });
  const registry = kindRegistry([pod, deployment]);

  it('finds kinds by every name', () => {
    assert.equal(registry.byKind('apps/v1', 'Deployment'), deployment);
    assert.equal(registry.byKind('v1', 'Deployment'), undefined);
    assert.equal(registry.byResource('', 'v1', 'pods'), pod);
    for (const name of ['deploy', 'Deployments', 'deployment.apps', 'deployments.v1.apps', 'DEPLOYMENT']) {
      assert.equal(registry.byName(name), deployment, name);
    }
    assert.equal(registry.byName('pods.'), pod);
    assert.deepEqual(registry.inCategory('all'), [pod]);
    assert.equal(registry.hasGroupVersion('apps/v1'), true);
    assert.equal(registry.hasGroupVersion('batch/v1'), false);
  });

  it('refuses two descriptions of one kind', () => {
    assert.throws(() => kindRegistry([pod, pod]), /two descriptions/);
  });
});
