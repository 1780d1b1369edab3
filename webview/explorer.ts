/**
 * From where the panel looks at the cluster: preset view, rung of the ladder, what is folded, legend, search and export.
 * It owns the bar for all that and makes the scene; the app draws it.
 */
import type { InsideView } from '../src/protocol/inside';
import type { Language, PanelState, PanelToHost } from '../src/protocol/messages';
import type { Study, StudyRequest } from '../src/protocol/study';
import { isTold } from '../src/protocol/story';
import type { Hop } from '../src/protocol/trace';
import type { ClusterView } from '../src/protocol/view';
import { ExportDialog } from './panel/export-dialog';
import { Legend } from './panel/legend';
import { ViewBar } from './panel/view-bar';
import { boxFor } from './scene/model';
import type { Box, Scene } from './scene/model';
import { pictureOf, validFocus } from './scene/picture';
import type { LayoutOptions } from './scene/sheet';
import { above, canEnter, readViewpoint } from './scene/viewpoint';
import type { Viewpoint } from './scene/viewpoint';
import { studies, StudyView } from './study/study-view';
import type { StudyKind } from './study/study-view';

export interface ExplorerHooks {
  post(message: PanelToHost): void;
  /** What the scene is made of beyond the viewpoint. */
  options(): Omit<LayoutOptions, 'language'>;
  /** The picture is another one: whatever moves or is marked in it goes, and it is drawn anew. */
  changed(): void;
  /** Selects a box, shows it and gives it the focus. */
  arrive(box: string): void;
  fold(folded: boolean): void;
  hops(): readonly Hop[];
  /** Goes to the moment after so many hops. */
  goTo(hops: number): void;
}

export class Explorer {
  readonly bar: ViewBar;
  readonly legend = new Legend();
  readonly dialog: ExportDialog;
  /** The tables in place of the picture. */
  readonly tables: StudyView;
  private viewpoint: Viewpoint;
  private inside: InsideView | undefined;
  private request: StudyRequest | undefined;
  private view: ClusterView | undefined;
  private language: Language = 'en';
  private legendOpen = false;
  /** Only the steps that a text would tell are shown. */
  private folded: boolean;

  constructor(private readonly hooks: ExplorerHooks, saved: PanelState) {
    this.viewpoint = readViewpoint(saved);
    this.folded = saved.folded ?? false;
    const study = studies.find((kind) => kind === saved.study);
    if (study) this.request = { kind: study };
    this.tables = new StudyView({
      ask: (request) => this.study(request),
      showNode: (name) => this.find(`node/${name}`),
      openField: (pod, field) => hooks.post({ type: 'openField', pod, field }),
      goTo: (hop) => hooks.goTo(hop + 1),
      goToRevision: (revision) => hooks.post({ type: 'goToRevision', revision }),
    });
    this.dialog = new ExportDialog({
      scene: (tongue) => this.view && this.scene(this.view, tongue),
      hops: () => hooks.hops(),
      save: (files) => hooks.post({ type: 'save', files }),
    });
    this.bar = new ViewBar({
      preset: (preset) => this.look({ ...this.viewpoint, preset, focus: undefined }),
      study: (kind) => this.study({ kind }),
      direction: (direction) => this.look({ ...this.viewpoint, direction }),
      enter: (focus) => this.look({ ...this.viewpoint, focus }),
      found: (box) => this.find(box),
      fold: (folded) => {
        this.folded = folded;
        hooks.fold(folded);
        hooks.changed();
      },
      legend: () => this.toggleLegend(),
      export: () => this.dialog.open(this.view, this.language),
    });
  }

  /** What is kept across a reload. */
  get state(): Pick<PanelState, 'preset' | 'focus' | 'direction' | 'folded' | 'study'> {
    const { preset, direction, focus } = this.viewpoint;
    const study = this.studying;
    return {
      preset,
      direction,
      folded: this.folded,
      ...(study ? { study } : {}),
      ...(focus === undefined ? {} : { focus }),
    };
  }

  /** The inside comes with each picture; a panel that was inside something before says so at the first. */
  arrived(inside: InsideView | undefined, study: Study | undefined, isFirst: boolean): void {
    this.inside = inside;
    this.tables.take(study);
    if (isFirst && this.request) this.hooks.post({ type: 'study', request: this.request });
    if (isFirst && this.viewpoint.focus !== undefined) this.hooks.post({ type: 'zoom', box: this.viewpoint.focus });
  }

  show(view: ClusterView | undefined, language: Language): void {
    this.view = view;
    this.language = language;
    if (view && validFocus(view, this.viewpoint.focus) === undefined)
      this.viewpoint = { ...this.viewpoint, focus: undefined };
    this.bar.show(
      view,
      { viewpoint: this.viewpoint, study: this.studying, folded: this.folded, legend: this.legendOpen },
      language,
    );
    this.legend.show(this.legendOpen && view !== undefined && !this.studying, language);
    this.tables.show(view && this.studying, language);
  }

  /** The tables that are shown in place of the picture. */
  get studying(): StudyKind | undefined {
    return this.request?.kind;
  }

  /** Shows tables in place of the picture, or other ones. */
  study(request: StudyRequest): void {
    this.request = request;
    this.hooks.post({ type: 'study', request });
    this.hooks.changed();
  }

  scene(view: ClusterView, language: Language): Scene {
    return pictureOf(view, this.viewpoint, this.inside, { ...this.hooks.options(), language });
  }

  /** The view, when it is to be shown as the heat map of its fleet. */
  fleet(view: ClusterView | undefined): ClusterView | undefined {
    const { focus, preset } = this.viewpoint;
    return view?.fleet && focus === undefined && (preset === 'cluster' || preset === 'nodes') ? view : undefined;
  }

  /** Down the ladder into a node of the fleet. */
  enterNode(focus: string): void {
    this.look({ ...this.viewpoint, focus });
    this.hooks.arrive(focus);
  }

  /** Whether a hop is one of those that are shown. */
  tells(hop: Hop): boolean {
    return !hop.background && (!this.folded || isTold(hop));
  }

  /** Down the ladder, into a box; false when one cannot go into it. */
  enter(box: Box | undefined): boolean {
    if (!box || !canEnter(box)) return false;
    const focus = box.target ?? box.id;
    if (focus !== this.viewpoint.focus) {
      this.look({ ...this.viewpoint, focus });
      this.hooks.arrive(focus);
    }
    return true;
  }

  /** One rung up, where one is again at what one comes from; false on the level of the cluster. */
  leave(): boolean {
    const { view, viewpoint: { focus } } = this;
    if (this.request) {
      this.look(this.viewpoint);
      return true;
    }
    if (!view || focus === undefined) return false;
    this.look({ ...this.viewpoint, focus: above(focus, view) });
    this.hooks.arrive(focus);
    return true;
  }

  /** Shows a box where it stands: here, or in the picture of the whole cluster. */
  find(box: string): void {
    const isHere = this.view && boxFor(this.scene(this.view, this.language), box) !== undefined;
    if (!isHere) this.look({ ...this.viewpoint, preset: 'cluster', focus: undefined });
    else if (this.request) this.look(this.viewpoint);
    this.hooks.arrive(box);
  }

  toggleLegend(): void {
    this.legendOpen = !this.legendOpen;
    this.hooks.changed();
  }

  /** Looks from somewhere else; the host is told when that needs the inside of another box. */
  private look(viewpoint: Viewpoint): void {
    const isElsewhere = viewpoint.focus !== this.viewpoint.focus;
    if (this.request) {
      this.request = undefined;
      this.hooks.post({ type: 'study', request: undefined });
    }
    this.viewpoint = viewpoint;
    if (isElsewhere) {
      this.inside = undefined;
      this.hooks.post({ type: 'zoom', box: viewpoint.focus });
    }
    this.hooks.changed();
  }
}
