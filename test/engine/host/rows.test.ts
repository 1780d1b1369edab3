/** The cluster tree as data: what stands where, which rows are drawn anew, what a row means elsewhere. */
import assert from 'node:assert/strict';
import { boxOf, changedRows, Outline, refOf } from '../../../src/host/vscode/tree/rows';
import type { ClusterView, ComponentView, NodeView, PodView } from '../../../src/protocol/view';

function pod(namespace: string, name: string, node = '', more: Partial<PodView> = {}): PodView {
  return {
    uid: name, namespace, name, status: 'Running', health: 'ready', readyContainers: 1, totalContainers: 1, restarts: 0,
    node, static: false, createdMs: 0, labels: {},
    containers: [{ name: 'main', image: 'nginx', init: false, state: 'running', ready: true, restarts: 0 }], ...more,
  };
}

function node(name: string, controlPlane: boolean, components: readonly ComponentView[],
  pods: readonly PodView[]): NodeView {
  return {
    name, controlPlane, components, pods, roles: controlPlane ? ['control-plane'] : [], status: 'Ready',
      health: 'ready',
    poweredOn: true, version: 'v1.36.1', address: '172.18.0.2', taints: [], labels: {}, capacity: {},
  };
}

function view(nodes: readonly NodeView[], unboundPods: readonly PodView[] = []): ClusterView {
  return {
    name: 'kind', kubernetesVersion: 'v1.36.1', nowMs: 0, revision: 1, hops: 0,
    run: { mode: 'live', speed: 1, quiet: true }, nodes, unboundPods, failingPods: 0,
  };
}

const etcd: ComponentView = { id: 'etcd@cp', kind: 'etcd', name: 'etcd', running: true, pod: 'kube-system/etcd-cp' };
const kubelet: ComponentView = { id: 'kubelet@cp', kind: 'kubelet', name: 'kubelet', running: true };
const plane = node('cp', true, [etcd, kubelet], [pod('kube-system', 'etcd-cp', 'cp'), pod('default', 'web', 'cp')]);

/** The tree as indented ids. */
function drawn(outline: Outline): string[] {
  return [...outline.walk()].map(({ row, depth }) => '  '.repeat(depth) + row.id);
}

describe('the cluster tree', () => {
  it('has roles, nodes, components, pods and containers, and every pod once', () => {
    assert.deepEqual(drawn(new Outline(view([plane, node('w', false, [], [])], [pod('default', 'late')]))), [
      'group/controlPlane',
      '  node/cp',
      '    etcd@cp',
      '      pod/kube-system/etcd-cp',
      '        container/kube-system/etcd-cp/main',
      '    kubelet@cp',
      '    pod/default/web',
      '      container/default/web/main',
      'group/workers',
      '  node/w',
      'group/unbound',
      '  pod/default/late',
      '    container/default/late/main',
    ]);
  });

  it('is empty without a cluster, and has no group for what there is none of', () => {
    assert.deepEqual(drawn(new Outline(undefined)), []);
    assert.deepEqual(new Outline(view([plane])).roots, ['group/controlPlane']);
  });

  it('knows the parent of every row but the groups', () => {
    const outline = new Outline(view([plane]));
    for (const { row, depth } of outline.walk()) {
      const parent = outline.parent(row.id);
      assert.equal(parent === undefined, depth === 0, row.id);
      if (parent !== undefined) assert.ok(outline.children(parent).includes(row.id));
    }
  });

  it('draws anew what looks different, and nothing below or above it', () => {
    const before = new Outline(view([plane]));
    assert.deepEqual(changedRows(before, new Outline(view([{ ...plane }]))), []);
    const restarted = { ...plane, pods: [plane.pods[0] as PodView, pod('default', 'web', 'cp', { restarts: 1 })] };
    assert.deepEqual(changedRows(before, new Outline(view([restarted]))), ['pod/default/web']);
    const grown = { ...plane, pods: [...plane.pods, pod('default', 'more', 'cp')] };
    assert.deepEqual(changedRows(before, new Outline(view([grown]))), ['node/cp']);
    const stopped = { ...plane, components: [{ ...etcd, running: false }, kubelet] };
    assert.deepEqual(changedRows(before, new Outline(view([stopped]))), ['etcd@cp']);
    assert.equal(changedRows(before, new Outline(view([plane], [pod('default', 'late')]))), undefined);
  });

  it('says which object and which box of the diagram a row stands for', () => {
    const outline = new Outline(view([plane, { ...node('w', false, [], []), health: 'absent' }]));
    const meaning = (id: string): unknown[] => {
      const row = outline.get(id);
      assert.ok(row, id);
      return [refOf(row)?.name, boxOf(row)];
    };
    assert.deepEqual(meaning('group/workers'), [undefined, undefined]);
    assert.deepEqual(meaning('node/cp'), ['cp', 'node/cp']);
    assert.deepEqual(meaning('node/w'), [undefined, 'node/w']);
    assert.deepEqual(meaning('etcd@cp'), ['etcd-cp', 'etcd@cp']);
    assert.deepEqual(meaning('kubelet@cp'), [undefined, 'kubelet@cp']);
    assert.deepEqual(meaning('container/default/web/main'), ['web', 'pod/default/web']);
  });
});
