/** The stand-in for VS Code around a webview page: theme, messages and policy behave as there. */
import assert from 'node:assert/strict';
import { openWebviewPage } from '../support/browser';

// A page of our own, because these are tests of the stand-in and not of the diagram.
const script = 'test/webview/echo.js';
const style = 'test/webview/echo.css';

describe('the stand-in for VS Code around a page', () => {
  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`paints the theme ${theme} and passes messages both ways`, async () => {
      const webview = await openWebviewPage({ body: '<main></main>', script, style, theme, state: { zoom: 2 } });
      await webview.post({ say: 'hello' });
      await webview.page.locator('main', { hasText: 'hello' }).waitFor();
      const expected = [{ type: 'ready', state: { zoom: 2 } }, { type: 'heard', say: 'hello' }];
      assert.deepEqual(await webview.posted(), expected);
      const kind = await webview.page.locator('body').getAttribute('data-vscode-theme-kind');
      assert.match(String(kind), theme.startsWith('hc') ? /high-contrast/ : new RegExp(theme));
      assert.deepEqual(webview.problems(), []);
      await webview.close();
    });
  }

  it('refuses inline styles and scripts, as the policy of the page does', async () => {
    const webview = await openWebviewPage({ body: '<main style="color: red"></main>', script, style });
    await webview.page.locator('main').waitFor({ state: 'attached' });
    assert.match(webview.problems().join('\n'), /Content Security Policy/);
    await webview.close();
  });
});
