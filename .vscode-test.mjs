/**
 * The tests inside VS Code, run by the official runner (`vscode-test`).
 *
 * `npm test` uses the profile `workbench`: VS Code's server from npm, driven in a headless browser.
 * `npm run test:desktop` uses the profile `desktop`: an installed VS Code, or one that the runner downloads.
 */
import { defineConfig } from '@vscode/test-cli';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const launcher = join(root, 'scripts', platform === 'win32' ? 'vscode-launcher.cmd' : 'vscode-launcher.mjs');
// A clone or an archive may have lost the executable bit.
if (platform !== 'win32') chmodSync(launcher, 0o755);

const common = {
  files: 'out/test/vscode/**/*.test.js',
  workspaceFolder: env.KINDERGARTEN_TEST_WORKSPACE ?? 'examples',
  mocha: { ui: 'bdd', timeout: 60_000, reporter: join(root, 'scripts', 'count-reporter.cjs') },
};

export default defineConfig([
  { ...common, label: 'workbench', useInstallation: { fromPath: launcher } },
  {
    ...common, label: 'desktop',
    ...(env.KINDERGARTEN_VSCODE ? { useInstallation: { fromPath: env.KINDERGARTEN_VSCODE } } : {}),
  },
]);
