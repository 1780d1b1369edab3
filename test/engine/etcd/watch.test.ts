import assert from 'node:assert/strict';
import { prefixRange } from '../../../src/etcd/key-range';
import { runTask } from '../../../src/sim/task';
import { Cluster, hearing, put } from './cluster';

describe('etcd: watch', () => {
  it('E70 hears every change of its range from now on, one message for each revision', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    cluster.must(etcd.put(put('p/old')));
    const [pods, key]: [string[], string[]] = [[], []];
    etcd.watch(prefixRange('p/'), 0, hearing(host, pods));
    etcd.watch({ key: 'p/b' }, 0, hearing(host, key));
    cluster.sim.runUntilQuiet(10);
    const several = ['p/b', 'q/x', 'p/a'].map((at) => ({ rpc: 'Put', ...put(at) }) as const);
    cluster.must(etcd.txn({ compare: [], success: several, failure: [] }));
    cluster.must(etcd.put(put('q/y')));
    cluster.must(etcd.delete(prefixRange('p/')));
    assert.deepEqual(pods, [
      '2 r3 PUT p/b@3, PUT p/a@3', '4 r5 DELETE p/a@5, DELETE p/b@5, DELETE p/old@5',
    ]);
    assert.deepEqual(key, ['2 r3 PUT p/b@3', '4 r5 DELETE p/b@5']);
  });

  it('E71 catches up from a revision, then goes on live without gap or double', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    for (const key of ['p/a', 'q/a', 'p/b', 'p/c']) cluster.must(etcd.put(put(key)));
    const heard: string[] = [];
    runTask(etcd.put(put('p/d')));
    etcd.watch(prefixRange('p/'), 4, hearing(host, heard));
    cluster.sim.runUntilQuiet(10);
    cluster.must(etcd.put(put('p/e')));
    assert.deepEqual(heard, ['4 r5 PUT p/b@4, PUT p/c@5', '5 r6 PUT p/d@6', '6 r7 PUT p/e@7']);
  });

  it('E72 waits for a revision of the future and leaves out what is before it', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    const heard: string[] = [];
    etcd.watch(prefixRange(''), 4, hearing(host, heard));
    for (const key of ['a', 'b', 'c']) cluster.must(etcd.put(put(key)));
    assert.deepEqual(heard, ['3 r4 PUT c@4']);
  });

  it('E73 ends a watch whose start is compacted and says from where reading is possible', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    for (const key of ['a', 'b', 'c']) cluster.must(etcd.put(put(key)));
    cluster.must(etcd.compact(3));
    const [before, at]: [string[], string[]] = [[], []];
    etcd.watch(prefixRange(''), 2, hearing(host, before));
    etcd.watch(prefixRange(''), 3, hearing(host, at));
    cluster.sim.runUntilQuiet(10);
    assert.deepEqual(before, ['4 compacted 3']);
    assert.deepEqual(at, ['4 r4 PUT b@3, PUT c@4']);
    cluster.must(etcd.compact(4));
    cluster.must(etcd.put(put('d')));
    assert.deepEqual(at.slice(1), ['6 r5 PUT d@5'], 'a live watch outlives a compaction');
  });

  it('E74 hears nothing after it was cancelled', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    const heard: string[] = [];
    const watch = etcd.watch(prefixRange(''), 0, hearing(host, heard));
    cluster.must(etcd.put(put('a')));
    watch.cancel();
    cluster.must(etcd.put(put('b')));
    assert.deepEqual(heard, ['1 r2 PUT a@2']);
  });

  it('E75 tells the revision every 5 s while nothing happens, in the background, and when asked', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    const heard: string[] = [];
    const onProgress = (revision: number): void => void heard.push(`${host.nowMs} progress ${revision}`);
    const watch = etcd.watch(prefixRange('p/'), 0, { ...hearing(host, heard), onProgress });
    etcd.watch(prefixRange('p/'), 0, hearing(host, []));
    cluster.must(etcd.put(put('other')));
    cluster.sim.runUntil(11_000);
    host.after(0, () => watch.requestProgress());
    cluster.sim.runUntil(12_000);
    cluster.must(etcd.put(put('p/a')));
    cluster.sim.runUntil(21_000);
    assert.deepEqual(heard, [
      '10000 progress 2', '11000 progress 2', '12001 r3 PUT p/a@3', '20000 progress 3',
    ]);
    assert.ok(cluster.sim.quiet);
    const progress = cluster.sim.trace.slice(0).filter(({ kind, atMs }) => kind === 'event' && atMs === 20_000);
    assert.deepEqual(progress.map(({ background }) => background), [true]);
    watch.cancel();
    cluster.sim.runUntil(60_000);
    assert.equal(cluster.sim.nextEventMs, undefined, 'nothing ticks when nobody asks');
  });

  it('E76 carries on the background of the write, and its cause', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    etcd.watch(prefixRange(''), 0, hearing(host, []));
    host.after(1, () => runTask(etcd.put(put('lease'))), { background: true });
    host.after(5, () => runTask(etcd.put(put('pod'))));
    cluster.sim.runUntil(10);
    const { trace } = cluster.sim;
    const events = trace.slice(0).filter(({ kind, atMs }) => kind === 'event' && atMs > 0);
    assert.deepEqual(events.map(({ subject, background }) => [subject.name, background]), [
      ['lease', true], ['pod', false],
    ]);
    assert.deepEqual(events.map(({ cause }) => trace.at(cause)?.subject), [
      { verb: 'Put', name: 'lease' }, { verb: 'Put', name: 'pod' },
    ]);
  });

  it('E77 hears on one member what another wrote, until its member dies', () => {
    const cluster = new Cluster(2);
    const first = cluster.client('api', 'cp1');
    const second = cluster.client('api', 'cp2');
    const heard: string[] = [];
    second.etcd.watch(prefixRange(''), 0, hearing(second.host, heard));
    cluster.must(first.etcd.put(put('a')));
    cluster.sim.kill('etcd@cp2');
    cluster.must(first.etcd.put(put('b')));
    assert.deepEqual(heard, ['1 r2 PUT a@2', '1 disconnected']);
    cluster.startMember(2);
    second.etcd.watch(prefixRange(''), 3, hearing(second.host, heard));
    cluster.sim.runUntilQuiet(10);
    assert.deepEqual(heard.slice(2), ['2 r3 PUT b@3']);
  });

  it('E78 catches up in messages of at most 1,000 revisions', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    for (let i = 0; i < 1_001; i += 1) runTask(etcd.put(put(`k${i}`)));
    cluster.sim.runUntilQuiet(10);
    const sizes: number[] = [];
    etcd.watch(prefixRange('k'), 2, { onEvents: (events) => sizes.push(events.length), onEnd: () => undefined });
    cluster.sim.runUntilQuiet(10);
    assert.deepEqual(sizes, [1_000, 1]);
  });
});

describe('etcd: leases in time', () => {
  it('E80 deletes the keys of a lease that runs out, in the background, unless it is kept alive', () => {
    const cluster = new Cluster();
    const { etcd, host } = cluster.client();
    const heard: string[] = [];
    etcd.watch(prefixRange(''), 0, hearing(host, heard));
    const { id, ttlSeconds } = cluster.must(etcd.leaseGrant(10));
    assert.equal(ttlSeconds, 10);
    cluster.must(etcd.put(put('a', 'val', id)));
    assert.ok(cluster.sim.runUntilQuiet(10), 'waiting for a lease is no foreground work');
    cluster.sim.runUntil(6_000);
    assert.deepEqual(cluster.must(etcd.leaseKeepAlive(id)).ttlSeconds, 10);
    const left = cluster.must(etcd.leaseTimeToLive(id, true));
    assert.deepEqual([left.ttlSeconds, left.grantedTtlSeconds, left.keys], [10, 10, ['a']]);
    assert.deepEqual(cluster.must(etcd.leases()).leases, [id]);
    cluster.sim.runUntil(15_999);
    assert.equal(heard.length, 1);
    cluster.sim.runUntil(17_000);
    assert.deepEqual(heard.slice(1), ['16001 r3 DELETE a@3']);
    const last = cluster.sim.trace.at(cluster.sim.trace.length - 1);
    assert.equal(last?.background, true);
    assert.equal(cluster.must(etcd.leaseTimeToLive(id)).ttlSeconds, -1);
    const late = cluster.run(etcd.leaseKeepAlive(id));
    assert.deepEqual(!late.ok && late.error.message, 'etcdserver: requested lease not found');
  });

  it('E81 lets the next member end leases when the first one is gone', () => {
    const cluster = new Cluster(2);
    const { etcd } = cluster.client('api', 'cp2');
    const { id } = cluster.must(etcd.leaseGrant(5));
    cluster.must(etcd.put(put('a', 'val', id)));
    cluster.sim.runUntil(1_000);
    cluster.sim.kill('etcd@cp1');
    cluster.sim.runUntil(5_999);
    assert.equal(cluster.must(etcd.range({ key: 'a' })).count, 0);
  });

  it('E82 gives each lease an id of its own, or the one asked for', () => {
    const cluster = new Cluster();
    const { etcd } = cluster.client();
    const ids = [0, 0, 0x7e57].map((id) => cluster.must(etcd.leaseGrant(60, id)).id);
    assert.equal(new Set(ids).size, 3);
    assert.equal(ids[2], 0x7e57);
    for (const id of ids) assert.ok(Number.isSafeInteger(id) && id > 0);
    cluster.must(etcd.leaseRevoke(0x7e57));
    assert.deepEqual(cluster.must(etcd.leases()).leases.length, 2);
  });
});
