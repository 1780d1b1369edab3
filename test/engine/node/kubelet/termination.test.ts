/** How pods end: grace, hooks, order, what they report last, and pods that are deleted before they run. */
import assert from 'node:assert/strict';
import { pods } from '../../../../src/api/resources';
import type { Container, Pod } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import {
  asAdmin, condition, create, events, find, history, image, isReady, machine, podOf, remove, stateOf, until,
} from './pods';

describe('kubelet: the end of a pod', () => {
  const cluster = bootedCluster(1, 0);
  const shell = (script: string, rest: Partial<Container> = {}): Partial<Container> =>
    ({ image: 'busybox:1.36', command: ['sh', '-c', script], ...rest });
  const stubborn = shell('trap "" TERM; while true; do sleep 1; done');
  /** Deletes the pod, and gives its last status and how long it took in seconds. */
  const end = (name: string): { readonly last: Pod; readonly seconds: number } => {
    const begun = cluster.nowMs;
    remove(cluster, name);
    let last = find(cluster, name) as Pod;
    assert.ok(cluster.runUntil(() => {
      const found = find(cluster, name);
      if (found) last = found;
      return found === undefined;
    }, 120_000), `${name} stays`);
    return { last, seconds: Math.floor((cluster.nowMs - begun) / 1000) };
  };

  const cases: readonly (readonly [string, Partial<Container>, number, number, string, string])[] = [
    ['at once when the program obeys', {}, 30, 0, 'terminated Error 143', 'Failed'],
    ['after its grace when the program does not', stubborn, 4, 4, 'terminated Error 137', 'Failed'],
    ['after its hook', { lifecycle: { preStop: { sleep: { seconds: 3 } } } }, 30, 3, 'terminated Error 143', 'Failed'],
    ['with what the hook left of the grace',
      { ...stubborn, lifecycle: { preStop: { exec: { command: ['sleep', '3'] } } } }, 5, 5, 'terminated Error 137',
        'Failed'],
    ['with two seconds more when the hook took all of it',
      { ...stubborn, lifecycle: { preStop: { sleep: { seconds: 5 } } } }, 5, 7, 'terminated Error 137', 'Failed'],
    ['well when its program ends well', shell('trap "exit 0" TERM; while true; do sleep 1; done'), 30, 0,
      'terminated Completed 0', 'Succeeded'],
  ];
  cases.forEach(([title, app, grace, seconds, state, phase], index) => {
    it(`comes ${title}`, () => {
      const name = `end-${index}`;
      create(cluster, podOf(name, {}, { terminationGracePeriodSeconds: grace }, app));
      until(cluster, name, isReady);
      const ended = end(name);
      assert.equal(ended.last.status.phase, phase);
      assert.ok(stateOf(ended.last).startsWith(state), stateOf(ended.last));
      assert.ok(ended.seconds === seconds || ended.seconds === seconds + 1, `${ended.seconds} s`);
      assert.equal(condition(ended.last, 'Ready'), `False ${phase === 'Failed' ? 'PodFailed' : 'PodCompleted'}`);
      assert.ok(events(cluster, name).includes('Normal Killing Stopping container app'));
    });
  });

  it('leaves nothing on the node', () => {
    create(cluster, podOf('trace'));
    const { uid } = until(cluster, 'trace', isReady).metadata;
    assert.ok(machine(cluster).files.exists(`/var/lib/kubelet/pods/${uid}`));
    end('trace');
    cluster.runFor(1_000);
    assert.deepEqual(machine(cluster).runtime.sandboxesOf(uid), []);
    assert.deepEqual(machine(cluster).runtime.containersOf(uid), []);
    assert.ok(!machine(cluster).files.exists(`/var/lib/kubelet/pods/${uid}`));
  });

  it('ends sidecars last, in the opposite order of their start', () => {
    const sidecar = (name: string): Container => ({ name, image, restartPolicy: 'Always' });
    create(cluster, podOf('order', {}, { initContainers: [sidecar('one'), sidecar('two')] }));
    until(cluster, 'order', isReady);
    const from = cluster.trace.length;
    end('order');
    const stops = cluster.trace.slice(from)
      .filter((hop) => hop.kind === 'request' && hop.subject.verb === 'StopContainer');
    assert.deepEqual(stops.map((hop) => hop.subject.name), ['order/app', 'order/two', 'order/one']);
  });

  const pending: readonly (readonly [string, Partial<Container>, object])[] = [
    ['an image cannot be pulled', { image: 'example.com/nosuch:1' }, {}],
    ['a volume is missing', {}, { volumes: [{ name: 'v', secret: { secretName: 'none' } }] }],
    ['a hook never ends', shell('exec sleep 3600',
      { lifecycle: { postStart: { exec: { command: ['sleep', '900'] } } } }), {}],
    ['an image is being pulled', { image: 'example.com/large:1' }, {}],
  ];
  pending.forEach(([title, app, spec], index) => {
    it(`comes soon while ${title}`, () => {
      const name = `pending-${index}`;
      create(cluster, podOf(name, {}, { terminationGracePeriodSeconds: 1, ...spec }, app));
      cluster.runFor(index === 3 ? 500 : 5_000);
      const { last, seconds } = end(name);
      assert.ok(seconds <= 4, `${seconds} s`);
      assert.equal(last.status.phase, 'Failed');
      if (index === 0) assert.equal(stateOf(last), 'terminated ContainerStatusUnknown 137');
    });
  });

  it('comes with less grace when that is asked for later', () => {
    create(cluster, podOf('hasten', {}, { terminationGracePeriodSeconds: 600 }, stubborn));
    until(cluster, 'hasten', isReady);
    remove(cluster, 'hasten');
    cluster.runFor(5_000);
    asAdmin(cluster, (api) => api.delete(pods, { namespace: 'default', name: 'hasten' }, { gracePeriodSeconds: 3 }));
    assert.ok(cluster.runUntil(() => find(cluster, 'hasten') === undefined, 6_000));
  });

  it('of a pod deleted by force ends what ran all the same', () => {
    create(cluster, podOf('forced', {}, { terminationGracePeriodSeconds: 5 }, stubborn));
    const { uid } = until(cluster, 'forced', isReady).metadata;
    asAdmin(cluster, (api) => api.delete(pods, { namespace: 'default', name: 'forced' }, { gracePeriodSeconds: 0 }));
    assert.ok(cluster.runUntil(() => find(cluster, 'forced') === undefined, 1_000));
    assert.equal(machine(cluster).runtime.containersOf(uid)[0]?.state, 'CONTAINER_RUNNING');
    cluster.runFor(8_000);
    assert.deepEqual(machine(cluster).runtime.sandboxesOf(uid), []);
  });

  it('of a pod that is over comes at once', () => {
    create(cluster, podOf('over', { app: 'exit 0' }, { restartPolicy: 'Never' }));
    until(cluster, 'over', (found) => found.status.phase === 'Succeeded');
    assert.equal(end('over').last.status.phase, 'Succeeded');
  });

  it('keeps a pod that is not ready unready while it ends', () => {
    create(cluster, podOf('unready', {}, { terminationGracePeriodSeconds: 3 },
      { ...stubborn, readinessProbe: { httpGet: { port: 8080 } } }));
    until(cluster, 'unready', (found) => stateOf(found) === 'running');
    remove(cluster, 'unready');
    const seen = history(cluster, 'unready', (found) => condition(found, 'Ready'), 10_000);
    assert.deepEqual(seen, ['False ContainersNotReady', 'False PodFailed', 'gone']);
  });
});
