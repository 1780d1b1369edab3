/** The extension in a real extension host: it is there, it activates, and it is quick about it. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('finds the extension and activates it', async () => {
    const extension = vscode.extensions.getExtension('kindergarten.kindergarten');
    assert.ok(extension, 'the extension is not among the loaded ones');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('runs on a workspace whose files can be listed and found', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder, 'no workspace folder is open');
    const names = (await vscode.workspace.fs.readDirectory(folder.uri)).map(([name]) => name);
    assert.ok(names.includes('kind.yaml'), `no kind.yaml among ${names.join(', ')}`);
    const found = await vscode.workspace.findFiles('**/kind.yaml');
    assert.ok(found.length > 0, 'the search for kind.yaml finds nothing');
  });
});
