/** The insides of boxes and the chains of causes, of a real cluster; and the packed view of a large one. */
import assert from 'node:assert/strict';
import { aggregated } from '../../../src/cluster/views/fleet';
import { insideView } from '../../../src/cluster/views/inside/inside-view';
import { insideHops } from '../../../src/cluster/views/inside/source';
import type { InsideSource } from '../../../src/cluster/views/inside/source';
import { whyOf } from '../../../src/cluster/views/why';
import { apply, bootedCluster, example } from '../../support/cluster';

const huge = `apiVersion: v1
kind: Pod
metadata: { name: huge }
spec: { containers: [{ name: app, image: nginx, resources: { requests: { cpu: "900" } } }] }
`;

describe('the inside of a box', () => {
  const cluster = bootedCluster(1, 1);
  apply(cluster, example('deployment.yaml'));
  apply(cluster, huge);
  cluster.settle();
  const source: InsideSource = {
    view: cluster.view(), objects: cluster.objects, hops: cluster.trace.slice(cluster.trace.length - insideHops),
  };
  const pod = source.view.nodes[1]?.pods.find(({ namespace }) => namespace === 'default');
  const partsOf = (box: string): string[] => insideView(box, source)?.lanes.map(({ part }) => part) ?? [];
  const itemsOf = (box: string, part: string) => insideView(box, source)?.lanes.find((lane) => lane.part === part)?.items ?? [];

  const cases: readonly (readonly [box: string, parts: readonly string[]])[] = [
    ['kube-apiserver@kind-control-plane', ['stages', 'clients', 'watches']],
    ['etcd@kind-control-plane', ['members', 'revisions', 'prefixes']],
    ['kube-scheduler@kind-control-plane', ['queue', 'decisions', 'bindings']],
    ['kube-controller-manager@kind-control-plane', ['controllers', 'members']],
    ['kubelet@kind-worker', ['podWorkers', 'statusManager', 'runtimeCalls', 'probes']],
    ['kube-proxy@kind-worker', ['rules', 'messages']], ['containerd@kind-worker', ['messages']],
    [`pod/default/${pod?.name}`, ['owners', 'sandbox', 'containers', 'volumes', 'conditions']],
    [`container/default/${pod?.name}/nginx`, ['state', 'process', 'image', 'environment', 'mounts']],
    ['pod/default/nobody', []], ['node/kind-worker', []], ['nonsense', []],
  ];
  for (const [box, parts] of cases) it(`of ${box.replace(/web-\w+-\w+/, 'web')}`, () => assert.deepEqual(partsOf(box), parts));

  it('tells of decisions, waiting pods, rules, owners', () => {
    const [decision] = itemsOf('kube-scheduler@kind-control-plane', 'decisions').filter(({ title }) => title === pod?.name);
    assert.deepEqual([decision?.facts[0], decision?.box], ['→ kind-worker', `pod/default/${pod?.name}`]);
    assert.deepEqual(itemsOf('kube-scheduler@kind-control-plane', 'queue').map(({ title }) => title), ['huge']);
    assert.ok(itemsOf('kube-proxy@kind-worker', 'rules').some(({ title, facts }) =>
      title === 'kubernetes 10.96.0.1:443/TCP' && /^→ 172\.18\.0\.\d+:6443$/.test(facts[0] ?? '')));
    assert.deepEqual(itemsOf(`pod/default/${pod?.name}`, 'owners').map(({ facts }) => facts[0]), ['ReplicaSet', 'Deployment']);
    assert.equal(itemsOf('kubelet@kind-worker', 'podWorkers').length, source.view.nodes[1]?.pods.length);
  });

  it('is the same for the same moment', () => {
    const again = insideView('kube-apiserver@kind-control-plane', { ...source, hops: [...source.hops] });
    assert.deepEqual(again, insideView('kube-apiserver@kind-control-plane', source));
  });

  it('leads from a pod back to the command', () => {
    const chain = whyOf(`pod/default/${pod?.name}`, cluster.trace, cluster.trace.length)
      .map(({ kind, subject }) => `${kind} ${subject.verb} ${subject.resource ?? ''}`.trim());
    assert.equal(chain[0], 'input apply');
    const order = ['request create deployments.apps', 'request create replicasets.apps', 'request create pods', 'decision schedule pods'];
    assert.deepEqual(order.filter((step) => chain.includes(step)), order);
    assert.deepEqual([...order].sort((a, b) => chain.indexOf(a) - chain.indexOf(b)), order);
  });

  it('says why a pod is pending', () => {
    const last = whyOf('pod/default/huge', cluster.trace, cluster.trace.length).filter(({ kind }) => kind === 'decision').at(-1);
    assert.match(last?.subject.message ?? '', /nodes are available/);
    assert.deepEqual(whyOf('pod/default/nobody', cluster.trace, cluster.trace.length), []);
  });
});

describe('the packed view', () => {
  it('leaves small clusters alone, and keeps of large ones what somebody looks at', () => {
    const view = bootedCluster(1, 1).view();
    assert.equal(aggregated(view), view);
    const worker = view.nodes[1]!;
    const many = Array.from({ length: 700 }, (_, index) => ({ ...worker, name: `worker-${index}`, status: index === 3 ? 'Ready,SchedulingDisabled' : worker.status }));
    const packed = aggregated({ ...view, nodes: [view.nodes[0]!, ...many] }, 'node/worker-5');
    assert.deepEqual(packed.nodes.map(({ name }) => name), ['kind-control-plane', 'worker-5']);
    assert.equal(packed.fleet?.names.length, 701);
    assert.equal(packed.fleet?.health.slice(0, 6), 'rrrrcr');
    assert.equal(packed.fleet?.pods[1], `${worker.pods.length}r`);
  });
});
