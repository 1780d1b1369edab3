/** What makes the scheduler try a pod again that no node took: a change that may help it, or five minutes; no heartbeat. */
import assert from 'node:assert/strict';
import { nodeChanges, podChanges } from '../../../src/scheduler/framework/changes';
import { apply, bootedCluster } from '../../support/cluster';
import { node, pod } from './fixtures';

const huge = `apiVersion: v1
kind: Pod
metadata: { name: huge }
spec: { nodeSelector: { disk: ssd }, containers: [{ name: app, image: nginx, resources: { requests: { cpu: "1" } } }] }
`;

describe('what wakes a pod', () => {
  const base = node('a', { labels: { disk: 'hdd' } }).node;
  const changes: readonly (readonly [string, Partial<typeof base>, readonly string[]])[] = [
    ['a heartbeat', { status: { ...base.status, conditions: [] } }, []],
    ['a label', { metadata: { ...base.metadata, labels: { disk: 'ssd' } } }, ['labels']],
    ['a taint', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } }, ['taints']],
    ['a cordon', { spec: { unschedulable: true } }, ['taints']],
    ['more room', { status: { ...base.status, allocatable: { cpu: '64' } } }, ['allocatable']],
  ];
  for (const [what, change, expected] of changes) {
    it(`of a node: ${what}`, () => assert.deepEqual([...nodeChanges(base, { ...base, ...change })], expected));
  }

  it('of a bound pod: other labels and smaller requests, not its status', () => {
    const { pod: before } = pod('p', { cpu: '2' });
    const of = (change: Partial<typeof before>): string[] => [...podChanges(before, { ...before, ...change })];
    assert.deepEqual(of({ status: { phase: 'Running' } }), []);
    assert.deepEqual(of({ metadata: { ...before.metadata, labels: { app: 'x' } } }), ['labels']);
    assert.deepEqual(of({ spec: pod('q', { cpu: '1' }).pod.spec }), ['scaledDown']);
    assert.deepEqual(of({ spec: pod('q', { cpu: '4' }).pod.spec }), []);
  });

  it('tries it after five minutes, and at once when a node gets the label', () => {
    const cluster = bootedCluster(1, 1);
    apply(cluster, huge);
    cluster.runFor(290_000);
    const times = (): number[] => cluster.decisions.before(cluster.trace.length).filter(({ pod: name }) => name === 'default/huge')
      .map(({ atMs }) => atMs);
    const [first = 0] = times();
    assert.equal(times().length, 1);
    cluster.runFor(320_000);
    assert.deepEqual(times().map((atMs) => Math.round((atMs - first) / 1_000)), [0, 300, 600]);
    apply(cluster, 'apiVersion: v1\nkind: Node\nmetadata: { name: kind-worker, labels: { disk: ssd } }\n');
    cluster.runFor(1_000);
    assert.equal(times().length, 4);
    assert.equal(cluster.view().unboundPods.length, 0);
  });
});
