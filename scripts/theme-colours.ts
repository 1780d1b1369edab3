/**
 * Reads the colours and fonts that VS Code gives to webviews, theme by theme, out of a running workbench and writes
 * test/support/themes.json: `node scripts/run.mjs theme-colours`, whenever the tests move to a newer VS Code.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeBrowser } from '../test/support/browser';
import { openWorkbench } from '../test/support/workbench';
import { themeNames } from '../test/support/themes';
import type { Theme } from '../test/support/themes';
import { root } from './paths';

/** Of the 900 variables those of parts that no page of ours resembles are left out. */
const foreign = new RegExp(`^--vscode-(${[
  'activityBar', 'banner', 'breadcrumb', 'chat', 'commandCenter', 'comments', 'debug', 'diffEditor',
  'editorBracket', 'editorGroup', 'editorGutter', 'editorInlayHint', 'editorMarkerNavigation',
  'editorOverviewRuler', 'editorStickyScroll', 'editorSuggestWidget', 'extension', 'git', 'gauge', 'inlineChat',
  'inlineEdit', 'interactive', 'interpreter', 'keybinding', 'merge', 'minimap', 'multiDiff', 'notebook',
  'outputView', 'peekView', 'ports', 'profile', 'quickInput', 'radio', 'scm', 'searchEditor', 'settings',
  'simpleFind', 'statusBar', 'symbolIcon', 'terminalCommand', 'terminalStickyScroll', 'terminalSymbol', 'testing',
  'titleBar', 'walk', 'welcome',
].join('|')})`);

async function main(): Promise<void> {
  const themes: Record<string, Record<string, string>> = {};
  for (const theme of Object.keys(themeNames) as Theme[]) {
    const workbench = await openWorkbench({ workspace: join(root, 'test', 'ui', 'workspace'), theme });
    await workbench.openFile('notes.md');
    await workbench.runCommand('Markdown: Open Preview');
    const frame = await workbench.webviewFrame('Preview notes.md');
    const variables = await frame.locator('html').evaluate((html: HTMLElement) =>
      Array.from(html.style).filter((name) => name.startsWith('--vscode-'))
        .map((name): [string, string] => [name, html.style.getPropertyValue(name).trim()]));
    const kept = variables.filter(([name]) => !foreign.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    themes[theme] = Object.fromEntries(kept);
    console.log(`${theme}: ${kept.length} of ${variables.length}`);
    await workbench.close();
  }
  await closeBrowser();
  writeFileSync(join(root, 'test', 'support', 'themes.json'), `${JSON.stringify(themes, null, 1)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
