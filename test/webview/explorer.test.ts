/** Views, levels, folding, search, fleet and export as data: no page is needed. */
import assert from 'node:assert/strict';
import type { InsideView } from '../../src/protocol/inside';
import { documentationOf, glossary } from '../../src/protocol/glossary';
import { colours, paint, themes } from '../../webview/export/paint';
import { pictureFile } from '../../webview/export/picture-file';
import { pictureSequence } from '../../webview/export/sequence';
import { pageAbout } from '../../webview/panel/facts';
import { cellAt, cellBeside, layoutFleet, paintFleet, podsIn } from '../../webview/scene/fleet';
import { fold } from '../../webview/scene/folding';
import type { Box, Scene } from '../../webview/scene/model';
import { edgeTable } from '../../webview/scene/edges';
import { pictureOf } from '../../webview/scene/picture';
import { find } from '../../webview/scene/search';
import { above, breadcrumb, canEnter, levelOf, overview, presets } from '../../webview/scene/viewpoint';
import type { Viewpoint } from '../../webview/scene/viewpoint';
import { applyHops, busy, fresh, highlyAvailable, large, single } from './fixtures';
import { fleet } from './fleet-fixture';

const views = { fresh: fresh(), single: single(), busy: busy(), highlyAvailable: highlyAvailable(), large: large(50) };
const podName = views.busy.nodes[1]!.pods.find(({ namespace }) => namespace === 'default')!.name;
const inside: InsideView = {
  box: `pod/default/${podName}`,
  lanes: [
    { part: 'containers', more: 2, items: [{ id: 'app', title: 'app', facts: ['nginx'], state: 'ready', box: `container/default/${podName}/app` }] },
    { part: 'volumes', more: 0, items: [] },
  ],
};

function scene(view = views.busy, viewpoint: Partial<Viewpoint> = {}, width = 1400): Scene {
  return pictureOf(view, { ...overview, ...viewpoint }, inside, { width, language: 'en', expanded: new Set() });
}

function overlaps(boxes: readonly Box[]): string[] {
  const solid = boxes.filter(({ kind }) => kind === 'component' || kind === 'pod' || kind === 'item' || kind === 'client' || kind === 'registry');
  return solid.flatMap((a, index) => solid.slice(index + 1)
    .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
    .map((b) => `${a.id} ${b.id}`));
}

describe('views', () => {
  for (const preset of presets) for (const width of [400, 900, 1400]) {
    it(`${preset} at ${width} px stands apart, inside its width, on edges of the table`, () => {
      for (const [name, view] of Object.entries(views)) {
        const { boxes, lines, width: total } = scene(view, { preset }, width);
        assert.deepEqual(overlaps(boxes), [], name);
        assert.deepEqual(boxes.filter((box) => box.x < 0 || box.x + box.width > total).map(({ id }) => id), [], name);
        assert.equal(new Set(boxes.map(({ id }) => id)).size, boxes.length, `${name}: ids are unique`);
        assert.equal(new Set(lines.map(({ id }) => id)).size, lines.length, `${name}: lines are unique`);
        for (const line of lines) assert.ok(edgeTable.includes(line.kind), line.id);
      }
    });
  }

  it('show in `communication` only what the direction asks for, and etcd beside the API server alone', () => {
    const ends = (direction: Viewpoint['direction']): string[] =>
      scene(views.busy, { preset: 'communication', direction }).lines.map(({ kind }) => `${kind.from}>${kind.to}`);
    assert.deepEqual(ends('fromControlPlane').sort(), ['kube-apiserver>kubelet', 'kube-apiserver>pod']);
    assert.ok(ends('toControlPlane').includes('kubelet>kube-apiserver') && !ends('toControlPlane').includes('kube-apiserver>kubelet'));
    assert.deepEqual(ends('all').filter((each) => each.includes('etcd')), ['kube-apiserver>etcd']);
  });

  it('go down the ladder and up again', () => {
    const container = `container/default/${podName}/app`;
    assert.deepEqual(breadcrumb(container, views.busy), ['node/kind-worker', `pod/default/${podName}`, container]);
    assert.deepEqual([undefined, 'node/kind-worker', 'etcd@kind-control-plane', `pod/default/${podName}`, container].map(levelOf), [1, 2, 2, 3, 4]);
    assert.equal(above(container, views.busy), `pod/default/${podName}`);
    assert.equal(above('node/kind-worker', views.busy), undefined);
    assert.deepEqual(breadcrumb('pod/default/gone', views.busy), []);
    const { byId } = scene(views.busy, { focus: `pod/default/${podName}` });
    const item = byId.get(`item/pod/default/${podName}/containers/app`);
    assert.ok(item && canEnter(item));
    assert.equal(item.target, container);
    assert.ok(byId.has('lane/containers') && byId.has('lane/volumes'), 'what is more and what is empty is said');
  });

  it('show the cluster again when what one looked at is gone', () => {
    assert.deepEqual(scene(views.busy, { focus: 'node/gone' }), scene());
  });

  it('are the same for the same moment', () => {
    for (const focus of ['node/kind-worker', `pod/default/${podName}`]) {
      assert.equal(JSON.stringify(scene(views.busy, { focus })), JSON.stringify(scene(views.busy, { focus })));
    }
  });
});

describe('folding', () => {
  it('loses nothing, and tells who asks, what is stored, who hears of it', () => {
    const hops = applyHops();
    const steps = fold(hops);
    assert.deepEqual(steps.flatMap(({ hop, inner }) => [hop, ...inner]), hops);
    assert.deepEqual(steps.map(({ hop }) => `${hop.kind} ${hop.subject.verb}`), [
      'input apply', 'request create', 'response Txn', 'event ADDED', 'event ADDED', 'request RunPodSandbox',
    ]);
  });
});

describe('search', () => {
  const cases: readonly (readonly [words: string, box: string])[] = [
    ['master', 'node/kind-control-plane'], ['api server', 'kube-apiserver@kind-control-plane'], ['ETCD', 'etcd@kind-control-plane'],
    ['kind-worker2', 'node/kind-worker2'], ['typo', 'pod/default/typo-7f6d9c5b8-kk4tz'], ['172.18.0.3', 'node/kind-worker'],
  ];
  for (const [words, box] of cases) it(`finds ${words}`, () => assert.equal(find(views.busy, words)[0]?.box, box));
  it('finds nothing for nothing', () => assert.deepEqual([find(views.busy, ' '), find(views.busy, 'zzz')], [[], []]));
});

describe('the fleet', () => {
  const view = fleet(900, 30);
  const packed = view.fleet!;
  const layout = layoutFleet(packed, 700);

  it('gives each node a cell, zone by zone, and leads from cell to cell', () => {
    assert.equal(layout.nodes.length, 900);
    assert.equal(new Set(layout.places.map(({ x, y }) => `${x} ${y}`)).size, 900);
    layout.places.forEach((place, index) => assert.equal(cellAt(layout, { x: place.x + 3, y: place.y + 3 }), index));
    assert.equal(cellAt(layout, { x: -1, y: 0 }), -1);
    assert.equal(cellBeside(layout, 0, 'Home'), 0);
    assert.equal(cellBeside(layout, 5, 'End'), 899);
    assert.ok((layout.places[cellBeside(layout, 60, 'ArrowDown')]?.y ?? 0) > (layout.places[60]?.y ?? 0));
  });

  it('shows only what is in trouble when asked', () => {
    const troubled = layoutFleet(packed, 700, true);
    assert.ok(troubled.nodes.length > 0 && troubled.nodes.length < 900);
    for (const node of troubled.nodes) assert.ok(packed.health[node] !== 'r' || /[xfu]/.test(packed.pods[node]!));
  });

  it('paints the same pixels for the same fleet, and others for another state', () => {
    const ink = { ground: 1, frame: 2, empty: 3, fine: 4, quiet: 5, warning: 6, error: 7 };
    const first = paintFleet(packed, layout, ink);
    assert.equal(first.length, layout.width * layout.height);
    const other = fleet(900, 30, 5).fleet!;
    const painted = paintFleet(other, layout, ink);
    assert.deepEqual(paintFleet(packed, layout, ink, { pixels: painted, fleet: other }), first, 'only what changed is painted');
    assert.notDeepEqual(paintFleet({ ...packed, health: packed.health.replaceAll('r', 'n') }, layout, ink), first);
    assert.equal(podsIn('2f28r'), 30);
  });

  it('is a message far below 1 MiB even at its largest', () => {
    const bytes = JSON.stringify(fleet(5_000, 30)).length;
    console.log(`      5,000 nodes, 150,000 pods: ${Math.round(bytes / 1024)} KiB`);
    assert.ok(bytes < 1024 * 1024);
  });
});

describe('export', () => {
  for (const theme of themes) for (const language of ['en', 'de'] as const) {
    it(`writes SVG in ${theme}, ${language}, with its colours and nothing of the page`, () => {
      const content = pictureFile(scene(), views.busy, { theme, language });
      assert.match(content, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+" viewBox=/);
      assert.match(content, /<title>.*<\/title>\n<desc>kind · v1\.36\.1 · (?:rev|Rev\.) 412/);
      assert.ok(content.includes(`fill="${colours[theme].ground}"`));
      assert.doesNotMatch(content, /var\(|class=|style=|<script|foreignObject|undefined|NaN/);
      assert.equal(content, pictureFile(scene(), views.busy, { theme, language }), 'the same picture is the same text');
      assert.ok(content.includes(language === 'de' ? 'Antwort' : 'answer'), 'the legend speaks the language');
    });
  }

  it('paints every shape', () => {
    assert.deepEqual(paint('rect', 'pod state-failed', [], colours.light),
      { fill: 'url(#hatch-failed)', stroke: colours.light.error });
    assert.equal(paint('path', 'stroke', ['line watch lit'], colours.dark)['stroke'], colours.dark.fine);
  });

  it('numbers the pictures of a sequence and tells them in Markdown', () => {
    const files = pictureSequence(scene(), views.busy, applyHops(), { theme: 'light', language: 'de' });
    assert.deepEqual(files.map(({ name }) => name), [...Array.from({ length: 6 }, (_, index) => `kind-0${index + 1}.svg`), 'kind.md']);
    const markdown = files.at(-1)?.content ?? '';
    assert.match(markdown, /^# Cluster kind, Schritt für Schritt\n\n## 1\. /);
    for (const { name } of files.slice(0, -1)) assert.ok(markdown.includes(`](${name})`));
    assert.ok(files[1]?.content.includes('create deployments'));
  });
});

describe('the glossary', () => {
  it('has one sentence for each term in both languages', () => {
    for (const [name, { term, en, de }] of Object.entries(glossary)) {
      assert.ok(term !== '' && en.endsWith('.') && de.endsWith('.') && en !== de, name);
      for (const sentence of [en, de]) assert.doesNotMatch(sentence, /[.!?] \S/, name);
    }
  });

  it('leads to the page of the documentation about each component', () => {
    const base = 'https://kubernetes.io/docs/concepts/architecture/#';
    for (const name of ['kube-apiserver', 'etcd', 'kube-scheduler', 'kube-controller-manager', 'kubelet', 'kube-proxy', 'container-runtime'] as const) {
      assert.equal(documentationOf(name), `${base}${name}`);
    }
    const scene = pictureOf(views.busy, overview, undefined, { width: 1200, expanded: new Set(), language: 'en' });
    const box = scene.byId.get('kubelet@kind-worker');
    assert.ok(box);
    assert.equal(pageAbout(box, views.busy), `${base}kubelet`);
  });
});
