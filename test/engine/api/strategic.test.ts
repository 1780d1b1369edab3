import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isPatchError } from '../../../src/api/patch/plain';
import type { PlainMap } from '../../../src/api/patch/plain';
import {
  applyStrategicMergePatch, threeWayStrategicMergePatch, twoWayStrategicMergePatch,
} from '../../../src/api/patch/strategic';
import { deepFreeze } from '../../../src/base/freeze';

function good(result: PlainMap | object): PlainMap {
  assert.ok(!isPatchError(result), JSON.stringify(result));
  return result as PlainMap;
}

const apply = (original: PlainMap, patch: unknown, type: string): PlainMap =>
  good(applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch), type));

describe('strategic merge patch', () => {
  const a = { name: 'a', image: 'i1' };
  const b = { name: 'b', image: 'i1' };
  const cases: readonly (readonly [string, string, PlainMap, unknown, PlainMap])[] = [
    ['merges containers by name, new ones first', 'PodSpec', { containers: [a, b] },
      { containers: [{ name: 'c' }, { name: 'b', image: 'i2' }] }, { containers: [{ name: 'c' }, a, { name: 'b',
        image: 'i2' }] }],
    ['deletes an item', 'PodSpec', { containers: [a, b] }, { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [b] }],
    ['replaces a list', 'PodSpec', { containers: [a, b] }, { containers: [{ name: 'z' }, { $patch: 'replace' }] },
      { containers: [{ name: 'z' }] }],
    ['replaces an atomic list', 'PodSpec', { tolerations: [{ key: 'x' }] }, { tolerations: [{ key: 'y' }] },
      { tolerations: [{ key: 'y' }] }],
    ['orders a list', 'PodSpec', { containers: [a, b] }, { '$setElementOrder/containers': [{ name: 'b' },
      { name: 'a' }] },
      { containers: [b, a] }],
    ['orders while it merges, and keeps what only the server has in its place', 'PodSpec',
      { containers: [{ name: 'sidecar' }, a, b] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a', image: 'i2' }] },
      { containers: [{ name: 'sidecar' }, b, { name: 'a', image: 'i2' }] }],
    ['removes fields by null', 'Deployment', { spec: { replicas: 1, paused: true } }, { spec: { paused: null } },
      { spec: { replicas: 1 } }],
    ['replaces a map', 'Deployment', { metadata: { labels: { a: '1' } } }, { metadata: { labels: { $patch: 'replace',
      b: '2' } } },
      { metadata: { labels: { b: '2' } } }],
    ['empties a map', 'Deployment', { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'delete' } } },
      { metadata: { labels: {} } }],
    ['merges finalizers as a set', 'Deployment', { metadata: { finalizers: ['x', 'y'] } },
      { metadata: { finalizers: ['y', 'z'] } },
      { metadata: { finalizers: ['x', 'y', 'z'] } }],
    ['deletes from a list of scalars', 'Deployment', { metadata: { finalizers: ['x', 'y'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } }, { metadata: { finalizers: ['y'] } }],
    ['clears what retainKeys does not name', 'DeploymentSpec', { strategy: { type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1 } } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } }, { strategy: { type: 'Recreate' } }],
    ['swaps a volume source', 'PodSpec', { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
      { volumes: [{ name: 'v', configMap: { name: 'c' } }] }],
    ['leaves no directives and nulls in what is new', 'Pod', {},
      { metadata: { labels: { a: '1', b: null }, '$deleteFromPrimitiveList/finalizers': ['x'] } },
        { metadata: { labels: { a: '1' } } }],
    ['merges ports by containerPort', 'Container', { ports: [{ containerPort: 80, name: 'http' }] },
      { ports: [{ containerPort: 443 }, { containerPort: 80, protocol: 'TCP' }] },
      { ports: [{ containerPort: 443 }, { containerPort: 80, name: 'http', protocol: 'TCP' }] }],
    ['adds an unknown scalar, which decoding then refuses', 'PodSpec', {}, { foo: 1 }, { foo: 1 }],
  ];
  for (const [what, type, original, patch, expected] of cases) {
    it(what, () => assert.deepEqual(apply(original, patch, type), expected));
  }

  const refused: readonly (readonly [string, string, PlainMap, unknown, string, string])[] = [
    ['no merge key', 'PodSpec', { containers: [a] }, { containers: [{ image: 'x' }] },
      'map: map[image:x] does not contain declared merge key: name', 'content'],
    ['an unknown directive', 'PodSpec', { containers: [a] }, { containers: [{ name: 'a', $patch: 'eat' }] },
      'unknown patch type: eat in map: map[$patch:eat name:a]', 'internal'],
    ['a patch that is no object', 'Pod', {}, [], 'invalid JSON document', 'format'],
    ['retainKeys that miss a field', 'DeploymentSpec', { strategy: {} }, { strategy: { $retainKeys: ['type'],
      rollingUpdate: {} } },
      'invalid patch format of retainKeys', 'format'],
    ['an order without its list', 'PodSpec', {}, { '$setElementOrder': [] },
      'invalid patch format of setElementOrder list', 'format'],
    ['mixed items', 'PodSpec', { containers: [a] }, { containers: ['x'] },
      'list element types are not identical: [[map[image:i1 name:a]] [x]]', 'internal'],
    ['an object in an unknown field', 'PodSpec', { foo: {} }, { foo: {} },
      'unable to find api field in struct PodSpec for the json field "foo"', 'internal'],
  ];
  for (const [what, type, original, patch, error, reason] of refused) {
    it(`refuses ${what}`, () => assert.deepEqual(applyStrategicMergePatch(original, patch, type), { error, reason }));
  }

  it('shares what it does not touch', () => {
    const original = deepFreeze({ metadata: { labels: { a: '1' } }, spec: { replicas: 1,
      template: { spec: { containers: [a, b] } } } });
    const patched = apply(original, { spec: { template: { spec: { containers: [{ name: 'b', image: 'i2' }] } } } },
      'Deployment');
    assert.equal(patched['metadata'], original.metadata);
    const containers = (patched as typeof original).spec.template.spec.containers;
    assert.equal(containers[0], a);
    assert.equal(apply(original, { spec: { replicas: 1, template: { spec: { containers: [a] } } } }, 'Deployment'),
      original);
  });
});

describe('strategic diff', () => {
  it('is what kubectl sends', () => {
    const before = { spec: { replicas: 1, template: { spec: { containers: [{ name: 'a', image: '1' }, { name: 'b',
      image: '1' }] } } } };
    const after = { spec: { replicas: 2, template: { spec: { containers: [{ name: 'b', image: '2' }] } } } };
    assert.deepEqual(twoWayStrategicMergePatch(before, after, 'Deployment'), {
      spec: {
        replicas: 2,
        template: { spec: {
          containers: [{ image: '2', name: 'b' }, { name: 'a', $patch: 'delete' }],
          '$setElementOrder/containers': [{ name: 'b' }],
        } },
      },
    });
  });

  it('names the fields that stay where the schema says retainKeys', () => {
    const patch = twoWayStrategicMergePatch(
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } }, { strategy: { type: 'Recreate' } },
        'DeploymentSpec');
    assert.deepEqual(patch, { strategy: { type: 'Recreate', rollingUpdate: null, $retainKeys: ['type'] } });
  });

  it('three ways: leaves alone what the server or others have set', () => {
    const last = { spec: { replicas: 2, template: { spec: { containers: [{ name: 'a', image: '1',
      env: [{ name: 'X' }] }] } } } };
    const modified = { spec: { template: { spec: { containers: [{ name: 'a', image: '2' }] } } } };
    const current = { spec: { replicas: 5, paused: false, template: { spec: {
      dnsPolicy: 'ClusterFirst', containers: [{ name: 'a', image: '1', env: [{ name: 'X' }], tty: false },
        { name: 'injected' }] } } } };
    const patch = good(threeWayStrategicMergePatch(last, modified, current, 'Deployment'));
    assert.deepEqual(patch, { spec: { replicas: null, template: { spec: {
      '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'a', image: '2', env: null }] } } } });
    assert.deepEqual(apply(current, patch, 'Deployment'), { spec: { paused: false, template: { spec: {
      dnsPolicy: 'ClusterFirst', containers: [{ name: 'a', image: '2', tty: false }, { name: 'injected' }] } } } });
  });

  it('three ways: nothing to do is an empty patch', () => {
    const object = { metadata: { labels: { a: '1' } }, spec: { containers: [{ name: 'a' }],
      nodeSelector: { x: 'y' } } };
    const live = { ...object, metadata: { ...object.metadata, uid: 'u' }, status: { phase: 'Running' } };
    assert.deepEqual(threeWayStrategicMergePatch(object, object, live, 'Pod'), {});
  });
});

const names = ['a', 'b', 'c', 'd'];
const unique = <T>(item: fc.Arbitrary<T>, key: (value: T) => unknown): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { maxLength: 4, selector: key });
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(item, { nil: undefined });

const env = fc.record({ name: fc.constantFrom(...names), value: fc.constantFrom('1', '2') });
const container = fc.record({
  name: fc.constantFrom(...names),
  image: fc.constantFrom('i1', 'i2'),
  env: some(unique(env, (e) => e.name)),
  args: some(fc.array(fc.constantFrom('x', 'y'), { maxLength: 3 })),
  resources: some(fc.record({ limits: some(fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1',
    '2'))) })),
  ports: some(unique(fc.record({ containerPort: fc.constantFrom(80, 443, 8080), name: some(fc.constant('p')) }), (p) =>
    p.containerPort)),
});
const volume = fc.record({ name: fc.constantFrom(...names) }).chain(({ name }) => fc.constantFrom<PlainMap>(
  { name, emptyDir: {} }, { name, configMap: { name: 'c' } }, { name, hostPath: { path: '/x', type: '' } }));
const pod: fc.Arbitrary<PlainMap> = fc.record({
  metadata: fc.record({
    labels: some(fc.dictionary(fc.constantFrom(...names), fc.constantFrom('1', '2'))),
    finalizers: some(unique(fc.constantFrom('f1', 'f2', 'f3'), (f) => f)),
  }),
  spec: fc.record({
    containers: unique(container, (c) => c.name),
    volumes: some(unique(volume, (v) => v['name'])),
    tolerations: some(fc.array(fc.record({ key: fc.constantFrom(...names) }), { maxLength: 2 })),
    hostNetwork: some(fc.boolean()),
    topologySpreadConstraints: some(unique(
      fc.record({ topologyKey: fc.constantFrom('zone', 'host'), maxSkew: fc.constantFrom(1, 2) }), (t) =>
        t.topologyKey)),
  }),
}).map((value) => withoutUndefined(value) as PlainMap);

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined).map(([k, v]) => [k,
    withoutUndefined(v)]));
}

describe('strategic diff and patch together', () => {
  it('two ways: diff, then apply, gives the modified object', () => {
    fc.assert(fc.property(pod, pod, (before, after) => {
      deepFreeze([before, after]);
      const patch = good(twoWayStrategicMergePatch(before, after, 'Pod'));
      assert.deepEqual(apply(before, patch, 'Pod'), after);
    }), { numRuns: 300 });
  });

  it('three ways: with nobody else writing, apply gives the modified object', () => {
    fc.assert(fc.property(pod, pod, (last, modified) => {
      deepFreeze([last, modified]);
      const patch = good(threeWayStrategicMergePatch(last, modified, last, 'Pod'));
      assert.deepEqual(apply(last, patch, 'Pod'), modified);
    }), { numRuns: 300 });
  });

  it('three ways: applying again changes nothing', () => {
    fc.assert(fc.property(pod, pod, pod, (last, modified, current) => {
      deepFreeze([last, modified, current]);
      const patch = good(threeWayStrategicMergePatch(last, modified, current, 'Pod'));
      const live = apply(current, patch, 'Pod');
      const again = good(threeWayStrategicMergePatch(modified, modified, live, 'Pod'));
      assert.deepEqual(apply(live, again, 'Pod'), live);
    }), { numRuns: 300 });
  });
});
