/**
 * Drives a real VS Code workbench with Playwright, the way a person would: menus, palette, tree, webviews.
 *
 * Starting takes a few seconds, so a suite opens one workbench in `before` and closes it in `after`.
 * Nothing here sleeps: every function waits for what it is about, and fails with what was there instead.
 * A test that fails leaves a picture of the window in out/failures/.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../scripts/paths';
import { startWorkbench } from '../../scripts/workbench';
import { newContext } from './browser';
import type { PageOptions } from './browser';
import { Explorer } from './explorer';
import { chooseFromMenu, cssString, escaped, exactly, runCommand, waitLimitMs } from './palette';
import { themeNames } from './themes';

export interface OpenOptions extends PageOptions {
  /** The folder to open. It is copied first, so that tests may write into it; `folder` of the result is the copy. */
  readonly workspace: string;
  /** Restricted Mode: nobody has trusted the folder. */
  readonly restricted?: boolean;
  /** User settings on top of the quiet defaults, such as `{ 'files.autoSave': 'off' }`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface Workbench {
  readonly page: Page;
  /** The copy of the workspace folder that VS Code shows; files written there by the test show up in VS Code. */
  readonly folder: string;
  /**
   * Runs a command by its title in the command palette, such as `Kindergarten: New Cluster`.
   * Returns when it is chosen: what it does comes later and is to be waited for.
   */
  runCommand(title: string): Promise<void>;
  /** Opens a file by its path in the workspace and waits for its editor. */
  openFile(file: string): Promise<void>;
  /** Right-clicks a file or folder (path in the workspace) in the Explorer and chooses a menu item. */
  explorerContextMenu(file: string, item: string): Promise<void>;
  /** Right-clicks a file or folder in the Explorer and returns the titles in the menu, which is closed again. */
  explorerContextMenuItems(file: string): Promise<string[]>;
  /** Chooses an item of the context menu that is open, such as after a right click on a tree row. */
  chooseFromMenu(title: string): Promise<void>;
  /** Shows a view container by its title in the activity bar. */
  showViewContainer(title: string): Promise<void>;
  /** The visible rows of the tree view with this title, each as `label description`. */
  treeRows(view: string): Promise<string[]>;
  /** The tree view's row whose text begins with `label`; wait for it, click it, right-click it. */
  treeRow(view: string, label: string): Locator;
  /** The document of the webview with this title, ready for `locator(...)`; its tab is brought to the front first. */
  webviewFrame(title: string): Promise<FrameLocator>;
  /** Texts of the notification toasts on the screen. */
  notifications(): Promise<string[]>;
  /** Writes a PNG of the whole window, making the folders on the way. */
  screenshot(path: string): Promise<void>;
  /** Reloads the window and waits until it is ready again. */
  reload(): Promise<void>;
  /** Uncaught errors of the window since it was opened. */
  pageErrors(): readonly string[];
  close(): Promise<void>;
}

const startLimitMs = 60_000;
/** Playwright cannot wait for something inside a frame that is yet to be found, so that is looked for repeatedly. */
const pollMs = 50;
const open = new Set<Page>();

// While mocha loads test files this registers a hook of the root suite; outside mocha there is no `afterEach`.
if (typeof afterEach === 'function') {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    for (const [index, page] of [...open].entries()) {
      const name = this.currentTest.fullTitle().replace(/[^\w]+/g, '-');
      const path = join(root, 'out', 'failures', `${name}${index === 0 ? '' : `-${index}`}.png`);
      await page.screenshot({ path }).then(() => console.error(`      see ${path}`), () => undefined);
    }
  });
}

/** Starts a server and a browser window on a copy of a workspace, and waits until its files are shown. */
export async function openWorkbench(options: OpenOptions): Promise<Workbench> {
  const temporary = mkdtempSync(join(tmpdir(), 'kindergarten-ui-'));
  const folder = join(temporary, basename(options.workspace));
  cpSync(options.workspace, folder, { recursive: true });
  const theme = themeNames[options.theme ?? 'dark'];
  const server = await startWorkbench({
    installExtension: true,
    ...(options.restricted ? { restricted: true } : {}),
    settings: { 'workbench.colorTheme': theme, 'explorer.compactFolders': false, ...options.settings },
  });
  const context = await newContext(options);
  context.setDefaultTimeout(waitLimitMs);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  open.add(page);
  const close = async (): Promise<void> => {
    open.delete(page);
    await context.close();
    await server.stop();
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    await page.goto(server.url({ folder }));
    await waitUntilReady(page);
  } catch (error) {
    await close();
    throw new Error(`The workbench did not come up: ${String(error)}\n${errors.join('\n')}\n${server.output()}`);
  }
  return { page, folder, close, pageErrors: () => errors, ...filesOf(page, folder), ...windowOf(page) };
}

async function waitUntilReady(page: Page): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: startLimitMs });
  // Files are listed once the connection to the server stands.
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: startLimitMs });
}

function filesOf(
  page: Page, folder: string,
): Pick<Workbench, 'openFile' | 'explorerContextMenu' | 'explorerContextMenuItems'> {
  const explorer = new Explorer(page, folder);
  return {
    openFile: (file) => explorer.open(file),
    explorerContextMenu: (file, item) => explorer.contextMenu(file, item),
    explorerContextMenuItems: (file) => explorer.contextMenuItems(file),
  };
}

type Session = 'page' | 'folder' | 'close' | 'pageErrors';

function windowOf(page: Page): Omit<Workbench, Session | keyof ReturnType<typeof filesOf>> {
  return {
    runCommand: (title) => runCommand(page, title),
    chooseFromMenu: (title) => chooseFromMenu(page, title),
    showViewContainer: (title) => showViewContainer(page, title),
    treeRows: (view) => treeOf(page, view).evaluateAll((rows) => rows.map((row) => {
      const parts = ['.label-name', '.label-description'].map((part) => row.querySelector(part)?.textContent?.trim());
      return parts.filter((part) => part).join(' ');
    })),
    treeRow: (view, label) => treeOf(page, view).filter({ hasText: new RegExp(`^\\s*${escaped(label)}`) }),
    webviewFrame: (title) => webviewFrame(page, title),
    notifications: async () => page.locator('.notification-toast .notification-list-item-message').allInnerTexts(),
    screenshot: async (path) => {
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path });
    },
    reload: async () => {
      // A reload by the browser would cut off VS Code while it saves what was open.
      const loaded = page.waitForEvent('load');
      await runCommand(page, 'Developer: Reload Window');
      await loaded;
      await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: startLimitMs });
    },
  };
}

async function showViewContainer(page: Page, title: string): Promise<void> {
  const label = page.locator(`a[aria-label^=${cssString(title)}]`);
  const tab = page.locator('.activitybar .action-item', { has: label }).first();
  // A click on the container that is shown already would hide the side bar.
  if (!/\bchecked\b/.test(await tab.getAttribute('class') ?? '')) await tab.click();
  await page.locator('.part.sidebar .composite.title', { hasText: exactly(title) }).waitFor();
}

function treeOf(page: Page, view: string): Locator {
  const header = page.locator('.pane-header .title', { hasText: exactly(view) });
  return page.locator('.pane', { has: header }).locator('.monaco-list-row');
}

/** VS Code nests a webview's document in two frames; the inner one carries the panel's title. */
async function webviewFrame(page: Page, title: string): Promise<FrameLocator> {
  const tab = page.locator('.tab', { hasText: exactly(title) }).first();
  let found: (string | null)[] = [];
  for (const startMs = Date.now(); Date.now() - startMs < waitLimitMs; await page.waitForTimeout(pollMs)) {
    if (await tab.count() > 0 && await tab.getAttribute('aria-selected') !== 'true') await tab.click();
    found = [];
    for (const frame of await page.locator('iframe.webview').all()) {
      const inner = frame.contentFrame().locator('iframe#active-frame');
      if (!await frame.isVisible() || await inner.count() === 0) continue;
      found.push(await inner.getAttribute('title'));
      if (found.at(-1) !== title) continue;
      const name = await frame.getAttribute('name');
      return page.frameLocator(`iframe.webview[name="${name}"]`).frameLocator('iframe#active-frame');
    }
  }
  throw new Error(`No webview "${title}" is on the screen; there are: ${found.join(' | ') || 'none'}.`);
}
