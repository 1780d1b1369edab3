import assert from 'node:assert/strict';
import { aggregated, PathWorld } from './path-world';

describe('discovery', () => {
  const world = new PathWorld();
  const readWrite = ['get', 'patch', 'update'];
  const everything = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

  it('names the versions of the core group and where the server is', () => {
    assert.deepEqual(world.json('/api'), {
      kind: 'APIVersions', versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '172.18.0.2:6443' }],
    });
    assert.equal(world.get('/api/')?.body, world.get('/api')?.body);
  });

  it('lists groups in the order of their priority, with the preferred version first', () => {
    const { kind, groups } = world.json('/apis');
    assert.equal(kind, 'APIGroupList');
    const order = [
      'apiregistration.k8s.io', 'apps', 'events.k8s.io', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling',
      'batch', 'certificates.k8s.io', 'networking.k8s.io', 'policy', 'rbac.authorization.k8s.io', 'storage.k8s.io',
      'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io',
      'discovery.k8s.io', 'flowcontrol.apiserver.k8s.io', 'resource.k8s.io',
    ];
    assert.deepEqual(groups.map((group: { name: string }) => group.name), order);
    assert.deepEqual(world.json('/apis/autoscaling'), {
      kind: 'APIGroup', apiVersion: 'v1', name: 'autoscaling',
      versions: [{ groupVersion: 'autoscaling/v2', version: 'v2' }, { groupVersion: 'autoscaling/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
    });
  });

  it('describes resources and subresources as kube-apiserver does', () => {
    const { kind, groupVersion, apiVersion, resources } = world.json('/api/v1');
    assert.deepEqual([kind, groupVersion, apiVersion], ['APIResourceList', 'v1', undefined]);
    const named = (name: string): unknown => resources.find((resource: { name: string }) => resource.name === name);
    assert.deepEqual(named('pods'), {
      name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: everything, shortNames: ['po'],
      categories: ['all'], storageVersionHash: 'xPOwRZ+Yhw8=',
    });
    assert.deepEqual(named('namespaces'), {
      name: 'namespaces', singularName: 'namespace', namespaced: false, kind: 'Namespace',
      verbs: everything.filter((verb) => verb !== 'deletecollection'), shortNames: ['ns'],
      storageVersionHash: 'Q3oi5N2YM8M=',
    });
    const subresources: readonly (readonly [string, object])[] = [
      ['pods/eviction', { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] }],
      ['pods/binding', { kind: 'Binding', verbs: ['create'] }],
      ['pods/exec', { kind: 'PodExecOptions', verbs: ['create', 'get'] }],
      ['pods/log', { kind: 'Pod', verbs: ['get'] }],
      ['pods/ephemeralcontainers', { kind: 'Pod', verbs: readWrite }],
      ['serviceaccounts/token',
        { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', verbs: ['create'] }],
    ];
    for (const [name, expected] of subresources) {
      assert.deepEqual(named(name), { name, singularName: '', namespaced: true, ...expected });
    }
    const nodeProxy = { kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] };
    assert.deepEqual(named('nodes/proxy'), { name: 'nodes/proxy', singularName: '', namespaced: false, ...nodeProxy });
    const names = resources.map((resource: { name: string }) => resource.name);
    assert.deepEqual(names, [...names].sort());
    const apps = world.json('/apis/apps/v1');
    const scale = apps.resources.find((resource: { name: string }) => resource.name === 'deployments/scale');
    assert.deepEqual([apps.apiVersion, scale.group, scale.version, scale.kind], ['v1', 'autoscaling', 'v1', 'Scale']);
  });

  it('sends everything at once to clients that take the aggregated form, in the version they prefer', () => {
    const core = world.json('/api', aggregated);
    assert.deepEqual([core.kind, core.apiVersion], ['APIGroupDiscoveryList', 'apidiscovery.k8s.io/v2']);
    assert.equal(core.items.length, 1);
    assert.deepEqual(core.items[0].metadata, {});
    const groups = world.json('/apis', aggregated);
    const apps = groups.items.find((item: { metadata: { name: string } }) => item.metadata.name === 'apps');
    assert.deepEqual([apps.versions[0].version, apps.versions[0].freshness], ['v1', 'Current']);
    const resources: readonly { resource: string }[] = apps.versions[0].resources;
    assert.deepEqual(resources.find(({ resource }) => resource === 'deployments'), {
      resource: 'deployments', responseKind: { group: '', version: '', kind: 'Deployment' }, scope: 'Namespaced',
      singularResource: 'deployment', verbs: everything, shortNames: ['deploy'], categories: ['all'],
      subresources: [
        {
          subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
          verbs: readWrite,
        },
        { subresource: 'status', responseKind: { group: '', version: '', kind: 'Deployment' }, verbs: readWrite },
      ],
    });
    const beta = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
    assert.equal(world.get('/apis', beta)?.contentType, beta.split(',')[0]);
    assert.equal(world.json('/apis', beta).apiVersion, 'apidiscovery.k8s.io/v2beta1');
    assert.equal(world.json('/apis', `application/json,${aggregated}`).kind, 'APIGroupList');
    assert.equal(world.json('/apis', '*/*').kind, 'APIGroupList');
  });

  it('does not send the aggregated form again to a client that has it', () => {
    const first = world.get('/apis', aggregated);
    const etag = first?.headers?.['etag'] ?? '';
    assert.match(etag, /^"[0-9A-F]{128}"$/);
    const again = world.get('/apis', aggregated, { 'if-none-match': etag });
    assert.deepEqual([again?.status, again?.body], [304, '']);
    assert.equal(world.get('/apis', aggregated, { 'if-none-match': '"other"' })?.status, 200);
  });

  it('knows nothing of groups and versions that are not served', () => {
    for (const path of ['/apis/nope.example', '/apis/apps/v9', '/api/v2', '/apisx', '/apis/apps/v1/deployments/x']) {
      assert.equal(world.get(path), undefined, path);
    }
  });

  it('follows kinds that come and go', () => {
    const changing = new PathWorld();
    const before = changing.get('/apis', aggregated)?.headers?.['etag'];
    const kind = changing.resources.find('apps', 'v1', 'deployments')?.kind;
    assert.ok(kind);
    changing.resources.add({ ...kind, group: 'stable.example.com', version: 'v1', categories: [] });
    const names = changing.json('/apis').groups.map((group: { name: string }) => group.name);
    assert.equal(names.at(-1), 'stable.example.com');
    assert.notEqual(changing.get('/apis', aggregated)?.headers?.['etag'], before);
  });
});
