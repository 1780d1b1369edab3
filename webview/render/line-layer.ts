/**
 * Keeps the lines of the picture in step with the scene: those that stand, the bundles of those that are many, and
 * those that are there for a while because something travels on them or somebody looks. Where these are many too, they
 * are bundled like the others. An element stays as long as what it shows, and is touched only where that has changed.
 */
import type { Line, Scene } from '../scene/model';
import { lineBetween } from '../scene/wiring';
import { bundle, drawBundle, mostAlone, updateBundle } from './bundle';
import type { Bundle, Bundled, BundleLook } from './bundle';
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
  /** Lines with traffic that are too many to be drawn one by one. */
  private readonly crowd = new Map<string, Line>();
  private isCrowdDue = false;

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
    this.showBundles(bundles, 'standing');
  }

  /**
   * The element of a line, which is added when there is none; `release` takes it away again. None where the line is one
   * of very many with traffic on them: those are drawn together.
   */
  lend(line: Line): SVGGElement | undefined {
    const known = this.lines.get(line.id);
    if (known) return known.group;
    const alone = [...this.lines.values()].filter((drawn) => this.isBundled(drawn.line)).length;
    if (this.isBundled(line) && alone >= mostAlone) {
      if (!this.crowd.has(line.id)) this.crowdChanged();
      this.crowd.set(line.id, line);
      return undefined;
    }
    const group = this.add(line);
    group.classList.add('lent');
    return group;
  }

  /** Takes away a line that was lent, once nothing is shown on it any more. */
  release(id: string): void {
    if (this.crowd.delete(id)) this.crowdChanged();
    const drawn = this.lines.get(id);
    if (!drawn?.group.classList.contains('lent')) return;
    if (/busy|warm|lit/.test(drawn.group.getAttribute('class') ?? '')) return;
    drawn.group.remove();
    this.lines.delete(id);
  }

  /** Lets these lines stand out, and no others. */
  light(lit: ReadonlyMap<string, Line>): void {
    const bundled = [...lit.values()].filter((line) => this.isBundled(line));
    const isCrowd = bundled.length > mostAlone;
    this.showBundles(isCrowd ? bundle(bundled, 0).bundles : [], 'lit');
    const single = isCrowd ? new Map([...lit].filter(([, line]) => !this.isBundled(line))) : lit;
    for (const line of single.values()) {
      const element = this.lend(line) ?? this.add(line);
      if (!element.classList.contains('lit')) element.classList.add('lit');
      if (this.isBundled(line)) element.classList.add('lent');
    }
    for (const [id, { group }] of [...this.lines]) {
      if (single.has(id)) continue;
      // To take away a class that is not there would be a change all the same.
      if (group.classList.contains('lit')) group.classList.remove('lit');
      this.release(id);
    }
  }

  private isBundled({ id }: Line): boolean {
    return this.bundled.ids.has(id);
  }

  /** Draws the crowd anew, once for all that changes in it at a time. */
  private crowdChanged(): void {
    if (this.isCrowdDue) return;
    this.isCrowdDue = true;
    queueMicrotask(() => {
      this.isCrowdDue = false;
      this.showBundles(bundle([...this.crowd.values()], 0).bundles, 'warm');
    });
  }

  /** Lines that are drawn alone go where they run now, and go away when there is nothing left for them. */
  private follow(scene: Scene): void {
    const standing = new Map(scene.lines.map((line) => [line.id, line]));
    for (const [id, before] of this.crowd) {
      const line = standing.get(id);
      if (!line) this.crowd.delete(id);
      else this.crowd.set(id, line);
      if (!line || !sameWay(before, line)) this.crowdChanged();
    }
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

  private showBundles(bundles: readonly Bundle[], look: BundleLook): void {
    const keyOf = ({ key }: Bundle): string => `${look} ${key}`;
    const wanted = new Set(bundles.map(keyOf));
    for (const [key, { group }] of this.bundles) {
      if (wanted.has(key) || !key.startsWith(`${look} `)) continue;
      group.remove();
      this.bundles.delete(key);
    }
    for (const one of bundles) {
      const known = this.bundles.get(keyOf(one));
      if (known) {
        if (known.bundle.d !== one.d || known.bundle.dots !== one.dots) updateBundle(known.group, one);
        known.bundle = one;
        continue;
      }
      const group = groupOf(drawBundle(one, look));
      // Below all that lies on it.
      if (look === 'standing') this.layer.prepend(group);
      else this.layer.append(group);
      this.bundles.set(keyOf(one), { group, bundle: one });
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
