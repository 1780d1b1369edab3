/** Probes: when they ask, what they say, and what follows from it. */
import assert from 'node:assert/strict';
import type { Container, Probe } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { condition, create, events, history, isReady, pod, podOf, stateOf, until } from './pods';

describe('kubelet: probes', () => {
  const cluster = bootedCluster(1, 0);
  const http = (rest: Probe = {}): Probe => ({ httpGet: { path: '/', port: 8080 }, ...rest });
  const started = (name: string): number =>
    Date.parse(until(cluster, name, (found) => stateOf(found) === 'running')
      .status.containerStatuses?.[0]?.state?.running?.startedAt ?? '');
  const secondsSince = (time: number): number => Math.round((cluster.options.epochMs + cluster.nowMs - time) / 1000);
  const probed = (podName: string): number => {
    const { podIP } = pod(cluster, podName).status;
    return cluster.trace.slice(0).filter((hop) =>
      hop.kind === 'request' && hop.subject.verb === 'probe' && JSON.stringify(hop).includes(`${podIP}:`)).length;
  };

  const failing: readonly (readonly [string, Probe, (ip: string) => string])[] = [
    ['refused', http(), (ip) => `Get "http://${ip}:8080/": dial tcp ${ip}:8080: connect: connection refused`],
    ['tcp', { tcpSocket: { port: 8080 } }, (ip) => `dial tcp ${ip}:8080: connect: connection refused`],
    ['grpc', { grpc: { port: 8080 } },
      (ip) => `timeout: failed to connect service "${ip}:8080" within 1s: context deadline exceeded`],
  ];
  for (const [name, readinessProbe, message] of failing) {
    it(`that fail with ${name} say so and keep the pod unready`, () => {
      create(cluster, podOf(name, {}, {}, { readinessProbe }));
      until(cluster, name, (found) => stateOf(found) === 'running');
      cluster.runFor(25_000);
      const found = pod(cluster, name);
      assert.equal(condition(found, 'Ready'), 'False ContainersNotReady');
      assert.equal(found.status.containerStatuses?.[0]?.started, true);
      assert.equal(found.status.containerStatuses?.[0]?.restartCount, 0);
      assert.equal(events(cluster, name).at(-1),
        `Warning Unhealthy x3 Readiness probe failed: ${message(found.status.podIP ?? '')}`);
    });
  }

  it('wait for the initial delay and count up to the thresholds', () => {
    create(cluster, podOf('delay', { app: 'listen 8080' }, {},
      { readinessProbe: http({ initialDelaySeconds: 7, periodSeconds: 4, successThreshold: 3 }) }));
    const since = started('delay');
    until(cluster, 'delay', isReady);
    assert.equal(secondsSince(since), 15);
  });

  it('of liveness restart the container after three failures, and readiness begins anew', () => {
    const app: Partial<Container> = {
      livenessProbe: http({ periodSeconds: 2 }), readinessProbe: { tcpSocket: { port: 9090 }, periodSeconds: 1 },
    };
    create(cluster, podOf('live', { app: 'sleep 1; listen 9090' }, { terminationGracePeriodSeconds: 3 }, app));
    until(cluster, 'live', isReady);
    const seen = history(cluster, 'live', (found) =>
      `${found.status.containerStatuses?.[0]?.restartCount} ${condition(found, 'Ready')}`, 8_000);
    assert.deepEqual(seen.slice(0, 4),
      ['0 True', '0 False ContainersNotReady', '1 False ContainersNotReady', '1 True']);
    const told = events(cluster, 'live').map((event) => event.replace(/ x\d+/, ''));
    assert.ok(told.includes('Normal Killing Container app failed liveness probe, will be restarted'), told.join('\n'));
    assert.ok(told.some((event) => event.startsWith('Warning Unhealthy Liveness probe failed: Get "http://')));
  });

  it('of liveness end a pod that is never restarted', () => {
    create(cluster, podOf('once', {}, { restartPolicy: 'Never' }, { livenessProbe: http({ periodSeconds: 1 }) }));
    until(cluster, 'once', (found) => found.status.phase === 'Failed');
    cluster.runFor(1_000);
    assert.ok(events(cluster, 'once').includes('Normal Killing Container app failed liveness probe'));
  });

  it('of startup hold the others back, and end the container when they never pass', () => {
    const app: Partial<Container> = {
      startupProbe: http({ periodSeconds: 2, failureThreshold: 5 }),
      livenessProbe: http({ periodSeconds: 1, failureThreshold: 1 }), readinessProbe: http({ periodSeconds: 10 }),
    };
    create(cluster, podOf('start', { app: 'sleep 5; listen 8080' }, {}, app), podOf('never', {}, {}, app));
    const since = started('start');
    assert.equal(pod(cluster, 'start').status.containerStatuses?.[0]?.started, false);
    until(cluster, 'start', isReady);
    // Readiness asks at once when startup has passed, not only after its ten seconds.
    assert.ok(secondsSince(since) < 9);
    assert.equal(pod(cluster, 'start').status.containerStatuses?.[0]?.restartCount, 0);
    until(cluster, 'never', (found) => found.status.containerStatuses?.[0]?.restartCount === 1);
    cluster.runFor(1_000);
    assert.ok(events(cluster, 'never').includes('Normal Killing Container app failed startup probe, will be restarted'));
    assert.ok(!events(cluster, 'never').some((event) => event.includes('Liveness')));
  });

  it('inside the container count its exit code, and say when it took too long', () => {
    const exec = (command: string[]): Partial<Container> =>
      ({ image: 'busybox:1.36', command: ['sleep', '3600'], readinessProbe: { exec: { command }, periodSeconds: 3 } });
    create(cluster, podOf('true', {}, {}, exec(['true'])), podOf('false', {}, {}, exec(['false'])),
      podOf('long', {}, {}, exec(['sleep', '5'])), podOf('missing', {}, {}, exec(['no-such-tool'])));
    until(cluster, 'true', isReady);
    cluster.runFor(10_000);
    const last = (name: string): string => (events(cluster, name).at(-1) ?? '').replace(/ x\d+/, '');
    assert.equal(last('false'), 'Warning Unhealthy Readiness probe failed: ');
    assert.equal(last('long'), 'Warning Unhealthy Readiness probe failed: command timed out: "sleep 5" timed out after 1s');
    assert.match(last('missing'), /^Warning Unhealthy Readiness probe errored and resulted in unknown state: rpc error: code = /);
    assert.equal(condition(pod(cluster, 'missing'), 'Ready'), 'False ContainersNotReady');
  });

  it('may name a port, and say when there is none of that name', () => {
    const ports = [{ name: 'web', containerPort: 8080 }];
    const readinessProbe = { httpGet: { port: 'web' } };
    create(cluster, podOf('named', { app: 'listen 8080' }, {}, { ports, readinessProbe }),
      podOf('unnamed', {}, {}, { readinessProbe }));
    until(cluster, 'named', isReady);
    cluster.runFor(1_000);
    assert.equal(events(cluster, 'unnamed').at(-1),
      'Warning Unhealthy Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "web": invalid syntax');
  });

  it('stop with the container', () => {
    create(cluster, podOf('ended', { app: 'listen 8080; sleep 3; exit 0' }, { restartPolicy: 'Never' },
      { readinessProbe: http({ periodSeconds: 1 }) }));
    until(cluster, 'ended', (found) => found.status.phase === 'Succeeded');
    const before = probed('ended');
    cluster.runFor(20_000);
    assert.equal(probed('ended'), before);
  });
});
