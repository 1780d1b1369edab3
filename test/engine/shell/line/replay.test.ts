/** What is done in the terminal is part of the run: replaying the log gives the same trace, hop for hop. */
import assert from 'node:assert/strict';
import { replay } from '../../../../src/cluster/cluster';
import { World } from './world';

describe('the terminal in a replay', () => {
  it('gives the same trace', () => {
    const world = new World();
    world.boot('kind create cluster');
    for (const line of [
      'kubectl run a --image=nginx && kubectl wait --for=condition=Ready pod/a', 'kubectl exec a -- ls / | head -2',
      'kubectl get pods -A | grep -c Running', 'docker exec kind-control-plane systemctl stop kubelet', 'kubectl logs a',
    ]) world.type(line);
    world.begin('kubectl get pods -w');
    world.cluster.runFor(3_000);
    world.session.interrupt();
    world.cluster.runFor(3_000);
    const { cluster } = world;
    const again = replay(cluster.options, cluster.log, cluster.eventsProcessed);
    assert.equal(again.trace.digest(), cluster.trace.digest());
    assert.equal(again.eventsProcessed, cluster.eventsProcessed);
  });
});
