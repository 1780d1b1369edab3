/** `npm run package`: production build, then `vsce package` into kindergarten-VERSION.vsix; a warning is a failure. */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { root } from './paths';

async function main(): Promise<void> {
  await buildAll({ production: true });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  const file = `${manifest.name}-${manifest.version}.vsix`;
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // Bundled, so the packages in node_modules stay behind. Not every kind of file that may be shipped is there yet.
  const args = ['package', '--no-dependencies', '--allow-unused-files-pattern', '--out', file];
  const result = spawnSync(process.execPath, [vsce, ...args], { cwd: root, encoding: 'utf8' });
  const output = `${result.stdout}${result.stderr}`;
  console.log(output.trim());
  if (result.status !== 0) throw new Error('vsce did not package the extension.');
  if (/\bWARN(ING)?\b/.test(output)) throw new Error('vsce warns; the package is not to be published like this.');
  console.log(`${file}: ${(statSync(join(root, file)).size / 1024).toFixed(0)} KB`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
