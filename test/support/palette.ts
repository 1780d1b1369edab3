/** VS Code's command palette and menus, as a person uses them with keyboard and mouse. */
import type { Locator, Page } from 'playwright-core';

/** How long a command or menu item may take to be offered. */
export const waitLimitMs = 15_000;
const offerLimitMs = 2_000;

/** Chooses a command in the palette by its whole title, category included; fails with the titles that are offered. */
export async function runCommand(page: Page, title: string): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  const rows = widget.locator('.monaco-list-row');
  // Behind the title a row's label may go on with the keys and with "recently used".
  const labels = `[aria-label=${cssString(title)}], [aria-label^=${cssString(`${title}, `)}]`;
  const entry = rows.and(page.locator(labels)).first();
  let offered: (string | null)[] = [];
  // What the palette offers depends on the state when it is opened, so it is opened anew until the command is there.
  for (const startMs = Date.now(); Date.now() - startMs < waitLimitMs;) {
    await page.keyboard.press('F1');
    const input = widget.locator('input[type="text"]').first();
    await input.waitFor();
    await input.fill(`>${title}`);
    const found = await entry.waitFor({ timeout: offerLimitMs }).then(() => true, () => false);
    if (found) return entry.click();
    offered = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label')));
    await page.keyboard.press('Escape');
  }
  throw new Error(`The palette does not offer "${title}", but: ${offered.join(' | ')}`);
}

/** The items of the context menu that is open. */
export function menuItems(page: Page): Locator {
  return page.locator('.context-view .monaco-menu .action-label');
}

/** Chooses an item of the open menu by its title; fails with the titles that are offered. */
export async function chooseFromMenu(page: Page, title: string): Promise<void> {
  const items = menuItems(page);
  const item = items.filter({ hasText: exactly(title) });
  try {
    await item.waitFor();
  } catch (error) {
    const offered = await items.allInnerTexts();
    throw new Error(`The menu does not offer "${title}", but: ${offered.join(' | ')}`, { cause: error });
  }
  // A menu ignores clicks in its first tenth of a second, so the click is repeated until the menu has gone.
  for (const startMs = Date.now(); Date.now() - startMs < waitLimitMs;) {
    if (await item.count() > 0) await item.click({ timeout: 1000 }).catch(() => undefined);
    if (await item.waitFor({ state: 'hidden', timeout: 500 }).then(() => true, () => false)) return;
  }
  throw new Error(`The menu stays open after a click on "${title}".`);
}

/** Matches the whole text, whatever the case (some titles are shown in capitals) and the blanks around it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${escaped(text)}\\s*$`, 'i');
}

/** The text as part of a regular expression that matches just it. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The text as a CSS string. */
export function cssString(text: string): string {
  return JSON.stringify(text);
}
