/** What must not break a run: strangers at its ports, programs of its images elsewhere, odd clocks. */
import assert from 'node:assert/strict';
import { apply, bootedCluster, podsIn } from '../../support/cluster';

describe('a cluster', () => {
  it('survives those who open the port of its API server and say nothing that is understood', () => {
    const cluster = bootedCluster(1, 0);
    apply(cluster, `
apiVersion: v1
kind: Pod
metadata: {name: knocks}
spec:
  hostNetwork: true
  tolerations: [{operator: Exists}]
  containers: [{name: main, image: busybox, command: [sh, -c, "nc -z 10.96.0.1 443 && sleep 3600"]}]`);
    cluster.runFor(30_000);
    assert.equal(podsIn(cluster, 'default')[0]?.health, 'ready');
  });

  it('keeps its database to itself when somebody runs another etcd', () => {
    const cluster = bootedCluster(1, 1);
    const before = cluster.objects.revision;
    apply(cluster, `
apiVersion: v1
kind: Pod
metadata: {name: own}
spec: {containers: [{name: main, image: "registry.k8s.io/etcd:3.5.1-0", command: [etcd],
  livenessProbe: {grpc: {port: 2379}}}]}`);
    cluster.runFor(30_000);
    assert.equal(podsIn(cluster, 'default')[0]?.health, 'ready');
    cluster.execute({ type: 'delete', targets: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'default',
      name: 'own' }] });
    cluster.runFor(60_000);
    assert.ok(cluster.objects.revision > before);
    assert.deepEqual(podsIn(cluster, 'default'), []);
  });

  it('moves in whole milliseconds, however its host measures time', () => {
    const cluster = bootedCluster(1, 0);
    cluster.control.set('live', 0.7);
    const startMs = cluster.nowMs;
    for (let i = 0; i < 100; i += 1) cluster.control.advance(16.667, () => false);
    assert.ok(Number.isInteger(cluster.nowMs), `${cluster.nowMs}`);
    assert.ok(Math.abs(cluster.nowMs - startMs - 1_166) <= 2, `${cluster.nowMs - startMs} ms`);
  });
});
