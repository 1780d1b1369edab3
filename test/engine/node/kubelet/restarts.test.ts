/** What outlives the end of a kubelet, of containerd, of a pause process and of a machine. */
import assert from 'node:assert/strict';
import { nodes, pods } from '../../../../src/api/resources';
import type { Node } from '../../../../src/api/types';
import { bootedCluster, podsOf } from '../../../support/cluster';
import { asAdmin, condition, containersOf, create, events, find, isReady, machine, pod, podOf, until } from './pods';

describe('kubelet: restarts', () => {
  const cluster = bootedCluster(1, 1);
  const kill = (process: string): void => void cluster.execute({ type: 'kill', process });
  const node = (name = 'kind-worker'): Node =>
    cluster.objects.get({ apiVersion: 'v1', kind: 'Node', name }) as unknown as Node;
  const ready = (name?: string) => node(name).status.conditions?.find(({ type }) => type === 'Ready');
  const ids = (): string[] => machine(cluster, 'kind-worker').runtime.allContainers()
    .filter(({ state }) => state === 'CONTAINER_RUNNING').map(({ id }) => id).sort();
  const sandboxes = (name: string) =>
    machine(cluster, 'kind-worker').runtime.sandboxesOf(pod(cluster, name).metadata.uid);

  it('of the kubelet leave the containers running; it takes them over without counting a restart', () => {
    create(cluster, podOf('stays', { app: 'listen 8080' }, {}, { readinessProbe: { httpGet: { port: 8080 } } }));
    until(cluster, 'stays', isReady);
    const before = ids();
    kill('kubelet@kind-worker');
    cluster.runFor(500);
    assert.deepEqual(ids(), before);
    const from = cluster.trace.length;
    cluster.runFor(60_000);
    assert.deepEqual(ids(), before);
    assert.ok(podsOf(cluster).every((found) => found.restarts === 0 && found.status === 'Running'));
    assert.equal(ready()?.status, 'True');
    const patches = cluster.trace.slice(from).filter((hop) =>
      hop.kind === 'request' && hop.subject.verb === 'patch' && hop.subject.name === 'stays');
    assert.deepEqual(patches, [], 'nothing has changed');
    // It is probed again, too.
    const probes = cluster.trace.slice(from).filter((hop) =>
      hop.kind === 'request' && hop.from === 'kubelet@kind-worker' && hop.subject.verb === 'probe');
    assert.ok(probes.length > 0);
  });

  it('of the kubelet miss nothing: what ended meanwhile is started again, what was deleted is ended', () => {
    create(cluster, podOf('dies'), podOf('deleted', {}, { terminationGracePeriodSeconds: 1 }));
    for (const name of ['dies', 'deleted']) until(cluster, name, isReady);
    const { uid } = pod(cluster, 'deleted').metadata;
    machine(cluster, 'kind-worker').stop('kubelet');
    cluster.runFor(1_000);
    kill('default/dies/app@kind-worker');
    asAdmin(cluster, (api) => api.delete(pods, { namespace: 'default', name: 'deleted' }, { gracePeriodSeconds: 0 }));
    cluster.runFor(5_000);
    assert.equal(find(cluster, 'deleted'), undefined);
    assert.equal(machine(cluster, 'kind-worker').runtime.sandboxesOf(uid).length, 1);
    machine(cluster, 'kind-worker').start('kubelet');
    until(cluster, 'dies', (found) => found.status.containerStatuses?.[0]?.restartCount === 1 && isReady(found));
    cluster.runFor(5_000);
    assert.deepEqual(machine(cluster, 'kind-worker').runtime.sandboxesOf(uid), []);
  });

  it('of containerd leave the containers running, and what ended meanwhile is seen afterwards', () => {
    const before = ids().length;
    kill('containerd@kind-worker');
    cluster.runFor(200);
    kill('default/dies/app@kind-worker');
    assert.equal(ids().length, before - 1);
    until(cluster, 'dies', (found) => found.status.containerStatuses?.[0]?.restartCount === 2, 60_000);
    assert.equal(ready()?.status, 'True');
    assert.equal(pod(cluster, 'stays').status.containerStatuses?.[0]?.restartCount, 0);
  });

  it('that containerd does not come back from make the node NotReady after 30 s', () => {
    machine(cluster, 'kind-worker').stop('containerd');
    cluster.runFor(15_000);
    assert.equal(ready()?.status, 'True');
    cluster.runFor(30_000);
    assert.deepEqual([ready()?.status, ready()?.reason, ready()?.message],
      ['False', 'KubeletNotReady', 'container runtime is down']);
    cluster.runFor(160_000);
    assert.match((ready()?.message ?? '').replace(/active \S+ ago/, 'active T ago'), new RegExp(
      '^\\[container runtime is down, PLEG is not healthy: pleg was last seen active T ago; threshold is 3m0s\\]$'));
    machine(cluster, 'kind-worker').start('containerd');
    assert.ok(cluster.runUntil(() => ready()?.status === 'True', 15_000));
  });

  it('of a pause process take the pod\'s containers with it, and a new sandbox is made', () => {
    until(cluster, 'stays', isReady);
    const { podIP } = pod(cluster, 'stays').status;
    kill('default/stays/POD@kind-worker');
    const found = until(cluster, 'stays', (candidate) =>
      candidate.status.containerStatuses?.[0]?.restartCount === 1 && isReady(candidate));
    assert.notEqual(found.status.podIP, podIP);
    assert.equal(sandboxes('stays')[0]?.config.metadata.attempt, 1);
    cluster.runFor(1_000);
    assert.ok(events(cluster, 'stays').includes('Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.'));
  });

  it('are reported again over what others wrote: a pod that the node controller called unready', () => {
    const patch = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
    asAdmin(cluster, (api) => api.patch(pods, { namespace: 'default', name: 'stays', subresource: 'status' },
      'strategic', patch));
    assert.equal(condition(pod(cluster, 'stays'), 'Ready'), 'False');
    until(cluster, 'stays', (found) => condition(found, 'Ready') === 'True', 2_000);
  });

  it('do not happen on a machine that is off', () => {
    cluster.execute({ type: 'powerOff', machine: 'kind-worker' });
    cluster.runFor(60_000);
    const running = cluster.view().nodes.find(({ name }) => name === 'kind-worker')?.components.filter((component) =>
      component.running);
    assert.deepEqual(running, []);
    assert.equal(ready()?.status, 'Unknown');
    assert.equal(ready('kind-control-plane')?.status, 'True');
    assert.ok(asAdmin(cluster, (api) => api.get(nodes, { name: 'kind-worker' })).ok);
    assert.equal(containersOf(cluster, 'stays').length, 0);
  });
});
