/** CustomResourceDefinitions inside one API server: from the definition to served objects, versions, and the way out. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { CustomResourceDefinition, KubeObject } from '../../../src/api/types';
import { summary, World } from './harness';

const group = 'stable.example.com';
const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' } as const;
const specSchema = {
  type: 'object',
  properties: {
    spec: { type: 'object', properties: { size: { type: 'integer', default: 1 }, color: { type: 'string' } } },
    status: { type: 'object', properties: { size: { type: 'integer' }, selector: { type: 'string' } } },
  },
};
const version = (name: string, more: object = {}, schema: object = specSchema): object =>
  ({ name, served: true, storage: false, schema: { openAPIV3Schema: schema }, ...more });

function definition(plural: string, kind: string, versions: readonly object[], names: object = {}, spec: object = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind, ...names }, versions, ...spec },
  };
}

const inDefault = { group, namespace: 'default' } as const;
const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): object =>
  ({ apiVersion: `${group}/${apiVersion}`, kind, metadata: { name }, ...more });

function conditions(world: World, name: string): Readonly<Record<string, string>> {
  const { status } = world.must<CustomResourceDefinition>({ verb: 'get', ...definitions, name });
  return Object.fromEntries((status.conditions ?? []).map(({ type, status: state, reason }) => [type, `${state} ${reason ?? ''}`]));
}

describe('API server: custom resources', () => {
  const world = new World({ kinds: kindRegistry(builtInKinds) });
  const define = (body: object): void => {
    world.must({ verb: 'create', ...definitions, body, options: { fieldValidation: 'Strict' } });
    world.settle(100);
  };

  it('are served once their definition is established', () => {
    const [status, scale] = [{}, {
      specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.selector',
    }];
    const body = definition('widgets', 'Widget', [version('v1', {
      storage: true, subresources: { status, scale }, selectableFields: [{ jsonPath: '.spec.color' }],
    })], { shortNames: ['wd'], categories: ['all'] });
    world.must({ verb: 'create', ...definitions, body });
    define(definition('gadgets', 'Gadget', [version('v1', { storage: true })]));
    assert.deepEqual(conditions(world, `widgets.${group}`), {
      NamesAccepted: 'True NoConflicts', Established: 'True InitialNamesAccepted',
    });
    const stored = world.must<CustomResourceDefinition>({ verb: 'get', ...definitions, name: `widgets.${group}` }).status;
    assert.deepEqual([stored.storedVersions, stored.acceptedNames?.listKind], [['v1'], 'WidgetList']);
  });

  it('are created with defaults, without status, and read back', () => {
    const body = object('Widget', 'a', { spec: { color: 'red' }, status: { size: 9 } });
    const made = world.must<KubeObject & { spec: object; status?: object }>({ verb: 'create', ...inDefault, resource: 'widgets', body });
    assert.deepEqual([made.spec, made.status, made.metadata.generation], [{ color: 'red', size: 1 }, undefined, 1]);
    const kept = world.log.machine.store.range({ rpc: 'Range', key: `/registry/${group}/widgets/default/a` });
    assert.ok(kept.ok && kept.response.kvs.length === 1);
    assert.deepEqual(world.must({ verb: 'get', ...inDefault, resource: 'widgets', name: 'a' }), made);
  });

  it('have a status and a scale of their own', () => {
    const ask = { ...inDefault, resource: 'widgets', name: 'a' } as const;
    const before = world.must<KubeObject>({ verb: 'get', ...ask });
    const body = { ...before, spec: { size: 5 }, status: { size: 2, selector: 'app=x', unknown: 1 } };
    const after = world.must<KubeObject & { spec: object; status: object }>({ verb: 'update', ...ask, subresource: 'status', body });
    assert.deepEqual([after.spec, after.status, after.metadata.generation],
      [{ color: 'red', size: 1 }, { size: 2, selector: 'app=x' }, 1]);
    const scale = world.must<KubeObject & { spec: object; status: object }>({ verb: 'get', ...ask, subresource: 'scale' });
    assert.deepEqual([scale.kind, scale.spec, scale.status], ['Scale', { replicas: 1 }, { replicas: 2, selector: 'app=x' }]);
    world.must({ verb: 'patch', ...ask, subresource: 'scale', patchType: 'merge', body: { spec: { replicas: 4 } } });
    const scaled = world.must<KubeObject & { spec: { size: number } }>({ verb: 'get', ...ask });
    assert.deepEqual([scaled.spec.size, scaled.metadata.generation], [4, 2]);
  });

  it('are validated and pruned as the client asks', () => {
    const create = (spec: object, fieldValidation: 'Strict' | 'Warn' | 'Ignore') => world.ask({
      verb: 'create', ...inDefault, resource: 'widgets', body: object('Widget', 'b', { spec }), options: { fieldValidation, dryRun: true },
    });
    assert.equal((create({ nope: 1 }, 'Strict').body as { message?: string }).message,
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.nope"');
    assert.deepEqual(create({ nope: 1 }, 'Warn').warnings, ['unknown field "spec.nope"']);
    assert.deepEqual((create({ nope: 1 }, 'Ignore').body as unknown as { spec: object }).spec, { size: 1 });
    assert.equal((create({ color: 5 }, 'Strict').body as { message?: string }).message,
      'Widget.stable.example.com "b" is invalid: spec.color: Invalid value: "integer": spec.color in body must be of type string: "integer"');
    assert.equal(create({}, 'Strict').code, 201);
  });

  it('refuse strategic merge patches and updates without a resourceVersion', () => {
    const ask = { ...inDefault, resource: 'widgets', name: 'a' } as const;
    assert.equal(world.refused({ verb: 'patch', ...ask, patchType: 'strategic', body: {} }).code, 415);
    const body = object('Widget', 'a', { spec: {} });
    assert.match(world.refused({ verb: 'update', ...ask, body }).message, /metadata\.resourceVersion: Invalid value: .*: must be specified for an update$/);
  });

  it('are selected by the fields that their definition names', () => {
    world.must({ verb: 'create', ...inDefault, resource: 'widgets', body: object('Widget', 'blue', { spec: { color: 'blue' } }) });
    const found = world.must({ verb: 'list', ...inDefault, resource: 'widgets', options: { fieldSelector: 'spec.color=blue' } });
    assert.deepEqual((found as unknown as { items: readonly KubeObject[] }).items.map(({ metadata }) => metadata.name), ['blue']);
    assert.equal(world.refused({ verb: 'list', ...inDefault, resource: 'widgets', options: { fieldSelector: 'spec.size=1' } }).code, 400);
  });

  it('wait for names that are taken until these are free', () => {
    define(definition('others', 'Widget', [version('v1', { storage: true })], { singular: 'other', shortNames: ['wd'] }));
    assert.deepEqual(conditions(world, `others.${group}`), {
      NamesAccepted: 'False ListKindConflict', Established: 'False NotAccepted',
    });
    assert.equal(world.refused({ verb: 'list', ...inDefault, resource: 'others' }).code, 404);
    world.must({ verb: 'delete', ...definitions, name: `widgets.${group}` });
    world.settle(10_000);
    assert.deepEqual(conditions(world, `others.${group}`), {
      NamesAccepted: 'True NoConflicts', Established: 'True InitialNamesAccepted',
    });
  });

  it('end with their definition, which waits for finalizers of instances', () => {
    const name = `gadgets.${group}`;
    const gadgets = { ...inDefault, resource: 'gadgets' } as const;
    world.must({ verb: 'create', ...gadgets, body: object('Gadget', 'free') });
    world.must({ verb: 'create', ...gadgets, body: { ...object('Gadget', 'held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } } });
    const marked = world.must({ verb: 'delete', ...definitions, name });
    assert.deepEqual(marked.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io']);
    world.settle(100);
    assert.equal(conditions(world, name)['Terminating'], 'True InstanceDeletionInProgress');
    assert.equal(world.refused({ verb: 'create', ...gadgets, body: object('Gadget', 'late') }).code, 405);
    const left = world.must({ verb: 'list', ...gadgets }) as unknown as { items: readonly KubeObject[] };
    assert.deepEqual(left.items.map(({ metadata }) => metadata.name), ['held']);
    world.must({ verb: 'patch', ...gadgets, name: 'held', patchType: 'merge', body: { metadata: { finalizers: null } } });
    world.settle(10_000);
    assert.equal(world.refused({ verb: 'get', ...definitions, name }).code, 404);
    assert.equal(world.refused({ verb: 'list', ...gadgets }).code, 404);
  });
});

describe('API server: versions of custom resources', () => {
  const world = new World({ kinds: kindRegistry(builtInKinds) });
  const beta = {
    type: 'object', properties: { spec: { type: 'object', properties: { size: { type: 'integer', maximum: 5 }, old: { type: 'string' } } } },
  };
  const things = { ...inDefault, resource: 'things' } as const;
  const name = `things.${group}`;

  it('share objects, each seen through its own schema, and warn when deprecated', () => {
    world.must({ verb: 'create', ...definitions, body: definition('things', 'Thing', [
      version('v1', { storage: true }), version('v1beta1', { deprecated: true }, beta), version('v1alpha1', { served: false }),
    ]) });
    world.settle(100);
    const body = object('Thing', 'a', { spec: { size: 9, color: 'red' } });
    world.must({ verb: 'create', ...things, body });
    const seen = world.ask({ verb: 'get', ...things, version: 'v1beta1', name: 'a' });
    const { apiVersion, spec } = seen.body as unknown as { apiVersion: string; spec: object };
    assert.deepEqual([apiVersion, spec], [`${group}/v1beta1`, { size: 9 }]);
    assert.deepEqual(seen.warnings, [`${group}/v1beta1 Thing is deprecated; use ${group}/v1 Thing`]);
    assert.equal(world.refused({ verb: 'list', ...things, version: 'v1alpha1' }).code, 404);
  });

  it('are validated as what they are sent as', () => {
    const beta9 = object('Thing', 'b', { spec: { size: 9 } }, 'v1beta1');
    assert.match(world.refused({ verb: 'create', ...things, version: 'v1beta1', body: beta9 }).message,
      /spec\.size in body should be less than or equal to 5$/);
    world.must({ verb: 'create', ...things, version: 'v1beta1', body: object('Thing', 'b', { spec: { size: 2, old: 'x' } }, 'v1beta1') });
    const { spec } = world.must<KubeObject & { spec: object }>({ verb: 'get', ...things, name: 'b' });
    assert.deepEqual(spec, { size: 2 });
  });

  it('follow a change of the stored version and of the schema; streams end', () => {
    const stream = world.watch({ ...things, options: {} });
    assert.deepEqual(summary(stream), ['ADDED a', 'ADDED b']);
    const current = world.must<CustomResourceDefinition>({ verb: 'get', ...definitions, name });
    const versions = current.spec.versions.map((one) => ({ ...one, served: true, storage: one.name === 'v1beta1' }));
    world.must({ verb: 'update', ...definitions, name, body: { ...current, spec: { ...current.spec, versions } } });
    world.settle(100);
    assert.equal(stream.ended, true);
    const { status } = world.must<CustomResourceDefinition>({ verb: 'get', ...definitions, name });
    assert.deepEqual(status.storedVersions, ['v1', 'v1beta1']);
    assert.equal(world.must<KubeObject>({ verb: 'get', ...things, version: 'v1alpha1', name: 'a' }).apiVersion, `${group}/v1alpha1`);
    const a = world.must<KubeObject>({ verb: 'get', ...things, name: 'a' });
    assert.equal(a.apiVersion, `${group}/v1`);
    world.must({ verb: 'update', ...things, name: 'a', body: a });
    const raw = world.log.machine.store.range({ rpc: 'Range', key: `/registry/${group}/things/default/a` });
    assert.equal(raw.ok && (raw.response.kvs[0]?.value as KubeObject).apiVersion, `${group}/v1beta1`);
  });

  it('refuse what a definition may not do', () => {
    const current = world.must<CustomResourceDefinition>({ verb: 'get', ...definitions, name });
    const body = { ...current, spec: { ...current.spec, scope: 'Cluster', group: 'other.example.com' } };
    assert.equal(world.refused({ verb: 'update', ...definitions, name, body }).message, `CustomResourceDefinition.apiextensions.k8s.io "${name}" is `
      + 'invalid: [spec.scope: Invalid value: "Cluster": field is immutable, spec.group: Invalid value: "other.example.com": field is immutable]');
  });
});
