/**
 * `npm run bench [-- NAME ...]`: bundles each test/bench/NAME.bench.ts for production and runs it in a Node of its own,
 * with `--expose-gc` so that it can measure the heap. Bundled, because that is what users run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildAll } from '../esbuild.mjs';
import { root } from './paths';

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const folder = join(root, 'test', 'bench');
  const all = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.bench.ts')).sort() : [];
  const chosen = wanted.length === 0 ? all : all.filter((name) => wanted.includes(basename(name, '.bench.ts')));
  if (chosen.length === 0) throw new Error(`There is no such benchmark; there are: ${all.join(', ') || 'none'}.`);
  const outdir = join(root, 'out', 'bench');
  rmSync(outdir, { recursive: true, force: true });
  // Some measure the built extension itself.
  await buildAll({ production: true });
  await build({
    absWorkingDir: root, entryPoints: chosen.map((name) => join(folder, name)), outdir, bundle: true,
    // Functions that are sent into a page find the helper of keepNames there by its name.
    minifySyntax: true, minifyWhitespace: true, keepNames: true, platform: 'node', target: 'node20', format: 'cjs',
    external: ['vscode', 'esbuild', 'playwright-core'], logLevel: 'warning',
    // By which paths.ts finds the repository; in a bundle it would lie elsewhere.
    define: { __dirname: JSON.stringify(join(root, 'scripts')) },
  });
  let failed = false;
  for (const name of chosen) {
    console.log(`\n──── ${basename(name, '.bench.ts')} ────`);
    const program = join(outdir, name.replace(/\.ts$/, '.js'));
    const { status } = spawnSync(process.execPath, ['--expose-gc', program], { cwd: root, stdio: 'inherit' });
    failed ||= status !== 0;
  }
  process.exit(failed ? 1 : 0);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
