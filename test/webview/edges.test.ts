/** Lines: only edges of the table, etcd only from API servers, every hop on an edge that exists. */
import assert from 'node:assert/strict';
import type { Channel } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { edgeBetween, edgeLabel, edgeTable, isStanding } from '../../webview/scene/edges';
import { layout } from '../../webview/scene/layout';
import type { Scene } from '../../webview/scene/model';
import { placeOf } from '../../webview/scene/party';
import { courseOf, lineBetween, linesOf } from '../../webview/scene/wiring';
import { applyHops, busy, fresh, highlyAvailable, hop, large, single } from './fixtures';

const views: readonly ClusterView[] = [fresh(), single(), busy(), highlyAvailable(), large(50), large(80)];

function sceneOf(view: ClusterView, width = 1400): Scene {
  return layout(view, { width, language: 'en', expanded: new Set() });
}

describe('edges', () => {
  it('let only API servers reach etcd, besides the probing kubelet and an etcdctl that somebody starts', () => {
    const callers = edgeTable.filter(({ to }) => to === 'etcd').map(({ from, purpose }) => `${from} ${purpose}`);
    assert.deepEqual([...new Set(callers)], ['kube-apiserver edge.etcd', 'tool edge.tool', 'kubelet edge.probe']);
    assert.equal(edgeTable.some(({ from }) => from === 'etcd'), false);
  });

  it('draws only what is in the table, and one standing line to each etcd', () => {
    for (const view of views) for (const width of [400, 1400]) {
      const scene = sceneOf(view, width);
      for (const line of scene.lines) {
        assert.ok(edgeTable.includes(line.kind) && isStanding(line.kind), line.id);
        assert.equal(scene.byId.get(line.from)?.party, line.kind.from, line.id);
        assert.equal(scene.byId.get(line.to)?.party, line.kind.to, line.id);
      }
      const toEtcd = scene.lines.filter(({ kind }) => kind.to === 'etcd')
        .map(({ from }) => scene.byId.get(from)?.party);
      assert.deepEqual(toEtcd, view.nodes.filter((node) => node.controlPlane).map(() => 'kube-apiserver'));
    }
  });

  it('lead from workers to the load balancer where there is one, from control planes to their own API server', () => {
    const { lines } = sceneOf(highlyAvailable());
    const target = (from: string): string | undefined => lines.find((line) => line.from === from)?.to;
    assert.equal(target('kubelet@kind-worker2'), 'envoy@kind-external-load-balancer');
    assert.equal(target('kube-proxy@kind-control-plane2'), 'envoy@kind-external-load-balancer');
    assert.equal(target('kubelet@kind-control-plane2'), 'kube-apiserver@kind-control-plane2');
    assert.equal(target('kube-scheduler@kind-control-plane3'), 'kube-apiserver@kind-control-plane3');
    assert.equal(target('client/kubectl'), 'envoy@kind-external-load-balancer');
  });

  it('vanish with the process at either end', () => {
    const view = fresh();
    const nodes = view.nodes.map((node) => ({
      ...node, components: node.components.map((part) => (part.kind === 'etcd' ? { ...part, running: false } : part)),
    }));
    const scene = sceneOf({ ...view, nodes });
    assert.equal(scene.byId.get('etcd@kind-control-plane')?.state, 'stopped');
    assert.deepEqual(scene.lines.filter(({ to }) => to.startsWith('etcd')), []);
  });

  it('carry every message in the direction in which it travels', () => {
    const view = busy();
    const scene = sceneOf(view);
    const messages = applyHops().filter(({ kind }) => kind === 'request' || kind === 'response' || kind === 'event');
    const courses = messages.map((message) => {
      const { line, backwards } = courseOf(message, scene, view);
      return `${message.kind} ${line?.kind.purpose} ${backwards ? 'back' : 'forth'}`;
    });
    assert.deepEqual(courses, [
      'request edge.client forth', 'request edge.etcd forth', 'response edge.etcd back', 'response edge.client back',
      'event edge.controllers back', 'event edge.kubelet back', 'request edge.cri forth',
    ]);
  });

  it('lead hops of folded pods and small nodes to what stands for them', () => {
    const view = highlyAvailable();
    const folded = courseOf(hop({
      kind: 'request', from: 'kubelet@kind-worker', to: `default/${view.nodes[3]?.pods[2]?.name}/app@kind-worker`,
      channel: 'http',
    }), sceneOf(view), view);
    assert.match(folded.line?.to ?? '', /^group\/kind-worker\//);
    const many = large(50);
    const small =
      courseOf(hop({ kind: 'event', to: 'kube-proxy@kind-worker7', from: 'kube-apiserver@kind-control-plane' }),
      sceneOf(many), many);
    assert.equal(small.to?.id, 'node/kind-worker7');
    assert.ok(small.line);
  });

  it('are found for pulls, logs, DNS and pods that use the API', () => {
    const scene = sceneOf(busy());
    const dns = scene.boxes.find(({ party }) => party === 'coredns')?.id ?? '';
    const pod = scene.boxes.find(({ id }) => id.startsWith('pod/default/batch'))?.id ?? '';
    const pairs = [
      ['containerd@kind-worker', 'outside/registry'], ['containerd@kind-control-plane', 'outside/registry'],
      ['kube-apiserver@kind-control-plane', 'kubelet@kind-worker2'], [pod, dns],
      [pod, 'kube-apiserver@kind-control-plane'],
      ['node/kind-worker', 'kube-apiserver@kind-control-plane'],
      ['node/kind-control-plane', 'kube-apiserver@kind-control-plane'],
      ['kubelet@kind-control-plane', 'kube-scheduler@kind-control-plane'], ['kubelet@kind-control-plane', dns],
    ] as const;
    for (const [from, to] of pairs) assert.ok(lineBetween(scene, from, to), `${from} > ${to}`);
    assert.equal(lineBetween(scene, 'kubelet@kind-worker', 'etcd@kind-control-plane'), undefined);
    assert.equal(linesOf(scene, 'outside/registry').length, 3);
  });

  it('say how they are dialled', () => {
    assert.equal(edgeLabel(edgeBetween('kubelet', 'kube-apiserver', 'https')!), ':6443 · watch, patch status');
    assert.equal(edgeLabel(edgeBetween('kubelet', 'container-runtime')!), 'containerd.sock · CRI');
    assert.equal(edgeBetween('kubelet', 'kube-apiserver', 'http')?.purpose, 'edge.probe');
  });
});

describe('places', () => {
  const view = { ...highlyAvailable() };
  const cases: readonly (readonly [process: string, place: string | undefined, channel?: Channel])[] = [
    ['kubectl@client', 'client/kubectl client'], ['user@client', 'client/kubectl client'],
    ['kind@client', 'client/kubectl client'],
    ['registry@internet', 'outside/registry registry'], ['kubeadm@kind-worker', 'node/kind-worker kubeadm'],
    ['containerd@kind-worker', 'containerd@kind-worker container-runtime'],
    ['cni-plugins@kind-worker', 'kindnetd@kind-worker cni'],
    ['kube-system/coredns-x-y/coredns@kind-control-plane', 'pod/kube-system/coredns-x-y coredns'],
    ['default/web-0/app@kind-worker', 'pod/default/web-0 pod'],
    ['envoy@kind-external-load-balancer', 'envoy@kind-external-load-balancer load-balancer'],
    // Executed in the container of a component.
    ['etcd@kind-control-plane#1', 'etcd@kind-control-plane tool'],
    // A call that reached nobody names an address.
    ['kind-control-plane2:6443', 'kube-apiserver@kind-control-plane2 kube-apiserver'],
    ['172.18.0.2:2379', 'etcd@kind-control-plane etcd'], ['unix:///run/containerd/containerd.sock', undefined],
  ];
  for (const [process, place] of cases) {
    it(`of ${process}`, () => {
      const found = placeOf(process, view);
      assert.equal(found && `${found.box} ${found.party}`, place);
    });
  }
});
