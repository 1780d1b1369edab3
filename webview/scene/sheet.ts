/**
 * The sheet on which layout places boxes: it collects them together with how lines reach them, and knows the sizes that
 * all parts share. Everything stands on a grid of 4 px.
 */
import type { Language } from '../../src/protocol/messages';
import type { Berth, Box, CardBerth, Rect, ZoneName } from './model';

/** Around the whole picture. */
export const pagePad = 16;
/** Height of a zone's title with the space below it. */
export const zoneTitle = 20;
/** Inside cards, left, right and below. */
export const cardPad = 12;
/** Height of a card's header. */
export const headerHeight = 52;
/** Height of a free strip in which lines run. */
export const strip = 24;
/** Between cards. */
export const cardGap = 24;
export const hostHeight = 36;
export const podHeight = 44;
export const podGap = 8;
/** A pod box is at least so wide, or as wide as its lane. */
export const podMinWidth = 152;

export interface LayoutOptions {
  /** What the panel has room for. */
  readonly width: number;
  readonly language: Language;
  /** Ids of groups that are unfolded. */
  readonly expanded: ReadonlySet<string>;
}

export class Sheet {
  readonly boxes: Box[] = [];
  readonly berths = new Map<string, Berth>();
  readonly cards = new Map<string, CardBerth>();
  readonly aliases = new Map<string, string>();

  constructor(readonly options: LayoutOptions) {}

  get language(): Language {
    return this.options.language;
  }

  /** Adds a box whose lines leave as the berth says. */
  add(box: Box, berth?: Berth): void {
    const { x, y, width, height } = box;
    // Both edges are rounded, not the size, so that neighbours stay as far apart as they were.
    const left = Math.round(x);
    const top = Math.round(y);
    const rect = { x: left, y: top, width: Math.round(x + width) - left, height: Math.round(y + height) - top };
    this.boxes.push({ ...box, ...rect });
    if (berth) this.berths.set(box.id, berth);
  }

  /** Adds a frame, which nobody can select. */
  frame(kind: 'zone' | 'strip' | 'lane', id: string, zone: ZoneName, title: string, rect: Rect, parent?: string): void {
    this.add({ id, kind, zone, title, status: '', facts: [], state: 'idle', label: title, parent, ...rect });
  }
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** The largest multiple of 4 that is not above the value. */
export function snap(value: number): number {
  return Math.floor(value / 4) * 4;
}
