/**
 * Keeps the lines of the picture in step with the scene: those that stand, the bundles of those that are many, and those
 * that are there for a while because something travels on them or somebody looks. An element stays as long as what it
 * shows, and is touched only where that has changed.
 */
import type { Line, Scene } from '../scene/model';
import { lineBetween } from '../scene/wiring';
import { bundle, drawBundle, updateBundle } from './bundle';
import type { Bundle, Bundled } from './bundle';
import { drawLine, updateLine } from './lines';
import { groupOf } from './shape';

interface DrawnLine {
  readonly group: SVGGElement;
  line: Line;
}

interface DrawnBundle {
  readonly group: SVGGElement;
  bundle: Bundle;
}

export class LineLayer {
  private readonly lines = new Map<string, DrawnLine>();
  private readonly bundles = new Map<string, DrawnBundle>();
  private bundled: Bundled = { ids: new Set(), bundles: [] };
  /** The lines of the scene that is shown. */
  private standing: readonly Line[] = [];

  constructor(private readonly layer: SVGGElement) {}

  show(scene: Scene): void {
    const isSame = sameLines(this.standing, scene.lines);
    this.standing = scene.lines;
    if (!isSame) this.bundled = bundle(scene.lines);
    this.follow(scene);
    if (isSame) return;
    const { ids, bundles } = this.bundled;
    for (const line of scene.lines) {
      const isBundled = ids.has(line.id);
      const group = this.lines.get(line.id)?.group ?? (isBundled ? undefined : this.add(line));
      if (group && group.classList.contains('lent') !== isBundled) group.classList.toggle('lent', isBundled);
    }
    // What has joined a bundle is drawn alone only as long as somebody looks at it.
    for (const id of ids) this.release(id);
    this.showBundles(bundles);
  }

  /** The element of a line, which is added when there is none; `release` takes it away again. */
  lend(line: Line): SVGGElement {
    const known = this.lines.get(line.id);
    if (known) return known.group;
    const group = this.add(line);
    group.classList.add('lent');
    return group;
  }

  /** Takes away a line that was lent, once nothing is shown on it any more. */
  release(id: string): void {
    const drawn = this.lines.get(id);
    if (!drawn?.group.classList.contains('lent')) return;
    if (/busy|warm|lit/.test(drawn.group.getAttribute('class') ?? '')) return;
    drawn.group.remove();
    this.lines.delete(id);
  }

  /** Lets these lines stand out, and no others. */
  light(lit: ReadonlyMap<string, Line>): void {
    for (const line of lit.values()) {
      const { classList } = this.lend(line);
      if (!classList.contains('lit')) classList.add('lit');
    }
    for (const [id, { group }] of [...this.lines]) {
      if (lit.has(id)) continue;
      // To take away a class that is not there would be a change all the same.
      if (group.classList.contains('lit')) group.classList.remove('lit');
      this.release(id);
    }
  }

  /** Lines that are drawn alone go where they run now, and go away when there is nothing left for them. */
  private follow(scene: Scene): void {
    const standing = new Map(scene.lines.map((line) => [line.id, line]));
    for (const [id, drawn] of this.lines) {
      const { from, to, kind } = drawn.line;
      const isLent = drawn.group.classList.contains('lent');
      const line = standing.get(id) ?? (isLent ? lineBetween(scene, from, to, kind) : undefined);
      if (line?.id === id) {
        if (!sameWay(drawn.line, line)) updateLine(drawn.group, line);
        drawn.line = line;
      } else {
        drawn.group.remove();
        this.lines.delete(id);
      }
    }
  }

  private add(line: Line): SVGGElement {
    const group = groupOf(drawLine(line));
    this.layer.append(group);
    this.lines.set(line.id, { group, line });
    return group;
  }

  private showBundles(bundles: readonly Bundle[]): void {
    const wanted = new Set(bundles.map(({ key }) => key));
    for (const [key, { group }] of this.bundles) {
      if (wanted.has(key)) continue;
      group.remove();
      this.bundles.delete(key);
    }
    for (const one of bundles) {
      const known = this.bundles.get(one.key);
      if (known) {
        if (known.bundle.d !== one.d || known.bundle.dots !== one.dots) updateBundle(known.group, one);
        known.bundle = one;
      } else {
        const group = groupOf(drawBundle(one));
        // Below single lines, which may lie on them.
        this.layer.prepend(group);
        this.bundles.set(one.key, { group, bundle: one });
      }
    }
  }
}

/** Whether all lines run as they did. */
function sameLines(before: readonly Line[], after: readonly Line[]): boolean {
  return before.length === after.length && before.every((line, index) => {
    const other = after[index];
    return other?.id === line.id && sameWay(line, other);
  });
}

function sameWay({ points: before }: Line, { points: after }: Line): boolean {
  return before.length === after.length
    && before.every(({ x, y }, index) => x === after[index]?.x && y === after[index]?.y);
}
