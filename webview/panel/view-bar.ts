/**
 * The bar below the toolbar: from where the cluster is seen. The preset view, the way into it as a breadcrumb, search, and
 * the switches for what is shown.
 */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { iconButton, Select } from '../controls';
import { text } from '../narration/text';
import { html, setAttribute } from '../render/svg';
import { breadcrumb, nameOf, presets } from '../scene/viewpoint';
import type { Direction, Preset, Viewpoint } from '../scene/viewpoint';
import { studies } from '../study/study-view';
import type { StudyKind } from '../study/study-view';
import { SearchBox } from './search-box';

export interface ViewBarHooks {
  preset(preset: Preset): void;
  /** Shows tables in place of the picture. */
  study(kind: StudyKind): void;
  direction(direction: Direction): void;
  /** Goes into a box, or with undefined back to the cluster. */
  enter(box: string | undefined): void;
  /** Shows what was searched for. */
  found(box: string): void;
  fold(folded: boolean): void;
  legend(): void;
  export(): void;
}

export interface ViewBarState {
  readonly viewpoint: Viewpoint;
  /** The tables that are shown in place of the picture. */
  readonly study: StudyKind | undefined;
  readonly folded: boolean;
  readonly legend: boolean;
}

const directions: readonly Direction[] = ['all', 'toControlPlane', 'fromControlPlane'];

export class ViewBar {
  readonly element = html('nav', { class: 'view-bar' });
  readonly search: SearchBox;
  private readonly view: Select;
  private readonly direction: Select;
  private readonly crumbs = html('ol', { class: 'crumbs' });
  private readonly folding = html('button', { class: 'switch', type: 'button' });
  private readonly legend;
  private readonly exporting;
  private drawn = '';

  constructor(private readonly hooks: ViewBarHooks) {
    this.view = new Select((value) => {
      const study = studies.find((known) => known === value);
      if (study) hooks.study(study);
      else hooks.preset(value as Preset);
    });
    this.direction = new Select((value) => hooks.direction(value as Direction));
    this.search = new SearchBox((box) => hooks.found(box));
    this.folding.addEventListener('click', () => hooks.fold(this.folding.getAttribute('aria-pressed') !== 'true'));
    this.legend = iconButton('legend', () => hooks.legend());
    this.exporting = iconButton('save', () => hooks.export());
    this.element.append(this.view.element, this.direction.element, this.crumbs, html('div', { class: 'view-tools' },
      this.search.element, this.folding, this.legend.element, this.exporting.element));
  }

  show(view: ClusterView | undefined, { viewpoint, study, folded, legend }: ViewBarState, language: Language): void {
    this.element.hidden = view === undefined;
    if (!view) return;
    setAttribute(this.element, 'aria-label', text(language, 'view.name'));
    this.view.show(
      text(language, 'view.name'),
      [
        {
          words: text(language, 'study.views'),
          choices: presets.map((preset) => ({ value: preset, words: text(language, `view.${preset}`) })),
        },
        {
          words: text(language, 'study.group'),
          choices: studies.map((each) => ({ value: each, words: text(language, `study.${each}`) })),
        },
      ],
      study ?? viewpoint.preset,
    );
    this.direction.element.hidden =
      study !== undefined || viewpoint.preset !== 'communication' || viewpoint.focus !== undefined;
    this.direction.show(text(language, 'direction.name'),
      directions.map((each) => ({ value: each, words: text(language, `direction.${each}`) })), viewpoint.direction);
    this.search.show(view, language);
    setAttribute(this.folding, 'aria-pressed', String(folded));
    this.folding.textContent = text(language, folded ? 'fold.folded' : 'fold.precise');
    this.folding.title = text(language, 'fold.about');
    this.legend.show(text(language, 'legend.show'));
    this.legend.press(legend);
    this.exporting.show(text(language, 'export.title'));
    this.legend.element.hidden = study !== undefined;
    this.exporting.element.hidden = study !== undefined;
    this.showCrumbs(study === undefined ? view : undefined, viewpoint, language);
  }

  private showCrumbs(view: ClusterView | undefined, { focus, preset }: Viewpoint, language: Language): void {
    const way = view ? breadcrumb(focus, view) : [];
    const look = JSON.stringify([way, preset, language]);
    if (look === this.drawn) return;
    this.drawn = look;
    this.crumbs.hidden = way.length === 0;
    setAttribute(this.crumbs, 'aria-label', text(language, 'crumb.name'));
    const steps: readonly (readonly [box: string | undefined, name: string])[] =
      [[undefined, text(language, `view.${preset}`)], ...way.map((box) => [box, nameOf(box)] as const)];
    this.crumbs.replaceChildren(...steps.map(([box, name], index) => html('li', {}, index === steps.length - 1
      ? html('span', { 'class': 'crumb', 'aria-current': 'location' }, name) : this.crumb(name, box))));
  }

  private crumb(name: string, box: string | undefined): HTMLElement {
    const button = html('button', { class: 'crumb', type: 'button' }, name);
    button.addEventListener('click', () => this.hooks.enter(box));
    return button;
  }
}

