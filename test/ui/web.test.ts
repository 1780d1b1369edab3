/** The same extension in a browser's extension host, as on vscode.dev: a web worker without Node. */
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

describe('the sandbox in a web worker', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({
      workspace: join(root, 'examples'),
      settings: { 'remote.extensionKind': { 'kindergarten.kindergarten': ['web'] }, 'kindergarten.bootSpeed': 0,
        'kindergarten.speed': 10 },
    });
  });
  after(() => workbench?.close());

  it('runs there, and not in the server', async () => {
    await workbench.runCommand('Developer: Show Running Extensions');
    const entry = workbench.page.locator('.monaco-list-row', { hasText: 'Kindergarten' });
    await entry.filter({ hasText: 'web worker' }).waitFor();
    await workbench.runCommand('View: Close Editor');
  });

  it('boots a cluster and runs a Deployment', async () => {
    await workbench.explorerContextMenu('kind.yaml', 'Apply to Sandbox');
    // A group that VS Code draws for the first time during a refresh may come up closed.
    await workbench.treeRow('Cluster', 'Workers').waitFor();
    const closed = workbench.page.locator('.monaco-list-row[aria-expanded="false"]', { hasText: 'Workers' });
    const ready = workbench.treeRow('Cluster', 'kind-worker').filter({ hasText: 'Ready ·' });
    for (let look = 0; look < 20 && !(await ready.isVisible()); look += 1) {
      if (await closed.isVisible()) await closed.locator('.monaco-tl-twistie').click();
      await ready.waitFor({ timeout: 1_000 }).catch(() => undefined);
    }
    await workbench.treeRow('Cluster', 'kind-worker').filter({ hasText: 'Ready ·' }).waitFor();
    await workbench.explorerContextMenu('deployment.yaml', 'Apply to Sandbox');
    await workbench.runCommand('Kindergarten: Focus on Cluster View');
    await workbench.treeRow('Cluster', 'web-').filter({ hasText: '1/1 Running' }).nth(2).waitFor();
  });

  it('draws it', async () => {
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await frame.locator('[data-box^="pod/default/web-"]').nth(2).waitFor();
  });
});
