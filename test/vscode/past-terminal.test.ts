/**
 * The terminal while the past is shown: what reads is answered from that moment, what writes is refused with the ways
 * out.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import { apply, clearSandbox, freshCluster, hurried, podsIn, waitFor, workspaceFile } from './sandbox';
import { openTerminal, type Screen } from './screen';

const run = <T>(command: string, ...args: unknown[]): Thenable<T> =>
  vscode.commands.executeCommand<T>(`kindergarten.${command}`, ...args);

describe('the terminal in the past', () => {
  let api: KindergartenApi;
  let terminal: vscode.Terminal;
  let screen: Screen;
  /** When the Deployment was not there yet. */
  let early = 0;

  /** What a line shows until the next prompt. */
  async function type(line: string): Promise<string> {
    screen.text = '';
    screen.type(`${line}; echo over\r`);
    await screen.shows(/\r\nover\r\n/);
    return screen.text;
  }

  before(async () => {
    await hurried();
    api = await freshCluster();
    early = api.cluster()?.revision ?? 0;
    await apply(workspaceFile('deployment.yaml'));
    await waitFor('the deployment runs', () => podsIn(api.cluster(), 'default').length === 3
      && podsIn(api.cluster(), 'default').every(({ health }) => health === 'ready'));
    ({ terminal, screen } = await openTerminal());
  });
  after(async () => {
    terminal.dispose();
    await clearSandbox();
  });

  it('shows what was there, and says of when that is', async () => {
    assert.match(await type('kubectl get deployments'), /web +3\/3/);
    assert.equal(await run('jumpToRevision', early), true);
    const shown = await type('kubectl get deployments');
    assert.match(shown, new RegExp(`As of revision ${early}, at \\d+:\\d\\d`));
    assert.match(shown, /No resources found in default namespace\./);
    assert.match(await type('docker exec kind-control-plane ps fxwwo pid,cmd'), /kube-apiserver/);
    assert.match(await type('etcdctl get /registry/deployments --prefix --keys-only'), /coredns/);
    assert.doesNotMatch(screen.text, /deployments\/default\/web/);
    assert.match(await type('kubectl logs -n kube-system kube-scheduler-kind-control-plane | wc -l'), /\r\n *\d+\r\n/);
  });

  it('refuses what would change it, and names the ways out; nothing has changed', async () => {
    const revision = api.cluster()?.revision;
    const refusal = /the past can be read and not changed\. To do this, choose "Return to Now" or "Branch from Here"\./;
    for (const line of ['kubectl delete node kind-worker', 'docker exec kind-worker systemctl stop kubelet',
      'etcdctl compact 5']) {
      assert.match(await type(line), refusal, line);
    }
    assert.equal(api.cluster()?.revision, revision);
    assert.equal(api.cluster()?.run.mode, 'paused');
  });

  it('gives up what waits for more to happen with Ctrl+C', async () => {
    screen.text = '';
    screen.type('kubectl get nodes -w\r');
    await screen.shows(/kind-worker +(Not)?Ready/);
    screen.type('\x03');
    assert.match(await type('echo on'), /\r\non\r\n/);
  });

  it('is in the present again when the window is', async () => {
    await run('returnToNow');
    const shown = await type('kubectl get deployments');
    assert.match(shown, /web +3\/3/);
    assert.doesNotMatch(shown, /As of revision/);
  });
});
