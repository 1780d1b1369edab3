/** Apply to Sandbox in a real extension host: kind.yaml, manifests, editing both, and deleting again. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Result } from '../../src/host/vscode/commands/result';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import {
  apply, clearSandbox, configure, freshCluster, hurried, isReady, kindergarten, podsIn, remove, waitFor, workspaceFile,
  writeFile,
} from './sandbox';

describe('applying', () => {
  let api: KindergartenApi;
  before(async () => {
    await hurried();
    await clearSandbox();
    api = await kindergarten();
  });
  after(clearSandbox);

  it('of the example kind.yaml makes a cluster, whose nodes stand in the tree', async () => {
    assert.deepEqual(await apply(workspaceFile('kind.yaml')), { status: 'done', outcomes: [] });
    await waitFor('both nodes and all pods are ready', () => isReady(api.cluster(), 2));
    const rows = api.outline();
    assert.deepEqual(rows.filter(({ depth }) => depth < 2).map(({ id }) => id),
      ['group/controlPlane', 'node/kind-control-plane', 'group/workers', 'node/kind-worker']);
    assert.match(rows.find(({ id }) => id === 'node/kind-worker')?.description ?? '', /^Ready · 172\.18\.0\.\d+$/);
    assert.ok(rows.some(({ id }) => id === 'kube-apiserver@kind-control-plane'));
    assert.ok(rows.some(({ id }) => id === 'container/kube-system/etcd-kind-control-plane/etcd'));
    assert.equal(podsIn(api.cluster(), 'kube-system').length + podsIn(api.cluster(), 'local-path-storage').length, 11);
  });

  it('of the same kind.yaml again changes nothing', async () => {
    const before = api.outline();
    assert.equal((await apply(workspaceFile('kind.yaml'))).status, 'done');
    assert.deepEqual(api.outline().map(({ id }) => id), before.map(({ id }) => id));
  });

  it('of a Deployment of three brings three running pods with addresses on the worker', async () => {
    const { status, outcomes } = await apply(workspaceFile('deployment.yaml'));
    assert.equal(status, 'done');
    assert.deepEqual(outcomes.map(({ text }) => text), ['deployment.apps/web created']);
    const pods = await waitFor('three pods are ready', () => {
      const found = podsIn(api.cluster(), 'default');
      return found.length === 3 && found.every((pod) => pod.health === 'ready') && found;
    });
    assert.deepEqual(pods.map(({ node, status: state }) => [node, state]), Array(3).fill(['kind-worker', 'Running']));
    assert.equal(new Set(pods.map(({ ip }) => ip)).size, 3);
    assert.ok(pods.every(({ ip }) => ip?.startsWith('10.244.1.')), JSON.stringify(pods.map(({ ip }) => ip)));
    const rows = api.outline().filter(({ id }) => id.startsWith('pod/default/'));
    assert.deepEqual(rows.map(({ description }) => description), pods.map(({ ip }) => `1/1 Running · ${ip}`));
  });

  it('of an unchanged file says so', async () => {
    const { outcomes } = await apply(workspaceFile('deployment.yaml'));
    assert.deepEqual(outcomes.map(({ text }) => text), ['deployment.apps/web unchanged']);
  });

  it('of a kind.yaml with one more worker adds one node and moves nothing', async () => {
    const place = (): string[] =>
      podsIn(api.cluster(), 'default').map(({ uid, node, ip }) => `${uid} ${node} ${ip}`).sort();
    const before = place();
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceFile('kind.yaml')));
    const edited = await writeFile('edited-kind.yaml', `${text}  - role: worker\n`);
    assert.equal((await apply(edited)).status, 'done');
    await waitFor('the third node is ready', () => isReady(api.cluster(), 3));
    assert.deepEqual(api.cluster()?.nodes.map(({ name }) => name),
      ['kind-control-plane', 'kind-worker', 'kind-worker2']);
    assert.deepEqual(place(), before);
    assert.equal((await apply(workspaceFile('kind.yaml'))).status, 'done');
    await waitFor('the third node is gone', () => api.cluster()?.nodes.length === 2);
    assert.deepEqual(place(), before);
  });

  it('takes the unsaved text of an editor', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceFile('deployment.yaml'));
    const editor = await vscode.window.showTextDocument(document);
    const at = document.getText().indexOf('replicas: 3');
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(document.positionAt(at), document.positionAt(at + 'replicas: 3'.length)),
        'replicas: 4');
    });
    assert.ok(document.isDirty);
    const { outcomes } = await vscode.commands.executeCommand<Result>('kindergarten.apply');
    assert.deepEqual(outcomes.map(({ text }) => text), ['deployment.apps/web configured']);
    await waitFor('there are four pods', () => podsIn(api.cluster(), 'default').length === 4);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('takes the selection alone', async () => {
    const uri = await writeFile('two.yaml', [
      'apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: first', '---',
      'apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: second', '',
    ].join('\n'));
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    editor.selection = new vscode.Selection(5, 0, 9, 0);
    const { outcomes } = await vscode.commands.executeCommand<Result>('kindergarten.applySelection');
    assert.deepEqual(outcomes.map(({ text }) => text), ['configmap/second created']);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('takes several files, and a folder without what is no manifest', async () => {
    await writeFile('folder/b/second.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: in-folder-2\n');
    await writeFile('folder/a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: in-folder-1\n');
    await writeFile('folder/values.yaml', 'replicas: 3\n');
    const folder = await apply(workspaceFile('folder'));
    assert.deepEqual(folder.outcomes.map(({ text }) => text),
      ['configmap/in-folder-1 created', 'configmap/in-folder-2 created']);
    const files = await apply(workspaceFile('folder/a.yaml'), workspaceFile('service.yaml'));
    assert.deepEqual(files.outcomes.map(({ outcome }) => outcome), ['unchanged', 'created']);
  });

  it('is undone by Delete from Sandbox, in kubectl\'s words', async () => {
    const { status, outcomes } = await remove(workspaceFile('deployment.yaml'));
    assert.equal(status, 'done');
    assert.deepEqual(outcomes.map(({ text }) => text), ['deployment.apps "web" deleted from default namespace']);
    await waitFor('no pod is left', () => podsIn(api.cluster(), 'default').length === 0);
  });

  it('of nothing that exists to delete gives kubectl\'s NotFound', async () => {
    const { status, outcomes } = await remove(workspaceFile('deployment.yaml'));
    assert.equal(status, 'failed');
    assert.deepEqual(outcomes.map(({ text }) => text),
      ['Error from server (NotFound): deployments.apps "web" not found']);
  });
});

describe('a paused cluster', () => {
  let api: KindergartenApi;
  before(async () => {
    await hurried();
    api = await freshCluster();
  });
  after(clearSandbox);

  it('takes what is applied as an input, and does it when it runs again', async () => {
    await vscode.commands.executeCommand('kindergarten.pause');
    assert.equal(api.cluster()?.run.mode, 'paused');
    const { status } = await apply(workspaceFile('deployment.yaml'));
    assert.equal(status, 'accepted');
    const moment = api.cluster()?.nowMs;
    assert.equal(podsIn(api.cluster(), 'default').length, 0);
    const hops = api.cluster()?.hops ?? 0;
    await vscode.commands.executeCommand('kindergarten.step');
    assert.equal(api.cluster()?.run.mode, 'paused');
    assert.ok((api.cluster()?.hops ?? 0) > hops, 'a step is at least one hop');
    assert.ok((api.cluster()?.nowMs ?? 0) - (moment ?? 0) < 1_000, 'a step is no run');
    await vscode.commands.executeCommand('kindergarten.resume');
    await waitFor('three pods are ready', () =>
      podsIn(api.cluster(), 'default').filter((pod) => pod.health === 'ready').length === 3);
  });
});

describe('several clusters', () => {
  let api: KindergartenApi;
  before(async () => {
    await configure({ bootSpeed: 0, speed: 30 });
    api = await freshCluster();
  });
  after(clearSandbox);

  it('live side by side; the one that is not active stands still', async () => {
    const before = api.cluster()?.nowMs ?? 0;
    const other = await writeFile('other.yaml', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: other\n');
    await apply(other);
    await waitFor('the other cluster is up', () => api.cluster()?.name === 'other' && isReady(api.cluster(), 1));
    assert.equal(api.outline().some(({ id }) => id === 'node/kind-worker'), false);
    await vscode.commands.executeCommand('kindergarten.switchCluster', 'kind');
    assert.equal(api.cluster()?.name, 'kind');
    assert.ok((api.cluster()?.nowMs ?? 0) - before < 5_000, `${api.cluster()?.nowMs} ms after ${before} ms`);
    assert.ok(api.outline().some(({ id }) => id === 'node/kind-worker'));
  });
});
