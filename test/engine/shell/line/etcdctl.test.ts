/** etcdctl inside the etcd container: with the certificates that kubeadm made, and without. */
import assert from 'node:assert/strict';
import { World } from './world';

const inPod = 'kubectl -n kube-system exec etcd-one-control-plane -- etcdctl';
const directory = '/etc/kubernetes/pki/etcd';
const authority = `--endpoints=https://127.0.0.1:2379 --cacert=${directory}/ca.crt`;
const secured = `${authority} --cert=${directory}/server.crt --key=${directory}/server.key`;

describe('etcdctl in the etcd container', () => {
  let world: World;
  before(() => {
    world = new World({ 'kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nname: one\n' });
    world.boot();
  });

  it('reads keys', () => {
    assert.match(world.type(`${inPod} ${secured} get /registry/namespaces/def --prefix --keys-only`),
      /^\/registry\/namespaces\/default\n\n$/);
    assert.equal(world.session.code, 0);
    assert.match(world.type(`${inPod} ${secured} endpoint health`), /^https:\/\/127\.0\.0\.1:2379 is healthy: /);
  });

  const refused: readonly (readonly [title: string, flags: string, why: string])[] = [
    ['nothing', '', 'connection closed before server preface received'],
    ['no authority', '--endpoints=https://127.0.0.1:2379', 'x509: certificate signed by unknown authority'],
    ['no certificate', authority, 'remote error: tls: certificate required'],
  ];
  for (const [title, flags, why] of refused) {
    it(`gives up with ${title}`, () => {
      const printed = world.type(`${inPod} ${flags} get /registry --prefix --keys-only`);
      assert.ok(printed.includes(`desc = latest balancer error: last connection error: `), printed);
      assert.ok(printed.includes(why), printed);
      assert.ok(printed.endsWith('"}\nError: context deadline exceeded\ncommand terminated with exit code 1\n'), printed);
      assert.equal(world.session.code, 1);
    });
  }

  it('says that a file is not there', () => {
    assert.equal(world.type(`${inPod} --cacert=/nope member list`),
      'Error: open /nope: no such file or directory\ncommand terminated with exit code 1\n');
  });

  it('is the only tool there, and the other components have none', () => {
    for (const pod of ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager']) {
      assert.match(world.type(`kubectl -n kube-system exec ${pod}-one-control-plane -- sh`),
        /^error: Internal error occurred: Internal error occurred: .* exec: "sh": executable file not found in \$PATH\n$/);
    }
  });
});
