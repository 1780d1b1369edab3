/** Lines that are drawn together: nothing of them is missing, and nothing is drawn twice. */
import assert from 'node:assert/strict';
import type { Line, Point } from '../../webview/scene/model';
import { layout } from '../../webview/scene/layout';
import { bundle } from '../../webview/render/bundle';
import { pathOf } from '../../webview/render/lines';
import { pictureFile } from '../../webview/export/picture-file';
import { busy, large } from './fixtures';

function linesOf(nodes: number, width: number): readonly Line[] {
  return layout(large(nodes), { width, language: 'en', expanded: new Set() }).lines;
}

/** The straight stretches of a path, a point on each pixel; corners stand for themselves. */
function dots(d: string): string[] {
  const all: string[] = [];
  let at: Point = { x: 0, y: 0 };
  for (const [, command = '', numbers = ''] of d.matchAll(/([MLQ])([^MLQ]*)/g)) {
    const [a = 0, b = 0, c = a, e = b] = numbers.trim().split(/[ ,]+/).map(Number);
    const to = { x: c, y: e };
    if (command === 'Q') all.push(`corner ${numbers}`);
    const length = Math.max(Math.abs(to.x - at.x), Math.abs(to.y - at.y));
    for (let step = 0; command === 'L' && step <= length; step += 1) {
      const part = length === 0 ? 0 : step / length;
      all.push(`${Math.round(at.x + (to.x - at.x) * part)} ${Math.round(at.y + (to.y - at.y) * part)}`);
    }
    at = to;
  }
  return all;
}

/** Whether a dot is among others, give or take a pixel: pieces begin between pixels. */
function isNear(dot: string, others: ReadonlySet<string>): boolean {
  if (others.has(dot)) return true;
  const [x = 0, y = 0] = dot.split(' ').map(Number);
  return [[-1, 0], [1, 0], [0, -1], [0, 1]].some(([dx = 0, dy = 0]) => others.has(`${x + dx} ${y + dy}`));
}

describe('bundles of lines', () => {
  for (const [nodes, width] of [[590, 1400], [590, 400], [60, 900], [12, 1400]] as const) {
    it(`draw all of ${nodes} nodes' lines, and each stretch once, ${width} px wide`, () => {
      const lines = linesOf(nodes, width);
      const { ids, bundles } = bundle(lines);
      assert.ok(ids.size >= nodes, `${ids.size}`);
      const drawn = new Set(bundles.flatMap(({ d }) => dots(d)));
      const single = lines.filter(({ id }) => ids.has(id)).map(({ points }) => pathOf(points));
      const wanted = new Set(single.flatMap(dots));
      assert.deepEqual([...wanted].filter((dot) => !isNear(dot, drawn)).slice(0, 5), []);
      assert.deepEqual([...drawn].filter((dot) => !isNear(dot, wanted)).slice(0, 5), []);
      const all = bundles.reduce((sum, { d }) => sum + dots(d).length, 0);
      assert.ok(all < drawn.size * 1.25, `${all} dots, ${drawn.size} different ones`);
      assert.deepEqual(bundle(lines).bundles, bundles);
    });
  }

  it('let a few lines be lines', () => {
    const { ids, bundles } = bundle(layout(busy(), { width: 1400, language: 'en', expanded: new Set() }).lines);
    assert.deepEqual([ids.size, bundles.length], [0, 0]);
  });

  it('change only near a line that comes or goes', () => {
    const lines = linesOf(590, 1400);
    const before = new Map(bundle(lines).bundles.map((one) => [one.key, one.d]));
    const after = bundle(lines.filter(({ from }) => from !== 'node/kind-worker300')).bundles;
    const changed = after.filter(({ key, d }) => before.get(key) !== d);
    assert.ok(changed.length <= 2, `${changed.length}`);
  });

  it('are in exported pictures too', () => {
    const view = large(590);
    const scene = layout(view, { width: 1400, language: 'en', expanded: new Set() });
    const file = pictureFile(scene, view, { theme: 'light', language: 'en' });
    const { ids, bundles } = bundle(scene.lines);
    const single = scene.lines.filter(({ id, kind }) => kind.watch && !ids.has(id));
    assert.equal([...file.matchAll(/<path[^>]*stroke-dasharray="4 4"/g)].length, bundles.length + single.length);
  });
});
