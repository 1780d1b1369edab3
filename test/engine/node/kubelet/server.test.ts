/** The kubelet's HTTP endpoints, and the pure parts: back-off, status patches. */
import assert from 'node:assert/strict';
import { BackOff } from '../../../../src/node/kubelet/backoff';
import { statusPatch } from '../../../../src/node/kubelet/status-manager';
import { kubernetesAdmin } from '../../../../src/cluster/boot/identities';
import { httpRequest } from '../../../../src/api/web';
import type { CallResult } from '../../../../src/sim/process';
import { waitFor } from '../../../../src/sim/task';
import { bootedCluster } from '../../../support/cluster';
import { asAdmin, create, isReady, podOf, until } from './pods';

describe('kubelet: endpoints', () => {
  const cluster = bootedCluster(1, 0);
  const get = (path: string): string => asAdmin(cluster, function* (api) {
    const result = yield* waitFor<CallResult>((resume) => {
      const payload = { ...httpRequest('GET', path, 'test'), user: kubernetesAdmin };
      api.host.call({ to: '172.18.0.2:10250', channel: 'http', subject: { verb: 'get', name: path }, payload },
        { onResult: resume });
    });
    const { code, body } = (result.ok ? result.payload : { code: 0, body: '' }) as { code: number; body: string };
    return `${code} ${body}`;
  });

  before(() => {
    create(cluster, podOf('talks', { app: 'print one; print two; print three' }),
      podOf('again', { app: 'print hello; sleep 4; exit 1' }),
        podOf('waits', {}, {}, { image: 'example.com/nosuch:1' }));
    until(cluster, 'talks', isReady);
    until(cluster, 'again', (found) => found.status.containerStatuses?.[0]?.restartCount === 1);
    cluster.runFor(1_000);
  });

  const cases: readonly (readonly [string, string])[] = [
    ['/healthz', '200 ok'],
    ['/containerLogs/default/talks/app', '200 one\ntwo\nthree\n'],
    ['/containerLogs/default/talks/app?tailLines=2', '200 two\nthree\n'],
    ['/containerLogs/default/again/app?previous=true', '200 hello\n'],
    ['/containerLogs/default/talks/app?previous=true',
      '400 previous terminated container "app" in pod "talks" not found'],
    ['/containerLogs/default/waits/app',
      '400 container "app" in pod "waits" is waiting to start: trying and failing to pull image'],
    ['/containerLogs/default/talks/app?limitBytes=6', '200 one\ntw'],
    ['/containerLogs/default/talks/app?stream=Stderr', '200 '],
    ['/containerLogs/default/talks/app?sinceSeconds=0', '200 '],
    ['/containerLogs/default/talks/nobody', '404 container "nobody" not found in pod "talks"\n'],
    ['/containerLogs/default/nobody/app', '404 pod "nobody" does not exist\n'],
    ['/exec/default/talks/app', '400 Upgrade request required'],
    ['/nowhere', '404 404 page not found\n'],
  ];
  for (const [path, answer] of cases) it(`answer ${path}`, () => assert.equal(get(path), answer));
});

describe('kubelet: back-off', () => {
  it('doubles from 10 s to 300 s and begins anew after ten minutes without a failure', () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 7 }, (_, i) => {
      backOff.next('a', i * 1000, i * 1000);
      return backOff.delay('a') / 1000;
    });
    assert.deepEqual(delays, [10, 20, 40, 80, 160, 300, 300]);
    assert.equal(backOff.remaining('a', 7_000, 17_000), 290_000);
    assert.equal(backOff.remaining('a', 700_000, 700_000), 0);
    backOff.next('a', 700_000, 700_000);
    assert.equal(backOff.delay('a'), 10_000);
    backOff.forget('a');
    assert.equal(backOff.remaining('a', 700_000, 700_000), 0);
  });
});

describe('kubelet: status patches', () => {
  const ready = { type: 'Ready', status: 'True' };
  const unready = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'm' };
  const other = { type: 'example.com/x', status: 'True' };
  const cases: readonly (readonly [string, object, object, object | undefined])[] = [
    ['nothing for the same', { phase: 'Running', conditions: [ready, other] },
      { phase: 'Running', conditions: [ready] }, undefined],
    ['what changes', { phase: 'Pending', hostIP: 'h' }, { phase: 'Running', hostIP: 'h' }, { phase: 'Running' }],
    ['what a condition no longer says', { conditions: [unready] }, { conditions: [ready] },
      { conditions: [{ ...ready, reason: null, message: null }] }],
    ['an address that is gone', { podIP: 'a', podIPs: [{ ip: 'a' }] }, { podIP: 'b', podIPs: [{ ip: 'b' }] },
      { podIP: 'b', podIPs: [{ ip: 'b' }, { ip: 'a', $patch: 'delete' }] }],
    ['the end of a reason', { phase: 'Failed', reason: 'r' }, { phase: 'Failed' }, { reason: null }],
    ['nothing of what others write', { phase: 'Pending', nominatedNodeName: 'n' }, { phase: 'Pending' }, undefined],
  ];
  for (const [title, before, after, expected] of cases) {
    it(`name ${title}`, () => assert.deepEqual(statusPatch(before, after), expected));
  }
});
