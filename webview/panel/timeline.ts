/**
 * The timeline below the diagram: the whole run as one lane, the hops around the shown moment as another. Dragging over
 * the first scrubs, a click on the second goes to a hop; both only look, and nothing of it moves.
 */
import type { Language } from '../../src/protocol/messages';
import type { Timeline } from '../../src/protocol/time';
import { text } from '../narration/text';
import { html, setAttribute, setText, svg } from '../render/svg';
import { hopsAt, strip, tickAt, wordsOf } from '../scene/strip';
import type { FineTick, Strip } from '../scene/strip';

export interface TimelineHooks {
  goTo(hops: number): void;
  goToRevision(revision: number): void;
  stepBack(): void;
  step(): void;
  returnToNow(): void;
}

/** A position that was asked for and not shown after so long is not waited for any more. */
const patienceMs = 600;
/** Lanes from top to bottom, in pixels. */
const coarseTop = 3;
const coarseBottom = 17;
const labelBase = 31;
const fineTop = 35;
const fineBottom = 47;
const height = 50;
const pageStops = 10;

export class TimelineStrip {
  readonly element = html('section', { class: 'timeline', hidden: '' });
  private readonly slider = html('div', { class: 'scrubber', role: 'slider', tabindex: '0' });
  private readonly picture = svg('svg', { 'class': 'scrubber-picture', height, 'aria-hidden': 'true' });
  private readonly readout = html('output', { class: 'readout' });
  private readonly label = html('label', { class: 'jump' });
  private readonly caption = html('span', {});
  private readonly jump = html('input', { type: 'text', inputmode: 'numeric', maxlength: '9', autocomplete: 'off' });
  private timeline: Timeline | undefined;
  private drawn: Strip | undefined;
  private language: Language = 'en';
  private isDragging = false;
  /** The position that was asked for last, and the one to ask for when that is shown. */
  private asked: { readonly timer: ReturnType<typeof setTimeout> } | undefined;
  private wanted: number | undefined;

  constructor(private readonly hooks: TimelineHooks) {
    this.slider.append(this.picture);
    this.label.append(this.caption, this.jump);
    this.element.append(this.readout, this.slider, this.label);
    this.slider.addEventListener('pointerdown', (event) => this.onDown(event));
    this.slider.addEventListener('pointermove', (event) => this.onMove(event));
    this.slider.addEventListener('pointerup', () => this.release());
    this.slider.addEventListener('pointercancel', () => this.release());
    this.slider.addEventListener('pointerleave', () => this.tell());
    this.slider.addEventListener('keydown', (event) => this.onKey(event));
    this.jump.addEventListener('keydown', (event) => this.onJump(event));
    new ResizeObserver(() => this.draw()).observe(this.slider);
  }

  show(timeline: Timeline | undefined, language: Language): void {
    this.timeline = timeline;
    this.language = language;
    this.element.hidden = timeline === undefined;
    if (!timeline) return;
    const { firstHops, lastHops, firstRevision, lastRevision, shownHops } = timeline;
    setAttribute(this.element, 'aria-label', text(language, 'timeline.label'));
    setAttribute(this.slider, 'aria-label', text(language, 'timeline.label'));
    setAttribute(this.slider, 'aria-valuemin', String(firstHops));
    setAttribute(this.slider, 'aria-valuemax', String(lastHops));
    setAttribute(this.slider, 'aria-valuenow', String(shownHops));
    setText(this.caption, text(language, 'timeline.jump'));
    setAttribute(this.jump, 'placeholder', `${firstRevision}–${lastRevision}`);
    this.draw();
  }

  /** The host has shown what was asked for. */
  arrived(): void {
    if (!this.asked) return;
    clearTimeout(this.asked.timer);
    this.asked = undefined;
    const { wanted } = this;
    if (wanted !== undefined) this.ask(wanted);
  }

  /** Asks for a moment; while one is on its way only the newest wish is kept, so that no wish is lost. */
  private ask(hops: number): void {
    if (this.asked) {
      this.wanted = hops;
      return;
    }
    this.wanted = undefined;
    this.asked = { timer: setTimeout(() => this.arrived(), patienceMs) };
    this.hooks.goTo(hops);
  }

  private draw(): void {
    const width = Math.floor(this.slider.clientWidth);
    const { timeline } = this;
    if (!timeline || width <= 0) return;
    const drawn = strip(timeline, width);
    this.drawn = drawn;
    setAttribute(this.picture, 'width', String(width));
    setAttribute(this.picture, 'viewBox', `0 0 ${width} ${height}`);
    const rule = (y: number): SVGElement => svg('path', { class: 'rule', d: `M0 ${y + 0.5}H${width}` });
    const ticks = (xs: readonly number[], top: number, bottom: number): string =>
      xs.map((x) => `M${x + 0.5} ${top}V${bottom}`).join('');
    const { fine, cursor, fineCursor } = drawn;
    this.picture.replaceChildren(
      svg('rect', { class: 'later', x: cursor, y: coarseTop, width: width - cursor, height: coarseBottom - coarseTop }),
      rule(coarseBottom), rule(fineBottom),
      svg('path', { class: 'tick revision', d: ticks(drawn.columns, coarseBottom - 6, coarseBottom) }),
      ...drawn.marks.map(({ x, kind }) => svg('path', { class: `mark ${kind}`, d: markPath(kind, x) })),
      svg('path', { class: 'tick', d: ticks(fine.filter(({ revision }) => !revision).map(({ x }) => x),
        fineBottom - 5, fineBottom) }),
      svg('path', { class: 'tick revision', d: ticks(fine.filter(({ revision }) => revision).map(({ x }) => x),
        fineTop, fineBottom) }),
      ...fine.flatMap(({ x, label }) => (label ? [svg('text', { class: 'tick-label', x, y: labelBase }, label)] : [])),
      svg('path', { class: 'cursor', d: `M${cursor + 0.5} ${coarseTop - 3}V${coarseBottom + 2}` }),
      svg('path', { class: 'cursor', d: `M${fineCursor + 0.5} ${fineTop - 2}V${height}` }),
      svg('circle', { class: 'handle', cx: cursor + 0.5, cy: coarseBottom, r: 3.5 }),
    );
    this.tell();
  }

  /** Says where the shown moment is, or what is under the pointer. */
  private tell(pointed?: FineTick): void {
    const { timeline, language } = this;
    if (!timeline) return;
    const { shownHops, lastHops } = timeline;
    const tick = pointed?.revision;
    const here = text(language, 'timeline.hop', { hop: pointed?.hops ?? shownHops, last: lastHops });
    const words = tick ? `${text(language, 'revision', { revision: tick.revision })} · ${wordsOf(tick)}` : here;
    setText(this.readout, words);
    if (pointed) return;
    const isNow = shownHops >= lastHops;
    setAttribute(this.slider, 'aria-valuetext', isNow ? `${text(language, 'timeline.now')}, ${here}` : here);
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0 || !this.timeline || !this.drawn) return;
    const { x, y } = this.place(event);
    if (y > coarseBottom + 4) {
      const tick = tickAt(this.drawn, x);
      if (tick) this.ask(tick.hops);
      return;
    }
    this.isDragging = true;
    this.slider.setPointerCapture(event.pointerId);
    this.ask(hopsAt(this.timeline, this.drawn.width, x));
  }

  private onMove(event: PointerEvent): void {
    if (!this.timeline || !this.drawn) return;
    const { x, y } = this.place(event);
    if (this.isDragging) this.ask(hopsAt(this.timeline, this.drawn.width, x));
    else this.tell(y > coarseBottom + 4 ? tickAt(this.drawn, x) : undefined);
  }

  private release(): void {
    this.isDragging = false;
  }

  private place(event: PointerEvent): { readonly x: number; readonly y: number } {
    const { left, top } = this.picture.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  private onKey(event: KeyboardEvent): void {
    const { timeline, hooks } = this;
    if (!timeline || event.ctrlKey || event.metaKey || event.altKey) return;
    const { stops, shownHops, lastHops } = timeline;
    const page = (by: number): void => {
      const at = Math.min(stops.length - 1, Math.max(0, stops.indexOf(shownHops) + by));
      this.ask(stops[at] ?? shownHops);
    };
    switch (event.key) {
      case 'ArrowLeft': case 'ArrowDown': hooks.stepBack(); break;
      // To the right of the present nothing has happened yet; the step that makes it happen has a key of its own.
      case 'ArrowRight': case 'ArrowUp': if (shownHops < lastHops) hooks.step(); break;
      case 'PageDown': page(-pageStops); break;
      case 'PageUp': page(pageStops); break;
      case 'Home': this.ask(0); break;
      case 'End': hooks.returnToNow(); break;
      default: return;
    }
    event.preventDefault();
  }

  private onJump(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.jump.value = '';
    if (event.key !== 'Enter') return;
    const revision = Number(this.jump.value.trim());
    const { timeline } = this;
    const isThere = timeline && this.jump.value.trim() !== '' && Number.isSafeInteger(revision)
      && revision >= timeline.firstRevision && revision <= timeline.lastRevision;
    setAttribute(this.jump, 'aria-invalid', isThere ? undefined : 'true');
    if (isThere) this.hooks.goToRevision(revision);
  }
}

/** Each kind of mark has a shape of its own, since colour alone says nothing to many. */
function markPath(kind: Strip['marks'][number]['kind'], x: number): string {
  const y = coarseTop + 4;
  switch (kind) {
    case 'input': return `M${x - 3.5} ${y - 3.5}h7l-3.5 6z`;
    case 'failure': return `M${x - 2.5} ${y - 2.5}l5 5m0 -5l-5 5`;
    case 'fault': return `M${x} ${y - 4}l4 4l-4 4l-4 -4z`;
    case 'compaction': return `M${x - 1} ${coarseTop}h2v${coarseBottom - coarseTop}h-2z`;
  }
}
