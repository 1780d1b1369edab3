/** The scheduler's and etcd's tables: as data, and on the page by keyboard, for axe and without losing one's place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { studyOf } from '../../src/cluster/views/study/study';
import type { AttemptNode, AttemptTable, EtcdStudy, SchedulingStudy, Study, StudyRequest } from '../../src/protocol/study';
import { readMessage } from '../../webview/messages';
import { arranged, filterGrid, scoreGrid, transposed } from '../../webview/study/grid';
import { layOutRevisions } from '../../webview/study/revision-line';
import { whyNode } from '../../webview/study/why-node';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage, WebviewPageOptions } from '../support/browser';
import { apply, bootedCluster, example, podsIn } from '../support/cluster';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const cluster = bootedCluster(1, 2);
apply(cluster, example('deployment.yaml'));
apply(cluster, 'apiVersion: v1\nkind: Pod\nmetadata: { name: fussy }\nspec: { nodeSelector: { disk: ssd }, containers: [{ name: a, image: nginx }] }\n');
cluster.settle();
const placed = `default/${podsIn(cluster, 'default').find(({ owner }) => owner)?.name}`;

function study(request: StudyRequest): Study {
  return studyOf(request, cluster, undefined);
}

function attempt(pod: string): AttemptTable {
  const { shown } = study({ kind: 'scheduling', pod }) as SchedulingStudy;
  assert.ok(shown);
  return shown;
}

describe('the tables of an attempt', () => {
  it('say for each filter and node whether it passed, and why not', () => {
    const { rows, columns } = filterGrid(attempt('default/fussy'), 'en');
    assert.deepEqual(columns.map(({ title }) => title), ['kind-control-plane', 'kind-worker', 'kind-worker2']);
    const looks = (plugin: string): string[] => rows.find(({ title }) => title === plugin)?.cells.map(({ look }) => look) ?? [];
    assert.deepEqual(looks('NodeName'), ['pass', 'pass', 'pass']);
    assert.deepEqual(looks('TaintToleration'), ['refused', 'pass', 'pass']);
    assert.deepEqual(looks('NodeAffinity'), ['unasked', 'refused', 'refused']);
    assert.deepEqual(looks('NodePorts'), ['skipped', 'skipped', 'skipped']);
    assert.deepEqual(looks('NodeResourcesFit'), ['unasked', 'unasked', 'unasked']);
    const cell = rows.find(({ title }) => title === 'NodeAffinity')?.cells[1];
    assert.equal(cell?.more, 'node(s) didn\'t match Pod\'s node affinity/selector');
    assert.equal(cell?.sentence, 'NodeAffinity refused kind-worker: “node(s) didn\'t match Pod\'s node affinity/selector”.');
  });

  it('add up', () => {
    const shown = attempt(placed);
    const grid = scoreGrid(shown, 'de');
    const sums = grid?.rows.at(-1)?.cells.map(({ words }) => Number(words)) ?? [];
    const columns = sums.map((_, at) => grid?.rows.slice(0, -1).reduce((sum, { cells }) => sum + Number(cells[at]?.words), 0));
    assert.deepEqual(sums, columns);
    assert.equal(grid?.rows.at(-1)?.cells.find(({ look }) => look === 'best')?.node, shown.node);
    assert.equal(scoreGrid(attempt('default/fussy'), 'en'), undefined);
  });

  it('lie on their side when there are many nodes', () => {
    const grid = filterGrid(attempt(placed), 'en');
    const turned = transposed(grid, 'Node');
    assert.deepEqual(turned.rows.map(({ title }) => title), grid.columns.map(({ title }) => title));
    assert.deepEqual(transposed(turned, grid.corner), grid);
    assert.equal(arranged(grid, 1400, 'en'), grid);
    const many = { ...grid, columns: Array.from({ length: 30 }, (_, at) => ({ title: `n${at}`, node: `n${at}` })) };
    assert.equal(arranged(many, 1400, 'en').rows.length, 30);
  });
});

describe('why a node', () => {
  const node = (name: string, verdict: AttemptNode['verdict'], weighted?: readonly number[]): AttemptNode => ({
    name, verdict, scores: (weighted ?? []).map((each) => ({ raw: each, normalized: each, weighted: each })),
    ...(weighted ? { total: weighted.reduce((sum, each) => sum + each, 0) } : {}),
  });
  const table = (...nodes: readonly AttemptNode[]): AttemptTable => ({
    id: 0, hop: 0, atMs: 0, pod: 'default/p', attempt: 1, nodes: nodes.length, scheduler: 's', filters: [], skippedScores: [], moreNodes: 0,
    feasible: nodes.filter(({ verdict }) => verdict === 'chosen' || verdict === 'feasible').length, reasons: [], fields: {}, table: nodes,
    scorers: [{ plugin: 'A', weight: 1 }, { plugin: 'B', weight: 1 }], node: nodes.find(({ verdict }) => verdict === 'chosen')?.name,
  });
  const refused: AttemptNode = { ...node('c', 'refused'), refused: { plugin: 'P', reasons: ['too small'], preFilter: false } };
  const cases: readonly (readonly [string, AttemptNode, AttemptTable, string, string])[] = [
    ['the best', node('a', 'chosen', [9, 9]), table(node('a', 'chosen', [9, 9]), node('b', 'feasible', [9, 1])),
      'a was chosen: 18 is the highest sum.', 'a wurde gewählt: 18 ist die höchste Summe.'],
    ['one of equals', node('a', 'chosen', [5, 5]), table(node('a', 'chosen', [5, 5]), node('b', 'feasible', [5, 5])),
      'a was chosen at random among 2 nodes with the highest sum, 10.', 'a wurde unter 2 Nodes mit der höchsten Summe 10 ausgelost.'],
    ['its equal', node('b', 'feasible', [5, 5]), table(node('a', 'chosen', [5, 5]), node('b', 'feasible', [5, 5])),
      'b has the same sum as a, 10; among equals the scheduler chooses at random.',
      'b hat dieselbe Summe 10 wie a; unter gleichen lost der Scheduler.'],
    ['a worse one', node('b', 'feasible', [9, 1]), table(node('a', 'chosen', [8, 9]), node('b', 'feasible', [9, 1])),
      'b was possible, but its sum 10 is lower than the 17 of a; it lost most with B: 1 instead of 9.',
      'b kam in Frage, hat mit 10 aber eine niedrigere Summe als a mit 17; am meisten verlor er bei B: 1 statt 9.'],
    ['the only one', node('a', 'chosen'), table(node('a', 'chosen'), refused),
      'a was chosen: no other node passed the filters, so nothing was scored.',
      'a wurde gewählt: kein anderer Node kam durch die Filter, darum wurde nichts bewertet.'],
    ['a refused one', refused, table(refused), 'P refused c: “too small”.', 'P lehnte c ab: „too small“.'],
    ['one that was out at once', { ...refused, refused: { plugin: 'P', reasons: ['no'], preFilter: true } }, table(refused),
      'c was out before the filters were asked; P: “no”.', 'c schied aus, bevor die Filter gefragt wurden; P: „no“.'],
    ['one that nobody looked at', node('d', 'unvisited'), table(node('a', 'chosen', [1, 1]), node('d', 'unvisited')),
      'd was not looked at: 1 possible nodes were enough.', 'd wurde nicht angesehen: 1 mögliche Nodes genügten.'],
  ];
  for (const [what, each, shown, en, de] of cases) {
    it(what, () => assert.deepEqual([whyNode(each, shown, 'en'), whyNode(each, shown, 'de')], [en, de]));
  }
});

describe('the line of revisions', () => {
  const base = study({ kind: 'etcd', key: '/registry/pods/default/fussy' }) as EtcdStudy;

  it('shows where the chosen key has versions', () => {
    const { ticks, labels, compactedX } = layOutRevisions(base, 800);
    assert.deepEqual(ticks.map(({ revision }) => revision), base.key?.versions.map(({ revision }) => revision));
    assert.ok(ticks.every(({ x }) => x >= 0 && x <= 800) && ticks.filter(({ isShown }) => isShown).length === 1);
    assert.equal(compactedX, undefined);
    assert.deepEqual(labels.map(({ words }) => words), ['1', String(base.revision)]);
  });

  it('shows what is compacted', () => {
    const { compactedX, labels } = layOutRevisions({ ...base, revision: 1001, oldest: 1, compactRevision: 501 }, 816);
    assert.equal(compactedX, 408);
    assert.deepEqual(labels.map(({ words }) => words), ['1', '501', '1001']);
  });
});

describe('messages with tables', () => {
  const view = cluster.view();
  it('are taken when they are whole', () => {
    for (const each of [study({ kind: 'scheduling' }), study({ kind: 'etcd', key: '/registry/pods/default/fussy' })]) {
      assert.ok(readMessage({ type: 'update', view, hops: [], skippedHops: 0, study: each }));
    }
    const broken: readonly unknown[] = [
      5, {}, { kind: 'other' }, { kind: 'scheduling', attempts: [], shown: { table: [{}] } },
      { kind: 'etcd', entries: [], recent: [], prefix: '/', key: { versions: 1 } },
    ];
    for (const each of broken) assert.equal(readMessage({ type: 'update', view, hops: [], skippedHops: 0, study: each }), undefined);
  });

  it('stay below 1 MiB', () => {
    const size = (request: StudyRequest): number => JSON.stringify(study(request)).length;
    assert.ok(size({ kind: 'scheduling' }) < 200_000);
    assert.ok(size({ kind: 'etcd', prefix: '', key: '/registry/pods/default/fussy' }) < 200_000);
  });
});

describe('the page of tables', () => {
  const view = { ...cluster.view(), run: { mode: 'paused' as const, speed: 1, quiet: true } };
  const open = async (request: StudyRequest, options: Partial<WebviewPageOptions> = {}): Promise<WebviewPage> => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>', height: 900, state: { study: request.kind }, ...options });
    await webview.post({ type: 'snapshot', language: 'en', view, recentHops: [], study: study(request) });
    await webview.page.locator('.study-page').waitFor();
    return webview;
  };

  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`is free of serious findings of axe in ${theme}`, async () => {
      for (const request of [
        { kind: 'scheduling', pod: placed }, { kind: 'etcd', prefix: '/registry/pods/default/', key: `/registry/pods/${placed}` },
      ] as const) {
        // Each page wide in some themes and narrow in the others.
        const width = (request.kind === 'etcd') === theme.endsWith('dark') ? 1400 : 400;
        const webview = await open(request, { theme, width });
        if (request.kind === 'scheduling') await webview.page.locator('.grid td').nth(3).click();
        await webview.page.evaluate(axe);
        const { violations } = await webview.page.evaluate<AxeResults>('axe.run({ resultTypes: ["violations"] })');
        const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
        assert.deepEqual(webview.problems(), []);
        await webview.close();
      }
    });
  }

  it('leads by keyboard from a cell to its node and to the line of the manifest', async () => {
    const webview = await open({ kind: 'scheduling', pod: 'default/fussy' });
    const { page } = webview;
    await page.locator('.grid td[tabindex="0"]').first().focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    assert.match(await page.locator('.chosen-cell').innerText(), /NodeAffinity refused kind-worker: “node\(s\) didn't match/);
    assert.match(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''), /NodeAffinity refused kind-worker/);
    await page.getByRole('button', { name: 'Show spec.nodeSelector in the manifest' }).last().focus();
    await page.keyboard.press('Enter');
    await page.locator('.chosen-cell').getByRole('button', { name: 'Show kind-worker in the diagram' }).press('Enter');
    assert.equal(await page.locator('.study').isHidden(), true);
    assert.equal(await page.locator('[data-box="node/kind-worker"].selected').count(), 1);
    const posted = (await webview.posted()).slice(1);
    assert.deepEqual(posted.filter((each) => (each as { type: string }).type !== 'select'), [
      { type: 'study', request: { kind: 'scheduling' } }, { type: 'openField', pod: 'default/fussy', field: 'spec.nodeSelector' },
      { type: 'study', request: undefined },
    ]);
    await webview.close();
  });

  it('is chosen in the list of views and left with Escape', async () => {
    const webview = await openWebviewPage({ body: '<div id="app"></div>' });
    await webview.post({ type: 'snapshot', language: 'de', view, recentHops: [] });
    await webview.page.locator('.view-bar .select').first().selectOption('etcd');
    assert.equal(await webview.page.locator('.study').innerText(), 'Einen Moment …');
    await webview.post({ type: 'update', view, hops: [], skippedHops: 0, study: study({ kind: 'etcd' }) });
    await webview.page.getByRole('button', { name: '/registry/pods/', exact: true }).click();
    assert.deepEqual((await webview.posted()).at(-1), { type: 'study', request: { kind: 'etcd', prefix: '/registry/pods/' } });
    await webview.page.keyboard.press('Escape');
    await webview.page.locator('.diagram [data-box]').first().waitFor();
    assert.deepEqual((await webview.posted()).at(-1), { type: 'study', request: undefined });
    await webview.close();
  });

  it('keeps focus and place when the cluster goes on', async () => {
    const request: StudyRequest = { kind: 'etcd', prefix: '/registry/' };
    const webview = await open(request, { width: 900 });
    const { page } = webview;
    await page.getByRole('button', { name: '/registry/leases/', exact: true }).focus();
    await page.evaluate(() => Object.assign(window, { held: document.activeElement }));
    await page.locator('[data-scroll="keys"]').evaluate((element) => element.scrollTo(0, 120));
    const place = await page.locator('[data-scroll="keys"]').evaluate((element) => element.scrollTop);
    const next = study(request) as EtcdStudy;
    await webview.post({ type: 'update', view: { ...view, revision: view.revision + 1 }, hops: [], skippedHops: 0, study: {
      ...next, revision: next.revision + 1, recent: [{ revision: next.revision + 1, verb: 'create', key: '/registry/new' }, ...next.recent],
    } });
    await page.getByText(String(next.revision + 1)).first().waitFor();
    // A row that came does something of its own, and those below go on doing theirs.
    await page.getByRole('button', { name: `${next.revision + 1} /registry/new` }).click();
    await page.getByRole('button', { name: `${next.revision} ${next.recent[0]?.key}` }).click();
    const asked = (await webview.posted()).flatMap((each) => (each as { request?: { key?: string } }).request?.key ?? []);
    assert.deepEqual(asked, ['/registry/new', next.recent[0]?.key]);
    await page.getByRole('button', { name: '/registry/leases/', exact: true }).focus();
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), '/registry/leases/');
    assert.equal(await page.evaluate(() => document.activeElement === (window as unknown as { held: Element }).held), true, 'the same element');
    assert.equal(await page.locator('[data-scroll="keys"]').evaluate((element) => element.scrollTop), place);
    await webview.close();
  });
});
