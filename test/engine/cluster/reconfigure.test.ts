/** Applying an edited kind.yaml to a running cluster: workers come and go, nothing else moves. */
import assert from 'node:assert/strict';
import { apply, bootedCluster, example, kindYaml, podsOf } from '../../support/cluster';

describe('an edited kind.yaml', () => {
  it('adds one worker and moves nothing else', () => {
    const cluster = bootedCluster(1, 1);
    apply(cluster, example('deployment.yaml'));
    cluster.runFor(20_000);
    const before = podsOf(cluster).map((pod) => `${pod.uid} ${pod.node}`).sort();
    cluster.execute({ type: 'reconfigure', kindYaml: kindYaml(1, 2) });
    assert.ok(cluster.runUntil(() => cluster.view().nodes.length === 3 && cluster.isUp, 120_000));
    assert.deepEqual(cluster.view().nodes.map((node) => node.name), ['kind-control-plane', 'kind-worker', 'kind-worker2']);
    const after = podsOf(cluster).map((pod) => `${pod.uid} ${pod.node}`).sort();
    assert.deepEqual(after.filter((line) => !line.endsWith('kind-worker2')), before);
    assert.equal(after.length, before.length + 2);
  });

  it('removes the last worker, whose pods are replaced elsewhere', () => {
    const cluster = bootedCluster(1, 2);
    apply(cluster, example('deployment.yaml'));
    cluster.runFor(20_000);
    cluster.execute({ type: 'reconfigure', kindYaml: kindYaml(1, 1) });
    const done = cluster.runUntil(() => {
      const pods = podsOf(cluster).filter((pod) => pod.namespace === 'default');
      return pods.length === 3 && pods.every((pod) => pod.node === 'kind-worker' && pod.health === 'ready');
    }, 600_000);
    assert.ok(done, podsOf(cluster).map((pod) => `${pod.name} ${pod.node} ${pod.status}`).join('\n'));
    assert.deepEqual(cluster.view().nodes.map((node) => node.name), ['kind-control-plane', 'kind-worker']);
  });

  it('changes a worker\'s labels in place', () => {
    const cluster = bootedCluster(1, 1);
    const labelled = kindYaml(1, 1).replace('- role: worker', '- role: worker\n    labels: {disktype: ssd}');
    cluster.execute({ type: 'reconfigure', kindYaml: labelled });
    cluster.runFor(5_000);
    assert.equal(cluster.view().nodes[1]?.labels['disktype'], 'ssd');
  });
});
