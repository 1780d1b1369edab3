/** The dialog that saves the picture: as SVG or PNG, or as a numbered sequence with a text. */
import type { Language, SavedFile } from '../../src/protocol/messages';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { iconButton, Select, textButton } from '../controls';
import { themes } from '../export/paint';
import type { ExportTheme } from '../export/paint';
import { pictureFile } from '../export/picture-file';
import { fileName, pictureSequence } from '../export/sequence';
import { text } from '../narration/text';
import { html } from '../render/svg';
import type { Scene } from '../scene/model';

const formats = ['svg', 'png1', 'png2', 'png4', 'sequence'] as const;

type Format = typeof formats[number];

export interface ExportHooks {
  /** The picture as it would be in a language. */
  scene(language: Language): Scene | undefined;
  hops(): readonly Hop[];
  save(files: readonly SavedFile[]): void;
}

export class ExportDialog {
  readonly element = html('dialog', { class: 'export' });
  private format: Format = 'svg';
  private theme: ExportTheme = 'light';
  private language: Language = 'en';
  private view: ClusterView | undefined;

  constructor(private readonly hooks: ExportHooks) {}

  open(view: ClusterView | undefined, language: Language): void {
    if (!view) return;
    this.view = view;
    this.language = language;
    this.draw(language);
    this.element.showModal();
  }

  private draw(language: Language): void {
    const say = (key: Parameters<typeof text>[1]): string => text(language, key);
    const row = (name: string, select: Select): HTMLElement =>
      html('label', { class: 'export-row' }, name, select.element);
    const format = new Select((value) => { this.format = value as Format; });
    format.show(
      say('export.format'),
      formats.map((each) => ({ value: each, words: say(`export.${each}`) })),
      this.format,
    );
    const theme = new Select((value) => { this.theme = value as ExportTheme; });
    theme.show(
      say('export.theme'),
      themes.map((each) => ({ value: each, words: say(`export.theme.${each}`) })),
      this.theme,
    );
    const tongue = new Select((value) => { this.language = value === 'de' ? 'de' : 'en'; });
    tongue.show(
      say('export.language'),
      [
        { value: 'de', words: 'Deutsch' },
        { value: 'en', words: 'English' },
      ],
      this.language,
    );
    const closing = iconButton('close', () => this.element.close());
    closing.show(say('help.close'));
    this.element.setAttribute('aria-labelledby', 'export-title');
    this.element.replaceChildren(
      html('header', {}, html('h2', { id: 'export-title' }, say('export.title')), closing.element),
      html('div', { class: 'export-body' }, row(say('export.format'), format), row(say('export.theme'), theme),
        row(say('export.language'), tongue), textButton(say('export.save'), () => void this.save())));
  }

  private async save(): Promise<void> {
    const { view, language, theme, format } = this;
    const scene = this.hooks.scene(language);
    if (!view || !scene) return;
    this.element.close();
    if (format === 'sequence')
      return this.hooks.save(pictureSequence(scene, view, this.hooks.hops(), { theme, language }));
    const content = pictureFile(scene, view, { theme, language });
    const name = `${fileName(view.name)}-rev${view.revision}`;
    if (format === 'svg') return this.hooks.save([{ name: `${name}.svg`, content, encoding: 'text' }]);
    const png = await drawn(content, Number(format.slice('png'.length)));
    if (png !== undefined) this.hooks.save([{ name: `${name}.png`, content: png, encoding: 'base64' }]);
  }
}

/** The picture in pixels, as base64; undefined where the browser cannot draw it that large. */
async function drawn(content: string, scale: number): Promise<string | undefined> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(content)}`;
  await image.decode();
  const canvas = html('canvas', { width: image.naturalWidth * scale, height: image.naturalHeight * scale });
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const address = canvas.toDataURL('image/png');
  return address.startsWith('data:image/png;base64,') ? address.slice('data:image/png;base64,'.length) : undefined;
}
