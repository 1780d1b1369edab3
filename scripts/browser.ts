/**
 * Finds a Chromium-family browser for the tests, the pictures and the workbench that `npm test` drives.
 *
 * On Linux x64 that is the headless Chromium of npm's @sparticuz/chromium with npm's fonts, so that every machine
 * runs and draws the same; elsewhere an installed Chrome, Chromium or Edge.
 * `KINDERGARTEN_BROWSER` overrides: `npm`, `installed`, or the path of an executable.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fetchOnce } from './fetch-once';
import { root } from './paths';

/** How to start the browser: hand `executablePath`, `args` and `env` to Playwright's `chromium.launch`. */
export interface Browser {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  /** For messages: where the browser comes from. */
  readonly origin: 'npm' | 'installed' | 'given';
}

// Nothing that a test needs lies outside the machine; without these the browser keeps trying to reach its vendor.
const quietArgs = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-domain-reliability', '--no-pings', '--mute-audio',
  '--disable-dev-shm-usage', '--font-render-hinting=none',
];

/** Finds, or unpacks from npm, the browser to use; throws with a remedy when there is none. */
export async function findBrowser(): Promise<Browser> {
  const wish = process.env['KINDERGARTEN_BROWSER'];
  const npmRuns = process.platform === 'linux' && process.arch === 'x64';
  if (wish && wish !== 'npm' && wish !== 'installed') return describe(wish, 'given');
  if (wish === 'npm' || (!wish && npmRuns)) {
    if (!npmRuns) throw new Error('The browser from npm runs on Linux x64 only: unset KINDERGARTEN_BROWSER.');
    return npmBrowser();
  }
  const installed = installedBrowser();
  if (!installed) {
    throw new Error('No browser: install Chrome, Chromium or Edge, or set KINDERGARTEN_BROWSER to the path of one.');
  }
  return describe(installed, 'installed');
}

function describe(executablePath: string, origin: Browser['origin'], env: Record<string, string> = {}): Browser {
  // Chromium refuses its sandbox to root, and most containers have no user namespaces for it either.
  const sandbox = process.platform === 'linux' && (process.getuid?.() === 0 || process.env['CI']);
  const inherited = Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    executablePath, origin,
    args: sandbox || origin === 'npm' ? [...quietArgs, '--no-sandbox'] : quietArgs,
    env: { ...Object.fromEntries(inherited), ...env },
  };
}

async function npmBrowser(): Promise<Browser> {
  const manifest = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const version = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  const folder = await fetchOnce(`chromium-${version}`, unpackChromium);
  const executable = join(folder, 'chromium');
  const fonts = join(folder, 'fonts.conf');
  writeFileSync(fonts, fontConfig(folder));
  return describe(executable, 'npm', { FONTCONFIG_FILE: fonts, ...libraryPath(executable, folder) });
}

/** @sparticuz/chromium unpacks into the temporary folder of its process, so it gets a process of its own. */
async function unpackChromium(folder: string): Promise<void> {
  // Pretending to be Amazon's machine makes it unpack the NSS libraries too, which bare containers lack.
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' };
  const unpack = 'import("@sparticuz/chromium").then((module) => module.default.executablePath())';
  const result = spawnSync(process.execPath, ['-e', unpack], { cwd: root, env, encoding: 'utf8' });
  if (result.status !== 0 || !existsSync(join(folder, 'chromium'))) {
    throw new Error(`Could not unpack Chromium from npm:\n${result.stderr}`);
  }
}

/** Only npm's fonts: Open Sans for text, DejaVu Sans Mono for code. */
function fontConfig(folder: string): string {
  const alias = (family: string, font: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`;
  return [
    '<?xml version="1.0"?>', '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">', '<fontconfig>',
    `<dir>${join(folder, 'fonts')}</dir>`, `<dir>${join(root, 'node_modules', 'dejavu-fonts-ttf', 'ttf')}</dir>`,
    `<cachedir>${join(folder, 'font-cache')}</cachedir>`,
    alias('sans-serif', 'Open Sans'), alias('system-ui', 'Open Sans'), alias('serif', 'DejaVu Serif'),
    alias('monospace', 'DejaVu Sans Mono'), '</fontconfig>', '',
  ].join('\n');
}

/** The bundled NSS libraries, and only where the system has none: mixing two sets crashes. */
function libraryPath(executable: string, folder: string): Record<string, string> {
  const missing = spawnSync('ldd', [executable], { encoding: 'utf8' }).stdout?.includes('not found') ?? true;
  return missing ? { LD_LIBRARY_PATH: [join(folder, 'al2023', 'lib'), dirname(executable)].join(delimiter) } : {};
}

function installedBrowser(): string | undefined {
  return candidates().find((path) => existsSync(path));
}

function candidates(): string[] {
  if (process.platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return names.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const bases = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => process.env[name] ?? []);
    const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return bases.flatMap((base) => programs.map((program) => join(base, program)));
  }
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}
