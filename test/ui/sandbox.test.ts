/**
 * The way of a user through the window: right-click kind.yaml, see the nodes come up, right-click a Deployment, see its
 * pods in tree and diagram, pause and step, change the cluster, reload the window.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

const tree = 'Cluster';
const focusTree = 'Kindergarten: Focus on Cluster View';

describe('the sandbox', () => {
  let workbench: Workbench;
  before(async () => {
    const settings = { 'kindergarten.bootSpeed': 20, 'kindergarten.speed': 10 };
    workbench = await openWorkbench({ workspace: join(root, 'examples'), settings });
  });
  after(() => workbench?.close());

  async function offers(file: string): Promise<boolean> {
    return (await workbench.explorerContextMenuItems(file)).includes('Apply to Sandbox');
  }

  /** A file is looked into a moment after it appears; opening its menu again is how a person would wait for that. */
  async function untilOffered(file: string): Promise<void> {
    for (const startMs = Date.now(); Date.now() - startMs < 10_000;) if (await offers(file)) return;
    assert.fail(`the menu of ${file} does not offer to apply it`);
  }

  /** The rows of the three pods of the Deployment. */
  async function webRows(): Promise<string[]> {
    await workbench.treeRow(tree, 'web-').nth(2).waitFor();
    return (await workbench.treeRows(tree)).filter((row) => row.startsWith('web-'));
  }

  async function webPods(): Promise<string[]> {
    return (await webRows()).map((row) => row.split(' ')[0] ?? '');
  }

  it('waits for its user: nothing is shown, the view says how to begin', async () => {
    assert.deepEqual(await workbench.notifications(), []);
    await workbench.runCommand(focusTree);
    const welcome = workbench.page.locator('.welcome-view-content');
    await welcome.getByRole('button', { name: 'New Cluster' }).waitFor();
    await welcome.getByText('Apply to Sandbox').waitFor();
  });

  it('offers its menu on Kubernetes and kind files and their folders, and on nothing else', async () => {
    for (const file of ['kind.yaml', 'deployment.yaml', 'manifests']) await untilOffered(file);
    assert.equal(await offers('README.md'), false);
    writeFileSync(join(workbench.folder, 'values.yaml'), 'replicas: 3\n');
    assert.equal(await offers('values.yaml'), false);
  });

  it('shows the nodes of a kind.yaml that is applied from the Explorer', async () => {
    await workbench.explorerContextMenu('kind.yaml', 'Apply to Sandbox');
    await workbench.treeRow(tree, 'kind-control-plane').filter({ hasText: 'Ready · 172.18.0.' }).waitFor();
    await workbench.treeRow(tree, 'kind-worker').filter({ hasText: 'Ready · 172.18.0.' }).waitFor();
    const rows = await workbench.treeRows(tree);
    assert.equal(rows[0], 'Control Plane 1');
    assert.ok(rows.includes('Workers 1'), rows.join('\n'));
    assert.ok(rows.some((row) => row.startsWith('kube-apiserver')), rows.join('\n'));
  });

  it('draws the same nodes in the diagram', async () => {
    const frame = await workbench.webviewFrame('Cluster Diagram');
    for (const box of ['node/kind-control-plane', 'node/kind-worker', 'kube-apiserver@kind-control-plane',
      'kubelet@kind-worker']) {
      await frame.locator(`[data-box="${box}"]`).first().waitFor();
    }
  });

  it('shows the pods of a Deployment with their addresses, in tree and diagram', async () => {
    await workbench.explorerContextMenu('deployment.yaml', 'Apply to Sandbox');
    await workbench.runCommand(focusTree);
    const pods = workbench.treeRow(tree, 'web-').filter({ hasText: /1\/1 Running · 10\.244\.1\.\d+/ });
    await pods.nth(2).waitFor();
    const names = await webPods();
    assert.equal(names.length, 3, names.join(' '));
    const frame = await workbench.webviewFrame('Cluster Diagram');
    for (const name of names) await frame.locator(`[data-box="pod/default/${name}"]`).first().waitFor();
  });

  it('mirrors the selection between tree and diagram', async () => {
    await workbench.runCommand(focusTree);
    const [name = '', other = ''] = await webPods();
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await workbench.treeRow(tree, name).click();
    await frame.locator(`[data-box="pod/default/${name}"][aria-pressed="true"]`).waitFor();
    await frame.locator(`[data-box="pod/default/${other}"]`).click();
    await workbench.treeRow(tree, other).and(workbench.page.locator('[aria-selected="true"]')).waitFor();
  });

  it('answers why a pod is here down to the line that was applied', async () => {
    const [name = ''] = await webPods();
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await frame.locator(`[data-box="pod/default/${name}"]`).click();
    await frame.getByRole('button', { name: 'Why?' }).click();
    await frame.getByText('replicas: 3').waitFor();
    await frame.getByRole('button', { name: /^deployment\.yaml, line \d+$/ }).click();
    await workbench.page.locator('.tab.active[data-resource-name="deployment.yaml"]').waitFor();
  });

  it('shows how a pod was placed and what etcd has of it, as tables', async () => {
    const [name = ''] = await webPods();
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await frame.locator(`[data-box="pod/default/${name}"]`).click();
    await frame.getByRole('button', { name: 'Scheduling' }).click();
    await frame.getByText('TaintToleration refused kind-control-plane: “node(s) had untolerated taint(s)”.').first().waitFor();
    await frame.getByRole('gridcell', { name: 'NodeResourcesFit has nothing against kind-worker.' }).click();
    await frame.locator('.chosen-cell').getByRole('button', { name: /^Show spec\.containers\[0\]\.resources\.requests/ }).click();
    await workbench.page.locator('.tab.active[data-resource-name="deployment.yaml"]').waitFor();
    await frame.locator('.view-bar .select').first().selectOption('etcd');
    for (const key of ['/registry/pods/', '/registry/pods/default/', `/registry/pods/default/${name}`]) {
      await frame.getByRole('button', { name: key, exact: true }).click();
    }
    await frame.getByText('kube-scheduler@kind-control-plane create pods/binding').waitFor();
    await frame.locator('.view-bar .select').first().selectOption('cluster');
    await frame.locator(`[data-box="pod/default/${name}"]`).first().waitFor();
  });

  it('tries out what the diagram offers, and mends it', async () => {
    const frame = await workbench.webviewFrame('Cluster Diagram');
    const choose = async (words: string): Promise<void> => {
      await frame.locator('[data-box="node/kind-worker"]').first().click({ position: { x: 30, y: 10 } });
      await frame.getByRole('button', { name: 'What if …' }).click();
      await frame.getByRole('button', { name: words, exact: true }).click();
    };
    const row = workbench.treeRow(tree, 'kind-worker');
    await choose('it is cordoned');
    await workbench.runCommand(focusTree);
    await row.filter({ hasText: 'Ready,SchedulingDisabled' }).waitFor();
    await choose('it is uncordoned');
    await row.filter({ hasNotText: 'SchedulingDisabled' }).waitFor();
  });

  it('saves the picture where the user says', async () => {
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await frame.getByRole('button', { name: 'Save as picture' }).click();
    await frame.getByRole('button', { name: 'Save…' }).click();
    const input = workbench.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await workbench.page.waitForFunction(() =>
      document.querySelector<HTMLInputElement>('.quick-input-widget input')?.value.endsWith('.svg') === true);
    const path = await input.inputValue();
    await input.press('Enter');
    await workbench.page.locator('.statusbar-item', { hasText: 'saved kind-' }).waitFor();
    assert.match(readFileSync(join(workbench.folder, path.slice(path.lastIndexOf('/') + 1)), 'utf8'), /^<svg [^]*kind-worker/);
  });

  it('opens Describe from the tree', async () => {
    await workbench.runCommand(focusTree);
    await workbench.treeRow(tree, 'kind-worker').click({ button: 'right' });
    await workbench.chooseFromMenu('Describe');
    await workbench.page.locator('.tab.active[data-resource-name="kind-worker.describe"]').waitFor();
    await workbench.page.locator('.view-line', { hasText: 'Name:' }).first().waitFor();
  });

  it('pauses, steps and goes on', async () => {
    const item = workbench.page.locator('[id$="kindergarten.status"]').first();
    await workbench.runCommand('Kindergarten: Pause');
    await item.filter({ hasText: 'paused' }).waitFor();
    const message = workbench.page.locator('.message', { hasText: 'Paused at' });
    await workbench.runCommand(focusTree);
    await message.first().waitFor();
    await workbench.runCommand('Kindergarten: Step');
    await item.filter({ hasText: 'paused' }).waitFor();
    await workbench.runCommand('Kindergarten: Resume');
    await item.filter({ hasText: 'real time' }).waitFor();
  });

  it('asks before it recreates a cluster, and does nothing when the answer is no', async () => {
    const file = join(workbench.folder, 'other-network.yaml');
    writeFileSync(file, 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  podSubnet: 10.99.0.0/16\n'
      + 'nodes:\n  - role: control-plane\n  - role: worker\n');
    await untilOffered('other-network.yaml');
    await workbench.explorerContextMenu('other-network.yaml', 'Apply to Sandbox');
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.filter({ hasText: '10.244.0.0/16 → 10.99.0.0/16' }).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await workbench.runCommand(focusTree);
    assert.equal((await webRows()).length, 3);
  });

  it('brings everything back after the window was reloaded', async () => {
    await workbench.runCommand(focusTree);
    const before = await webRows();
    await workbench.reload();
    await workbench.runCommand(focusTree);
    assert.equal(before.length, 3);
    for (const row of before) {
      const [name = '', ...description] = row.split(' ');
      await workbench.treeRow(tree, name).filter({ hasText: description.join(' ') }).waitFor();
    }
    const frame = await workbench.webviewFrame('Cluster Diagram');
    await frame.locator('[data-box="node/kind-worker"]').first().waitFor();
    await frame.locator(`[data-box="pod/default/${before[0]?.split(' ')[0]}"]`).first().waitFor();
  });

  it('says what is wrong with one message and shows where', async () => {
    writeFileSync(join(workbench.folder, 'broken.yaml'),
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: Bad\nspec:\n  containers: []\n');
    await untilOffered('broken.yaml');
    await workbench.explorerContextMenu('broken.yaml', 'Apply to Sandbox');
    const toast = workbench.page.locator('.notification-toast', { hasText: 'Nothing was applied: 2 problems' });
    await toast.waitFor();
    await toast.getByRole('button', { name: 'Show Problems' }).click();
    await workbench.page.locator('.markers-panel .monaco-list-row',
      { hasText: 'spec.containers: Required value' }).waitFor();
    assert.equal((await workbench.notifications()).length <= 1, true);
  });

  it('has thrown nothing into the window', () => assert.deepEqual(workbench.pageErrors(), []));
});
