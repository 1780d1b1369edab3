/** Pages, revisions and errors of lists; kinds that come and go. */
import assert from 'node:assert/strict';
import type { ApiList, RequestOptions } from '../../../src/api/request';
import type { Status } from '../../../src/api/types';
import { base64Decode, base64Encode } from '../../../src/base/base64';
import { builtInKinds } from '../../../src/api/kinds/index';
import { kindRegistry } from '../../../src/api/registry';
import { ServedResources } from '../../../src/apiserver/storage/served-resources';
import { pod, World } from './harness';
import { testKinds } from './kinds';

const pods = { resource: 'pods', namespace: 'default' };

function tokenOf(content: object | string): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return base64Encode(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function contentOf(token: string | undefined): { v: string; rv: number; start: string } {
  const text = token?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  return JSON.parse(base64Decode(text.padEnd(Math.ceil(text.length / 4) * 4, '=')) ?? '') as ReturnType<typeof contentOf>;
}

describe('API server: lists', () => {
  let world: World;
  before(() => {
    world = new World();
    world.must({ verb: 'create', resource: 'serviceaccounts', namespace: 'default', body: { metadata: { name: 'default' } } });
    ['a', 'b', 'c', 'd', 'e'].forEach((name, i) => world.must(
      { verb: 'create', ...pods, body: pod(name, { labels: { odd: String(i % 2) } }) }));
    world.settle();
  });

  function list(options: RequestOptions, namespace: string | undefined = 'default'): ApiList {
    const { code, body } = world.ask({ verb: 'list', resource: 'pods', namespace, options });
    assert.equal(code, 200, JSON.stringify(body));
    return body as ApiList;
  }
  const names = (answer: ApiList): string[] => answer.items.map(({ metadata }) => metadata.name);

  it('pages with a token that says where it goes on', () => {
    const first = list({ limit: 2 });
    const revision = Number(first.metadata.resourceVersion);
    assert.deepEqual([names(first), first.metadata.remainingItemCount], [['a', 'b'], 3]);
    assert.deepEqual(contentOf(first.metadata.continue), { v: 'meta.k8s.io/v1', rv: revision, start: 'b\0' });
    const second = list({ limit: 2, continue: first.metadata.continue });
    assert.deepEqual([names(second), second.metadata.resourceVersion], [['c', 'd'], String(revision)]);
    const last = list({ limit: 2, continue: second.metadata.continue });
    assert.deepEqual([names(last), last.metadata.continue], [['e'], undefined]);
    assert.equal(contentOf(list({ limit: 1 }, '').metadata.continue).start, 'default/a\0');
  });

  it('does not count what a selector leaves, and has a next page as long as there are objects', () => {
    const page = list({ limit: 2, labelSelector: 'odd=1' });
    assert.deepEqual([names(page), page.metadata.remainingItemCount], [['b', 'd'], undefined]);
    assert.deepEqual(names(list({ limit: 2, labelSelector: 'odd=1', continue: page.metadata.continue })), []);
  });

  it('gives everything to who is content with the cache', () => {
    assert.equal(list({ limit: 2, resourceVersion: '0' }).items.length, 5);
  });

  it('reads the past at an exact revision', () => {
    const { metadata } = list({ limit: 1 });
    world.must({ verb: 'delete', ...pods, name: 'e' });
    assert.equal(list({ resourceVersion: metadata.resourceVersion, resourceVersionMatch: 'Exact' }).items.length, 5);
    assert.equal(list({ resourceVersion: metadata.resourceVersion, limit: 10 }).items.length, 5);
    assert.equal(list({ resourceVersion: metadata.resourceVersion }).items.length, 4);
  });

  const badTokens: [string, string][] = [
    ['!', 'illegal base64 data at input byte 0'],
    [tokenOf('{'), 'unexpected end of JSON input'],
    [tokenOf({ v: 'v2' }), 'server does not recognize this encoded version v2'],
    [tokenOf({ v: 'meta.k8s.io/v1', start: 'a' }), 'incorrect encoded start resourceVersion (version meta.k8s.io/v1)'],
    [tokenOf({ v: 'meta.k8s.io/v1', rv: 5 }), 'encoded start key empty (version meta.k8s.io/v1)'],
    [tokenOf({ v: 'meta.k8s.io/v1', rv: 5, start: '../secrets/a' }), '../secrets/a'],
  ];
  for (const [token, why] of badTokens) {
    it(`refuses a token: ${why}`, () => {
      const { code, message } = world.refused({ verb: 'list', ...pods, options: { continue: token } });
      assert.deepEqual([code, message], [400, `invalid continue token: continue key is not valid: ${why}`]);
    });
  }

  it('refuses a revision beside a token', () => {
    const { continue: token } = list({ limit: 1 }).metadata;
    const refusal = world.refused({ verb: 'list', ...pods, options: { continue: token, resourceVersion: '5' } });
    assert.equal(refusal.message, 'specifying resource version is not allowed when using continue');
  });

  it('offers another token when the first is too old', () => {
    const { continue: token } = list({ limit: 2 }).metadata;
    world.settle(12 * 60_000);
    const { code, body } = world.ask({ verb: 'list', ...pods, options: { continue: token, limit: 2 } });
    const status = body as Status;
    assert.deepEqual([code, status.reason], [410, 'Expired']);
    assert.match(status.message ?? '', /or use the continue token in this response/);
    const fresh = status.metadata?.continue ?? '';
    assert.deepEqual(contentOf(fresh), { v: 'meta.k8s.io/v1', rv: -1, start: 'b\0' });
    const rest = list({ continue: fresh });
    assert.deepEqual(names(rest), ['c', 'd']);
    assert.ok(Number(rest.metadata.resourceVersion) > 1);
  });

  it('deletes one page of a collection where a limit is set', () => {
    const { code, body } = world.ask({ verb: 'deletecollection', ...pods, options: { limit: 1 } });
    assert.deepEqual([code, names(body as ApiList)], [200, ['a']]);
    assert.deepEqual(names(list({})), ['b', 'c', 'd']);
  });
});

describe('API server: kinds that come and go', () => {
  const [first, ...rest] = testKinds;

  it('tells of caches that start and stop, and finds what is there', () => {
    const resources = new ServedResources(kindRegistry(rest), undefined, () => 0);
    const log: string[] = [];
    resources.onStorage({
      started: ({ name }) => log.push(`+${name}`), stopped: ({ name }) => log.push(`-${name}`),
    });
    assert.equal(log.length, rest.length);
    let changes = 0;
    resources.onChange(() => changes += 1);
    assert.ok(first);
    const added = resources.add(first);
    assert.equal(resources.find(first.group, first.version, first.plural), added);
    resources.remove(first);
    assert.equal(resources.find(first.group, first.version, first.plural), undefined);
    assert.deepEqual([log.slice(-2), changes], [[`+${added.name}`, `-${added.name}`], 2]);
  });

  it('keeps one cache for all versions of a kind, and none for virtual ones', () => {
    const resources = new ServedResources(kindRegistry(builtInKinds), undefined, () => 0);
    const core = resources.find('', 'v1', 'events');
    const newer = resources.find('events.k8s.io', 'v1', 'events');
    assert.ok(core && newer);
    assert.equal(newer.storage, core);
    assert.equal(newer.prefix, '/registry/events/');
    assert.ok(!resources.stored.includes(newer));
    for (const resource of resources.all) if (resource.kind.virtual) assert.ok(!resources.stored.includes(resource));
  });
});
