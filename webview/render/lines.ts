/** Draws lines: paths with rounded corners, the dot where the connection was opened, and labels that find room. */
import { edgeLabels } from '../scene/edges';
import type { Line, Point, Rect } from '../scene/model';
import { measure } from './fit';
import { shape } from './shape';
import type { Shape } from './shape';

const cornerRadius = 7;

/** A straight stretch of a way, or a rounded corner. */
export interface Stroke {
  readonly from: Point;
  readonly to: Point;
  /** What a corner bends towards. */
  readonly corner?: Point;
  readonly length: number;
}

/** The length of a corner in radii: that of a quadratic curve in a right angle. */
const cornerLength = (Math.SQRT2 + Math.log(1 + Math.SQRT2)) / Math.SQRT2;

/**
 * The strokes of a line, in their order. They start at the called end: lines that join there share their last stretch,
 * and dashes that are counted from the same point cover each other.
 */
export function strokesOf(points: readonly Point[]): Stroke[] {
  // In the middle of pixels a line of one pixel is sharp.
  const path = [...points].reverse().map(({ x, y }) => ({ x: Math.floor(x) + 0.5, y: Math.floor(y) + 0.5 }));
  const strokes: Stroke[] = [];
  let from = path[0];
  if (!from) return [];
  for (let index = 1; index < path.length; index += 1) {
    const corner = path[index] as Point;
    const next = path[index + 1];
    if (!next) return [...strokes, { from, to: corner, length: distance(from, corner) }];
    const before = path[index - 1] as Point;
    const radius = Math.min(cornerRadius, distance(before, corner) / 2, distance(corner, next) / 2);
    const enter = towards(corner, before, radius);
    const leave = towards(corner, next, radius);
    strokes.push({ from, to: enter, length: distance(from, enter) },
      { from: enter, to: leave, corner, length: radius * cornerLength });
    from = leave;
  }
  return strokes;
}

/** The path of a line, from its called end. */
export function pathOf(points: readonly Point[]): string {
  const strokes = strokesOf(points);
  const start = strokes[0]?.from;
  if (!start) return '';
  return `M${start.x} ${start.y}${strokes.map(({ to, corner }) =>
    (corner ? `Q${corner.x} ${corner.y} ${to.x} ${to.y}` : `L${to.x} ${to.y}`)).join('')}`;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}

/** The length of a way along its points. */
export function lengthOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, point, index) => sum + distance(points[index] ?? point, point), 0);
}

/** The point at a part (0 to 1) of the way, and the direction there in degrees. */
export function pointAt(points: readonly Point[], part: number): Point & { readonly angle: number } {
  let left = Math.max(0, Math.min(1, part)) * lengthOf(points);
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1] as Point;
    const to = points[index] as Point;
    const length = distance(from, to);
    if (left <= length || index === points.length - 1) {
      const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
      return { ...towards(from, to, Math.min(left, length)), angle };
    }
    left -= length;
  }
  return { x: points[0]?.x ?? 0, y: points[0]?.y ?? 0, angle: 0 };
}

/** The group of a line: a broad transparent copy to point at, the line itself, the dot. */
export function drawLine(line: Line): Shape {
  const d = pathOf(line.points);
  const start = line.points[0] ?? { x: 0, y: 0 };
  return shape('g', { 'class': `line ${line.kind.watch ? 'watch' : 'plain'}`, 'data-line': line.id },
    shape('path', { class: 'stroke', d }), shape('circle', { class: 'opener', cx: start.x, cy: start.y, r: 2.5 }));
}

/** Redraws a line that has moved. */
export function updateLine(group: SVGGElement, line: Line): void {
  const d = pathOf(line.points);
  const start = line.points[0] ?? { x: 0, y: 0 };
  group.querySelector('.stroke')?.setAttribute('d', d);
  group.querySelector('.opener')?.setAttribute('cx', String(start.x));
  group.querySelector('.opener')?.setAttribute('cy', String(start.y));
}

/** A small text on a plate of its own, centred around 0,0. */
export function drawPlate(words: string, className: string): Shape {
  const width = Math.ceil(measure(words, 'micro')) + 12;
  return shape('g', { class: `plate ${className}` },
    shape('rect', { x: -width / 2, y: -9, width, height: 18, rx: 4 }),
    shape('text', { class: 'text-micro', 'x': 0, 'y': 3.5, 'text-anchor': 'middle' }, words));
}

export interface LineLabel {
  readonly words: string;
  readonly at: Point;
}

/** Labels for highlighted lines, one for each kind of line and text, where there is room for it. */
export function placeLabels(lines: readonly Line[], obstacles: readonly Rect[]): LineLabel[] {
  const placed: LineLabel[] = [];
  const taken: Rect[] = [...obstacles];
  const seen = new Set<string>();
  for (const line of lines) {
    const [whole = '', ...shorter] = edgeLabels(line.kind);
    if (whole === '' || seen.has(`${line.kind.purpose} ${whole}`)) continue;
    for (const words of [whole, ...shorter]) {
      const width = measure(words, 'micro') + 12;
      const spots = spotsOn(line.points).map((at) =>
        ({ at, rect: { x: at.x - width / 2, y: at.y - 8, width, height: 16 } }));
      // Without a free spot even for the shortest words the line stays without a label: its card says the same.
      const free = spots.find(({ rect }) => !taken.some((other) => touch(rect, other)));
      if (!free) continue;
      seen.add(`${line.kind.purpose} ${whole}`);
      taken.push(free.rect);
      placed.push({ words, at: free.at });
      break;
    }
  }
  return placed;
}

function spotsOn(points: readonly Point[]): Point[] {
  // From the middle outwards, in steps of a twentieth.
  return Array.from({ length: 17 }, (_, index) => 0.5 + (index % 2 === 0 ? 1 : -1) * Math.ceil(index / 2) * 0.05)
    .map((part) => pointAt(points, part));
}

function touch(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
