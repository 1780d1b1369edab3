/** Looking back in a running VS Code: tree, documents and diagram show the same moment, and the way back loses nothing. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { apply, clearSandbox, freshCluster, hurried, kindergarten, podsIn, waitFor, workspaceFile } from './sandbox';

const run = <T>(command: string, ...args: unknown[]): Thenable<T> => vscode.commands.executeCommand<T>(`kindergarten.${command}`, ...args);

async function picture(): Promise<string> {
  const api = await kindergarten();
  const { run: _, ...view } = api.cluster() ?? assert.fail('there is a cluster');
  return JSON.stringify({ view, outline: api.outline() });
}

describe('looking back', () => {
  before(async () => {
    await hurried();
    await freshCluster();
    await apply(workspaceFile('deployment.yaml'));
    const api = await kindergarten();
    await waitFor('the deployment runs', () => podsIn(api.cluster(), 'default').length === 3
      && podsIn(api.cluster(), 'default').every(({ health }) => health === 'ready'));
  });
  after(clearSandbox);
  afterEach(() => run('returnToNow'));

  it('shows the identical picture after steps back and forward', async () => {
    await run('pause');
    for (let i = 0; i < 5; i += 1) assert.equal(await run('stepBack'), true);
    const before = await picture();
    for (let i = 0; i < 20; i += 1) assert.equal(await run('stepBack'), true);
    assert.notEqual(await picture(), before);
    for (let i = 0; i < 20; i += 1) assert.equal(await run('step'), true);
    assert.equal(await picture(), before);
  });

  it('jumps while the cluster runs, stands still there, and goes on from where it was', async () => {
    const api = await kindergarten();
    await run('resume');
    const { hops, revision } = api.cluster() ?? assert.fail();
    for (const wanted of [revision, 200, 300, 100, 250]) assert.equal(await run('jumpToRevision', wanted), true);
    assert.equal(api.cluster()?.revision, 250);
    assert.equal(podsIn(api.cluster(), 'default').length, 0);
    assert.equal(api.cluster()?.run.mode, 'paused');
    assert.equal(await run('returnToNow'), true);
    assert.ok((api.cluster()?.hops ?? 0) >= hops);
    assert.equal(podsIn(api.cluster(), 'default').length, 3);
    assert.notEqual(api.cluster()?.run.mode, 'paused', 'it ran before');
    const now = api.cluster()?.nowMs ?? 0;
    await waitFor('the clock goes on', () => (api.cluster()?.nowMs ?? 0) > now);
  });

  it('shows documents as they were, and says so', async () => {
    const ref = { apiVersion: 'v1', kind: 'Node', name: 'kind-worker' };
    const uri = vscode.Uri.from({
      scheme: 'kindergarten', path: '/kind/node/kind-worker.yaml', query: JSON.stringify({ cluster: 'kind', kind: 'yaml', ref }),
    });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.doesNotMatch(document.getText(), /^# As of/);
    const revision = ((await kindergarten()).cluster()?.revision ?? 0) - 5;
    await run('jumpToRevision', revision);
    const changed = (): boolean => document.getText().startsWith(`# As of revision ${revision}`);
    if (!changed()) await new Promise<void>((resolve) => {
      const listener = vscode.workspace.onDidChangeTextDocument(() => {
        if (!changed()) return;
        listener.dispose();
        resolve();
      });
    });
    assert.match(document.getText(), /name: kind-worker/);
  });

  it('bears the panel being opened and closed during steps', async () => {
    await run('pause');
    await run('openDiagram');
    const steps = [run('step'), run('stepBack'), run('stepBack')];
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await Promise.all([...steps, run('step'), run('jumpToRevision', 300), run('step')]);
    await run('returnToNow');
    const api = await kindergarten();
    assert.equal(podsIn(api.cluster(), 'default').length, 3);
  });

  it('runs to a breakpoint, in the past and at present', async () => {
    const api = await kindergarten();
    await run('jumpToRevision', 100);
    assert.equal(await run('runToBreakpoint', { verb: 'create', resource: 'pods/binding' }), true);
    const { hops = 0 } = api.cluster() ?? {};
    await run('returnToNow');
    assert.ok(hops < (api.cluster()?.hops ?? 0));
    assert.equal(await run('runToBreakpoint', { component: 'kubelet@kind-worker', resource: 'leases.coordination.k8s.io' }), true);
    assert.equal(api.cluster()?.run.mode, 'paused');
  });

  it('branches: the cluster goes on from the moment that was shown', async () => {
    const api = await kindergarten();
    await run('jumpToRevision', 420);
    const before = await picture();
    assert.equal(await run('branchHere', { confirmed: true }), true);
    assert.equal(await picture(), before);
    assert.equal(await run('branchHere', { confirmed: true }), false, 'it is the present now');
    await run('resume');
    const { hops = 0 } = api.cluster() ?? {};
    await waitFor('the run goes on', () => (api.cluster()?.hops ?? 0) > hops);
    await apply(workspaceFile('deployment.yaml'));
    await waitFor('what was applied later can be applied again', () => podsIn(api.cluster(), 'default').length === 3);
  });
});
