/** What goes to the diagram's page and what may come from it. */
import assert from 'node:assert/strict';
import { hopsSince, traceUpTo } from '../../../src/host/vscode/diagram/hops';
import { RateLimit, readPanelMessage } from '../../../src/host/vscode/diagram/inbound';
import { contentSecurityPolicy, diagramPage, newNonce } from '../../../src/host/vscode/diagram/page';
import { Trace } from '../../../src/sim/trace';

function trace(background: readonly boolean[]): Trace {
  const result = new Trace();
  for (const each of background) {
    result.record({
      kind: 'input', atMs: 0, cause: -1, from: 'a', to: 'a', subject: { verb: 'x' }, background: each,
    });
  }
  return result;
}

describe('hops for the panel', () => {
  it('are all that happened since, as long as they are few', () => {
    const { hops, skipped } = hopsSince(trace([false, true, false]), 1);
    assert.deepEqual([hops.map(({ id }) => id), skipped], [[1, 2], 0]);
    assert.deepEqual(hopsSince(trace([false]), 1), { hops: [], skipped: 0 });
  });

  it('are the newest when they are many, foreground before background, in order', () => {
    const many = trace([...Array<boolean>(50).fill(false), ...Array<boolean>(500).fill(true), false]);
    const { hops, skipped } = hopsSince(many, 0, 60);
    assert.equal(hops.length + skipped, 551);
    assert.equal(hops.filter(({ background }) => !background).length, 51);
    assert.equal(hops.length, 60);
    assert.deepEqual(hops.map(({ id }) => id), hops.map(({ id }) => id).sort((a, b) => a - b));
    assert.equal(hops.at(-1)?.id, 550);
  });

  it('leave out what lies between the steps of the story before the steps', () => {
    const story = new Trace();
    for (let at = 0; at < 100; at += 1) {
      const subject = { verb: 'list', resource: 'pods' };
      if (at === 3) {
        story.record({ kind: 'stopped', atMs: 0, cause: -1, from: 'etcd@a', to: 'etcd@a', subject, background: false, exitCode: 137 });
      } else {
        story.record({ kind: 'request', channel: 'https', call: at, atMs: 0, cause: -1, from: 'a', to: 'b', subject, background: false });
      }
    }
    assert.deepEqual(hopsSince(story, 0, 3).hops.map(({ id }) => id), [3, 98, 99]);
  });

  it('end at the moment that is shown', () => {
    const early = traceUpTo(trace(Array<boolean>(300).fill(false)), 100);
    const { hops } = hopsSince(early, 0);
    assert.deepEqual([hops.length, hops.at(-1)?.id], [100, 99]);
    assert.deepEqual(hopsSince(early, 98).hops.map(({ id }) => id), [98, 99]);
  });

  it('are bounded however many there were', () => {
    const { hops, skipped } = hopsSince(trace(Array<boolean>(20_000).fill(false)), 0);
    assert.deepEqual([hops.length, skipped], [400, 19_600]);
  });
});

describe('messages from the panel', () => {
  const good: readonly unknown[] = [
    { type: 'ready' }, { type: 'step' }, { type: 'run', mode: 'hops', speed: 0.5 },
      { type: 'select', box: 'node/kind' },
    { type: 'stepBack' }, { type: 'returnToNow' }, { type: 'branch' }, { type: 'goTo', hops: 0 },
    { type: 'goToRevision', revision: 412 },
    { type: 'select', box: undefined }, { type: 'open', box: 'pod/default/web', what: 'yaml' },
    { type: 'study', request: undefined }, { type: 'study', request: { kind: 'scheduling', attempt: 3, pod: 'default/web', before: 9 } },
    { type: 'study', request: { kind: 'etcd', prefix: '/registry/', key: '/registry/pods/a/b', revision: 4 } },
    { type: 'openField', pod: 'default/web', field: 'spec.nodeSelector' },
  ];
  for (const message of good) it(`takes ${JSON.stringify(message)}`, () => {
    assert.deepEqual(readPanelMessage(message), message);
  });

  const bad: readonly unknown[] = [
    undefined, null, 'ready', 1, [], {}, { type: 'eval', code: '1' }, { type: 'run', mode: 'warp', speed: 1 },
    { type: 'run', mode: 'live', speed: 0 }, { type: 'run', mode: 'live', speed: Infinity },
      { type: 'run', mode: 'live' },
    { type: 'run', mode: 'live', speed: '1' }, { type: 'select', box: 1 }, { type: 'select', box: '' },
    { type: 'study', request: 1 }, { type: 'study', request: { kind: 'raft' } }, { type: 'openField', pod: 'default/web' },
    { type: 'goTo' }, { type: 'goTo', hops: -1 }, { type: 'goTo', hops: 1.5 }, { type: 'goTo', hops: '7' },
    { type: 'goToRevision', revision: 1e300 }, { type: 'goToRevision', revision: NaN },
    { type: 'select', box: 'x'.repeat(513) }, { type: 'open', box: 'a', what: 'delete' },
      { type: 'open', what: 'yaml' },
  ];
  for (const message of bad) it(`refuses ${JSON.stringify(message)?.slice(0, 60) ?? 'undefined'}`, () => {
    assert.equal(readPanelMessage(message), undefined);
  });

  it('are refused at once when they have 10 MB, whatever they say they are', () => {
    const huge = 'x'.repeat(10_000_000);
    const nested: unknown = Array.from({ length: 100_000 }, () => ({ name: 'a.svg', content: '', encoding: 'text' }));
    const messages: readonly unknown[] = [
      huge, { type: huge }, { type: 'select', box: huge }, { type: 'why', box: huge }, { type: 'zoom', box: huge }, { type: 'run', mode: huge, speed: 1 },
      { type: 'whatIf', action: 'kill', box: huge }, { type: 'whatIf', action: huge, box: 'a' }, { type: 'goTo', hops: huge },
      { type: 'whatIf', action: 'cutLink', box: 'a', other: huge }, { type: 'save', files: huge }, { type: 'save', files: nested },
      { type: 'save', files: [{ name: huge, content: '', encoding: 'text' }] },
      { type: 'save', files: Array.from({ length: 4 }, () => ({ name: 'a.svg', content: huge, encoding: 'text' })) },
    ];
    const start = process.cpuUsage();
    for (const message of messages) assert.equal(readPanelMessage(message), undefined);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 100_000, `${(user + system) / 1000} ms`);
  });

  it('cost next to nothing when 10,000 of them come in a second; 60 are read', () => {
    const limit = new RateLimit(60);
    let read = 0;
    const start = process.cpuUsage();
    for (let i = 0; i < 10_000; i += 1) {
      if (limit.allows(i / 10) && readPanelMessage({ type: 'select', box: `node/${i}` })) read += 1;
    }
    const { user, system } = process.cpuUsage(start);
    assert.equal(read, 60);
    assert.ok(user + system < 100_000, `${(user + system) / 1000} ms`);
  });

  it('takes of a request for tables what is sound', () => {
    const request = { kind: 'etcd', prefix: 'x'.repeat(600), key: 5, revision: -1, other: 1 };
    assert.deepEqual(readPanelMessage({ type: 'study', request }), { type: 'study', request: { kind: 'etcd' } });
  });

  it('keeps nothing but what it knows', () => {
    assert.deepEqual(readPanelMessage({ type: 'step', extra: 'x' }), { type: 'step' });
  });

  it('are dropped above a rate, and taken again in the next second', () => {
    const limit = new RateLimit(3);
    assert.deepEqual([0, 1, 2, 3, 999, 1000].map((ms) => limit.allows(ms)), [true, true, true, false, false, true]);
  });
});

describe('the panel\'s page', () => {
  const page = diagramPage({
    cspSource: 'https://x.test', nonce: 'abc', script: 'https://x.test/d.js', style: 'https://x.test/d.css',
    title: '<b>&"', language: 'de',
  });

  it('has a policy that allows its own files only', () => {
    assert.equal(contentSecurityPolicy('S', 'N'),
      'default-src \'none\'; img-src S data:; style-src S; font-src S; script-src \'nonce-N\'');
    assert.ok(page.includes(contentSecurityPolicy('https://x.test', 'abc')));
    assert.doesNotMatch(page, /unsafe-|\son\w+=|style=|<script(?![^>]*nonce="abc")/);
  });

  it('escapes what it shows', () => {
    assert.ok(page.includes('<title>&lt;b&gt;&amp;&quot;</title>'));
    assert.ok(page.includes('lang="de"'));
  });

  it('has another nonce every time', () => {
    assert.match(newNonce(), /^[0-9a-f]{32}$/);
    assert.notEqual(newNonce(), newNonce());
  });
});
