/** Replaying the log of commands gives the same run, whole or up to any moment. */
import assert from 'node:assert/strict';
import { replay } from '../../../src/cluster/cluster';
import { apply, bootedCluster, example } from '../../support/cluster';

describe('replay', () => {
  const cluster = bootedCluster(1, 1);
  apply(cluster, example('deployment.yaml'));
  cluster.runFor(5_000);
  cluster.execute({ type: 'kill', process: 'kube-scheduler@kind-control-plane' });
  cluster.execute({ type: 'delete', targets: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' }] });
  cluster.runFor(60_000);

  it('of the whole log ends with the same trace', () => {
    const again = replay(cluster.options, cluster.log, cluster.eventsProcessed);
    assert.equal(again.trace.length, cluster.trace.length);
    assert.equal(again.trace.digest(), cluster.trace.digest());
  });

  it('up to an earlier moment agrees with what was recorded until then', () => {
    const half = replay(cluster.options, cluster.log.slice(0, 1), Math.floor(cluster.eventsProcessed / 2));
    const recorded = cluster.trace.slice(0, half.trace.length);
    assert.deepEqual(half.trace.slice(0).slice(-50), recorded.slice(-50));
  });
});
