/**
 * Takes the pictures of the README and of the walkthrough from the running product: `node scripts/run.mjs pictures`. A
 * real workbench, the example kind.yaml and deployment.yaml applied by their context menu, in a dark and a light theme.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { closeBrowser } from '../test/support/browser';
import { Explorer } from '../test/support/explorer';
import { menuItems } from '../test/support/palette';
import { openWorkbench, type Workbench } from '../test/support/workbench';
import { root } from './paths';

type Clip = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

const size = { width: 1400, height: 860 };
const settings = { 'kindergarten.bootSpeed': 20, 'kindergarten.speed': 10 };
/** What the walkthrough shows of the window. */
const clips = {
  menu: { x: 48, y: 40, width: 560, height: 400 },
  tree: { x: 48, y: 40, width: 300, height: 520 },
  diagram: { x: 349, y: 70, width: 1051, height: 600 },
  time: { x: 349, y: 712, width: 700, height: 126 },
  lesson: { x: 48, y: 40, width: 300, height: 600 },
} as const;

async function main(): Promise<void> {
  for (const folder of ['readme', 'walkthrough']) mkdirSync(join(root, 'media', folder), { recursive: true });
  await buildAll({ production: true });
  for (const theme of ['dark', 'light'] as const) {
    const workbench = await openWorkbench({ workspace: join(root, 'examples'), theme, ...size, settings });
    await takeAll(workbench, theme);
    await workbench.close();
  }
  await closeBrowser();
}

async function takeAll(workbench: Workbench, theme: string): Promise<void> {
  const { page } = workbench;
  const take = (name: keyof typeof clips, file: string = name): Promise<unknown> => {
    const clip: Clip = clips[name];
    const path = join(root, 'media', 'walkthrough', `${file}-${theme}.png`);
    return page.screenshot({ path, clip, animations: 'disabled' });
  };
  await takeMenu(workbench, 'kind.yaml', () => take('menu', 'cluster'));
  await workbench.explorerContextMenu('kind.yaml', 'Apply to Sandbox');
  await workbench.runCommand('Kindergarten: Focus on Cluster View');
  await workbench.treeRow('Cluster', 'kind-worker').filter({ hasText: 'Ready' }).first().waitFor();
  await takeMenu(workbench, 'deployment.yaml', () => take('menu', 'apply'));
  await workbench.explorerContextMenu('deployment.yaml', 'Apply to Sandbox');
  await workbench.runCommand('Kindergarten: Focus on Cluster View');
  await workbench.treeRow('Cluster', 'web-').filter({ hasText: 'Running' }).nth(2).waitFor();
  const diagram = await workbench.webviewFrame('Cluster Diagram');
  // Not in the middle of the first rush; the lines are still warm from it.
  await diagram.locator('.token').first().waitFor({ state: 'detached' });
  await workbench.screenshot(join(root, 'media', 'readme', `${theme}.png`));
  for (const name of ['tree', 'diagram', 'time'] as const) await take(name);
  await workbench.runCommand('Kindergarten: Lessons');
  const lessons = await workbench.webviewFrame('Lessons');
  await lessons.locator('button').first().waitFor();
  await take('lesson', 'lessons');
}

/** Takes a picture while the context menu of a file is open with our item chosen. */
async function takeMenu({ page, folder }: Workbench, file: string, take: () => Promise<unknown>): Promise<void> {
  const row = await new Explorer(page, folder).reveal(file);
  await row.click({ button: 'right' });
  await menuItems(page).filter({ hasText: 'Apply to Sandbox' }).hover();
  await take();
  await page.keyboard.press('Escape');
  await menuItems(page).first().waitFor({ state: 'hidden' });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
