/** Static pods: manifests in /etc/kubernetes/manifests and their mirrors. */
import assert from 'node:assert/strict';
import { bootedCluster } from '../../../support/cluster';
import { find, machine, pod, podOf, remove, stateOf } from './pods';

const folder = '/etc/kubernetes/manifests';
const file = `${folder}/kube-scheduler.yaml`;
const name = 'kube-scheduler-kind-control-plane';
const processId = 'kube-scheduler@kind-control-plane';

describe('kubelet: static pods', () => {
  const cluster = bootedCluster(1, 0);
  const { files } = machine(cluster);
  const manifest = files.read(file) ?? assert.fail('no manifest');
  const running = (): boolean => {
    const components = cluster.view().nodes[0]?.components ?? [];
    return components.some((component) => component.id === processId && component.running);
  };
  const ready = (): boolean => running() && find(cluster, name, 'kube-system') !== undefined
    && stateOf(pod(cluster, name, 'kube-system'), 'kube-scheduler') === 'running';

  it('have mirrors that belong to the node', () => {
    const { metadata, status } = pod(cluster, name, 'kube-system');
    assert.equal(metadata.ownerReferences?.[0]?.kind, 'Node');
    assert.equal(metadata.annotations?.['kubernetes.io/config.source'], 'file');
    assert.equal(metadata.annotations?.['kubernetes.io/config.mirror'],
      metadata.annotations?.['kubernetes.io/config.hash']);
    assert.equal(status.phase, 'Running');
  });

  it('outlive the deletion of their mirror, which comes back', () => {
    const { uid } = pod(cluster, name, 'kube-system').metadata;
    remove(cluster, name, 'kube-system');
    assert.ok(cluster.runUntil(() => {
      const now = find(cluster, name, 'kube-system');
      return now !== undefined && now.metadata.uid !== uid && now.status.phase === 'Running';
    }, 60_000));
    const [app] = pod(cluster, name, 'kube-system').status.containerStatuses ?? [];
    assert.equal(app?.restartCount, 0);
    assert.ok(running());
  });

  it('end when their manifest is moved away, and come again with it', () => {
    files.remove(file);
    assert.ok(cluster.runUntil(() => !running() && find(cluster, name, 'kube-system') === undefined, 60_000));
    cluster.execute({ type: 'apply', objects: [podOf('waits')] });
    cluster.runFor(10_000);
    assert.equal(pod(cluster, 'waits').spec.nodeName, undefined);
    files.write(file, manifest);
    assert.ok(cluster.runUntil(() => ready() && find(cluster, 'waits')?.status.phase === 'Running', 60_000));
  });

  it('are replaced when their manifest changes, never two at a time', () => {
    const before = pod(cluster, name, 'kube-system').metadata;
    files.write(file, manifest.replace('metadata:\n',
      'metadata:\n  annotations: {note: changed}\n').replace(/annotations: \{\}\n/, ''));
    assert.ok(cluster.runUntil(() => {
      const now = find(cluster, name, 'kube-system');
      return now !== undefined && now.metadata.annotations?.['note'] === 'changed' && now.status.phase === 'Running'
        && ready();
    }, 60_000));
    const now = pod(cluster, name, 'kube-system').metadata;
    assert.notEqual(now.uid, before.uid);
    assert.notEqual(now.annotations?.['kubernetes.io/config.hash'], before.annotations?.['kubernetes.io/config.hash']);
    const sandboxes = machine(cluster).runtime.allSandboxes().filter((sandbox) =>
      sandbox.config.metadata.name === name);
    assert.equal(sandboxes.length, 1);
  });

  it('of one\'s own run like any other, and a file that is no pod is ignored', () => {
    files.write(`${folder}/broken.yaml`, 'kind: Pod\nmetadata: [');
    files.write(`${folder}/mine.yaml`, [
      'apiVersion: v1', 'kind: Pod', 'metadata: {name: mine}', 'spec:', '  containers:', '    - name: app',
      '      image: example.com/app:1.0', '',
    ].join('\n'));
    assert.ok(cluster.runUntil(() => find(cluster, 'mine-kind-control-plane')?.status.phase === 'Running', 60_000));
    files.remove(`${folder}/mine.yaml`);
    assert.ok(cluster.runUntil(() => find(cluster, 'mine-kind-control-plane') === undefined, 60_000));
  });
});
