/** What is shipped: only what belongs into the package, small, and without a warning of the packager. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { manifest } from './manifest';

const kilobyte = 1024;
const limits = { entryBytes: 400 * kilobyte, packageBytes: 2560 * kilobyte, files: 60 };

/** Everything that may be in the package. Whoever ships more says so here. */
const allowed = [
  /^package\.json$/, /^package\.nls(?:\.de)?\.json$/, /^LICENSE$/, /^README\.md$/, /^CHANGELOG\.md$/,
  /^dist\/(?:desktop|engine|endpoint|cli|worker|web\/extension|web\/worker)\.js$/, /^dist\/webview\/[\w-]+\.(?:js|css)$/,
  /^media\/(?:icon\.png|[\w/-]+\.svg)$/, /^media\/walkthrough\/[a-z]+-(?:dark|light)\.png$/,
  /^media\/lessons\/(?:l\d\d-[\w-]+\.yaml|lesson\.schema\.json)$/,
  /^syntaxes\/[\w./-]+\.json$/, /^l10n\/bundle\.l10n(?:\.de)?\.json$/,
];

describe('the package', function () {
  this.timeout(60_000);
  let folder: string;
  let vsix: string;
  let output: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kindergarten-package-'));
    vsix = join(folder, 'kindergarten.vsix');
    output = vsce('package', '--no-dependencies', '--allow-unused-files-pattern', '--out', vsix);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is made without a warning', () => {
    assert.doesNotMatch(output, /\bWARN(?:ING)?\b|\bERROR\b/);
  });

  it('holds nothing that is not meant to be shipped', () => {
    const files = vsce('ls', '--no-dependencies').trim().split('\n');
    assert.deepEqual(files.filter((file) => !allowed.some((pattern) => pattern.test(file))), []);
    assert.ok(files.length < limits.files, `${files.length} files`);
  });

  it('is small', () => {
    assert.ok(statSync(vsix).size < limits.packageBytes, `${statSync(vsix).size} bytes`);
  });
});

describe('the bundles', () => {
  it('have a small entry', () => {
    const bytes = statSync(join(root, manifest.main)).size;
    assert.ok(bytes < limits.entryBytes, `${bytes} bytes`);
  });

  it('need nothing at run time that is not shipped', () => {
    const shipped = ['vscode', './engine.js', './endpoint.js'];
    const needed = requiresOf('dist/desktop.js').filter((name) => !shipped.includes(name) && !isBuiltin(name));
    assert.deepEqual(needed, []);
    assert.deepEqual(requiresOf('dist/engine.js').filter((name) => name !== 'vscode' && !isBuiltin(name)), []);
    // A browser's extension host has one file and VS Code's interface.
    assert.deepEqual(requiresOf('dist/web/extension.js').filter((name) => name !== 'vscode'), []);
  });
});

function vsce(...args: readonly string[]): string {
  const program = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return `${stdout}${args[0] === 'ls' ? '' : stderr}`;
}

function requiresOf(file: string): string[] {
  if (!existsSync(join(root, file))) return [];
  const code = readFileSync(join(root, file), 'utf8');
  return [...code.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1] ?? '');
}
