/** The garbage collector's three policies, lost owners, and the deletion of namespaces. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import { deployment, World } from './world';

const ns = 'default';

function configMap(metadata: object): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

function counts(world: World): number[] {
  return [
    world.list(resources.deployments, ns).length, world.list(resources.replicaSets, ns).length,
    world.list(resources.pods, ns).length,
  ];
}

describe('garbage-collector-controller', () => {
  it('deletes dependents after their owner (background)', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    world.delete(resources.deployments, 'web', ns);
    assert.equal(world.list(resources.deployments, ns).length, 0);
    assert.equal(world.list(resources.pods, ns).length, 2);
    world.settle();
    assert.deepEqual(counts(world), [0, 0, 0]);
  });

  it('holds the owner back until its dependents are gone (foreground)', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    world.delete(resources.deployments, 'web', ns, { propagationPolicy: 'Foreground' });
    const { finalizers, deletionTimestamp } = world.get(resources.deployments, 'web', ns).metadata;
    assert.deepEqual(finalizers, ['foregroundDeletion']);
    assert.ok(deletionTimestamp);
    world.settle();
    assert.deepEqual(counts(world), [0, 0, 0]);
  });

  it('sets dependents free (orphan)', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    const [set] = world.list(resources.replicaSets, ns);
    world.delete(resources.replicaSets, set?.metadata.name as string, ns, { propagationPolicy: 'Orphan' });
    world.settle();
    // The Deployment makes its ReplicaSet anew, which adopts the pods.
    assert.deepEqual(counts(world), [1, 1, 2]);
    assert.notEqual(world.list(resources.replicaSets, ns)[0]?.metadata.uid, set?.metadata.uid);
  });

  it('deletes what names an owner that does not exist, and drops the reference where another owner does', () => {
    const world = new World(0);
    const owner = world.create(resources.configMaps, configMap({ name: 'owner', namespace: ns }));
    const reference = (name: string, uid: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', name, uid });
    const absent = reference('gone', 'c0ffee00-0000-4000-8000-000000000000');
    const make = (name: string, ownerReferences: object[]): void => {
      world.create(resources.configMaps, configMap({ name, namespace: ns, ownerReferences }));
    };
    make('lost', [absent]);
    make('kept', [absent, reference('owner', owner.metadata.uid)]);
    world.settle();
    const names = world.list(resources.configMaps, ns).map(({ metadata }) => metadata.name);
    assert.deepEqual(names, ['kept', 'kube-root-ca.crt', 'owner']);
    assert.deepEqual(world.get(resources.configMaps, 'kept', ns).metadata.ownerReferences,
      [reference('owner', owner.metadata.uid)]);
  });

  it('reports an owner of another namespace and deletes the dependent', () => {
    const world = new World(0);
    const owner = world.create(resources.configMaps, configMap({ name: 'owner', namespace: 'kube-public' }));
    world.create(resources.configMaps, configMap({
      name: 'stray', namespace: ns,
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }],
    }));
    world.settle();
    assert.deepEqual(world.events('stray'), [`OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: default, `
      + `name: owner, uid: ${owner.metadata.uid}] does not exist in namespace "default"`]);
    assert.ok(!world.list(resources.configMaps, ns).some(({ metadata }) => metadata.name === 'stray'));
  });
});

describe('namespace-controller', () => {
  it('empties a namespace, pods first, and lets it go', () => {
    const world = new World(1);
    world.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    world.settle();
    world.create(resources.configMaps, configMap({ name: 'a', namespace: 'team' }));
    const inTeam = deployment('web', 2) as { metadata: object };
    world.create(resources.deployments, { ...inTeam, metadata: { name: 'web', namespace: 'team' } });
    world.settle();
    world.delete(resources.namespaces, 'team');
    assert.equal(world.get(resources.namespaces, 'team').status.phase, 'Terminating');
    world.settle();
    assert.ok(!world.list(resources.namespaces).some(({ metadata }) => metadata.name === 'team'));
    assert.equal(world.list(resources.pods).length, 0);
  });

  it('says what is left and what holds it', () => {
    const world = new World(0);
    world.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    world.create(resources.configMaps, configMap({ name: 'a', namespace: 'team', finalizers: ['example.com/hold'] }));
    world.delete(resources.namespaces, 'team');
    world.pass(10_000);
    const messages = (world.get(resources.namespaces, 'team').status.conditions ?? [])
      .map(({ type, status, reason, message }) => [type, status, reason, message].join('|'));
    assert.deepEqual(messages, [
      'NamespaceDeletionDiscoveryFailure|False|ResourcesDiscovered|All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure|False|ParsedGroupVersions|All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure|False|ContentDeleted|'
        + 'All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining|True|SomeResourcesRemain|'
        + 'Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining|True|SomeFinalizersRemain|'
        + 'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    world.patch(resources.configMaps, 'a', { metadata: { finalizers: null } }, 'team');
    world.pass(30_000);
    assert.ok(!world.list(resources.namespaces).some(({ metadata }) => metadata.name === 'team'));
  });
});
