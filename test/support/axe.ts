/** What axe finds on a page that keeps people out: its findings of level serious or worse, in words. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run(options: RunOptions): Promise<AxeResults>;
}

/** Runs axe; `withoutRules` are the ids of rules that do not fit the page. */
export async function seriousFindings(page: Page, ...withoutRules: readonly string[]): Promise<string[]> {
  await page.evaluate(source);
  const rules = Object.fromEntries(withoutRules.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate((options) => (window as unknown as { axe: Axe }).axe.run(options), { rules });
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) =>
    `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`);
}
