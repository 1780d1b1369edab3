/** What package.json promises, a running VS Code has: every declared command is registered after activation. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('declared commands', () => {
  it('are all registered', async () => {
    const extension = vscode.extensions.getExtension('kindergarten.kindergarten');
    assert.ok(extension);
    await extension.activate();
    const { contributes } = extension.packageJSON as { contributes?: { commands?: { command: string }[] } };
    const registered = new Set(await vscode.commands.getCommands(true));
    const declared = (contributes?.commands ?? []).map(({ command }) => command);
    const missing = declared.filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  });
});
