/** Deployments: creation, rolling update, recreation, rollback, scaling, pause, deadlines. */
import assert from 'node:assert/strict';
import * as resources from '../../../src/api/resources';
import type { Deployment, ReplicaSet } from '../../../src/api/types';
import { deployment, World } from './world';

const ns = 'default';

function sizes(world: World, name: string): number[] {
  return sets(world, name).map(({ spec }) => spec.replicas ?? -1);
}

function sets(world: World, name: string): readonly ReplicaSet[] {
  return world.list(resources.replicaSets, ns).filter(({ metadata }) => metadata.labels?.app === name)
    .slice().sort((a, b) => revision(a) - revision(b));
}

function revision(object: Deployment | ReplicaSet): number {
  return Number(object.metadata.annotations?.['deployment.kubernetes.io/revision']);
}

function setImage(image: string): object {
  return { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
}

function condition(world: World, name: string, type: string): string | undefined {
  const found = world.get(resources.deployments, name, ns).status.conditions?.find((known) => known.type === type);
  return found && `${found.status} ${found.reason} ${found.message}`;
}

describe('deployment-controller', () => {
  it('creates a ReplicaSet and pods, and says so', () => {
    const world = new World(2);
    world.create(resources.deployments, deployment('web', 3));
    world.settle();
    const [set] = sets(world, 'web');
    assert.match(set?.metadata.name ?? '', /^web-[456789bcdf]{6,10}$/);
    const hash = set?.metadata.labels?.['pod-template-hash'];
    assert.equal(set?.metadata.name, `web-${hash}`);
    assert.deepEqual(set?.metadata.annotations, {
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
      'deployment.kubernetes.io/revision': '1',
    });
    const { metadata, status } = world.get(resources.deployments, 'web', ns);
    assert.equal(metadata.generation, 1);
    const { conditions: _, ...counts } = status;
    assert.deepEqual(counts, {
      observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3,
      terminatingReplicas: 0,
    });
    assert.equal(condition(world, 'web', 'Available'),
      'True MinimumReplicasAvailable Deployment has minimum availability.');
    assert.equal(condition(world, 'web', 'Progressing'),
      `True NewReplicaSetAvailable ReplicaSet "web-${hash}" has successfully progressed.`);
    assert.deepEqual(world.events('web'), [`ScalingReplicaSet: Scaled up replica set web-${hash} from 0 to 3`]);
    const created = world.events(`web-${hash}`);
    assert.equal(created.length, 3);
    for (const text of created) assert.match(text, new RegExp(`^SuccessfulCreate: Created pod: web-${hash}-\\w{5}$`));
    assert.deepEqual(world.get(resources.replicaSets, `web-${hash}`, ns).status, {
      replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, terminatingReplicas: 0,
      observedGeneration: 1,
    });
  });

  it('rolls to a new template within its limits, and back', () => {
    const world = new World(2);
    world.create(resources.deployments, deployment('web', 4));
    world.settle();
    let most = 0;
    let least = 99;
    world.patch(resources.deployments, 'web', setImage('nginx:2'), ns);
    const changed = world.sim.nowMs;
    while (!world.sim.quiet && world.sim.nowMs < changed + 60_000) {
      world.pass(20);
      const pods = world.list(resources.pods, ns);
      most = Math.max(most, pods.filter(({ metadata }) => !metadata.deletionTimestamp).length);
      least = Math.min(least, world.get(resources.deployments, 'web', ns).status.availableReplicas ?? 0);
    }
    assert.deepEqual(sizes(world, 'web'), [0, 4]);
    assert.ok(most <= 5 && least >= 3, `${most} ${least}`);
    const [old, fresh] = sets(world, 'web').map(({ metadata }) => metadata.name);
    assert.deepEqual(world.events('web').slice(1, 3), [
      `ScalingReplicaSet: Scaled up replica set ${fresh} from 0 to 1`,
      `ScalingReplicaSet: Scaled down replica set ${old} from 4 to 3`,
    ]);
    world.patch(resources.deployments, 'web', setImage('nginx:1'), ns);
    world.settle();
    const back = world.get(resources.replicaSets, old as string, ns);
    assert.equal(back.spec.replicas, 4);
    assert.equal(revision(back), 3);
    assert.equal(back.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
    assert.equal(revision(world.get(resources.deployments, 'web', ns)), 3);
  });

  it('keeps as many old ReplicaSets as revisionHistoryLimit says', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 1, { revisionHistoryLimit: 1 }));
    world.settle();
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
      world.patch(resources.deployments, 'web', setImage(image), ns);
      world.settle();
    }
    assert.deepEqual(sets(world, 'web').map(revision), [3, 4]);
  });

  it('recreates: no new pod while an old one runs', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2, { strategy: { type: 'Recreate' } }));
    world.settle();
    world.patch(resources.deployments, 'web', setImage('nginx:2'), ns);
    let mixed = false;
    while (!world.sim.quiet) {
      world.pass(5);
      const images = new Set(world.list(resources.pods, ns).map(({ spec }) => spec.containers[0]?.image));
      mixed ||= images.size > 1;
    }
    assert.equal(mixed, false);
    assert.deepEqual(sizes(world, 'web'), [0, 2]);
  });

  it('scales, also in the middle of a rollout, in proportion', () => {
    const world = new World(2);
    const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
    world.create(resources.deployments, deployment('web', 10, { strategy: { rollingUpdate } }));
    world.settle();
    for (const kubelet of world.kubelets) kubelet.hold = (pod) => pod.spec.containers[0]?.image === 'broken';
    world.patch(resources.deployments, 'web', setImage('broken'), ns);
    world.settle();
    assert.deepEqual(sizes(world, 'web'), [8, 5]);
    // The example of the documentation: scaled to 15, the larger ReplicaSet gets 3, the smaller 2.
    world.patch(resources.deployments, 'web', { spec: { replicas: 15 } }, ns);
    world.settle();
    assert.deepEqual(sizes(world, 'web'), [11, 7]);
  });

  it('stands still while it is paused', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    world.patch(resources.deployments, 'web', { spec: { paused: true } }, ns);
    world.settle();
    assert.equal(condition(world, 'web', 'Progressing'), 'Unknown DeploymentPaused Deployment is paused');
    world.patch(resources.deployments, 'web', setImage('nginx:2'), ns);
    world.settle();
    assert.deepEqual(sizes(world, 'web'), [2]);
    world.patch(resources.deployments, 'web', { spec: { paused: false } }, ns);
    world.settle();
    assert.deepEqual(sizes(world, 'web'), [0, 2]);
  });

  it('reports that nothing moves after the deadline, and why pods cannot be made', () => {
    const world = new World(1);
    for (const kubelet of world.kubelets) kubelet.hold = () => true;
    world.create(resources.deployments, deployment('slow', 1, { progressDeadlineSeconds: 30 }));
    const template = {
      metadata: { labels: { app: 'bad' } },
      spec: { containers: [{ name: 'c', image: 'x' }], serviceAccountName: 'nobody' },
    };
    world.create(resources.deployments, deployment('bad', 1, { template }));
    world.pass(60_000);
    const name = sets(world, 'slow')[0]?.metadata.name;
    assert.equal(condition(world, 'slow', 'Progressing'),
      `False ProgressDeadlineExceeded ReplicaSet "${name}" has timed out progressing.`);
    assert.equal(condition(world, 'slow', 'Available'),
      'False MinimumReplicasUnavailable Deployment does not have minimum availability.');
    assert.match(condition(world, 'bad', 'ReplicaFailure') ?? '',
      /^True FailedCreate pods "bad-\w+-" is forbidden: error looking up service account default\/nobody: /);
  });

  it('adopts ReplicaSets and pods that match and belong to nobody, and releases those that no longer do', () => {
    const world = new World(1);
    world.create(resources.deployments, deployment('web', 2));
    world.settle();
    const [pod] = world.list(resources.pods, ns);
    const name = pod?.metadata.name as string;
    world.patch(resources.pods, name, { metadata: { labels: { app: 'other' } } }, ns);
    world.settle();
    assert.equal(world.get(resources.pods, name, ns).metadata.ownerReferences, undefined);
    assert.equal(world.list(resources.pods, ns).length, 3);
    world.patch(resources.pods, name, { metadata: { labels: { app: 'web' } } }, ns);
    world.settle();
    assert.equal(world.list(resources.pods, ns).length, 2);
    const [set] = sets(world, 'web');
    world.delete(resources.deployments, 'web', ns, { propagationPolicy: 'Orphan' });
    world.settle();
    const orphan = world.get(resources.replicaSets, set?.metadata.name as string, ns);
    assert.equal(orphan.metadata.ownerReferences, undefined);
    const again = world.create(resources.deployments, deployment('web', 2));
    world.settle();
    const [adopted] = sets(world, 'web');
    assert.equal(adopted?.metadata.uid, set?.metadata.uid);
    assert.equal(adopted?.metadata.ownerReferences?.[0]?.uid, again.metadata.uid);
  });
});
