/** DaemonSets, EndpointSlices, and what happens when a node falls silent. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import type { DaemonSet } from '../../../src/api/types';
import { deployment, World } from './world';

const ns = 'default';

function daemonSet(name: string, spec: object = {}, image = 'agent:1'): object {
  return {
    apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: ns },
    spec: {
      selector: { matchLabels: { ds: name } },
      template: { metadata: { labels: { ds: name } }, spec: { containers: [{ name: 'c', image }] } },
      ...spec,
    },
  };
}

function daemonImages(world: World): string[] {
  return world.list(resources.pods, ns).map(({ spec }) => `${spec.nodeName} ${spec.containers[0]?.image}`).sort();
}

function setImage(image: string): object {
  return { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
}

describe('daemonset-controller', () => {
  it('runs one pod on every node, also on those that come later', () => {
    const world = new World(2);
    world.create(resources.daemonSets, daemonSet('agent'));
    world.settle();
    assert.deepEqual(daemonImages(world), ['node1 agent:1', 'node2 agent:1']);
    world.addNode(3);
    world.settle();
    assert.deepEqual(daemonImages(world), ['node1 agent:1', 'node2 agent:1', 'node3 agent:1']);
    const { status } = world.get(resources.daemonSets, 'agent', ns);
    assert.deepEqual(status, {
      currentNumberScheduled: 3, desiredNumberScheduled: 3, numberAvailable: 3, numberMisscheduled: 0, numberReady: 3,
      observedGeneration: 1, updatedNumberScheduled: 3,
    });
    const [pod] = world.list(resources.pods, ns);
    const hash = pod?.metadata.labels?.['controller-revision-hash'];
    const [revision] = world.list(resources.controllerRevisions, ns);
    assert.equal(revision?.metadata.name, `agent-${hash}`);
    assert.equal(revision?.revision, 1);
    assert.ok(pod?.spec.tolerations?.some(({ key, effect }) => (
      key === 'node.kubernetes.io/disk-pressure' && effect === 'NoSchedule')));
  });

  it('leaves out nodes that do not fit and clears those that no longer do', () => {
    const world = new World(2);
    const template = {
      metadata: { labels: { ds: 'agent' } },
      spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'agent:1' }] },
    };
    world.create(resources.daemonSets, daemonSet('agent', { template }));
    world.settle();
    assert.deepEqual(daemonImages(world), []);
    world.patch(resources.nodes, 'node2', { metadata: { labels: { disk: 'ssd' } } });
    world.settle();
    assert.deepEqual(daemonImages(world), ['node2 agent:1']);
    world.patch(resources.nodes, 'node2', { metadata: { labels: { disk: null } } });
    world.settle();
    assert.deepEqual(daemonImages(world), []);
  });

  it('replaces pods one by one, or beside each other with maxSurge', () => {
    for (const rollingUpdate of [{}, { maxUnavailable: 0, maxSurge: 1 }]) {
      const world = new World(3);
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate };
      world.create(resources.daemonSets, daemonSet('agent', { updateStrategy }));
      world.settle();
      world.patch(resources.daemonSets, 'agent', setImage('agent:2'), ns);
      let least = 3;
      while (!world.sim.quiet) {
        world.pass(20);
        const { numberAvailable = 0 } = world.get<DaemonSet>(resources.daemonSets, 'agent', ns).status;
        least = Math.min(least, numberAvailable);
      }
      assert.deepEqual(daemonImages(world), ['node1 agent:2', 'node2 agent:2', 'node3 agent:2']);
      assert.equal(least, 'maxSurge' in rollingUpdate ? 3 : 2);
      assert.deepEqual(world.list(resources.controllerRevisions, ns).map(({ revision }) => revision).sort(), [1, 2]);
    }
  });

  it('waits for the user with OnDelete', () => {
    const world = new World(1);
    world.create(resources.daemonSets, daemonSet('agent', { updateStrategy: { type: 'OnDelete' } }));
    world.settle();
    world.patch(resources.daemonSets, 'agent', setImage('agent:2'), ns);
    world.settle();
    assert.deepEqual(daemonImages(world), ['node1 agent:1']);
    world.delete(resources.pods, world.list(resources.pods, ns)[0]?.metadata.name as string, ns);
    world.settle();
    assert.deepEqual(daemonImages(world), ['node1 agent:2']);
  });
});

describe('endpointslice-controller', () => {
  const service = {
    apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: ns, labels: { team: 'a' } },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  };

  it('keeps a placeholder for a Service without pods, then its pods', () => {
    const world = new World(2);
    world.create(resources.services, service);
    world.settle();
    const slices = () => world.list(resources.endpointSlices, ns)
      .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'web');
    assert.deepEqual(slices().map(({ endpoints, ports }) => [endpoints ?? [], ports ?? []]), [[[], []]]);
    world.create(resources.deployments, deployment('web', 3));
    world.settle();
    const [slice, ...others] = slices();
    assert.equal(others.length, 0);
    assert.match(slice?.metadata.name ?? '', /^web-\w{5}$/);
    assert.deepEqual(slice?.metadata.labels, {
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      'kubernetes.io/service-name': 'web', team: 'a',
    });
    assert.deepEqual(slice?.ports, [{ name: 'http', protocol: 'TCP', port: 8080 }]);
    const pods = world.list(resources.pods, ns);
    const uids = new Map(slice?.endpoints?.map((endpoint) => [endpoint.targetRef?.uid, endpoint]));
    for (const { metadata, status, spec } of pods) {
      const endpoint = uids.get(metadata.uid);
      assert.deepEqual(endpoint?.addresses, [status.podIP]);
      assert.deepEqual(endpoint?.conditions, { ready: true, serving: true, terminating: false });
      assert.equal(endpoint?.nodeName, spec.nodeName);
    }
    world.patch(resources.deployments, 'web', { spec: { replicas: 0 } }, ns);
    world.settle();
    assert.deepEqual(slices().map(({ endpoints }) => endpoints ?? []), [[]]);
  });

  it('holds at most 100 endpoints in a slice', () => {
    const world = new World(2);
    world.create(resources.services, service);
    world.create(resources.deployments, deployment('web', 250));
    world.settle();
    const sizes = world.list(resources.endpointSlices, ns).map(({ endpoints }) => endpoints?.length ?? 0)
      .filter((size) => size > 0 && size !== 1);
    assert.equal(sizes.reduce((sum, size) => sum + size, 0), 250);
    assert.ok(Math.max(...sizes) <= 100 && sizes.length <= 5, sizes.join());
  });
});

describe('node-lifecycle-controller and taint-eviction-controller', () => {
  it('gives up a node that falls silent, evicts its pods after 5 minutes, and takes it back', () => {
    const world = new World(3);
    world.create(resources.deployments, deployment('web', 6));
    world.settle();
    const on = (node: string): number => world.list(resources.pods, ns).filter(({ spec, metadata }) => (
      spec.nodeName === node && !metadata.deletionTimestamp)).length;
    assert.equal(on('node1'), 2);
    world.sim.cutLink('cp', 'node1');
    world.pass(40_000);
    const ready = () => world.get(resources.nodes, 'node1').status.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready()?.status, 'True');
    world.pass(30_000);
    assert.equal(ready()?.status, 'Unknown');
    assert.equal(ready()?.reason, 'NodeStatusUnknown');
    assert.equal(ready()?.message, 'Kubelet stopped posting node status.');
    const { taints } = world.get(resources.nodes, 'node1').spec;
    assert.deepEqual(taints?.map(({ key, effect }) => `${key}:${effect}`).sort(),
      ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule']);
    assert.ok(world.events('node1').includes('NodeNotReady: Node node1 status is now: NodeNotReady'));
    assert.equal(world.get(resources.deployments, 'web', ns).status.readyReplicas, 4);
    world.pass(280_000);
    assert.equal(on('node1'), 2);
    world.pass(40_000);
    assert.equal(on('node1'), 0);
    assert.equal(world.get(resources.deployments, 'web', ns).status.readyReplicas, 6);
    const evicted = world.list(resources.pods, ns).find(({ spec }) => spec.nodeName === 'node1');
    const name = evicted?.metadata.name as string;
    assert.ok(evicted?.status.conditions?.some(({ reason }) => reason === 'DeletionByTaintManager'));
    assert.ok(world.events(name).includes(`TaintManagerEviction: Marking for deletion Pod default/${name}`));
    world.sim.healLink('cp', 'node1');
    world.pass(60_000);
    assert.equal(world.get(resources.nodes, 'node1').spec.taints, undefined);
    assert.equal(world.list(resources.pods, ns).length, 6);
  });

  it('removes the pods of a node that no longer exists', () => {
    const world = new World(2);
    world.create(resources.deployments, deployment('web', 4));
    world.settle();
    world.sim.kill('kubelet@node1');
    world.delete(resources.nodes, 'node1');
    world.pass(120_000);
    const nodes = new Set(world.list(resources.pods, ns).map(({ spec }) => spec.nodeName));
    assert.deepEqual([...nodes], ['node2']);
    assert.equal(world.get(resources.deployments, 'web', ns).status.readyReplicas, 4);
  });
});
