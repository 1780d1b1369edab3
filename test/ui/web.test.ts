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
