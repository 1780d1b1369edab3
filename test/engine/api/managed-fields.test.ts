/** Field sets and field managers, without a server: what is owned, taken, kept and refused. */
import assert from 'node:assert/strict';
import { difference, intersection, readFieldSet, recursiveDifference, setOfPath, union, type FieldSet,
} from '../../../src/api/managed-fields/field-set';
import { FieldManager } from '../../../src/api/managed-fields/field-manager';
import { typeOf, type ObjectType } from '../../../src/api/schema/schema';
import { isFailure } from '../../../src/api/status';
import type { KubeObject, ManagedFieldsEntry } from '../../../src/api/types';

const t0 = '2026-01-02T03:04:05Z';
const t1 = '2026-01-02T03:05:00Z';

function read(json: object): FieldSet | undefined {
  const set = readFieldSet(json);
  assert.ok(set !== 'invalid');
  return set;
}

function managerOf(kind: string, apiVersion: string, more: Partial<FieldManager['options']> = {}): FieldManager {
  return new FieldManager({
    apiVersion, kind, type: typeOf(kind), subresource: '', ignored: setOfPath(['f:status']), version: () => undefined,
    ...more,
  });
}

const deployments = managerOf('Deployment', 'apps/v1');
const configMaps = managerOf('ConfigMap', 'v1', { ignored: undefined });

function object(kind: string, more: object, apiVersion = 'apps/v1'): KubeObject {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'default' }, ...more } as unknown as KubeObject;
}

function stored(given: KubeObject, managedFields: readonly ManagedFieldsEntry[] | undefined): KubeObject {
  const owners = managedFields === undefined ? {} : { managedFields };
  return { ...given, metadata: { ...given.metadata, uid: 'u', resourceVersion: '7', ...owners } };
}

const template = (container: object): object => ({ template: { spec: { containers: [{ name: 'c', ...container }] } } });

describe('field sets', () => {
  const a = read({ 'f:a': {}, 'f:b': { '.': {}, 'f:x': {}, 'k:{"name":"n"}': { 'f:y': {} } } });
  const cases: [string, FieldSet | undefined, object | undefined][] = [
    ['union', union(a, read({ 'f:b': { 'f:z': {} } })), {
      'f:a': {}, 'f:b': { '.': {}, 'f:x': {}, 'f:z': {}, 'k:{"name":"n"}': { 'f:y': {} } } }],
    ['union with a part of itself', union(a, read({ 'f:b': { 'f:x': {} } })), a],
    ['difference keeps what is below', difference(a, read({ 'f:b': {} })), {
      'f:a': {}, 'f:b': { 'f:x': {}, 'k:{"name":"n"}': { 'f:y': {} } } }],
    ['difference with everything', difference(a, a), undefined],
    ['recursive difference', recursiveDifference(a, read({ 'f:b': {} })), { 'f:a': {} }],
    ['intersection', intersection(a, read({ 'f:b': { 'f:x': {}, 'f:q': {} } })), { 'f:b': { 'f:x': {} } }],
    ['canonical form', read({ 'k:{"b": 1, "a":"x"}': {}, 'f:a': { '.': {} }, 'q:future': {} }), {
      'f:a': {}, 'k:{"a":"x","b":1}': {} }],
  ];
  for (const [what, set, expected] of cases) {
    it(what, () => assert.deepEqual(set, expected));
  }

  it('returns the same set when nothing changes', () => {
    assert.equal(union(a, read({ 'f:a': {} })), a);
    assert.equal(difference(a, read({ 'f:c': {} })), a);
  });

  it('orders keys by number and fields before keys', () => {
    const ports = union(read({ 'k:{"port":9000}': {} }), read({ 'k:{"port":80}': {}, 'f:z': {} }));
    assert.deepEqual(Object.keys(ports ?? {}), ['f:z', 'k:{"port":80}', 'k:{"port":9000}']);
  });

  for (const bad of ['x', { a: {} }, { 'v:{': {} }, { 'i:one': {} }, { 'f:a': 1 }]) {
    it(`refuses ${JSON.stringify(bad)}`, () => assert.equal(readFieldSet(bad), 'invalid'));
  }
});

describe('ownership of updates', () => {
  const created = object('Deployment', { spec: { replicas: 1, ...template({ image: 'a', resources: {} }) } });
  const owners = deployments.update(undefined, created, 'kubectl-create', t0);

  it('gives a new object to who makes it, without what Go has anyway', () => {
    assert.deepEqual(owners, [{
      apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'kubectl-create', operation: 'Update', time: t0,
      fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': { 'f:containers': {
        'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} } } } } } },
    }]);
  });

  it('shares the set of objects of one outline', () => {
    const other = object('Deployment', { spec: { replicas: 5, ...template({ image: 'b', resources: {} }) } });
    assert.equal(deployments.update(undefined, other, 'x', t1)?.[0]?.fieldsV1, owners?.[0]?.fieldsV1);
  });

  it('moves what somebody else changes, and leaves times alone where nothing changed', () => {
    const live = stored(created, owners);
    const given = { ...live, spec: { replicas: 2, ...template({ image: 'a', resources: {} }) } } as KubeObject;
    const [first, second] = deployments.update(live, given, 'kubectl-edit', t1) ?? [];
    assert.deepEqual([first?.manager, first?.time, second?.manager, second?.time],
      ['kubectl-create', t0, 'kubectl-edit', t1]);
    assert.deepEqual(second?.fieldsV1, { 'f:spec': { 'f:replicas': {} } });
    assert.equal(deployments.update(live, live, 'kubectl-edit', t1), owners);
  });

  it('takes removed fields from everybody', () => {
    const live = stored(created, owners);
    const given = { ...live, spec: template({ resources: {} }) } as unknown as KubeObject;
    const [only, ...more] = deployments.update(live, given, 'kubectl-edit', t1) ?? [];
    assert.deepEqual(more, []);
    assert.deepEqual(only?.fieldsV1, { 'f:spec': { 'f:template': { 'f:spec': { 'f:containers': {
      'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:resources': {} } } } } } });
    assert.equal(only?.time, t0);
  });

  it('owns finalizers and owners one by one, and annotations with the map that came with them', () => {
    const given = object('ConfigMap', { metadata: {
      name: 'c', finalizers: ['a/b'], annotations: { x: 'y' }, ownerReferences: [{ uid: 'u1', name: 'n' }] } }, 'v1');
    assert.deepEqual(configMaps.update(undefined, given, 'm', t0)?.[0]?.fieldsV1, { 'f:metadata': {
      'f:annotations': { '.': {}, 'f:x': {} }, 'f:finalizers': { '.': {}, 'v:"a/b"': {} },
      'f:ownerReferences': { '.': {}, 'k:{"uid":"u1"}': {} } } });
  });

  it('forgets owners on request, and does not begin again by itself', () => {
    const live = stored(created, owners);
    const reset = (managedFields: object[]): KubeObject =>
      ({ ...live, metadata: { ...live.metadata, managedFields } }) as unknown as KubeObject;
    for (const given of [reset([{}]), reset([])]) assert.equal(deployments.update(live, given, 'm', t1), undefined);
    assert.equal(deployments.update(stored(created, undefined), created, 'm', t1), undefined);
  });

  it('keeps the old owners where the sent ones cannot be read', () => {
    const live = stored(created, owners);
    for (const bad of [{ operation: 'Replace' }, { operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'X' }]) {
      const given = { ...live, metadata: { ...live.metadata, managedFields: [bad] } } as unknown as KubeObject;
      assert.deepEqual(deployments.update(live, given, 'm', t1), owners);
    }
  });

  it('joins the oldest of more than ten updaters', () => {
    let live = stored(object('ConfigMap', { data: { k0: '0' } }, 'v1'), undefined);
    live = stored(live, configMaps.update(undefined, live, 'm0', t0));
    for (let i = 1; i <= 12; i += 1) {
      const data = { ...(live as unknown as { data: object }).data, [`k${i}`]: '1' };
      const given = { ...live, data } as unknown as KubeObject;
      const now = `2026-01-02T04:00:${String(i).padStart(2, '0')}Z`;
      live = stored(given, configMaps.update(live, given, `m${i}`, now));
    }
    const names = live.metadata.managedFields?.map(({ manager }) => manager);
    assert.deepEqual(names, ['ancient-changes', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11', 'm12']);
    assert.deepEqual(live.metadata.managedFields?.[0]?.fieldsV1,
      { 'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {}, 'f:k3': {} } });
  });
});

describe('server-side apply', () => {
  const doc = (more: object, meta: object = {}): Record<string, unknown> =>
    ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...meta }, ...more });

  function applied(live: KubeObject | undefined, patch: Record<string, unknown>, manager: string, force = false): KubeObject {
    const result = deployments.apply(live, patch, manager, force, t1);
    assert.ok(!isFailure(result), JSON.stringify(result));
    return result;
  }

  it('takes away what its manager no longer applies, unless somebody else has it', () => {
    const patch = doc({ spec: template({ image: 'a', env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] }) },
      { labels: { x: '1', y: '2' } });
    const first = stored(applied(undefined, patch, 'one'), applied(undefined, patch, 'one').metadata.managedFields);
    const second = applied(first, doc({ spec: template({ env: [{ name: 'B', value: '2' }] }) }, { labels: { y: '2' } }), 'two');
    const third = applied(stored(second, second.metadata.managedFields), doc({ spec: template({ image: 'a' }) }), 'one');
    assert.deepEqual(third.metadata.labels, { y: '2' });
    assert.deepEqual((third as unknown as { spec: object }).spec,
      template({ image: 'a', env: [{ name: 'B', value: '2' }] }));
  });

  const live = stored(object('Deployment', { spec: { replicas: 1, paused: true, ...template({ image: 'a' }) } }), [
    { apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'kubectl-client-side-apply', operation: 'Update', time: t0,
      fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:template': { 'f:spec': { 'f:containers': {
        'k:{"name":"c"}': { '.': {}, 'f:image': {} } } } } } } },
    { apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'hpa', operation: 'Update', subresource: 'scale',
      fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    { apiVersion: 'apps/v1', fieldsType: 'FieldsV1', manager: 'helm', operation: 'Apply', time: t0,
      fieldsV1: { 'f:spec': { 'f:paused': {} } } },
  ]);
  const conflicts: [string, object, string][] = [
    ['one field', { paused: false }, 'Apply failed with 1 conflict: conflict with "helm": .spec.paused'],
    ['an item of a list', template({ image: 'b' }),
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: '
      + '.spec.template.spec.containers[name="c"].image'],
    ['several owners', { paused: false, replicas: 3 },
      'Apply failed with 3 conflicts: conflicts with "helm":\n- .spec.paused\nconflicts with "hpa" with subresource '
      + '"scale" using apps/v1:\n- .spec.replicas\nconflicts with "kubectl-client-side-apply" using apps/v1:\n'
      + '- .spec.replicas'],
  ];
  for (const [what, spec, message] of conflicts) {
    it(`refuses a conflict over ${what}`, () => {
      const refusal = deployments.apply(live, doc({ spec }), 'me', false, t1);
      assert.ok(isFailure(refusal));
      assert.deepEqual([refusal.code, refusal.reason, refusal.message], [409, 'Conflict', message]);
      assert.ok(refusal.details?.causes?.every(({ reason }) => reason === 'FieldManagerConflict'));
    });
  }

  it('takes the fields by force', () => {
    const forced = applied(live, doc({ spec: { replicas: 3 } }), 'me', true);
    assert.deepEqual(forced.metadata.managedFields?.map(({ manager }) => manager),
      ['helm', 'me', 'kubectl-client-side-apply']);
  });

  it('lets kubectl take over what its annotation says, and keeps the annotation up to date', () => {
    const last = JSON.stringify(doc({ spec: { replicas: 1, ...template({ image: 'a' }) } }));
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': last };
    const mine = stored({ ...live, metadata: { ...live.metadata, annotations } },
      live.metadata.managedFields?.filter(({ manager }) => manager?.startsWith('kubectl')));
    const result = applied(mine, doc({ spec: { replicas: 4 } }), 'kubectl');
    assert.equal(result.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'],
      '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":4}}\n');
    const refusal = deployments.apply(mine, doc({ spec: { replicas: 4 } }), 'other', false, t1);
    assert.ok(isFailure(refusal) && refusal.code === 409);
  });

  it('gives an object without owners to before-first-apply', () => {
    const result = applied(stored(object('Deployment', { spec: { replicas: 1, paused: true } }), undefined),
      doc({ spec: { paused: true } }), 'me');
    assert.deepEqual(result.metadata.managedFields?.map(({ manager, time }) => [manager, time]),
      [['me', undefined], ['before-first-apply', t1]]);
  });

  it('keeps the applied order, with other items at their places', () => {
    const list = (...names: string[]): object =>
      ({ spec: { template: { spec: { containers: names.map((name) => ({ name })) } } } });
    const names = (result: KubeObject): string[] => (result as unknown as {
      spec: { template: { spec: { containers: { name: string }[] } } } }).spec.template.spec.containers.map((c) => c.name);
    const cases: [string[], string[], string[]][] = [
      [['a', 'b', 'c'], ['c', 'a'], ['b', 'c', 'a']],
      [['a', 'b'], ['x', 'b'], ['a', 'x', 'b']],
      [[], ['x'], ['x']],
    ];
    for (const [before, patch, after] of cases) {
      const existing = stored(object('Deployment', list(...before)), undefined);
      assert.deepEqual(names(applied(existing, doc(list(...patch)), 'me', true)), after, `${before} + ${patch}`);
    }
  });

  const bad: [string, Record<string, unknown>, number, string][] = [
    ['an unknown field', doc({ spec: { foo: 1 } }), 500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema'],
    ['wrong types', doc({ spec: { replicas: 'x', paused: 1 } }, { labels: { a: true } }), 500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): errors:\n  .metadata.labels.a: expected '
      + 'string, got &value.valueUnstructured{Value:true}\n  .spec.paused: expected boolean, got &{1}\n'
      + '  .spec.replicas: expected numeric (int or float), got string'],
    ['duplicates', doc({ spec: { template: { spec: { containers: [{ name: 'c' }, { name: 'c' }] } } } }), 500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: duplicate '
      + 'entries for key [name="c"]'],
    ['an item without its key', doc({ spec: { template: { spec: { containers: [{ image: 'c' }] } } } }), 500,
      'failed to create typed patch object (/web; apps/v1, Kind=Deployment): .spec.template.spec.containers: element 0: '
      + 'associative list with keys has an element that omits key field "name" (and doesn\'t have default value)'],
    ['owners', doc({}, { managedFields: [] }), 400, 'metadata.managedFields must be nil'],
    ['another kind', { ...doc({}), kind: 'Pod' }, 400, 'invalid object type: apps/v1, Kind=Pod'],
    ['no kind', { apiVersion: 'v1' }, 400, 'invalid object type: /v1, Kind='],
  ];
  for (const [what, patch, code, message] of bad) {
    it(`refuses ${what}`, () => {
      const refusal = deployments.apply(undefined, patch, 'me', false, t1);
      assert.ok(isFailure(refusal));
      assert.deepEqual([refusal.code, refusal.message], [code, message]);
    });
  }

  it('treats inline types as maps, and free-form data by what it looks like', () => {
    const type: ObjectType = {
      name: 'Widget', plainName: 'Widget', packageName: '', atomic: false, fields: new Map(Object.entries({
        spec: { name: 'spec', required: false, type: { form: 'object', type: {
          name: 'Widget.spec', plainName: 'Widget.spec', packageName: '', atomic: false, fields: new Map(),
          preserveUnknownFields: true } } } as const,
      })),
    };
    const widgets = new FieldManager({
      apiVersion: 'a.b/v1', kind: 'Widget', type, subresource: '', version: () => undefined });
    const given = object('Widget', { spec: { a: { b: [1] }, c: null } }, 'a.b/v1');
    assert.deepEqual(widgets.update(undefined, given, 'm', t0)?.[0]?.fieldsV1,
      { 'f:spec': { '.': {}, 'f:a': { '.': {}, 'f:b': {} }, 'f:c': {} } });
    const turned = stored({ ...given, spec: { a: 1, c: null } } as KubeObject, undefined);
    const live = stored(given, widgets.update(undefined, given, 'm', t0));
    assert.deepEqual(widgets.update(live, turned, 'n', t1)?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
      [['m', { 'f:spec': { '.': {}, 'f:c': {} } }], ['n', { 'f:spec': { 'f:a': {} } }]]);
  });
});
