/** Signals on a node: pgrep, pkill, killall and kill find the machine's processes, and the kubelet brings back what it ran. */
import assert from 'node:assert/strict';
import { World } from './world';

const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n  - role: control-plane\n  - role: worker\n';
const node = (command: string): string => `docker exec -it kind-control-plane ${command}`;

describe('signals on a node', () => {
  const world = new World({ 'kind.yaml': kindYaml });
  before(() => void world.boot());

  /** The number of the API server's process, as ps shows it. */
  const pid = (): string => /^ *(\d+) .*\bkube-apiserver --/m.exec(world.type(node('ps ax -o pid,cmd')))?.[1] ?? '';

  it('pgrep prints numbers, with -l names, with -a command lines', () => {
    assert.equal(world.type(node('pgrep kube-apiserver')).trim(), pid());
    assert.equal(world.type(node('pgrep -l kube-apiserver')).trim(), `${pid()} kube-apiserver`);
    assert.match(world.type(node('pgrep -a kube-apiserver')), /^\d+ kube-apiserver --advertise-address=/);
    assert.equal(world.type(node('pgrep nothing-of-this-name')), '');
    assert.match(world.type(node('pgrep -f advertise-address=')), /^\d+\s/);
  });

  for (const command of ['pkill kube-apiserver', 'killall kube-apiserver', 'pkill -9 -x kube-apiserver', 'kill PID']) {
    it(`${command} ends the API server, and the kubelet starts it again`, () => {
      const before = pid();
      assert.notEqual(before, '');
      assert.equal(world.type(node(command.replace('PID', before))), '');
      world.runUntil(() => world.cluster.view().nodes[0]?.components.some(({ kind, running }) =>
        kind === 'kube-apiserver' && !running) ?? false, 'an API server that is gone');
      world.runUntil(() => world.cluster.view().nodes[0]?.components.some(({ kind, running }) =>
        kind === 'kube-apiserver' && running) ?? false, 'an API server that is back');
      assert.notEqual(pid(), before);
      world.cluster.runFor(30_000);
    });
  }

  it('say in the tools\' words what is not there', () => {
    assert.equal(world.type(node('killall nobody')).trim(), 'nobody: no process found');
    assert.equal(world.type(node('kill 99999')).trim(), 'kill: (99999) - No such process');
    assert.match(world.type(node('kill 1')), /\/sbin\/init \(1\) is not modelled in the sandbox/);
    assert.match(world.type(node('pkill --ns 1 x')), /option --ns is not modelled in the sandbox/);
    assert.match(world.type(node('pkill [')), /the pattern \[ is not modelled in the sandbox/);
  });
});
