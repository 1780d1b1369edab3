/**
 * The picture: keeps the SVG in step with the scene, element by element, so that focus, hover and motion survive each
 * update. It knows nothing of messages; it says what the user does with boxes.
 */
import type { Hop, StageHop } from '../../src/protocol/trace';
import type { Box, Line, Scene } from '../scene/model';
import { boxFor } from '../scene/model';
import { endOfZone, neighbour, nextZone, stops } from '../scene/neighbours';
import type { Direction } from '../scene/neighbours';
import { lineBetween, linesOf } from '../scene/wiring';
import type { Course } from '../scene/wiring';
import { drawBox, looksAlike, stageY } from './boxes';
import type { Surroundings } from './boxes';
import { LineLayer } from './line-layer';
import { drawPlate, placeLabels } from './lines';
import { Motion } from './motion';
import type { Pace, StageLight } from './motion';
import { elementOf, groupOf } from './shape';
import { moveTo, setAttribute, svg } from './svg';
import { definitions } from './symbols';

export interface DiagramHooks {
  /** Enter or click on a box. */
  activate(id: string): void;
  /** Double click, or Enter on a box that is selected. */
  enter(id: string): void;
  /** A box is pointed at, or focused with the keyboard; undefined when none is any more. */
  point(id: string | undefined, by: 'mouse' | 'focus'): void;
  /** The focus moved to a box that may be out of sight. */
  reveal(box: Box): void;
}

interface DrawnBox {
  readonly group: SVGGElement;
  box: Box;
  around: Surroundings;
}

/** With more highlighted lines than this, labels would only cover each other. */
const labelLimit = 14;

export class Diagram {
  readonly picture: SVGSVGElement;
  readonly motion: Motion;
  private readonly layers: Readonly<Record<'frames' | 'lines' | 'boxes' | 'labels' | 'tokens', SVGGElement>>;
  private readonly boxes = new Map<string, DrawnBox>();
  private readonly lines: LineLayer;
  private scene: Scene | undefined;
  private selected: string | undefined;
  private pointed: string | undefined;
  private marked: readonly string[] = [];
  /** The boxes that look selected or pointed at now. */
  private raised: readonly string[] = [];
  /** The one box that the Tab key reaches. */
  private stop: string | undefined;

  constructor(private readonly hooks: DiagramHooks) {
    const layer = (name: string): SVGGElement => svg('g', { class: `layer-${name}` });
    this.layers = {
      frames: layer('frames'), lines: layer('lines'), boxes: layer('boxes'), labels: layer('labels'),
      tokens: layer('tokens'),
    };
    this.picture = svg('svg', { 'class': 'diagram', 'role': 'graphics-document' }, elementOf(definitions()),
      ...Object.values(this.layers));
    for (const decoration of ['lines', 'labels', 'tokens'] as const) {
      this.layers[decoration].setAttribute('aria-hidden', 'true');
    }
    this.lines = new LineLayer(this.layers.lines);
    this.motion = new Motion(this.layers.tokens, {
      lend: (line) => this.lines.lend(line),
      release: (id) => this.lines.release(id),
      stage: (box, hop) => this.lightStage(box, hop),
      element: (id) => this.boxes.get(id)?.group,
      isStill,
    });
    this.listen();
  }

  /** Draws the scene; what has not changed is left alone. */
  show(scene: Scene, around: Surroundings, name: string): void {
    this.scene = scene;
    setAttribute(this.picture, 'aria-label', name);
    const hadFocus = this.focused();
    for (const [id, { group }] of this.boxes) {
      if (scene.byId.has(id)) continue;
      group.remove();
      this.boxes.delete(id);
    }
    for (const box of scene.boxes) this.showBox(box, around);
    this.order(scene);
    this.lines.show(scene);
    if (this.stop === undefined || !this.boxes.has(this.stop)) {
      this.setStop(boxFor(scene, this.stop ?? '')?.id ?? stops(scene)[0]?.id);
      if (hadFocus !== undefined && !this.boxes.has(hadFocus)) this.focus(this.stop);
    }
    this.highlight();
  }

  /** Marks a box as selected. */
  select(id: string | undefined): void {
    const isNew = id !== this.selected;
    this.selected = id;
    if (isNew && id !== undefined && this.boxes.has(id)) this.setStop(id);
    this.highlight();
  }

  /** Marks the two boxes of a hop that somebody looks up. */
  mark(ids: readonly string[]): void {
    this.marked = ids;
    this.highlight();
  }

  /** Shows one hop as it happens. */
  animate(hop: Hop, course: Course, pace: Pace): void {
    this.motion.show(hop, course, pace);
  }

  focus(id: string | undefined): void {
    const drawn = this.boxes.get(id ?? '');
    if (!drawn) return;
    this.setStop(drawn.box.id);
    drawn.group.focus({ preventScroll: true });
    this.hooks.reveal(drawn.box);
  }

  /** The box with the focus. */
  focused(): string | undefined {
    const active = document.activeElement;
    return active instanceof SVGElement ? active.getAttribute('data-box') ?? undefined : undefined;
  }

  private showBox(box: Box, around: Surroundings): void {
    const known = this.boxes.get(box.id);
    const drawn = known ?? { group: svg('g', { 'data-box': box.id }), box, around };
    const { group, box: before, around: aroundBefore } = drawn;
    drawn.box = box;
    drawn.around = around;
    if (!known) this.boxes.set(box.id, drawn);
    if (!known || before.x !== box.x || before.y !== box.y) moveTo(group, box.x, box.y);
    if (!known || !looksAlike(before, box, aroundBefore, around)) {
      const content = drawBox(box, around).map(elementOf);
      // The name of a box says all of it, in whole words; what is drawn is shortened.
      for (const element of content) element.setAttribute('aria-hidden', 'true');
      group.replaceChildren(...content);
      this.dress(drawn);
    }
    if (known && before.label === box.label && before.expanded === box.expanded && before.kind === box.kind) return;
    if (isFrame(box)) {
      // What a frame says stands in the names of its boxes; the words of an empty one are for the eye.
      group.setAttribute('aria-hidden', 'true');
      return;
    }
    setAttribute(group, 'role', 'button');
    setAttribute(group, 'aria-label', box.label);
    setAttribute(group, 'aria-expanded', box.expanded === undefined ? undefined : String(box.expanded));
    if (!group.hasAttribute('tabindex')) group.setAttribute('tabindex', '-1');
  }

  /** The classes of a box, and whether it says that it is selected. */
  private dress({ group, box: { id, kind, zone }, box }: DrawnBox): void {
    const isSelected = id === this.selected;
    const isPointed = id === this.pointed || this.marked.includes(id);
    setAttribute(group, 'class', `${kind} in-${zone}${isSelected ? ' selected' : ''}${isPointed ? ' pointed' : ''}`);
    if (!isFrame(box)) setAttribute(group, 'aria-pressed', String(isSelected));
  }

  /** Elements stand in the order of the scene, which is also the order for screen readers. */
  private order(scene: Scene): void {
    const last: { frames?: Element; boxes?: Element } = {};
    for (const box of scene.boxes) {
      const group = this.boxes.get(box.id)?.group;
      if (!group) continue;
      const layer = isFrame(box) || box.kind === 'node' ? 'frames' : 'boxes';
      const parent = this.layers[layer];
      const after = last[layer];
      const isInPlace = group.parentNode === parent && group.previousElementSibling === (after ?? null);
      if (!isInPlace) {
        const hadFocus = document.activeElement === group;
        if (after) after.after(group);
        else parent.prepend(group);
        if (hadFocus) group.focus({ preventScroll: true });
      }
      last[layer] = group;
    }
  }

  private lightStage(box: Box, hop: StageHop): StageLight | undefined {
    const row = this.boxes.get(box.id)?.group.querySelector(`[data-stage="${hop.stage}"]`);
    if (!row) return undefined;
    for (const other of row.parentNode?.querySelectorAll('.stage') ?? []) other.classList.remove('lit', 'refused');
    row.classList.add('lit');
    row.classList.toggle('refused', !hop.allowed);
    const at = { x: box.x + box.width / 2, y: box.y + stageY(box, hop.stage) };
    return { at, end: () => row.classList.remove('lit', 'refused') };
  }

  /** Lines of the boxes that are pointed at, selected or marked stand out, with port and verb. */
  private highlight(): void {
    const { scene } = this;
    if (!scene) return;
    const active = [this.pointed, this.selected, ...this.marked].flatMap((id) => {
      const box = id === undefined ? undefined : boxFor(scene, id);
      return box ? [box.id] : [];
    });
    const lit = new Map<string, Line>();
    const between = this.marked.length === 2 ? this.marked : undefined;
    for (const id of active) for (const line of linesOf(scene, id)) lit.set(line.id, line);
    if (between && !this.pointed) {
      const [a = '', b = ''] = between;
      const line = lineBetween(scene, a, b) ?? lineBetween(scene, b, a);
      lit.clear();
      if (line) lit.set(line.id, line);
    }
    this.lines.light(lit);
    this.raise();
    this.picture.classList.toggle('has-lit', lit.size > 0);
    const lines = [...lit.values()];
    const labelled = scene.labelled && lines.length === 0 ? scene.lines : lines;
    this.showLabels(scene, lines.length > labelLimit ? [] : labelled);
  }

  /** Dresses the boxes anew that are raised above the others now or were before. */
  private raise(): void {
    const raised = [this.selected, this.pointed, ...this.marked].flatMap((id) => id ?? []);
    for (const id of new Set([...this.raised, ...raised])) {
      const drawn = this.boxes.get(id);
      if (drawn) this.dress(drawn);
    }
    this.raised = raised;
  }

  private showLabels(scene: Scene, lines: readonly Line[]): void {
    const { labels } = this.layers;
    if (lines.length === 0 && !labels.hasChildNodes()) return;
    const obstacles = scene.boxes.filter((box) => !isFrame(box) && (box.kind !== 'node' || scene.density !== 'full'));
    labels.replaceChildren(...placeLabels(lines, obstacles).map(({ words, at }) => {
      const plate = groupOf(drawPlate(words, 'label-line'));
      moveTo(plate, at.x, at.y);
      return plate;
    }));
  }

  private setStop(id: string | undefined): void {
    if (this.stop !== undefined) this.boxes.get(this.stop)?.group.setAttribute('tabindex', '-1');
    this.stop = id;
    if (id !== undefined) this.boxes.get(id)?.group.setAttribute('tabindex', '0');
  }

  private listen(): void {
    const { picture } = this;
    const boxOf = (event: Event): string | undefined =>
      (event.target as Element).closest('[role="button"]')?.getAttribute('data-box') ?? undefined;
    picture.addEventListener('click', (event) => {
      const id = boxOf(event);
      if (id === undefined) return;
      this.focus(id);
      this.hooks.activate(id);
    });
    picture.addEventListener('dblclick', (event) => {
      const id = boxOf(event);
      if (id !== undefined) this.hooks.enter(id);
    });
    picture.addEventListener('pointerover', (event) => this.point(boxOf(event), 'mouse'));
    picture.addEventListener('pointerleave', () => this.point(undefined, 'mouse'));
    picture.addEventListener('focusin', (event) => {
      const id = boxOf(event);
      this.setStop(id);
      if ((event.target as Element).matches(':focus-visible')) this.point(id, 'focus');
    });
    picture.addEventListener('focusout', () => this.point(undefined, 'focus'));
    picture.addEventListener('keydown', (event) => this.onKey(event));
  }

  private point(id: string | undefined, by: 'mouse' | 'focus'): void {
    if (id === this.pointed) return;
    this.pointed = id;
    this.highlight();
    this.hooks.point(id, by);
  }

  private onKey(event: KeyboardEvent): void {
    const id = this.focused();
    const { scene } = this;
    if (id === undefined || !scene || event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = arrows[event.key];
    if (direction) this.focus(neighbour(scene, id, direction)?.id);
    else if (event.key === 'Home') this.focus(endOfZone(scene, id, 'first')?.id);
    else if (event.key === 'End') this.focus(endOfZone(scene, id, 'last')?.id);
    else if (event.key === 'Enter') (id === this.selected ? this.hooks.enter : this.hooks.activate)(id);
    else if (event.key === 'Tab' || event.key === 'F6') {
      const zone = nextZone(scene, id, event.shiftKey ? -1 : 1);
      // Beyond the last zone the Tab key leaves the picture.
      if (zone === undefined) return;
      this.focus(stops(scene, zone)[0]?.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down',
};

function isFrame({ kind }: Box): boolean {
  return kind === 'zone' || kind === 'strip' || kind === 'lane';
}

/** Whether nothing may move: VS Code's own setting, or the system's. */
export function isStill(): boolean {
  const isAsked = document.body.classList.contains('vscode-reduce-motion');
  return isAsked || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
