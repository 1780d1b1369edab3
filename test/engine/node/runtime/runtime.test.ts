/** The container runtime: what it keeps, what it finds in images, and that nothing survives its container. */
import assert from 'node:assert/strict';
import { imageCatalog, unknownImage } from '../../../../src/node/images';
import { findExecutable } from '../../../../src/node/runtime/executables';
import { ImageStore } from '../../../../src/node/runtime/image-store';
import { ContainerLog } from '../../../../src/node/runtime/container-log';
import { FileTree } from '../../../../src/node/filesystem';
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
  const path = '/var/log/pods/default_web_u/app/0.log';

  it('lie on the disk in the format of CRI', () => {
    const disk = new FileTree();
    const log = new ContainerLog(disk, path);
    log.write(1_767_225_600_123, 'stdout', 'one\ntw');
    log.write(1_767_225_601_000, 'stderr', 'oops\n');
    log.write(1_767_225_602_000, 'stdout', 'o\nlast');
    log.close(1_767_225_603_000);
    assert.equal(disk.read(path), [
      '2026-01-01T00:00:00.123000000Z stdout F one', '2026-01-01T00:00:01.000000000Z stderr F oops',
      '2026-01-01T00:00:02.000000000Z stdout F two', '2026-01-01T00:00:03.000000000Z stdout F last', '',
    ].join('\n'));
  });

  it('cut long lines into parts', () => {
    const log = new ContainerLog(new FileTree(), path);
    log.write(0, 'stderr', `${'x'.repeat(20_000)}\n`);
    assert.deepEqual(log.lines.map(({ text, partial }) => [text.length, partial]), [[16_384, true], [3_616, false]]);
  });

  it('are rotated, and only the newest files stay', () => {
    const disk = new FileTree();
    const log = new ContainerLog(disk, path);
    for (let i = 0; i < 200_000; i += 1) log.write(i * 1_000, 'stdout', `line ${i}\n`);
    const names = disk.list('/var/log/pods/default_web_u/app') ?? [];
    assert.equal(names.length, 2);
    assert.match(names[1] ?? '', /^0\.log\.1970\d{4}-\d{6}$/);
    assert.equal(log.lines[log.lines.length - 1]?.text, 'line 199999');
    log.remove();
    assert.deepEqual(disk.list('/var/log/pods/default_web_u/app'), []);
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
