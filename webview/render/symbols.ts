/** The shapes of the diagram: marks of states, icons of components, patterns, message tokens. */
import type { Party } from '../scene/edges';
import type { BoxState } from '../scene/model';
import { shape } from './shape';
import type { Shape } from './shape';
import type { Attributes } from './svg';

type Piece = readonly [tag: 'path' | 'circle' | 'rect', attributes: Attributes];

const ring: Piece = ['circle', { r: 5, class: 'stroke' }];
const disc: Piece = ['circle', { r: 6, class: 'solid' }];

/** Marks differ in shape, so that they can be told apart without colour. They stand around 0,0 and are 12 px wide. */
const marks: Readonly<Record<Exclude<BoxState, 'idle'>, readonly Piece[]>> = {
  pending: [['circle', { r: 5, class: 'stroke', 'stroke-dasharray': '2.2 1.7' }]],
  creating: [ring, ['path', { d: 'M0 -5a5 5 0 0 1 0 10z', class: 'solid' }]],
  running: [ring, ['circle', { r: 2, class: 'solid' }]],
  ready: [disc, ['path', { d: 'M-2.7 .2l1.9 2 3.6 -4.2', class: 'cut' }]],
  succeeded: [ring, ['path', { d: 'M-2.4 .1l1.7 1.8 3.2 -3.7', class: 'stroke' }]],
  failed: [disc, ['path', { d: 'M-2.3 -2.3l4.6 4.6M2.3 -2.3l-4.6 4.6', class: 'cut' }]],
  crashing: [
    ['path', { d: 'M4.4 -2.6A5.1 5.1 0 1 0 5.1 .8', class: 'stroke' }],
    ['path', { d: 'M5.6 -5.4v3.6h-3.6z', class: 'solid' }],
    ['path', { d: 'M0 -2.6v2.6', class: 'stroke' }], ['circle', { cy: 2.4, r: 0.9, class: 'solid' }],
  ],
  terminating: [ring, ['path', { d: 'M-3.6 1.2L1.2 -3.6M-2.4 3L3 -2.4M-.6 4.4L4.4 -.6', class: 'stroke' }]],
  unknown: [
    ring, ['path', { d: 'M-1.6 -1.2a1.6 1.6 0 1 1 2.5 1.3c-.7 .5 -.9 .7 -.9 1.3', class: 'stroke thin' }],
    ['circle', { cy: 3, r: 0.8, class: 'solid' }],
  ],
  stopped: [['rect', { x: -4.5, y: -4.5, width: 9, height: 9, rx: 1.5, class: 'solid' }]],
  absent: [['rect', { x: -4.5, y: -4.5, width: 9, height: 9, rx: 1.5, class: 'stroke', 'stroke-dasharray': '2 2' }]],
};

/** Icons are 16 px wide, drawn in lines, and stand right and below of 0,0. */
const icons: Readonly<Partial<Record<Party | 'node', string>>> = {
  client: 'M1.5 3h13v10h-13zM4 6l2.2 2L4 10M8 10.2h3.5',
  etcd: 'M3 4c0 -1.2 2.2 -2 5 -2s5 .8 5 2s-2.2 2 -5 2s-5 -.8 -5 -2zM3 4v8c0 1.2 2.2 2 5 2s5 -.8 5 -2v-8M3 8c0 1.2 2.2 2 5 2s5 -.8 5 -2',
  'kube-apiserver': 'M8 1.5l5.6 3.2v6.6L8 14.5l-5.6 -3.2v-6.6zM8 5.8a2.2 2.2 0 1 0 0 4.4a2.2 2.2 0 1 0 0 -4.4z',
  'kube-scheduler': 'M2 2h4.5v4.5h-4.5zM9.5 2h4.5v4.5h-4.5zM2 9.5h4.5v4.5h-4.5zM11.75 9.5v4.5M9.5 11.75h4.5',
  'kube-controller-manager':
    'M3 7a5.1 5.1 0 0 1 9.2 -2.2M13 9a5.1 5.1 0 0 1 -9.2 2.2M12.6 1.8v3.2h-3.2M3.4 14.2v-3.2h3.2',
  'cloud-controller-manager': 'M4.5 12.5a3 3 0 0 1 -.2 -6a4 4 0 0 1 7.6 .6a2.7 2.7 0 0 1 .1 5.4z',
  kubelet: 'M3 5.5h10v7.5h-10zM8 2.5v3M6 8.5v1.5M10 8.5v1.5M1 8v3M15 8v3',
  'container-runtime': 'M8 1.6l5.6 3.1v6.6L8 14.4l-5.6 -3.1v-6.6zM2.4 4.7L8 7.9l5.6 -3.2M8 7.9v6.5',
  'kube-proxy': 'M1.5 8h4.5l3.5 -4h4.5M6 8l3.5 4h4.5M12 2l2 2l-2 2M12 10l2 2l-2 2',
  cni: 'M8 5.6v2.9L4.4 11M8 8.5l3.6 2.5M8 2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0 -3.6zM3 10.4a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0 -3.6zM13 10.4a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0 -3.6z',
  'load-balancer': 'M8 1.5v4M8 5.5L3 9v2M8 5.5v5.5M8 5.5l5 3.5v2M1.5 11h3v3.5h-3zM6.5 11h3v3.5h-3zM11.5 11h3v3.5h-3z',
  registry: 'M8 1.8l6.2 3.2L8 8.2L1.8 5zM1.8 8L8 11.2L14.2 8M1.8 11L8 14.2L14.2 11',
  node: 'M2 2.5h12v4.5h-12zM2 9h12v4.5h-12zM4.6 4.75h.8M4.6 11.25h.8M8 4.75h3.6M8 11.25h3.6',
};

/** Shapes of travelling messages, around 0,0, looking to the right. */
export type TokenShape = 'request' | 'response' | 'event' | 'packet' | 'call' | 'failure';

const tokens: Readonly<Record<TokenShape, readonly Piece[]>> = {
  request: [['path', { d: 'M-4 -5L6 0L-4 5z', class: 'solid' }]],
  response: [['path', { d: 'M-4 -5L6 0L-4 5z', class: 'hollow' }]],
  event: [['path', { d: 'M-6 0L0 -6L6 0L0 6z', class: 'solid' }]],
  packet: [['circle', { r: 4.5, class: 'solid' }]],
  call: [['rect', { x: -4.5, y: -4.5, width: 9, height: 9, class: 'solid' }]],
  failure: [['path', { d: 'M-4 -4l8 8M4 -4l-8 8', class: 'stroke' }]],
};

/** The definitions to which marks, icons and patterns refer. */
export function definitions(): Shape {
  const pattern = (id: string, size: number, d: string): Shape =>
    shape('pattern', { id, width: size, height: size, patternUnits: 'userSpaceOnUse' }, shape('path', { d }));
  return shape('defs', {},
    // Failed: cross-hatched; terminating: striped.
    pattern('hatch-failed', 8, 'M0 0L8 8M8 0L0 8'),
    pattern('hatch-crashing', 8, 'M0 0L8 8M8 0L0 8'),
    pattern('hatch-terminating', 8, 'M-1 7L7 -1M3 9L9 3'));
}

/**
 * The mark of a state; nothing for boxes without one. It is drawn at its place and not moved there: each thing that a
 * browser has to move costs it time in every frame, and there may be thousands of marks.
 */
export function mark(state: BoxState, x: number, y: number, scale = 1): Shape | undefined {
  if (state === 'idle') return undefined;
  const pieces = marks[state].map(([tag, attributes]): Piece => [tag, placed(attributes, { x, y, scale })]);
  return shape('g', { class: `mark state-${state}${scale < 1 ? ' small' : ''}` }, ...draw(pieces));
}

/** The icon of a component or machine. */
export function icon(name: Party | 'node', x: number, y: number): Shape | undefined {
  const d = icons[name];
  return d === undefined ? undefined : shape('path', { class: 'icon', d, transform: `translate(${x} ${y})` });
}

/** The shape of a message. Answers look back to where they go, so the caller turns them. */
export function tokenShape(name: TokenShape): Shape {
  return shape('g', { class: `token-shape token-${name}` }, ...draw(tokens[name]));
}

function draw(pieces: readonly Piece[]): Shape[] {
  return pieces.map(([tag, attributes]) => shape(tag, attributes));
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Which attributes of a piece are what. */
const across: ReadonlySet<string> = new Set(['x', 'cx']);
const down: ReadonlySet<string> = new Set(['y', 'cy']);
const lengths: ReadonlySet<string> = new Set(['r', 'rx', 'width', 'height']);

/** The attributes of a piece that stands elsewhere and is larger or smaller. */
function placed(attributes: Attributes, place: Place): Attributes {
  const { x, y, scale } = place;
  const all = 'r' in attributes ? { cx: 0, cy: 0, ...attributes } : attributes;
  return Object.fromEntries(Object.entries(all).map(([name, value]) => {
    if (across.has(name)) return [name, round(x + Number(value) * scale)];
    if (down.has(name)) return [name, round(y + Number(value) * scale)];
    if (lengths.has(name)) return [name, round(Number(value) * scale)];
    if (name === 'd') return [name, placedPath(String(value), place)];
    if (name !== 'stroke-dasharray') return [name, value];
    return [name, numbersOf(String(value)).map((length) => round(length * scale)).join(' ')];
  }));
}

/** Capital letters are places, small ones ways; of an arc's seven numbers the middle three are neither. */
function placedPath(d: string, { x, y, scale }: Place): string {
  return [...d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)].map(([, command = '', rest = '']) => {
    const kind = command.toLowerCase();
    const isPlace = kind !== command;
    return command + numbersOf(rest).map((value, index) => {
      const at = kind === 'a' ? index % 7 : kind === 'v' ? 6 : kind === 'h' ? 5 : 5 + index % 2;
      if (at === 2 || at === 3 || at === 4) return value;
      return round(value * scale + (isPlace && at === 5 ? x : isPlace && at === 6 ? y : 0));
    }).join(' ');
  }).join('');
}

function numbersOf(words: string): number[] {
  return [...words.matchAll(/-?\d*\.?\d+/g)].map(([number]) => Number(number));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
