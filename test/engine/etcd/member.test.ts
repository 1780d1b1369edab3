import assert from 'node:assert/strict';
import { EtcdInspection } from '../../../src/etcd/inspection';
import { prefixRange } from '../../../src/etcd/key-range';
import { all } from '../../../src/sim/task';
import { line } from '../sim/parties';
import { Cluster, put } from './cluster';

describe('etcd: member', () => {
  it('E40 answers a write 1 ms later, when it is on disk, and a read at once', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    assert.equal(cluster.must(etcd.put(put('a'))).revision, 2);
    assert.equal(host.nowMs, 1);
    assert.equal(cluster.must(etcd.range({ key: 'a' })).kvs[0]?.value, 'val');
    cluster.must(etcd.txn({ compare: [], success: [{ rpc: 'Range', key: 'a' }], failure: [] }));
    assert.equal(host.nowMs, 1);
  });

  it('E41 commits writes in order of arrival, all of one instant together', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    const writes = ['c', 'a', 'b'].map((key) => etcd.put(put(key)));
    assert.deepEqual(cluster.run(all(writes)).map((result) => result.ok && result.response.revision), [2, 3, 4]);
    assert.equal(host.nowMs, 1);
  });

  it('E42 leaves hops that name the RPC, the first key, the revision and the error', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    const before = cluster.sim.trace.length;
    cluster.must(etcd.txn({ compare: [], success: [{ rpc: 'Put', ...put('/registry/pods/default/a') }], failure: [] }));
    cluster.run(etcd.range({ key: 'x', revision: 99 }));
    const hops = cluster.sim.trace.slice(before);
    assert.deepEqual(hops.map(line), [
      '2<-1 0ms request kube-apiserver@cp1 -> etcd@cp1 Txn',
      '3<2 1ms response etcd@cp1 -> kube-apiserver@cp1 Txn',
      '4<-1 1ms request kube-apiserver@cp1 -> etcd@cp1 Range',
      '5<4 1ms response etcd@cp1 -> kube-apiserver@cp1 Range',
    ]);
    assert.deepEqual(hops.map((hop) => hop.subject), [
      { verb: 'Txn', name: '/registry/pods/default/a' },
      { verb: 'Txn', name: '/registry/pods/default/a', revision: 2 },
      { verb: 'Range', name: 'x' },
      {
        verb: 'Range', name: 'x', reason: 'OutOfRange',
        message: 'etcdserver: mvcc: required revision is a future revision',
      },
    ]);
  });

  it('E43 measures no value while it writes, reads and compacts', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    let measured = 0;
    const bytes = (): number => {
      measured += 1;
      return 1000;
    };
    for (let i = 0; i < 20; i += 1) cluster.must(etcd.put({ key: `k${i % 5}`, value: i, bytes }));
    cluster.must(etcd.range(prefixRange('k')));
    cluster.must(etcd.compact(15));
    assert.equal(measured, 0);
    const { dbSize, dbSizeInUse } = cluster.must(etcd.status());
    assert.ok(measured > 0);
    assert.equal(dbSize, 20 * (1000 + 48 + 2));
    assert.equal(dbSizeInUse, 11 * (1000 + 48 + 2));
    cluster.must(etcd.defragment());
    assert.equal(cluster.must(etcd.status()).dbSize, dbSizeInUse);
  });

  it('E44 raises NOSPACE at the quota; deletion, compaction, defragmentation and disarming lead out of it', () => {
    const cluster = new Cluster(1, 10_000);
    const { etcd } = cluster.client();
    const big = { key: 'big', value: 'x', bytes: () => 5_000 };
    cluster.must(etcd.put(big));
    cluster.must(etcd.put(big));
    const refused = cluster.run(etcd.put(put('a')));
    const noSpace = { code: 'ResourceExhausted', message: 'etcdserver: mvcc: database space exceeded' };
    assert.deepEqual(refused, { ok: false, error: noSpace });
    assert.deepEqual(cluster.must(etcd.alarms()).alarms, ['NOSPACE']);
    cluster.must(etcd.delete({ key: 'big' }));
    cluster.must(etcd.compact(4));
    cluster.must(etcd.defragment());
    assert.equal(cluster.run(etcd.put(put('a'))).ok, false);
    cluster.must(etcd.disarm());
    assert.deepEqual(cluster.must(etcd.alarms()).alarms, []);
    cluster.must(etcd.put(put('a')));
  });

  it('E45 refuses a request above 1.5 MiB when the sizes are known', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    const result = cluster.run(etcd.put({ key: 'a', value: 'x', bytes: 1_572_865 }));
    assert.equal(!result.ok && result.error.message, 'etcdserver: request is too large');
  });

  it('E46 answers with what gRPC says when nobody listens, the process dies, or nothing comes in time', () => {
    const cluster = new Cluster(2);
    const { etcd, host } = cluster.client();
    const message = (): string => {
      const result = cluster.run(etcd.put(put('a')));
      return result.ok ? 'ok' : `${result.error.code}: ${result.error.message}`;
    };
    host.after(0, () => host.after(0, () => cluster.sim.kill('etcd@cp1')));
    assert.equal(message(), 'Unavailable: error reading from server: EOF');
    assert.equal(
      message(),
      'Unavailable: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2379: '
        + 'connect: connection refused"',
    );
    assert.equal(cluster.log.machine.store.revision, 1, 'what was not committed is lost');
    const remote = cluster.client('remote', 'cp1', { endpoint: '172.18.0.3:2379', timeoutMs: 2_000 });
    cluster.sim.cutLink('cp1', 'cp2');
    const late = cluster.run(remote.etcd.status());
    assert.deepEqual(late, { ok: false, error: { code: 'DeadlineExceeded', message: 'context deadline exceeded' } });
  });

  it('E47 answers health checks of the kubelet', () => {
    const cluster = new Cluster(1, 100);
    const { host, etcd } = cluster.client();
    const check = (path: string): string => {
      let answer = '';
      host.call({ to: '127.0.0.1:2381', channel: 'http', subject: { verb: 'GET', name: path }, payload: { path } }, {
        onResult: (result) => (answer = result.ok ? Object.values(result.payload as object).join(' ') : result.failure),
      });
      cluster.sim.runUntilQuiet(10);
      return answer.trim();
    };
    assert.deepEqual(['/livez', '/readyz?verbose', '/else'].map(check), ['200 ok', '200 ok', '404 404 page not found']);
    assert.equal(check('/health'), '200 {"health":"true","reason":""}');
    cluster.run(etcd.put(put('a')));
    assert.equal(check('/health'), '503 {"health":"false","reason":"ALARM NOSPACE"}');
    assert.equal(check('/readyz'), '200 ok');
  });
});

describe('etcd: strangers', () => {
  it('E48 gives whoever does not speak its language no more than the connection', () => {
    const cluster = new Cluster(1);
    const { host, etcd } = cluster.client();
    let answer: unknown;
    host.call({ to: '127.0.0.1:2379', channel: 'tcp', subject: { verb: 'probe' }, payload: { connect: true } }, {
      onResult: (result) => (answer = result.ok ? result.payload : result.failure),
    });
    cluster.sim.runUntilQuiet(10);
    assert.deepEqual(answer, { connected: true });
    cluster.must(etcd.put(put('a')));
  });
});

describe('etcd: members that share one log', () => {
  it('E50 says so: a leader in name, no term, no index', () => {
    const cluster = new Cluster(3);
    const { etcd } = cluster.client('kube-apiserver', 'cp2');
    const { members } = cluster.must(etcd.memberList());
    assert.deepEqual(members.map(({ name, clientUrls }) => `${name} ${clientUrls[0]}`), [
      'cp1 https://172.18.0.2:2379', 'cp2 https://172.18.0.3:2379', 'cp3 https://172.18.0.4:2379',
    ]);
    for (const { id } of members) assert.match(id, /^[0-9a-f]{16}$/);
    const status = cluster.must(etcd.status());
    assert.equal(status.sharedLog, true);
    assert.deepEqual([status.memberId, status.leaderId], [members[1]?.id, members[0]?.id]);
    cluster.sim.kill('etcd@cp1');
    assert.equal(cluster.must(etcd.status()).leaderId, members[1]?.id);
    cluster.startMember(1);
    assert.equal(cluster.must(etcd.status()).leaderId, members[1]?.id);
    assert.equal(cluster.must(etcd.memberList()).members.length, 3);
  });

  it('E51 reads on one member what another wrote', () => {
    const cluster = new Cluster(2);
    cluster.must(cluster.client('api', 'cp1').etcd.put(put('a')));
    assert.equal(cluster.must(cluster.client('api', 'cp2').etcd.range({ key: 'a' })).count, 1);
  });
});

describe('etcd: inspection', () => {
  it('E60 shows keys, histories and what happened when', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    cluster.must(etcd.put(put('p/a', 'one')));
    cluster.sim.runUntil(500);
    cluster.must(etcd.put(put('p/a', 'two')));
    cluster.must(etcd.put(put('p/b')));
    cluster.must(etcd.delete({ key: 'p/a' }));
    const inspection = new EtcdInspection(cluster.log);
    assert.deepEqual([0, 1, 500, 501, 503, 9_999].map((at) => inspection.revisionAt(at)), [1, 2, 2, 3, 5, 5]);
    assert.deepEqual(inspection.keysUnder('p/').map(({ key }) => key), ['p/b']);
    assert.deepEqual(inspection.keysUnder('p/', inspection.revisionAt(501)), [
      { key: 'p/a', createRevision: 2, modRevision: 3, version: 2, lease: 0, bytes: 54 },
    ]);
    const [life] = inspection.historyOf('p/a');
    assert.deepEqual(life?.versions.map(({ value }) => value), ['one', 'two']);
    assert.equal(life?.deletedAt, 5);
    assert.equal(inspection.changeAt(3)?.atMs, 501);
    assert.deepEqual(inspection.changeAt(3)?.events.map(({ kv }) => kv.key), ['p/a']);
    cluster.must(etcd.compact(4));
    assert.equal(inspection.changeAt(3), undefined);
    assert.equal(inspection.changeAt(5)?.events[0]?.type, 'DELETE');
    assert.deepEqual(inspection.keysUnder('p/', 3), []);
    assert.deepEqual([0, 503, 9_999].map((at) => inspection.revisionAt(at)), [4, 5, 5]);
    const { revision, compactRevision } = inspection.overview();
    assert.deepEqual([revision, compactRevision], [5, 4]);
  });
});
