/** The explorer on its page: down and up the ladder by keyboard, search, folding, what if, why, export. */
import assert from 'node:assert/strict';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage } from '../support/browser';
import { applyHops, busy } from './fixtures';

const view = busy();
const name = view.nodes[1]!.pods.find(({ namespace }) => namespace === 'default')!.name;
const box = `pod/default/${name}`;
const inside = {
  box, lanes: [{ part: 'containers', more: 0, items: [{ id: 'app', title: 'app', facts: ['nginx'], state: 'ready', box: `container/default/${name}/app` }] }],
};

describe('the explorer on its page', () => {
  let webview: WebviewPage;
  const last = async (): Promise<unknown> => (await webview.posted()).at(-1);

  beforeEach(async () => {
    webview = await openWebviewPage({ body: '<div id="app"></div>', width: 1400, height: 900 });
    await webview.page.locator('header.toolbar').waitFor();
    await webview.post({ type: 'snapshot', language: 'en', view, recentHops: applyHops() });
    await webview.page.locator('[data-box="client/kubectl"]').waitFor();
  });
  afterEach(async () => {
    assert.deepEqual(webview.problems(), []);
    await webview.close();
  });

  it('goes down with Enter and up with Esc, and keeps its place', async () => {
    const { page } = webview;
    await page.locator(`[data-box="${box}"]`).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    assert.deepEqual((await webview.posted()).filter((each) => (each as { type: string }).type === 'zoom'), [{ type: 'zoom', box }]);
    await webview.post({ type: 'update', view, hops: [], skippedHops: 0, inside });
    const container = page.locator(`[data-box="item/${box}/containers/app"]`);
    await container.dblclick();
    assert.deepEqual(await page.locator('.crumb').allInnerTexts(), ['Cluster', 'kind-worker', name, 'app']);
    for (let up = 0; up < 4; up += 1) await page.keyboard.press('Escape');
    assert.equal(await page.locator('.crumbs').isHidden(), true);
    await page.locator('[data-box="node/kind-worker"]').waitFor();
  });

  it('finds with / what older texts call by another name', async () => {
    const { page } = webview;
    await page.keyboard.press('/');
    await page.keyboard.type('master');
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'select', box: 'node/kind-control-plane' });
  });

  it('tells as the text does, or precisely', async () => {
    const { page } = webview;
    await page.getByRole('button', { name: 'Transcript', exact: true }).click();
    const all = await page.locator('.row').count();
    await page.getByRole('button', { name: 'Precise' }).click();
    assert.equal(await page.locator('.row').count(), 6);
    assert.ok(all > 6);
    await page.locator('.row').nth(1).click();
    assert.match(await page.locator('.causes').innerText(), /7 hops inside/);
  });

  it('asks why, and what if', async () => {
    const { page } = webview;
    await page.locator('[data-box="kubelet@kind-worker"]').click();
    await page.getByRole('button', { name: 'Why?' }).click();
    assert.deepEqual(await last(), { type: 'why', box: 'kubelet@kind-worker' });
    await webview.post({ type: 'why', box: 'kubelet@kind-worker', hops: applyHops() });
    await page.locator('.details-why li').first().waitFor();
    await page.getByRole('button', { name: 'What if …' }).press('Enter');
    await page.getByRole('group', { name: 'What if …' }).getByRole('button', { name: 'the process is killed' }).press('Enter');
    assert.deepEqual(await last(), { type: 'whatIf', action: 'kill', box: 'kubelet@kind-worker' });
  });

  it('saves pictures as SVG and PNG', async () => {
    const { page } = webview;
    for (const [format, ending, start] of [['SVG', 'svg', '<svg '], ['PNG', 'png', 'iVBORw0KGgo']] as const) {
      await page.getByRole('button', { name: 'Save as picture' }).click();
      await page.getByRole('combobox', { name: 'Format' }).selectOption({ label: format });
      await page.getByRole('button', { name: 'Save…' }).click();
      await page.waitForFunction((wanted) => JSON.stringify((window as unknown as { posted: unknown[] }).posted.at(-1)).includes(wanted), `rev412.${ending}`);
      const { files } = await last() as { readonly files: readonly { readonly name: string; readonly content: string }[] };
      assert.deepEqual(files.map((file) => [file.name, file.content.startsWith(start)]), [[`kind-rev412.${ending}`, true]]);
    }
  });

  it('shows every view and the legend without a mistake', async () => {
    const { page } = webview;
    await page.locator('main').click({ position: { x: 5, y: 5 } });
    await page.keyboard.press('l');
    assert.ok(await page.locator('.legend-strip li').count() > 10);
    for (const preset of ['nodes', 'worker', 'controlPlane', 'communication', 'official', 'cluster']) {
      await page.getByRole('combobox', { name: 'View' }).selectOption(preset);
      await page.locator('.diagram [role="button"]').first().waitFor();
    }
  });
});
