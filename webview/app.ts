/**
 * The panel as a whole: takes what the extension host sends, keeps the parts in step, and tells the host what the user
 * wants. It holds no truth about the cluster: each message brings the whole picture.
 */
import type { HostToPanel, Language, PanelState, PanelToHost } from '../src/protocol/messages';
import type { Hop } from '../src/protocol/trace';
import type { ClusterView, RunMode } from '../src/protocol/view';
import { Explorer } from './explorer';
import { sentence } from './narration/sentence';
import { text } from './narration/text';
import { Announcer, changes } from './panel/announcer';
import { Caption } from './panel/caption';
import { Details } from './panel/details';
import { emptyContents } from './panel/empty';
import { Help } from './panel/help';
import { HoverCard } from './panel/hover-card';
import { type KeyAction, listenForKeys } from './panel/keys';
import { focusIn, focusNextRegion } from './panel/regions';
import { Time } from './panel/time';
import { Toolbar } from './panel/toolbar';
import { Transcript } from './panel/transcript';
import { Camera } from './render/camera';
import { Diagram } from './render/diagram';
import { forgetFont } from './render/fit';
import { HeatMap } from './render/heat-map';
import type { Pace } from './render/motion';
import { html } from './render/svg';
import { boxFor } from './scene/model';
import type { Box, Scene } from './scene/model';
import { courseOf } from './scene/wiring';
import type { Course } from './scene/wiring';

/** What the panel needs of the outside. */
export interface Outside {
  post(message: PanelToHost): void;
  save(state: PanelState): void;
}

/** How long a hop travels at speed 1 in front of someone who reads, and how long in a live run. */
const readMs = 500;
const liveMs = 450;

export class App {
  private view: ClusterView | undefined;
  private scene: Scene | undefined;
  private language: Language = document.documentElement.lang.startsWith('de') ? 'de' : 'en';
  private selection: string | undefined;
  private readonly expanded: Set<string>;
  private pointed: string | undefined;
  private readonly lastHops = new Map<string, Hop>();
  private transcriptOpen: boolean;
  /** Whether the user has opened or closed the transcript; until then a screen reader opens it. */
  private transcriptChosen: boolean;
  private backgroundHops: boolean;
  /** The transcript is read alone: the diagram is hidden. */
  private alone: boolean;

  private readonly body = html('div', { class: 'body' });
  private readonly stage = html('div', { class: 'stage' });
  private readonly scroller = html('div', { class: 'scroller' });
  private readonly caption = new Caption();
  private readonly empty = html('div', { class: 'empty' });
  private readonly diagram: Diagram;
  private readonly camera: Camera;
  private readonly time: Time;
  private readonly toolbar: Toolbar;
  private readonly explorer: Explorer;
  private readonly heatMap: HeatMap;
  private readonly details: Details;
  private readonly transcript: Transcript;
  private readonly hover = new HoverCard();
  private readonly help = new Help();
  private readonly announcer = new Announcer();

  constructor(
    private readonly root: HTMLElement,
    private readonly outside: Outside,
    private readonly saved: PanelState,
  ) {
    this.selection = saved.selection;
    this.expanded = new Set(saved.expanded ?? []);
    this.transcriptChosen = saved.transcriptOpen !== undefined;
    this.transcriptOpen = saved.transcriptOpen ?? isRead();
    this.backgroundHops = saved.backgroundHops ?? false;
    this.alone = saved.alone === true && this.transcriptOpen;
    this.diagram = new Diagram({
      activate: (id) => this.activate(id),
      enter: (id) => this.explorer.enter(this.scene?.byId.get(id)) || this.activate(id),
      point: (id) => this.point(id),
      reveal: (box) => this.camera.show(box),
    });
    this.camera = new Camera(this.scroller, this.diagram.picture, { changed: () => this.onCamera() });
    this.time = new Time((message) => outside.post(message));
    this.toolbar = new Toolbar({
      run: (mode, speed) => this.run(mode, speed),
      step: () => this.step(),
      ...this.time.moves,
      zoomIn: () => this.camera.zoomIn(),
      zoomOut: () => this.camera.zoomOut(),
      zoomReset: () => this.camera.reset(),
      fit: () => this.camera.fit(),
      toggleTranscript: () => this.chooseTranscript(!this.transcriptOpen),
      help: () => this.help.toggle(this.language),
    });
    this.explorer = new Explorer(
      {
        post: (message) => outside.post(message),
        options: () => ({ width: this.camera.layoutWidth, expanded: this.expanded }),
        changed: () => this.look(),
        arrive: (box) => this.arrive(box),
        fold: (folded) => this.transcript.fold(folded),
        hops: () => this.transcript.known,
        goTo: (hops) => this.time.goTo(hops),
      },
      saved,
    );
    this.heatMap = new HeatMap({ select: (box) => this.select(box), enter: (box) => this.explorer.enterNode(box) });
    this.details = new Details({
      open: (what) => {
        if (this.selection !== undefined) outside.post({ type: 'open', box: this.selection, what });
      },
      why: (box) => outside.post({ type: 'why', box }),
      openManifest: (box) => outside.post({ type: 'openManifest', box }),
      whatIf: (action, box) => outside.post({ type: 'whatIf', action, box }),
      enter: (box) => this.explorer.enter(box),
      study: (request) => this.explorer.study(request),
      close: () => this.select(undefined),
    });
    this.transcript = new Transcript(
      {
        look: (hop) => this.lookAt(hop),
        goTo: (hop) => this.time.goTo(hop.id + 1),
        background: (shown) => {
          this.backgroundHops = shown;
          this.save();
        },
        alone: (alone) => this.read(alone),
        close: () => this.chooseTranscript(false),
      },
      this.backgroundHops,
    );
    this.transcript.element.hidden = !this.transcriptOpen;
    this.transcript.fold(saved.folded ?? false);
    this.build();
  }

  /** Takes one message of the host. */
  receive(message: HostToPanel): void {
    switch (message.type) {
      case 'snapshot': return this.onSnapshot(message);
      case 'update': return this.onUpdate(message);
      case 'timeline': return this.time.take(message.timeline);
      case 'why': return this.details.explain(message.box, message.hops, message.manifest);
      case 'reveal': return this.onReveal(message.box);
    }
  }

  private build(): void {
    this.scroller.append(this.diagram.picture, this.heatMap.element);
    const column = html(
      'main',
      { class: 'column' },
      this.scroller,
      this.explorer.tables.element,
      this.empty,
      this.explorer.legend.element,
      this.caption.element,
      this.details.element,
    );
    this.stage.append(column, this.hover.element);
    this.body.append(this.stage, this.transcript.element);
    const { body } = this;
    this.read(this.alone);
    const { toolbar, explorer, time, announcer, help } = this;
    this.root.replaceChildren(
      ...[toolbar, time.banner, explorer.bar].map(({ element }) => element),
      body,
      ...[time.strip, announcer, help, explorer.dialog].map(({ element }) => element),
    );
    new ResizeObserver(() => this.onResize()).observe(this.scroller);
    // A change of theme or font changes classes and variables on body and root.
    const restyled = new MutationObserver(() => {
      forgetFont();
      this.camera.forget();
      this.heatMap.forgetColours();
      if (!this.transcriptChosen && isRead() && !this.transcriptOpen) this.openTranscript(true);
      this.draw();
    });
    restyled.observe(document.body, { attributes: true, attributeFilter: ['class'] });
    restyled.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
    listenForKeys(this.keys());
    this.draw();
  }

  private onSnapshot(message: Extract<HostToPanel, { type: 'snapshot' }>): void {
    const { language, view, recentHops, selection, inside, study, palette, past } = message;
    const isFirst = this.view === undefined;
    this.time.arrived(past);
    this.language = language;
    document.documentElement.lang = language;
    this.view = view;
    if (selection !== undefined) this.selection = selection;
    this.explorer.arrived(inside, study, isFirst);
    document.body.classList.toggle('palette-okabe-ito', palette === 'okabe-ito');
    this.diagram.motion.clear();
    this.diagram.mark([]);
    this.lastHops.clear();
    this.draw();
    this.remember(recentHops);
    this.transcript.reset(recentHops);
    this.showCaption(recentHops);
    this.announcer.say(this.time.words(language));
    if (isFirst && view) this.camera.restore(this.saved.scale, this.saved.x, this.saved.y);
  }

  private onUpdate({ view, hops, skippedHops, inside, study, past }: Extract<HostToPanel, { type: 'update' }>): void {
    const before = this.view;
    this.view = view;
    this.time.arrived(past);
    this.explorer.arrived(inside, study, false);
    this.draw();
    this.remember(hops);
    this.transcript.add(hops, skippedHops);
    this.showCaption(hops);
    this.animate(hops, before);
    const said = before?.name === view.name ? changes(before, view, this.language) : [];
    const wasStep = view.run.mode === 'paused' && before?.run.mode === 'paused';
    const step = wasStep ? hops.filter((hop) => !hop.background).at(-1) : undefined;
    this.announcer.say(step ? [sentence(step, view, this.language), ...said] : said);
  }

  /** Shows hops as they happen. A pause stops everything in its place; a step while paused sets it going again. */
  private animate(hops: readonly Hop[], before: ClusterView | undefined): void {
    const { view, scene } = this;
    if (!view || !scene) return;
    const { motion } = this.diagram;
    const isPaused = view.run.mode === 'paused';
    const isStep = isPaused && before?.run.mode === 'paused' && hops.length > 0;
    const careful = isPaused || view.run.mode === 'hops';
    const durationMs = view.run.mode === 'hops' ? readMs / view.run.speed : isPaused ? readMs : liveMs;
    const pace: Pace = { careful, durationMs: Math.max(100, durationMs) };
    if (!isPaused || isStep) motion.freeze(false);
    if (hops.length > 0 || !isPaused) this.diagram.mark([]);
    for (const hop of hops) {
      if (!this.explorer.tells(hop) && !isStep) continue;
      const course = courseOf(hop, scene, view);
      if (view.run.mode !== 'fast') this.diagram.animate(hop, course, pace);
      else if (course.line) motion.warm(course.line);
      // After a step its line stays marked, so that one can see what has just happened.
      if (isStep && hop === hops.at(-1)) this.diagram.mark(idsOf(course));
    }
    if (isPaused && before?.run.mode !== 'paused') motion.freeze(true);
  }

  private remember(hops: readonly Hop[]): void {
    const { view, scene } = this;
    if (!view || !scene) return;
    for (const hop of hops.slice(-1000)) {
      if (hop.background) continue;
      const { from, to } = courseOf(hop, scene, view);
      if (from) this.lastHops.set(from.id, hop);
      if (to) this.lastHops.set(to.id, hop);
    }
  }

  private showCaption(hops: readonly Hop[]): void {
    this.caption.show(hops, this.view, this.language, this.lastHops.size > 0);
  }

  /** Lays out and draws all parts anew; cheap enough for each message. */
  private draw(): void {
    const { view, language } = this;
    this.root.classList.toggle('no-cluster', view === undefined);
    // The transcript says it already, and more.
    this.caption.element.hidden = this.transcriptOpen;
    this.toolbar.show(view, language, this.transcriptOpen);
    this.toolbar.showScale(this.camera.scale, language);
    this.explorer.show(view, language);
    const hasTables = this.explorer.studying !== undefined;
    this.root.classList.toggle('with-tables', hasTables);
    this.scroller.hidden = hasTables;
    const fleet = this.explorer.fleet(view);
    this.heatMap.show(fleet, language);
    this.scroller.classList.toggle('has-fleet', fleet !== undefined);
    this.time.show(view, language);
    this.transcript.show(view, language);
    if (!view) {
      this.scene = undefined;
      this.details.element.hidden = true;
      document.title = text(language, 'empty.title');
      this.empty.replaceChildren(...emptyContents(language));
      return;
    }
    const scene = this.explorer.scene(view, language);
    this.scene = scene;
    this.camera.resize(scene.width, scene.height);
    this.diagram.show(
      scene,
      {
        density: scene.density,
        revision: text(language, 'box.revision', { revision: view.revision }),
        shortRevision: text(language, 'revision', { revision: view.revision }),
        leader: text(language, 'box.leader'),
      },
      text(language, 'diagram.label', { name: view.name }),
    );
    document.title = text(language, 'diagram.label', { name: view.name });
    this.showSelection();
  }

  private showSelection(): void {
    const { scene, view } = this;
    if (!scene || !view) return;
    const box = this.selection === undefined ? undefined : boxFor(scene, this.selection);
    this.diagram.select(box?.id);
    this.details.show(this.explorer.studying ? undefined : box, view, this.language);
  }

  private onReveal(id: string): void {
    this.selection = id;
    this.showSelection();
    this.save();
    const box = this.scene && boxFor(this.scene, id);
    if (box) this.camera.show(box);
  }

  /** A click or Enter on a box selects it; on a group it also folds or unfolds. */
  private activate(id: string): void {
    const box = this.scene?.byId.get(id);
    if (box?.kind === 'podGroup') {
      if (!this.expanded.delete(id)) this.expanded.add(id);
      this.select(id);
      this.draw();
      return;
    }
    this.select(id);
  }

  private select(id: string | undefined): void {
    const isNew = id !== this.selection;
    this.selection = id;
    this.showSelection();
    this.point(undefined);
    this.save();
    if (isNew) this.outside.post({ type: 'select', box: id });
  }

  /** The picture is another one; nothing that moved in the last goes on in it. */
  private look(): void {
    this.diagram.motion.clear();
    this.diagram.mark([]);
    this.point(undefined);
    this.draw();
    this.save();
  }

  /** Selects a box, brings it into sight and gives it the focus. */
  private arrive(id: string): void {
    const box = this.scene && boxFor(this.scene, id);
    this.select(id);
    if (box) this.camera.show(box);
    // Without the diagram, what was looked for is in its details.
    if (this.alone) focusIn(this.details.element);
    else this.diagram.focus(box?.id);
  }

  private point(id: string | undefined): void {
    this.pointed = id;
    if (id === undefined) return this.hover.hide();
    const element = this.diagram.picture.querySelector(`[data-box=${CSS.escape(id)}] > .ring`);
    this.hover.show(
      () => {
        const { scene, view, language } = this;
        const box: Box | undefined = scene?.byId.get(id);
        return scene && view && box && { box, scene, view, language, lastHop: this.lastHops.get(id) };
      },
      () => element?.getBoundingClientRect(),
    );
  }

  /** Someone reads a row of the transcript: its two boxes are marked. */
  private lookAt(hop: Hop | undefined): void {
    const { scene, view } = this;
    if (!hop || !scene || !view) return this.diagram.mark([]);
    const course = courseOf(hop, scene, view);
    this.diagram.mark(idsOf(course));
    for (const box of [course.from, course.to]) if (box) this.camera.show(box);
  }

  private run(mode: RunMode, speed: number): void {
    this.outside.post({ type: 'run', mode, speed });
  }

  private step(): void {
    this.outside.post({ type: 'step' });
  }

  private chooseTranscript(open: boolean): void {
    this.transcriptChosen = true;
    this.openTranscript(open);
  }

  /** Reads the transcript alone, without the diagram, or both again. */
  private read(alone: boolean): void {
    this.alone = alone;
    this.body.classList.toggle('alone', alone);
    this.transcript.setAlone(alone);
    this.save();
  }

  private openTranscript(open: boolean): void {
    this.transcriptOpen = open;
    if (!open && this.alone) this.read(false);
    this.transcript.element.hidden = !open;
    this.caption.element.hidden = open;
    this.toolbar.show(this.view, this.language, open);
    this.transcript.redraw();
    this.save();
  }

  private onResize(): void {
    if (this.view && this.scene && this.camera.layoutWidth !== this.scene.width) this.draw();
  }

  private onCamera(): void {
    // The box that is pointed at has moved; its card follows after a moment.
    this.point(this.pointed);
    this.toolbar.showScale(this.camera.scale, this.language);
    this.save();
  }

  private save(): void {
    const { x, y } = this.camera.position;
    this.outside.save({
      selection: this.selection,
      scale: this.camera.scale,
      x,
      y,
      transcriptOpen: this.transcriptChosen ? this.transcriptOpen : undefined,
      backgroundHops: this.backgroundHops,
      alone: this.alone,
      expanded: [...this.expanded],
      ...this.explorer.state,
    });
  }

  private keys(): Readonly<Record<string, KeyAction>> {
    const inTime: KeyAction = (event) => this.view !== undefined && this.time.press(event.key);
    const legend = (): void => this.explorer.toggleLegend();
    return {
      ' ': () => this.view !== undefined && (this.toolbar.toggle(), true),
      '.': () => void (this.view && this.step()),
      ',': inTime,
      Home: inTime,
      End: inTime,
      '/': () => void (this.view && this.explorer.bar.search.focus()),
      l: legend,
      L: legend,
      '?': () => this.help.toggle(this.language),
      '+': () => this.camera.zoomIn(),
      '-': () => this.camera.zoomOut(),
      0: () => this.camera.reset(),
      Escape: () => this.onEscape(),
      F6: (event) => this.nextRegion(event.shiftKey),
    };
  }

  /** Esc takes back one thing after the other: the card, the row that is looked up, the selection. */
  private onEscape(): void {
    if (!this.hover.element.hidden) return this.point(undefined);
    this.transcript.closeRow();
    if (!this.explorer.leave() && this.selection !== undefined) this.select(undefined);
  }

  /** F6 beyond the zones of the diagram: toolbar, diagram, details, transcript. */
  private nextRegion(back: boolean): void {
    const { toolbar, details, transcript } = this;
    const diagram = this.alone ? [] : [this.scroller];
    focusNextRegion([toolbar.element, ...diagram, details.element, transcript.element], back);
  }
}

/** The boxes at both ends of a hop. */
function idsOf({ from, to }: Course): string[] {
  return [from, to].flatMap((box) => (box ? [box.id] : []));
}

/** Whether somebody reads VS Code with a screen reader. */
function isRead(): boolean {
  return document.body.classList.contains('vscode-using-screen-reader');
}
