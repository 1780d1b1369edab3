/**
 * What if, in a running VS Code: from the command, with what follows seen in the tree, and mended; and where a pod was
 * written.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { NodeView } from '../../src/protocol/view';
import {
  apply, clearSandbox, configure, freshCluster, hurried, kindergarten, podsIn, waitFor, workspaceFile, writeFile,
} from './sandbox';

const run = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(`kindergarten.${command}`, ...args);
const tryOut = (action: string, box: string): Thenable<boolean> => run('whatIf', { action, box });

describe('what if', () => {
  let node: () => NodeView | undefined;
  before(async () => {
    await hurried();
    const api = await freshCluster();
    node = () => api.cluster()?.nodes.find(({ name }) => name === 'kind-worker');
  });
  after(clearSandbox);

  it('a disk is full: the node gets the taint, until the disk is free again', async () => {
    const taint = 'node.kubernetes.io/disk-pressure:NoSchedule';
    assert.equal(await tryOut('fillDisk', 'node/kind-worker'), true);
    await waitFor('the taint', () => node()?.taints.includes(taint));
    assert.equal(node()?.diskFull, true);
    assert.equal(await tryOut('fillDisk', 'node/kind-worker'), false, 'it is full already');
    assert.equal(await tryOut('freeDisk', 'node/kind-worker'), true);
    // The kubelet keeps the condition for five minutes.
    await configure({ speed: 300 });
    await waitFor('the taint is gone', () => node()?.taints.includes(taint) === false);
    await hurried();
  });

  it('a message is lost: the kubelet tries again', async () => {
    const api = await kindergarten();
    const given = { box: 'kubelet@kind-worker', action: 'dropMessage', other: 'kube-apiserver@kind-control-plane' };
    assert.equal(await run('whatIf', given), true);
    const lost = await run<boolean>('runToBreakpoint', { component: 'kubelet@kind-worker', verb: 'drop' });
    assert.equal(lost, true);
    assert.equal(api.cluster()?.run.mode, 'paused');
    await run('resume');
    await waitFor('the node is still Ready', () => node()?.health === 'ready');
  });

  it('the power fails and comes back', async () => {
    assert.equal(await tryOut('powerOff', 'node/kind-worker'), true);
    await waitFor('the node is not ready', () => node()?.health !== 'ready');
    assert.equal(await tryOut('kill', 'kubelet@kind-worker'), false, 'there is nothing to kill');
    assert.equal(await tryOut('powerOn', 'node/kind-worker'), true);
    await waitFor('the node is ready again', () => node()?.health === 'ready');
  });

  it('systemd stops the kubelet, and starts it', async () => {
    const isRunning = (): boolean | undefined => node()?.components.find(({ kind }) => kind === 'kubelet')?.running;
    assert.equal(await tryOut('stopUnit', 'kubelet@kind-worker'), true);
    await waitFor('it has stopped', () => isRunning() === false);
    assert.equal(await tryOut('startUnit', 'kubelet@kind-worker'), true);
    await waitFor('it runs', isRunning);
  });

  it('refuses what is not there, and what is not possible', async () => {
    const cases = [
      ['kill', 'kubelet@nowhere'], ['powerOn', 'node/kind-worker'], ['fillDatabase', 'kubelet@kind-worker'],
    ] as const;
    for (const [action, box] of cases) {
      assert.equal(await tryOut(action, box), false, `${action} ${box}`);
    }
  });

  it('leads from a pod to the line that was applied', async () => {
    const bytes = await vscode.workspace.fs.readFile(workspaceFile('deployment.yaml'));
    const text = `# first\n---\n${new TextDecoder().decode(bytes)}`;
    const uri = await writeFile('written.yaml', text);
    await apply(uri);
    const api = await kindergarten();
    const pods = (): ReturnType<typeof podsIn> => podsIn(api.cluster(), 'default');
    const [pod] = await waitFor('pods', () => pods().length === 3 && pods());
    assert.equal(await run('goToManifest', `pod/default/${pod?.name}`), true);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), uri.toString());
    assert.equal(editor?.document.lineAt(editor.selection.active.line).text.trim(), 'replicas: 3');
    // A cell of the scheduler's table leads to the field on which its plugin decides.
    assert.equal(await run('goToManifest', `pod/default/${pod?.name}`, 'spec.containers[0].image'), true);
    const field = vscode.window.activeTextEditor;
    assert.equal(field?.document.uri.toString(), uri.toString());
    assert.match(field?.document.getText(field.selection) ?? '', /^nginx/);
    assert.equal(await run('goToManifest', `pod/default/${pod?.name}`, 'spec.tolerations'), true, 'a default stands in the pod');
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'kindergarten');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const dns = podsIn(api.cluster(), 'kube-system').find(({ name }) => name.startsWith('coredns'));
    assert.equal(await run('goToManifest', `pod/kube-system/${dns?.name}`), false);
  });
});
