/**
 * The terminal while the past is shown: programs that read find what was there at that moment, and nothing moves
 * meanwhile.
 */
import assert from 'node:assert/strict';
import { type Cluster, replay } from '../../../src/cluster/cluster';
import { readsOnly } from '../../../src/shell/line/reading';
import { apply, bootedCluster, example } from '../../support/cluster';

const control = 'kind-control-plane';

function run(cluster: Cluster, words: readonly string[]): string {
  const [name = '', ...args] = words;
  let text = '';
  let isOver = false;
  cluster.run(name === 'kubectl' ? { kind: 'kubectl', args, files: {} }
    : { kind: 'node', node: control, args: words, tty: false }, (output) => {
    if (output.kind === 'text') text += output.text;
    if (output.kind === 'exit') isOver = true;
  });
  assert.ok(cluster.runUntil(() => isOver, 30_000), `${words.join(' ')} does not end`);
  return text;
}

/** What `kubectl get pods -A --no-headers` says of names, readiness and states. */
function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '').map((line) => {
    const [namespace, name, ready] = line.split(/\s+/);
    return `${namespace}/${name} ${ready}`;
  }).sort();
}

describe('the terminal in the past', () => {
  const cluster = bootedCluster(1, 2);
  const from = cluster.trace.length;
  before(() => {
    apply(cluster, example('deployment.yaml'));
    cluster.runFor(20_000);
    run(cluster, ['kubectl', 'delete', 'deployment', 'web']);
    cluster.runFor(60_000);
  });

  it('answers from the moment that is shown, also between two hops of a change', () => {
    for (let hops = from; hops < from + 400; hops += 37) {
      const moment = cluster.history.ofHop(hops);
      assert.ok(moment);
      const twin = replay(cluster.options, cluster.log.slice(0, moment.commands), moment.events);
      twin.standStill();
      const past = cluster.at(moment);
      const expected = past.view().nodes.flatMap(({ pods }) => pods).concat(past.view().unboundPods).map((pod) =>
        `${pod.namespace}/${pod.name} ${pod.readyContainers}/${pod.totalContainers}`).sort();
      const rows = rowsOf(run(twin, ['kubectl', 'get', 'pods', '-A', '--no-headers']));
      assert.deepEqual(rows, expected, `after ${moment.hops} hops`);
      assert.equal(twin.objects.revision, moment.revision, 'and nothing has been written meanwhile');
    }
  });

  it('knows logs, processes and keys of that moment, which the API does not keep', () => {
    const running = cluster.history.find({ resource: 'pods/status', verb: 'patch' }, from + 300);
    assert.ok(running);
    const twin = replay(cluster.options, cluster.log.slice(0, running.commands), running.events);
    twin.standStill();
    const pod = run(twin, ['kubectl', 'get', 'pods', '-o', 'name']).split('\n')[0] ?? '';
    assert.match(pod, /^pod\/web-/);
    assert.match(run(twin, ['kubectl', 'logs', pod]), /nginx/);
    assert.match(run(twin, ['ps', 'fxwwo', 'pid,cmd']), /kube-apiserver/);
    const keys = run(twin, ['etcdctl', 'get', '/registry/pods/default', '--prefix', '--keys-only']);
    assert.match(keys, /\/registry\/pods\/default\/web-/);
    assert.equal(run(cluster, ['kubectl', 'get', 'pods']), 'No resources found in default namespace.\n');
  });
});

describe('programs that only read', () => {
  const kubectl = (line: string): boolean => readsOnly({ kind: 'kubectl', args: line.split(' '), files: {} });
  const node = (line: string): boolean => readsOnly({ kind: 'node', node: control, args: line.split(' '), tty: false });

  it('are told from those that write', () => {
    const reads = [
      'get pods', '-n kube-system get pods', '--namespace kube-system describe node x', 'logs web -f', 'top pod',
      'auth can-i create pods', 'rollout status deployment/web', 'explain pod.spec', 'config view',
      'exec web -- cat /etc/hosts', 'no-such-command', '--help',
    ];
    const writes = [
      'apply -f x.yaml', 'delete pod web', 'run a --image=nginx', 'scale deployment web --replicas=1',
      'exec -it web -- sh', 'exec web -- rm -rf /', 'rollout restart deployment/web', '-n a label node x y=z',
      'edit pod web', 'exec web', 'replace -f x.yaml', 'attach web',
    ];
    const looks = [
      'ps fxwwo pid,cmd', 'cat /etc/kubernetes/manifests/etcd.yaml', '/bin/ls /etc', 'crictl ps',
      'crictl --timeout=2s pods', 'ip addr', 'ip route show', 'ip -4 addr show eth0', 'systemctl status kubelet',
      'etcdctl get / --prefix', 'etcdctl --endpoints=x member list', 'curl -k https://localhost:6443/livez',
      'curl -XGET http://a', 'iptables-save -t nat',
    ];
    const acts = [
      'bash', 'mv /a /b', 'systemctl stop kubelet', 'crictl rmi x', 'crictl stop x', 'ip link set eth0 down',
      'etcdctl put a b', 'etcdctl compact 3', 'etcdctl alarm disarm', 'etcdctl del a', 'curl -X DELETE http://a',
      'curl --data x http://a', 'rm x', '',
    ];
    for (const line of reads) assert.equal(kubectl(line), true, line);
    for (const line of writes) assert.equal(kubectl(line), false, line);
    for (const line of looks) assert.equal(node(line), true, line);
    for (const line of acts) assert.equal(node(line), false, line);
  });
});
