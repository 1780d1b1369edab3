/** The overlay that explains keys, states, messages and lines. */
import type { Language } from '../../src/protocol/messages';
import { iconButton } from '../controls';
import { tokenExplanations } from '../narration/signs';
import { text } from '../narration/text';
import type { TextKey } from '../narration/text';
import { html } from '../render/svg';
import { mark, tokenShape } from '../render/symbols';
import { stateExplanations } from '../scene/states';
import { lineSign, sign } from './legend';

const keys: readonly (readonly [keys: string, key: TextKey])[] = [
  ['← ↑ → ↓', 'help.arrows'], ['Tab, F6', 'help.tab'], ['Home, End', 'help.home'], ['Enter', 'help.enter'],
  ['Esc', 'help.escape'], ['/', 'help.search'], ['L', 'help.legend'],
  ['Space', 'help.space'], [', .', 'help.step'], ['+ - 0', 'help.zoom'], ['Ctrl', 'help.wheel'], ['?', 'help.help'],
];
export class Help {
  readonly element = html('dialog', { class: 'help' });

  toggle(language: Language): void {
    if (this.element.open) return this.element.close();
    this.draw(language);
    this.element.showModal();
  }

  private draw(language: Language): void {
    const closing = iconButton('close', () => this.element.close());
    closing.show(text(language, 'help.close'));
    const title = html('h2', { id: 'help-title' }, text(language, 'help.title'));
    const list = (heading: TextKey, rows: readonly (readonly [Node, TextKey])[]): HTMLElement => html('section', {},
      html('h3', {}, text(language, heading)),
      html('dl', {}, ...rows.map(([sign, key]) =>
        html('div', {}, html('dt', {}, sign), html('dd', {}, text(language, key))))));
    this.element.setAttribute('aria-labelledby', 'help-title');
    this.element.replaceChildren(
      html('header', {}, title, closing.element),
      html('div', { class: 'help-columns' },
        list('help.keys', keys.map(([names, key]) => [html('kbd', {}, names), key] as const)),
        list('help.states', stateExplanations.map(([state, key]) => [sign(mark(state, 0, 0)), key] as const)),
        html('div', {},
          list('help.tokens', tokenExplanations.map(([shape, key]) => [sign(tokenShape(shape)), key] as const)),
          list('help.lines', [
            [lineSign('watch'), 'line.watch'], [lineSign('plain'), 'line.connection'], [lineSign('plain'), 'line.dot'],
          ]))),
    );
  }
}
