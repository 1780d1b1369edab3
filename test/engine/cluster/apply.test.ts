/** Applying, planning and deleting: what kubectl prints, what becomes of the objects, and that a refusal changes nothing. */
import assert from 'node:assert/strict';
import { readManifests } from '../../../src/shell/manifest-set';
import { apply, bootedCluster, example, podsIn } from '../../support/cluster';

function objectsOf(yaml: string, cluster: ReturnType<typeof bootedCluster>) {
  const set = readManifests([{ name: 'test.yaml', text: yaml }], cluster.options.kinds);
  assert.deepEqual(set.problems.map((problem) => problem.message), []);
  return set.objects.map((placed) => placed.object);
}

describe('applying', () => {
  it('creates, leaves unchanged, and configures, with kubectl\'s words', () => {
    const cluster = bootedCluster(1, 1);
    const yaml = example('deployment.yaml');
    assert.deepEqual(apply(cluster, yaml).outcomes.map((o) => o.text), ['deployment.apps/web created']);
    assert.deepEqual(apply(cluster, yaml).outcomes.map((o) => o.text), ['deployment.apps/web unchanged']);
    assert.deepEqual(apply(cluster, yaml.replace('replicas: 3', 'replicas: 5')).outcomes.map((o) => o.text),
      ['deployment.apps/web configured']);
    cluster.runUntil(() => podsIn(cluster, 'default').filter((pod) => pod.health === 'ready').length === 5, 60_000);
    const pods = podsIn(cluster, 'default');
    assert.equal(pods.length, 5);
    for (const pod of pods) {
      assert.equal(pod.node, 'kind-worker');
      assert.match(pod.ip ?? '', /^10\.244\.1\.\d+$/);
    }
  });

  it('rolls a changed image out with a second ReplicaSet', () => {
    const cluster = bootedCluster(1, 1);
    apply(cluster, example('deployment.yaml'));
    cluster.runFor(20_000);
    apply(cluster, example('deployment.yaml').replace('nginx:1.27', 'nginx:1.28'));
    cluster.runFor(60_000);
    const images = podsIn(cluster, 'default').map((pod) => pod.containers[0]?.image);
    assert.deepEqual(images, ['nginx:1.28', 'nginx:1.28', 'nginx:1.28']);
    assert.equal(cluster.objects.list('apps/v1', 'ReplicaSet', 0, 'default').length, 2);
  });

  it('is planned without a trace and without a change', () => {
    const cluster = bootedCluster(1, 1);
    const { hops, revision } = cluster.view();
    const plan = cluster.planApply(objectsOf(`${example('deployment.yaml')}---\n${example('service.yaml')}`, cluster));
    assert.ok(Array.isArray(plan));
    assert.deepEqual(plan.map((planned) => planned.outcome), ['created', 'created']);
    assert.deepEqual({ hops: cluster.view().hops, revision: cluster.view().revision }, { hops, revision });
  });

  it('is planned in a namespace that the same files create', () => {
    const cluster = bootedCluster(1, 0);
    const plan = cluster.planApply(objectsOf(example('manifests/access.yaml'), cluster));
    assert.ok(Array.isArray(plan));
    assert.deepEqual(plan.map((planned) => planned.outcome), ['created', 'created', 'created', 'created']);
  });

  it('is refused with the API server\'s words and fields', () => {
    const cluster = bootedCluster(1, 0);
    const plan = cluster.planApply(objectsOf(example('deployment.yaml').replace('replicas: 3', 'replicas: -1'), cluster));
    assert.ok(Array.isArray(plan));
    assert.equal(plan[0]?.outcome, 'refused');
    assert.equal(plan[0]?.text,
      'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0');
  });

  it('answers as kubectl does when no API server runs', () => {
    const cluster = bootedCluster(1, 0);
    cluster.execute({ type: 'powerOff', machine: 'kind-control-plane' });
    const plan = cluster.planApply(objectsOf(example('deployment.yaml'), cluster));
    assert.ok(!Array.isArray(plan));
  });

  it('while paused waits for the clock', () => {
    const cluster = bootedCluster(1, 1);
    cluster.control.set('paused', 1);
    const progress = cluster.execute({ type: 'apply', objects: objectsOf(example('deployment.yaml'), cluster) });
    cluster.control.advance(1_000, () => false);
    assert.equal(progress.done, false);
    for (let step = 0; step < 500 && !progress.done; step += 1) cluster.control.step();
    assert.deepEqual(progress.outcomes.map((o) => o.outcome), ['created']);
  });
});

describe('deleting', () => {
  it('removes an object and all that belongs to it', () => {
    const cluster = bootedCluster(1, 1);
    apply(cluster, example('deployment.yaml'));
    cluster.runFor(20_000);
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    const progress = cluster.execute({ type: 'delete', targets: [target] });
    cluster.runFor(60_000);
    assert.deepEqual(progress.outcomes.map((o) => o.text), ['deployment.apps "web" deleted from default namespace']);
    assert.deepEqual(podsIn(cluster, 'default'), []);
    assert.deepEqual(cluster.objects.list('apps/v1', 'ReplicaSet', 0, 'default'), []);
  });

  it('of what does not exist says so', () => {
    const cluster = bootedCluster(1, 0);
    const target = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'nobody' };
    const progress = cluster.execute({ type: 'delete', targets: [target] });
    cluster.runFor(1_000);
    assert.deepEqual(progress.outcomes.map((o) => o.text), ['Error from server (NotFound): pods "nobody" not found']);
  });
});
