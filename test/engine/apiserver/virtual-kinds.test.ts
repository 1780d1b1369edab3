/** Kinds of the core group that are computed or deprecated: ComponentStatuses, Bindings, Endpoints; and Jobs' orphans. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { ApiList } from '../../../src/api/request';
import type { AutoscalingV1HorizontalPodAutoscaler, ComponentStatus, KubeObject, Pod } from '../../../src/api/types';
import { pod, World } from './harness';

const inDefault = { namespace: 'default' } as const;

describe('API server: kinds with ways of their own', () => {
  const world = new World({ kinds: kindRegistry(builtInKinds) });
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });

  it('asks the components for their status', () => {
    const answer = world.ask({ verb: 'list', resource: 'componentstatuses' });
    const { items } = answer.body as ApiList<ComponentStatus & KubeObject>;
    assert.deepEqual(items.map(({ metadata, conditions }) => [metadata.name, conditions?.[0]?.status]),
      [['controller-manager', 'False'], ['etcd-0', 'True'], ['scheduler', 'False']]);
    assert.equal(items[2]?.conditions?.[0]?.message,
      'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused');
    assert.deepEqual(answer.warnings, ['v1 ComponentStatus is deprecated in v1.19+']);
    assert.equal(world.ask({ verb: 'get', resource: 'componentstatuses', name: 'etcd-0' }).code, 200);
    assert.equal(world.ask({ verb: 'get', resource: 'componentstatuses', name: 'etcd-9' }).code, 404);
    assert.equal(world.ask({ verb: 'create', resource: 'componentstatuses', body: {} }).code, 405);
  });

  it('binds a pod by a Binding', () => {
    world.must({ verb: 'create', resource: 'pods', ...inDefault, body: pod('web') });
    world.must({ verb: 'create', resource: 'bindings', ...inDefault, body: {
      metadata: { name: 'web' }, target: { kind: 'Node', name: 'n' } } });
    assert.equal(world.get<Pod & KubeObject>('pods', 'web', 'default').spec.nodeName, 'n');
  });

  it('warns of Endpoints, which are created by PUT as well', () => {
    const body = { metadata: { name: 'e' }, subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] };
    const answer = world.ask({ verb: 'update', resource: 'endpoints', name: 'e', ...inDefault, body });
    assert.equal(answer.code, 201);
    assert.deepEqual(answer.warnings,
      ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']);
  });

  it('keeps the pods of a Job that is deleted without a word about them', () => {
    const target = { group: 'batch', resource: 'jobs', ...inDefault } as const;
    const body = { metadata: { name: 'j' }, spec: { template: { spec: {
      restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } } };
    world.must({ ...target, verb: 'create', body });
    const answer = world.ask({ ...target, verb: 'delete', name: 'j' });
    assert.match(answer.warnings?.[0] ?? '', /^child pods are preserved by default when jobs are deleted;/);
    assert.deepEqual(world.get('jobs', 'j', 'default', 'batch').metadata.finalizers, ['orphan']);
  });

  it('serves an autoscaler in both versions', () => {
    const target = { group: 'autoscaling', resource: 'horizontalpodautoscalers', ...inDefault } as const;
    const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 };
    const created = world.must<AutoscalingV1HorizontalPodAutoscaler & KubeObject>({
      ...target, version: 'v1', verb: 'create', body: { metadata: { name: 'h' }, spec } });
    assert.deepEqual([created.apiVersion, created.spec.targetCPUUtilizationPercentage], ['autoscaling/v1', 80]);
    const stored = world.ask({ ...target, version: 'v2', verb: 'get', name: 'h' }).body as any;
    assert.deepEqual([stored.apiVersion, stored.spec.minReplicas, stored.spec.metrics[0].resource.name],
      ['autoscaling/v2', 1, 'cpu']);
    const refused = world.ask({ ...target, version: 'v1', verb: 'create', body: { metadata: { name: 'i' }, spec: {
      ...spec, targetCPUUtilizationPercentage: 0 } } });
    assert.equal(refused.code, 422);
  });
});
