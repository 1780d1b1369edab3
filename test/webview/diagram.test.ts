/**
 * The diagram's page in a real browser: what it draws, says, posts, and how it moves. Needs the built page in dist/.
 */
import assert from 'node:assert/strict';
import type { HostToPanel } from '../../src/protocol/messages';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage, WebviewPageOptions } from '../support/browser';
import { movingParts } from '../support/stillness';
import { applyHops, busy, fresh, highlyAvailable, hop, large, paused, pod, stepping } from './fixtures';

const body = '<div id="app"></div>';
const server = 'kube-apiserver@kind-control-plane';
let open: WebviewPage | undefined;

/** Opens the page with a snapshot in it. */
async function show(
  view: ClusterView | undefined, options: Partial<WebviewPageOptions> = {}, snapshot: Partial<Extract<HostToPanel,
  { type: 'snapshot' }>> = {},
): Promise<WebviewPage> {
  open = await openWebviewPage({ body, width: 1400, height: 900, ...options });
  await open.page.locator('header.toolbar').waitFor();
  await open.post({ type: 'snapshot', language: 'en', view, recentHops: [], ...snapshot });
  await open.page.locator(view ? '[data-box="client/kubectl"]' : '.empty h2').waitFor();
  return open;
}

function update(webview: WebviewPage, view: ClusterView, hops: readonly Hop[] = []): Promise<void> {
  return webview.post({ type: 'update', view, hops, skippedHops: 0 });
}

/** What the page has posted since it was ready. */
async function posted(webview: WebviewPage): Promise<unknown[]> {
  return (await webview.posted()).slice(1);
}

function focused(webview: WebviewPage): Promise<string | null> {
  return webview.page.evaluate(() => document.activeElement?.getAttribute('data-box') ?? null);
}

describe('the diagram', () => {
  afterEach(async () => {
    const problems = open?.problems() ?? [];
    await open?.close();
    open = undefined;
    assert.deepEqual(problems, [], 'no error, and nothing that the policy of the page refuses');
  });

  it('says that it is ready, and draws what it is sent', async () => {
    const webview = await show(busy());
    assert.deepEqual(await webview.posted(), [{ type: 'ready' }]);
    const { page } = webview;
    const names = await page.locator('[data-box^="pod/default/"]').evaluateAll((all) => all
      .map((box) => box.getAttribute('aria-label')));
    assert.equal(names.length, 9);
    assert.ok(names.includes('Pod broken-5c9f7d8b4-x7lq2, CrashLoopBackOff, on kind-worker, 4 restarts'),
      names.join('\n'));
    assert.equal(await page.locator('.clock').innerText(), '0:41.250');
    assert.equal(await page.locator('.revision').innerText(), 'rev 412');
    assert.equal(await page.locator('.diagram').getAttribute('aria-label'),
      'Cluster kind: diagram of its machines, components and pods');
  });

  it('speaks German', async () => {
    const webview = await show(busy(), {}, { language: 'de', recentHops: applyHops() });
    const { page } = webview;
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
    assert.match(await page.locator('.caption').innerText(), /Das Kubelet auf kind-worker bittet containerd/);
    const label = await page.locator('[data-box^="pod/default/huge"]').getAttribute('aria-label');
    assert.equal(label, 'Pod huge-5b8c7d9f6-p2vxw, Pending, ohne Node');
  });

  it('tells what to do while there is no cluster, and comes alive when there is one', async () => {
    const webview = await show(undefined);
    assert.match(await webview.page.locator('.empty').innerText(), /Right-click a kind\.yaml/);
    await update(webview, fresh());
    await webview.page.locator('[data-box="node/kind-worker"]').waitFor();
    assert.equal(await webview.page.locator('.empty').isVisible(), false);
  });

  it('ignores messages that it does not understand', async () => {
    const webview = await show(fresh());
    for (const junk of [
      null, 'update', 42, [], {}, { type: 'boom' }, { type: 'update' },
      { type: 'update', view: {}, hops: [], skippedHops: 0 },
      { type: 'snapshot', language: 'fr', recentHops: [] }, { type: 'reveal', box: 7 },
      { type: 'update', view: { ...fresh(), nodes: [{}] }, hops: [], skippedHops: 0 },
      { type: 'update', view: fresh(), hops: [{ id: 'x' }], skippedHops: 0 },
    ]) await webview.post(junk);
    await update(webview, fresh({ revision: 500 }));
    await webview.page.locator('.revision', { hasText: 'rev 500' }).waitFor();
  });

  describe('with the keyboard', () => {
    it('is walked box by box and zone by zone', async () => {
      const webview = await show(busy());
      const { page } = webview;
      await page.locator('[data-box="client/kubectl"]').focus();
      const walk = async (key: string): Promise<string | null> => {
        await page.keyboard.press(key);
        return focused(webview);
      };
      assert.equal(await page.locator('.diagram [tabindex="0"]').count(), 1, 'one stop of the Tab key');
      assert.equal(await walk('Tab'), 'node/kind-control-plane');
      assert.equal(await walk('ArrowDown'), 'kube-scheduler@kind-control-plane');
      assert.equal(await walk('ArrowRight'), server);
      assert.equal(await walk('ArrowLeft'), 'kube-scheduler@kind-control-plane');
      assert.equal(await walk('ArrowDown'), 'kube-controller-manager@kind-control-plane');
      assert.equal(await walk('Home'), 'node/kind-control-plane');
      assert.match(await walk('End') ?? '', /local-path-provisioner/);
      assert.match(await walk('F6') ?? '', /^pod\/default\/huge/);
      assert.equal(await walk('ArrowDown'), 'node/kind-worker');
      assert.equal(await walk('Shift+Tab'), 'node/kind-control-plane');
      assert.equal(await page.locator('.diagram [tabindex="0"]').count(), 1);
      await walk('Tab');
      assert.equal(await walk('Tab'), 'outside/registry');
      assert.equal(await walk('Tab'), null, 'beyond the last zone the focus leaves the diagram');
    });

    it('selects, opens, clears, pauses, steps and helps', async () => {
      const webview = await show(busy());
      const { page } = webview;
      await page.locator('[data-box="kubelet@kind-worker"]').focus();
      for (const key of ['Enter', ' ', '.', 'Escape', 'Escape']) await page.keyboard.press(key);
      assert.deepEqual(await posted(webview), [
        { type: 'select', box: 'kubelet@kind-worker' }, { type: 'run', mode: 'live', speed: 1 }, { type: 'step' },
        { type: 'select' },
      ].map((message) => (message.type === 'select' && !('box' in message) ? { type: 'select', box: undefined }
        : message)));
      await page.keyboard.press('?');
      await page.locator('dialog.help[open]').waitFor();
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('dialog.help').isVisible(), false);
    });

    it('shows a card for the box in focus, which Escape closes', async () => {
      const webview = await show(busy(), {}, { recentHops: applyHops() });
      const { page } = webview;
      await page.locator('[data-box="client/kubectl"]').focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowLeft');
      await page.locator('.hover-card', { hasText: 'Only API servers talk to it' }).waitFor();
      assert.match(await page.locator('.hover-card').innerText(), /etcd stores .* as revision 413/);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.hover-card').isVisible(), false);
      assert.equal(await focused(webview), 'etcd@kind-control-plane');
    });

    it('keeps the focus while the cluster changes', async () => {
      const webview = await show(busy());
      const { page } = webview;
      const id = await page.locator('[data-box^="pod/default/batch"]').getAttribute('data-box') ?? '';
      await page.locator(`[data-box="${id}"]`).focus();
      const view = busy();
      const [first, ...rest] = view.nodes;
      const more = rest
        .map((node) =>
          ({ ...node, pods: [pod('first-pod', 'ready', { createdMs: 0, node: node.name }), ...node.pods] }));
      await update(webview, { ...view, nodes: [first!, ...more] });
      await page.locator('[data-box="pod/default/first-pod"]').waitFor();
      assert.equal(await focused(webview), id);
      await update(webview, { ...view,
        nodes: view.nodes
          .map((node) => ({ ...node, pods: node.pods.filter(({ name }) => !name.startsWith('batch')) })) });
      await page.locator(`[data-box="${id}"]`).waitFor({ state: 'detached' });
      assert.notEqual(await focused(webview), null, 'the focus goes on to another box');
    });
  });

  describe('with the mouse', () => {
    it('highlights the lines of a box with port and verb', async () => {
      const webview = await show(busy());
      const { page } = webview;
      await page.locator('[data-box="kubelet@kind-worker"]').hover();
      await page.locator('.label-line', { hasText: ':6443 · watch, patch status' }).waitFor();
      const lit = await page.locator('.line.lit').evaluateAll((all) => all
        .map((line) => line.getAttribute('data-line')));
      assert.ok(lit.includes(`kubelet@kind-worker>${server} edge.kubelet`), lit.join());
      assert.ok(lit.includes(`${server}>kubelet@kind-worker edge.logs`), lit.join());
      await page.locator('.hover-card').waitFor();
      await page.mouse.move(2, 2);
      await page.waitForFunction(() => document.querySelectorAll('.line.lit, .line.lent').length === 0);
    });

    it('selects a box and opens things for it', async () => {
      const webview = await show(busy());
      const { page } = webview;
      const id = await page.locator('[data-box^="pod/default/typo"]').getAttribute('data-box');
      await page.locator(`[data-box="${id}"]`).click();
      assert.match(await page.locator('.details').innerText(), /Back-off pulling image "ngnix"/);
      for (const name of ['Describe', 'YAML', 'Show in tree']) await page.getByRole('button', { name }).click();
      assert.deepEqual(await posted(webview), [
        { type: 'select', box: id }, { type: 'open', box: id, what: 'describe' },
        { type: 'open', box: id, what: 'yaml' },
        { type: 'open', box: id, what: 'tree' },
      ]);
    });

    it('unfolds a group and folds it again', async () => {
      const webview = await show(highlyAvailable());
      const { page } = webview;
      const group = page.locator('[data-box^="group/kind-worker/"]');
      await group.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-box^="pod/default/"]').length === 26);
      assert.equal(await group.getAttribute('aria-expanded'), 'true');
      await group.click();
      await page.waitForFunction(() => document.querySelectorAll('[data-box^="pod/default/"]').length === 8);
    });

    it('runs, pauses and changes the speed', async () => {
      const webview = await show(busy({ run: { mode: 'hops', speed: 1, quiet: false } }));
      const { page } = webview;
      await page.getByRole('combobox', { name: 'Speed' }).selectOption('hops:0.5');
      await page.getByRole('button', { name: 'Pause (Space)' }).click();
      await update(webview, busy({ run: { mode: 'paused', speed: 0.5, quiet: false } }));
      await page.getByRole('button', { name: 'Continue (Space)' }).waitFor();
      await page.getByRole('combobox', { name: 'Speed' }).selectOption('live:60');
      await page.getByRole('button', { name: 'Next hop (.)' }).click();
      await page.getByRole('button', { name: 'Continue (Space)' }).click();
      await page.getByRole('combobox', { name: 'Speed' }).selectOption('fast:1');
      assert.deepEqual(await posted(webview), [
        { type: 'run', mode: 'hops', speed: 0.5 }, { type: 'run', mode: 'paused', speed: 0.5 }, { type: 'step' },
        { type: 'run', mode: 'live', speed: 60 }, { type: 'run', mode: 'fast', speed: 1 },
      ]);
    });

    it('zooms with Ctrl and the wheel only, and keeps the zoom across updates', async () => {
      const webview = await show(busy());
      const { page } = webview;
      const width = (): Promise<number> =>
        page.evaluate(() => document.querySelector('.diagram')?.getBoundingClientRect().width ?? 0);
      const before = await width();
      await page.mouse.move(600, 400);
      await page.mouse.wheel(0, 120);
      assert.equal(await width(), before);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -300);
      await page.keyboard.up('Control');
      await page.waitForFunction((old) =>
        (document.querySelector('.diagram')?.getBoundingClientRect().width ?? 0) > old * 1.3, before);
      const zoomed = await width();
      await update(webview, busy({ revision: 413 }));
      assert.equal(await width(), zoomed);
      await page.getByRole('button', { name: 'Fit the whole cluster' }).click();
      await page.waitForFunction((old) =>
        (document.querySelector('.diagram')?.getBoundingClientRect().width ?? 0) <= old, before);
    });
  });

  describe('in motion', () => {
    const running = busy({ run: stepping });

    it('sends a message along its line and puts it away at the end', async () => {
      const webview = await show(running);
      const { page } = webview;
      const request = hop({ kind: 'request', subject: { verb: 'create', resource: 'deployments.apps', name: 'web' } });
      await update(webview, running, [request]);
      const token = page.locator(`.token[data-hop="${request.id}"]`);
      await token.waitFor();
      assert.equal(await token.locator('.plate').textContent(), 'create deployments');
      const places = await page.evaluate(async (id) => {
        const seen: string[] = [];
        for (let frame = 0; frame < 6; frame += 1) {
          await new Promise(requestAnimationFrame);
          seen.push(document.querySelector<SVGElement>(`.token[data-hop="${id}"] .head`)?.style.transform ?? '');
        }
        return seen;
      }, request.id);
      assert.ok(new Set(places).size > 2, places.join(' '));
      await token.waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.querySelectorAll('.line.busy, .line.warm').length === 0);
    });

    it('lights up the stages of the API server', async () => {
      const webview = await show(running);
      const refused =
        hop({ kind: 'stage', from: server, to: server, stage: 'authorization', allowed: false,
          subject: { verb: 'get', resource: 'pods' } });
      await update(webview, running, [refused]);
      await webview.page.locator('.stage.lit.refused[data-stage="authorization"]').waitFor();
      assert.match(await webview.page.locator('.token .plate').textContent() ?? '', /✕ authorization/);
      await webview.page.locator('.stage.lit').waitFor({ state: 'detached' });
    });

    it('freezes everything when the run is paused, and goes on with a step', async () => {
      const webview = await show(running);
      const { page } = webview;
      const [first, second] = applyHops().filter(({ kind }) => kind === 'request');
      await update(webview, busy({ run: { ...stepping, speed: 0.25 } }), [first!]);
      const head = page.locator(`.token[data-hop="${first!.id}"] .head`);
      await head.waitFor();
      await update(webview, busy({ run: paused }));
      await page.locator('.layer-tokens.frozen').waitFor();
      const place = await head.getAttribute('style');
      await page.evaluate(async () => {
        for (let frame = 0; frame < 5; frame += 1) await new Promise(requestAnimationFrame);
      });
      assert.equal(await head.getAttribute('style'), place);
      await update(webview, busy({ run: paused }), [second!]);
      await page.locator(`.token[data-hop="${second!.id}"]`).waitFor();
      await head.waitFor({ state: 'detached' });
      await page.locator('.line.lit').waitFor();
      assert.match(await page.locator('.announcer').textContent() ?? '', /etcd store/);
    });

    it('shows at most three messages in step mode and sixty in a live run', async () => {
      const webview = await show(running);
      const count = (): Promise<number> => webview.page.locator('.token').count();
      const many = (): Hop[] => Array.from({ length: 90 }, () =>
        hop({ kind: 'request', subject: { verb: 'list', resource: 'pods' } }));
      await update(webview, running, many());
      await webview.page.locator('.token').first().waitFor();
      assert.ok(await count() <= 3);
      await update(webview, busy({ run: { mode: 'live', speed: 1, quiet: false } }), many());
      await webview.page.locator('.token').nth(10).waitFor();
      assert.ok(await count() <= 60);
      const heat = await webview.page.locator('.line.warm').first().evaluate((line: SVGElement) =>
        Number(line.style.getPropertyValue('--heat')));
      assert.ok(heat > 4, 'the thickness of the line shows the rate');
    });

    for (const [name, options] of [['the system', { reducedMotion: true }], ['VS Code', {}]] as const) {
      it(`moves nothing where ${name} asks for less motion`, async () => {
        const webview = await show(running, options);
        const { page } = webview;
        if (name === 'VS Code') await page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
        const request = hop({ kind: 'request', subject: { verb: 'create', resource: 'pods' } });
        await update(webview, running, [request]);
        await page.locator('.token.still .badge').nth(1).waitFor();
        assert.deepEqual(await page.locator('.token.still .badge').allTextContents(), ['1', '2']);
        assert.equal(await page.locator('.token .head').count(), 0);
        assert.equal(await page.evaluate(() =>
          getComputedStyle(document.querySelector('.layer-boxes > g')!).transitionDuration), '0s');
        assert.deepEqual(await movingParts(page), []);
      });
    }
  });

  describe('the transcript', () => {
    it('tells hops as sentences, the background on demand, and the chain of causes', async () => {
      const lease =
        hop({ kind: 'request', background: true, cause: -1, from: 'kubelet@kind-worker',
          subject: { verb: 'update', resource: 'leases', name: 'kind-worker' } });
      const hops = applyHops();
      const linked = hops.map((one, index) => ({ ...one, cause: index === 0 ? -1 : hops[index - 1]!.id }));
      const webview = await show(busy(), {}, { recentHops: [lease, ...linked] });
      const { page } = webview;
      await page.getByRole('button', { name: 'Transcript', exact: true }).click();
      assert.equal(await page.locator('.row').count(), linked.length);
      await page.getByRole('checkbox', { name: 'Background too' }).click();
      assert.equal(await page.locator('.row').count(), linked.length + 1);
      await page.locator('.row', { hasText: 'etcd stores' }).click();
      assert.match(await page.locator('.causes').innerText(),
        /Because[\s\S]*The API server has etcd store[\s\S]*kubectl asks[\s\S]*where it began/);
      const lit = await page.locator('.line.lit').evaluateAll((all) => all
        .map((line) => line.getAttribute('data-line')));
      assert.deepEqual(lit, [`${server}>etcd@kind-control-plane edge.etcd`]);
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('.row.open').count(), 1);
      assert.match(await page.locator('.row.open').innerText(), /has etcd store/);
    });

    it('is open for screen readers, grows at the end and stays bounded', async () => {
      const webview =
        await openWebviewPage({ body: `${body}<i></i>`, width: 1400, height: 700, state: { transcriptOpen: true } });
      open = webview;
      await webview.post({ type: 'snapshot', language: 'en', view: busy(), recentHops: [] });
      for (let round = 0; round < 6; round += 1) {
        const hops = Array.from({ length: 120 }, () =>
          hop({ kind: 'request', subject: { verb: 'get', resource: 'pods', name: `web-${round}` } }));
        await update(webview, busy({ run: { mode: 'fast', speed: 1, quiet: false } }), hops);
      }
      await webview.page.locator('.row', { hasText: 'web-5' }).first().waitFor();
      assert.equal(await webview.page.locator('.row').count(), 500);
      const isAtEnd = await webview.page.locator('.rows').evaluate((rows) =>
        rows.scrollHeight - rows.scrollTop - rows.clientHeight < 2);
      assert.ok(isAtEnd);
    });

    it('opens by itself when VS Code is used with a screen reader', async () => {
      const webview = await show(busy(), {}, { recentHops: applyHops() });
      await webview.page.evaluate(() => document.body.classList.add('vscode-using-screen-reader'));
      await webview.page.locator('.row').first().waitFor();
    });
  });

  it('restores selection, zoom, place and transcript, and keeps them in its state', async () => {
    const webview = await show(busy(),
      { state: { selection: 'etcd@kind-control-plane', scale: 1.5, x: 120, y: 60, transcriptOpen: true } });
    const { page } = webview;
    await page.locator('[data-box="etcd@kind-control-plane"].selected').waitFor();
    assert.equal(await page.locator('.scale').innerText(), '150 %');
    assert.ok(await page.locator('.transcript').isVisible());
    assert.deepEqual(await page.locator('.scroller').evaluate(({ scrollLeft, scrollTop }) => [scrollLeft, scrollTop]),
      [120, 60]);
    await page.keyboard.press('0');
    const state = await page.evaluate(() =>
      (window as unknown as { acquireVsCodeApi(): { getState(): unknown } }).acquireVsCodeApi().getState());
    assert.deepEqual({ ...(state as object), x: 0, y: 0 }, {
      selection: 'etcd@kind-control-plane', scale: 1, x: 0, y: 0, transcriptOpen: true, backgroundHops: false,
      alone: false, expanded: [], preset: 'cluster', direction: 'all', folded: false,
    });
  });

  it('shows what the host reveals, without telling it back', async () => {
    const webview = await show(large(50), { height: 500 });
    await webview.post({ type: 'reveal', box: 'node/kind-worker40' });
    const box = webview.page.locator('[data-box="node/kind-worker40"].selected');
    await box.waitFor();
    assert.ok(await box.evaluate((element) => element.getBoundingClientRect().bottom <= innerHeight));
    assert.deepEqual(await posted(webview), []);
  });
});
