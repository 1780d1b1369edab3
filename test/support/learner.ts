/**
 * Somebody who learns by keyboard alone: palette, editor, terminal, the lesson page and the diagram, without the mouse.
 * It presses keys and looks; what it waits for is what a learner would wait for, and nothing is clicked or set by script.
 */
import assert from 'node:assert/strict';
import type { FrameLocator, Page } from 'playwright-core';
import { cssString, waitLimitMs } from './palette';
import type { Workbench } from './workbench';

/** Presses of a key until what it should reach counts as out of reach. */
const pressLimit = 90;
/** What a step may need: a cluster that boots, an image that is pulled. */
const stepLimitMs = 60_000;

/** Where the focus is when it is not in the page. */
const elsewhere = '(elsewhere)';

export class Learner {
  private readonly page: Page;

  constructor({ page }: Workbench) {
    this.page = page;
  }

  /** Chooses a command of the palette by its whole title. */
  async command(title: string): Promise<void> {
    const widget = this.page.locator('.quick-input-widget');
    const labels = `[aria-label=${cssString(title)}], [aria-label^=${cssString(`${title}, `)}]`;
    const row = widget.locator('.monaco-list-row').and(this.page.locator(labels)).first();
    for (const startMs = Date.now(); Date.now() - startMs < waitLimitMs;) {
      await this.page.keyboard.press('F1');
      // A window that has only just come up does not hear keys yet.
      const input = widget.locator('input[type="text"]').first();
      if (!await input.waitFor({ timeout: 2000 }).then(() => true, () => false)) continue;
      await this.page.keyboard.insertText(title);
      if (await row.waitFor({ timeout: 2000 }).then(() => true, () => false)) {
        for (let at = 0; at < pressLimit && !/focused/.test(await row.getAttribute('class') ?? ''); at += 1) {
          await this.page.keyboard.press('ArrowDown');
        }
        await this.page.keyboard.press('Enter');
        await widget.waitFor({ state: 'hidden' });
        return;
      }
      await this.page.keyboard.press('Escape');
    }
    throw new Error(`The palette does not offer "${title}".`);
  }

  /** Opens a file of the workspace in the editor. */
  async open(file: string): Promise<void> {
    await this.page.keyboard.press('Control+p');
    await this.page.locator('.quick-input-widget input[type="text"]').first().waitFor();
    await this.page.keyboard.insertText(file);
    await this.page.locator('.quick-input-widget .monaco-list-row.focused', { hasText: file }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.editing(file);
  }

  /** Writes a line at the end of the file that is being edited, whose last line is empty and has this number. */
  async append(line: string, number: number): Promise<void> {
    await this.page.keyboard.press('Control+End');
    await this.page.locator('[id="status.editor.selection"]', { hasText: `Ln ${number}, Col 1` }).waitFor();
    await this.page.keyboard.type(`${line}\n`);
  }

  /** Waits until a file is being edited. */
  async editing(file: string): Promise<void> {
    await this.page.locator(`.tab.active[data-resource-name=${cssString(file)}]`).first().waitFor();
    await this.page.locator('.monaco-editor.focused').first().waitFor();
  }

  /** Applies the file that is being edited. */
  async apply(): Promise<void> {
    await this.command('Kindergarten: Apply to Sandbox');
  }

  /** Runs what stands at the prompt of the sandbox terminal. */
  async enter(typed: string): Promise<void> {
    await this.page.locator('.terminal.xterm.focus').waitFor();
    await this.page.locator('.xterm-rows', { hasText: typed }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Waits until the sandbox terminal shows this. */
  async reads(words: string): Promise<void> {
    await this.page.locator('.xterm-rows', { hasText: words }).waitFor();
  }

  /** Types a line into the sandbox terminal. */
  async type(line: string): Promise<void> {
    await this.page.locator('.terminal.xterm.focus').waitFor();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }
}

/** How long a webview may take to get the keyboard before it is asked for again, as a person would. */
const focusLimitMs = 3_000;

/** Asks for the keyboard by a command until a webview has it: what a terminal prints may call it back. */
async function untilFocused(frame: FrameLocator, ask: () => Promise<void>): Promise<void> {
  const hasFocus = (): Promise<boolean> => frame.locator('body').evaluate(() => document.hasFocus());
  for (const startMs = Date.now(); Date.now() - startMs < waitLimitMs;) {
    await ask();
    for (const askedMs = Date.now(); Date.now() - askedMs < focusLimitMs;) if (await hasFocus()) return;
  }
  throw new Error('The webview does not get the focus.');
}

/** The lesson page, by keyboard. */
export class LessonReader {
  private frame: FrameLocator | undefined;

  constructor(private readonly workbench: Workbench, private readonly learner: Learner) {}

  /** Opens a lesson from the list; where there is a cluster already, it is made anew for the lesson. */
  async open(id: string, hasCluster = true): Promise<void> {
    await this.learner.command('Kindergarten: Lessons');
    this.frame = await this.workbench.webviewFrame('Lessons');
    await this.press(`open-${id}`);
    if (!hasCluster) return;
    await this.workbench.page.locator('.monaco-dialog-box .monaco-button:focus', { hasText: 'Create It Anew' }).waitFor();
    await this.workbench.page.keyboard.press('Enter');
  }

  /** What the page shows. */
  get content(): FrameLocator {
    assert.ok(this.frame, 'no lesson page is open');
    return this.frame;
  }

  /** Waits until a step with this title is shown and nothing is under way any more. */
  async step(title: string): Promise<void> {
    await this.content.locator('h2.step', { hasText: title }).waitFor({ timeout: stepLimitMs });
    await this.content.locator('#do-catchUp:not([disabled])').waitFor({ timeout: stepLimitMs });
  }

  /** Goes to a button with the Tab key and presses it. */
  async press(id: string): Promise<void> {
    await this.content.locator(`[id=${cssString(id)}]:not([disabled])`).waitFor({ timeout: stepLimitMs });
    await this.tabTo(id);
    await this.workbench.page.keyboard.press('Enter');
  }

  /** Chooses an answer of a question and gives it. */
  async answer(question: string, option: string): Promise<void> {
    const choices = this.content.locator(`input[name=${cssString(`question-${question}`)}]`);
    await choices.first().waitFor();
    const ids = await choices.evaluateAll((all) => all.map(({ id }) => id));
    const wanted = `${question}-${option}`;
    // Coming from below one arrives at the last of the choices.
    const reached = ids.indexOf(await this.tabTo(...ids));
    const way = ids.indexOf(wanted) - reached;
    const key = way < 0 ? 'ArrowUp' : 'ArrowDown';
    for (let moves = 0; moves < Math.abs(way); moves += 1) await this.workbench.page.keyboard.press(key);
    await this.workbench.page.keyboard.press('Space');
    await this.press(`answer-${question}`);
    await this.content.locator(`label.chosen:has([id=${cssString(wanted)}])`).waitFor();
  }

  /** Answers the questions about earlier lessons and hears to each what would have been right. */
  async recall(): Promise<void> {
    for (const question of ['recall-0', 'recall-1', 'recall-2']) await this.answer(question, '0');
    await this.content.locator('.verdict').nth(2).waitFor();
  }

  /** Waits until the step is done, and hears that the prediction came true if there was one. */
  async done(predicted: boolean): Promise<void> {
    await this.content.locator('#do-next:not([disabled])').waitFor({ timeout: stepLimitMs });
    if (predicted) await this.content.locator('section.prediction .verdict.right').waitFor();
  }

  /** The step as it should be left: done, and on to the next with this title, or back to the list. */
  async next(predicted: boolean, title?: string): Promise<void> {
    await this.done(predicted);
    await this.focus();
    await this.press('do-next');
    if (title === undefined) await this.content.locator('ul.lessons').waitFor();
    else await this.step(title);
  }

  /** Goes back to the page from wherever the focus is. */
  async focus(): Promise<void> {
    await untilFocused(this.content, () => this.learner.command('Kindergarten: Focus on Lessons View'));
  }

  /** Whether the step can be shown and is not done yet. */
  async canShow(): Promise<boolean> {
    return await this.content.locator('#do-showMe:not([disabled])').count() > 0;
  }

  /** Has the step's YAML put into a file and applies it. */
  async insertAndApply(file: string): Promise<void> {
    await this.press('do-insertYaml');
    await this.learner.editing(file);
    await this.learner.apply();
  }

  /** Has the step's first command typed, and runs it. */
  async runCommand(command: string): Promise<void> {
    await this.press('do-runCommands');
    await this.learner.enter(command);
  }

  /** Goes to one of these with the Tab key; answers which. */
  private async tabTo(...ids: readonly string[]): Promise<string> {
    const seen: string[] = [];
    const focused = (): Promise<string> =>
      this.content.locator('body').evaluate((_, nowhere) =>
        (document.hasFocus() ? document.activeElement?.id ?? '' : nowhere), elsewhere);
    if (await focused() === elsewhere) await this.focus();
    let key = 'Tab';
    for (let presses = 0; presses < pressLimit; presses += 1) {
      const at = await focused();
      if (ids.includes(at)) return at;
      // Behind the last control the key leaves the page; what was passed by is found on the way back.
      if (at === elsewhere) key = key === 'Tab' ? 'Shift+Tab' : 'Tab';
      seen.push(at);
      await this.workbench.page.keyboard.press(key);
    }
    throw new Error(`The Tab key does not lead to ${ids.join(' or ')}, but to ${[...new Set(seen)].join(' ')}.`);
  }
}

/** The diagram, by keyboard. */
export class DiagramReader {
  constructor(private readonly workbench: Workbench, private readonly learner: Learner) {}

  /** Brings the diagram to the front, with the focus in it. */
  async open(): Promise<FrameLocator> {
    await this.learner.command('Kindergarten: Open Diagram');
    const frame = await this.workbench.webviewFrame('Cluster Diagram');
    await frame.locator('[data-box]').first().waitFor({ state: 'attached' });
    await untilFocused(frame, () => this.learner.command('Kindergarten: Open Diagram'));
    return frame;
  }

  /** Looks for a box by its name and selects it; `box` is what should be selected then. */
  async find(name: string, box: string): Promise<FrameLocator> {
    const frame = await this.open();
    const { keyboard } = this.workbench.page;
    await keyboard.press('/');
    await frame.locator('.search-field:focus').waitFor();
    await keyboard.type(name);
    await frame.locator('.search-row').first().waitFor();
    await keyboard.press('Enter');
    await frame.locator(`[data-box=${cssString(box)}][aria-pressed="true"]`).waitFor({ state: 'attached' });
    return frame;
  }

  /** Does something to a box, from its details. */
  async whatIf(name: string, box: string, action: string): Promise<void> {
    const frame = await this.find(name, box);
    await this.press(frame, 'What if …');
    await frame.locator('.what-if:not([hidden])').waitFor();
    await this.press(frame, action);
  }

  /** Goes two hops back and one forward, and returns to the present. */
  async stepBackAndForth(): Promise<void> {
    const frame = await this.open();
    const { keyboard } = this.workbench.page;
    const moment = frame.locator('.past-about');
    const seen: string[] = [];
    for (const key of [',', ',', '.']) {
      await keyboard.press(key);
      await moment.filter({ hasNotText: seen.at(-1) ?? '\0' }).waitFor();
      seen.push(await moment.innerText());
    }
    assert.equal(seen[2], seen[0], 'one back and one forward is where one was');
    await keyboard.press('End');
    await frame.locator('.past-banner').waitFor({ state: 'hidden' });
  }

  /** Opens the transcript and hides the diagram. */
  async readAlone(): Promise<FrameLocator> {
    const frame = await this.open();
    await this.press(frame, 'Transcript');
    await frame.getByRole('log', { name: 'Transcript' }).waitFor();
    await this.press(frame, 'Without the diagram', 'Space');
    await frame.locator('.scroller').waitFor({ state: 'hidden' });
    return frame;
  }

  /** Turns the switch between a text's steps and every hop, which shows this now. */
  async fold(now: 'Precise' | 'As in the text'): Promise<void> {
    await this.press(await this.open(), now);
  }

  /** Tabs to a control by its name and presses it. */
  private async press(frame: FrameLocator, name: string, key = 'Enter'): Promise<void> {
    const { keyboard } = this.workbench.page;
    const seen: string[] = [];
    for (let presses = 0; presses < pressLimit; presses += 1) {
      const at = await frame.locator('body').evaluate(() =>
        document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');
      if (at === name) return await keyboard.press(key);
      seen.push(at.slice(0, 30));
      await keyboard.press('Tab');
    }
    throw new Error(`The Tab key does not lead to "${name}", but to ${[...new Set(seen)].join(' | ')}.`);
  }
}
