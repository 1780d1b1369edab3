import assert from 'node:assert/strict';
import { PathWorld } from './path-world';

describe('paths that are no resources', () => {
  const world = new PathWorld();

  it('tells the version', () => {
    const { major, minor, gitVersion, platform } = world.json('/version');
    assert.deepEqual([major, minor, gitVersion, platform], ['1', '36', 'v1.36.1', 'linux/amd64']);
  });

  it('answers health checks in short, in full, one by one, and without some of them', () => {
    assert.deepEqual(world.get('/livez'), { status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' });
    const full = String(world.get('/readyz?verbose')?.body).split('\n');
    const first = ['[+]ping ok', '[+]log ok', '[+]etcd ok', '[+]etcd-readiness ok', '[+]informer-sync ok'];
    assert.deepEqual(full.slice(0, 5), first);
    assert.deepEqual(full.slice(-3), ['[+]shutdown ok', 'readyz check passed', '']);
    assert.equal(world.get('/livez/etcd')?.body, 'ok');
    assert.equal(world.get('/livez/poststarthook/rbac/bootstrap-roles')?.body, 'ok');
    assert.equal(world.get('/livez/nope'), undefined);
    const excluded = String(world.get('/livez?verbose&exclude=etcd&exclude=nope')?.body);
    assert.ok(excluded.includes('\n[+]etcd excluded: ok\n'), excluded);
    assert.ok(excluded.endsWith('\nwarn: some health checks cannot be excluded: no matches for "nope"\n'
      + 'livez check passed\n'));
  });

  it('tells which check failed, unless it is excluded', () => {
    const sick = new PathWorld();
    sick.health = { ...sick.health, etcdReachable: false };
    const answer = sick.get('/livez');
    assert.equal(answer?.status, 500);
    assert.ok(String(answer?.body).includes('[-]etcd failed: reason withheld\n'));
    assert.ok(String(answer?.body).endsWith('livez check failed\n'));
    assert.equal(sick.get('/livez/etcd')?.status, 500);
    assert.equal(sick.get('/livez/ping')?.status, 200);
    assert.equal(sick.get('/livez?exclude=etcd')?.body, 'ok');
  });

  it('counts requests and objects for Prometheus', () => {
    const counting = new PathWorld();
    const request = {
      verb: 'list', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'default', options: {},
      user: { kind: 'anonymous' }, userAgent: '',
    } as const;
    counting.requests.count(request, 200);
    counting.requests.count(request, 200);
    counting.requests.count({ ...request, verb: 'create', options: { dryRun: true } }, 409);
    const text = String(counting.get('/metrics')?.body);
    assert.ok(text.includes('# TYPE apiserver_request_total counter\n'));
    assert.ok(text.includes('apiserver_request_total{code="200",component="apiserver",dry_run="",group="apps",'
      + 'resource="deployments",scope="namespace",subresource="",verb="LIST",version="v1"} 2\n'), text);
    assert.ok(text.includes('apiserver_request_total{code="409",component="apiserver",dry_run="All",group="apps",'
      + 'resource="deployments",scope="resource",subresource="",verb="POST",version="v1"} 1\n'), text);
    assert.ok(text.includes('apiserver_storage_objects{resource="pods"} 0\n'));
    for (const line of text.trimEnd().split('\n')) assert.match(line, /^(# (HELP|TYPE) \w+ .*|\w+\{[^{}]*\} \d+)$/);
  });

  it('lists the paths, and serves nothing elsewhere', () => {
    const { paths } = world.json('/');
    for (const path of ['/api/v1', '/apis/apps/v1', '/livez/ping', '/metrics', '/openapi/v3', '/version']) {
      assert.ok(paths.includes(path), path);
    }
    for (const path of ['/logs', '/debug/pprof', '/openapi/v4', '/versionx', '/healthzz', '/__proto__']) {
      assert.equal(world.get(path), undefined, path);
    }
  });
});
