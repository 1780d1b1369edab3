/** A sandbox terminal inside VS Code: keys go in, and what it shows comes out. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from './sandbox';

/** What the pseudo-terminal of an extension's terminal shows, without colours and drawing. */
export class Screen {
  text = '';
  private readonly pty: vscode.Pseudoterminal;

  constructor(terminal: vscode.Terminal) {
    const options = terminal.creationOptions;
    assert.ok('pty' in options, 'the terminal has no pseudo-terminal');
    this.pty = options.pty;
    this.pty.onDidWrite((text) => void (this.text += text.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '')));
  }

  type(keys: string): void {
    this.pty.handleInput?.(keys);
  }

  async shows(expected: RegExp): Promise<void> {
    await waitFor(`the terminal shows ${String(expected)}; it shows:\n${this.text}`, () => expected.test(this.text));
  }
}

/** Opens a terminal by the command. */
export async function openTerminal(): Promise<{ readonly terminal: vscode.Terminal; readonly screen: Screen }> {
  const opened = new Promise<vscode.Terminal>((resolve) => {
    const listening = vscode.window.onDidOpenTerminal((each) => {
      listening.dispose();
      resolve(each);
    });
  });
  await vscode.commands.executeCommand('kindergarten.newTerminal');
  const terminal = await opened;
  return { terminal, screen: new Screen(terminal) };
}
