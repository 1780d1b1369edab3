/** What VS Code pays to load the extension's entry: its size, and the time of `require` in a fresh process. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const runs = 5;
const entry = resolve('dist/desktop.js');

/** A module `vscode` that hands out something callable for every name, since there is no VS Code here. */
const pretendedVsCode = `
const get = (_, name) => name === 'prototype' ? {} : anything();
const anything = () => new Proxy(class {}, { get, apply: anything });
module.exports = new Proxy({}, { get: () => anything() });
`;

const folder = mkdtempSync(join(tmpdir(), 'kindergarten-bench-'));
mkdirSync(join(folder, 'vscode'));
writeFileSync(join(folder, 'vscode', 'index.js'), pretendedVsCode);
const measure = `
  const start = performance.now();
  require(${JSON.stringify(entry)});
  console.log(performance.now() - start);
`;
const timesMs = Array.from({ length: runs }, () => {
  const env = { ...process.env, NODE_PATH: folder };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', measure], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}).sort((a, b) => a - b);
rmSync(folder, { recursive: true });

for (const file of ['dist/desktop.js', 'dist/engine.js', 'dist/web/extension.js', 'dist/webview/diagram.js']) {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size !== undefined) console.log(`${file.padEnd(32)} ${(size / 1024).toFixed(1).padStart(8)} KB`);
}
const medianMs = timesMs[Math.floor(runs / 2)] ?? NaN;
console.log(`loading the entry, median of ${runs}   ${medianMs.toFixed(1).padStart(8)} ms`);
