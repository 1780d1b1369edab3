/**
 * Lines that join on their way to one box, drawn together: what they share is drawn once. Hundreds of dashed lines on
 * top of each other look like one and cost a browser a hundred times as much. A line that is pointed at, selected or
 * travelled on is drawn as a line of its own, over its bundle.
 */
import type { Line, Point } from '../scene/model';
import { distance, strokesOf } from './lines';
import type { Stroke } from './lines';
import { shape } from './shape';
import type { Shape } from './shape';

/** Where more lines than this lead to one box, they are bundled. */
const mostSingle = 24;
/** Where more bundled lines than this stand out, they are bundled as well. */
export const mostAlone = 8;
/** Bundles are cut into pieces of this height, so that a change and a scrolled view draw only what is near. */
const bandHeight = 256;
/** A dash and the gap behind it: where dashes begin anew, they go on as if they had come all the way. */
const dashPeriod = 8;
/** A length below which nothing is seen. */
const little = 0.01;

/** A piece of a bundle: the same key draws the same piece of the same bundle. */
export interface Bundle {
  readonly key: string;
  readonly watch: boolean;
  readonly d: string;
  /** Where the connections were opened. */
  readonly dots: string;
}

/** Just there, with traffic on it, or lit. */
export type BundleLook = 'standing' | 'warm' | 'lit';

export interface Bundled {
  /** The ids of the lines that are in a bundle. */
  readonly ids: ReadonlySet<string>;
  readonly bundles: readonly Bundle[];
}

/**
 * Bundles of lines that look the same and lead to one box, where there are more than `single`. The same lines give the
 * same bundles.
 */
export function bundle(lines: readonly Line[], single = mostSingle): Bundled {
  const sheaves = new Map<string, Line[]>();
  for (const line of lines) {
    const key = `${line.to} ${line.kind.watch ? 'watch' : 'plain'}`;
    const sheaf = sheaves.get(key);
    if (sheaf) sheaf.push(line);
    else sheaves.set(key, [line]);
  }
  const ids = new Set<string>();
  const bundles: Bundle[] = [];
  for (const [key, sheaf] of sheaves) {
    if (sheaf.length <= single) continue;
    for (const { id } of sheaf) ids.add(id);
    bundles.push(...bind(key, sheaf));
  }
  return { ids, bundles };
}

/** What a bundle looks like; `look` is how it stands out, if it does. */
export function drawBundle({ watch, d, dots }: Bundle, look: BundleLook = 'standing'): Shape {
  return shape('g', { class: `line bundle ${watch ? 'watch' : 'plain'}${look === 'standing' ? '' : ` ${look}`}` },
    shape('path', { class: 'stroke', d }), shape('path', { class: 'opener', d: dots }));
}

/** Redraws a piece of a bundle. */
export function updateBundle(group: SVGGElement, { d, dots }: Bundle): void {
  group.querySelector('.stroke')?.setAttribute('d', d);
  group.querySelector('.opener')?.setAttribute('d', dots);
}

function bind(key: string, lines: readonly Line[]): Bundle[] {
  const drawn = new Drawn();
  const bands = new Map<number, { d: string; dots: string; readonly watch: boolean }>();
  for (const { points, kind } of lines) {
    const start = points[0] ?? { x: 0, y: 0 };
    const at = Math.floor(start.y / bandHeight);
    const band = bands.get(at) ?? { d: '', dots: '', watch: kind.watch };
    bands.set(at, band);
    band.d += drawn.add(strokesOf(points));
    band.dots += `M${start.x - 2.5} ${start.y}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0 -5 0`;
  }
  return [...bands].map(([at, band]) => ({ key: `${key} ${at}`, ...band }));
}

/** What of a bundle is drawn already. */
class Drawn {
  private readonly stretches = new Map<string, readonly Stretch[]>();
  private readonly corners = new Set<string>();

  /** The path of what a way adds. */
  add(strokes: readonly Stroke[]): string {
    let d = '';
    let way = 0;
    let pen: Point | undefined;
    strokes.forEach((stroke, index) => {
      for (const { from, to } of this.missing(stroke)) {
        const isAhead = pen !== undefined && distance(pen, from) <= little;
        if (!isAhead) d += begin(from, way + distance(stroke.from, from), stroke, strokes[index - 1]);
        d += stroke.corner ? `Q${stroke.corner.x} ${stroke.corner.y} ${to.x} ${to.y}` : `L${to.x} ${to.y}`;
        pen = to;
      }
      way += stroke.length;
    });
    return d;
  }

  /** The pieces of a stroke that are not there yet; from now on they are. */
  private missing(stroke: Stroke): Pick<Stroke, 'from' | 'to'>[] {
    const { from, to, corner } = stroke;
    if (corner) {
      const key = `${from.x} ${from.y} ${corner.x} ${corner.y} ${to.x} ${to.y}`;
      if (this.corners.has(key)) return [];
      this.corners.add(key);
      return [stroke];
    }
    const isUpright = from.x === to.x;
    if (!isUpright && from.y !== to.y) return [stroke];
    const key = isUpright ? `x${from.x}` : `y${from.y}`;
    const [start, end] = isUpright ? [from.y, to.y] : [from.x, to.x];
    const known = this.stretches.get(key) ?? [];
    const gaps = gapsIn([Math.min(start, end), Math.max(start, end)], known);
    this.stretches.set(key, merged([...known, ...gaps]));
    const ordered = start < end ? gaps : gaps.map(([low, high]) => [high, low] as const).reverse();
    const at = (along: number): Point => (isUpright ? { x: from.x, y: along } : { x: along, y: from.y });
    return ordered.map(([first, last]) => ({ from: at(first), to: at(last) }));
  }
}

/** Where a path begins: a little before, on what is drawn already, so that dashes fall on those of the whole way. */
function begin(from: Point, way: number, stroke: Stroke, before: Stroke | undefined): string {
  const along = stroke.corner ? before : stroke;
  const back = way % dashPeriod;
  if (!along || along.corner || distance(along.from, from) < back) return `M${from.x} ${from.y}`;
  const by = back / (distance(along.from, along.to) || 1);
  const start = { x: from.x - (along.to.x - along.from.x) * by, y: from.y - (along.to.y - along.from.y) * by };
  return `M${round(start.x)} ${round(start.y)}L${from.x} ${from.y}`;
}

type Stretch = readonly [low: number, high: number];

function gapsIn(whole: Stretch, known: readonly Stretch[]): Stretch[] {
  const gaps: Stretch[] = [];
  let [low] = whole;
  for (const [first, last] of known) {
    if (last <= low || first >= whole[1]) continue;
    if (first > low + little) gaps.push([low, first]);
    low = Math.max(low, last);
  }
  if (whole[1] > low + little) gaps.push([low, whole[1]]);
  return gaps;
}

function merged(stretches: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const [low, high] of [...stretches].sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1);
    if (last && low <= last[1] + little) all[all.length - 1] = [last[0], Math.max(last[1], high)];
    else all.push([low, high]);
  }
  return all;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
