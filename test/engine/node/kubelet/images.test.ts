/** Images: what becomes of a container whose image is not there, and what is said about it. */
import assert from 'node:assert/strict';
import type { Container } from '../../../../src/api/types';
import { bootedCluster } from '../../../support/cluster';
import { create, events, history, image, pod, podOf, stateOf, until } from './pods';

describe('kubelet: images', () => {
  const cluster = bootedCluster(1, 0);

  it('that cannot be pulled alternate between the error and its back-off, 10 s doubling', () => {
    const name = 'example.com/nosuch:1';
    create(cluster, podOf('pull', {}, {}, { image: name }));
    const seen = history(cluster, 'pull', (found) => stateOf(found), 40_000);
    assert.deepEqual(seen.filter((state) => state !== 'gone' && state !== 'waiting '), [
      'waiting ContainerCreating', 'waiting ErrImagePull', 'waiting ImagePullBackOff', 'waiting ErrImagePull',
      'waiting ImagePullBackOff', 'waiting ErrImagePull', 'waiting ImagePullBackOff',
    ]);
    const text = `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference `
      + `"${name}": ${name}: not found`;
    assert.equal(pod(cluster, 'pull').status.containerStatuses?.[0]?.state?.waiting?.message,
      `Back-off pulling image "${name}": ErrImagePull: ${text}`);
    assert.equal(pod(cluster, 'pull').status.phase, 'Pending');
    assert.deepEqual(events(cluster, 'pull'), [
      `Normal Pulling x3 Pulling image "${name}"`, `Warning Failed x3 Failed to pull image "${name}": ${text}`,
      'Warning Failed x3 Error: ErrImagePull', `Normal BackOff x3 Back-off pulling image "${name}"`,
      'Warning Failed x3 Error: ImagePullBackOff',
    ]);
    const pulls = cluster.trace.slice(0).filter((hop) => hop.kind === 'request' && hop.subject.verb === 'PullImage');
    assert.deepEqual(pulls.slice(1).map((hop, index) => Math.floor((hop.atMs - (pulls[index]?.atMs ?? 0)) / 1000)),
      [10, 20]);
  });

  const failures: readonly (readonly [string, Partial<Container>, string, readonly RegExp[]])[] = [
    ['private', { image: 'private:1' }, 'ImagePullBackOff',
      [/^Warning Failed .*Failed to pull image "private:1": failed to pull and unpack image "docker.io\/library\/private/]],
    ['badname', { image: 'Nginx:1' }, 'InvalidImageName',
      [/^Warning InspectFailed .*Failed to apply default image tag "Nginx:1": couldn't parse image name "Nginx:1": /,
        /^Warning Failed .*Error: InvalidImageName$/]],
    ['never', { image: 'example.com/other:1', imagePullPolicy: 'Never' }, 'ErrImageNeverPull',
      [/^Warning ErrImageNeverPull .*Container image "example.com\/other:1" is not present with pull policy of Never$/,
        /^Warning Failed .*Error: ErrImageNeverPull$/]],
  ];
  for (const [name, app, reason, expected] of failures) {
    it(`give ${reason} for ${JSON.stringify(app)}`, () => {
      create(cluster, podOf(name, {}, {}, app));
      until(cluster, name, (found) => stateOf(found) === `waiting ${reason}`);
      cluster.runFor(15_000);
      const told = events(cluster, name);
      for (const form of expected) assert.ok(told.some((event) => form.test(event)), told.join('\n'));
    });
  }

  it('are pulled every time when the policy is Always, and once otherwise', () => {
    create(cluster, podOf('once'));
    until(cluster, 'once', (found) => stateOf(found) === 'running');
    create(cluster, podOf('always', {}, {}, { imagePullPolicy: 'Always' }), podOf('twice'));
    for (const name of ['always', 'twice']) until(cluster, name, (found) => stateOf(found) === 'running');
    cluster.runFor(1_000);
    assert.match(events(cluster, 'always')[0] ?? '', /^Normal Pulling /);
    assert.equal(events(cluster, 'twice')[0],
      `Normal Pulled Container image "${image}" already present on machine and can be accessed by the pod`);
  });

  it('that several pods want at once are transferred once', () => {
    const wanted = 'example.com/shared:1';
    create(cluster, ...[1, 2, 3].map((n) => podOf(`shared-${n}`, {}, {}, { image: wanted })));
    for (const n of [1, 2, 3]) until(cluster, `shared-${n}`, (found) => stateOf(found) === 'running');
    const transfers = cluster.trace.slice(0).filter((hop) =>
      hop.kind === 'request' && hop.channel === 'registry' && hop.subject.name === wanted);
    assert.equal(transfers.length, 1);
  });

  it('do not ask for pull secrets', () => {
    create(cluster, podOf('secrets', {}, { imagePullSecrets: [{ name: 'missing' }] }));
    until(cluster, 'secrets', (found) => stateOf(found) === 'running');
  });
});
