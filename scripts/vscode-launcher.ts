/**
 * Takes the command line of a desktop VS Code under test and does the same with VS Code's server and a browser:
 * serves the workbench, opens it with the extension and the tests in its address, and passes on what the tests print
 * and their exit code.
 */
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser';
import { startWorkbench } from './workbench';
import type { WorkbenchServer } from './workbench';

/** VS Code misses native modules and its gallery at every start, does without them, and says so at length. */
const hostNoise = new RegExp([
  '@vscode/spdlog', 'native-watchdog', 'additional builtin extensions', '\\[DEP\\d+\\]', 'connection token',
  '^Creating a socket', '^\\[Service Worker\\]', '^ChatSessionStore',
].join('|'));
const limitMs = 15 * 60_000;

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const folder = args.find((arg) => !arg.startsWith('-') && existsSync(arg));
  const extension = flag(args, 'extensionDevelopmentPath');
  const tests = flag(args, 'extensionTestsPath');
  const [found, server] = await Promise.all([findBrowser(), startWorkbench({ installExtension: false })]);
  const browser = await chromium.launch({ executablePath: found.executablePath, args: found.args, env: found.env });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const exitCode = new Promise<number>((resolve, reject) => {
      void page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => print(type, values));
      void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      page.on('crash', () => reject(new Error('The browser page crashed.')));
      void server.ended.then(() => reject(new Error(`The VS Code server ended:\n${server.output()}`)));
      setTimeout(() => reject(new Error(`The tests did not end within ${limitMs / 60_000} minutes.`)), limitMs).unref();
    });
    exitCode.catch(() => undefined);
    await page.goto(address(server, folder, extension, tests));
    return await exitCode;
  } finally {
    await browser.close();
    await server.stop();
  }
}

function flag(args: readonly string[], name: string): string {
  const value = args.find((arg) => arg.startsWith(`--${name}=`));
  if (value === undefined) throw new Error(`--${name}= is missing: this program is started by @vscode/test-electron.`);
  return value.slice(name.length + 3);
}

function address(server: WorkbenchServer, folder: string | undefined, extension: string, tests: string): string {
  const remote = (path: string): string => `vscode-remote://${server.authority}${asUriPath(path)}`;
  const payload = [['extensionDevelopmentPath', remote(extension)], ['extensionTestsPath', remote(tests)]];
  return server.url({ ...(folder === undefined ? {} : { folder }), payload: JSON.stringify(payload) });
}

/** `C:\a b` becomes `/C:/a%20b`. */
function asUriPath(path: string): string {
  const slashes = path.replace(/\\/g, '/');
  const absolute = slashes.startsWith('/') ? slashes : `/${slashes}`;
  return absolute.split('/').map(encodeURIComponent).join('/').replace('%3A', ':');
}

function print(type: string, values: readonly unknown[]): void {
  if (values.some((value) => hostNoise.test(String(value)))) return;
  const [format, ...rest] = values;
  const write = type === 'error' || type === 'warn' ? console.error : console.log;
  // VS Code sends its console's arguments, so %s and %d are still to be filled in.
  write(format, ...rest);
}

main().then((code) => process.exit(code), (error: unknown) => {
  console.error(error);
  process.exit(1);
});
