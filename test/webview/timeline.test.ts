/** The timeline and the banner of the past, as geometry and in a real browser. Needs the built page in dist/. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { HostToPanel } from '../../src/protocol/messages';
import type { PastMoment, Timeline } from '../../src/protocol/time';
import { readMessage } from '../../webview/messages';
import { coarseX, hopsAt, inset, pitch, strip, tickAt } from '../../webview/scene/strip';
import { openWebviewPage } from '../support/browser';
import type { WebviewPage, WebviewPageOptions } from '../support/browser';
import { applyHops, busy, hop, paused } from './fixtures';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const past: PastMoment = { hops: 2_500, atMs: 41_250, revision: 412, presentHops: 5_000 };

function timeline(shownHops: number, lastHops = 5_000): Timeline {
  const stops = Array.from({ length: 181 }, (_, i) => shownHops - 180 + i * 2).filter((hops) => hops > 0);
  return {
    firstHops: 2, lastHops, firstRevision: 1, lastRevision: 800, shownHops,
    revisionHops: Array.from({ length: 400 }, (_, i) => 10 + i * 12),
    marks: [{ hop: 40, kind: 'input' }, { hop: 900, kind: 'failure' }, { hop: 2_000, kind: 'fault' },
      { hop: 3_000, kind: 'compaction' }],
    stops: stops.filter((hops) => hops <= lastHops),
    revisions: stops.filter((_, i) => i % 7 === 0).map((hops, i) => ({
      hop: hops - 1, revision: 400 + i, verb: i % 3 === 0 ? 'create' : 'update', object: `pods/default/web-${i}`,
    })),
  };
}

describe('the strip of the timeline', () => {
  it('goes there and back between places and hops', () => {
    const line = timeline(2_500);
    for (const hops of [2, 77, 2_500, 5_000]) {
      assert.ok(Math.abs(hopsAt(line, 1400, coarseX(line, 1400, hops)) - hops) <= 4);
    }
    assert.equal(hopsAt(line, 1400, -50), 2);
    assert.equal(hopsAt(line, 1400, 9_999), 5_000);
  });

  for (const width of [320, 1400]) {
    it(`shows the moment in the middle of ${width} px, and at the end at the end`, () => {
      const middle = strip(timeline(2_500), width);
      assert.ok(Math.abs(middle.fineCursor - width / 2) <= 2 * pitch, `${middle.fineCursor}`);
      const end = strip({ ...timeline(2_500, 2_500) }, width);
      assert.equal(end.fine.at(-1)?.hops, 2_500);
      for (const { x } of [...middle.fine, ...end.fine]) assert.ok(x >= inset && x <= width - inset);
    });
  }

  it('labels revisions where there is room, and no label overlaps another', () => {
    const { fine } = strip(timeline(2_500), 1400);
    const labelled = fine.filter(({ label }) => label !== undefined);
    assert.ok(labelled.length > 4);
    for (const [i, tick] of labelled.entries()) {
      const next = labelled[i + 1];
      if (next) assert.ok(tick.x + (tick.label ?? '').length * 6 < next.x);
    }
    assert.match(labelled[0]?.label ?? '', /^(create|update) pods\/default\/web-/);
    const [first] = labelled;
    assert.equal(first && tickAt(strip(timeline(2_500), 1400), first.x + 2)?.hops, first?.hops);
  });

  it('is drawn for a run that has hardly begun', () => {
    const only: Timeline = {
      firstHops: 1, lastHops: 1, firstRevision: 1, lastRevision: 1, shownHops: 1, revisionHops: [], marks: [],
      stops: [1], revisions: [],
    };
    assert.equal(strip(only, 400).fine.length, 1);
  });
});

describe('messages about time', () => {
  it('are taken when they are whole', () => {
    assert.ok(readMessage({ type: 'timeline', timeline: timeline(10) }));
    for (const wrong of [undefined, {}, { ...timeline(10), stops: ['a'] }, { ...timeline(10), marks: [{}] },
      { ...timeline(10), revisions: [{ hop: 1 }] }, { ...timeline(10), shownHops: NaN }]) {
      assert.equal(readMessage({ type: 'timeline', timeline: wrong }), undefined);
    }
    const update = { type: 'update', view: busy(), hops: [], skippedHops: 0 };
    assert.ok(readMessage({ ...update, past }));
    assert.equal(readMessage({ ...update, past: { hops: 'x' } }), undefined);
  });

  it('stay far below 1 MiB', () => {
    const many = { ...timeline(2_500), revisions: Array.from({ length: 240 }, (_, i) => (
      { hop: i, revision: i, verb: 'update' as const, object: 'x'.repeat(120) })) };
    assert.ok(JSON.stringify(many).length < 100_000);
  });
});

describe('the panel in the past', () => {
  let open: WebviewPage | undefined;

  async function show(options: Partial<WebviewPageOptions> = {}, shown: PastMoment | undefined = past): Promise<WebviewPage> {
    open = await openWebviewPage({ body: '<div id="app"></div>', width: 1400, height: 900, ...options });
    await open.page.locator('header.toolbar').waitFor();
    await snapshot(open, shown);
    await open.page.locator('.scrubber').waitFor();
    return open;
  }

  async function snapshot(webview: WebviewPage, shown: PastMoment | undefined): Promise<void> {
    const view = busy({ run: paused, hops: shown?.hops ?? 5_000, revision: shown?.revision ?? 800 });
    const message: HostToPanel = {
      type: 'snapshot', language: 'en', view, recentHops: applyHops(), ...(shown ? { past: shown } : {}),
    };
    await webview.post(message);
    await webview.post({ type: 'timeline', timeline: timeline(shown?.hops ?? 5_000) });
  }

  /** The posted messages of a type, newest last. */
  async function posted(webview: WebviewPage, type: string): Promise<Readonly<Record<string, unknown>>[]> {
    const all = await webview.posted() as Readonly<Record<string, unknown>>[];
    return all.filter((message) => message['type'] === type);
  }

  afterEach(async () => {
    const problems = open?.problems() ?? [];
    await open?.close();
    open = undefined;
    assert.deepEqual(problems, []);
  });

  it('says so, and offers to return and to branch', async () => {
    const webview = await show();
    const banner = webview.page.locator('.past-banner');
    assert.match(await banner.innerText(), /As of revision 412/);
    await banner.locator('vscode-button', { hasText: 'Return to Now' }).click();
    await banner.locator('vscode-button', { hasText: 'Branch from Here' }).click();
    assert.equal((await posted(webview, 'returnToNow')).length, 1);
    assert.equal((await posted(webview, 'branch')).length, 1);
    await snapshot(webview, undefined);
    await banner.waitFor({ state: 'hidden' });
  });

  it('moves by keys: back, step, start, now', async () => {
    const webview = await show();
    await webview.page.locator('.scrubber').focus();
    for (const key of ['ArrowLeft', 'ArrowRight', ',', '.', 'Home', 'End', 'PageDown']) await webview.page.keyboard.press(key);
    assert.equal((await posted(webview, 'stepBack')).length, 2);
    assert.equal((await posted(webview, 'step')).length, 2);
    assert.equal((await posted(webview, 'returnToNow')).length, 1);
    assert.deepEqual((await posted(webview, 'goTo'))[0], { type: 'goTo', hops: 0 });
    await webview.page.locator('.scrubber').evaluate((element) => (element as HTMLElement).blur());
    await webview.page.keyboard.press(',');
    assert.equal((await posted(webview, 'stepBack')).length, 3);
  });

  it('scrubs with one question at a time, and never loses the last one', async () => {
    const webview = await show();
    const { page } = webview;
    const box = await page.locator('.scrubber').boundingBox() ?? assert.fail();
    await page.mouse.move(box.x + 20, box.y + 8);
    await page.mouse.down();
    for (let i = 1; i <= 40; i += 1) await page.mouse.move(box.x + 20 + i * 20, box.y + 8);
    assert.ok((await posted(webview, 'goTo')).length < 10, 'one after the other, not one for each movement');
    await page.mouse.up();
    await snapshot(webview, past);
    const expected = hopsAt(timeline(2_500), Math.floor(box.width), 820);
    await page.waitForFunction((hops) => {
      const all = (window as unknown as { posted: { type: string; hops: number }[] }).posted;
      const last = all.filter(({ type }) => type === 'goTo').at(-1);
      return last !== undefined && Math.abs(last.hops - hops) < 10;
    }, expected);
  });

  it('jumps to a revision that there is, and refuses one that there is not', async () => {
    const webview = await show();
    const field = webview.page.locator('.jump input');
    await field.fill('9999');
    await field.press('Enter');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.fill('300');
    await field.press('Enter');
    assert.deepEqual(await posted(webview, 'goToRevision'), [{ type: 'goToRevision', revision: 300 }]);
    assert.equal((await posted(webview, 'goTo')).length, 0, 'Home and digits typed there move nothing');
  });

  it('goes to the moment of a hop that is read in the transcript', async () => {
    const webview = await show({ state: { transcriptOpen: true } });
    const row = webview.page.locator('.row').nth(2);
    await row.click();
    await webview.page.locator('.causes vscode-button').click();
    const id = Number(await row.getAttribute('data-hop'));
    assert.deepEqual(await posted(webview, 'goTo'), [{ type: 'goTo', hops: id + 1 }]);
    await snapshot(webview, past);
    assert.equal(await webview.page.locator('.row').last().evaluate((last) => last === document.activeElement), true);
  });

  for (const theme of ['dark', 'light', 'hc-dark', 'hc-light'] as const) {
    it(`is free of serious findings of axe in ${theme}, wide and narrow, and fits`, async () => {
      for (const width of [1400, 400]) {
        const webview = await show({ theme, width });
        await webview.page.evaluate(axe);
        const found = await webview.page.evaluate(async () => {
          const { run } = (window as unknown as { axe: { run(what: unknown): Promise<AxeResults> } }).axe;
          const results = await run({ include: [['.timeline'], ['.past-banner'], ['.toolbar']] });
          return results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        });
        assert.deepEqual(found, []);
        for (const part of ['.timeline', '.past-banner', '.toolbar']) {
          const over = await webview.page.locator(part).evaluate((element) => element.scrollWidth - element.clientWidth);
          assert.ok(over <= 0, `${part} is ${over} px too wide at ${width} px`);
        }
        assert.deepEqual(webview.problems(), []);
        await webview.close();
      }
      open = undefined;
    });
  }

  it('moves nothing after a jump, and something after a step forward', async () => {
    const webview = await show();
    await snapshot(webview, { ...past, hops: 2_000 });
    assert.equal(await webview.page.locator('.token').count(), 0);
    const step = { kind: 'request' as const, id: 2_001, from: 'kubectl@client', to: 'kube-apiserver@kind-control-plane',
      subject: { verb: 'create', resource: 'pods', name: 'web' } };
    await webview.post({
      type: 'update', view: busy({ run: paused, hops: 2_002 }), hops: [hop(step)], skippedHops: 0,
      past: { ...past, hops: 2_002 },
    });
    await webview.page.locator('.token').first().waitFor({ state: 'attached' });
  });
});
