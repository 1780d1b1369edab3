/**
 * Takes pictures of the diagram's page to be looked at, of a real cluster in all views, levels, themes and widths:
 * `node scripts/run.mjs explorer-pictures [pattern]`. They go to out/pictures, which is not shipped. Each is named
 * `what-theme-width.png`; the pattern is a regular expression that those names have to match.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { closeBrowser, openWebviewPage } from '../test/support/browser';
import type { Theme } from '../test/support/themes';
import { explorerShots, lessonShots, scaleShots } from './explorer-shots';
import type { Shot } from './explorer-shots';
import { root } from './paths';

const folder = join(root, 'out', 'pictures');
const themes: readonly Theme[] = ['light', 'dark', 'hc-dark'];
const widths = [400, 900, 1400];

async function main(): Promise<void> {
  const pattern = new RegExp(process.argv[2] ?? '');
  mkdirSync(folder, { recursive: true });
  await buildAll({ production: true });
  const shots = [...explorerShots(), ...scaleShots(), ...lessonShots()];
  for (const theme of themes) for (const width of widths) for (const shot of shots) {
    const title = `${shot.name}-${theme}-${width}`;
    if (pattern.test(title)) await take(shot, title, theme, width);
  }
  await closeBrowser();
}

async function take(
  { state = {}, files, messages, ready, act }: Shot,
  title: string,
  theme: Theme,
  width: number,
): Promise<void> {
  const webview = await openWebviewPage({ body: '<div id="app"></div>', width, height: 900, theme, state, ...files });
  // German is the longer language, so the width between is shown in it.
  for (const message of messages(width === 900 ? 'de' : 'en')) await webview.post(message);
  await webview.page.locator(ready).first().waitFor();
  await act?.(webview);
  await webview.page.screenshot({ path: join(folder, `${title}.png`) });
  for (const problem of webview.problems()) console.error(`${title}: ${problem}`);
  await webview.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
