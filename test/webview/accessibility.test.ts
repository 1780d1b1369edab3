/** The diagram's page for everyone: axe finds nothing serious in any theme, colours have contrast, text zooms. */
import assert from 'node:assert/strict';
import { seriousFindings } from '../support/axe';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage } from '../support/browser';
import type { Theme } from '../support/themes';
import { applyHops, busy, highlyAvailable } from './fixtures';

const themes: readonly Theme[] = ['dark', 'light', 'hc-dark', 'hc-light'];

async function open(theme: Theme, width: number): Promise<WebviewPage> {
  const webview =
    await openWebviewPage({ body: '<div id="app"></div>', theme, width, height: 900, state: { transcriptOpen: true } });
  await webview.post({ type: 'snapshot', language: 'en', view: busy(), recentHops: applyHops() });
  await webview.page.locator('[data-box^="pod/default/broken"]').click();
  await webview.page.locator('.row').nth(3).click();
  if (width < 1000) return webview;
  await webview.page.locator('[data-box="client/kubectl"]').hover();
  await webview.page.locator('.hover-card').waitFor();
  return webview;
}

/** Contrast ratios of pairs of custom properties, as the browser mixes the colours. */
function contrasts(webview: WebviewPage, pairs: readonly (readonly [string, string])[]): Promise<number[]> {
  return webview.page.evaluate((asked) => {
    const probe = document.body.appendChild(document.createElement('i'));
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const paint = (names: string[]): number => {
      canvas.clearRect(0, 0, 1, 1);
      for (const name of ['--kg-ground', ...names]) {
        probe.style.color = `var(${name})`;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [r = 0, g = 0, b = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => {
        const share = part / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratios = asked.map(([front, back]) => {
      const [high = 0, low = 0] = [paint([back, front]), paint([back])].sort((a, b) => b - a);
      return (high + 0.05) / (low + 0.05);
    });
    probe.remove();
    return ratios;
  }, pairs as [string, string][]);
}

describe('accessibility', () => {
  for (const theme of themes) {
    it(`is free of serious findings of axe in ${theme}, wide and narrow`, async () => {
      for (const width of [1400, 400]) {
        const webview = await open(theme, width);
        // This rule joins all words drawn in a box, shortened as they are; below, names are held against titles instead.
        const told = await seriousFindings(webview.page, 'label-content-name-mismatch');
        assert.deepEqual(told, [], `at ${width} px`);
        assert.deepEqual(webview.problems(), []);
        await webview.close();
      }
    });

    it(`has enough contrast in ${theme}`, async () => {
      const webview = await open(theme, 1400);
      const grounds = ['--kg-ground', '--kg-card', '--kg-box', '--kg-plate', '--kg-selected'];
      const texts = ['--kg-text', '--kg-quiet'];
      const signs = ['--kg-line', '--kg-fine', '--kg-event', '--kg-warning', '--kg-error', '--kg-focus'];
      const pairs = grounds.flatMap((ground) => [...texts, ...signs].map((front) => [front, ground] as const));
      const ratios = await contrasts(webview, pairs);
      const low = pairs.flatMap(([front, ground], index) => {
        const least = texts.includes(front) ? 4.5 : 3;
        const ratio = ratios[index] ?? 0;
        return ratio < least ? [`${front} on ${ground}: ${ratio.toFixed(2)} < ${least}`] : [];
      });
      assert.deepEqual(low, []);
      await webview.close();
    });
  }

  it('names every box, and nests no button in another', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', width: 1400, height: 900 });
    await webview.post({ type: 'snapshot', language: 'de', view: highlyAvailable(), recentHops: [] });
    await webview.page.locator('[data-box="client/kubectl"]').waitFor();
    const boxes = await webview.page.locator('.diagram [role="button"]').evaluateAll((all) =>
      all.map((box) => ({
        name: box.getAttribute('aria-label') ?? '', nested: box.querySelectorAll('[role]').length,
        title: [...box.querySelectorAll('.text-title')].map(({ textContent }) => textContent).join(' '),
      })));
    assert.ok(boxes.length > 40);
    for (const { name, title, nested } of boxes) {
      assert.ok(name.length > 8, name);
      const begin = title.split(/…| ×/)[0]?.replaceAll('- ', '-') ?? '';
      assert.ok(begin !== '' && name.includes(begin), `${name} says ${title}`);
      assert.equal(nested, 0);
    }
    await webview.close();
  });

  it('follows the size of the font, and keeps everything reachable at 200 %', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', width: 700, height: 500 });
    await webview.post({ type: 'snapshot', language: 'en', view: busy(), recentHops: [] });
    await webview.page.locator('[data-box="client/kubectl"]').waitFor();
    const height = (): Promise<number> =>
      webview.page.locator('[data-box="kubelet@kind-worker"]').evaluate((box) => box.getBoundingClientRect().height);
    const before = await height();
    await webview.page.evaluate(() => document.documentElement.style.setProperty('--vscode-font-size', '26px'));
    await webview.page.waitForFunction((old) =>
      document.querySelector('[data-box="kubelet@kind-worker"]')!.getBoundingClientRect().height > old * 1.9, before);
    const overflow = await webview.page.locator('.scroller').evaluate((view) => view.scrollWidth - view.clientWidth);
    assert.ok(overflow <= 0, `${overflow} px beyond the edge`);
    await webview.close();
  });
});
