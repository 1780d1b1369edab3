/**
 * The heat map of a fleet: where each node's cell stands, and its pixels. Both are pure functions, so that they are tested
 * as data; the page only copies the pixels to a canvas. A cell is a frame with the pods of its node as dots in it; its
 * pattern says how the node is, so that colour is never needed.
 */
import { podLetters } from '../../src/protocol/fleet';
import type { FleetView } from '../../src/protocol/fleet';
import type { Point, Rect } from './model';

export const cell = { width: 14, height: 18 };
const heading = 24;
const zoneGap = 8;

export interface FleetLayout {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  /** Of each cell the node, in the order in which they stand. */
  readonly nodes: readonly number[];
  /** Left upper corners, by cell. */
  readonly places: readonly Point[];
  readonly headings: readonly { readonly zone: number; readonly y: number; readonly count: number }[];
}

/** Whether a node gives reason to look at it: not ready, or with pods that fail. */
export function isTroubled(fleet: FleetView, node: number): boolean {
  return fleet.health[node] !== 'r' || /[xfu]/.test(fleet.pods[node] ?? '');
}

/** Cells side by side in order of creation, zone below zone where there are several. */
export function layoutFleet(fleet: FleetView, width: number, onlyTroubled = false): FleetLayout {
  const columns = Math.max(1, Math.floor(width / cell.width));
  const nodes: number[] = [];
  const places: Point[] = [];
  const headings: { zone: number; y: number; count: number }[] = [];
  let y = 0;
  for (const zone of fleet.zones.keys()) {
    const members = fleet.names.flatMap((_, node) =>
      (fleet.zone[node] === zone && (!onlyTroubled || isTroubled(fleet, node)) ? [node] : []));
    if (members.length === 0) continue;
    if (fleet.zones.length > 1) {
      headings.push({ zone, y, count: members.length });
      y += heading;
    }
    members.forEach((node, index) => {
      nodes.push(node);
      places.push({ x: (index % columns) * cell.width, y: y + Math.floor(index / columns) * cell.height });
    });
    y += Math.ceil(members.length / columns) * cell.height + zoneGap;
  }
  return { width: columns * cell.width, height: Math.max(cell.height, y - zoneGap), columns, nodes, places, headings };
}

/** The cell at a point; -1 for none. */
export function cellAt({ places }: FleetLayout, { x, y }: Point): number {
  return places.findIndex((place) =>
    x >= place.x && x < place.x + cell.width && y >= place.y && y < place.y + cell.height);
}

/** The cell beside another one; itself at the edge. */
export function cellBeside({ places, columns }: FleetLayout, from: number, key: string): number {
  const step: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    Home: -from,
    End: places.length - 1 - from,
  };
  const by = step[key];
  if (by !== undefined) return Math.max(0, Math.min(places.length - 1, from + by));
  const place = places[from];
  if (!place || (key !== 'ArrowUp' && key !== 'ArrowDown')) return from;
  const down = key === 'ArrowDown';
  // The next row may belong to another zone and be shorter.
  const rows = places.filter(({ y }) => (down ? y > place.y : y < place.y)).map(({ y }) => y);
  if (rows.length === 0) return from;
  const row = down ? rows.reduce((a, b) => Math.min(a, b)) : rows.reduce((a, b) => Math.max(a, b));
  let best = from;
  let nearest = Infinity;
  for (
    let index = Math.max(0, from - 2 * columns);
    index < Math.min(places.length, from + 2 * columns + 1);
    index += 1
  ) {
    const other = places[index];
    if (other?.y !== row || Math.abs(other.x - place.x) >= nearest) continue;
    [best, nearest] = [index, Math.abs(other.x - place.x)];
  }
  return best;
}

/** Colours as 32 bits of an image: alpha, blue, green, red. */
export interface FleetColours {
  readonly ground: number;
  readonly frame: number;
  readonly empty: number;
  readonly fine: number;
  readonly quiet: number;
  readonly warning: number;
  readonly error: number;
}

/** A colour of red, green and blue as the pixels have it. */
export function pixel(red: number, green: number, blue: number): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

const letters = Object.values(podLetters);

/** What was painted before, in the same layout and colours: only cells that have changed are painted again. */
export interface Painted {
  readonly pixels: Uint32Array;
  readonly fleet: FleetView;
}

/** The pixels of the whole map, row by row. `before` is painted over. */
export function paintFleet(
  fleet: FleetView,
  layout: FleetLayout,
  colours: FleetColours,
  before?: Painted,
): Uint32Array {
  const { width, height, nodes, places } = layout;
  const known = before?.pixels.length === width * height ? before : undefined;
  const pixels = known?.pixels ?? new Uint32Array(width * height).fill(colours.ground);
  const inks = new Map<string, number>(letters.map((letter) => [letter, inkOf(letter, colours)]));
  nodes.forEach((node, index) => {
    if (known && known.fleet.health[node] === fleet.health[node] && known.fleet.pods[node] === fleet.pods[node]) return;
    const place = places[index] as Point;
    paintCell(
      pixels,
      width,
      { ...place, width: cell.width - 2, height: cell.height - 2 },
      fleet.health[node] ?? 'a',
      colours,
    );
    const pods = fleet.pods[node] ?? '';
    paintPods(pixels, width, place, pods, inks);
    if (/[xf]/.test(pods)) underline(pixels, width, place, colours.error);
  });
  return pixels;
}

function inkOf(letter: string, { fine, quiet, warning, error }: FleetColours): number {
  switch (letter) {
    case 'r': return fine;
    case 'x': case 'f': return error;
    case 'n': case 'u': return warning;
    default: return quiet;
  }
}

/** The frame of a node with the pattern of its state. */
function paintCell(
  pixels: Uint32Array,
  stride: number,
  { x, y, width, height }: Rect,
  health: string,
  colours: FleetColours,
): void {
  const isFine = health === 'r';
  const frame =
    isFine || health === 'a' ? colours.frame : health === 'n' || health === 'o' ? colours.error : colours.warning;
  for (let dy = 0; dy < height; dy += 1) {
    const row = (y + dy) * stride + x;
    const isEdge = dy === 0 || dy === height - 1;
    for (let dx = 0; dx < width; dx += 1) {
      const onFrame = isEdge || dx === 0 || dx === width - 1;
      const isDrawn = onFrame ? health !== 'a' || (dx + dy) % 3 !== 0 : !isFine && isMarked(health, dx, dy);
      pixels[row + dx] = isDrawn ? frame : colours.empty;
    }
  }
}

/** Not ready is hatched, unknown dotted, cordoned has a bar on top, switched off a cross. */
function isMarked(health: string, dx: number, dy: number): boolean {
  switch (health) {
    case 'n': return (dx + dy) % 4 === 0;
    case 'u': return dx % 3 === 1 && dy % 3 === 1;
    case 'c': return dy <= 2;
    case 'o': return Math.abs(dx - (dy * 11) / 15) < 1 || Math.abs(11 - dx - (dy * 11) / 15) < 1;
    default: return false;
  }
}

/** Pods as dots with room between them, or close together where there are many; the worst first. */
function paintPods(
  pixels: Uint32Array,
  stride: number,
  { x, y }: Point,
  counts: string,
  inks: ReadonlyMap<string, number>,
): void {
  const total = podsIn(counts);
  const { side, pitch } = dots.find(({ most }) => total <= most) ?? { side: 1, pitch: 1 };
  const perRow = Math.floor((dotsWidth + pitch - side) / pitch);
  let at = 0;
  let count = 0;
  for (const character of counts) {
    if (character >= '0' && character <= '9') {
      count = count * 10 + Number(character);
      continue;
    }
    const ink = inks.get(character) ?? 0;
    for (; count > 0; count -= 1) {
      const left = x + 1 + (at % perRow) * pitch;
      const top = y + 1 + Math.floor(at / perRow) * pitch;
      at += 1;
      if (top + side > y + 1 + dotsHeight) continue;
      for (let dy = 0; dy < side; dy += 1)
        for (let dx = 0; dx < side; dx += 1) pixels[(top + dy) * stride + left + dx] = ink;
    }
  }
}

/** The room for dots in a cell, and how large they are for up to so many pods. */
const dotsWidth = 10;
const dotsHeight = 14;
const dots: readonly { readonly most: number; readonly side: number; readonly pitch: number }[] = [
  { most: 12, side: 2, pitch: 3 }, { most: 35, side: 2, pitch: 2 }, { most: Infinity, side: 1, pitch: 1 },
];

/** A bar at the foot of a cell: some of its pods fail, however small they are drawn. */
function underline(pixels: Uint32Array, stride: number, { x, y }: Point, ink: number): void {
  for (let dy = cell.height - 4; dy < cell.height - 2; dy += 1) {
    const start = (y + dy) * stride + x;
    pixels.fill(ink, start, start + cell.width - 2);
  }
}

/** How many pods such counts stand for. */
export function podsIn(counts: string): number {
  let total = 0;
  let count = 0;
  for (let at = 0; at < counts.length; at += 1) {
    const digit = counts.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) {
      count = count * 10 + digit;
    } else {
      total += count;
      count = 0;
    }
  }
  return total;
}

/** Such counts one by one: `1f28r` is 1 of `f` and 28 of `r`. */
export function countsIn(counts: string): (readonly [count: number, letter: string])[] {
  return [...counts.matchAll(/(\d+)([a-z])/g)].map(([, count, letter]) => [Number(count), letter ?? ''] as const);
}
