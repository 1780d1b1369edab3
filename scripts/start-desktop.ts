/** `npm run start:desktop [-- FOLDER]`: the extension on the examples in a desktop VS Code, profile apart. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { findDesktopVsCode } from './desktop';
import { cacheFolder, root } from './paths';

async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? join(root, 'examples'));
  const [program] = await Promise.all([findDesktopVsCode(), buildAll({ production: false })]);
  const profile = join(cacheFolder(), 'desktop-profile');
  const args = [
    `--extensionDevelopmentPath=${root}`, '--new-window', '--skip-welcome', '--skip-release-notes', '--wait',
    `--user-data-dir=${join(profile, 'user')}`, `--extensions-dir=${join(profile, 'extensions')}`,
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), folder,
  ];
  const child = spawn(program, args, { stdio: 'inherit' });
  child.once('error', (error) => { console.error(`${program}: ${error.message}`); process.exit(1); });
  child.once('close', (code) => process.exit(code ?? 1));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
