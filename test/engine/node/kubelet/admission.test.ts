/** Pods that a node refuses, and pods that come to it without a scheduler. */
import assert from 'node:assert/strict';
import type { PodSpec } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { condition, create, events, find, isReady, pod, podOf, remove, until } from './pods';

describe('kubelet: admission', () => {
  const cluster = bootedCluster(1, 0);
  const nodeName = 'kind-control-plane';
  const asking = (name: string, requests: Record<string, string>, spec: Partial<PodSpec> = {}) =>
    podOf(name, {}, { nodeName, ...spec }, { resources: { requests } });
  /** Requests of what runs in a fresh cluster of one node. */
  const used = { cpu: 950, memory: 304_087_040 };

  const cases: readonly (readonly [string, object, string, string])[] = [
    ['cpu', asking('cpu', { cpu: '8' }), 'OutOfcpu',
      `Node didn't have enough resource: cpu, requested: 8000, used: ${used.cpu}, capacity: 8000`],
    ['memory', asking('memory', { memory: '16Gi' }), 'OutOfmemory',
      `Node didn't have enough resource: memory, requested: 17179869184, used: ${used.memory}, capacity: 17179869184`],
    ['affinity', podOf('affinity', {}, { nodeName, nodeSelector: { disk: 'ssd' } }), 'NodeAffinity',
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
  ];
  for (const [name, object, reason, message] of cases) {
    it(`refuses a pod for its ${name}`, () => {
      create(cluster, object);
      const { status } = until(cluster, name, (found) => found.status.phase === 'Failed');
      assert.equal(status.reason, reason);
      assert.equal(status.message, `Pod was rejected: ${message}`);
      assert.equal(condition(pod(cluster, name), 'Ready'), 'False PodFailed');
      assert.equal(status.containerStatuses, undefined);
      cluster.runFor(1_000);
      assert.deepEqual(events(cluster, name), [`Warning ${reason} ${message}`]);
      remove(cluster, name);
      assert.ok(cluster.runUntil(() => find(cluster, name) === undefined, 5_000));
    });
  }

  it('counts what runs, not what has ended', () => {
    const over = asking('over', { cpu: '5' }, { restartPolicy: 'Never' });
    create(cluster, { ...over, metadata: { ...over.metadata,
      annotations: { 'kindergarten.dev/behavior.app': 'sleep 5; exit 0' } } });
    until(cluster, 'over', isReady);
    create(cluster, asking('second', { cpu: '5' }));
    assert.equal(until(cluster, 'second', (found) => found.status.phase === 'Failed').status.reason, 'OutOfcpu');
    until(cluster, 'over', (found) => found.status.phase === 'Succeeded');
    create(cluster, asking('third', { cpu: '5' }));
    until(cluster, 'third', isReady);
  });

  it('counts sidecars with the containers, and other init containers only alone', () => {
    create(cluster, asking('init', { cpu: '1' }, {
      initContainers: [{ name: 'one', image: 'example.com/app:1.0', resources: { requests: { cpu: '2' } } }],
    }), podOf('fits', {}, { nodeName }));
    until(cluster, 'fits', isReady);
    // 950m and 5 are taken: 2 of the init container fit, and so did the pod.
    assert.notEqual(pod(cluster, 'init').status.phase, 'Failed');
  });
});
