/**
 * A numbered sequence of pictures with a text in Markdown, for slides and handouts: one picture for each step that a text
 * would tell. All show the cluster as it is in the picture now; what moves in each is the step's message.
 */
import type { Language, SavedFile } from '../../src/protocol/messages';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { sentence, shortLabel } from '../narration/sentence';
import { clockText, text } from '../narration/text';
import { shapeOf } from '../render/token-shapes';
import { fold } from '../scene/folding';
import type { Scene } from '../scene/model';
import { courseOf } from '../scene/wiring';
import type { ExportTheme } from './paint';
import { pictureFile } from './picture-file';

/** More pictures than that nobody looks through; the newest steps are taken. */
export const mostPictures = 40;

export interface SequenceOptions {
  readonly theme: ExportTheme;
  readonly language: Language;
}

/** The pictures in order, and the text that belongs to them, last. */
export function pictureSequence(
  scene: Scene, view: ClusterView, hops: readonly Hop[], { theme, language }: SequenceOptions,
): SavedFile[] {
  const steps = fold(hops.filter((hop) => !hop.background)).slice(-mostPictures);
  const digits = String(steps.length).length;
  const told = steps.map(({ hop, inner }, index) => {
    const { line, backwards, from, to } = courseOf(hop, scene, view);
    const words = sentence(hop, view, language);
    const number = String(index + 1).padStart(Math.max(2, digits), '0');
    const name = `${fileName(view.name)}-${number}.svg`;
    const content = pictureFile(scene, view, {
      theme,
      language,
      legend: false,
      sentence: `${index + 1}. ${words}`,
      marked: [from, to].flatMap((box) => (box ? [box.id] : [])),
      message: { line, backwards, shape: shapeOf(hop), label: shortLabel(hop), at: to ?? from },
    });
    return { file: { name, content, encoding: 'text' as const }, words, atMs: hop.atMs, inner: inner.length };
  });
  const heading = text(language, 'export.sequence.title', { name: view.name });
  const paragraphs = told.map(({ file, words, atMs, inner }, index) => [
    `## ${index + 1}. ${words}`, '', `![${words.replace(/[[\]]/g, '')}](${file.name})`, '',
    `${clockText(atMs)}${inner > 0 ? ` · ${text(language, 'fold.more', { count: inner })}` : ''}`, '',
  ].join('\n'));
  const markdown = [`# ${heading}`, '', ...paragraphs].join('\n');
  return [...told.map(({ file }) => file), { name: `${fileName(view.name)}.md`, content: markdown, encoding: 'text' }];
}

/** A name that is one on all systems. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^\.+/, '') || 'cluster';
}
