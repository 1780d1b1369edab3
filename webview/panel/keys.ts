/** The keys of the panel: they work wherever the focus is, except where they are typed or press a button. */

/** What a key does; false where it has nothing to do, so that the key stays the page's own. */
export type KeyAction = (event: KeyboardEvent) => boolean | void;

/** Listens for keys by their names (KeyboardEvent.key). Keys with Ctrl, Alt or the command key are VS Code's. */
export function listenForKeys(actions: Readonly<Record<string, KeyAction>>): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as Element;
    if (target.closest('select, input, dialog')) return;
    if (event.key === ' ' && target.closest('vscode-button, vscode-checkbox, button') !== null) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (action && action(event) !== false) event.preventDefault();
  });
}
