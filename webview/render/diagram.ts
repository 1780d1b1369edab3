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
import { drawBox, signature, stageY } from './boxes';
import type { Surroundings } from './boxes';
import { drawLine, drawPlate, placeLabels, updateLine } from './lines';
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
  signature: string;
}

interface DrawnLine {
  readonly group: SVGGElement;
  line: Line;
  drawn: string;
}

/** With more highlighted lines than this, labels would only cover each other. */
const labelLimit = 14;

export class Diagram {
  readonly picture: SVGSVGElement;
  readonly motion: Motion;
  private readonly layers: Readonly<Record<'frames' | 'lines' | 'boxes' | 'labels' | 'tokens', SVGGElement>>;
  private readonly boxes = new Map<string, DrawnBox>();
  private readonly lines = new Map<string, DrawnLine>();
  private scene: Scene | undefined;
  private selected: string | undefined;
  private pointed: string | undefined;
  private marked: readonly string[] = [];
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
    this.motion = new Motion(this.layers.tokens, {
      lend: (line) => this.lend(line),
      release: (id) => this.release(id),
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
    this.showLines(scene);
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
    let drawn = this.boxes.get(box.id);
    if (!drawn) {
      drawn = { group: svg('g', { 'data-box': box.id }), box, signature: '' };
      this.boxes.set(box.id, drawn);
    }
    const look = signature(box, around);
    const { group } = drawn;
    drawn.box = box;
    moveTo(group, box.x, box.y);
    if (drawn.signature !== look) {
      drawn.signature = look;
      group.setAttribute('class', `${box.kind} in-${box.zone}`);
      const content = drawBox(box, around).map(elementOf);
      // The name of a box says all of it, in whole words; what is drawn is shortened.
      for (const element of content) element.setAttribute('aria-hidden', 'true');
      group.replaceChildren(...content);
    }
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

  private showLines(scene: Scene): void {
    const wanted = new Map(scene.lines.map((line) => [line.id, line]));
    for (const [id, drawn] of this.lines) {
      const { from, to, kind } = drawn.line;
      const isLent = drawn.group.classList.contains('lent');
      const line = wanted.get(id) ?? (isLent ? lineBetween(scene, from, to, kind) : undefined);
      if (!line || line.id !== id) {
        drawn.group.remove();
        this.lines.delete(id);
      } else {
        this.drawAgain(drawn, line);
      }
    }
    for (const line of scene.lines) this.lines.get(line.id)?.group.classList.remove('lent') ?? this.addLine(line);
  }

  private drawAgain(drawn: DrawnLine, line: Line): void {
    const way = JSON.stringify(line.points);
    drawn.line = line;
    if (way === drawn.drawn) return;
    drawn.drawn = way;
    updateLine(drawn.group, line);
  }

  private addLine(line: Line): SVGGElement {
    const group = groupOf(drawLine(line));
    this.layers.lines.append(group);
    this.lines.set(line.id, { group, line, drawn: JSON.stringify(line.points) });
    return group;
  }

  private lend(line: Line): SVGGElement {
    const known = this.lines.get(line.id);
    if (known) return known.group;
    const group = this.addLine(line);
    group.classList.add('lent');
    return group;
  }

  private release(id: string): void {
    const drawn = this.lines.get(id);
    if (!drawn?.group.classList.contains('lent')) return;
    if (/busy|warm|lit/.test(drawn.group.getAttribute('class') ?? '')) return;
    drawn.group.remove();
    this.lines.delete(id);
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
    for (const line of lit.values()) this.lend(line).classList.add('lit');
    for (const [id, { group }] of [...this.lines]) {
      if (lit.has(id)) continue;
      group.classList.remove('lit');
      this.release(id);
    }
    for (const [id, { group, box }] of this.boxes) {
      group.classList.toggle('selected', id === this.selected);
      group.classList.toggle('pointed', id === this.pointed || this.marked.includes(id));
      if (!isFrame(box)) setAttribute(group, 'aria-pressed', String(id === this.selected));
    }
    this.picture.classList.toggle('has-lit', lit.size > 0);
    const lines = [...lit.values()];
    const obstacles = scene.boxes.filter((box) => !isFrame(box) && (box.kind !== 'node' || scene.density !== 'full'));
    const labelled = scene.labelled && lines.length === 0 ? scene.lines : lines;
    const labels = lines.length > labelLimit ? [] : placeLabels(labelled, obstacles);
    this.layers.labels.replaceChildren(...labels.map(({ words, at }) => {
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
