/** Server-side apply and field ownership through the API server: creation, subresources, dry run, versions. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds/index';
import { kindRegistry } from '../../../src/api/registry';
import type { KubeObject, ManagedFieldsEntry } from '../../../src/api/types';
import { type Ask, summary, World } from './harness';

const web = { group: 'apps', resource: 'deployments', namespace: 'default', name: 'web' };

function deployment(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', ...metadata },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } }, ...spec,
    },
  };
}

const apply = (body: object, fieldManager: string, more: Partial<Ask> = {}): Ask => ({
  ...web, verb: 'patch', patchType: 'apply', body, options: { fieldManager, fieldValidation: 'Strict' }, ...more,
});

function owners(object: KubeObject): string[] {
  return (object.metadata.managedFields ?? []).map(({ manager, operation, subresource = '' }: ManagedFieldsEntry) =>
    `${manager} ${operation} ${subresource}`.trim());
}

describe('API server: server-side apply', () => {
  let world: World;
  beforeEach(() => {
    world = new World({ kinds: kindRegistry(builtInKinds) });
  });

  it('creates what is not there, and changes nothing when nothing changed', () => {
    const created = world.ask(apply(deployment(), 'helm'));
    assert.equal(created.code, 201);
    const { metadata } = created.body as KubeObject;
    assert.deepEqual([metadata.namespace, metadata.generation, owners(created.body as KubeObject)],
      ['default', 1, ['helm Apply']]);
    world.settle(5_000);
    const again = world.ask(apply(deployment(), 'helm'));
    assert.deepEqual([again.code, again.body], [200, created.body]);
  });

  const refusals: [string, Ask, number, RegExp][] = [
    ['a uid of an object that is not there', apply(deployment({}, { uid: 'u' }), 'm'), 409, /uid mismatch: the provided/],
    ['another name', apply(deployment({}, { name: 'other' }), 'm'), 400, /the name of the object \(other\) does not match/],
    ['another namespace', apply(deployment({}, { namespace: 'kube-system' }), 'm'), 400, /namespace of the provided/],
    ['what is invalid', apply(deployment({ replicas: -1 }), 'm'), 422, /spec.replicas: Invalid value: -1/],
    ['a status of what is not there', apply({ apiVersion: 'apps/v1', kind: 'Deployment' }, 'm', { subresource: 'status' }),
      404, /deployments.apps "web" not found/],
  ];
  for (const [what, ask, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const refusal = world.refused(ask);
      assert.equal(refusal.code, code, refusal.message);
      assert.match(refusal.message, message);
    });
  }

  it('refuses a stale resourceVersion', () => {
    world.must(apply(deployment(), 'helm'));
    const refusal = world.refused(apply(deployment({ replicas: 2 }, { resourceVersion: '1' }), 'helm'));
    assert.equal(refusal.code, 409);
    assert.match(refusal.message, /the object has been modified/);
  });

  it('changes nothing in a dry run', () => {
    const options = { fieldManager: 'm', dryRun: true };
    assert.equal(world.ask(apply(deployment(), 'm', { options })).code, 201);
    assert.equal(world.refused({ ...web, verb: 'get' }).code, 404);
  });

  it('keeps status apart: who applies it owns nothing of the spec, and the other way round', () => {
    world.must(apply(deployment(), 'helm'));
    const status = { status: { replicas: 2 } };
    const updated = world.must(apply({ ...deployment({ replicas: 9 }), ...status }, 'reporter', { subresource: 'status' }));
    const entry = updated.metadata.managedFields?.find(({ manager }) => manager === 'reporter');
    assert.deepEqual(entry?.fieldsV1, { 'f:status': { 'f:replicas': {} } });
    assert.equal((updated as unknown as { spec: { replicas: number } }).spec.replicas, 1);
    const applied = world.must(apply({ ...deployment(), status: { replicas: 7 } }, 'helm'));
    assert.equal((applied as unknown as { status: { replicas: number } }).status.replicas, 2);
    assert.deepEqual(owners(applied), ['helm Apply', 'reporter Apply status']);
  });

  it('keeps the owners of replicas in step with the scale', () => {
    world.must(apply(deployment({ replicas: 1 }), 'helm'));
    const scale = { ...web, subresource: 'scale' };
    world.must({ ...scale, verb: 'patch', patchType: 'merge', body: { spec: { replicas: 4 } },
      options: { fieldManager: 'kubectl' } });
    const scaled = world.must({ ...web });
    assert.deepEqual(owners(scaled), ['helm Apply', 'kubectl Update scale']);
    const refusal = world.refused({ ...scale, verb: 'patch', patchType: 'apply', options: { fieldManager: 'hpa' },
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 2 } } });
    assert.equal(refusal.message, 'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using '
      + 'autoscaling/v1: .spec.replicas');
  });

  it('tracks updates by the user agent, and takes ownership that a patch writes', () => {
    world.must({ ...web, verb: 'create', body: deployment({}, { namespace: 'default' }), userAgent: 'my-tool/v1 (linux)' });
    const live = world.must({ ...web });
    assert.deepEqual(owners(live), ['my-tool Update']);
    const [entry] = live.metadata.managedFields ?? [];
    const renamed = world.must({ ...web, verb: 'patch', patchType: 'json', body: [
      { op: 'replace', path: '/metadata/managedFields', value: [{ ...entry, manager: 'kubectl', operation: 'Apply' }] },
    ] });
    assert.deepEqual(owners(renamed), ['kubectl Apply']);
    const forgotten = world.must({ ...web, verb: 'patch', patchType: 'merge', body: { metadata: { managedFields: [{}] } } });
    assert.equal(forgotten.metadata.managedFields, undefined);
  });

  it('drops repeated owner references with a warning', () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' };
    const answer = world.ask({ verb: 'create', resource: 'configmaps', namespace: 'default', options: { fieldValidation: 'Warn' },
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', ownerReferences: [owner, owner] } } });
    assert.deepEqual((answer.body as KubeObject).metadata.ownerReferences, [owner]);
    assert.match(answer.warnings?.[0] ?? '', /duplicate UID\(s\) observed: u$/);
  });

  it('serves events in both groups from one storage, and tracks owners in the version they used', () => {
    const name = { namespace: 'default', name: 'e' };
    const body = {
      apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: name, eventTime: '2026-01-02T03:04:05.000000Z',
      reportingController: 'a.b/c', reportingInstance: 'i', action: 'Do', reason: 'Because', type: 'Normal', note: 'n',
      regarding: { kind: 'Pod', namespace: 'default', name: 'p' },
    };
    const streams = ['', 'events.k8s.io'].map((group) => world.watch({ group, resource: 'events', namespace: 'default' }));
    const created = world.must({ verb: 'create', group: 'events.k8s.io', resource: 'events', namespace: 'default', body });
    assert.deepEqual([created.apiVersion, (created as unknown as { note: string }).note], ['events.k8s.io/v1', 'n']);
    const core = world.must({ resource: 'events', ...name });
    assert.deepEqual([core.apiVersion, (core as unknown as { message: string }).message], ['v1', 'n']);
    assert.equal(core.metadata.managedFields?.[0]?.apiVersion, 'events.k8s.io/v1');
    world.settle();
    for (const stream of streams) assert.ok(summary(stream).includes('ADDED e'));
    const seen = streams.map(({ events }) => events.find(({ object }) => object.metadata.name === 'e')?.object.apiVersion);
    assert.deepEqual(seen, ['v1', 'events.k8s.io/v1']);
    const listed = world.must<KubeObject>({ verb: 'list', group: 'events.k8s.io', resource: 'events',
      options: { fieldSelector: 'regarding.name=p' } }) as unknown as { items: KubeObject[] };
    assert.deepEqual(listed.items.map((item) => item.apiVersion), ['events.k8s.io/v1']);
    const patched = world.must({ verb: 'patch', resource: 'events', ...name, patchType: 'merge', body: { message: 'other' },
      options: { fieldManager: 'second' } });
    assert.deepEqual(owners(patched), ['second Update', 'test Update']);
    assert.equal(JSON.stringify(patched.metadata.managedFields).includes('f:note'), false);
  });
});
