/**
 * The transcript: all hops as sentences, the equal of the diagram for whoever reads better than they see. It keeps the
 * newest hops; a row opens onto the chain of hops that led to it.
 */
import type { Language } from '../../src/protocol/messages';
import { isTold } from '../../src/protocol/story';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { checkBox, iconButton, textButton } from '../controls';
import { sentence } from '../narration/sentence';
import { clockText, text } from '../narration/text';
import { html, setAttribute, setText } from '../render/svg';
import { fold } from '../scene/folding';

/** So many hops are kept, and at most as many shown. */
export const transcriptLimit = 500;
/** Of a long chain of causes, the nearest and the first are shown. */
const nearestCauses = 7;
const firstCauses = 2;
/** Of the hops in a step, so many are shown. */
const innerLimit = 60;

export interface TranscriptHooks {
  /** A row was opened, or closed again with undefined. */
  look(hop: Hop | undefined): void;
  /** The picture of the moment right after a hop is wanted. */
  goTo(hop: Hop): void;
  background(shown: boolean): void;
  /** The diagram is to be hidden, or shown again. */
  alone(alone: boolean): void;
  close(): void;
}

export class Transcript {
  readonly element = html('aside', { class: 'transcript' });
  private readonly title = html('h2', {});
  /** The live region beside the diagram speaks for new rows, not each row for itself. */
  private readonly log = html('div', { 'class': 'rows', 'role': 'log', 'aria-live': 'off', 'tabindex': '-1' });
  private readonly empty = html('p', { class: 'rows-empty' });
  private readonly filter;
  private readonly solo;
  private readonly closing;
  private hops: Hop[] = [];
  /** The newest hop between steps that is not kept any more. */
  private forgotten = -1;
  private readonly byId = new Map<number, Hop>();
  private view: ClusterView | undefined;
  private language: Language = 'en';
  private folded = false;
  /** Whether the newest row is in sight, and new ones are followed; to ask for it while drawing would cost a layout. */
  private isAtEnd = true;
  private opened: { readonly hop: Hop; readonly row: HTMLElement } | undefined;

  constructor(private readonly hooks: TranscriptHooks, private isBackgroundShown: boolean) {
    this.filter = checkBox((checked) => {
      this.isBackgroundShown = checked;
      hooks.background(checked);
      this.redraw();
    });
    this.solo = checkBox((checked) => hooks.alone(checked));
    if (isBackgroundShown) (this.filter.element as HTMLElement & { checked: boolean }).checked = true;
    this.closing = iconButton('close', () => hooks.close());
    const head = html('header', {}, this.title, this.solo.element, this.filter.element, this.closing.element);
    this.element.append(head, this.log, this.empty);
    this.log.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('button.row');
      if (row) this.toggle(row);
    });
    this.log.addEventListener('keydown', (event) => this.onKey(event));
    this.log.addEventListener('scroll', () => {
      this.isAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 32;
    }, { passive: true });
  }

  /** The hops that are known here, in order. */
  get known(): readonly Hop[] {
    return this.hops;
  }

  /** The hop of an id, as far as it is known here. */
  hop(id: number): Hop | undefined {
    return this.byId.get(id);
  }

  show(view: ClusterView | undefined, language: Language): void {
    const isOther = language !== this.language;
    this.view = view;
    this.language = language;
    setText(this.title, text(language, 'transcript.title'));
    setAttribute(this.log, 'aria-label', text(language, 'transcript.title'));
    setText(this.empty, text(language, 'transcript.empty'));
    this.filter.show(text(language, 'transcript.background'), text(language, 'transcript.background.about'));
    this.solo.show(text(language, 'transcript.alone'), text(language, 'transcript.alone.about'));
    this.closing.show(text(language, 'transcript.close'));
    if (isOther) this.redraw();
  }

  /** Forgets everything and begins anew with these hops. */
  reset(hops: readonly Hop[]): void {
    const hadFocus = this.log.contains(document.activeElement);
    this.hops = [];
    this.forgotten = -1;
    this.byId.clear();
    this.keep(hops);
    this.redraw();
    if (hadFocus) this.rows().at(-1)?.focus();
  }

  /** Adds hops at the end; of very many only the newest. */
  add(hops: readonly Hop[], skipped: number): void {
    this.keep(hops);
    if (this.element.hidden || (hops.length === 0 && skipped === 0)) return;
    const news = hops.slice(-transcriptLimit).filter((hop) => this.isShown(hop));
    const rows = news.map((hop) => this.row(hop));
    if (skipped > 0 && rows.length > 0) {
      rows.unshift(html('div', { class: 'skipped' }, text(this.language, 'transcript.skipped', { count: skipped })));
    }
    this.log.append(...rows);
    const hadFocus = this.log.contains(document.activeElement);
    while (this.log.childElementCount > transcriptLimit) this.log.firstElementChild?.remove();
    // Whoever reads the oldest row goes on with the one after it.
    if (hadFocus && !this.log.contains(document.activeElement)) this.rows()[0]?.focus();
    this.finish(this.isAtEnd);
  }

  /** Draws all rows again, for instance when the transcript is opened. */
  redraw(): void {
    this.opened = undefined;
    this.log.replaceChildren(...(this.view && !this.element.hidden
      ? this.hops.filter((hop) => this.isShown(hop)).slice(-transcriptLimit).map((hop) => this.row(hop)) : []));
    this.finish(true);
  }

  /** Shows only the steps that a text would tell; the hops between open with them. */
  fold(folded: boolean): void {
    this.folded = folded;
    this.redraw();
  }

  /** Marks whether the diagram is hidden. */
  setAlone(alone: boolean): void {
    (this.solo.element as HTMLElement & { checked: boolean }).checked = alone;
  }

  /** Closes the row that is open. */
  closeRow(): void {
    if (this.opened) this.toggle(this.opened.row);
  }

  private keep(hops: readonly Hop[]): void {
    this.hops.push(...hops.slice(-2 * transcriptLimit));
    for (const hop of hops.slice(-2 * transcriptLimit)) this.byId.set(hop.id, hop);
    // Background work must not push out what matters, nor single hops the steps that a text would tell: each counts apart.
    for (const rank of ['background', 'told', 'between'] as const) {
      const excess = this.hops.filter((hop) => rankOf(hop) === rank).length - transcriptLimit;
      if (excess <= 0) continue;
      let left = excess;
      this.hops = this.hops.filter((hop) => {
        if (rankOf(hop) !== rank || left === 0) return true;
        left -= 1;
        this.byId.delete(hop.id);
        if (rank === 'between') this.forgotten = hop.id;
        return false;
      });
    }
  }

  private isShown(hop: Hop): boolean {
    return (this.isBackgroundShown || !hop.background) && (!this.folded || isTold(hop));
  }

  private row(hop: Hop): HTMLElement {
    const words = this.view ? sentence(hop, this.view, this.language) : '';
    const isBad = hop.kind === 'failure' || (hop.kind === 'stage' && !hop.allowed) || (hop.subject.code ?? 0) >= 400;
    const look = `row kind-${hop.kind}${isBad ? ' bad' : ''}${hop.background ? ' background' : ''}`;
    return html('button',
      { 'class': look, 'type': 'button', 'tabindex': '-1', 'data-hop': hop.id, 'aria-expanded': 'false' },
      html('span', { class: 'time' }, clockText(hop.atMs)),
      html('span', { class: 'words' }, isBad ? `✕ ${words}` : words));
  }

  /** One row is the stop of the Tab key: the open one, or the last. */
  private finish(follow: boolean): void {
    const rows = this.rows();
    this.empty.hidden = rows.length > 0;
    this.log.hidden = rows.length === 0;
    if (!rows.some((row) => row.tabIndex === 0)) rows.at(-1)?.setAttribute('tabindex', '0');
    if (!follow) return;
    this.isAtEnd = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  private rows(): HTMLElement[] {
    return [...this.log.querySelectorAll<HTMLElement>('button.row')];
  }

  private toggle(row: HTMLElement): void {
    const before = this.opened;
    this.opened = undefined;
    if (before) {
      before.row.setAttribute('aria-expanded', 'false');
      before.row.classList.remove('open');
      this.log.querySelector('.causes')?.remove();
    }
    this.stopAt(row);
    const hop = before?.row === row ? undefined : this.byId.get(Number(row.dataset['hop']));
    if (hop) {
      this.opened = { hop, row };
      row.setAttribute('aria-expanded', 'true');
      row.classList.add('open');
      row.after(this.folded ? this.innerHops(hop) : this.causes(hop));
    }
    this.hooks.look(hop);
  }

  /** What lies folded in a step. */
  private innerHops(hop: Hop): HTMLElement {
    const { view, language } = this;
    // Of a step long ago the hops inside are gone, while it is still told itself.
    if (this.forgotten > hop.id) {
      return html(
        'div',
        { class: 'causes' },
        html('div', { class: 'causes-title' }, text(language, 'transcript.gone')),
      );
    }
    const inner =
      fold(this.hops.filter((one) => one.id >= hop.id && !one.background)).find((step) => step.hop === hop)?.inner ??
      [];
    return html(
      'div',
      { class: 'causes' },
      html('div', { class: 'causes-title' }, text(language, 'fold.more', { count: inner.length })),
      html(
        'ul',
        {},
        ...inner.slice(0, innerLimit).map((one) => html('li', {}, view ? sentence(one, view, language) : '')),
      ),
    );
  }

  private causes(hop: Hop): HTMLElement {
    const chain: Hop[] = [];
    let current = this.byId.get(hop.cause);
    while (current) {
      chain.push(current);
      current = this.byId.get(current.cause);
    }
    const first = chain.at(-1) ?? hop;
    const end = first.cause < 0 ? 'transcript.root' : 'transcript.older';
    const { view, language } = this;
    const tell = (cause: Hop): HTMLElement => html('li', {}, view ? sentence(cause, view, language) : '');
    const between = chain.length - nearestCauses - firstCauses;
    // A gap of one or two would save nothing.
    const rows = between < 3 ? chain.map(tell) : [
      ...chain.slice(0, nearestCauses).map(tell),
      html('li', { class: 'causes-gap' }, text(language, 'transcript.between', { count: between })),
      ...chain.slice(-firstCauses).map(tell),
    ];
    return html('div', { class: 'causes' },
      html('div', { class: 'causes-title' }, text(language, 'transcript.because')),
      html('ul', {}, ...rows, html('li', { class: 'causes-end' }, text(language, end))),
      textButton(text(language, 'transcript.goTo'), () => this.hooks.goTo(hop)));
  }

  private stopAt(row: HTMLElement): void {
    for (const other of this.rows()) other.tabIndex = other === row ? 0 : -1;
  }

  private onKey(event: KeyboardEvent): void {
    const rows = this.rows();
    const at = rows.indexOf(event.target as HTMLElement);
    const next = event.key === 'ArrowDown' ? rows[at + 1] : event.key === 'ArrowUp' ? rows[at - 1]
      : event.key === 'Home' ? rows[0] : event.key === 'End' ? rows.at(-1) : undefined;
    if (at < 0 || !next) return;
    event.preventDefault();
    this.stopAt(next);
    next.focus();
  }
}

function rankOf(hop: Hop): 'background' | 'told' | 'between' {
  if (hop.background) return 'background';
  return isTold(hop) ? 'told' : 'between';
}
