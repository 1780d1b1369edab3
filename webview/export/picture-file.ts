/**
 * A scene as the text of an SVG file: written from the scene, not scraped from the page, so that it is complete at every
 * zoom, has its colours with it and can be made without a page. Below the picture stand cluster, moment and legend.
 */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { clockText, text } from '../narration/text';
import { tokenExplanations } from '../narration/signs';
import { drawBox } from '../render/boxes';
import type { Surroundings } from '../render/boxes';
import { bundle, drawBundle } from '../render/bundle';
import { measure } from '../render/fit';
import { drawLine, drawPlate, placeLabels, pointAt } from '../render/lines';
import { shape } from '../render/shape';
import type { Shape } from '../render/shape';
import { definitions, mark, tokenShape } from '../render/symbols';
import type { TokenShape } from '../render/symbols';
import type { Box, Line, Scene } from '../scene/model';
import { stateExplanations } from '../scene/states';
import { colours, paint } from './paint';
import type { Colours, ExportTheme } from './paint';

/** A message that is shown on its way. */
export interface ShownMessage {
  readonly line?: Line;
  readonly backwards: boolean;
  readonly shape: TokenShape;
  readonly label: string;
  /** Where it is shown when it travels on no line. */
  readonly at?: Box;
}

export interface PictureOptions {
  readonly theme: ExportTheme;
  readonly language: Language;
  /** Boxes and the message that a step is about. */
  readonly marked?: readonly string[];
  readonly message?: ShownMessage;
  /** One sentence below the picture. */
  readonly sentence?: string;
  readonly legend?: boolean;
}

const margin = 16;
const legendEntry = 148;
const legendRow = 22;

/** The file's text. The same arguments give the same text. */
export function pictureFile(scene: Scene, view: ClusterView, options: PictureOptions): string {
  const { theme, language, sentence, legend = true } = options;
  const paints = colours[theme];
  const title = text(language, 'diagram.label', { name: view.name });
  const moment = `${view.name} · ${view.kubernetesVersion} · ${text(language, 'revision', { revision: view.revision })} · ${clockText(view.nowMs)}`;
  const width = scene.width;
  const below = footer(width, moment, sentence, legend ? language : undefined);
  const height = scene.height + below.height;
  const around: Surroundings = {
    density: scene.density, revision: text(language, 'box.revision', { revision: view.revision }),
    shortRevision: text(language, 'revision', { revision: view.revision }), leader: text(language, 'box.leader'),
  };
  const content = [
    definitions(), ...picture(scene, around, options),
    shape('g', { transform: `translate(0 ${scene.height})` }, ...below.shapes),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" `
      + 'font-family="Segoe UI, Helvetica, Arial, sans-serif" role="img">',
    `<title>${escaped(title)}</title>`, `<desc>${escaped(sentence ? `${moment}. ${sentence}` : moment)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${paints.ground}"/>`,
    ...content.map((each) => markup(each, [], paints)), '</svg>', '',
  ].join('\n');
}

function picture(scene: Scene, around: Surroundings, { marked = [], message }: PictureOptions): Shape[] {
  const isFrame = ({ kind }: Box): boolean => kind === 'zone' || kind === 'strip' || kind === 'lane' || kind === 'node';
  const place = (box: Box): Shape => shape('g', { transform: `translate(${box.x} ${box.y})` },
    ...drawBox(box, around).map((each) => (marked.includes(box.id) ? chosen(each) : each)));
  const lines =
    message?.line && !scene.lines.some(({ id }) => id === message.line?.id)
      ? [...scene.lines, message.line]
      : scene.lines;
  const labels = scene.labelled ? placeLabels(scene.lines, scene.boxes.filter((box) => !isFrame(box))) : [];
  return [
    ...scene.boxes.filter(isFrame).map(place),
    ...drawLines(lines, message?.line?.id),
    ...scene.boxes.filter((box) => !isFrame(box)).map(place),
    ...labels.map(({ words, at }) =>
      shape('g', { transform: `translate(${at.x} ${at.y})` }, drawPlate(words, 'label-line')),
    ),
    ...(message ? [token(message)] : []),
  ];
}

/** All lines, bundled where they are many as on the page; the one with the message on it stands out. */
function drawLines(lines: readonly Line[], busy: string | undefined): Shape[] {
  const { ids, bundles } = bundle(lines);
  const single = lines.filter(({ id }) => id === busy || !ids.has(id)).map((line) => {
    const drawn = drawLine(line);
    return line.id === busy
      ? { ...drawn, attributes: { ...drawn.attributes, class: `${String(drawn.attributes['class'])} lit` } }
      : drawn;
  });
  return [...bundles.map((one) => drawBundle(one)), ...single];
}

function chosen(drawn: Shape): Shape {
  const names = String(drawn.attributes['class'] ?? '');
  const isOutline = /\b(?:card|box|pod)\b/.test(names);
  return isOutline ? { ...drawn, attributes: { ...drawn.attributes, class: `${names} chosen` } } : drawn;
}

function token({ line, backwards, shape: name, label, at: box }: ShownMessage): Shape {
  const points = line ? backwards ? [...line.points].reverse() : line.points : [];
  const { x, y, angle } = line
    ? pointAt(points, 0.5)
    : { x: box ? box.x + box.width / 2 : 0, y: box ? box.y + 12 : 0, angle: 0 };
  return shape(
    'g',
    { transform: `translate(${round(x)} ${round(y)})` },
    shape('g', { transform: `rotate(${round(angle)})` }, tokenShape(name)),
    shape(
      'g',
      { transform: `translate(0 ${y < 28 ? 18 : -17})` },
      drawPlate(label, name === 'failure' ? 'label-failure' : 'label-token'),
    ),
  );
}

function footer(
  width: number, moment: string, sentence: string | undefined, language: Language | undefined,
): { readonly shapes: readonly Shape[]; readonly height: number } {
  const shapes: Shape[] = [shape('path', { class: 'rule', d: `M${margin} 0.5H${width - margin}` })];
  let y = 22;
  for (const line of sentence === undefined ? [] : lines(sentence, width - 2 * margin)) {
    shapes.push(shape('text', { class: 'text-title', x: margin, y }, line));
    y += 18;
  }
  shapes.push(shape('text', { class: 'text-muted', x: margin, y }, moment));
  y += 22;
  if (language === undefined) return { shapes, height: y - 6 };
  const columns = Math.max(1, Math.floor((width - 2 * margin) / legendEntry));
  const entries = [
    ...stateExplanations.map(([state, key]) => [mark(state, 0, 0), text(language, key)] as const),
    ...tokenExplanations.map(([name, key]) => [tokenShape(name), text(language, key)] as const),
  ];
  entries.forEach(([sign, words], index) => {
    const x = margin + 8 + (index % columns) * legendEntry;
    shapes.push(shape('g', { transform: `translate(${x} ${y + Math.floor(index / columns) * legendRow})` },
      ...(sign ? [sign] : []), shape('text', { class: 'text-small', x: 14, y: 4 }, words)));
  });
  return { shapes, height: y + Math.ceil(entries.length / columns) * legendRow };
}

/** Words in lines of that width. */
function lines(words: string, width: number): string[] {
  const all: string[] = [];
  for (const word of words.split(' ')) {
    const last = all.at(-1);
    if (last !== undefined && measure(`${last} ${word}`, 'title') <= width) all[all.length - 1] = `${last} ${word}`;
    else all.push(word);
  }
  return all;
}

/** A shape and all in it as text, painted; what only the page needs is left out. */
function markup({ tag, attributes, children }: Shape, around: readonly string[], paints: Colours): string {
  const { 'class': names = '', 'data-line': _line, 'data-stage': _stage, ...others } = attributes;
  const own = String(names);
  if (own === 'ring') return '';
  const inPattern = tag === 'path' && around.at(-1) === 'pattern';
  const painted = inPattern
    ? { fill: 'none', stroke: paints.error, 'stroke-opacity': 0.35 }
    : tag === 'g'
      ? {}
      : paint(tag, own, around, paints);
  const text = Object.entries({ ...others, ...painted }).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join('');
  const inner = children.map((child) => (typeof child === 'string' ? escaped(child)
    : markup(child, [...around, tag === 'pattern' ? 'pattern' : own], paints))).join('');
  return inner === '' ? `<${tag}${text}/>` : `<${tag}${text}>${inner}</${tag}>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
