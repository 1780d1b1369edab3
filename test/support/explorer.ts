/** VS Code's Explorer: finds files by their path in the workspace, opens them, and their context menus. */
import { basename } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { chooseFromMenu, cssString, menuItems, runCommand } from './palette';

/** The Explorer of a window that shows the folder `root` (its path on the disk). */
export class Explorer {
  constructor(private readonly page: Page, private readonly root: string) {}

  /** The row of a file or folder, shown or not. */
  row(file: string): Locator {
    const path = `${basename(this.root)}/${file}`;
    // Behind the path the label may go on with what a decoration says about the file.
    const label = this.page.locator(`[aria-label$=${cssString(path)}], [aria-label*=${cssString(`${path} `)}]`);
    return this.page.locator('.explorer-folders-view .monaco-list-row').filter({ has: label }).first();
  }

  /** Shows the Explorer and expands the folders around a file. */
  async reveal(file: string): Promise<Locator> {
    await runCommand(this.page, 'View: Show Explorer');
    const parents = file.split('/').slice(0, -1).map((_, index, names) => names.slice(0, index + 1).join('/'));
    for (const parent of parents) {
      const row = this.row(parent);
      if (await row.getAttribute('aria-expanded') !== 'true') await row.click();
    }
    const row = this.row(file);
    await row.waitFor();
    return row;
  }

  /** Opens a file in an editor that stays, and waits until it is in front. */
  async open(file: string): Promise<void> {
    await (await this.reveal(file)).dblclick();
    await this.page.locator(`.tab.active[data-resource-name=${cssString(basename(file))}]`).first().waitFor();
  }

  /** Chooses an item of a file's or folder's context menu. */
  async contextMenu(file: string, item: string): Promise<void> {
    await this.openMenu(file);
    await chooseFromMenu(this.page, item);
  }

  /** The titles in a file's or folder's context menu, which is closed again. */
  async contextMenuItems(file: string): Promise<string[]> {
    await this.openMenu(file);
    const titles = await menuItems(this.page).allInnerTexts();
    await this.page.keyboard.press('Escape');
    await menuItems(this.page).first().waitFor({ state: 'hidden' });
    return titles.map((title) => title.trim()).filter((title) => title !== '');
  }

  private async openMenu(file: string): Promise<void> {
    await (await this.reveal(file)).click({ button: 'right' });
    await menuItems(this.page).first().waitFor();
  }
}
