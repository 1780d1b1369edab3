/** A folder that nobody has trusted: lessons that are shipped can be played, those of the folder are not read at all. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkbench } from '../support/workbench';
import type { Workbench } from '../support/workbench';

describe('an untrusted workspace', () => {
  let workbench: Workbench;
  const temporary = mkdtempSync(join(tmpdir(), 'kindergarten-untrusted-'));
  before(async () => {
    const workspace = join(temporary, 'course');
    const lessons = join(workspace, '.kindergarten', 'lessons');
    mkdirSync(lessons, { recursive: true });
    writeFileSync(join(workspace, 'README.md'), '# A course\n');
    writeFileSync(join(lessons, 'mine.yaml'), 'id: mine\n');
    workbench = await openWorkbench({ workspace, restricted: true });
  });
  after(async () => {
    await workbench?.close();
    rmSync(temporary, { recursive: true, force: true });
  });

  it('says that its lessons are not used, and shows the others', async () => {
    await workbench.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).first().waitFor();
    await workbench.runCommand('Kindergarten: Lessons');
    const page = await workbench.webviewFrame('Lessons');
    await page.locator('li', { hasText: 'The lessons of this workspace are not used, because you have not trusted it.' }).waitFor();
    await page.locator('[id="open-first-cluster"]').waitFor();
    assert.equal(await page.locator('[id="open-mine"]').count(), 0);
    assert.equal(await page.getByText('mine.yaml').count(), 0, 'the file is not even read');
  });

  it('has run nothing', async () => {
    await workbench.page.locator('.welcome-view-content', { hasText: 'No cluster is running yet' }).waitFor();
    assert.equal(await workbench.page.locator('.terminal-wrapper').count(), 0);
    assert.deepEqual(workbench.pageErrors(), []);
  });
});
