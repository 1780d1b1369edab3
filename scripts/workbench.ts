/**
 * Serves a real VS Code workbench with a real Node extension host, from npm packages alone.
 *
 * npm's code-server carries a build of VS Code's own server; only that server is used (its `lib/vscode`), not
 * code-server's wrapper. Its native modules are not built: search and the terminal get prebuilt binaries that other npm
 * packages carry, the rest falls back, and the server logs it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchOnce } from './fetch-once';
import { runNpm } from './npm.mjs';
import { root } from './paths';

/** The newest code-server whose VS Code runs on Node 20. */
const codeServer = 'code-server@4.100.3';
/** What its own packages would download or compile on installation, as packages that carry it. */
const prebuilt = ['@vscode/ripgrep@1.18.0', '@lydell/node-pty@1.1.0'];
/** Goes up when the way of installing changes, so that an older cache entry is not taken for the present one. */
const recipe = 2;
const startLimitMs = 60_000;

/** User settings that keep the workbench quiet: no welcome page, no update, no network, no foreign suggestion. */
const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'chat.commandCenter.enabled': false,
};

/** Restricted Mode without a question at the start. */
const restrictedSettings: Readonly<Record<string, unknown>> = {
  'security.workspace.trust.enabled': true,
  'security.workspace.trust.startupPrompt': 'never',
};

export interface WorkbenchOptions {
  /** The extension under development is put among the installed ones; tests load it from the URL instead. */
  readonly installExtension: boolean;
  /** The folder to show when the URL names none. */
  readonly folder?: string;
  /** Offers the marketplace, which needs the internet; off by default, so that tests stay on the machine. */
  readonly marketplace?: boolean;
  /** Asks whom it can trust: folders are in Restricted Mode until somebody trusts them. */
  readonly restricted?: boolean;
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** TCP port on the loopback interface; a free one by default. */
  readonly port?: number;
  /** Where the server keeps its state; by default a temporary folder that `stop` removes. */
  readonly dataFolder?: string;
}

export interface WorkbenchServer {
  /** `localhost:PORT`, which is also the authority of `vscode-remote:` URIs. */
  readonly authority: string;
  /** The workbench's address, with the secret that it asks for; `query` holds further parameters such as `folder`. */
  url(query?: Readonly<Record<string, string>>): string;
  /** What the server has printed so far, for a failure message. */
  output(): string;
  /** Ends the server and every process it has started, and removes temporary state. */
  stop(): Promise<void>;
  /** Resolves when the server has ended by itself or by `stop`. */
  readonly ended: Promise<void>;
}

/** Fetches VS Code from npm when it is not in the cache; returns the folder that holds `out/server-main.js`. */
export async function fetchWorkbench(): Promise<string> {
  const folder = await fetchOnce(`${codeServer.replace('@', '-')}-r${recipe}`, async (partial) => {
    writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
    await runNpm(['install', codeServer, ...prebuilt, '--ignore-scripts'], partial);
    const vscode = vscodeIn(partial);
    await runNpm(['install', '--omit=dev', '--ignore-scripts'], vscode);
    placePrebuilt(join(partial, 'node_modules'), join(vscode, 'node_modules'));
  });
  return vscodeIn(folder);
}

function vscodeIn(folder: string): string {
  return join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
}

/** Copies the binaries for search and terminal to where VS Code looks; a platform without them does without both. */
function placePrebuilt(from: string, to: string): void {
  const platform = `${process.platform}-${process.arch}`;
  const ripgrep = join(from, '@vscode', `ripgrep-${platform}`, 'bin');
  if (existsSync(ripgrep)) cpSync(ripgrep, join(to, '@vscode', 'ripgrep', 'bin'), { recursive: true });
  const terminal = join(from, '@lydell', `node-pty-${platform}`);
  if (existsSync(terminal)) cpSync(terminal, join(to, 'node-pty', 'build', 'Release'), { recursive: true });
}

/** Starts the server and resolves when it listens; rejects with its output when it does not. */
export async function startWorkbench(options: WorkbenchOptions): Promise<WorkbenchServer> {
  const program = join(await fetchWorkbench(), 'out', 'server-main.js');
  const temporary = options.dataFolder === undefined;
  const data = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'kindergarten-workbench-'));
  prepareData(data, options);
  const token = randomBytes(16).toString('hex');
  const child = spawn(
    process.execPath,
    [
      program,
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--connection-token',
      token,
      '--accept-server-license-terms',
      ...(options.restricted ? [] : ['--disable-workspace-trust']),
      '--telemetry-level',
      'off',
      '--server-data-dir',
      data,
      '--extensions-dir',
      join(data, 'extensions'),
      ...(options.folder === undefined ? [] : ['--default-folder', options.folder]),
    ],
    {
      env: cleanEnvironment(!options.marketplace),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that `stop` reaches everything that the server starts.
      detached: process.platform !== 'win32',
    },
  );
  const killOnExit = (): void => killTree(child);
  process.once('exit', killOnExit);
  for (const [signal, code] of [['SIGTERM', 143], ['SIGHUP', 129]] as const) {
    if (process.listenerCount(signal) === 0) process.once(signal, () => process.exit(code));
  }
  let output = '';
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.removeListener('exit', killOnExit);
      if (temporary) rmSync(data, { recursive: true, force: true, maxRetries: 3 });
      resolve();
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`The VS Code server ${why}:\n${output}`));
    const limit = setTimeout(() => { killTree(child); fail('did not start within a minute'); }, startLimitMs);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const listening = /Extension host agent listening on (\d+)/.exec(output);
      if (!listening) return;
      clearTimeout(limit);
      resolve(Number(listening[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('close', (code) => { clearTimeout(limit); fail(`ended with code ${code}`); });
  });
  const authority = `localhost:${port}`;
  return {
    authority, ended,
    url: (query = {}) => `http://${authority}/?${new URLSearchParams({ tkn: token, ...query })}`,
    output: () => output,
    stop: () => { killTree(child); return ended; },
  };
}

function prepareData(data: string, options: WorkbenchOptions): void {
  const user = join(data, 'data', 'User');
  mkdirSync(user, { recursive: true });
  mkdirSync(join(data, 'extensions'), { recursive: true });
  const settings = join(user, 'settings.json');
  // A lasting profile belongs to its user, who may have changed the settings since.
  const initial = { ...quietSettings, ...(options.restricted ? restrictedSettings : {}), ...options.settings };
  if (!existsSync(settings)) writeFileSync(settings, JSON.stringify(initial, null, 2));
  if (!options.installExtension) return;
  const link = join(data, 'extensions', 'kindergarten');
  rmSync(link, { recursive: true, force: true });
  rmSync(join(data, 'extensions', 'extensions.json'), { force: true });
  symlinkSync(root, link, process.platform === 'win32' ? 'junction' : 'dir');
}

/** The terminal of another VS Code leaves variables behind that would make ours believe it is that one's child. */
function cleanEnvironment(offline: boolean): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_(?!TEST_OPTIONS)|ELECTRON_|NODE_OPTIONS$|npm_)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), ...(offline ? { EXTENSIONS_GALLERY: '{}' } : {}) };
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended in this very moment.
  }
}
