/**
 * What if: a message is lost, a node's disk is full, etcd's database is full. Each does what it does upstream, and can
 * be replayed and mended.
 */
import assert from 'node:assert/strict';
import type { Event, Node, Pod } from '../../../src/api/types';
import { type Cluster, replay } from '../../../src/cluster/cluster';
import { processOf, whatIfsFor } from '../../../src/protocol/what-if';
import { apply, bootedCluster, example, podsIn } from '../../support/cluster';

const control = 'kind-control-plane';
const apiServer = `kube-apiserver@${control}`;

/** What a command of the terminal prints, on both streams, with its exit code when it failed. */
function run(cluster: Cluster, line: string): string {
  const [name = '', ...args] = line.split(' ');
  let text = '';
  let code: number | undefined;
  const program = name === 'kubectl' ? { kind: 'kubectl', args, files: {} } as const
    : { kind: 'node', node: control, args: [name, ...args], tty: false } as const;
  cluster.run(program, (output) => {
    if (output.kind === 'text') text += output.text;
    if (output.kind === 'exit') code = output.code;
  });
  assert.ok(cluster.runUntil(() => code !== undefined, 120_000), `${line} does not end`);
  return code === 0 ? text : `${text}(${code})`;
}

function assertReplays(cluster: Cluster): void {
  const again = replay(cluster.options, cluster.log, cluster.eventsProcessed);
  assert.equal(again.trace.digest(), cluster.trace.digest());
}

const allReady = (cluster: Cluster) => (): boolean => {
  const pods = podsIn(cluster, 'default').filter(({ status }) => status !== 'Completed');
  return pods.length === 3 && pods.every(({ health }) => health === 'ready');
};

describe('what if a message is lost', () => {
  it('the sender gives its connection up after 45 s and tries again', () => {
    const cluster = bootedCluster(1, 1);
    cluster.execute({ type: 'dropMessage', from: 'kubelet@kind-worker', to: apiServer });
    apply(cluster, example('deployment.yaml'));
    const beganMs = cluster.nowMs;
    assert.ok(cluster.runUntil(allReady(cluster), 120_000));
    const faults = cluster.trace.slice(0).filter(({ kind }) => kind === 'fault' || kind === 'failure');
    const [lost, gaveUp] = faults.slice(-2);
    assert.deepEqual([lost?.kind, lost?.from, lost?.to, lost?.subject.verb],
      ['fault', 'kubelet@kind-worker', apiServer, 'drop']);
    assert.deepEqual([gaveUp?.kind, gaveUp?.to, gaveUp?.subject.reason], ['failure', 'kubelet@kind-worker', 'timeout']);
    assert.equal((gaveUp?.atMs ?? 0) - (lost?.atMs ?? 0), 45_000);
    assert.ok(cluster.nowMs - beganMs > 40_000, 'and only then');
    assertReplays(cluster);
  });

  it('a watch event that is lost takes its watch with it; the watcher opens it again and misses nothing', () => {
    const cluster = bootedCluster(1, 1);
    apply(cluster, example('deployment.yaml'));
    assert.ok(cluster.runUntil(allReady(cluster), 120_000));
    const kubelet = 'kubelet@kind-worker';
    run(cluster, 'kubectl create configmap seen');
    cluster.execute({ type: 'dropMessage', from: apiServer, to: 'kube-scheduler@kind-control-plane' });
    cluster.execute({ type: 'delete', targets: podsIn(cluster, 'default').map(({ name }) =>
      ({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name })) });
    cluster.runFor(120_000);
    assert.ok(allReady(cluster)(), 'all pods are there again');
    const failed = cluster.trace.slice(0).filter(({ kind }) => kind === 'failure').at(-1);
    assert.equal(failed?.to, 'kube-scheduler@kind-control-plane');
    assert.notEqual(failed?.to, kubelet);
  });

  it('one message and no more', () => {
    const cluster = bootedCluster(1, 1);
    cluster.execute({ type: 'dropMessage', from: 'kube-controller-manager@kind-control-plane' });
    cluster.runFor(120_000);
    assert.equal(cluster.trace.slice(0).filter(({ kind }) => kind === 'fault').length, 1);
  });
});

describe('what if the disk of a node is full', () => {
  const cluster = bootedCluster(1, 2);
  const node = (): Node => cluster.objects.get({ apiVersion: 'v1', kind: 'Node', name: 'kind-worker' }) as Node;
  const pressure = (): string | undefined =>
    node().status.conditions?.find(({ type }) => type === 'DiskPressure')?.status;
  const events = (reason: string): Event[] =>
    cluster.objects.list<Event>('v1', 'Event').filter((event) => event.reason === reason);

  before(() => {
    apply(cluster, example('deployment.yaml'));
    assert.ok(cluster.runUntil(allReady(cluster), 120_000));
    cluster.execute({ type: 'fillDisk', machine: 'kind-worker' });
    cluster.runFor(45_000);
  });

  it('the kubelet reports DiskPressure, and the node gets the taint', () => {
    assert.equal(pressure(), 'True');
    assert.ok(node().spec.taints?.some(({ key, effect }) =>
      key === 'node.kubernetes.io/disk-pressure' && effect === 'NoSchedule'));
    assert.equal(events('NodeHasDiskPressure')[0]?.message, 'Node kind-worker status is now: NodeHasDiskPressure');
    assert.equal(events('EvictionThresholdMet')[0]?.message, 'Attempting to reclaim ephemeral-storage');
  });

  it('removes images that nothing uses, and then evicts pods with the text of the kubelet', () => {
    const images = run(cluster, 'kubectl get node kind-worker -o jsonpath={.status.images[*].names}');
    assert.ok(!images.includes('kube-apiserver'), 'no container of a worker uses it');
    assert.ok(images.includes('kube-proxy') && images.includes('pause'));
    const evicted = cluster.objects.list<Pod>('v1', 'Pod').filter(({ status, metadata }) =>
      status.reason === 'Evicted' && metadata.namespace === 'default')[0];
    assert.match(evicted?.status.message ?? '', new RegExp('^The node was low on resource: ephemeral-storage\\. '
      + 'Threshold quantity: 10737418400, available: \\d+Mi\\. '
      + 'Container nginx was using 32Ki, request is 0, has larger consumption of ephemeral-storage\\. $'));
    const target = evicted?.status.conditions?.filter(({ type }) => type === 'DisruptionTarget');
    assert.deepEqual(target?.map(({ status, reason }) => [status, reason]), [['True', 'TerminationByKubelet']]);
    assert.equal(evicted?.status.phase, 'Failed');
  });

  it('spares static pods and those of the system; the Deployment goes elsewhere', () => {
    const proxy = podsIn(cluster, 'kube-system').find(({ name, node: on }) =>
      name.startsWith('kube-proxy') && on === 'kind-worker');
    assert.equal(proxy?.health, 'ready');
    assert.ok(allReady(cluster)());
    const nodes = podsIn(cluster, 'default').filter(({ health }) => health === 'ready').map(({ node: on }) => on);
    assert.deepEqual([...new Set(nodes)], ['kind-worker2']);
  });

  it('turns new pods away meanwhile, unless they are critical', () => {
    apply(cluster, [
      'apiVersion: v1', 'kind: Pod', 'metadata:', '  name: late', 'spec:', '  nodeName: kind-worker',
      '  containers:', '    - name: a', '      image: nginx:1.27', '',
    ].join('\n'));
    cluster.runFor(5_000);
    const late = cluster.objects.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'late' }) as Pod;
    assert.deepEqual([late.status.phase, late.status.reason, late.status.message],
      ['Failed', 'Evicted', 'Pod was rejected: The node had condition: [DiskPressure]. ']);
  });

  it('keeps the condition for five minutes after the disk is free again', () => {
    cluster.execute({ type: 'freeDisk', machine: 'kind-worker' });
    cluster.runFor(280_000);
    assert.equal(pressure(), 'True');
    cluster.runFor(40_000);
    assert.equal(pressure(), 'False');
    assert.equal(node().spec.taints, undefined);
    assertReplays(cluster);
  });
});

describe('what if the database of etcd is full', () => {
  const cluster = bootedCluster(1, 1);
  const noSpace = 'etcdserver: mvcc: database space exceeded';
  const fill = (): void => {
    cluster.execute({ type: 'fillDatabase', machine: control });
    cluster.runFor(10);
  };

  it('writes are refused while reads go on, and the alarm says why', () => {
    fill();
    assert.equal(run(cluster, 'kubectl create configmap x'), `error: failed to create configmap: ${noSpace}\n(1)`);
    assert.equal(run(cluster, 'kubectl label node kind-worker a=b'), `Error from server: ${noSpace}\n(1)`);
    assert.match(run(cluster, 'kubectl get nodes'), /kind-worker +Ready/);
    assert.match(run(cluster, 'etcdctl alarm list'), /^memberID:\d+ alarm:NOSPACE \n$/);
    assert.match(run(cluster, 'etcdctl endpoint status'), /, 2\.1 GB, /);
  });

  it('leaders cannot renew their leases: scheduler and controller manager give up, and are started again', () => {
    cluster.runFor(30_000);
    assert.match(run(cluster, 'kubectl get lease -n kube-system kube-scheduler'), /kube-scheduler/);
    const stopped = cluster.trace.slice(0).filter(({ kind, from }) =>
      kind === 'stopped' && from === `kube-scheduler@${control}`);
    assert.equal(stopped.length, 1);
  });

  it('compact alone does not help, nor does defrag while the alarm is on; all three do', () => {
    const revision = cluster.objects.revision;
    assert.equal(run(cluster, `etcdctl compact ${revision}`), `compacted revision ${revision}\n`);
    assert.match(run(cluster, 'kubectl create configmap x'), new RegExp(noSpace));
    assert.match(run(cluster, 'etcdctl defrag'), /^Finished defragmenting etcd member\[127\.0\.0\.1:2379\]\. took /);
    assert.match(run(cluster, 'kubectl create configmap x'), new RegExp(noSpace));
    assert.match(run(cluster, 'etcdctl alarm disarm'), /^memberID:\d+ alarm:NOSPACE \n$/);
    assert.equal(run(cluster, 'etcdctl alarm list'), '');
    assert.equal(run(cluster, 'kubectl create configmap x'), 'configmap/x created\n');
  });

  it('is mended by one command, too; the control plane recovers by itself', () => {
    cluster.runFor(60_000);
    fill();
    cluster.runFor(30_000);
    cluster.execute({ type: 'freeDatabase', machine: control });
    cluster.runFor(90_000);
    assert.equal(run(cluster, 'etcdctl alarm list'), '');
    apply(cluster, example('deployment.yaml'));
    assert.ok(cluster.runUntil(allReady(cluster), 120_000));
    assertReplays(cluster);
  });

  it('does nothing where no etcd runs', () => {
    const before = cluster.trace.length;
    cluster.execute({ type: 'fillDatabase', machine: 'kind-worker' });
    cluster.execute({ type: 'fillDatabase', machine: 'nowhere' });
    cluster.execute({ type: 'freeDatabase', machine: 'nowhere' });
    cluster.execute({ type: 'fillDisk', machine: 'nowhere' });
    assert.deepEqual(cluster.trace.slice(before).map(({ kind }) => kind), ['input', 'input', 'input', 'input']);
  });
});

describe('what can be tried out', () => {
  const cluster = bootedCluster(1, 1);
  const possible = (box: string): readonly string[] => whatIfsFor(box, cluster.view());
  apply(cluster, example('deployment.yaml'));
  cluster.runUntil(allReady(cluster), 120_000);
  const [pod] = podsIn(cluster, 'default');

  it('depends on what a box is', () => {
    assert.deepEqual(possible('node/kind-worker'), ['cordon', 'cutLink', 'healLink', 'fillDisk', 'powerOff']);
    assert.deepEqual(possible('node/kind-control-plane'), ['cordon', 'fillDisk', 'powerOff']);
    assert.deepEqual(possible('kubelet@kind-worker'), ['kill', 'stopUnit', 'dropMessage']);
    assert.deepEqual(possible('containerd@kind-worker'), ['kill', 'stopUnit']);
    assert.deepEqual(possible(`etcd@${control}`), ['kill', 'fillDatabase', 'freeDatabase']);
    assert.deepEqual(possible(apiServer), ['kill', 'dropMessage']);
    assert.deepEqual(possible(`pod/default/${pod?.name}`), ['kill', 'dropMessage']);
    assert.deepEqual(possible(`container/default/${pod?.name}/nginx`), ['kill', 'dropMessage']);
    for (const nothing of ['', 'node/nowhere', 'client/kubectl', 'outside/registry', 'pod/default/nobody']) {
      assert.deepEqual(possible(nothing), [], nothing);
    }
  });

  it('names the processes that run', () => {
    const view = cluster.view();
    const { sim } = cluster as unknown as { sim: { isRunning(id: string): boolean } };
    const proxy = podsIn(cluster, 'kube-system').find(({ name }) => name.startsWith('kube-proxy'));
    for (const box of [`pod/kube-system/${proxy?.name}`, `etcd@${control}`, `pod/default/${pod?.name}`,
      `pod/kube-system/etcd-${control}`, 'kubelet@kind-worker']) {
      const process = processOf(box, view);
      assert.ok(process !== undefined && sim.isRunning(process), `${box}: ${process}`);
    }
  });

  it('and on how it is: what was done can be undone', () => {
    cluster.execute({ type: 'fillDisk', machine: 'kind-worker' });
    cluster.execute({ type: 'stopUnit', machine: control, unit: 'kubelet' });
    cluster.runFor(30_000);
    assert.ok(possible('node/kind-worker').includes('freeDisk'));
    assert.deepEqual(possible(`kubelet@${control}`), ['startUnit']);
    const { last } = cluster.history;
    cluster.execute({ type: 'startUnit', machine: control, unit: 'kubelet' });
    cluster.execute({ type: 'freeDisk', machine: 'kind-worker' });
    cluster.runFor(30_000);
    assert.ok(possible('node/kind-worker').includes('fillDisk'));
    assert.ok(possible(`kubelet@${control}`).includes('stopUnit'));
    assert.ok(last);
    assert.ok(whatIfsFor('node/kind-worker', cluster.at(last).view()).includes('freeDisk'), 'in the past as it was');
  });

  it('a node that was switched off comes back with its pods', () => {
    cluster.execute({ type: 'powerOff', machine: 'kind-worker' });
    cluster.runFor(60_000);
    assert.deepEqual(possible('node/kind-worker'), ['powerOn']);
    assert.deepEqual(possible('kubelet@kind-worker'), []);
    cluster.execute({ type: 'powerOn', machine: 'kind-worker' });
    cluster.execute({ type: 'powerOn', machine: 'kind-worker' });
    cluster.runFor(60_000);
    assert.equal(cluster.view().nodes[1]?.status, 'Ready');
    const proxy = podsIn(cluster, 'kube-system').find(({ name, node }) =>
      name.startsWith('kube-proxy') && node === 'kind-worker');
    assert.deepEqual([proxy?.health, proxy?.restarts], ['ready', 1]);
    assertReplays(cluster);
  });
});
