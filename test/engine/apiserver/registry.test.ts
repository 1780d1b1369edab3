import assert from 'node:assert/strict';
import type { KubeObject, Namespace, Pod, Status } from '../../../src/api/types';
import { type Ask, pod, World } from './harness';

const inDefault = { namespace: 'default' } as const;
const configMap = (name: string, more: object = {}, metadata: object = {}): object =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...more });
const createMap = (name: string, more: object = {}, metadata: object = {}): Ask =>
  ({ verb: 'create', resource: 'configmaps', ...inDefault, body: configMap(name, more, metadata) });

describe('API server: create, get, list', () => {
  const world = new World();

  it('fills in what the server owns and drops what the client may not set', () => {
    const body = configMap('first', { data: { a: 'b' } }, {
      uid: 'mine', generation: 9, creationTimestamp: '1999-01-01T00:00:00Z', deletionTimestamp: '1999-01-01T00:00:00Z',
      labels: { app: 'x' },
    });
    const { metadata } = world.must({ verb: 'create', resource: 'configmaps', ...inDefault, body });
    assert.match(metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(metadata.creationTimestamp, '2026-01-02T03:04:05Z');
    assert.equal(metadata.generation, undefined);
    assert.equal(metadata.deletionTimestamp, undefined);
    assert.equal(metadata.namespace, 'default');
    assert.equal(metadata.resourceVersion, String(world.log.machine.store.revision));
    assert.deepEqual(world.get('configmaps', 'first', 'default').metadata, metadata);
    assert.ok(Object.isFrozen(world.get('configmaps', 'first', 'default').metadata));
  });

  it('stores objects under the keys of upstream, without resourceVersion', () => {
    const { store } = world.log.machine;
    const found = store.range({ rpc: 'Range', key: '/registry/', rangeEnd: '/registry0' });
    assert.ok(found.ok);
    const keys = found.response.kvs.map(({ key }) => key);
    for (const key of [
      '/registry/configmaps/default/first', '/registry/namespaces/kube-node-lease',
      '/registry/services/specs/default/kubernetes', '/registry/clusterroles/cluster-admin',
      '/registry/priorityclasses/system-node-critical', '/registry/ipaddresses/10.96.0.1',
      '/registry/masterleases/172.18.0.2', '/registry/rolebindings/kube-system/system:controller:token-cleaner',
    ]) assert.ok(keys.includes(key), key);
    const stored = found.response.kvs.find(({ key }) => key === '/registry/configmaps/default/first');
    assert.equal((stored?.value as KubeObject).metadata.resourceVersion, undefined);
  });

  const refusals: [string, Ask, number, string][] = [
    ['a taken name', createMap('first'), 409, 'configmaps "first" already exists'],
    ['another namespace in the body', createMap('x', {}, { namespace: 'other' }), 400,
      'the namespace of the provided object does not match the namespace sent on the request'],
    ['a resourceVersion', createMap('x', {}, { resourceVersion: '5' }), 500,
      'resourceVersion should not be set on objects to be created'],
    ['no name', createMap(''), 422,
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'],
    ['two problems at once', createMap('Bad_Name', {}, { labels: { a: '-' } }), 422,
      'ConfigMap "Bad_Name" is invalid: [metadata.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain must '
      + "consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
      + "character "
      + "(e.g. 'example.com', regex used for validation is "
      + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), metadata.labels: Invalid value: \"-\": "
      + "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
      + "start and "
      + "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
      + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')]"],
    ['two controllers', createMap('x', {}, { ownerReferences: [
      { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: '1', controller: true },
      { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: '2', controller: true },
    ] }), 422, 'Only one reference can have Controller set to true. Found "true" in references for Pod/a and Pod/b'],
    ['a finalizer without a domain', createMap('x', {}, { finalizers: ['mine'] }), 422,
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully '
      + 'qualified'],
    ['a missing namespace', { ...createMap('x'), namespace: 'nowhere' }, 404, 'namespaces "nowhere" not found'],
    ['an unknown resource', { verb: 'get', resource: 'gadgets', name: 'x', ...inDefault }, 404,
      'the server could not find the requested resource'],
    ['an object of another kind', { verb: 'create', resource: 'configmaps', ...inDefault, body: pod('x') }, 400,
      'Pod in version "v1" cannot be handled as a ConfigMap'],
    ['an unknown field under strict validation',
      { ...createMap('x', { foo: 1 }), options: { fieldValidation: 'Strict' } }, 400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "foo"'],
    ['a wrong type', { ...createMap('x', { data: 'text' }), options: { fieldValidation: 'Strict' } }, 400,
      'json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string'],
    ['an object that is not there', { verb: 'get', resource: 'configmaps', name: 'nope', ...inDefault }, 404,
      'configmaps "nope" not found'],
    ['a subresource that is not modelled', { verb: 'get', resource: 'pods', name: 'x', subresource: 'log',
      ...inDefault },
      501, 'pods/log is not modelled'],
    ['a namespaced object without namespace', { verb: 'create', resource: 'configmaps', body: configMap('x') }, 405,
      'the server does not allow this method on the requested resource'],
  ];
  for (const [what, ask, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const refusal = world.refused(ask);
      assert.equal(refusal.code, code);
      assert.ok(refusal.message.includes(message), refusal.message);
    });
  }

  it('warns about unknown fields when asked to', () => {
    const answer = world.ask({ ...createMap('warned', { foo: 1 }), options: { fieldValidation: 'Warn' } });
    assert.equal(answer.code, 201);
    assert.deepEqual(answer.warnings, ['unknown field "foo"']);
    assert.equal('foo' in (answer.body as object), false);
  });

  it('generates names', () => {
    const { metadata } = world.must(createMap('', {}, { generateName: 'web-' }));
    assert.match(metadata.name, /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.equal(metadata.generateName, 'web-');
  });

  it('lists by namespace, labels and fields, in pages at one revision', () => {
    for (const name of ['l1', 'l2', 'l3', 'l4']) {
      world.must({ ...createMap(name, {}, { labels: { page: name } }), namespace: 'kube-public' });
    }
    const list = (options: Ask['options'], namespace?: string) =>
      world.ask({ verb: 'list', resource: 'configmaps', namespace, options }).body as {
        items: KubeObject[]; metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
      };
    const names = (of: { items: KubeObject[] }) => of.items.map(({ metadata }) => metadata.name);
    assert.deepEqual(names(list({ labelSelector: 'page in (l2,l3)' })), ['l2', 'l3']);
    assert.deepEqual(names(list({ fieldSelector: 'metadata.name=l4' }, 'kube-public')), ['l4']);
    const first = list({ limit: 3 }, 'kube-public');
    assert.deepEqual(names(first), ['l1', 'l2', 'l3']);
    assert.equal(first.metadata.remainingItemCount, 1);
    world.must({ ...createMap('l5'), namespace: 'kube-public' });
    const second = list({ limit: 3, continue: first.metadata.continue }, 'kube-public');
    assert.deepEqual(names(second), ['l4'], 'what came later is not on a later page');
    assert.equal(second.metadata.continue, undefined);
    assert.deepEqual(names(list({ resourceVersion: first.metadata.resourceVersion, resourceVersionMatch: 'Exact' },
      'kube-public')), ['l1', 'l2', 'l3', 'l4']);
  });

  const badLists: [Ask['options'], string, number, string][] = [
    [{ fieldSelector: 'spec.foo=1' }, 'pods', 400, 'field label not supported: spec.foo'],
    [{ fieldSelector: 'spec.foo=1' }, 'configmaps', 400,
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"'],
    [{ labelSelector: 'a==b==c' }, 'pods', 400, "found '==', expected: ',' or 'end of string'"],
    [{ resourceVersion: 'abc' }, 'pods', 500,
      'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax'],
    [{ resourceVersion: 'abc', limit: 1 }, 'pods', 400,
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid '
      + 'syntax'],
    [{ continue: 'nonsense' }, 'pods', 400, 'continue key is not valid'],
    [{ resourceVersion: '99999' }, 'pods', 504, 'Timeout: Too large resource version: 99999, current:'],
  ];
  for (const [options, resource, code, message] of badLists) {
    it(`refuses to list ${resource} with ${JSON.stringify(options)}`, () => {
      const refusal = world.refused({ verb: 'list', resource, options });
      assert.equal(refusal.code, code);
      assert.ok(refusal.message.includes(message), refusal.message);
    });
  }
});

describe('API server: update and patch', () => {
  const world = new World();
  world.must({ verb: 'create', resource: 'deployments', group: 'apps', ...inDefault, body: {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 1 },
  } });
  const target = { resource: 'deployments', group: 'apps', name: 'web', ...inDefault } as const;
  const current = (): KubeObject & { spec: { replicas: number }; status: { replicas?: number } } =>
    world.get('deployments', 'web', 'default', 'apps');

  it('counts generations for the desired state only', () => {
    const before = current();
    assert.equal(before.metadata.generation, 1);
    const scaled = world.must({ ...target, verb: 'update', body: { ...before, spec: { replicas: 2 },
      status: { replicas: 7 } } });
    assert.equal(scaled.metadata.generation, 2);
    assert.deepEqual(current().status, {}, 'the main resource does not write status');
    world.must({ ...target, verb: 'update', subresource: 'status', body: { ...current(), spec: { replicas: 9 },
      status: { replicas: 7 } } });
    assert.equal(current().spec.replicas, 2, 'status does not write the desired state');
    assert.equal(current().status.replicas, 7);
    assert.equal(current().metadata.generation, 2);
  });

  it('writes nothing when nothing changes', () => {
    const { revision } = world.log.machine.store;
    const same = world.must({ ...target, verb: 'update', body: current() });
    assert.equal(same.metadata.resourceVersion, current().metadata.resourceVersion);
    assert.equal(world.log.machine.store.revision, revision);
  });

  const conflictText = 'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; '
    + 'please apply your changes to the latest version and try again';
  it('refuses a stale resourceVersion and takes an update without one', () => {
    const stale = current();
    world.must({ ...target, verb: 'patch', patchType: 'merge', body: { metadata: { labels: { a: '1' } } } });
    for (const body of [{ ...stale, spec: { replicas: 5 } }]) {
      assert.deepEqual(world.refused({ ...target, verb: 'update', body }), { code: 409, message: conflictText,
        reason: 'Conflict' });
    }
    const patched = { metadata: { resourceVersion: stale.metadata.resourceVersion }, spec: { replicas: 5 } };
    assert.equal(world.refused({ ...target, verb: 'patch', patchType: 'merge', body: patched }).message, conflictText);
    const { resourceVersion: _, ...metadata } = current().metadata;
    world.must({ ...target, verb: 'update', body: { ...current(), metadata, spec: { replicas: 3 } } });
    assert.equal(current().spec.replicas, 3);
  });

  it('applies concurrent patches one after the other', () => {
    const answers: number[] = [];
    for (const label of ['x', 'y', 'z']) {
      world.send({ ...target, verb: 'patch', patchType: 'merge', body: { metadata: { labels: { [label]: '1' } } } },
        { kind: 'certificate', commonName: 'admin', organizations: ['system:masters'] },
        (result) => answers.push(result.ok ? (result.payload as { code: number }).code : 0));
    }
    world.settle();
    assert.deepEqual(answers, [200, 200, 200]);
    assert.deepEqual(Object.keys(current().metadata.labels ?? {}).sort(), ['a', 'x', 'y', 'z']);
  });

  const patches: [string, Ask, (after: ReturnType<typeof current>) => void][] = [
    ['JSON', { ...target, verb: 'patch', patchType: 'json', body: [{ op: 'replace', path: '/spec/replicas',
      value: 4 }] },
      (after) => assert.equal(after.spec.replicas, 4)],
    ['merge', { ...target, verb: 'patch', patchType: 'merge', body: { metadata: { labels: { x: null } } } },
      (after) => assert.equal(after.metadata.labels?.['x'], undefined)],
    ['strategic', { ...target, verb: 'patch', patchType: 'strategic', body: { spec: { replicas: 6 } } },
      (after) => assert.equal(after.spec.replicas, 6)],
    ['scale', { ...target, verb: 'patch', patchType: 'merge', subresource: 'scale', body: { spec: { replicas: 8 } } },
      (after) => assert.equal(after.spec.replicas, 8)],
    ['scale PUT', { ...target, verb: 'update', subresource: 'scale', body: { metadata: { name: 'web' },
      spec: { replicas: 2 } } },
      (after) => assert.equal(after.spec.replicas, 2)],
  ];
  for (const [name, ask, check] of patches) {
    it(`patches: ${name}`, () => {
      world.must(ask);
      check(current());
    });
  }

  it('shows the scale', () => {
    const scale = world.must<KubeObject & { spec: object; status: object }>({ ...target, verb: 'get',
      subresource: 'scale' });
    assert.deepEqual([scale.kind, scale.spec, scale.status], ['Scale', { replicas: 2 }, { replicas: 7,
      selector: 'app=web' }]);
  });

  const refusals: [string, Ask, number, string][] = [
    ['an apply without a manager', { ...target, verb: 'patch', patchType: 'apply', body: {} }, 422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ['too many operations', { ...target, verb: 'patch', patchType: 'json',
      body: Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'Deployment' })) }, 413,
      'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001'],
    ['a patch that makes it invalid', { ...target, verb: 'patch', patchType: 'json',
      body: [{ op: 'replace', path: '/metadata/labels', value: { 'a b': '1' } }] }, 422,
        'metadata.labels: Invalid value: "a b"'],
    ['a patch that does not apply', { ...target, verb: 'patch', patchType: 'json', body: [{ op: 'remove',
      path: '/nope' }] },
      422, 'the server rejected our request due to an error in our request'],
    ['a patch of what is not there', { ...target, name: 'nope', verb: 'patch', patchType: 'merge', body: {} }, 404,
      'deployments.apps "nope" not found'],
    ['another name in the body', { ...target, verb: 'update', body: { metadata: { name: 'other' } } }, 400,
      'the name of the object (other) does not match the name on the URL (web)'],
    ['another uid', { ...target, verb: 'update', body: { metadata: { name: 'web', uid: 'u-1' } } }, 409,
      'Operation cannot be fulfilled on deployments.apps "web": StorageError: invalid object, Code: 4, Key: '
      + '/registry/deployments/default/web, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in '
      + 'precondition: u-1, UID in object meta: '],
    ['negative scale', { ...target, verb: 'patch', patchType: 'merge', subresource: 'scale',
      body: { spec: { replicas: -1 } } },
      422, 'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ['a deletionTimestamp', { ...target, verb: 'patch', patchType: 'merge',
      body: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } } }, 422,
      'metadata.deletionTimestamp: Invalid value: "2026-01-01T00:00:00Z": field is immutable'],
    ['a lease without resourceVersion', { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', name: 'l',
      ...inDefault,
      body: { metadata: { name: 'l' }, spec: { holderIdentity: 'b' } } }, 422,
      'metadata.resourceVersion: Invalid value: 0: must be specified for an update'],
  ];
  world.must({ verb: 'update', resource: 'leases', group: 'coordination.k8s.io', name: 'l', ...inDefault,
    body: { metadata: { name: 'l' }, spec: { holderIdentity: 'a' } } });
  for (const [what, ask, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const refusal = world.refused(ask);
      assert.equal(refusal.code, code, refusal.message);
      assert.ok(refusal.message.includes(message), refusal.message);
    });
  }

  it('creates by PUT where the kind allows it', () => {
    const put: Ask = { verb: 'update', resource: 'leases', group: 'coordination.k8s.io', name: 'new', ...inDefault,
      body: { metadata: { name: 'new' }, spec: { holderIdentity: 'a' } } };
    assert.equal(world.ask(put).code, 201);
    assert.equal(world.ask({ ...put, resource: 'deployments', group: 'apps',
      body: { metadata: { name: 'new' } } }).code, 404);
  });

  it('changes nothing on a dry run', () => {
    const { revision } = world.log.machine.store;
    const answer = world.must<KubeObject & { data: object }>({ ...createMap('dry', { data: { a: '1' } }),
      options: { dryRun: true } });
    assert.ok(answer.metadata.uid);
    const scaled = world.must({ ...target, verb: 'patch', patchType: 'merge', body: { spec: { replicas: 99 } },
      options: { dryRun: true } });
    assert.equal((scaled as unknown as { spec: { replicas: number } }).spec.replicas, 99);
    world.must({ ...target, verb: 'delete', options: { dryRun: true } });
    assert.equal(world.log.machine.store.revision, revision);
    assert.equal(world.refused({ verb: 'get', resource: 'configmaps', name: 'dry', ...inDefault }).code, 404);
  });
});

describe('API server: delete', () => {
  const world = new World();
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault,
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } } });
  const podAsk = (name: string) => ({ resource: 'pods', name, ...inDefault }) as const;
  const createPod = (name: string, spec: object = {}, metadata: object = {}): Pod & KubeObject =>
    world.must<Pod & KubeObject>({ verb: 'create', resource: 'pods', ...inDefault, body: pod(name, { spec,
      metadata }) });
  const exists = (name: string, resource = 'pods'): boolean =>
    world.ask({ verb: 'get', resource, name, ...inDefault }).code === 200;

  it('answers with a Status when the object is gone at once', () => {
    const { metadata } = world.must(createMap('gone'));
    const status = world.ask({ verb: 'delete', resource: 'configmaps', name: 'gone', ...inDefault }).body as Status;
    assert.deepEqual(status, { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success',
      details: { name: 'gone', kind: 'configmaps', uid: metadata.uid } });
    assert.equal(world.refused({ verb: 'delete', resource: 'configmaps', name: 'gone', ...inDefault }).message,
      'configmaps "gone" not found');
  });

  it('removes an unscheduled pod at once and gives a scheduled one its time', () => {
    createPod('free');
    assert.equal(world.must({ ...podAsk('free'), verb: 'delete' }).kind, 'Pod');
    assert.equal(exists('free'), false);
    const bound = createPod('bound', { nodeName: 'n', terminationGracePeriodSeconds: 60 });
    const marked = world.must({ ...podAsk('bound'), verb: 'delete' });
    assert.equal(marked.metadata.deletionGracePeriodSeconds, 60);
    assert.equal(marked.metadata.deletionTimestamp, '2026-01-02T03:05:05Z');
    assert.equal(marked.metadata.generation, (bound.metadata.generation ?? 0) + 1);
    const again = world.must({ ...podAsk('bound'), verb: 'delete' });
    assert.equal(again.metadata.resourceVersion, marked.metadata.resourceVersion, 'a second deletion changes nothing');
    const shortened = world.must({ ...podAsk('bound'), verb: 'delete', options: { gracePeriodSeconds: 10 } });
    assert.equal(shortened.metadata.deletionTimestamp, '2026-01-02T03:04:15Z');
    const lengthened = world.must({ ...podAsk('bound'), verb: 'delete', options: { gracePeriodSeconds: 50 } });
    assert.equal(lengthened.metadata.deletionGracePeriodSeconds, 10);
    world.must({ ...podAsk('bound'), verb: 'delete', options: { gracePeriodSeconds: 0 } });
    assert.equal(exists('bound'), false);
  });

  it('keeps what has finalizers until they are gone', () => {
    createPod('final', { nodeName: 'n' }, { finalizers: ['example.com/hold'] });
    const forced = world.must({ ...podAsk('final'), verb: 'delete', options: { gracePeriodSeconds: 0 } });
    assert.equal(forced.metadata.deletionGracePeriodSeconds, 0);
    assert.ok(exists('final'));
    const more = { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } };
    assert.ok(world.refused({ ...podAsk('final'), verb: 'patch', patchType: 'merge', body: more }).message.includes(
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new '
      + 'finalizers []string{"example.com/more"}'));
    world.must({ ...podAsk('final'), verb: 'patch', patchType: 'merge', body: { metadata: { finalizers: null } } });
    assert.equal(exists('final'), false);
    world.must(createMap('held', {}, { finalizers: ['example.com/hold'] }));
    const held = world.must({ verb: 'delete', resource: 'configmaps', name: 'held', ...inDefault });
    assert.equal(held.metadata.deletionTimestamp, '2026-01-02T03:04:05Z');
  });

  for (const [propagationPolicy, finalizers] of [
    ['Orphan', ['orphan']], ['Foreground', ['foregroundDeletion']], ['Background', undefined],
  ] as const) {
    it(`translates propagation policy ${propagationPolicy} into finalizers`, () => {
      world.must(createMap(propagationPolicy.toLowerCase()));
      const answer = world.must({ verb: 'delete', resource: 'configmaps', name: propagationPolicy.toLowerCase(),
        ...inDefault, options: { propagationPolicy } });
      assert.deepEqual(answer.metadata.finalizers, finalizers);
      assert.equal(exists(propagationPolicy.toLowerCase(), 'configmaps'), finalizers !== undefined);
    });
  }

  it('checks preconditions', () => {
    const { metadata } = world.must(createMap('pre'));
    const ask = { verb: 'delete', resource: 'configmaps', name: 'pre', ...inDefault } as const;
    assert.equal(world.refused({ ...ask, options: { preconditions: { uid: 'other' } } }).message,
      'Operation cannot be fulfilled on ConfigMap "pre": the UID in the precondition (other) does not match the UID in '
      + `record (${metadata.uid}). The object might have been deleted and then recreated`);
    assert.equal(world.refused({ ...ask, options: { preconditions: { resourceVersion: '1' } } }).code, 409);
    world.must({ ...ask, options: { preconditions: { uid: metadata.uid } } });
  });

  it('deletes collections by selector', () => {
    for (const name of ['c1', 'c2', 'c3']) world.must(createMap(name, {},
      { labels: { set: name === 'c3' ? 'no' : 'yes' } }));
    world.must({ verb: 'deletecollection', resource: 'configmaps', ...inDefault,
      options: { labelSelector: 'set=yes' } });
    assert.deepEqual(['c1', 'c2', 'c3'].map((name) => exists(name, 'configmaps')), [false, false, true]);
  });

  it('evicts a pod by deleting it', () => {
    createPod('evicted', { nodeName: 'n' });
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } };
    const answer = world.ask({ ...podAsk('evicted'), verb: 'create', subresource: 'eviction', body });
    assert.deepEqual([answer.code, (answer.body as Status).status], [201, 'Success']);
    assert.equal(world.get('pods', 'evicted', 'default').metadata.deletionGracePeriodSeconds, 30);
  });

  it('binds a pod once', () => {
    createPod('unbound');
    const bind = (node: string): Ask => ({ ...podAsk('unbound'), verb: 'create', subresource: 'binding',
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'unbound' }, target: { kind: 'Node',
        name: node } } });
    assert.equal(world.refused(bind('')).message, 'Binding "unbound" is invalid: target.name: Required value');
    const answer = world.ask(bind('n1'));
    assert.deepEqual([answer.code, (answer.body as Status).status], [201, 'Success']);
    const bound = world.get<Pod & KubeObject>('pods', 'unbound', 'default');
    assert.equal(bound.spec.nodeName, 'n1');
    assert.deepEqual(bound.status?.conditions, [{
      type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z', observedGeneration: 1,
    }]);
    assert.equal(world.refused(bind('n2')).message, 'Operation cannot be fulfilled on pods/binding "unbound": '
      + 'pod unbound is already assigned to node "n1"');
    world.must({ ...podAsk('unbound'), verb: 'delete' });
    assert.equal(world.refused(bind('n2')).message, 'Operation cannot be fulfilled on pods/binding "unbound": '
      + 'pod unbound is being deleted, cannot be assigned to a host');
  });

  it('terminates a namespace in two steps', () => {
    world.must({ verb: 'create', resource: 'namespaces', body: { apiVersion: 'v1', kind: 'Namespace',
      metadata: { name: 'ns' } } });
    const terminating = world.must<Namespace & KubeObject>({ verb: 'delete', resource: 'namespaces', name: 'ns' });
    assert.equal(terminating.status?.phase, 'Terminating');
    assert.deepEqual(terminating.spec?.finalizers, ['kubernetes']);
    assert.ok(terminating.metadata.deletionTimestamp);
    assert.deepEqual(world.refused({ ...createMap('late'), namespace: 'ns' }), { code: 403, reason: 'Forbidden',
      message:
      'configmaps "late" is forbidden: unable to create new content in namespace ns because it is being terminated' });
    assert.equal(world.ask({ verb: 'delete', resource: 'namespaces', name: 'ns' }).code, 200, 'again changes nothing');
    world.must({ verb: 'update', resource: 'namespaces', name: 'ns', subresource: 'finalize',
      body: { ...terminating, spec: { finalizers: [] } } });
    assert.equal(world.refused({ verb: 'get', resource: 'namespaces', name: 'ns' }).code, 404);
  });
});
