/**
 * A real browser for tests: one process per test run, started on first use and closed after the last test.
 *
 * `openWebviewPage` shows a built webview page outside VS Code, with the colours of a theme, under a strict
 * Content-Security-Policy, and with a stand-in for `acquireVsCodeApi` that records what the page posts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser } from '../../scripts/browser';
import { root } from '../../scripts/paths';
import { themeClass, themeKind, themeVariables } from './themes';
import type { Theme } from './themes';

export interface PageOptions {
  /** CSS pixels; 1280 x 800 by default. */
  readonly width?: number;
  readonly height?: number;
  /** Device pixels per CSS pixel; 2 makes sharper pictures. */
  readonly scale?: number;
  readonly theme?: Theme;
  readonly reducedMotion?: boolean;
}

let running: Promise<Browser> | undefined;

/** The browser of this process, headless; all callers share it. */
export function launchBrowser(): Promise<Browser> {
  running ??= findBrowser().then(({ executablePath, args, env }) =>
    chromium.launch({ executablePath, args, env, headless: true }));
  return running;
}

/** Closes the shared browser, if it was started. Under mocha that happens by itself after the last test. */
export async function closeBrowser(): Promise<void> {
  const browser = await running;
  running = undefined;
  await browser?.close();
}

// While mocha loads test files this registers a hook of the root suite; outside mocha there is no `after`.
if (typeof after === 'function') after(closeBrowser);

/** A fresh, empty context of the shared browser (own cookies, storage and clipboard rights). */
export async function newContext(options: PageOptions = {}): Promise<BrowserContext> {
  const browser = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    deviceScaleFactor: options.scale ?? 1,
    colorScheme: options.theme?.includes('light') ? 'light' : 'dark',
    forcedColors: 'none',
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
    locale: 'en-US',
  });
  // tsx wraps named functions in calls of __name, which functions that are sent into the page then look for there.
  await context.addInitScript('globalThis.__name ??= (named) => named;');
  return context;
}

/** A webview page under test. */
export interface WebviewPage {
  readonly page: Page;
  /** Sends one message from the pretended extension host to the page. */
  post(message: unknown): Promise<void>;
  /** Everything that the page has posted to the extension host so far, oldest first. */
  posted(): Promise<unknown[]>;
  /** Uncaught errors, console errors and CSP violations so far; a healthy page has none. */
  problems(): readonly string[];
  close(): Promise<void>;
}

export interface WebviewPageOptions extends PageOptions {
  /** The markup inside `<body>`; the page's own skeleton as the host writes it. */
  readonly body: string;
  /** Script and style sheet, as paths from the repository's top folder; those of the diagram by default. */
  readonly script?: string;
  readonly style?: string;
  /** What `getState` answers at first: the state that the page saved before it was closed. */
  readonly state?: unknown;
  /** The value of `<html lang>`. */
  readonly language?: string;
}

const origin = 'https://webview.test';
const nonce = 'kindergarten';
const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.map': 'application/json',
};

/** What VS Code itself gives to every webview, as far as it changes how a page looks. */
const vscodeStyle = `
body {
  margin: 0; padding: 0 20px; overscroll-behavior-x: none;
  color: var(--vscode-editor-foreground); background-color: var(--vscode-editor-background);
  font: var(--vscode-font-weight) var(--vscode-font-size) var(--vscode-font-family);
}
a { color: var(--vscode-textLink-foreground); }
img, video { max-width: 100%; max-height: 100%; }
:focus-visible { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
`;

/** Shows a built webview page as VS Code would, without VS Code. */
export async function openWebviewPage(options: WebviewPageOptions): Promise<WebviewPage> {
  const context = await newContext(options);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/') return route.fulfill({ contentType: 'text/html', body: webviewHtml(options) });
    if (path === '/vscode.css') return route.fulfill({ contentType: 'text/css', body: vscodeStyle });
    const file = join(root, path);
    if (!existsSync(file)) return route.fulfill({ status: 404, body: `no ${path}: has the build run?` });
    return route.fulfill({ contentType: mediaTypes[extname(file)] ?? 'text/plain', body: readFileSync(file) });
  });
  await page.addInitScript(pretendToBeVsCode, options.state);
  await page.goto(`${origin}/`);
  return {
    page,
    post: (message) => page.evaluate((data) => window.postMessage(data, '*'), message),
    posted: () => page.evaluate(() => (window as unknown as { posted: unknown[] }).posted),
    problems: () => problems,
    close: () => context.close(),
  };
}

/** Runs inside the page, before its script. */
function pretendToBeVsCode(state: unknown): void {
  const posted: unknown[] = [];
  let saved = state;
  Object.assign(window, {
    posted,
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => { posted.push(structuredClone(message)); },
      getState: () => saved,
      setState: (next: unknown) => { saved = next; return next; },
    }),
  });
}

function webviewHtml(options: WebviewPageOptions): string {
  const theme = options.theme ?? 'dark';
  const policy = `default-src 'none'; img-src ${origin} data:; style-src ${origin}; font-src ${origin}; `
    + `script-src 'nonce-${nonce}'`;
  // VS Code sets its theme variables on the root element's style attribute by script, which the policy allows.
  const colours = Object.entries(themeVariables(theme));
  const paint = `const { style } = document.documentElement;
    for (const [name, value] of ${JSON.stringify(colours)}) style.setProperty(name, value);`;
  return [
    '<!doctype html>', `<html lang="${options.language ?? 'en'}">`, '<head>', '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<link rel="stylesheet" href="/vscode.css">',
    `<link rel="stylesheet" href="/${options.style ?? 'dist/webview/diagram.css'}">`,
    `<script nonce="${nonce}">${paint}</script>`, '</head>',
    `<body class="${themeClass(theme)}" data-vscode-theme-kind="${themeKind(theme)}">`, options.body,
    `<script nonce="${nonce}" src="/${options.script ?? 'dist/webview/diagram.js'}"></script>`, '</body>', '</html>',
  ].join('\n');
}
