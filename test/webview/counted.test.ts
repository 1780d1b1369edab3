/** Clusters whose pods are too many to be sent one by one: what is counted, and what the diagram still says of it. */
import assert from 'node:assert/strict';
import { aggregated } from '../../src/cluster/views/fleet';
import type { ClusterView } from '../../src/protocol/view';
import { readMessage } from '../../webview/messages';
import { changes } from '../../webview/panel/announcer';
import { facts } from '../../webview/panel/facts';
import { layout } from '../../webview/scene/layout';
import type { Box, Scene } from '../../webview/scene/model';
import { pictureOf } from '../../webview/scene/picture';
import { courseOf } from '../../webview/scene/wiring';
import { cluster, hop, large, node, pod, suffix } from './fixtures';

const options = { width: 1400, language: 'en', expanded: new Set<string>() } as const;

function tile(scene: Scene, name: string): Box {
  const box = scene.byId.get(`node/${name}`);
  assert.ok(box, name);
  return box;
}

/** Few nodes with very many pods, some of which fail. */
function crowded(nodes: number, podsEach: number): ClusterView {
  return cluster(Array.from({ length: nodes }, (_, index) => node(index === 0 ? 'kind-control-plane' : `kind-worker${index}`, {
    index, controlPlane: index === 0,
    pods: Array.from({ length: podsEach }, (_unused, at) => pod(`shop-59d8c-${suffix(index * podsEach + at)}`, at < 2 ? 'failed' : 'ready')),
  })));
}

describe('pods that are only counted', () => {
  it('are those of workers that no picture shows pod by pod', () => {
    const view = large(200);
    const sent = aggregated(view, 'node/kind-worker77');
    const whole = sent.nodes.filter(({ podCounts }) => !podCounts).map(({ name }) => name);
    assert.deepEqual(whole, ['kind-control-plane', 'kind-worker', 'kind-worker2', 'kind-worker3', 'kind-worker77']);
    const { pods = [], podCounts } = sent.nodes.find(({ name }) => name === 'kind-worker20') ?? {};
    assert.deepEqual([pods, podCounts], [[], { drawn: '1f11r', ofComponents: 2 }]);
    const small = large(50);
    assert.equal(aggregated(small), small, 'a small picture is sent as it is');
  });

  it('look as if they had been sent', () => {
    const view = large(200);
    const [before, after] = [layout(view, options), layout(aggregated(view), options)];
    const looks = ({ boxes }: Scene): unknown => boxes.map(({ members: _members, ...box }) => box);
    assert.deepEqual(looks(after), looks(before));
    assert.deepEqual(after.lines, before.lines);
    const box = tile(after, 'kind-worker20');
    assert.deepEqual(facts(box, aggregated(view), 'en'), facts(box, view, 'en'));
  });

  it('are dots on cards, the worst first', () => {
    const scene = layout(aggregated(crowded(20, 100)), options);
    const states = tile(scene, 'kind-worker12').members?.map(({ state }) => state) ?? [];
    assert.equal(states.length, 100);
    assert.deepEqual(states.slice(0, 3), ['failed', 'failed', 'ready']);
    assert.equal(layout(aggregated(crowded(10, 400)), options).density, 'compact', 'which are drawn where no pod can be drawn alone');
  });

  it('are whole again on the node that one goes into', () => {
    const view = large(200);
    const focus = 'node/kind-worker77';
    const scene = pictureOf(aggregated(view, focus), { preset: 'cluster', focus, direction: 'all' }, undefined, options);
    assert.ok(scene.boxes.some(({ kind }) => kind === 'pod' || kind === 'podGroup'));
  });

  it('are found on their node by what they send', () => {
    const view = aggregated(large(200));
    const scene = layout(view, options);
    const asked = hop({ kind: 'request', from: 'default/shop-59d8c-abcde/app@kind-worker77', to: 'kube-apiserver@kind-control-plane', channel: 'https', subject: { verb: 'get' } });
    const { from, to } = courseOf(asked, scene, view);
    assert.deepEqual([from?.id, to?.id], ['node/kind-worker77', 'kube-apiserver@kind-control-plane']);
  });

  it('are no news when one looks closer at their node, or when one gets its node', () => {
    const view = large(200);
    assert.deepEqual(changes(aggregated(view), aggregated(view, 'node/kind-worker77'), 'en'), []);
    assert.deepEqual(changes(aggregated(view, 'node/kind-worker77'), aggregated(view), 'en'), []);
    const waiting = { ...view, unboundPods: [pod('late-0', 'pending')] };
    assert.deepEqual(changes(aggregated(waiting), aggregated(view), 'en'), []);
    assert.deepEqual(changes(aggregated(view), aggregated(waiting), 'en'), ['Pod late-0: Pending']);
  });

  it('are taken from messages only in the form that they have', () => {
    const view = aggregated(large(200));
    assert.ok(readMessage({ type: 'update', view, hops: [], skippedHops: 0 }));
    const broken = { ...view, nodes: [{ ...view.nodes[0], podCounts: { drawn: 7 } }] };
    assert.equal(readMessage({ type: 'update', view: broken, hops: [], skippedHops: 0 }), undefined);
  });
});
