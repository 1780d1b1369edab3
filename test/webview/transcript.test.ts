/** The transcript for whoever reads it instead of the diagram: alone on the page, and with a memory for what tells the story. */
import assert from 'node:assert/strict';
import type { Hop } from '../../src/protocol/trace';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage } from '../support/browser';
import { busy, hop } from './fixtures';

describe('the transcript read alone', () => {
  let webview: WebviewPage;
  before(async () => {
    webview = await openWebviewPage({ body: '<div id="app"></div>', width: 900, height: 700, state: { transcriptOpen: true } });
    await webview.post({ type: 'snapshot', language: 'en', view: busy(), recentHops: [] });
    await webview.page.locator('[data-box="client/kubectl"]').waitFor();
  });
  after(() => webview?.close());

  it('hides the diagram, and gives what is looked for by its name', async () => {
    const { page } = webview;
    await page.getByRole('checkbox', { name: 'Without the diagram' }).press('Space');
    await page.locator('.scroller').waitFor({ state: 'hidden' });
    await page.keyboard.press('/');
    await page.locator('.search-field:focus').waitFor();
    await page.keyboard.type('kind-worker');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'What if …' }).waitFor();
    assert.ok(await page.evaluate(() => document.querySelector('.details')!.contains(document.activeElement)), 'the focus is in the details');
  });

  it('keeps the steps of the story when very much happens between them', async () => {
    const { page } = webview;
    const end = hop({ kind: 'stopped', from: 'etcd@kind-control-plane', to: 'etcd@kind-control-plane', exitCode: 137, subject: { verb: 'stop' } } as never);
    const between = (): Hop[] => Array.from({ length: 300 }, () => hop({ kind: 'request', subject: { verb: 'list', resource: 'pods' } }));
    for (const hops of [[end], between(), between(), between()]) {
      await webview.post({ type: 'update', view: busy(), hops, skippedHops: 0 });
    }
    await page.locator('.row').nth(400).waitFor({ state: 'attached' });
    const ended = page.locator('.row', { hasText: 'etcd has ended with exit code 137' });
    await page.getByRole('button', { name: 'Precise' }).click();
    await ended.waitFor();
    await ended.click();
    await page.locator('.causes', { hasText: 'no longer known here' }).waitFor();
  });

  it('gives the diagram back when it is closed', async () => {
    const { page } = webview;
    await page.getByRole('button', { name: 'Close the transcript' }).click();
    await page.locator('.scroller').waitFor();
    assert.deepEqual(webview.problems(), []);
  });
});
