import assert from 'node:assert/strict';
import type { ApiRequest, ApiResponse, Credential } from '../../../src/api/request';
import type { EndpointSlice, KubeObject, Lease, Status } from '../../../src/api/types';
import { ApiServer } from '../../../src/apiserver/server';
import { kindRegistry } from '../../../src/api/registry';
import { EtcdMember } from '../../../src/etcd/member';
import { admin, type Ask, epochMs, pod, summary, World } from './harness';
import { testKinds } from './kinds';

const inDefault = { namespace: 'default' } as const;
const map = (name: string): Ask => ({ verb: 'create', resource: 'configmaps', ...inDefault,
  body: { metadata: { name } } });
const anonymous: Credential = { kind: 'anonymous' };

function path(world: World, route: string, user: Credential = anonymous): ApiResponse {
  let answer: ApiResponse | undefined;
  world.sim.input('test@client', 'path', () => {
    world.client.host.call(
      { to: '172.18.0.2:6443', channel: 'https', subject: { verb: 'get', name: route }, payload: { verb: 'get',
        path: route, user, userAgent: 't' } },
      { onResult: (result) => {
        answer = result.ok ? (result.payload as ApiResponse) : undefined;
      } });
  });
  world.settle();
  assert.ok(answer);
  return answer;
}

/** Adds a second control-plane node over the same log. */
function addServer(world: World): ApiServer {
  world.sim.network.addMachine('cp2', '172.18.0.3');
  world.sim.spawn({ id: 'etcd@cp2', machine: 'cp2', program: new EtcdMember({ name: 'cp2', version: '3.6.5',
    log: world.log }) });
  const server = new ApiServer({ kinds: kindRegistry(testKinds), hostname: 'cp2', serviceSubnet: '10.96.0.0/16',
    epochMs });
  world.sim.spawn({ id: 'kube-apiserver@cp2', machine: 'cp2', program: server });
  assert.ok(world.sim.runUntilTrue(() => server.ready, 60_000));
  return server;
}

describe('API server: start and health', () => {
  it('makes what every cluster has, once', () => {
    const world = new World();
    const items = (resource: string, group = '') => (world.ask({ verb: 'list', resource,
      group }).body as { items: KubeObject[] }).items;
    assert.deepEqual(items('namespaces').map(({ metadata }) => metadata.name), ['default', 'kube-node-lease',
      'kube-public', 'kube-system']);
    assert.ok(items('clusterroles', 'rbac.authorization.k8s.io').length > 50);
    const lease = (items('leases', 'coordination.k8s.io') as (Lease & KubeObject)[])[0];
    assert.match(lease?.metadata.name ?? '', /^apiserver-[a-z2-7]{26}$/);
    assert.equal(lease?.spec?.leaseDurationSeconds, 3600);
    const before = world.log.machine.store.revision;
    const first = items('clusterroles', 'rbac.authorization.k8s.io')[0]?.metadata.resourceVersion;
    addServer(world);
    assert.equal(items('clusterroles', 'rbac.authorization.k8s.io')[0]?.metadata.resourceVersion, first);
    assert.ok(world.log.machine.store.revision - before < 10, 'a second server adds only what is its own');
  });

  it('waits for etcd, tells so, and serves when it is there', () => {
    const world = new World({}, false);
    world.sim.kill('etcd@cp');
    world.settle(5_000);
    assert.equal(world.server.ready, false);
    assert.equal(path(world, '/livez').code, 500);
    let answer: ApiResponse | undefined;
    world.send({ verb: 'list', resource: 'namespaces' }, admin, (result) => {
      answer = result.ok ? (result.payload as ApiResponse) : undefined;
    });
    world.settle(2_000);
    assert.equal(answer, undefined, 'requests wait for the start');
    world.startEtcd();
    world.settle(3_000);
    assert.equal(world.server.ready, true);
    assert.equal((answer as ApiResponse | undefined)?.code, 200);
  });

  it('answers health checks and the version to anyone, and other paths to nobody', () => {
    const world = new World();
    assert.deepEqual(path(world, '/readyz'), { code: 200, body: 'ok' });
    assert.deepEqual(path(world, '/readyz/etcd', admin), { code: 200, body: 'ok' });
    const verbose = path(world, '/livez?verbose').body as string;
    assert.ok(verbose.startsWith('[+]ping ok\n[+]log ok\n[+]etcd ok\n') && verbose.endsWith('livez check passed\n'),
      verbose);
    const version = JSON.parse(path(world, '/version').body as string) as Record<string, string>;
    assert.deepEqual([version['major'], version['minor'], version['gitVersion']], ['1', '36', 'v1.36.1']);
    assert.equal((path(world, '/metrics').body as Status).message,
      'forbidden: User "system:anonymous" cannot get path "/metrics"');
    assert.equal(path(world, '/nothing', admin).code, 404);
  });
});

describe('API server: etcd comes and goes', () => {
  const world = new World();
  world.must(map('before'));
  const stream = world.watch({ resource: 'configmaps', ...inDefault });

  it('fails as a real one while etcd is away', () => {
    world.sim.kill('etcd@cp');
    world.settle();
    const dial = 'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: '
      + 'dial tcp 127.0.0.1:2379: connect: connection refused"';
    assert.deepEqual(world.refused(map('lost')), { code: 500, message: dial, reason: undefined });
    assert.deepEqual(world.refused({ verb: 'get', resource: 'configmaps', name: 'before', ...inDefault }),
      { code: 500, message: dial, reason: undefined });
    assert.equal(world.ask({ verb: 'get', resource: 'configmaps', name: 'before', ...inDefault,
      options: { resourceVersion: '0' } }).code, 200);
    const readyz = path(world, '/readyz');
    assert.equal(readyz.code, 500);
    assert.ok((readyz.body as string).includes('[-]etcd failed: reason withheld'));
    assert.ok((readyz.body as string).endsWith('readyz check failed\n'));
    assert.equal(world.sim.quiet, true, 'trying again is background work');
  });

  it('goes on where it was when etcd is back, without a gap in open watches', () => {
    world.startEtcd();
    world.settle(3_000);
    assert.equal(path(world, '/readyz').code, 200);
    world.must(map('after'));
    world.settle();
    assert.deepEqual(summary(stream), ['ADDED before', 'ADDED after']);
    assert.equal(stream.ended, false);
  });

  it('lists anew and ends watches when the history in between is compacted', () => {
    world.sim.kill('etcd@cp');
    world.settle();
    world.log.machine.apply({ rpc: 'Put', key: '/registry/configmaps/default/unseen', value: Object.freeze({
      apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'unseen', namespace: 'default', uid: 'u',
        creationTimestamp: '' } }), bytes: 10 }, world.sim.nowMs);
    world.log.machine.apply({ rpc: 'Put', key: '/other', value: 1, bytes: 1 }, world.sim.nowMs);
    world.log.machine.apply({ rpc: 'Compact', revision: world.log.machine.store.revision }, world.sim.nowMs);
    world.startEtcd();
    world.settle(3_000);
    assert.equal(stream.ended, true);
    assert.equal(world.get('configmaps', 'unseen', 'default').metadata.name, 'unseen');
  });

  it('starts again over what is stored', () => {
    world.sim.kill('kube-apiserver@cp');
    world.startServer();
    assert.ok(world.sim.runUntilTrue(() => world.server.ready, 10_000));
    assert.equal(world.get('configmaps', 'after', 'default').metadata.name, 'after');
  });
});

describe('API server: what it does on its own', () => {
  it('keeps an endpoint for each server that lives', () => {
    const world = new World();
    addServer(world);
    world.settle(11_000);
    const addresses = () => world.get<EndpointSlice & KubeObject>('endpointslices', 'kubernetes', 'default',
      'discovery.k8s.io')
      .endpoints?.flatMap((endpoint) => endpoint.addresses);
    assert.deepEqual(addresses(), ['172.18.0.2', '172.18.0.3']);
    world.sim.kill('kube-apiserver@cp2');
    world.settle(30_000);
    assert.deepEqual(addresses(), ['172.18.0.2'], 'one that was killed leaves within 15 + 10 s');
    const again = new ApiServer({ kinds: kindRegistry(testKinds), hostname: 'cp2', serviceSubnet: '10.96.0.0/16',
      epochMs });
    world.sim.spawn({ id: 'kube-apiserver@cp2', machine: 'cp2', program: again });
    world.settle(1_000);
    assert.deepEqual(addresses(), ['172.18.0.2', '172.18.0.3']);
    world.sim.terminate('kube-apiserver@cp2');
    world.settle(100);
    assert.deepEqual(addresses(), ['172.18.0.2'], 'one that is told to stop leaves at once');
  });

  it('never gives one address to two Services, whoever is asked', () => {
    const world = new World({ serviceSubnet: '10.96.0.0/29' });
    world.sim.network.addMachine('cp2', '172.18.0.3');
    world.sim.spawn({ id: 'etcd@cp2', machine: 'cp2', program: new EtcdMember({ name: 'cp2', version: '3.6.5',
      log: world.log }) });
    const second = new ApiServer({ kinds: kindRegistry(testKinds), hostname: 'cp2', serviceSubnet: '10.96.0.0/29',
      epochMs });
    world.sim.spawn({ id: 'kube-apiserver@cp2', machine: 'cp2', program: second });
    world.settle(1_000);
    const given: (string | undefined)[] = [];
    for (let i = 0; i < 5; i += 1) {
      world.send({ verb: 'create', resource: 'services', ...inDefault, body: { metadata: { name: `s${i}` },
        spec: { ports: [{ port: 80 }] } } },
        admin, (result) => given.push(result.ok ? ((
          result.payload as ApiResponse).body as { spec?: { clusterIP?: string } }).spec?.clusterIP : undefined),
        i % 2 === 0 ? '172.18.0.2:6443' : '172.18.0.3:6443');
    }
    world.settle(100);
    assert.deepEqual(given.slice().sort(), ['10.96.0.2', '10.96.0.3', '10.96.0.4', '10.96.0.5', '10.96.0.6']);
  });

  it('forgets events after an hour', () => {
    const world = new World();
    world.must({ verb: 'create', resource: 'events', ...inDefault, body: { metadata: { name: 'e' },
      involvedObject: { name: 'x' }, reason: 'Test' } });
    const list = () => (world.ask({ verb: 'list', resource: 'events',
      options: { fieldSelector: 'involvedObject.name=x' } }).body as { items: unknown[] }).items.length;
    world.settle(3_590_000);
    assert.equal(list(), 1);
    world.settle(80_000);
    assert.equal(list(), 0);
  }).timeout(10_000);

  it('compacts etcd, so that old pages expire', () => {
    const world = new World();
    for (const name of ['a', 'b']) world.must(map(name));
    const first = world.ask({ verb: 'list', resource: 'configmaps',
      options: { limit: 1 } }).body as { metadata: { continue: string } };
    world.must(map('c'));
    world.settle(660_000);
    assert.ok(world.log.machine.store.compactRevision > 0);
    const refusal = world.refused({ verb: 'list', resource: 'configmaps', options: { limit: 1,
      continue: first.metadata.continue } });
    assert.deepEqual([refusal.code, refusal.reason], [410, 'Expired']);
    assert.ok(refusal.message.startsWith(
      'The provided continue parameter is too old to display a consistent list result.'));
    assert.equal(world.ask({ verb: 'list', resource: 'configmaps' }).code, 200);
  });

  it('serves no group that the runtime configuration turns off', () => {
    const world = new World({ runtimeConfig: { 'apps/v1': 'false' } });
    assert.equal(world.refused({ verb: 'list', group: 'apps', resource: 'deployments' }).message,
      'the server could not find the requested resource');
  });
});

describe('API server: preview', () => {
  const world = new World();
  const ask = (verb: ApiRequest['verb'], resource: string, body: object | undefined,
    more: Partial<ApiRequest> = {}): ApiRequest =>
    ({ verb, group: '', version: 'v1', resource, body, options: {}, user: admin, userAgent: 't', namespace: 'default',
      ...more });

  it('answers as the real request would, and leaves no trace', () => {
    const { length } = world.sim.trace;
    const digest = world.sim.trace.digest();
    const { revision } = world.log.machine.store;
    assert.equal(world.server.preview(ask('create', 'configmaps', { metadata: { name: 'a' } })).code, 201);
    assert.equal(world.server.preview(ask('create', 'configmaps', { metadata: { name: 'A' } })).code, 422);
    assert.equal(world.server.preview(ask('create', 'configmaps', { metadata: { name: 'a' } },
      { namespace: 'nope' })).code, 404);
    assert.equal(world.server.preview(ask('create', 'configmaps', { metadata: { name: 'a' } },
      { user: anonymous })).code, 403);
    assert.equal(world.server.preview(ask('get', 'configmaps', undefined, { name: 'a' })).code, 404);
    assert.equal(world.server.preview(ask('create', 'services', { metadata: { name: 's' }, spec: { type: 'NodePort',
      ports: [{ port: 1 }] } })).code, 201);
    world.settle();
    assert.deepEqual([world.sim.trace.length, world.sim.trace.digest(), world.log.machine.store.revision], [length,
      digest, revision]);
    assert.equal(world.sim.quiet, true);
  });

  it('lets later requests see what earlier ones would write', () => {
    const answers = world.server.previewAll([
      ask('create', 'namespaces', { metadata: { name: 'shop' } }, { namespace: undefined }),
      ask('create', 'pods', pod('web'), { namespace: 'shop' }),
      ask('create', 'pods', pod('web'), { namespace: 'shop' }),
      ask('delete', 'pods', undefined, { namespace: 'shop', name: 'web' }),
      ask('create', 'pods', pod('web'), { namespace: 'shop' }),
    ]);
    assert.deepEqual(answers.map(({ code }) => code), [201, 201, 409, 200, 201]);
    assert.equal(world.server.preview(ask('create', 'pods', pod('web'), { namespace: 'shop' })).code, 404);
  });
});

describe('API server: determinism', () => {
  it('gives the same trace for the same seed and inputs', () => {
    const run = (): string => {
      const world = new World();
      world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault,
        body: { metadata: { name: 'default' } } });
      for (const name of ['a', 'b', 'c']) world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('',
        { metadata: { generateName: `${name}-` } }) });
      world.settle(100_000);
      return world.sim.trace.digest();
    };
    assert.equal(run(), run());
  });
});
