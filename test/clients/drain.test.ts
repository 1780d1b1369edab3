/** kubectl drain, cordon and uncordon. What needs no second hand is in sessions/drain. */
import assert from 'node:assert/strict';
import { describeSessions, enter } from './session';
import { Served } from './served';

const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: [{role: control-plane}, {role: worker}, {role: worker}]\n';
const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: guarded, labels: {app: guarded}}
spec:
  nodeName: kind-worker
  terminationGracePeriodSeconds: 1
  containers: [{name: c, image: nginx}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: guard}
spec: {minAvailable: 1, selector: {matchLabels: {app: guarded}}}
`;

describeSessions('drain', { kindYaml });

describe('kubectl drain', () => {
  let served: Served;
  before(async () => {
    served = await Served.start({ kindYaml });
  });
  after(() => served.stop());

  it('tries again until a budget gives way', async () => {
    const env = { KUBECONFIG: await enter(served, 'guarded') };
    await served.kubectl('apply -f -', { env, input: manifest });
    await served.kubectl('wait pod/guarded --for=condition=Ready', { env });
    await served.kubectl('wait pdb/guard --for=jsonpath={.status.currentHealthy}=1', { env });
    const drain = served.background('drain kind-worker --ignore-daemonsets --force'.split(' '), env);
    let text = '';
    const closed = new Promise<number | null>((resolve) => drain.once('close', resolve));
    await new Promise<void>((resolve) => {
      for (const stream of [drain.stdout, drain.stderr]) {
        stream?.on('data', (data: Buffer) => {
          text += data.toString();
          if (text.includes('will retry after 5s')) resolve();
        });
      }
      void closed.then(() => resolve());
    });
    assert.equal((await served.kubectl('get pod guarded -o name', { env })).stdout, 'pod/guarded\n');
    await served.kubectl(['patch', 'pdb', 'guard', '-p', '{"spec":{"minAvailable":0}}'], { env });
    assert.equal(await closed, 0, text);
    assert.deepEqual(text.split('\n'), [
      'node/kind-worker cordoned',
      text.split('\n')[1],
      'evicting pod guarded/guarded',
      'error when evicting pods/"guarded" -n "guarded" (will retry after 5s): Cannot evict pod as it would violate the '
        + 'pod\'s disruption budget.',
      'evicting pod guarded/guarded',
      'pod/guarded evicted',
      'node/kind-worker drained',
      '',
    ]);
    // kubectl tells its warnings in no particular order.
    assert.deepEqual(text.split('\n')[1]?.replace(/-\w{5}(?=[,;]|$)/g, '').slice('Warning: '.length).split('; ').sort(), [
      'deleting Pods that declare no controller: guarded/guarded',
      'ignoring DaemonSet-managed Pods: kube-system/kindnet, kube-system/kube-proxy',
    ]);
  });
});
