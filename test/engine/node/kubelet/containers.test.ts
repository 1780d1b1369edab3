/** What pods report while their containers start, run, end and are started again. */
import assert from 'node:assert/strict';
import type { Container, Pod } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { condition, containersOf, create, events, find, history, image, isReady, machine, pod, podOf, stateOf,
  until } from './pods';

const shared = bootedCluster(1, 0);
const pulled = (took: string) =>
  `Normal Pulled Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: 131923214 bytes.`;
const present =
  `Normal Pulled Container image "${image}" already present on machine and can be accessed by the pod`;

describe('kubelet: a container', () => {
  it('is pulled, created and started, with the events of 1.36', () => {
    create(shared, podOf('simple'));
    assert.equal(stateOf(until(shared, 'simple', (found) => found.status.startTime !== undefined)),
      'waiting ContainerCreating');
    until(shared, 'simple', isReady);
    shared.runFor(1_000);
    const [pulling, done, ...rest] = events(shared, 'simple');
    assert.equal(pulling, `Normal Pulling Pulling image "${image}"`);
    assert.equal(done, pulled(/in (\S+) /.exec(done ?? '')?.[1] ?? ''));
    assert.deepEqual(rest, ['Normal Created Container created', 'Normal Started Container started']);
  });

  it('has the status that 1.36 gives it', () => {
    create(shared, podOf('full', {}, {}, {
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    }));
    const { status, metadata } = until(shared, 'full', isReady);
    const app = status.containerStatuses?.[0];
    assert.ok(app);
    assert.match(app.containerID ?? '', /^containerd:\/\/[0-9a-f]{64}$/);
    assert.match(app.imageID ?? '', /^example\.com\/app@sha256:[0-9a-f]{64}$/);
    const { containerID: _id, imageID: _image, state: _state, ...rest } = app;
    assert.deepEqual(rest, {
      name: 'app', lastState: {}, ready: true, restartCount: 0, image, started: true,
      allocatedResources: { cpu: '100m', memory: '64Mi' },
      resources: { limits: { memory: '128Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
      user: { linux: { uid: 0, gid: 0, supplementalGroups: [0] } },
      volumeMounts: [{
        name: rest.volumeMounts?.[0]?.name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true,
        recursiveReadOnly: 'Disabled',
      }],
    });
    assert.equal(status.phase, 'Running');
    assert.equal(status.observedGeneration, metadata.generation);
    assert.equal(status.hostIP, '172.18.0.2');
    assert.match(status.podIP ?? '', /^10\.244\.0\.\d+$/);
    for (const type of ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']) {
      const found = status.conditions?.find((candidate) => candidate.type === type);
      assert.deepEqual({ ...found, lastTransitionTime: '' },
        { type, status: 'True', lastTransitionTime: '', observedGeneration: 1 });
    }
  });

  it('has its status in order of names, whatever the order of the spec', () => {
    create(shared, podOf('two', {}, { containers: [{ name: 'web', image }, { name: 'app', image }] }));
    const { status } = until(shared, 'two', isReady);
    assert.deepEqual(status.containerStatuses?.map(({ name }) => name), ['app', 'web']);
  });

  it('that crashes is started again at once, then with a back-off of 10 s doubling', () => {
    create(shared, podOf('crash', { app: 'exit 1' }));
    until(shared, 'crash', (found) => stateOf(found) === 'running');
    const seen = history(shared, 'crash', (found) => `${found.status.phase} ${stateOf(found)}`, 30_000);
    assert.deepEqual(seen.slice(0, 6), [
      'Running running', 'Running terminated Error 1', 'Running running', 'Running terminated Error 1',
      'Running waiting CrashLoopBackOff', 'Running terminated Error 1',
    ]);
    const starts = (): number[] => containersOf(shared, 'crash').map((run) => run.startedAt).sort((a, b) => a - b);
    const gaps: number[] = [];
    for (let restarts = 2; restarts < 9; restarts += 1) {
      until(shared, 'crash', (found) => found.status.containerStatuses?.[0]?.restartCount === restarts, 400_000);
      const [before = 0, last = 0] = starts();
      gaps.push(Math.floor((last - before) / 1000));
    }
    assert.deepEqual(gaps, [10, 20, 40, 80, 160, 300, 300]);
    const { uid } = pod(shared, 'crash').metadata;
    until(shared, 'crash', (found) => stateOf(found) === 'waiting CrashLoopBackOff');
    const status = pod(shared, 'crash').status.containerStatuses?.[0];
    assert.equal(status?.state?.waiting?.message,
      `back-off 5m0s restarting failed container=app pod=crash_default(${uid})`);
    assert.equal(status.lastState?.terminated?.exitCode, 1);
    shared.runFor(1_000);
    assert.deepEqual(events(shared, 'crash').map((event) => event.replace(/ x\d+/, '')), [
      present, 'Normal Created Container created', 'Normal Started Container started',
      `Warning BackOff Back-off restarting failed container app in pod crash_default(${uid})`,
    ]);
  });

  it('begins its back-off anew when it ran for more than ten minutes', () => {
    create(shared, podOf('slow', { app: 'sleep 601; exit 1' }));
    for (const restarts of [1, 2]) {
      until(shared, 'slow', (found) => found.status.containerStatuses?.[0]?.restartCount === restarts, 700_000);
      const [before, last] = containersOf(shared, 'slow');
      assert.ok((last?.startedAt ?? 0) - (before?.finishedAt ?? 0) < 1_000, `restart ${restarts} waited`);
    }
  });

  it('of a crash loop keeps only its last two runs in the runtime', () => {
    create(shared, podOf('loop', { app: 'exit 3' }));
    shared.runFor(3_600_000);
    assert.ok((pod(shared, 'loop').status.containerStatuses?.[0]?.restartCount ?? 0) > 12);
    assert.equal(containersOf(shared, 'loop').length, 2);
  });

  it('that ended well is restarted too, unless the policy says otherwise', () => {
    const endings: readonly (readonly ['Always' | 'OnFailure' | 'Never', string, string, string])[] = [
      ['Always', 'exit 0', 'Running', 'waiting CrashLoopBackOff'],
      ['OnFailure', 'exit 0', 'Succeeded', 'terminated Completed 0'],
      ['OnFailure', 'exit 2', 'Running', 'waiting CrashLoopBackOff'],
      ['Never', 'exit 0', 'Succeeded', 'terminated Completed 0'],
      ['Never', 'exit 2', 'Failed', 'terminated Error 2'],
    ];
    const name = (index: number): string => `ending-${index}`;
    create(shared, ...endings.map(([restartPolicy, script], index) =>
      podOf(name(index), { app: script }, { restartPolicy })));
    shared.runFor(9_000);
    endings.forEach(([, , phase, state], index) => {
      const found = pod(shared, name(index));
      assert.deepEqual([found.status.phase, stateOf(found)], [phase, state], name(index));
    });
    const over = pod(shared, name(1));
    const types = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'];
    assert.deepEqual(types.map((type) => condition(over, type)),
      ['False', 'True PodCompleted', 'False PodCompleted', 'False PodCompleted']);
    assert.equal(condition(pod(shared, name(4)), 'Ready'), 'False PodFailed');
    assert.match(over.status.podIP ?? '', /^10\.244/);
  });

  it('follows its own policy and rules before those of the pod', () => {
    const rule = (operator: string, ...values: number[]): Partial<Container> => ({
      restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator, values } }],
    });
    const endings: readonly (readonly ['Always' | 'Never', string, Partial<Container>, string, string])[] = [
      ['Never', 'exit 42', rule('In', 42), 'Running', 'waiting CrashLoopBackOff'],
      ['Never', 'exit 41', rule('In', 42), 'Failed', 'terminated Error 41'],
      ['Always', 'exit 0', rule('NotIn', 0), 'Succeeded', 'terminated Completed 0'],
      ['Never', 'exit 0', { restartPolicy: 'Always' }, 'Running', 'waiting CrashLoopBackOff'],
    ];
    const name = (index: number): string => `rule-${index}`;
    create(shared, ...endings.map(([restartPolicy, script, app], index) =>
      podOf(name(index), { app: script }, { restartPolicy }, app)));
    shared.runFor(9_000);
    endings.forEach(([, , , phase, state], index) => {
      const found = pod(shared, name(index));
      assert.deepEqual([found.status.phase, stateOf(found)], [phase, state], name(index));
    });
  });

  it('can restart all of them from the first on, with counts and last states kept', () => {
    const restartPolicyRules = [
      { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } },
    ];
    create(shared, podOf('all', { one: 'exit 0', watch: 'sleep 20; exit 88', app: 'print hello; sleep 3600' }, {
      restartPolicy: 'Never', terminationGracePeriodSeconds: 1,
      initContainers: [{ name: 'one', image }, { name: 'watch', image, restartPolicy: 'Always', restartPolicyRules }],
    }));
    const first = until(shared, 'all', isReady);
    assert.equal(condition(first, 'AllContainersRestarting'), 'False');
    assert.equal(condition(until(shared, 'all', (each) => condition(each, 'AllContainersRestarting') !== 'False'),
      'AllContainersRestarting'), 'True RestartAllContainersStarted');
    const isOver = (each: Pod): boolean => condition(each, 'AllContainersRestarting') === 'False';
    const again = until(shared, 'all', (each) => isReady(each) && isOver(each));
    const statuses = [...again.status.initContainerStatuses ?? [], ...again.status.containerStatuses ?? []];
    assert.deepEqual(statuses.map(({ name, restartCount, lastState }) => [name, restartCount,
      lastState?.terminated?.exitCode]), [['one', 1, 0], ['watch', 1, 88], ['app', 1, 143]]);
    assert.deepEqual([again.status.podIP, again.status.phase], [first.status.podIP, 'Running']);
    until(shared, 'all', (each) => each.status.containerStatuses?.[0]?.restartCount === 2 && isReady(each));
  });

  it('may be called as nothing else is, and as the process that holds its sandbox', () => {
    create(shared, podOf('named', {}, { containers: [{ name: 'pause', image }, { name: 'other', image }] }));
    until(shared, 'named', isReady);
    shared.runFor(30_000);
    assert.deepEqual(pod(shared, 'named').status.containerStatuses?.map((status) => status.restartCount), [0, 0]);
  });

  it('waits for a seccomp profile that its machine does not have', () => {
    const seccompProfile = { type: 'Localhost', localhostProfile: 'profiles/audit.json' };
    create(shared, podOf('profiled', {}, { nodeName: 'kind-control-plane', securityContext: { seccompProfile } }));
    const path = '/var/lib/kubelet/seccomp/profiles/audit.json';
    const found = until(shared, 'profiled', (each) => stateOf(each) === 'waiting CreateContainerError');
    assert.equal(found.status.containerStatuses?.[0]?.state?.waiting?.message,
      `failed to create containerd container: cannot load seccomp profile "${path}": open ${path}: `
      + 'no such file or directory');
    machine(shared, 'kind-control-plane').files.write(path, '{}');
    until(shared, 'profiled', isReady);
  });

  it('is killed for its memory with OOMKilled and 137', () => {
    create(shared, podOf('oom', { app: 'sleep 1; memory 200Mi' }, { restartPolicy: 'Never' },
      { resources: { limits: { memory: '100Mi' } } }));
    assert.equal(stateOf(until(shared, 'oom', (found) => found.status.phase === 'Failed')), 'terminated OOMKilled 137');
  });

  it('whose command does not exist fails to start, with runc\'s words', () => {
    create(shared, podOf('nope', {}, {}, { image: 'nginx:1.27', command: ['/nope'] }));
    const found = until(shared, 'nope', (candidate) => stateOf(candidate) === 'waiting CrashLoopBackOff');
    const { terminated } = found.status.containerStatuses?.[0]?.lastState ?? {};
    assert.equal(terminated?.exitCode, 128);
    assert.equal(terminated.reason, 'StartError');
    assert.equal(terminated.startedAt, '1970-01-01T00:00:00Z');
    assert.match(terminated.message ?? '', /exec: "\/nope": stat \/nope: no such file or directory$/);
    assert.ok(events(shared, 'nope').some((event) =>
      event.startsWith('Warning Failed x') && event.includes('Error: failed to create containerd task: ')));
  });

  it('with a new image is ended and started again', () => {
    create(shared, podOf('image', {}, { terminationGracePeriodSeconds: 1 }));
    until(shared, 'image', isReady);
    create(shared, podOf('image', {}, { terminationGracePeriodSeconds: 1 }, { image: 'example.com/app:2.0' }));
    const found = until(shared, 'image', ({ status }) =>
      status.containerStatuses?.[0]?.image === 'example.com/app:2.0');
    assert.equal(found.status.containerStatuses?.[0]?.restartCount, 1);
    shared.runFor(1_000);
    assert.ok(events(shared, 'image').includes('Normal Killing Container app definition changed, will be restarted'));
  });

  it('may not run as root when that is forbidden', () => {
    create(shared, podOf('root', {}, {}, { image: 'nginx:1.27', securityContext: { runAsNonRoot: true } }),
      podOf('zero', {}, {}, { securityContext: { runAsNonRoot: true, runAsUser: 0 } }),
      podOf('user', {}, {}, { image: 'nginx:1.27', securityContext: { runAsNonRoot: true, runAsUser: 101 } }));
    const message = (name: string): string => {
      const found = until(shared, name, (candidate) => stateOf(candidate) === 'waiting CreateContainerConfigError');
      return (found.status.containerStatuses?.[0]?.state?.waiting?.message ?? '').replace(found.metadata.uid, 'uid');
    };
    assert.equal(message('root'),
      'container has runAsNonRoot and image will run as root (pod: "root_default(uid)", container: app)');
    assert.equal(message('zero'), 'container\'s runAsUser breaks non-root policy (pod: "zero_default(uid)", container: app)');
    assert.equal(until(shared, 'user', isReady).status.containerStatuses?.[0]?.user?.linux?.uid, 101);
  });
});

describe('kubelet: init containers', () => {
  const init = (name: string, rest: Partial<Container> = {}): Container => ({ name, image, ...rest });
  const states = (found: Pod): string =>
    [found.status.phase, condition(found, 'Initialized'), ...['one', 'two', 'app'].map((name) => stateOf(found, name))]
      .join(', ');

  it('run one after the other before the containers', () => {
    create(shared, podOf('init', { one: 'sleep 2; exit 0', two: 'sleep 2; exit 0' },
      { initContainers: [init('one'), init('two')] }));
    until(shared, 'init', (found) => found.status.initContainerStatuses !== undefined);
    const [waiting, incomplete] = ['waiting PodInitializing', 'Pending, False ContainersNotInitialized'];
    assert.deepEqual(history(shared, 'init', states, 8_000), [
      `${incomplete}, ${waiting}, ${waiting}, ${waiting}`,
      `${incomplete}, running, ${waiting}, ${waiting}`,
      `${incomplete}, terminated Completed 0, ${waiting}, ${waiting}`,
      `${incomplete}, terminated Completed 0, running, ${waiting}`,
      `Pending, True, terminated Completed 0, terminated Completed 0, ${waiting}`,
      'Running, True, terminated Completed 0, terminated Completed 0, running',
    ]);
    assert.deepEqual(pod(shared, 'init').status.initContainerStatuses?.map(({ ready, started }) => [ready, started]),
      [[true, false], [true, false]]);
    assert.equal(pod(shared, 'init').status.conditions?.find(({ type }) => type === 'Initialized')?.message, undefined);
  });

  it('that fail are tried again with a back-off, or fail the pod', () => {
    const spec = { initContainers: [init('one')] };
    create(shared, podOf('again', { one: 'exit 1' }, spec),
      podOf('fatal', { one: 'exit 1' }, { ...spec, restartPolicy: 'Never' }));
    const again = until(shared, 'again', (found) => stateOf(found, 'one') === 'waiting CrashLoopBackOff');
    assert.equal(again.status.phase, 'Pending');
    assert.equal(again.status.initContainerStatuses?.[0]?.restartCount, 1);
    const fatal = until(shared, 'fatal', (found) => found.status.phase === 'Failed');
    assert.equal(stateOf(fatal, 'app'), 'waiting PodInitializing');
    assert.equal(condition(fatal, 'Ready'), 'False PodFailed');
  });

  it('that are sidecars go on, are restarted alone and end after the others', () => {
    create(shared, podOf('sidecar', { one: 'sleep 5; exit 1', app: 'sleep 20; exit 0' },
      { initContainers: [init('one', { restartPolicy: 'Always' })], restartPolicy: 'Never' }));
    const running = until(shared, 'sidecar', (found) => stateOf(found, 'app') === 'running');
    assert.equal(stateOf(running, 'one'), 'running');
    const restarted = until(shared, 'sidecar', (found) => found.status.initContainerStatuses?.[0]?.restartCount === 1);
    assert.deepEqual([restarted.status.phase, condition(restarted, 'Initialized')], ['Running', 'True']);
    const over = until(shared, 'sidecar', (found) => found.status.phase === 'Succeeded');
    assert.equal(stateOf(over, 'app'), 'terminated Completed 0');
  });

  it('that are sidecars hold the others back until their startup probe passes', () => {
    const startupProbe = { httpGet: { port: 8080, path: '/' }, periodSeconds: 1, failureThreshold: 30 };
    create(shared, podOf('gate', { one: 'sleep 6; listen 8080' },
      { initContainers: [init('one', { restartPolicy: 'Always', startupProbe })] }));
    until(shared, 'gate', (found) => stateOf(found, 'one') === 'running');
    shared.runFor(3_000);
    assert.equal(stateOf(pod(shared, 'gate')), 'waiting PodInitializing');
    assert.equal(pod(shared, 'gate').status.phase, 'Pending');
    until(shared, 'gate', isReady);
  });
});

describe('kubelet: hooks and deadlines', () => {
  it('counts a container as started when its postStart hook is done, and kills it when that fails', () => {
    const hook = (command: string[]): Partial<Container> =>
      ({ image: 'busybox:1.36', command: ['sleep', '3600'], lifecycle: { postStart: { exec: { command } } } });
    create(shared, podOf('good', {}, {}, hook(['sleep', '3'])),
      podOf('bad', {}, { terminationGracePeriodSeconds: 1 }, hook(['nothing-like-this'])));
    until(shared, 'bad', (found) => stateOf(found) === 'waiting PostStartHookError');
    assert.equal(stateOf(pod(shared, 'good')), 'waiting ContainerCreating');
    until(shared, 'good', isReady);
    const told = events(shared, 'bad').map((event) => event.replace(/ x\d+/, ''));
    assert.ok(told.includes('Warning FailedPostStartHook PostStartHook failed'), told.join('\n'));
    assert.ok(told.includes('Normal Killing FailedPostStartHook'), told.join('\n'));
  });

  it('ends a pod whose active deadline has passed', () => {
    create(shared, podOf('deadline', {}, { activeDeadlineSeconds: 10, terminationGracePeriodSeconds: 1 }));
    const { status } = until(shared, 'deadline', (found) => found.status.phase === 'Failed');
    assert.equal(status.reason, 'DeadlineExceeded');
    assert.equal(status.message, 'Pod was active on the node longer than the specified deadline');
    shared.runFor(5_000);
    assert.ok(find(shared, 'deadline'));
    assert.match(stateOf(pod(shared, 'deadline')), /^terminated Error 1(37|43)$/);
    assert.ok(events(shared, 'deadline').includes(
      'Normal DeadlineExceeded Pod was active on the node longer than the specified deadline'));
  });

  it('waits for readiness gates that others open', () => {
    create(shared, podOf('gated', {}, { readinessGates: [{ conditionType: 'example.com/open' }] }));
    const found = until(shared, 'gated', (candidate) => condition(candidate, 'ContainersReady') === 'True');
    const ready = found.status.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.reason, 'ReadinessGatesNotReady');
    assert.equal(ready.message, 'corresponding condition of pod readiness gate "example.com/open" does not exist.');
  });
});
