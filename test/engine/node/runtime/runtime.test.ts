/** The container runtime: what it keeps, what it finds in images, and that nothing survives its container. */
import assert from 'node:assert/strict';
import { imageCatalog, unknownImage } from '../../../../src/node/images';
import { findExecutable } from '../../../../src/node/runtime/executables';
import { ImageStore } from '../../../../src/node/runtime/image-store';
import { LogBuffer } from '../../../../src/node/runtime/log-buffer';
import { bootedCluster } from '../../../support/cluster';
import { create, find, isReady, machine, podOf, remove, until } from '../kubelet/pods';

describe('runtime: containers', () => {
  const cluster = bootedCluster(1, 0);
  const { runtime } = machine(cluster);
  const processes = (): string[] => (cluster as unknown as { sim: { runningIds(): string[] } }).sim.runningIds();

  it('take what was executed beside them along when they end', () => {
    create(cluster, podOf('beside', {}, { restartPolicy: 'Never' }, {
      image: 'busybox:1.36', command: ['sh', '-c', 'sleep 6'],
        lifecycle: { postStart: { exec: { command: ['sleep', '600'] } } },
    }));
    assert.ok(cluster.runUntil(() =>
      processes().some((id) => id.startsWith('default/beside/app') && id.includes('#')), 30_000));
    until(cluster, 'beside', (found) => found.status.phase !== 'Pending');
    assert.deepEqual(processes().filter((id) => id.startsWith('default/beside/')), []);
  });

  it('share the address of their sandbox, which is free again afterwards', () => {
    create(cluster, podOf('address', { app: 'listen 80' }));
    const { status, metadata } = until(cluster, 'address', isReady);
    const [sandbox] = runtime.sandboxesOf(metadata.uid);
    assert.equal(sandbox?.ip, status.podIP);
    assert.equal(machine(cluster).files.exists(`/run/cni-ipam-state/kindnet/${status.podIP}`)
      || JSON.stringify(machine(cluster).files.list('/run/cni-ipam-state')).includes('kindnet'), true);
    remove(cluster, 'address');
    assert.ok(cluster.runUntil(() => find(cluster, 'address') === undefined, 10_000));
    assert.equal(sandbox?.ip, '');
    assert.equal(sandbox.ready, false);
    assert.equal(runtime.sandbox(sandbox.id), undefined);
    assert.ok(!machine(cluster).files.exists(`/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${sandbox.id}`));
  });

  it('and sandboxes of a node are those of its pods', () => {
    cluster.runFor(5_000);
    const uids = new Set(cluster.objects.list('v1', 'Pod').map((found) =>
      found.metadata.annotations?.['kubernetes.io/config.hash'] ?? found.metadata.uid));
    for (const { config } of runtime.allSandboxes()) assert.ok(uids.has(config.metadata.uid), config.metadata.name);
    for (const { sandbox } of runtime.allContainers()) assert.ok(runtime.sandbox(sandbox.id));
  });
});

describe('runtime: logs', () => {
  it('keep the newest lines and cut long ones', () => {
    const logs = new LogBuffer();
    for (let i = 0; i < 5_000; i += 1) logs.append(i, 'stdout', `line ${i}`);
    assert.deepEqual(logs.tail(2).map((line) => line.text), ['line 4998', 'line 4999']);
    assert.equal(logs.tail().length, 2_000);
    assert.deepEqual(logs.tail(0), []);
    logs.append(1, 'stderr', 'x'.repeat(20_000));
    assert.deepEqual(logs.tail(2).map((line) => line.text.length), [16_384, 3_616]);
  });
});

describe('runtime: images', () => {
  it('are found by every name of theirs', () => {
    const store = new ImageStore([{ names: ['docker.io/library/nginx:1.27'], sizeBytes: 5 }]);
    const image = store.find('nginx:1.27');
    assert.ok(image);
    for (const name of ['docker.io/library/nginx:1.27', image.id, image.repoDigests[0]
      ?? '']) assert.equal(store.find(name), image);
    for (const name of ['nginx', 'nginx:1.28', 'Nginx:1.27']) assert.equal(store.find(name), undefined);
  });

  const found = (image: typeof unknownImage, command: string): string => {
    const executable = findExecutable(image, command);
    return executable.kind === 'found' ? 'found' : executable.message;
  };
  const nginx = imageCatalog({
    nginx: { sizeBytes: 1, base: 'debian', executables: { nginx: () => ({ start: () => undefined }) } },
  }).get('nginx') ?? assert.fail();
  const cases: readonly (readonly [typeof unknownImage, string, string])[] = [
    [nginx, 'nginx', 'found'], [nginx, '/usr/sbin/nginx', 'found'], [nginx, 'sh', 'found'], [nginx, '/bin/sh', 'found'],
    [nginx, 'nope', 'exec: "nope": executable file not found in $PATH'],
    [nginx, '/nope', 'exec: "/nope": stat /nope: no such file or directory'],
    [unknownImage, '/anything', 'found'],
      [unknownImage, '--flag', 'exec: "--flag": executable file not found in $PATH'],
  ];
  for (const [image, command, result] of cases) {
    it(`${image.base === 'any' ? 'of which nothing is known' : 'of nginx'} answer ${command} with: ${result}`, () => {
      assert.equal(found(image, command), result);
    });
  }
});
