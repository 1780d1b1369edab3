/** The parts of a history by themselves: where steps end, what ran when, old versions of keys, and forgetting. */
import assert from 'node:assert/strict';
import { breakpointMatches } from '../../../src/cluster/history/breakpoint';
import { Marks } from '../../../src/cluster/history/marks';
import { Moments } from '../../../src/cluster/history/moments';
import { ProcessHistory, Versions } from '../../../src/cluster/history/presence';
import { Revisions } from '../../../src/cluster/history/revisions';
import { EtcdStore } from '../../../src/etcd/store';
import { prefixRange } from '../../../src/etcd/key-range';
import type { Breakpoint } from '../../../src/protocol/time';
import type { Hop } from '../../../src/protocol/trace';

/** One moment for each event; every third is a stop, every tenth follows a command. */
function moments(count: number): Moments {
  const result = new Moments();
  for (let i = 1; i <= count; i += 1) {
    result.add({ hops: i * 2, atMs: i, revision: 1 + Math.floor(i / 4), events: i, commands: Math.floor(i / 10) }, i % 3 === 0);
  }
  return result;
}

describe('moments', () => {
  it('are found by hops, by revision and by the point of the run', () => {
    const all = moments(30);
    assert.equal(all.at(all.afterHops(6))?.hops, 8);
    assert.equal(all.at(all.ofRevision(3))?.events, 8);
    assert.equal(all.upTo({ events: 12, commands: 1 }), 11);
    assert.equal(all.upTo({ events: 0, commands: 0 }), -1);
    all.add({ hops: 61, atMs: 30, revision: 8, events: 30, commands: 4 }, true);
    assert.equal(all.upTo({ events: 30, commands: 3 }), 29, 'before the command');
    assert.equal(all.upTo({ events: 30, commands: 4 }), 30, 'after it');
  });

  it('are stepped through from stop to stop, both ways', () => {
    const all = moments(10);
    const walk = (from: number, direction: 1 | -1): number[] => {
      const path: number[] = [];
      for (let at = from; (at = all.stopNextTo(at, direction)) >= 0;) path.push(at);
      return path;
    };
    assert.deepEqual(walk(-1, 1), [2, 5, 8]);
    assert.deepEqual(walk(9, -1), [8, 5, 2]);
    assert.deepEqual(walk(5, 1), [8]);
    assert.deepEqual(walk(5, -1), [2]);
    assert.deepEqual(walk(0, -1), []);
  });

  it('forget the oldest, and keep the rest as it was', () => {
    const all = moments(40_000);
    assert.equal(all.forget(10), false, 'not for so few');
    assert.equal(all.forget(60_000), true);
    assert.equal(all.count, 10_000);
    assert.equal(all.at(0)?.hops, 60_002);
    const first = all.stopNextTo(-1, 1);
    assert.equal((all.at(first)?.events ?? 0) % 3, 0);
    assert.equal(all.stopNextTo(first, -1), -1);
  });
});

describe('processes of the past', () => {
  it('ran between their start and their end', () => {
    const processes = new ProcessHistory();
    const hop = (id: number, kind: 'started' | 'stopped'): void => processes.add({
      id, kind, from: 'a@m', to: 'a@m', atMs: 0, cause: -1, background: false, subject: { verb: kind },
    });
    hop(3, 'started');
    hop(7, 'stopped');
    hop(9, 'started');
    const running = (hops: number): boolean => processes.after(hops).isRunning('a@m');
    assert.deepEqual([3, 4, 7, 8, 9, 10].map(running), [false, true, true, false, false, true]);
    processes.forget(9);
    assert.deepEqual([9, 10].map(running), [false, true]);
    assert.equal(processes.after(100).isRunning('b@m'), false);
  });

  it('stand beside values that change seldom', () => {
    const versions = new Versions<string>();
    const same = (a: string, b: string): boolean => a === b;
    for (const [hops, value] of [[1, 'a'], [5, 'a'], [9, 'b']] as const) versions.set(hops, value, same);
    assert.deepEqual([0, 1, 8, 9].map((hops) => versions.after(hops)), [undefined, 'a', 'a', 'b']);
    versions.forget(9);
    assert.equal(versions.after(9), 'b');
  });
});

describe('revisions of the past', () => {
  it('are read as etcd had them, after it has compacted them too', () => {
    const store = new EtcdStore();
    const revisions = new Revisions();
    const write = (change: (txn: ReturnType<EtcdStore['write']>) => void): void => {
      const txn = store.write();
      change(txn);
      revisions.add(txn.end());
    };
    for (let i = 0; i < 30; i += 1) {
      write((txn) => (i % 5 === 4 ? txn.deleteRange({ key: `/k${i % 3}` }) : txn.put(`/k${i % 3}`, `v${i}`, 1, 0)));
    }
    const range = prefixRange('/k');
    const expected = Array.from({ length: store.revision }, (_, i) => {
      const result = store.range({ rpc: 'Range', ...range, revision: i + 1 });
      return result.ok ? result.response.kvs : [];
    });
    store.compact(25);
    for (let revision = 1; revision <= store.revision; revision += 1) {
      assert.deepEqual(revisions.range(range, revision), expected[revision - 1], `revision ${revision}`);
    }
    revisions.forget(20);
    assert.equal(revisions.oldest, 20);
    for (let revision = 20; revision <= store.revision; revision += 1) {
      assert.deepEqual(revisions.range(range, revision), expected[revision - 1], `revision ${revision}`);
    }
  });
});

describe('marks', () => {
  it('are thinned evenly when they are very many, and each kind remains', () => {
    const marks = new Marks();
    for (let id = 0; id < 10_000; id += 1) {
      const kind = id % 5_000 === 0 ? 'input' : 'response';
      marks.add({ id, kind, subject: { verb: 'get', code: 404 } } as Hop);
    }
    const thinned = marks.thinned(0, 10_000, 400);
    assert.ok(thinned.length <= 400, `${thinned.length}`);
    assert.equal(thinned.filter(({ kind }) => kind === 'input').length, 2);
  });
});

describe('a breakpoint', () => {
  const hop = {
    id: 1, kind: 'response', channel: 'https', call: 1, from: 'kube-apiserver@cp', to: 'kubelet@w', atMs: 0, cause: 0,
    background: false, subject: { verb: 'create', resource: 'pods', subresource: 'binding', name: 'web-1', code: 409 },
  } as Hop;
  const cases: readonly (readonly [Breakpoint, boolean])[] = [
    [{}, true], [{ component: 'kubelet' }, true], [{ component: 'kubelet@w' }, true], [{ component: 'kube' }, false],
    [{ verb: 'Create' }, true], [{ verb: 'get' }, false], [{ resource: 'pods/binding' }, true],
    [{ resource: 'pods' }, false], [{ name: 'web' }, true], [{ name: 'db' }, false], [{ outcome: 'failed' }, true],
    [{ outcome: 409 }, true], [{ outcome: 201 }, false], [{ component: 'kubelet', outcome: 403 }, false],
  ];
  for (const [breakpoint, expected] of cases) {
    it(`${JSON.stringify(breakpoint)} ${expected ? 'matches' : 'does not match'} a refused binding`, () => {
      assert.equal(breakpointMatches(hop, breakpoint), expected);
    });
  }
});
