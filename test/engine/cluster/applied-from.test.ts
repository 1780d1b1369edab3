/**
 * "Why is this here" ends at the line that somebody wrote: from pods and containers back over their owners to the last
 * apply.
 */
import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/cluster/cluster';
import { appliedFrom, lineAt } from '../../../src/cluster/views/applied-from';
import { readManifests } from '../../../src/shell/manifest-set';
import { bootedCluster, example, podsIn } from '../../support/cluster';

/** Applies as the host does: with the file and line of each object. */
function applyFile(cluster: Cluster, file: string, text: string): void {
  const { objects } = readManifests([{ name: file, text }], cluster.kinds);
  const sources = objects.map(({ document, path }) => ({ file, line: lineAt(text, document.positionOf(path).start) }));
  const progress = cluster.execute({ type: 'apply', objects: objects.map(({ object }) => object), sources });
  cluster.runUntil(() => progress.done);
  cluster.runFor(20_000);
}

const find = (cluster: Cluster, box: string, log = cluster.log) =>
  appliedFrom(box, cluster.objects, log, cluster.kinds);

describe('where somebody wrote it', () => {
  const cluster = bootedCluster(1, 1);
  const text = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n---\n# the second\n'
    + example('deployment.yaml');
  let web = '';
  before(() => {
    applyFile(cluster, 'file:///work/all.yaml', text);
    web = podsIn(cluster, 'default').find(({ name }) => name.startsWith('web-'))?.name ?? '';
  });

  it('of a pod, the replicas of its Deployment', () => {
    const found = find(cluster, `pod/default/${web}`);
    assert.equal(found?.ref.kind, 'Deployment');
    assert.equal(found?.file, 'file:///work/all.yaml');
    assert.deepEqual(found?.fields, ['spec.replicas', 'spec.template.spec', 'kind']);
    assert.match(text.split('\n')[(found?.line ?? 0) - 1] ?? '', /^apiVersion: apps\/v1/);
  });

  it('of a container, its place in the template', () => {
    const found = find(cluster, `container/default/${web}/nginx`);
    assert.deepEqual(found?.fields, ['spec.template.spec.containers[0].image', 'spec.template.spec.containers[0]']);
  });

  it('the last time that it was applied, before the moment that is shown', () => {
    const { length } = cluster.log;
    applyFile(cluster, 'file:///work/again.yaml', example('deployment.yaml').replace('replicas: 3', 'replicas: 2'));
    const [pod] = podsIn(cluster, 'default');
    assert.equal(find(cluster, `pod/default/${pod?.name}`)?.file, 'file:///work/again.yaml');
    const before = cluster.log.slice(0, length);
    assert.equal(find(cluster, `pod/default/${pod?.name}`, before)?.file, 'file:///work/all.yaml');
  });

  it('in the terminal, too, with the namespace that was typed', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: typed\n'
      + 'spec:\n  containers:\n    - name: a\n      image: nginx:1.27\n';
    let isOver = false;
    const args = ['apply', '-n', 'other', '-f', 'k8s/pod.yaml'];
    cluster.run({ kind: 'kubectl', args, files: { 'k8s/pod.yaml': `# mine\n${pod}` } },
      ({ kind }) => void (isOver ||= kind === 'exit'));
    assert.ok(cluster.runUntil(() => isOver, 10_000));
    cluster.runFor(5_000);
    assert.deepEqual(find(cluster, 'pod/other/typed'), {
      ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'other', name: 'typed' },
      file: 'k8s/pod.yaml', typed: true, line: 2, fields: ['kind'],
    });
  });

  it('is nowhere for what nobody applied', () => {
    const dns = podsIn(cluster, 'kube-system').find(({ name }) => name.startsWith('coredns'));
    for (const box of [`pod/kube-system/${dns?.name}`, 'pod/kube-system/etcd-kind-control-plane', 'pod/default/none',
      'kubelet@kind-worker', 'node/kind-worker', 'client/kubectl', '']) assert.equal(find(cluster, box), undefined, box);
  });

  it('counts lines as editors do', () => {
    assert.deepEqual([0, 1, 2, 3].map((offset) => lineAt('a\nb\n', offset)), [1, 1, 2, 2]);
    assert.equal(lineAt('', 0), 1);
  });
});
