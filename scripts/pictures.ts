/**
 * Takes the README's pictures from the running product: `node scripts/run.mjs pictures`. A real workbench, the example
 * kind.yaml and deployment.yaml applied by their context menu, tree and diagram side by side, in a dark and a light theme.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { closeBrowser } from '../test/support/browser';
import { openWorkbench } from '../test/support/workbench';
import { root } from './paths';

const folder = join(root, 'media', 'readme');
const settings = { 'kindergarten.bootSpeed': 20, 'kindergarten.speed': 10 };

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await buildAll({ production: true });
  for (const theme of ['dark', 'light'] as const) {
    const workbench = await openWorkbench({ workspace: join(root, 'examples'), theme, width: 1400, height: 860, settings });
    await workbench.explorerContextMenu('kind.yaml', 'Apply to Sandbox');
    await workbench.runCommand('Kindergarten: Focus on Cluster View');
    await workbench.treeRow('Cluster', 'kind-worker').filter({ hasText: 'Ready' }).first().waitFor();
    await workbench.page.keyboard.press('Control+Shift+E');
    await workbench.explorerContextMenu('deployment.yaml', 'Apply to Sandbox');
    await workbench.runCommand('Kindergarten: Focus on Cluster View');
    await workbench.treeRow('Cluster', 'web-').filter({ hasText: 'Running' }).nth(2).waitFor();
    const diagram = await workbench.webviewFrame('Cluster Diagram');
    // Not in the middle of the first rush; the lines are still warm from it.
    await diagram.locator('.token').first().waitFor({ state: 'detached' });
    await workbench.screenshot(join(folder, `${theme}.png`));
    await workbench.close();
  }
  await closeBrowser();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
