/**
 * The colours of exported pictures. On the page a style sheet paints shapes by their classes and the theme; a file must
 * bring its colours along, so the same classes are resolved here to attributes that every program understands.
 */
import type { Attributes } from '../render/svg';

export const themes = ['light', 'dark', 'print'] as const;

export type ExportTheme = typeof themes[number];

export interface Colours {
  readonly ground: string;
  readonly text: string;
  readonly quiet: string;
  readonly card: string;
  readonly box: string;
  readonly edge: string;
  readonly boxEdge: string;
  readonly line: string;
  readonly fine: string;
  readonly event: string;
  readonly warning: string;
  readonly error: string;
  readonly selected: string;
}

/** `print` saves ink: no ground under boxes, dark lines; states keep their marks and patterns. */
export const colours: Readonly<Record<ExportTheme, Colours>> = {
  light: {
    ground: '#ffffff',
    text: '#3b3b3b',
    quiet: '#5f5f5f',
    card: '#f5f5f5',
    box: '#ffffff',
    edge: '#dcdcdc',
    boxEdge: '#b5b5b5',
    line: '#7a7a7a',
    fine: '#1a5fb4',
    event: '#7b3fa0',
    warning: '#a85a00',
    error: '#c4311f',
    selected: '#e3ecf7',
  },
  dark: {
    ground: '#1f1f1f',
    text: '#cccccc',
    quiet: '#9d9d9d',
    card: '#282828',
    box: '#1f1f1f',
    edge: '#3b3b3b',
    boxEdge: '#5a5a5a',
    line: '#8a8a8a',
    fine: '#3794ff',
    event: '#b180d7',
    warning: '#d69a5c',
    error: '#f0703f',
    selected: '#22303f',
  },
  print: {
    ground: '#ffffff',
    text: '#000000',
    quiet: '#333333',
    card: '#ffffff',
    box: '#ffffff',
    edge: '#888888',
    boxEdge: '#444444',
    line: '#444444',
    fine: '#004c8c',
    event: '#5c2d7d',
    warning: '#7a4300',
    error: '#a0200f',
    selected: '#f0f0f0',
  },
};

/** What a shape looks like by its own classes and those around it, the nearest last. */
export function paint(tag: string, own: string, around: readonly string[], paints: Colours): Attributes {
  const classes = new Set(own.split(' ').filter(Boolean));
  const outer = around.at(-1)?.split(' ') ?? [];
  const within = (name: string): boolean => around.some((names) => names.split(' ').includes(name));
  if (tag === 'text') return textPaint(classes, paints);
  if (within('mark') || within('token-shape')) return signPaint(classes, outer, around, paints);
  if (within('plate')) return { fill: paints.ground, stroke: within('label-failure') ? paints.error : paints.edge };
  if (within('stage')) return { fill: 'none', stroke: paints.line };
  if (within('line')) return linePaint(classes, around, paints);
  for (const [name, attributes] of boxPaints(paints))
    if (classes.has(name)) return { ...attributes, ...statePaint(classes, paints) };
  return {};
}

function textPaint(classes: ReadonlySet<string>, { text, quiet }: Colours): Attributes {
  if (classes.has('text-zone')) return { 'font-size': 11, 'font-weight': 600, 'letter-spacing': 0.66, 'fill': quiet };
  if (classes.has('text-title')) return { 'font-size': 12, 'font-weight': 600, 'fill': text };
  if (classes.has('text-micro')) return { 'font-size': 10, 'fill': text };
  return { 'font-size': 11, 'fill': classes.has('text-muted') ? quiet : text };
}

function boxPaints({ card, box, edge, boxEdge, line }: Colours): readonly (readonly [string, Attributes])[] {
  return [
    ['card', { fill: card, stroke: edge }],
    ['box', { fill: box, stroke: boxEdge }],
    ['pod', { fill: box, stroke: boxEdge }],
    ['frame', { fill: 'none', stroke: edge }],
    ['rule', { fill: 'none', stroke: edge }],
    [
      'icon',
      { fill: 'none', stroke: line, 'stroke-width': 1.25, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    ],
    ['stack', { fill: 'none', stroke: boxEdge }],
    ['arrow', { fill: line }],
  ];
}

function statePaint(classes: ReadonlySet<string>, paints: Colours): Attributes {
  const { error, warning, line, fine, selected } = paints;
  if (classes.has('dashed')) return { 'stroke-dasharray': '4 3' };
  if (classes.has('chosen')) return { 'stroke': fine, 'stroke-width': 2, 'fill': selected };
  if (classes.has('group')) return {};
  if (classes.has('state-failed')) return { stroke: error, fill: 'url(#hatch-failed)' };
  if (classes.has('state-crashing')) return { stroke: error, fill: 'url(#hatch-crashing)' };
  if (classes.has('state-terminating')) return { fill: 'url(#hatch-terminating)' };
  if (classes.has('state-pending') || classes.has('state-creating')) return { 'stroke-dasharray': '4 3' };
  if (classes.has('state-stopped')) return { 'stroke': warning, 'stroke-dasharray': '4 3' };
  if (classes.has('state-absent')) return { 'fill': 'none', 'stroke': line, 'stroke-dasharray': '4 3' };
  if (classes.has('state-unknown') || (classes.has('state-running') && !classes.has('item')))
    return { stroke: warning };
  return {};
}

function signPaint(
  classes: ReadonlySet<string>, outer: readonly string[], around: readonly string[], paints: Colours,
): Attributes {
  const ink = inkOf([...outer, ...around.flatMap((names) => names.split(' '))], paints);
  if (classes.has('solid')) return { fill: ink };
  if (classes.has('hollow')) return { 'fill': paints.ground, 'stroke': ink, 'stroke-width': 1.75 };
  const stroke = classes.has('cut') ? paints.ground : ink;
  const width = around.some((names) => names.split(' ').includes('small')) ? 1.3 : 1.6;
  return { 'fill': 'none', stroke, 'stroke-width': width, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' };
}

function inkOf(names: readonly string[], { fine, warning, error, line, event, text }: Colours): string {
  const has = (...wanted: string[]): boolean => wanted.some((name) => names.includes(name));
  if (has('state-ready', 'state-creating', 'token-request', 'token-response')) return fine;
  if (has('state-running', 'state-unknown', 'state-stopped')) return warning;
  if (has('state-failed', 'state-crashing', 'token-failure')) return error;
  if (has('token-event')) return event;
  return has('token-call', 'token-packet') ? text : line;
}

function linePaint(classes: ReadonlySet<string>, around: readonly string[], { line, fine }: Colours): Attributes {
  const is = (name: string): boolean => around.some((names) => names.split(' ').includes(name));
  const ink = is('lit') ? fine : line;
  if (classes.has('opener')) return { fill: ink };
  return {
    fill: 'none',
    stroke: ink,
    'stroke-width': is('lit') ? 2 : 1,
    ...(is('watch') ? { 'stroke-dasharray': '4 4' } : {}),
    ...(classes.has('stroke') ? {} : { fill: 'none' }),
  };
}
