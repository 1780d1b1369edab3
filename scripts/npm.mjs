// @ts-check
/**
 * Runs npm, and tells whether node_modules holds what the lock file asks for.
 *
 * Plain JavaScript without a dependency, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs npm with the given arguments in a folder and resolves when it has ended well.
 * The npm that started us is preferred, so that `corepack` and version managers keep their say.
 *
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>} rejects with npm's own output when it fails
 */
export function runNpm(args, cwd) {
  const viaNode = process.env['npm_execpath'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const [command, commandArgs, shell] = viaNode?.endsWith('.js') && viaNode.includes('npm')
    ? [process.execPath, [viaNode, ...args, ...quiet], false]
    : ['npm', [...args, ...quiet], process.platform === 'win32'];
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArgs, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => { output += chunk; });
    child.stderr.on('data', (chunk) => { output += chunk; });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed in ${cwd} (exit code ${code}):\n${output}`));
    });
  });
}

/**
 * True when every package that the lock file demands lies in node_modules in that very version.
 * Packages for other platforms are optional in the lock file and do not count.
 *
 * @param {string} root the folder of package-lock.json
 */
export function isInstalled(root) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  return Object.keys(wanted).every((path) => path === '' || wanted[path].optional
    || (found[path]?.version === wanted[path].version && existsSync(join(root, path))));
}
