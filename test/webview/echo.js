// A page that repeats what it is told; see page.test.ts.
const vscode = window.acquireVsCodeApi();
window.addEventListener('message', ({ data }) => {
  document.querySelector('main').textContent = data.say;
  vscode.postMessage({ type: 'heard', say: data.say });
});
vscode.postMessage({ type: 'ready', state: vscode.getState() });
