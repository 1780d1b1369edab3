/** `npm run sandbox -- serve --config kind.yaml --kubeconfig FILE`: builds and runs the command line, dist/cli.js. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { root } from './paths';

async function main(): Promise<void> {
  await buildAll({ production: false });
  // Relative paths mean the folder in which npm was called.
  const cwd = process.env['INIT_CWD'] ?? process.cwd();
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...process.argv.slice(2)], {
    cwd,
    stdio: 'inherit',
  });
  // A terminal sends Ctrl+C to the whole group; a supervisor's signal comes to this process only.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void child.kill(signal));
  child.once('error', (error) => fail(error));
  child.once('close', (code) => process.exit(code ?? 1));
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

main().catch(fail);
