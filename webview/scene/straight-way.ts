/**
 * Ways between boxes that stand free: straight where they face each other, otherwise with one corner. For views in which
 * every box has its own row or column, so that nothing stands between.
 */
import type { Point, Rect } from './model';

/** Between the lines of two purposes that join the same boxes. */
const pitch = 9;

/** The way from one box to the other; `track` keeps lines of different purposes apart. */
export function straightWay(from: Rect, to: Rect, track: number): Point[] {
  const top = Math.max(from.y, to.y);
  const low = Math.min(from.y + from.height, to.y + to.height);
  if (low - top >= 8) {
    const y = between((top + low) / 2 - track * pitch, top + 4, low - 4);
    return from.x < to.x
      ? [
          { x: from.x + from.width, y },
          { x: to.x, y },
        ]
      : [
          { x: from.x, y },
          { x: to.x + to.width, y },
        ];
  }
  const left = Math.max(from.x, to.x);
  const right = Math.min(from.x + from.width, to.x + to.width);
  const x = right - left >= 8 ? between((left + right) / 2 + track * pitch, left + 4, right - 4) : middle(to);
  if (right - left >= 8) {
    return from.y < to.y
      ? [
          { x, y: from.y + from.height },
          { x, y: to.y },
        ]
      : [
          { x, y: from.y },
          { x, y: to.y + to.height },
        ];
  }
  // Out at the side, then up or down into the other.
  const y = between(from.y + from.height / 2 - track * pitch, from.y + 4, from.y + from.height - 4);
  const start = { x: x > from.x ? from.x + from.width : from.x, y };
  return [start, { x, y }, { x, y: to.y > y ? to.y : to.y + to.height }];
}

function middle({ x, width }: Rect): number {
  return x + width / 2;
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
