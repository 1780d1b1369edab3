/** What stands in the panel while there is no cluster. */
import type { Language } from '../../src/protocol/messages';
import { text } from '../narration/text';
import { html, svg } from '../render/svg';

/** The picture and the two sentences. */
export function emptyContents(language: Language): readonly Node[] {
  const size = { viewBox: '0 0 96 64', width: 96, height: 64 };
  const picture = svg(
    'svg',
    { class: 'empty-picture', 'aria-hidden': 'true', ...size },
    svg('rect', { x: 1, y: 8, width: 40, height: 48, rx: 6 }),
    svg('rect', { x: 55, y: 1, width: 40, height: 28, rx: 6 }),
    svg('rect', { x: 55, y: 35, width: 40, height: 28, rx: 6 }),
    svg('path', { d: 'M41 24h7v-9h7M41 40h7v9h7' }),
  );
  return [picture, html('h2', {}, text(language, 'empty.title')), html('p', {}, text(language, 'empty.text'))];
}
