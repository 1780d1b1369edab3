/** The API server of a window: started by command, reached by a real kubectl, and gone without a trace when stopped. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { apply, clearSandbox, freshCluster, hurried, isReady, kindergarten, waitFor, writeFile } from './sandbox';

const run = promisify(execFile);

describe('the API server', () => {
  let kubeconfig: string;

  before(async () => {
    await hurried();
    await clearSandbox();
    await freshCluster();
    const api = await kindergarten();
    await waitFor('the cluster is ready', () => isReady(api.cluster(), 2));
  });

  after(clearSandbox);

  const kubectl = async (...args: string[]): Promise<string> => {
    const program = process.env['KINDERGARTEN_KUBECTL'];
    assert.ok(program, 'KINDERGARTEN_KUBECTL names no kubectl');
    return (await run(program, [...args, '--kubeconfig', kubeconfig])).stdout;
  };

  it('is not there before it is asked for', () => {
    assert.equal(vscode.window.terminals.some(({ name }) => name.startsWith('kubectl')), false);
  });

  it('starts on loopback, with a terminal that knows its kubeconfig', async () => {
    const url = await vscode.commands.executeCommand<string>('kindergarten.startApiServer');
    assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    const terminal = vscode.window.terminals.find(({ name }) => name === 'kubectl: kind');
    const { env } = terminal?.creationOptions as vscode.TerminalOptions;
    kubeconfig = String(env?.['KUBECONFIG']);
    assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
  });

  it('is one and the same when started again', async () => {
    const first = await vscode.commands.executeCommand<string>('kindergarten.startApiServer');
    assert.equal(await vscode.commands.executeCommand<string>('kindergarten.startApiServer'), first);
  });

  it('answers the real kubectl', async () => {
    assert.match(await kubectl('get', 'nodes'), /^NAME +STATUS +ROLES +AGE +VERSION\nkind-control-plane +Ready +control-plane /);
    assert.equal(await kubectl('create', 'configmap', 'made-outside', '--from-literal=a=b'), 'configmap/made-outside created\n');
  });

  it('shows in the cluster what kubectl has done', async () => {
    const api = await kindergarten();
    await kubectl('create', 'deployment', 'outside', '--image=nginx:1.27');
    await kubectl('wait', '--for=condition=available', 'deployment/outside', '--timeout=60s');
    await waitFor('the pod stands in the tree', () =>
      api.outline().some(({ label, description }) => label.startsWith('outside-') && description.startsWith('1/1 Running')));
  });

  it('goes on serving while another cluster is active', async () => {
    await apply(await writeFile('second.yaml', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: second\n'));
    const api = await kindergarten();
    await waitFor('the second cluster is active', () => api.cluster()?.name === 'second');
    assert.match(await kubectl('get', 'configmap', 'made-outside', '-o', 'jsonpath={.data.a}'), /^b$/);
  });

  it('stops, and takes its kubeconfig with it', async () => {
    await vscode.commands.executeCommand('kindergarten.switchCluster', 'kind');
    assert.equal(await vscode.commands.executeCommand<boolean>('kindergarten.stopApiServer'), true);
    assert.equal(existsSync(kubeconfig), false);
  });

  it('ends with its cluster', async () => {
    await vscode.commands.executeCommand('kindergarten.startApiServer');
    assert.equal(existsSync(kubeconfig), true);
    await clearSandbox();
    for (const startMs = Date.now(); existsSync(kubeconfig) && Date.now() - startMs < 5_000;) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(existsSync(kubeconfig), false);
  });
});
