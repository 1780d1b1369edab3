/**
 * How long a frame takes in the browser, printed and held against the promises: teaching size in motion, 600 boxes that
 * pan and change, 5,000 nodes with 150,000 pods. And how large the page and its messages are. Needs the built page in
 * dist/. What is held is what the page itself does (support/frames.ts); frames on the clock are printed.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../../scripts/paths';
import { aggregated } from '../../src/cluster/views/fleet';
import { mostHops } from '../../src/host/vscode/diagram/hops';
import type { ClusterView, NodeView, PodView } from '../../src/protocol/view';
import { frameMs, FrameMeter, teachingUpdates, teachingView, tilesUpdates, tilesView, told } from '../support/frames';
import type { FrameCosts } from '../support/frames';
import { cluster, hop, node, pod, suffix } from './fixtures';
import { fleet } from './fleet-fixture';

/** What a message to the page may have. */
const mebibyte = 1024 * 1024;

function tell(what: string, costs: FrameCosts): FrameCosts {
  console.log(`      ${told(what, costs)}`);
  return costs;
}

describe('frames', function frames() {
  this.timeout(150_000);
  let meter: FrameMeter | undefined;

  afterEach(async () => {
    await meter?.close();
    meter = undefined;
  });

  it('take no longer than a sixtieth of a second for 12 nodes with 120 pods in motion', async () => {
    const view = teachingView();
    meter = await FrameMeter.open(view);
    const updates = tell('12 nodes, 120 pods, two hops each frame', await meter.updates(teachingUpdates(view, 40)));
    assert.ok(await meter.webview.page.locator('.token').count() > 10, 'messages are on their way');
    const motion = tell('12 nodes, 120 pods, messages on their way', await meter.still(20));
    assert.ok(updates.median.ownMs < frameMs, `${updates.median.ownMs}`);
    assert.ok(motion.median.ownMs < frameMs / 4, `${motion.median.ownMs}`);
  });

  it('take no longer than a sixtieth of a second for 600 boxes that pan and change', async () => {
    const view = tilesView();
    meter = await FrameMeter.open(view);
    const pan = tell('600 boxes, panning', await meter.pan(40));
    const updates = tell('600 boxes, an update', await meter.updates(tilesUpdates(view, 30)));
    assert.ok(pan.median.ownMs < frameMs / 4, `${pan.median.ownMs}`);
    assert.ok(updates.median.ownMs < frameMs, `${updates.median.ownMs}`);
  });

  it('touch only what an update has changed', async () => {
    const view = tilesView();
    meter = await FrameMeter.open(view);
    const { page } = meter.webview;
    await page.evaluate(() => {
      const touched = new Set<Node>();
      const { body } = document;
      new MutationObserver((records) => { for (const { target } of records) touched.add(target); })
        .observe(document.querySelector('.diagram') ?? body,
          { subtree: true, childList: true, attributes: true, characterData: true });
      Object.assign(window, { touched });
    });
    const touched = (): Promise<string[]> => page.evaluate(() => {
      const { touched: nodes } = window as unknown as { touched: Set<Element> };
      const names = [...nodes].map((one) => one.closest('[data-box]')?.getAttribute('data-box')
        ?? one.closest('.line')?.getAttribute('class') ?? one.nodeName);
      nodes.clear();
      return [...new Set(names)].sort();
    });
    const drawn = await page.locator('.diagram *').count();
    await meter.updates([{ type: 'update', view: { ...view, nowMs: view.nowMs + 16 }, hops: [], skippedHops: 0 }]);
    assert.deepEqual(await touched(), [], 'nothing, while the clock goes on');
    const changed = (change: Partial<NodeView>): ClusterView =>
      ({ ...view, nodes: view.nodes.map((one) => (one.name === 'kind-worker42' ? { ...one, ...change } : one)) });
    const cordoned = changed({ status: 'Ready,SchedulingDisabled' });
    await meter.updates([{ type: 'update', view: cordoned, hops: [], skippedHops: 0 }]);
    assert.deepEqual(await touched(), ['node/kind-worker42'], 'one box');
    const broken = changed({ health: 'unknown', status: 'NotReady' });
    await meter.updates([{ type: 'update', view: broken, hops: [], skippedHops: 0 }]);
    assert.deepEqual(await touched(), ['line bundle watch', 'node/kind-worker42'], 'one box, and the lines beside it');
    await meter.updates(tilesUpdates(view, 6));
    await meter.updates([{ type: 'update', view, hops: [], skippedHops: 0 }]);
    assert.equal(await page.locator('.diagram *').count(), drawn, 'and leave nothing behind');
  });

  it('draw many lines that stand out as one', async () => {
    const view = { ...tilesView(), run: { mode: 'live', speed: 1, quiet: false } } as const;
    meter = await FrameMeter.open(view);
    const { page } = meter.webview;
    const single = page.locator('.line:not(.bundle)');
    const alone = await single.count();
    tell('600 boxes, 20 of them send in each frame', await meter.updates(Array.from({ length: 12 }, (_, round) => ({
      type: 'update', view, skippedHops: 0, hops: Array.from({ length: 20 }, (_unused, at) => hop({
        kind: 'request', from: `kubelet@kind-worker${round * 20 + at + 2}`, subject: { verb: 'patch', resource: 'nodes' },
      })),
    }))));
    assert.ok(await page.locator('.bundle.warm').count() > 3);
    assert.ok(await single.count() <= alone + 8, `${await single.count()} lines, ${alone} of them always`);
    await page.waitForFunction(() => document.querySelectorAll('.line.warm, .line.busy, .token').length === 0);
    assert.equal(await single.count(), alone, 'and nothing is left of them');
    await page.locator('[data-box="kube-apiserver@kind-control-plane"]').click();
    assert.ok(await page.locator('.bundle.lit').count() > 20);
    assert.ok(await single.count() <= alone + 8);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.move(2, 2);
    await page.waitForFunction(() => document.querySelectorAll('.line.lit').length === 0);
  });

  it('take less than 16 ms for 5,000 nodes with 150,000 pods, and the first picture less than a second', async () => {
    meter = await FrameMeter.open(fleet(2, 1));
    const { page } = meter.webview;
    const first = await meter.updates([{ type: 'snapshot', language: 'en', view: fleet(5_000, 30), recentHops: [] }]);
    await page.locator('canvas.heat-map').waitFor();
    tell('5,000 nodes, first picture', first);
    const updates = tell('5,000 nodes, an update', await meter.updates(Array.from({ length: 5 }, (_, round) =>
      ({ type: 'update', view: fleet(5_000, 30, round + 1), hops: [], skippedHops: 0 }))));
    assert.ok(first.worst.clockMs < 1000, `${first.worst.clockMs}`);
    assert.ok(updates.median.ownMs < 16, `${updates.median.ownMs}`);
    await page.locator('canvas.heat-map').focus();
    for (const key of ['End', 'ArrowLeft', 'ArrowUp']) await page.keyboard.press(key);
    assert.match(await page.locator('.fleet-tip').innerText(), /^kind-worker\d+ · zone-c · ready · \d+ of 110 pods/);
    await page.keyboard.press('Enter');
    const posted = JSON.stringify((await meter.webview.posted()).at(-1));
    assert.match(posted, /"type":"(?:zoom|select)","box":"node\/kind-worker\d+"/);
  });
});

describe('the page', () => {
  it('is smaller than 250 KB', () => {
    const bytes = gzipSync(readFileSync(join(root, 'dist', 'webview', 'diagram.js'))).length;
    console.log(`      diagram.js: ${Math.round(bytes / 1024)} KiB gzip`);
    assert.ok(bytes < 250_000);
  });

  it('gets no message of a mebibyte or more, whatever the size of the cluster', () => {
    const labels = {
      'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/part-of': 'example', 'pod-template-hash': '59d8c7f6b4',
    };
    const message = 'Back-off restarting failed container';
    const podsOf = (index: number, pods: number): PodView[] => Array.from({ length: pods }, (_unused, at) =>
      pod(`shop-59d8c7f6b4-${suffix(index * pods + at)}`, 'ready', { labels, ...(at % 9 === 0 ? { message } : {}) }));
    const of = (nodes: number, pods: number): ClusterView => cluster(Array.from({ length: nodes }, (_, index) =>
      node(`kind-worker${index + 1}`, { index, controlPlane: index === 0, pods: podsOf(index, pods) })));
    const hops = Array.from({ length: mostHops }, () => hop({ kind: 'request', subject: {
      verb: 'create', resource: 'deployments.apps', namespace: 'default', name: 'shop-59d8c7f6b4' } }));
    const sizes = [[3, 110], [12, 110], [60, 20], [60, 110], [600, 0], [600, 30], [600, 110], [5_000, 30]] as const;
    for (const [nodes, pods] of sizes) {
      const view = aggregated(of(nodes, pods));
      const bytes = Buffer.byteLength(JSON.stringify({ type: 'update', hops, skippedHops: 0, view }));
      console.log(`      ${nodes} nodes with ${pods} pods each: a message of ${Math.round(bytes / 1024)} KiB`);
      assert.ok(bytes < mebibyte, `${nodes} nodes, ${pods} pods: ${bytes}`);
    }
  });
});
