/** The legend below the diagram: what marks, messages and lines mean, always in sight while one wants it. */
import type { Language } from '../../src/protocol/messages';
import { text } from '../narration/text';
import type { TextKey } from '../narration/text';
import { tokenExplanations } from '../narration/signs';
import { elementOf } from '../render/shape';
import type { Shape } from '../render/shape';
import { html, svg } from '../render/svg';
import { mark, tokenShape } from '../render/symbols';
import { stateExplanations } from '../scene/states';

/** The sign of a line for legend and help, with the dot where it was opened at the right. */
export function lineSign(look: 'watch' | 'plain'): SVGSVGElement {
  return svg(
    'svg',
    { class: 'legend diagram', viewBox: '0 0 40 20', width: 40, height: 20, 'aria-hidden': 'true' },
    svg(
      'g',
      { class: `line ${look}` },
      svg('path', { class: 'stroke', d: 'M36 10H4' }),
      svg('circle', { class: 'opener', cx: 4, cy: 10, r: 2.5 }),
    ),
  );
}

/** A small picture of a mark or a message. */
export function sign(content: Shape | undefined): SVGSVGElement {
  return svg('svg', { 'class': 'legend', 'viewBox': '-10 -10 20 20', 'width': 20, 'height': 20, 'aria-hidden': 'true' },
    ...(content ? [elementOf(content)] : []));
}

export class Legend {
  readonly element = html('section', { class: 'legend-strip', hidden: '' });

  show(open: boolean, language: Language): void {
    this.element.hidden = !open;
    if (!open) return;
    this.element.setAttribute('aria-label', text(language, 'legend.show'));
    const entry = (picture: Node, key: TextKey): HTMLElement => html('li', {}, picture, text(language, key));
    this.element.replaceChildren(html('ul', {},
      ...stateExplanations.map(([state, key]) => entry(sign(mark(state, 0, 0)), key)),
      ...tokenExplanations.map(([shape, key]) => entry(sign(tokenShape(shape)), key)),
      entry(lineSign('watch'), 'line.watch'), entry(lineSign('plain'), 'line.dot')));
  }
}
