/** What changes in pods that run: containers added for debugging, other resources; and what containers say at their end. */
import assert from 'node:assert/strict';
import { pods } from '../../../../src/api/resources';
import type { Pod } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { asAdmin, condition, containersOf, create, events, isReady, pod, podOf, until } from './pods';
import { execTarget, Session } from './session';

describe('kubelet: pods that run', () => {
  const cluster = bootedCluster(1, 0);
  const patch = (name: string, subresource: string, body: object): Pod => asAdmin(cluster, function* (api) {
    const result = yield* api.patch(pods, { namespace: 'default', name, subresource }, 'strategic', body);
    assert.ok(result.ok, JSON.stringify(result));
    return result.value;
  });

  describe('ephemeral containers', () => {
    const debug = (pod: Pod, name = 'debugger') => pod.status.ephemeralContainerStatuses?.find((each) => each.name === name);

    it('are started beside the others, once', () => {
      create(cluster, podOf('plain', {}, {}, { image: 'registry.k8s.io/pause:3.10' }));
      until(cluster, 'plain', isReady);
      patch('plain', 'ephemeralcontainers', { spec: { ephemeralContainers: [{
        name: 'debugger', image: 'busybox:1.36', command: ['sh'], stdin: true, tty: true, targetContainerName: 'app',
      }] } });
      const found = until(cluster, 'plain', (each) => debug(each)?.state?.running !== undefined);
      assert.equal(debug(found)?.ready, false);
      assert.equal(found.status.phase, 'Running');
      const target = '/attach/default/plain/debugger?input=1&output=1&tty=1';
      assert.equal(new Session(cluster, target).type('exit 5\r').finish().result, '0');
      const after = until(cluster, 'plain', (each) => debug(each)?.state?.terminated !== undefined);
      assert.equal(debug(after)?.state?.terminated?.exitCode, 5);
      cluster.runFor(60_000);
      assert.equal(debug(pod(cluster, 'plain'))?.restartCount, 0);
      assert.ok(isReady(pod(cluster, 'plain')));
      assert.ok(events(cluster, 'plain').some((text) => text.includes('Container image "busybox:1.36"')
        || text.includes('Pulled')));
    });
  });

  describe('in-place resizing', () => {
    const sized = (cpu: string, memory = '64Mi') => ({ requests: { cpu, memory }, limits: { cpu, memory } });
    const resize = (name: string, resources: object): void => void patch(name, 'resize',
      { spec: { containers: [{ name: 'app', resources }] } });
    const status = (name: string) => pod(cluster, name).status.containerStatuses?.[0];

    it('gives a running container other limits', () => {
      create(cluster, podOf('grows', {}, {}, { image: 'busybox:1.36', command: ['sleep', '99999'], resources: sized('100m') }));
      until(cluster, 'grows', isReady);
      const { containerID } = status('grows') ?? {};
      resize('grows', sized('200m'));
      const after = until(cluster, 'grows', ({ status: { containerStatuses } }) =>
        containerStatuses?.[0]?.resources?.limits?.['cpu'] === '200m');
      assert.deepEqual(status('grows')?.allocatedResources, { cpu: '200m', memory: '64Mi' });
      assert.equal(status('grows')?.containerID, containerID);
      assert.equal(containersOf(cluster, 'grows')[0]?.resources.cpuMillis, 200);
      assert.equal(condition(after, 'PodResizeInProgress'), '');
      const told = events(cluster, 'grows').filter((text) => text.includes('Resize'));
      assert.match(told[0] ?? '', /^Normal ResizeStarted Pod resize started: \{"containers":\[\{"name":"app"/);
      assert.match(told[1] ?? '', /^Normal ResizeCompleted Pod resize completed: /);
    });

    it('starts a container anew where its policy says so', () => {
      const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
      create(cluster, podOf('anew', {}, { terminationGracePeriodSeconds: 1 }, {
        image: 'busybox:1.36', command: ['sleep', '99999'], resources: sized('100m'), resizePolicy,
      }));
      until(cluster, 'anew', isReady);
      resize('anew', sized('100m', '128Mi'));
      until(cluster, 'anew', (found) => isReady(found) && status('anew')?.restartCount === 1
        && status('anew')?.resources?.limits?.['memory'] === '128Mi');
      assert.ok(events(cluster, 'anew').includes('Normal Killing Container app resize requires restart'));
    });

    it('says what the node has no room for', () => {
      create(cluster, podOf('wants', {}, {}, { image: 'busybox:1.36', command: ['sleep', '99999'], resources: sized('100m') }));
      until(cluster, 'wants', isReady);
      resize('wants', sized('100'));
      const found = until(cluster, 'wants', (each) => condition(each, 'PodResizePending') === 'True Infeasible');
      assert.equal(found.status.conditions?.find(({ type }) => type === 'PodResizePending')?.message,
        "Node didn't have enough capacity: cpu, requested: 100000, capacity: 8000");
      assert.deepEqual(status('wants')?.allocatedResources, { cpu: '100m', memory: '64Mi' });
      resize('wants', sized('100m'));
      until(cluster, 'wants', (each) => condition(each, 'PodResizePending') === '');
    });
  });

  describe('termination messages', () => {
    const cases: readonly (readonly [name: string, script: string, more: object, message: string | undefined])[] = [
      ['wrote', 'echo bye > /dev/termination-log; exit 3', {}, 'bye\n'],
      ['elsewhere', 'echo there > /tmp/last', { terminationMessagePath: '/tmp/last' }, 'there\n'],
      ['nothing', 'echo lost; exit 1', {}, undefined],
      ['fell-back', 'echo out; echo err >&2; exit 1', { terminationMessagePolicy: 'FallbackToLogsOnError' }, 'out\nerr\n'],
      ['no-error', 'echo out', { terminationMessagePolicy: 'FallbackToLogsOnError' }, undefined],
    ];
    for (const [name, script, more, message] of cases) {
      it(`${script}: ${JSON.stringify(message)}`, () => {
        create(cluster, podOf(name, {}, { restartPolicy: 'Never' },
          { image: 'busybox:1.36', command: ['sh', '-c', script], ...more }));
        const found = until(cluster, name, ({ status }) => status.phase === 'Succeeded' || status.phase === 'Failed');
        assert.equal(found.status.containerStatuses?.[0]?.state?.terminated?.message, message);
      });
    }
  });

  it('tell of their use, and busy ones of more', () => {
    create(cluster,
      podOf('idle', {}, {}, { image: 'busybox:1.36', command: ['sleep', '99999'] }),
      podOf('busy', {}, {}, { image: 'busybox:1.36', command: ['sh', '-c', 'while :; do :; done'],
        resources: { limits: { cpu: '500m' } } }));
    until(cluster, 'busy', isReady);
    const cpu = (): Map<string, number> => {
      const page = new Session(cluster, '/metrics/resource', { method: 'GET', upgrade: false }).finish().messages[0];
      const text = page?.kind === 'response' ? String(page.body) : '';
      return new Map([...text.matchAll(/^container_cpu_usage_seconds_total\{.*pod="(\w+)"\} ([\d.e-]+)/gm)]
        .map(([, name = '', value]) => [name, Number(value)]));
    };
    const before = cpu();
    cluster.runFor(100_000);
    const after = cpu();
    const used = (name: string): number => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / 100;
    assert.ok(used('busy') > 0.4 && used('busy') <= 0.51, String(used('busy')));
    assert.ok(used('idle') < 0.01, String(used('idle')));
    assert.equal(new Session(cluster, execTarget('default/idle/app', ['true'])).finish().result, '0');
  });

  it('run on a node that told of its beginning', () => {
    const told = cluster.objects.list('v1', 'Event', 0, 'default') as unknown as { reason: string; message: string;
      involvedObject: object; source: object }[];
    const ours = told.filter(({ source }) => JSON.stringify(source).includes('kubelet') && JSON.stringify(source).includes('kind-'));
    const ofNode = ours.filter(({ involvedObject }) => JSON.stringify(involvedObject).includes('"Node"'));
    assert.deepEqual(ofNode.map(({ reason }) => reason).sort(), ['NodeAllocatableEnforced', 'NodeHasNoDiskPressure',
      'NodeHasSufficientMemory', 'NodeHasSufficientPID', 'NodeReady', 'Starting']);
    assert.deepEqual(ofNode[0]?.involvedObject, { kind: 'Node', name: 'kind-control-plane', uid: 'kind-control-plane' });
  });
});
