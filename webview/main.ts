/**
 * The entry of the diagram's page.
 *
 * The host writes the page; this script expects of it
 *
 *   <!doctype html>
 *   <html lang="en">                                      the language until the first snapshot names it
 *     <head>
 *       <meta charset="utf-8">
 *       <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: ${cspSource};
 *         style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'">
 *       <link rel="stylesheet" href="dist/webview/diagram.css">
 *     </head>
 *     <body>
 *       <div id="app"></div>
 *       <script nonce="${nonce}" src="dist/webview/diagram.js"></script>
 *     </body>
 *   </html>
 *
 * with both addresses made by `webview.asWebviewUri`. It posts `{ type: 'ready' }` once it listens; the host answers with
 * a snapshot. Everything else is in src/protocol/messages.ts.
 */
import type { PanelToHost } from '../src/protocol/messages';
import { App } from './app';
import { registerControls } from './controls';
import { readMessage, readState } from './messages';

interface VsCode {
  postMessage(message: PanelToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCode;

const root = document.getElementById('app');
if (root) {
  registerControls();
  const vscode = acquireVsCodeApi();
  const app = new App(root, {
    post: (message) => vscode.postMessage(message),
    save: (state) => vscode.setState(state),
  }, readState(vscode.getState()));
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = readMessage(data);
    if (message) app.receive(message);
  });
  vscode.postMessage({ type: 'ready' });
}
