/** The card beside the box that is pointed at or has the focus: what it is, how it fares, what it last did. */
import type { Hop, ProcessId } from '../../src/protocol/trace';
import type { Language } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { sentence } from '../narration/sentence';
import { text } from '../narration/text';
import { html } from '../render/svg';
import type { Box, Scene } from '../scene/model';
import { stateGlyphs } from '../scene/model';
import { about, facts, talks } from './facts';

/** Pointing must last so long before the card comes. */
const delayMs = 300;
const gap = 10;

export interface CardContent {
  readonly box: Box;
  readonly scene: Scene;
  readonly view: ClusterView;
  readonly language: Language;
  /** The last hop in which the box had a part. */
  readonly lastHop: Hop | undefined;
  readonly process?: ProcessId;
}

export class HoverCard {
  readonly element = html('div', { class: 'hover-card', role: 'tooltip', hidden: '' });
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows the card after a moment, beside the element of the box. */
  show(content: () => CardContent | undefined, anchor: () => DOMRect | undefined): void {
    this.hide();
    this.timer = setTimeout(() => {
      const current = content();
      const place = anchor();
      if (!current || !place) return;
      this.element.replaceChildren(...describe(current));
      this.element.hidden = false;
      this.place(place);
    }, delayMs);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.element.hidden = true;
  }

  private place(anchor: DOMRect): void {
    const frame = this.element.offsetParent?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight);
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const fitsRight = anchor.right + gap + width <= frame.right;
    const fitsLeft = anchor.left - gap - width >= frame.left;
    // Beside the box if possible, otherwise below or above it.
    let x = fitsRight ? anchor.right + gap : fitsLeft ? anchor.left - gap - width : anchor.left;
    let y = anchor.top;
    if (!fitsRight && !fitsLeft) {
      const fitsBelow = anchor.bottom + gap + height <= frame.bottom;
      y = fitsBelow ? anchor.bottom + gap : anchor.top - gap - height;
    }
    x = Math.max(frame.left + 4, Math.min(frame.right - width - 4, x));
    y = Math.max(frame.top + 4, Math.min(frame.bottom - height - 4, y));
    this.element.style.left = `${x - frame.left}px`;
    this.element.style.top = `${y - frame.top}px`;
  }
}

function describe({ box, scene, view, language, lastHop }: CardContent): HTMLElement[] {
  const glyph = stateGlyphs[box.state];
  const status = [glyph, box.status].filter((part) => part !== '').join(' ');
  const rows = [
    ...facts(box, view, language).slice(0, 4),
    ...(lastHop ? [{ name: text(language, 'fact.last'), value: sentence(lastHop, view, language) }] : []),
  ].filter(({ value }) => value !== '');
  const partners = talks(scene, box, language).map(({ names, purpose }) =>
    html('div', { class: 'talk' }, html('strong', {}, names), ` ${purpose}`));
  return [
    html('div', { class: 'card-title' }, html('strong', {}, box.title), html('span', { class: 'card-status' }, status)),
    html('p', {}, about(box, view, language)),
    html('dl', {}, ...rows.flatMap(({ name, value }) => [html('dt', {}, name), html('dd', {}, value)]),
      ...(partners.length > 0 ? [html('dt', {}, text(language, 'fact.edges')), html('dd', {}, ...partners)] : [])),
  ];
}
