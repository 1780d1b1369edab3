/**
 * The scheduler's page: all attempts, and of one of them the nodes with a sentence each, the filter table and the score
 * table. A cell leads to its node and to the line of the manifest on which the plugin decides.
 */
import type { Language } from '../../src/protocol/messages';
import type {
  AttemptNode,
  AttemptSummary,
  AttemptTable,
  SchedulingStudy,
  StudyRequest,
} from '../../src/protocol/study';
import { clockText, text } from '../narration/text';
import { html } from '../render/svg';
import { arranged, filterGrid, scoreGrid } from './grid';
import type { Cell } from './grid';
import { gridTable } from './grid-table';
import type { GridChoice } from './grid-table';
import { link } from './page-parts';
import { onActivate, patchChildren } from './patch';
import { whyNode } from './why-node';

type Request = Extract<StudyRequest, { kind: 'scheduling' }>;

export interface SchedulingHooks {
  ask(request: Request): void;
  /** Shows a node in the picture. */
  showNode(name: string): void;
  openField(pod: string, field: string): void;
  goTo(hop: number): void;
}

/** As in the style sheet. */
const listFrom = 820;
const listWidth = 284;

export class SchedulingPage {
  readonly element = html('div', { class: 'study-page scheduling' });
  private choice: GridChoice & { readonly sentence?: string; readonly attempt?: number } = {};
  private study: SchedulingStudy | undefined;
  private language: Language = 'en';
  private width = 0;

  constructor(private readonly hooks: SchedulingHooks) {}

  show(study: SchedulingStudy, language: Language, width: number): void {
    this.study = study;
    this.language = language;
    // Beside the list of attempts, where both have room.
    this.width = width >= listFrom ? width - listWidth : width;
    if (this.choice.attempt !== study.shown?.id) this.choice = { attempt: study.shown?.id };
    this.draw();
  }

  private draw(): void {
    const { study, language } = this;
    if (!study) return;
    const shown = study.shown
      ? this.attempt(study.shown)
      : [html('p', { class: 'study-empty' }, text(language, 'study.none'))];
    patchChildren(this.element, [
      ...(study.attempts.length > 0 ? [this.list(study)] : []),
      html('div', { class: 'study-main' }, ...shown),
    ]);
  }

  private list({ attempts, shown, older, newer, pod, forgotten }: SchedulingStudy): HTMLElement {
    const { language, hooks } = this;
    const kept = pod === undefined ? {} : { pod };
    const last = attempts.at(-1);
    const tools = [
      ...(pod === undefined
        ? []
        : [link(text(language, 'attempt.all'), 'all', () => hooks.ask({ kind: 'scheduling', attempt: shown?.id }))]),
      ...(newer
        ? [link(text(language, 'attempt.newer'), 'newer', () => hooks.ask({ kind: 'scheduling', ...kept }))]
        : []),
      ...(older && last
        ? [
            link(text(language, 'attempt.older'), 'older', () =>
              hooks.ask({ kind: 'scheduling', ...kept, before: last.id }),
            ),
          ]
        : []),
    ];
    const before = newer ? { before: (attempts[0]?.id ?? 0) + 1 } : {};
    const items = attempts.map((each) =>
      this.item(each, each.id === shown?.id, { kind: 'scheduling', ...kept, ...before, attempt: each.id }),
    );
    return html(
      'nav',
      { class: 'attempts', 'aria-label': text(language, 'attempt.list') },
      html('div', { class: 'study-head' }, html('h2', {}, text(language, 'attempt.list')), ...tools),
      html('ol', { 'data-scroll': 'attempts' }, ...items),
      ...(forgotten > 0
        ? [html('p', { class: 'quiet' }, text(language, 'attempt.forgotten', { count: forgotten }))]
        : []),
    );
  }

  private item({ id, pod, attempt, atMs, node }: AttemptSummary, isShown: boolean, request: Request): HTMLElement {
    const { language } = this;
    const button = html(
      'button',
      {
        type: 'button',
        'data-key': `attempt ${id}`,
        'aria-current': isShown ? 'true' : undefined,
        class: node === undefined ? 'bad' : undefined,
      },
      html('span', { class: 'attempt-pod' }, pod),
      html('span', { class: 'time' }, clockText(atMs)),
      html(
        'span',
        { class: 'attempt-end' },
        node === undefined ? `✕ ${text(language, 'attempt.noNode')}` : `→ ${node}`,
      ),
      html('span', { class: 'quiet' }, `#${attempt}`),
    );
    onActivate(button, () => this.hooks.ask(request));
    return html('li', {}, button);
  }

  private attempt(shown: AttemptTable): HTMLElement[] {
    const { language, hooks, width } = this;
    const { pod, attempt, atMs, node, message = '', feasible, nodes, preemption, moreNodes } = shown;
    const result = node === undefined
      ? [html('p', {}, text(language, 'attempt.unbound', { nodes })), html('blockquote', {}, message.trim())]
      : [html('p', {}, text(language, 'attempt.bound', { feasible, nodes, node }))];
    const scores = scoreGrid(shown, language);
    const skipped = shown.skippedScores.join(', ');
    const choose = (cell: Cell): void => this.choose(cell, shown);
    return [
      html(
        'div',
        { class: 'study-head' },
        html('h2', {}, pod),
        html('span', { class: 'quiet' }, text(language, 'attempt.title', { attempt, time: clockText(atMs) })),
        ...(this.study?.pod === undefined
          ? [
              link(text(language, 'attempt.only'), 'only', () =>
                hooks.ask({ kind: 'scheduling', pod, attempt: shown.id }),
              ),
            ]
          : []),
        link(text(language, 'attempt.goTo'), 'goTo', () => hooks.goTo(shown.hop)),
      ),
      ...result,
      ...(preemption
        ? [
            html(
              'p',
              {},
              text(language, 'attempt.preemption', { node: preemption.node, victims: preemption.victims.join(', ') }),
            ),
          ]
        : []),
      html('h3', {}, text(language, 'attempt.nodes')),
      html('ul', { class: 'node-tiles' }, ...shown.table.map((each) => this.tile(each, shown))),
      ...(moreNodes > 0 ? [html('p', { class: 'quiet' }, text(language, 'attempt.more', { count: moreNodes }))] : []),
      gridTable(
        'filter',
        text(language, 'filter.caption'),
        arranged(filterGrid(shown, language), width, language),
        this.choice,
        { choose },
      ),
      html(
        'p',
        { class: 'quiet sheet-note' },
        `${text(language, 'filter.about')} ✓ ${text(language, 'filter.passes')}, ` +
          `– ${text(language, 'filter.skipped')}, · ${text(language, 'filter.unasked')}.`,
      ),
      ...(scores
        ? [
            gridTable('score', text(language, 'score.caption'), arranged(scores, width, language), this.choice, {
              choose,
            }),
          ]
        : []),
      html(
        'p',
        { class: 'quiet sheet-note' },
        scores
          ? [text(language, 'score.about'), skipped && text(language, 'score.skipped', { plugins: skipped })]
              .filter(Boolean)
              .join(' ')
          : text(language, feasible === 1 ? 'score.alone' : 'score.none'),
      ),
      this.chosenCell(shown),
    ];
  }

  /** A node with what became of it. */
  private tile(node: AttemptNode, shown: AttemptTable): HTMLElement {
    const { language } = this;
    const { name, verdict, total, refused } = node;
    const glyph = { chosen: '→', feasible: '✓', refused: '✕', unvisited: '·' }[verdict];
    const field = refused && shown.fields[refused.plugin];
    const isChosen = this.choice.node === name;
    return html(
      'li',
      { class: `node-tile verdict-${verdict}${isChosen ? ' chosen' : ''}` },
      html(
        'div',
        { class: 'tile-head' },
        html('span', { class: 'tile-glyph', 'aria-hidden': 'true' }, glyph),
        link(name, `tile ${name}`, () => this.hooks.showNode(name), text(language, 'link.node', { node: name })),
        html(
          'span',
          { class: 'tile-verdict' },
          total === undefined
            ? text(language, `verdict.${verdict}`)
            : `${text(language, `verdict.${verdict}`)} · ${total}`,
        ),
      ),
      html('p', {}, whyNode(node, shown, language)),
      ...(field ? [this.fieldLink(shown.pod, field, `field ${name}`)] : []),
    );
  }

  private fieldLink(pod: string, field: string, key: string): HTMLElement {
    return link(
      `→\u00a0${field}`,
      key,
      () => this.hooks.openField(pod, field),
      text(this.language, 'link.field', { field }),
    );
  }

  /** What the chosen cell says, and where one can go from it. */
  private chosenCell(shown: AttemptTable): HTMLElement {
    const { language, hooks } = this;
    const { node, plugin, sentence } = this.choice;
    const element = html('div', { class: 'chosen-cell', role: 'status' });
    if (node === undefined || sentence === undefined) {
      element.append(html('p', { class: 'quiet' }, text(language, 'attempt.pick')));
      return element;
    }
    const field = plugin === undefined ? undefined : shown.fields[plugin];
    element.append(
      html('p', {}, sentence),
      link(text(language, 'link.node', { node }), 'chosen node', () => hooks.showNode(node)),
      ...(field ? [this.fieldLink(shown.pod, field, 'chosen field')] : []),
    );
    return element;
  }

  private choose({ node, plugin, sentence }: Cell, { id }: AttemptTable): void {
    this.choice = { node, sentence, attempt: id, ...(plugin === undefined ? {} : { plugin }) };
    this.draw();
  }
}
