/** Evictions under PodDisruptionBudgets, ephemeral containers and resizes of pods. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds/index';
import { kindRegistry } from '../../../src/api/registry';
import type { KubeObject, Pod, Status } from '../../../src/api/types';
import { type Ask, World } from './harness';

const web = { resource: 'pods', namespace: 'default', name: 'web' };
const budget = { group: 'policy', resource: 'poddisruptionbudgets', namespace: 'default' };

describe('API server: parts of pods', () => {
  let world: World;
  beforeEach(() => {
    world = new World({ kinds: kindRegistry(builtInKinds) });
    world.must({ verb: 'create', resource: 'serviceaccounts', namespace: 'default',
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } } });
    const spec = { containers: [{ name: 'c', image: 'nginx',
      resources: { requests: { cpu: '100m' }, limits: { cpu: '200m', memory: '1Gi' } } }] };
    world.must({ verb: 'create', ...web,
      body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec } });
    setPod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
  });

  function setPod(status: object): void {
    const live = world.must<Pod & KubeObject>(web);
    world.must({ verb: 'update', ...web, subresource: 'status', body: { ...live, status: { ...live.status, ...status } } });
  }

  function makeBudget(name: string, status: object, spec: object = {}): void {
    world.must({ verb: 'create', ...budget, body: {
      apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } }, ...spec } } });
    const live = world.must<KubeObject>({ ...budget, name });
    world.must({ verb: 'update', ...budget, name, subresource: 'status', body: { ...live, status: {
      observedGeneration: 1, currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1, ...status } } });
  }

  const eviction = (more: object = {}): Ask => ({ verb: 'create', ...web, subresource: 'eviction',
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web', namespace: 'default' }, ...more } });

  const violation = "Cannot evict pod as it would violate the pod's disruption budget.";
  const refused: [string, object, string, object][] = [
    ['when nothing is left', {}, 'The disruption budget b needs 1 healthy pods and has 1 currently', {}],
    ['before the controller has looked', { observedGeneration: 0 },
      'The disruption budget b is still being processed by the server.', { retryAfterSeconds: 10 }],
  ];
  for (const [when, status, message, more] of refused) {
    it(`is refused ${when}`, () => {
      makeBudget('b', status);
      const { code, body } = world.ask(eviction());
      const answer = body as Status;
      assert.deepEqual([code, answer.reason, answer.message], [429, 'TooManyRequests', violation]);
      assert.deepEqual(answer.details, { causes: [{ reason: 'DisruptionBudget', message }], ...more });
    });
  }

  it('is written into the budget before the pod goes', () => {
    makeBudget('b', { disruptionsAllowed: 1 });
    assert.equal(world.ask(eviction({ deleteOptions: { dryRun: ['All'] } })).code, 201);
    assert.equal(world.must<KubeObject & { status: { disruptionsAllowed: number } }>(
      { ...budget, name: 'b' }).status.disruptionsAllowed, 1);
    assert.equal(world.ask(eviction()).code, 201);
    assert.equal(world.refused(web).code, 404);
    const { status } = world.must<KubeObject & { status: Record<string, unknown> }>({ ...budget, name: 'b' });
    assert.equal(status['disruptionsAllowed'], 0);
    assert.deepEqual(Object.keys(status['disruptedPods'] as object), ['web']);
    assert.deepEqual((status['conditions'] as { reason: string }[]).map(({ reason }) => reason), ['InsufficientPods']);
  });

  it('is refused under two budgets', () => {
    makeBudget('a', { disruptionsAllowed: 1 });
    makeBudget('b', { disruptionsAllowed: 1 });
    const refusal = world.refused(eviction());
    assert.deepEqual([refusal.code, refusal.message], [500,
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.']);
  });

  const allowed: [string, object, object, object][] = [
    ['a pod that has not started', { phase: 'Pending' }, {}, {}],
    ['a pod that has failed', { phase: 'Failed' }, {}, {}],
    ['a pod that is not ready when the others are enough', { conditions: [] }, {}, {}],
    ['any pod that is not ready when the budget says so', { conditions: [] }, { currentHealthy: 0 },
      { unhealthyPodEvictionPolicy: 'AlwaysAllow' }],
  ];
  for (const [what, pod, status, spec] of allowed) {
    it(`allows to evict ${what}`, () => {
      makeBudget('b', status, spec);
      setPod(pod);
      assert.equal(world.ask(eviction()).code, 201);
    });
  }

  it('refuses another name', () => {
    assert.equal(world.refused(eviction({ metadata: { name: 'other' } })).message,
      'name in URL does not match name in Eviction object');
  });

  it('adds ephemeral containers and drops all else', () => {
    const ask: Ask = { verb: 'patch', ...web, subresource: 'ephemeralcontainers', patchType: 'strategic',
      options: { fieldManager: 'kubectl-debug' }, body: {
        metadata: { labels: { app: 'other' } },
        spec: { nodeName: 'n', ephemeralContainers: [{ name: 'd', image: 'busybox' }] } } };
    const pod = world.must<Pod & KubeObject>(ask);
    assert.deepEqual([pod.metadata.labels, pod.spec.nodeName, pod.spec.ephemeralContainers?.[0]?.name],
      [{ app: 'web' }, undefined, 'd']);
    const entry = pod.metadata.managedFields?.find(({ manager }) => manager === 'kubectl-debug');
    assert.equal(entry?.subresource, 'ephemeralcontainers');
    assert.deepEqual(Object.keys((entry?.fieldsV1 as Record<string, object>)['f:spec'] ?? {}), ['f:ephemeralContainers']);
    const refusal = world.refused({ ...ask, patchType: 'merge', body: { spec: { ephemeralContainers: [] } } });
    assert.equal(refusal.message,
      'Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be removed\n');
  });

  const resize = (resources: object, more: object = {}): Ask => ({ verb: 'patch', ...web, subresource: 'resize',
    patchType: 'strategic', body: { spec: { containers: [{ name: 'c', resources }], ...more } } });

  it('resizes cpu and memory', () => {
    const pod = world.must<Pod & KubeObject>(resize({ requests: { cpu: '150m' } }, { nodeName: 'n' }));
    assert.deepEqual([pod.spec.containers[0]?.resources?.requests?.['cpu'], pod.spec.nodeName, pod.metadata.generation],
      ['150m', undefined, 2]);
  });

  const badResizes: [string, Ask, string][] = [
    ['another class of service', resize({ requests: { cpu: '200m', memory: '1Gi' } }),
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing'],
    ['taking a limit away', resize({ limits: { cpu: null } }),
      'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
    ['other resources', resize({ limits: { 'ephemeral-storage': '1Gi' } }),
      'spec: Forbidden: only cpu and memory resources are mutable'],
  ];
  for (const [what, ask, message] of badResizes) {
    it(`refuses ${what}`, () => {
      const refusal = world.refused(ask);
      assert.equal(refusal.code, 422);
      assert.ok(refusal.message.includes(message), refusal.message);
    });
  }
});
