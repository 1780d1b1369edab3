/**
 * Shows hops as they happen: a message travels along its line, a stage lights up in the API server, other events pulse
 * their box. Pausing freezes all of it. Without motion, numbered badges at both ends take the place of travelling.
 */
import type { Hop, StageHop } from '../../src/protocol/trace';
import { shortLabel } from '../narration/sentence';
import type { Box, Line, Point, Rect } from '../scene/model';
import type { Course } from '../scene/wiring';
import { drawPlate, pointAt } from './lines';
import { elementOf, groupOf } from './shape';
import { moveTo, svg } from './svg';
import { tokenShape } from './symbols';
import { shapeOf } from './token-shapes';

/** How many messages travel at once: few where each is to be read, more in a live run, none beyond. */
const stepLimit = 3;
const liveLimit = 60;
/** How many of them are labelled at once in a live run: more would cover each other and the picture. */
const liveLabels = 6;
/** A message that arrived stays so long, in milliseconds. */
const stayMs = 220;
/** How finely the width of a line follows its traffic. */
const heatSteps = 4;
/** Traffic on a line fades to half in this time. */
const halfLifeMs = 600;

/** A stage that is lit: where it is, and how to put it out. */
export interface StageLight {
  readonly at: Point;
  readonly end: () => void;
}

export interface MotionHooks {
  /** Shows a line for as long as something is on it; those that always stand are shown anyway. */
  lend(line: Line): SVGGElement | undefined;
  release(lineId: string): void;
  /** Lights up a stage in an API server. */
  stage(box: Box, hop: StageHop): StageLight | undefined;
  /** The element of a box. */
  element(id: string): SVGGElement | undefined;
  isStill(): boolean;
}

export interface Pace {
  /** One hop after another, to be read. */
  readonly careful: boolean;
  readonly durationMs: number;
}

interface Travel {
  readonly group: SVGGElement;
  readonly end: () => void;
  readonly update: (part: number) => void;
  readonly durationMs: number;
  ageMs: number;
  readonly isMessage: boolean;
  /** Where its label is, if it has one: a line, or a box. */
  readonly labelled: string | undefined;
}

export class Motion {
  private readonly travels: Travel[] = [];
  private readonly heat = new Map<string, { readonly line: Line; value: number }>();
  private frozen = false;
  private lastMs = 0;
  private frame = 0;

  constructor(private readonly layer: SVGGElement, private readonly hooks: MotionHooks) {}

  /** How many messages are on their way. */
  get count(): number {
    return this.travels.filter(({ isMessage }) => isMessage).length;
  }

  freeze(frozen: boolean): void {
    this.frozen = frozen;
    this.layer.classList.toggle('frozen', frozen);
    this.run();
  }

  /** Everything on its way is gone at once: the picture has jumped. */
  clear(): void {
    for (const travel of this.travels.splice(0)) travel.end();
    for (const [id, { line }] of this.heat) {
      this.glow(line, 0);
      this.hooks.release(id);
    }
    this.heat.clear();
  }

  /** Shows one hop that happened just now. */
  show(hop: Hop, course: Course, pace: Pace): void {
    if (course.line) this.warm(course.line);
    const limit = pace.careful ? stepLimit : liveLimit;
    if (this.count >= limit) {
      if (!pace.careful) return;
      // Whoever steps quickly sees the newest.
      const oldest = this.travels.findIndex(({ isMessage }) => isMessage);
      for (const travel of this.travels.splice(oldest, 1)) travel.end();
    }
    if (course.line) this.send(hop, course.line, course.backwards, pace);
    else this.pulse(hop, course, pace);
    this.run();
  }

  /** Only the traffic on a line, without a message on its way. */
  warm(line: Line): void {
    const value = Math.min(200, (this.heat.get(line.id)?.value ?? 0) + 1);
    this.heat.set(line.id, { line, value });
    this.glow(line, value);
    this.run();
  }

  private send(hop: Hop, line: Line, backwards: boolean, pace: Pace): void {
    const points = backwards ? [...line.points].reverse() : line.points;
    if (this.hooks.isStill()) return this.badges(hop, line, points, pace);
    const shape = shapeOf(hop);
    const head = svg('g', { class: 'head' }, elementOf(tokenShape(shape)));
    const plate = groupOf(drawPlate(shortLabel(hop), `label-${shape}`));
    const labelled = this.mayLabel(line.id, pace) ? line.id : undefined;
    const group = svg(
      'g',
      { class: `token kind-${shape}`, 'data-hop': hop.id },
      head,
      ...(labelled === undefined ? [] : [plate]),
    );
    const half = Number(plate.querySelector('rect')?.getAttribute('width') ?? 0) / 2;
    const bounds = viewBounds(this.layer);
    const update = (part: number): void => {
      const eased = part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
      const { x, y, angle } = pointAt(points, eased);
      head.style.transform = `translate(${x}px, ${y}px) rotate(${angle}deg)`;
      const place = Math.max(bounds.x + half + 4, Math.min(bounds.x + bounds.width - half - 4, x));
      moveTo(plate, place, y < 24 ? y + 18 : y - 17);
    };
    update(0);
    this.start({ group, durationMs: pace.durationMs, update, isMessage: true, labelled }, line);
  }

  private badges(hop: Hop, line: Line, points: readonly Point[], pace: Pace): void {
    const ends = [points[0], points.at(-1)].map((point, index) => {
      const number = svg('text', { 'class': 'text-micro', 'y': 3.5, 'text-anchor': 'middle' }, String(index + 1));
      const badge = svg('g', { class: 'badge' }, svg('circle', { r: 8 }), number);
      if (point) moveTo(badge, point.x, point.y);
      return badge;
    });
    const plate = groupOf(drawPlate(shortLabel(hop), `label-${shapeOf(hop)}`));
    const { x, y } = pointAt(points, 0.5);
    moveTo(plate, x, y);
    const group = svg('g', { 'class': `token still kind-${shapeOf(hop)}`, 'data-hop': hop.id }, ...ends, plate);
    const durationMs = Math.max(pace.durationMs, pace.careful ? 1500 : 400);
    this.start({ group, durationMs, update: () => undefined, isMessage: true, labelled: line.id }, line);
  }

  private pulse(hop: Hop, { from, to }: Course, pace: Pace): void {
    const box = hop.kind === 'failure' ? to ?? from : to ?? from;
    const element = box && this.hooks.element(box.id);
    if (!box || !element) return;
    const row = hop.kind === 'stage' ? this.hooks.stage(box, hop) : undefined;
    const refused = hop.kind === 'failure' || (hop.kind === 'stage' && !hop.allowed);
    const words = `${hop.kind === 'stage' ? (hop.allowed ? '✓ ' : '✕ ') : ''}${shortLabel(hop)}${pluginOf(hop)}`;
    const plate = groupOf(drawPlate(words, refused ? 'label-failure' : 'label-stage'));
    const at = row?.at ?? { x: box.x + box.width / 2, y: box.y + Math.min(box.height, 52) };
    moveTo(plate, at.x, at.y);
    const outline = svg('rect', {
      class: 'pulse', x: box.x - 2, y: box.y - 2, width: box.width + 4, height: box.height + 4, rx: 8,
    });
    const look = `token kind-${refused ? 'failure' : 'stage'}`;
    // In a live run the row that lights up says it already.
    const isSaid = row !== undefined && !refused && !pace.careful;
    const labelled = !isSaid && (refused || this.mayLabel(box.id, pace)) ? box.id : undefined;
    const group = svg('g', { 'class': look, 'data-hop': hop.id }, outline, ...(labelled === undefined ? [] : [plate]));
    const update = (part: number): void => {
      outline.style.opacity = this.hooks.isStill() ? '1' : String(1 - part);
    };
    this.start({ group, durationMs: pace.durationMs, update, isMessage: false, labelled }, undefined, row?.end);
  }

  /** Whether there is room for a label: one for each line or box, and few in all, unless each hop is to be read. */
  private mayLabel(place: string, { careful }: Pace): boolean {
    const labels = this.travels.filter(({ labelled }) => labelled !== undefined);
    return careful || (labels.length < liveLabels && !labels.some(({ labelled }) => labelled === place));
  }

  private start(travel: Omit<Travel, 'ageMs' | 'end'>, line: Line | undefined, after?: () => void): void {
    this.layer.append(travel.group);
    if (line) this.hooks.lend(line)?.classList.add('busy');
    this.travels.push({
      ...travel, ageMs: 0,
      end: () => {
        travel.group.remove();
        after?.();
        if (!line) return;
        this.hooks.lend(line)?.classList.remove('busy');
        // The traffic may have cooled down before the message has arrived.
        if (!this.heat.has(line.id)) this.hooks.release(line.id);
      },
    });
  }

  private run(): void {
    if (this.frame !== 0 || this.frozen) return;
    this.lastMs = performance.now();
    this.frame = requestAnimationFrame((nowMs) => this.tick(nowMs));
  }

  private tick(nowMs: number): void {
    this.frame = 0;
    if (this.frozen) return;
    const passedMs = Math.max(0, Math.min(100, nowMs - this.lastMs));
    this.lastMs = nowMs;
    for (const travel of [...this.travels]) {
      travel.ageMs += passedMs;
      travel.update(Math.min(1, travel.ageMs / travel.durationMs));
      if (travel.ageMs < travel.durationMs + stayMs) continue;
      this.travels.splice(this.travels.indexOf(travel), 1);
      travel.end();
    }
    this.cool(passedMs);
    if (this.travels.length > 0 || this.heat.size > 0) {
      this.frame = requestAnimationFrame((at) => this.tick(at));
    }
  }

  /** Lines with much traffic are thicker, and thin out as it ceases. */
  private cool(passedMs: number): void {
    const factor = 0.5 ** (passedMs / halfLifeMs);
    for (const [id, heat] of this.heat) {
      heat.value *= factor;
      if (heat.value < 0.25) {
        this.heat.delete(id);
        this.glow(heat.line, 0);
        this.hooks.release(id);
      } else {
        this.glow(heat.line, heat.value);
      }
    }
  }

  /** In steps that nobody sees, so that a line that cools is not drawn anew in each frame. */
  private glow(line: Line, value: number): void {
    const element = this.hooks.lend(line);
    const heat = (Math.round(Math.log2(1 + value) * heatSteps) / heatSteps).toFixed(2);
    if (!element || element.style.getPropertyValue('--heat') === heat) return;
    element.style.setProperty('--heat', heat);
    element.classList.toggle('warm', value > 0);
  }
}

function pluginOf(hop: Hop): string {
  return hop.kind === 'stage' && hop.plugin ? ` · ${hop.plugin}` : '';
}

function viewBounds(layer: SVGGElement): Rect {
  const { x, y, width, height } = layer.ownerSVGElement?.viewBox.baseVal ?? { x: 0, y: 0, width: 0, height: 0 };
  return { x, y, width, height };
}
