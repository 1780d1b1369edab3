/** Clusters across a reload of the window: what is kept is bounded and honest, and brings back the very same run. */
import assert from 'node:assert/strict';
import { Sandbox } from '../../../src/cluster/sandbox';
import type { Cluster } from '../../../src/cluster/cluster';
import { replayOnto } from '../../../src/host/vscode/replay';
import {
  decodeClusters, encodeClusters, mostCharacters, type SavedCluster,
} from '../../../src/host/vscode/saved-clusters';

const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'
  + 'nodes:\n  - role: control-plane\n  - role: worker\n';
const epochMs = 1_767_225_600_000;

function create(): Cluster {
  const cluster = new Sandbox({ seed: 1, epochMs: () => epochMs }).create(kindYaml);
  assert.ok(cluster);
  return cluster;
}

function save(cluster: Cluster): SavedCluster {
  const { log, eventsProcessed: atEvents, nowMs: atMs } = cluster;
  return { kindYaml, epochMs, log, atEvents, atMs, paused: false };
}

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { a: 'b' } };
}

/** A clock on which every look takes a millisecond, so that replaying is cut into many slices. */
function restlessTime(): { nowMs(): number; after(ms: number, call: () => void): () => void; turns: number } {
  let now = 0;
  const time = {
    turns: 0,
    nowMs: () => (now += 1),
    after: (_: number, call: () => void) => {
      time.turns += 1;
      queueMicrotask(call);
      return () => undefined;
    },
  };
  return time;
}

describe('a cluster that comes back', () => {
  it('is at the same moment of the same run', async () => {
    const cluster = create();
    // Moves as the driver does: in slices that end between two events, and in the middle of one instant.
    for (let slice = 1; slice <= 400 && !cluster.isUp; slice += 1) cluster.control.advance(100 + (slice % 7),
      () => slice % 5 === 0);
    assert.ok(cluster.runUntil(() => cluster.isUp));
    cluster.execute({ type: 'apply', objects: [configMap('first')] });
    cluster.control.advance(133, () => false);
    cluster.execute({ type: 'apply', objects: [configMap('second')] });
    cluster.control.step();
    cluster.execute({ type: 'delete',
      targets: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'first' }] });
    cluster.runFor(12_345);

    const [saved] = decodeClusters(encodeClusters({ active: 'kind', clusters: [save(cluster)] })).clusters;
    assert.ok(saved);
    const time = restlessTime();
    const again = create();
    await replayOnto(again, saved, time);
    assert.ok(time.turns > 10, `${time.turns} turns for the event loop`);
    assert.equal(again.nowMs, cluster.nowMs);
    assert.equal(again.eventsProcessed, cluster.eventsProcessed);
    assert.equal(again.trace.digest(), cluster.trace.digest());
    assert.deepEqual(again.log, cluster.log);
  });
});

describe('what is kept of clusters', () => {
  const saved: SavedCluster = { kindYaml, epochMs, log: [], atEvents: 10, atMs: 5, paused: true };
  const withObject = (object: unknown): SavedCluster =>
    ({ ...saved, log: [{ afterEvents: 1, atMs: 1, command: { type: 'apply', objects: [object] } }] });

  it('comes out as it went in, large integers included', () => {
    const all = { active: 'kind', clusters: [withObject({ n: 9_007_199_254_740_993n }), saved] };
    assert.deepEqual(decodeClusters(encodeClusters(all)), all);
  });

  it('is bounded', () => {
    assert.equal(encodeClusters({ active: 'kind', clusters: [withObject('x'.repeat(mostCharacters))] }), undefined);
    const old = { ...saved, atEvents: 1e9 };
    assert.deepEqual(decodeClusters(encodeClusters({ active: 'kind', clusters: [old, saved] })).clusters, [saved]);
  });

  for (const text of [undefined, 7, '', '{', '[]', '{"version":2,"clusters":[]}', '{"version":1}',
    '{"version":1,"clusters":[{"kindYaml":1}]}', '{"version":1,"clusters":[null]}']) {
    it(`is not taken from ${JSON.stringify(text) ?? 'nothing'}`,
      () => assert.deepEqual(decodeClusters(text).clusters, []));
  }
});
