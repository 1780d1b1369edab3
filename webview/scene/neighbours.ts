/** Where the keyboard goes from a box: to its neighbours inside the zone, to the ends of the zone, to the next zone. */
import type { Box, Rect, Scene, ZoneName } from './model';

export type Direction = 'left' | 'right' | 'up' | 'down';

const zones: readonly ZoneName[] = ['client', 'controlPlane', 'nodes', 'outside'];
/** Height of the part of a card that stands for it beside its content. */
const headerHeight = 48;

/** The boxes that can have the focus, line by line. */
export function stops(scene: Scene, zone?: ZoneName): Box[] {
  const isFrame = (box: Box): boolean => box.kind === 'zone' || box.kind === 'strip' || box.kind === 'lane';
  const all = scene.boxes.filter((box) => !isFrame(box) && (zone === undefined || box.zone === zone));
  return all.sort((a, b) => zones.indexOf(a.zone) - zones.indexOf(b.zone) || a.y - b.y || a.x - b.x);
}

/** The nearest box in that direction within the zone; boxes straight ahead count as nearer than those aside. */
export function neighbour(scene: Scene, id: string, direction: Direction): Box | undefined {
  const from = scene.byId.get(id);
  if (!from) return undefined;
  let best: Box | undefined;
  let bestCost = Infinity;
  for (const box of stops(scene, from.zone)) {
    const cost = box.id === id ? Infinity : distance(outline(scene, from), outline(scene, box), direction);
    if (cost < bestCost) [best, bestCost] = [box, cost];
  }
  return best;
}

/** The first or last box of the zone in which a box stands. */
export function endOfZone(scene: Scene, id: string, end: 'first' | 'last'): Box | undefined {
  const from = scene.byId.get(id);
  return from && stops(scene, from.zone).at(end === 'first' ? 0 : -1);
}

/** The zone after (1) or before (-1) the one of a box, that has something to stop at; undefined at the last. */
export function nextZone(scene: Scene, id: string, step: 1 | -1): ZoneName | undefined {
  const from = scene.byId.get(id);
  if (!from) return undefined;
  for (let at = zones.indexOf(from.zone) + step; at >= 0 && at < zones.length; at += step) {
    const zone = zones[at];
    if (zone && stops(scene, zone).length > 0) return zone;
  }
  return undefined;
}

function outline(scene: Scene, box: Box): Rect {
  const isCard = box.kind === 'node' && scene.boxes.some(({ parent }) => parent === box.id);
  return isCard ? { ...box, height: Math.min(box.height, headerHeight) } : box;
}

function distance(from: Rect, to: Rect, direction: Direction): number {
  const isAcross = direction === 'left' || direction === 'right';
  const [a, b] = isAcross ? [from, to] : [turned(from), turned(to)];
  const ahead = direction === 'right' || direction === 'down' ? b.x + b.width / 2 - (a.x + a.width / 2)
    : a.x + a.width / 2 - (b.x + b.width / 2);
  // Side by side is not ahead.
  const gap = direction === 'right' || direction === 'down' ? b.x - (a.x + a.width) : a.x - (b.x + b.width);
  if (ahead <= 0 || gap < -4) return Infinity;
  const aside = Math.max(0, b.y - (a.y + a.height), a.y - (b.y + b.height));
  return Math.max(0, gap) + 4 * aside + 0.1 * Math.abs(b.y + b.height / 2 - (a.y + a.height / 2));
}

function turned({ x, y, width, height }: Rect): Rect {
  return { x: y, y: x, width: height, height: width };
}
