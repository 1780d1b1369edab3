/** The overlay that explains keys, states, messages and lines. */
import type { Language } from '../../src/protocol/messages';
import { iconButton } from '../controls';
import { text } from '../narration/text';
import type { TextKey } from '../narration/text';
import { html, svg } from '../render/svg';
import { mark, tokenShape } from '../render/symbols';
import type { TokenShape } from '../render/symbols';
import { stateExplanations } from '../scene/states';

const keys: readonly (readonly [keys: string, key: TextKey])[] = [
  ['← ↑ → ↓', 'help.arrows'], ['Tab, F6', 'help.tab'], ['Home, End', 'help.home'], ['Enter', 'help.enter'],
  ['Esc', 'help.escape'],
  ['Space', 'help.space'], ['.', 'help.step'], ['+ - 0', 'help.zoom'], ['Ctrl', 'help.wheel'], ['?', 'help.help'],
];
const shapes: readonly (readonly [shape: TokenShape, key: TextKey])[] = [
  ['request', 'token.request'], ['response', 'token.response'], ['event', 'token.event'], ['call', 'token.call'],
  ['packet', 'token.packet'], ['failure', 'token.failure'],
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
    const picture = (...content: (Node | undefined)[]): SVGSVGElement =>
      svg('svg', { 'class': 'legend', 'viewBox': '-10 -10 20 20', 'width': 20, 'height': 20, 'aria-hidden': 'true' },
        ...content.filter((node) => node !== undefined));
    const strip = { 'class': 'legend diagram', 'viewBox': '0 0 40 20', 'width': 40, 'height': 20,
      'aria-hidden': 'true' };
    const line = (className: string): SVGSVGElement => svg('svg', strip, svg('g', { class: `line ${className}` },
      svg('path', { class: 'stroke', d: 'M36 10H4' }), svg('circle', { class: 'opener', cx: 4, cy: 10, r: 2.5 })));
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
        list('help.states', stateExplanations.map(([state, key]) => [picture(mark(state, 0, 0)), key] as const)),
        html('div', {},
          list('help.tokens', shapes.map(([shape, key]) => [picture(tokenShape(shape)), key] as const)),
          list('help.lines', [
            [line('watch'), 'line.watch'], [line('plain'), 'line.connection'], [line('plain'), 'line.dot'],
          ]))),
    );
  }
}
