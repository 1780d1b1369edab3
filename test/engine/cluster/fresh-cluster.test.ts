/** A fresh cluster holds exactly what kind's holds, made by the components themselves. */
import assert from 'node:assert/strict';
import { bootedCluster, kindYaml, newCluster, podsOf } from '../../support/cluster';

describe('a fresh cluster', () => {
  const sizes: readonly (readonly [number, number, number])[] = [[1, 0, 9], [1, 1, 11], [1, 2, 13], [3, 3, 27]];
  for (const [controlPlanes, workers, pods] of sizes) {
    it(`of ${controlPlanes}+${workers} nodes holds ${pods} pods, all Running`, () => {
      const cluster = bootedCluster(controlPlanes, workers);
      const all = podsOf(cluster);
      assert.equal(all.length, pods, all.map((pod) => `${pod.namespace}/${pod.name}`).sort().join('\n'));
      assert.deepEqual(all.filter((pod) => pod.status !== 'Running' || pod.restarts > 0), []);
      assert.equal(cluster.view().nodes.length, controlPlanes + workers);
      for (const node of cluster.view().nodes) assert.equal(node.status, 'Ready');
    });
  }

  it('has the names, addresses, roles and taints of kind', () => {
    const { nodes } = bootedCluster(1, 2).view();
    assert.deepEqual(nodes.map((node) => node.name), ['kind-control-plane', 'kind-worker', 'kind-worker2']);
    assert.deepEqual(nodes.map((node) => node.podCIDR), ['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24']);
    assert.deepEqual(nodes.map((node) => node.roles.join()), ['control-plane', '', '']);
    assert.deepEqual(nodes[0]?.taints, ['node-role.kubernetes.io/control-plane:NoSchedule']);
    assert.deepEqual(nodes[1]?.taints, []);
    assert.equal(nodes[0]?.version, 'v1.36.1');
  });

  it('takes workloads on its only node', () => {
    const [node] = bootedCluster(1, 0).view().nodes;
    assert.deepEqual(node?.taints, []);
    assert.equal(node?.labels['node.kubernetes.io/exclude-from-external-load-balancers'], undefined);
  });

  it('has kind\'s namespaces, services and storage class', () => {
    const { objects } = bootedCluster(1, 0);
    const names = (apiVersion: string, kind: string) => objects.list(apiVersion, kind).map((object) => object.metadata.name);
    assert.deepEqual(names('v1', 'Namespace'),
      ['default', 'kube-node-lease', 'kube-public', 'kube-system', 'local-path-storage']);
    assert.deepEqual(names('v1', 'Service'), ['kubernetes', 'kube-dns']);
    assert.deepEqual(names('storage.k8s.io/v1', 'StorageClass'), ['standard']);
  });

  it('is made by its components: static pods by kubelets, the rest by controllers', () => {
    const owners = new Map<string, number>();
    for (const pod of podsOf(bootedCluster(1, 1))) {
      const kind = pod.owner?.split('/')[0] ?? 'none';
      owners.set(kind, (owners.get(kind) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(owners), { Node: 4, DaemonSet: 4, ReplicaSet: 3 });
  });

  it('is the same run for the same seed, and another for another', () => {
    const run = (seed: number): string => {
      const cluster = newCluster(kindYaml(1, 1), seed);
      cluster.runFor(60_000);
      return cluster.trace.digest();
    };
    assert.equal(run(7), run(7));
    assert.notEqual(run(7), run(8));
  });

  it('lets nobody but API servers reach etcd', () => {
    const cluster = bootedCluster(3, 1);
    const callers = new Set(cluster.trace.slice(0)
      .filter((hop) => hop.kind === 'request' && hop.channel === 'grpc')
      .map((hop) => hop.from.split('@')[0]));
    assert.deepEqual([...callers], ['kube-apiserver']);
  });
});
