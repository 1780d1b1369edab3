/** The sandbox terminal inside VS Code: the profile exists, and a terminal takes keys and shows what its commands print. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hurried, kindergarten } from './sandbox';
import { openTerminal, type Screen } from './screen';

describe('the sandbox terminal', () => {
  let screen: Screen;
  let terminal: vscode.Terminal;

  before(async () => {
    await kindergarten();
    await hurried();
    await vscode.commands.executeCommand('kindergarten.deleteCluster', { confirmed: true });
    ({ terminal, screen } = await openTerminal());
  });

  after(() => terminal.dispose());

  it('creates a cluster as kind does', async () => {
    screen.type('kind create cluster --name term\r');
    await screen.shows(/ ✓ Installing StorageClass 💾\r\n[^]*Have a nice day! 👋/);
    const api = await kindergarten();
    assert.equal(api.cluster()?.name, 'term');
  });

  it('edits the line and runs kubectl', async () => {
    screen.text = '';
    screen.type('kubectl get nodez\x7fs\r');
    await screen.shows(/term-control-plane +(Not)?Ready +control-plane +\S+ +v1\.36\.1\r\n/);
  });

  it('recalls and completes', async () => {
    screen.text = '';
    screen.type('\x1b[A\r');
    await screen.shows(/VERSION[^]*term-control-plane/);
    screen.text = '';
    screen.type('kubectl config curr\t\r');
    await screen.shows(/kind-term\r\n/);
  });

  it('gives a watch up with Ctrl+C', async () => {
    screen.text = '';
    screen.type('kubectl get pods -A -w\r');
    await screen.shows(/kube-scheduler-term-control-plane/);
    screen.type('\x03');
    screen.type('echo over\r');
    await screen.shows(/\^C[^]*\r\nover\r\n/);
  });

  it('opens a shell on a node that takes keys itself', async () => {
    screen.text = '';
    screen.type('docker exec -it term-control-plane bash\r');
    await screen.shows(/# $/);
    screen.type('crictl pods | head -1\r');
    await screen.shows(/POD ID +CREATED +STATE +NAME/);
    screen.type('exit\r');
    await screen.shows(/exit\r\n[^]*\$ $/);
    screen.type('echo back\r');
    await screen.shows(/\r\nback\r\n/);
  });

  it('is a profile of its own', async () => {
    const { contributes } = vscode.extensions.getExtension('kindergarten.kindergarten')?.packageJSON as
      { contributes: { terminal: { profiles: { id: string }[] } } };
    assert.deepEqual(contributes.terminal.profiles.map(({ id }) => id), ['kindergarten.terminal']);
  });

  it('deletes the cluster as kind does', async () => {
    screen.text = '';
    screen.type('kind delete cluster --name term\r');
    await screen.shows(/Deleted nodes: \["term-control-plane"\]/);
    const api = await kindergarten();
    assert.equal(api.cluster(), undefined);
  });
});
