/** The rig itself: VS Code comes up from npm packages, lists files, runs commands, and lets webviews be read. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

describe('the workbench', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({ workspace: join(root, 'test', 'ui', 'workspace'), theme: 'light' });
  });
  after(() => workbench?.close());

  it('shows the workspace and its context menus', async () => {
    const items = await workbench.explorerContextMenuItems('kind.yaml');
    assert.ok(items.includes('Copy Path'), items.join(', '));
  });

  it('has the extension installed and enabled', async () => {
    await workbench.runCommand('Extensions: Show Enabled Extensions');
    const list = workbench.page.locator('.extensions-list .monaco-list-row');
    await list.and(workbench.page.locator('[aria-label^="Kindergarten"]')).waitFor();
  });

  it('opens a file in a folder and chooses from its menu', async () => {
    await workbench.openFile('manifests/a.yaml');
    await workbench.explorerContextMenu('manifests/a.yaml', 'Select for Compare');
    assert.ok((await workbench.explorerContextMenuItems('kind.yaml')).includes('Compare with Selected'));
  });

  it('reads a webview and survives a reload', async () => {
    await workbench.openFile('notes.md');
    await workbench.runCommand('Markdown: Open Preview');
    const frame = await workbench.webviewFrame('Preview notes.md');
    await frame.locator('h1', { hasText: 'A place for tests' }).waitFor();
    await workbench.reload();
    const again = await workbench.webviewFrame('Preview notes.md');
    await again.locator('h1', { hasText: 'A place for tests' }).waitFor();
  });

  it('shows no notification uninvited', async () => {
    assert.deepEqual(await workbench.notifications(), []);
  });
});
