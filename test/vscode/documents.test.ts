/** Describe and Show YAML in a real extension host: kubectl's output, read-only, and alive. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import { apply, clearSandbox, freshCluster, hurried, podsIn, remove, waitFor, workspaceFile } from './sandbox';

describe('documents of objects', () => {
  let api: KindergartenApi;
  before(async () => {
    await hurried();
    api = await freshCluster();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await clearSandbox();
  });

  /** Opens a document by command and waits until it is in front. */
  async function open(command: string, row: string, file: string): Promise<vscode.TextDocument> {
    await vscode.commands.executeCommand(command, row);
    return waitFor(`${file} is in front`, () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === 'kindergarten' && document.uri.path.endsWith(`/${file}`) && document;
    });
  }

  it('show a node as kubectl describes it', async () => {
    const document = await open('kindergarten.describe', 'node/kind-worker', 'kind-worker.describe');
    assert.equal(document.languageId, 'kindergarten-describe');
    assert.match(document.getText(), /^Name: +kind-worker\n/);
    assert.match(document.getText(), /\nEvents:/);
  });

  it('show a component through its pod, as YAML', async () => {
    const document = await open('kindergarten.showYaml', 'etcd@kind-control-plane', 'etcd-kind-control-plane.yaml');
    assert.equal(document.languageId, 'yaml');
    assert.match(document.getText(), /^apiVersion: v1\nkind: Pod\nmetadata:\n/);
    assert.match(document.getText(), /\n {2}name: etcd-kind-control-plane\n/);
    assert.doesNotMatch(document.getText(), /managedFields/);
  });

  it('cannot be written', async () => {
    const document = await open('kindergarten.showYaml', 'node/kind-worker', 'kind-worker.yaml');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x')).then(() => undefined, () => undefined);
    assert.match(document.getText(), /^apiVersion/);
  });

  it('follow their object until it is gone', async () => {
    await apply(workspaceFile('deployment.yaml'));
    const [pod] = await waitFor('there are pods', () => {
      const pods = podsIn(api.cluster(), 'default');
      return pods.length === 3 && pods;
    });
    assert.ok(pod);
    const document = await open('kindergarten.showYaml', `pod/default/${pod.name}`, `${pod.name}.yaml`);
    await waitFor('the document says Running', () => /\n {2}phase: Running\n/.test(document.getText()));
    await remove(workspaceFile('deployment.yaml'));
    await waitFor('the document says NotFound', () =>
      document.getText() === `# Error from server (NotFound): pods "${pod.name}" not found\n`);
  });
});
