/**
 * The commands that the source texts print, with the outputs that they print, from a live cluster: lessons.md A3-01 to
 * A3-08, in the profile of their time (v1.18.2) and in the default one. Ages, process numbers and generated names differ from
 * run to run; everything else is compared letter for letter. `slide` cuts what the slides cut.
 */
import assert from 'node:assert/strict';
import { World } from './world';

function kindYaml(image: string): string {
  return `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane${image}\n- role: worker${image}\n`;
}

const profiles = [
  { version: 'v1.18.2', role: 'master       ', image: '\n  image: kindest/node:v1.18.2', pid: '  PID' },
  { version: 'v1.36.1', role: 'control-plane', image: '', pid: '    PID' },
];

/** Numbers of processes and ages as the slide has them. */
function withoutPids(text: string): string {
  return text.replace(/^ *\d+ /gm, '');
}

for (const { version, role, image, pid } of profiles) {
  describe(`the source texts' commands in ${version}`, () => {
    const world = new World({ 'kind.yaml': kindYaml(image) });

    it('kind create cluster --config kind.yaml prints kind\'s steps (A3-01, A3-02)', () => {
      assert.equal(world.boot(), [
        'Creating cluster "kind" ...', ` ✓ Ensuring node image (kindest/node:${version}) 🖼`, ' ✓ Preparing nodes 📦 📦',
        ' ✓ Writing configuration 📜', ' ✓ Starting control-plane 🕹️', ' ✓ Installing CNI 🔌',
          ' ✓ Installing StorageClass 💾',
        ' ✓ Joining worker nodes 🚜', 'Set kubectl context to "kind-kind"', 'You can now use your cluster with:', '',
        'kubectl cluster-info --context kind-kind', '', 'Have a nice day! 👋', '',
      ].join('\n'));
    });

    it('kubectl get nodes (A3-03)', () => {
      const role2 = role.trim();
      const width = Math.max('ROLES'.length, role2.length, '<none>'.length) + 3;
      const text = world.type('$ kubectl get nodes').replace(/\d+[sm]\d*s?(?= +v)/g, 'AGE');
      assert.equal(text.replace(/AGE +/g, 'AGE   '), [
        `NAME                 STATUS   ${'ROLES'.padEnd(width)}AGE   VERSION`,
        `kind-control-plane   Ready    ${role2.padEnd(width)}AGE   ${version}`,
        `kind-worker          Ready    ${'<none>'.padEnd(width)}AGE   ${version}`, '',
      ].join('\n'));
    });

    it('docker exec -it kind-worker ps fxwwo pid,cmd (A3-04)', () => {
      const text = world.type('docker exec -it kind-worker ps fxwwo pid,cmd | slide');
      assert.equal(text.split('\n')[0], `${pid} CMD`);
      assert.equal(withoutPids(text), [
        `${pid} CMD`, '/usr/local/bin/containerd', '/usr/bin/kubelet', '/usr/local/bin/containerd-shim-runc-v2',
          ' \\_ /pause',
        ' \\_ /usr/local/bin/kube-proxy', '/usr/local/bin/containerd-shim-runc-v2', ' \\_ /pause',
          ' \\_ /bin/kindnetd', '',
      ].join('\n'));
    });

    it('docker exec -it kind-control-plane ps fxwwo pid,cmd (A3-05)', () => {
      const text = withoutPids(world.type('docker exec -it kind-control-plane ps fxwwo pid,cmd | slide'));
      const shim = '/usr/local/bin/containerd-shim-runc-v2\n \\_ /pause\n \\_ ';
      for (const part of ['etcd', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver']) {
        assert.ok(text.includes(`${shim}${part}\n`), `${part} in\n${text}`);
      }
      assert.match(text, /^\/usr\/local\/bin\/containerd$/m);
      const full = world.type('docker exec kind-control-plane ps fxwwo pid,cmd');
      assert.match(full, /1 \/sbin\/init\n[^]* \\_ kube-apiserver --advertise-address=/);
    });

    it('kubectl get pods -A -o wide, and the two columns of the slide (A3-06)', () => {
      assert.match(world.type('kubectl get pods -A -o wide'),
        /^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/);
      const slide = world.type('kubectl get pods -A -o wide | slide').split('\n');
      const named = (line: string): boolean => slide.some((each) => each.replace(/ +/, ' ').replace(/^(kindnet|kube-proxy)-[a-z0-9]{5} /, '$1-22fnw ') === line);
      assert.match(slide[0] ?? '', /^NAME +NODE$/);
      for (const line of [
        'etcd-kind-control-plane kind-control-plane', 'kindnet-22fnw kind-worker',
          'kube-apiserver-kind-control-plane kind-control-plane',
        'kube-controller-manager-kind-control-plane kind-control-plane', 'kube-proxy-22fnw kind-worker',
        'kube-scheduler-kind-control-plane kind-control-plane',
      ]) assert.ok(named(line), `${line} in\n${slide.join('\n')}`);
      assert.ok(!slide.some((line) => line.startsWith('kubelet')));
    });

    it('kubectl run <pod-name> --image=<image-name> creates a bare pod (A3-07)', () => {
      assert.equal(world.type('kubectl run web --image=nginx'), 'pod/web created\n');
      assert.equal(world.type('kubectl wait --for=condition=Ready pod/web'), 'pod/web condition met\n');
      assert.equal(world.type('kubectl get deployments'), 'No resources found in default namespace.\n');
      assert.equal(world.type('kubectl get pod web -o jsonpath={.metadata.ownerReferences}'), '');
    });

    it('the pod lands on a node that the scheduler named in a binding (A3-08)', () => {
      const bound = world.cluster.trace.slice(0).filter(({ kind, subject }) => kind === 'request'
        && subject.subresource === 'binding'
        && subject.name === 'web');
      assert.equal(bound.length, 1);
      assert.equal(world.type('kubectl get pod web -o jsonpath={.spec.nodeName}'), 'kind-worker');
    });
  });
}
