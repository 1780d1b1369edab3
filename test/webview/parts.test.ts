/**
 * The parts of the panel that need no page: fitting words, geometry of lines, the keyboard's way, folding, messages.
 */
import assert from 'node:assert/strict';
import { readMessage, readState } from '../../webview/messages';
import { changes } from '../../webview/panel/announcer';
import { fitEnd, fitFacts, fitMiddle, wrap } from '../../webview/render/fit';
import type { Measure } from '../../webview/render/fit';
import { lengthOf, pathOf, pointAt } from '../../webview/render/lines';
import { laneItems, lanePods, limitItems } from '../../webview/scene/grouping';
import { layout } from '../../webview/scene/layout';
import { endOfZone, neighbour, nextZone, stops } from '../../webview/scene/neighbours';
import { applyHops, busy, fresh, paused, pod, suffix } from './fixtures';

/** Each character is 10 px wide. */
const size: Measure = (text) => text.length * 10;

describe('fitting', () => {
  const cases: readonly (readonly [name: string, width: number, shown: string])[] = [
    ['web', 100, 'web'], ['web-6d4b75cb6d-hx2mk', 140, 'web-6d4b…hx2mk'], ['web-6d4b75cb6d-hx2mk', 70, 'w…hx2mk'],
    ['web-6d4b75cb6d-hx2mk', 60, '…hx2mk'], ['kind-control-plane', 110, 'kind-…plane'], ['abc', 20, 'a…'],
    ['abc', 5, ''],
  ];
  for (const [name, width, shown] of cases) {
    it(`shows ${name} as ${shown || 'nothing'} in ${width} px`,
      () => assert.equal(fitMiddle(name, width, 'title', size), shown));
  }

  it('keeps beginnings, as many facts as fit, and breaks behind hyphens', () => {
    assert.equal(fitEnd('ContainerCreating', 100, 'small', size), 'Container…');
    assert.equal(fitFacts(['worker', '172.18.0.3', '10.244.1.0/24'], 200, 'small', size), 'worker · 172.18.0.3');
    assert.equal(fitFacts(['control-plane'], 60, 'small', size), 'contr…');
    assert.deepEqual(wrap('kube-controller-manager', 160, 3, 'title', size), ['kube-controller-', 'manager']);
    assert.deepEqual(wrap('kube-controller-manager', 110, 2, 'title', size), ['kube-', 'control…ger']);
  });
});

describe('lines', () => {
  const corner = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 40 }];

  it('have a length, and a point and direction at each part of it', () => {
    assert.equal(lengthOf(corner), 140);
    assert.deepEqual(pointAt(corner, 0.5), { x: 70, y: 0, angle: 0 });
    assert.deepEqual(pointAt(corner, 1), { x: 100, y: 40, angle: 90 });
    assert.deepEqual(pointAt(corner, -3), { x: 0, y: 0, angle: 0 });
  });

  it('are drawn from the called end, with round corners, in the middle of pixels', () => {
    assert.equal(pathOf(corner), 'M100.5 40.5L100.5 7.5Q100.5 0.5 93.5 0.5L0.5 0.5');
  });
});

describe('the way of the keyboard', () => {
  for (const width of [400, 1400]) {
    it(`reaches every box at ${width} px`, () => {
      const scene = layout(busy(), { width, language: 'en', expanded: new Set() });
      const reached = new Set<string>();
      const start = stops(scene)[0]?.id ?? assert.fail();
      for (let zone: string | undefined = start; zone !== undefined;) {
        const open: string[] = [zone];
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
          reached.add(id);
          for (const direction of ['left', 'right', 'up', 'down'] as const) {
            const next = neighbour(scene, id, direction)?.id;
            if (next !== undefined && !reached.has(next)) open.push(next);
          }
        }
        const next = nextZone(scene, zone, 1);
        zone = next && stops(scene, next)[0]?.id;
      }
      assert.deepEqual(stops(scene).map(({ id }) => id).filter((id) => !reached.has(id)), []);
      assert.equal(nextZone(scene, 'outside/registry', 1), undefined);
      assert.equal(nextZone(scene, 'outside/registry', -1), 'nodes');
      assert.equal(endOfZone(scene, 'kubelet@kind-control-plane', 'first')?.id, 'node/kind-control-plane');
    });
  }
});

describe('folding', () => {
  const six = Array.from({ length: 6 }, (_, index) => pod(`web-1-${suffix(index)}`));

  it('begins at six pods of one owner', () => {
    assert.deepEqual(laneItems(six.slice(1), 'n', new Set()).map(({ type }) => type), Array(5).fill('pod'));
    const [group, ...rest] = laneItems([...six, pod('alone')], 'n', new Set());
    assert.ok(group?.type === 'group' && group.title === 'web-1' && group.pods.length === 6 && rest.length === 1);
    assert.equal(laneItems(six, 'n', new Set(['group/n/default/ReplicaSet/web-1'])).length, 7);
  });

  it('puts what is too much into a last group', () => {
    const items = limitItems(laneItems(six.slice(1), 'n', new Set()), 3, 'n', (count) => `+${count}`);
    assert.deepEqual(items.map((item) => (item.type === 'pod' ? item.pod.name : item.title)),
      [six[1]?.name, six[2]?.name, '+3']);
  });

  it('leaves out what is drawn as a component', () => {
    const [controlPlane] = fresh().nodes;
    assert.deepEqual(lanePods(controlPlane!).map(({ name }) => name.split('-')[0]), ['coredns', 'coredns', 'local']);
  });
});

describe('messages of the host', () => {
  const snapshot = { type: 'snapshot', language: 'de', view: busy(), recentHops: applyHops() };
  const update = { type: 'update', view: busy(), hops: applyHops(), skippedHops: 0 };

  it('are taken when they are whole', () => {
    for (const message of [snapshot, update, { ...snapshot, view: undefined, selection: 'x' },
      { type: 'reveal', box: 'node/a' }]) {
      assert.equal(readMessage(message), message);
    }
  });

  const junk: readonly unknown[] = [
    undefined, null, 0, 'snapshot', [], [snapshot], {}, { ...snapshot, language: 'fr' }, { ...snapshot, view: null },
    { ...snapshot, recentHops: 'none' }, { ...snapshot, selection: 1 }, { ...update, view: undefined },
    { ...update, skippedHops: '0' },
    { ...update, hops: [{}] }, { ...update, view: { ...busy(), run: 'paused' } },
    { ...update, view: { ...busy(), nodes: {} } },
    { ...update, view: { ...busy(), unboundPods: [null] } }, { type: 'reveal' }, { type: 'ready' },
  ];
  for (const [index, message] of junk.entries()) {
    it(`are ignored otherwise (${index})`, () => assert.equal(readMessage(message), undefined));
  }

  it('and the saved state are read as far as they make sense', () => {
    const state = { selection: 'a', scale: 2, x: 1, y: Number.NaN, transcriptOpen: 'yes', expanded: ['g', 4] };
    assert.deepEqual(JSON.parse(JSON.stringify(readState(state))), { selection: 'a', scale: 2, x: 1, expanded: ['g'] });
    assert.deepEqual(JSON.parse(JSON.stringify(readState('junk'))), {});
  });
});

describe('announcements', () => {
  it('name what has changed, and count where it is much', () => {
    const before = busy({ run: { mode: 'live', speed: 1, quiet: false } });
    const nodes = before.nodes
      .map((node) => (node.name === 'kind-worker' ? { ...node, status: 'NotReady', health: 'notReady' as const }
        : node));
    assert.deepEqual(changes(before, { ...before, nodes, unboundPods: [] }, 'en'),
      ['Node kind-worker: NotReady', 'Pod huge-5b8c7d9f6-p2vxw is gone']);
    assert.deepEqual(changes(before, { ...before, run: paused }, 'de'), ['Angehalten']);
    assert.deepEqual(changes(fresh(), busy(), 'de'), ['11 Pods haben sich geändert']);
    assert.deepEqual(changes(before, before, 'en'), []);
  });
});
