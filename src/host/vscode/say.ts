/** The few ways to tell a user something: in answer to what they did, and only when the screen does not show it. */
import { commands, l10n, window } from 'vscode';

const briefMs = 6_000;

/** One line in the status bar that goes away by itself. */
export function sayBriefly(text: string): void {
  window.setStatusBarMessage(`Kindergarten: ${text}`, briefMs);
}

/** A refusal whose places are in the problems view. */
export function sayProblems(text: string): void {
  const show = l10n.t('Show Problems');
  void window.showErrorMessage(text, show).then((answer) => {
    if (answer === show) void commands.executeCommand('workbench.actions.view.problems');
  });
}

/** A refusal that has no place in a file. */
export function sayRefusal(text: string): void {
  void window.showErrorMessage(text);
}

/** The engine has found a mistake of its own. */
export function sayBroken(): void {
  sayRefusal(l10n.t(
    'The simulation has a mistake and stands still; reset the cluster to go on. The log has the details.',
  ));
}

/** Something worth knowing about what was just done. */
export function sayNote(text: string): void {
  void window.showInformationMessage(text);
}
