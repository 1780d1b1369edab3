/** The lesson player's page in a real browser: by keyboard, with the names that a screen reader needs. */
import assert from 'node:assert/strict';
import type { LessonPage } from '../../src/protocol/lesson';
import { seriousFindings } from '../support/axe';
import { openWebviewPage } from '../support/browser';
import { movingParts } from '../support/stillness';
import { donePage, gatedPage, listPage } from './lesson-fixture';

const script = 'dist/webview/lesson.js';
const style = 'dist/webview/lesson.css';

const page: LessonPage = {
  language: 'de', heading: 'L01 Ein Cluster', subheading: 'Schritt 1 von 4', answerLabel: 'Antworten', status: 'Sage voraus.',
  text: 'Ein **Node** ist eine `Maschine`.\n\n- eins\n- zwei\n\n<script>document.title = "bad"</script>',
  prediction: { heading: 'Zuerst vorhersagen', question: {
    id: 'first', text: 'Welcher Node?', options: [{ id: '0', text: 'Die Control Plane' }, { id: '1', text: 'Der Worker' }],
  } },
  checks: { heading: 'Prüfung', rows: [{ met: false, text: 'Erwartet: 1 Gefunden: 0' }] },
  buttons: [
    { action: 'next', text: 'Weiter', enabled: false, primary: true }, { action: 'hint', text: 'Hinweis', enabled: true },
  ],
};

describe('the lesson page', () => {
  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`can be used by keyboard alone, theme ${theme}`, async () => {
      const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style, theme });
      await webview.post({ type: 'page', page });
      await webview.page.locator('h1', { hasText: 'L01' }).waitFor();
      assert.equal(await webview.page.locator('strong').textContent(), 'Node');
      assert.equal(await webview.page.locator('section script, main script').count(), 0);
      assert.equal(await webview.page.getByRole('status').textContent(), 'Sage voraus.');
      await webview.page.getByRole('radio', { name: 'Der Worker' }).focus();
      await webview.page.keyboard.press('Space');
      await webview.page.keyboard.press('Tab');
      await webview.page.keyboard.press('Enter');
      await webview.page.keyboard.press('Tab');
      await webview.page.keyboard.press('Enter');
      assert.deepEqual(await webview.posted(), [
        { type: 'ready' }, { type: 'answer', question: 'first', option: '1' }, { type: 'do', action: 'hint' },
      ]);
      assert.deepEqual(webview.problems(), []);
      await webview.close();
    });
  }

  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`is free of serious findings of axe in ${theme}, wide and narrow`, async () => {
      for (const width of [900, 280]) {
        const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style, theme, width });
        for (const shown of [listPage, gatedPage, donePage]) {
          await webview.post({ type: 'page', page: shown });
          await webview.page.locator(`h1:has-text("${shown.heading}")`).waitFor();
          assert.deepEqual(await seriousFindings(webview.page), [], `${shown.status || 'list'} at ${width} px`);
          assert.ok(await webview.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
        }
        assert.deepEqual(webview.problems(), []);
        await webview.close();
      }
    });
  }

  it('moves nothing, whether less motion is asked for or not', async () => {
    for (const reducedMotion of [true, false]) {
      const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style, reducedMotion });
      for (const shown of [listPage, gatedPage, donePage]) {
        await webview.post({ type: 'page', page: shown });
        await webview.page.locator(`h1:has-text("${shown.heading}")`).waitFor();
        assert.deepEqual(await movingParts(webview.page), []);
      }
      await webview.close();
    }
  });

  it('leaves the keyboard to whoever is at work elsewhere, and gives the place back', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style });
    await webview.post({ type: 'page', page: donePage });
    await webview.page.locator('#do-hint').focus();
    // The page stands in a frame of its own in VS Code; while the learner types elsewhere it has not got the focus.
    await webview.page.evaluate(() => Object.assign(document, { hasFocus: () => false }));
    await webview.post({ type: 'page', page: { ...donePage, text: 'Something else' } });
    await webview.page.locator('p', { hasText: 'Something else' }).waitFor();
    assert.equal(await webview.page.evaluate(() => document.activeElement?.id), '');
    await webview.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    assert.equal(await webview.page.evaluate(() => document.activeElement?.id), 'do-hint');
    await webview.post({ type: 'page', page: { ...donePage, subheading: 'Step 3 of 4' } });
    await webview.page.locator('h2', { hasText: 'Step 3 of 4' }).waitFor();
    await webview.page.evaluate(() => window.dispatchEvent(new Event('focus')));
    assert.equal(await webview.page.evaluate(() => document.activeElement?.tagName), 'H1');
    await webview.close();
  });

  it('keeps the focus when only a check changes', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style });
    await webview.post({ type: 'page', page });
    await webview.page.getByRole('button', { name: 'Hinweis' }).focus();
    const checks = { heading: 'Prüfung', rows: [{ met: true, text: 'Erwartet: 1' }] };
    await webview.post({ type: 'page', page: { ...page, checks } });
    await webview.page.locator('li.met').waitFor();
    assert.equal(await webview.page.evaluate(() => document.activeElement?.id), 'do-hint');
    await webview.close();
  });

  it('is narrow without losing anything', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', script, style });
    await webview.page.setViewportSize({ width: 240, height: 600 });
    await webview.post({ type: 'page', page });
    await webview.page.locator('h1').waitFor();
    assert.ok(await webview.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await webview.close();
  });
});
