/**
 * Finds a desktop VS Code: `KINDERGARTEN_VSCODE`, else the one whose `code` is on the PATH, else one that
 * @vscode/test-electron downloads.
 */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { cacheFolder } from './paths';

/** The path of the program itself, not of the `code` script, which returns before the window closes. */
export async function findDesktopVsCode(): Promise<string> {
  return process.env['KINDERGARTEN_VSCODE'] ?? installedVsCode()
    ?? await downloadAndUnzipVSCode({ version: 'stable', cachePath: join(cacheFolder(), 'vscode-desktop') });
}

function installedVsCode(): string | undefined {
  const script = process.platform === 'win32' ? 'code.cmd' : 'code';
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((path) => join(path, script)).find((path) => existsSync(path));
  if (found === undefined) return undefined;
  const folder = dirname(realpathSync(found));
  const programs = process.platform === 'darwin' ? ['../../../MacOS/Electron', '../../../MacOS/Code']
    : process.platform === 'win32' ? ['../Code.exe'] : ['../code', '../code-oss', '../codium'];
  return programs.map((program) => join(folder, program)).find((path) => existsSync(path));
}
