/** Layout as data: nothing overlaps, everything stands inside its frame, and time moves nothing. */
import assert from 'node:assert/strict';
import type { ClusterView } from '../../src/protocol/view';
import { layout } from '../../webview/scene/layout';
import type { Box, Line, Rect, Scene } from '../../webview/scene/model';
import { boxFor } from '../../webview/scene/model';
import { linesOf } from '../../webview/scene/wiring';
import { booting, busy, fresh, highlyAvailable, large, single } from './fixtures';

const views: Readonly<Record<string, () => ClusterView>> = {
  'a fresh cluster': fresh, 'one node': single, 'pods in all states': busy, 'three control planes': highlyAvailable,
  '50 nodes': () => large(50), '80 nodes': () => large(80), 'machines without nodes': booting,
};
const widths = [340, 400, 700, 859, 860, 900, 1060, 1400, 2200];

function sceneOf(view: ClusterView, width: number, expanded: readonly string[] = []): Scene {
  return layout(view, { width, language: 'en', expanded: new Set(expanded) });
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function contains(outer: Rect, inner: Rect): boolean {
  return outer.x <= inner.x && outer.y <= inner.y && inner.x + inner.width <= outer.x + outer.width
    && inner.y + inner.height <= outer.y + outer.height;
}

function sheetOf({ width, height }: Scene): Rect {
  return { x: 0, y: 0, width, height };
}

/** Boxes that may not overlap: all but frames around others. */
function solid(scene: Scene): Box[] {
  const frames = new Set(scene.boxes.map(({ parent }) => parent));
  return scene.boxes.filter(({ id, kind }) => kind !== 'lane' && kind !== 'strip' && kind !== 'zone'
    && !frames.has(id));
}

/** The boxes that a line runs over, its own ends apart. */
function crossed(line: Line, boxes: readonly Box[]): string[] {
  return boxes.filter(({ id }) => id !== line.from && id !== line.to)
    .filter((box) => line.points.slice(1).some((point, index) => {
    const before = line.points[index] ?? point;
    const piece = {
      x: Math.min(point.x, before.x), y: Math.min(point.y, before.y), width: Math.abs(point.x - before.x) || 0.1,
      height: Math.abs(point.y - before.y) || 0.1,
    };
    return overlap(piece, { x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2 });
  })).map(({ id }) => id);
}

describe('layout', () => {
  for (const [name, view] of Object.entries(views)) {
    it(`of ${name} overlaps nothing and keeps all inside, at every width`, () => {
      for (const width of widths) {
        const scene = sceneOf(view(), width);
        const boxes = solid(scene);
        for (const [index, a] of boxes.entries()) {
          for (const b of boxes.slice(index + 1)) assert.ok(!overlap(a, b), `${a.id} and ${b.id} overlap at ${width}`);
          const parent = scene.byId.get(a.parent ?? '');
          assert.ok(parent === undefined || contains(parent, a), `${a.id} sticks out of ${a.parent} at ${width}`);
          assert.ok(contains(sheetOf(scene), a), `${a.id} is off the sheet at ${width}`);
        }
        assert.equal(new Set(scene.boxes.map(({ id }) => id)).size, scene.boxes.length, 'ids are unique');
      }
    });

    it(`of ${name} leads all lines around the boxes, at every width`, () => {
      for (const width of widths) {
        const scene = sceneOf(view(), width);
        const boxes = solid(scene);
        const lines = [...scene.lines, ...boxes.flatMap((box) => linesOf(scene, box.id))];
        for (const line of new Map(lines.map((one) => [one.id, one])).values()) {
          const told = `${line.id} at ${width}: ${JSON.stringify(line.points)}`;
          assert.deepEqual(crossed(line, boxes), [], told);
          for (const [index, point] of line.points.entries()) {
            assert.ok(contains(sheetOf(scene), { ...point, width: 0, height: 0 }), `off the sheet: ${told}`);
            const before = line.points[index - 1] ?? point;
            assert.ok(before.x === point.x || before.y === point.y, `slanted: ${told}`);
          }
        }
      }
    });
  }

  it('moves nothing while time passes and states change', () => {
    const view = busy();
    const later: ClusterView = {
      ...view, nowMs: 99_000, revision: 900,
      nodes: view.nodes.map((node) => ({
        ...node, status: 'NotReady', health: 'notReady' as const,
        pods: node.pods.map((pod) => ({ ...pod, status: 'Running', health: 'running' as const })),
      })),
    };
    for (const width of [400, 1400]) assert.deepEqual(places(sceneOf(later, width)), places(sceneOf(view, width)));
  });

  it('moves no machine when a pod waits for a node', () => {
    const view = busy();
    assert.deepEqual(
      places(sceneOf({ ...view, unboundPods: [] }, 1400)).filter(([id]) => id.startsWith('node/')),
      places(sceneOf(view, 1400)).filter(([id]) => id.startsWith('node/')),
    );
  });

  it('is a pure function', () => {
    const view = highlyAvailable();
    assert.deepEqual(sceneOf(view, 1000), sceneOf(view, 1000));
  });

  it('puts etcd at the far side, the API server at the side of the workers', () => {
    const { byId } = sceneOf(fresh(), 1400);
    const x = (id: string): number => byId.get(id)?.x ?? assert.fail(`no ${id}`);
    const order = ['client/kubectl', 'etcd@kind-control-plane', 'kube-scheduler@kind-control-plane',
      'kube-apiserver@kind-control-plane', 'kubelet@kind-worker', 'outside/registry'];
    assert.deepEqual([...order].sort((a, b) => x(a) - x(b)), order);
  });

  it('draws static pods, kube-proxy and kindnet once, as components', () => {
    const scene = sceneOf(fresh(), 1400);
    const pods = scene.boxes.filter(({ kind }) => kind === 'pod').map(({ id }) => id);
    assert.deepEqual(pods.map((id) => id.split('/')[2]?.split('-')[0]), ['coredns', 'coredns', 'local']);
    assert.equal(boxFor(scene, 'pod/kube-system/etcd-kind-control-plane')?.id, 'etcd@kind-control-plane');
  });

  it('folds six pods of one owner and unfolds them on demand', () => {
    const folded = sceneOf(highlyAvailable(), 1400);
    const id = 'group/kind-worker/default/ReplicaSet/api-7c9d6f5b8c';
    assert.equal(folded.byId.get(id)?.members?.length, 18);
    const pods = (scene: Scene): number => scene.boxes
      .filter(({ kind, parent }) => kind === 'pod' && parent === 'node/kind-worker').length;
    assert.equal(pods(folded), 0);
    assert.equal(pods(sceneOf(highlyAvailable(), 1400, [id])), 18);
  });

  it('draws machines without Node objects as absent, and keeps the places of what is to come', () => {
    const scene = sceneOf(booting(), 1400);
    assert.equal(scene.byId.get('node/kind-worker')?.state, 'absent');
    assert.equal(scene.byId.get('kube-apiserver@kind-control-plane')?.state, 'absent');
    assert.deepEqual(scene.lines.map(({ kind }) => kind.purpose), ['edge.cri', 'edge.cri']);
  });

  it('gives every box a full name', () => {
    for (const language of ['en', 'de'] as const) {
      for (const box of layout(busy(), { width: 1400, language, expanded: new Set() }).boxes) {
        assert.ok(box.label.trim() !== '' || box.kind === 'lane', box.id);
        assert.doesNotMatch(box.label, /undefined|\{|, ,|,\s*$/, box.id);
      }
    }
  });
});

function places(scene: Scene): (readonly [id: string, x: number, y: number, width: number, height: number])[] {
  return scene.boxes.map(({ id, x, y, width, height }) => [id, x, y, width, height] as const);
}
