/** The strip below the diagram with what is selected: its facts, and what can be opened for it. */
import type { Language, PanelToHost } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { iconButton, textButton } from '../controls';
import { text } from '../narration/text';
import { html, setAttribute } from '../render/svg';
import type { Box } from '../scene/model';
import { stateGlyphs } from '../scene/model';
import { facts } from './facts';

export interface DetailsHooks {
  open(what: Extract<PanelToHost, { type: 'open' }>['what']): void;
  close(): void;
}

export class Details {
  readonly element = html('section', { class: 'details', hidden: '' });
  private readonly title = html('div', { class: 'details-title' });
  private readonly list = html('dl', { class: 'details-facts' });
  private readonly actions = html('div', { class: 'details-actions' });
  private readonly closing;
  private drawn = '';
  private language: Language | undefined;

  constructor(private readonly hooks: DetailsHooks) {
    this.closing = iconButton('close', () => hooks.close());
    this.element.append(this.title, this.list, this.actions);
  }

  show(box: Box | undefined, view: ClusterView, language: Language): void {
    this.element.hidden = box === undefined;
    if (!box) return;
    this.showActions(box, language);
    const rows = facts(box, view, language);
    const status = [stateGlyphs[box.state], box.status].filter((part) => part !== '').join(' ');
    const look = JSON.stringify([box.title, status, rows]);
    if (look === this.drawn) return;
    this.drawn = look;
    this.title.replaceChildren(html('strong', {}, box.title), html('span', { class: 'details-status' }, status));
    this.list.replaceChildren(...rows
      .map(({ name, value }) => html('div', {}, html('dt', {}, name), html('dd', {}, value))));
  }

  private showActions(box: Box, language: Language): void {
    // Only what exists in the API can be described; a client, a registry or a group cannot.
    const canOpen = box.kind === 'node' || box.kind === 'pod'
      || (box.kind === 'component' && box.party !== 'load-balancer');
    this.actions.classList.toggle('close-only', !canOpen);
    if (language === this.language) return;
    this.language = language;
    setAttribute(this.element, 'aria-label', text(language, 'details.label'));
    this.closing.show(text(language, 'details.close'));
    this.actions.replaceChildren(
      textButton(text(language, 'details.describe'), () => this.hooks.open('describe')),
      textButton(text(language, 'details.yaml'), () => this.hooks.open('yaml')),
      textButton(text(language, 'details.tree'), () => this.hooks.open('tree')),
      this.closing.element,
    );
  }
}
