import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { Deployment, KubeObject, Pod, Service } from '../../../src/api/types';
import { type Ask, pod, World } from './harness';

const inDefault = { namespace: 'default' } as const;
const strict = { fieldValidation: 'Strict' } as const;

/** The registry over the real kinds: that the two fit together, not what the kinds themselves do. */
describe('API server: built-in kinds', () => {
  const world = new World({ kinds: kindRegistry(builtInKinds) });
  world.must({ verb: 'create', resource: 'serviceaccounts', ...inDefault, body: { metadata: { name: 'default' } } });
  const createPod = (body: unknown): Ask => ({ verb: 'create', resource: 'pods', ...inDefault, options: strict, body });

  it('takes a pod from creation to its end', () => {
    const created = world.must<Pod & KubeObject>(createPod(pod('web')));
    assert.deepEqual([created.status?.phase, created.status?.qosClass], ['Pending', 'BestEffort']);
    const target = { resource: 'pods', name: 'web', ...inDefault } as const;
    world.must({ ...target, verb: 'create', subresource: 'binding', body: { target: { kind: 'Node', name: 'n' } } });
    world.must({ ...target, verb: 'patch', patchType: 'strategic', subresource: 'status', body: { status: {
      phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } } });
    const running = world.get<Pod & KubeObject>('pods', 'web', 'default');
    assert.equal(running.spec.nodeName, 'n');
    assert.deepEqual(running.status?.conditions?.map(({ type }) => type).sort(), ['PodScheduled', 'Ready']);
    assert.equal(running.metadata.generation, 1);
    world.must({ ...target, verb: 'delete' });
    assert.equal(world.get('pods', 'web', 'default').metadata.deletionGracePeriodSeconds, 30);
    world.must({ ...target, verb: 'delete', options: { gracePeriodSeconds: 0 } });
    assert.equal(world.ask({ ...target, verb: 'get' }).code, 404);
  });

  const refusals: [string, unknown, number, string][] = [
    ['a pod without spec', { metadata: { name: 'x' } }, 422, 'Pod "x" is invalid: spec.containers: Required value'],
    ['a pod without containers', { metadata: { name: 'x' }, spec: {} }, 422,
      'Pod "x" is invalid: spec.containers: Required value'],
    ['no object', [], 400, 'the object provided is unrecognized'],
    ['metadata that is no object', { metadata: 'x' }, 400,
      'json: cannot unmarshal string into Go struct field Pod.metadata'],
  ];
  for (const [what, body, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const refusal = world.refused(createPod(body));
      assert.equal(refusal.code, code, refusal.message);
      assert.ok(refusal.message.includes(message), refusal.message);
    });
  }

  it('scales a deployment and keeps its generation in step', () => {
    const body = { metadata: { name: 'web' }, spec: { selector: { matchLabels: { a: 'b' } }, template: {
      metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } } } };
    const target = { group: 'apps', resource: 'deployments', ...inDefault } as const;
    assert.equal(world.must<Deployment & KubeObject>({ ...target, verb: 'create', body }).spec?.replicas, 1);
    const scale: Ask = { ...target, verb: 'patch', patchType: 'merge', name: 'web', subresource: 'scale', body: {
      spec: { replicas: 3 } } };
    world.must(scale);
    const scaled = world.get<Deployment & KubeObject>('deployments', 'web', 'default', 'apps');
    assert.deepEqual([scaled.spec?.replicas, scaled.metadata.generation], [3, 2]);
  });

  it('counts the templates of a DaemonSet, whatever its clients say', () => {
    const template = (image: string): object => (
      { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image }] } });
    const target = { group: 'apps', resource: 'daemonsets', ...inDefault } as const;
    const annotation = 'deprecated.daemonset.template.generation';
    const counted = (ask: Ask): unknown => world.must(ask).metadata.annotations?.[annotation];
    const body = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: template('i:1') } };
    const patch = (change: object): Ask => ({ ...target, verb: 'patch', patchType: 'merge', name: 'd', body: change });
    assert.equal(counted({ ...target, verb: 'create', body }), '1');
    assert.equal(counted(patch({ metadata: { annotations: { [annotation]: '7' } } })), '1');
    assert.equal(counted(patch({ spec: { template: template('i:2') } })), '2');
    assert.equal(counted(patch({ metadata: { annotations: null }, spec: { minReadySeconds: 1 } })), '2');
  });

  it('keeps the priority classes of the system', () => {
    const target = { group: 'scheduling.k8s.io', resource: 'priorityclasses' } as const;
    world.must({ ...target, verb: 'create', body: { metadata: { name: 'mine' }, value: 1 } });
    const refusal = world.refused({ ...target, verb: 'delete', name: 'system-node-critical' });
    assert.equal(refusal.code, 403);
    assert.equal(refusal.message, 'priorityclasses.scheduling.k8s.io "system-node-critical" is forbidden: '
      + 'this is a system priority class and cannot be deleted');
    world.must({ ...target, verb: 'delete', name: 'mine' });
  });

  it('changes the type of a Service forth and back', () => {
    const target = { resource: 'services', name: 's', ...inDefault } as const;
    const specOf = (spec: object): Service['spec'] =>
      world.must<Service & KubeObject>({ ...target, verb: 'patch', patchType: 'merge', body: { spec } }).spec;
    const created = world.must<Service & KubeObject>({ resource: 'services', ...inDefault, verb: 'create', body: {
      metadata: { name: 's' }, spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ port: 80 }] } } });
    assert.ok(created.spec?.ports?.[0]?.nodePort);
    const plain = specOf({ type: 'ClusterIP' });
    assert.deepEqual([plain?.ports?.[0]?.nodePort, plain?.clusterIP], [undefined, created.spec?.clusterIP]);
    assert.equal(specOf({ type: 'ExternalName', externalName: 'example.com' })?.clusterIP, undefined);
    assert.ok(specOf({ type: 'ClusterIP', externalName: null })?.clusterIP);
  });
});
