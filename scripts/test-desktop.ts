/** `npm run test:desktop`: the tests of test/vscode in a desktop VS Code, installed or downloaded. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildAll, buildHostTests } from '../esbuild.mjs';
import { findDesktopVsCode } from './desktop';
import { copyOfExamples, root } from './paths';

async function main(): Promise<void> {
  await Promise.all([buildAll({ production: true }), buildHostTests()]);
  const program = join(root, 'node_modules', '@vscode', 'test-cli', 'out', 'bin.mjs');
  const env = {
    ...process.env, KINDERGARTEN_VSCODE: await findDesktopVsCode(), KINDERGARTEN_TEST_WORKSPACE: copyOfExamples(),
  };
  const child = spawn(process.execPath, [program, '--label', 'desktop', ...process.argv.slice(2)], {
    cwd: root, stdio: 'inherit', env,
  });
  child.once('close', (code) => process.exit(code ?? 1));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
