/**
 * `npm start [-- FOLDER]`: builds, serves VS Code with the extension on the example workspace (or FOLDER), and opens
 * the user's browser on it; where there is no display it prints the address. Runs until Ctrl+C.
 *
 * `PORT` chooses the port. Settings and layout are kept in the per-user cache from one start to the next.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { buildAll } from '../esbuild.mjs';
import { cacheFolder, root } from './paths';
import { fetchWorkbench, startWorkbench } from './workbench';

/** A fixed port keeps what the browser remembers for the workbench's origin. */
const usualPort = 8127;

async function main(): Promise<void> {
  const folder = resolve(process.argv[2] ?? join(root, 'examples'));
  console.log('Building Kindergarten and fetching VS Code from npm if it is not there yet ...');
  await Promise.all([buildAll({ production: false }), fetchWorkbench()]);
  const server = await startWorkbench({
    installExtension: true, marketplace: true, folder, port: Number(process.env['PORT'] ?? await usualOrFreePort()),
    dataFolder: join(cacheFolder(), 'start-profile'),
  });
  process.once('SIGINT', () => process.exit(0));
  const address = server.url({ folder });
  const opened = await openBrowser(address);
  console.log(`\n  Kindergarten in VS Code:  ${address}\n`);
  console.log(`  ${opened ? 'Your browser should show it now.' : 'Open this address in a browser.'} Ctrl+C ends it.`);
  await server.ended;
  throw new Error(`The VS Code server has ended:\n${server.output()}`);
}

/** 0, which lets the server choose, when someone else holds the usual port. */
function usualOrFreePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(0));
    probe.listen(usualPort, '127.0.0.1', () => probe.close(() => done(usualPort)));
  });
}

/** Opens the user's own browser; false when there is no display or nothing that could open an address. */
function openBrowser(address: string): Promise<boolean> {
  const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (!display || process.env['CI']) return Promise.resolve(false);
  const [command, args] = process.platform === 'darwin' ? ['open', [address]] as const
    : process.platform === 'win32' ? ['rundll32', ['url.dll,FileProtocolHandler', address]] as const
      : ['xdg-open', [address]] as const;
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.once('error', () => done(false));
    child.once('spawn', () => { child.unref(); done(true); });
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
