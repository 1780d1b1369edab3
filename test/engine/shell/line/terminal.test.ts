/** The sandbox terminal at work: kubectl's verbs, node shells, etcdctl, pipes, Ctrl+C, bad input, completion. */
import assert from 'node:assert/strict';
import { complete } from '../../../../src/shell/line/completion';
import { World } from './world';

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx }] }
`;

describe('the sandbox terminal', () => {
  const world = new World({ 'web.yaml': manifest, 'broken.yaml': 'apiVersion: v1\nkind: Pod\nspec: [' });

  it('says what kind says while there is no cluster', () => {
    assert.equal(world.type('kind get clusters'), 'No kind clusters found.\n');
    assert.match(world.type('kubectl get nodes'), /^The connection to the server localhost:8080 was refused/m);
    assert.equal(world.type('docker exec kind-worker ps'),
      'Error response from daemon: No such container: kind-worker\n');
    assert.equal(world.type('kind create cluster --config nothing.yaml'),
      'ERROR: failed to create cluster: failed to read config: open nothing.yaml: no such file or directory\n');
  });

  it('creates a cluster under a name and waits for it', () => {
    const screen = world.boot('kind create cluster --name one --wait 5m');
    assert.match(screen, /^Creating cluster "one" \.\.\.\n/);
    assert.match(screen, / ✓ Waiting ≤ 5m for control-plane = Ready ⏳\n • Ready after \d+s 💚\n/);
    assert.equal(world.type('kind get nodes --name one'), 'one-control-plane\n');
    assert.match(world.type('kind create cluster --name one'), /node\(s\) already exist for a cluster with the name "one"/);
  });

  /** Lines and what they print, in this order; ages and generated names are left open. */
  const lines: readonly (readonly [line: string, expected: string | RegExp])[] = [
    ['kubectl apply -f web.yaml', 'deployment.apps/web created\n'],
    ['kubectl rollout status deployment/web', /deployment "web" successfully rolled out\n$/],
    ['kubectl apply -f web.yaml', 'deployment.apps/web unchanged\n'],
    ['kubectl get deploy web', /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2 +2 +2 +\d+s\n$/],
    ['kubectl get deploy,svc', /^NAME +READY.*\ndeployment\.apps\/web .*\n\nNAME +TYPE.*\nservice\/kubernetes /],
    ['kubectl get pods -l app=web -o name | wc -l', '2\n'],
    ['kubectl get pods --show-labels | grep app=web | head -1 | wc -l', '1\n'],
    ['kubectl get pods -L app --no-headers | head -n 1', /web\n$/],
    ['kubectl get deploy web -o jsonpath="{.spec.replicas}"', '2'],
    ['kubectl get deploy web -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image',
      'NAME   IMAGE\nweb    nginx\n'],
    ['kubectl get deploy web -o json | grep \'"kind": \'', '    "kind": "Deployment",\n'],
    ['kubectl get pods --sort-by=.metadata.name -o name | sort -c', /sort: option -c is not modelled in the sandbox/],
    ['kubectl scale deployment web --replicas=3', 'deployment.apps/web scaled\n'],
    ['kubectl set image deployment/web nginx=nginx:1.27', 'deployment.apps/web image updated\n'],
    ['kubectl rollout status deploy web', /successfully rolled out\n$/],
    ['kubectl rollout history deployment/web',
      'deployment.apps/web \nREVISION   CHANGE-CAUSE\n1          <none>\n2          <none>\n\n'],
    ['kubectl rollout undo deployment/web', 'deployment.apps/web rolled back\n'],
    ['kubectl rollout status deploy/web', /successfully rolled out\n$/],
    ['kubectl label deployment web tier=front', 'deployment.apps/web labeled\n'],
    ['kubectl label deployment web tier=back',
      'error: \'tier\' already has a value (front), and --overwrite is false\n'],
    ['kubectl label deployment web tier-', 'deployment.apps/web unlabeled\n'],
    ['kubectl annotate deployment web note="two words"', 'deployment.apps/web annotated\n'],
    ['kubectl expose deployment web --port=80', 'service/web exposed\n'],
    ['kubectl create configmap c --from-literal=a=1', 'configmap/c created\n'],
    ['kubectl create namespace shop && kubectl -n shop get pods',
      'namespace/shop created\nNo resources found in shop namespace.\n'],
    ['kubectl patch configmap c -p \'{"data":{"b":"2"}}\'', 'configmap/c patched\n'],
    ['kubectl describe configmap c', /^Name: +c\nNamespace: +default\n/],
    ['kubectl auth can-i create pods', 'yes\n'],
    ['kubectl auth can-i create pods --as=viewer', 'no\n'],
    ['kubectl get pods --as=viewer', /^Error from server \(Forbidden\): pods is forbidden: User "viewer" cannot list resource "pods"/],
    ['kubectl api-resources --api-group=apps --no-headers -o name',
      'controllerrevisions.apps\ndaemonsets.apps\ndeployments.apps\nreplicasets.apps\nstatefulsets.apps\n'],
    ['kubectl explain pod.spec.nodeName', /^KIND: +Pod\nVERSION: +v1\n\nFIELD: nodeName <string>\n\n\nDESCRIPTION:\n/],
    ['kubectl config current-context', 'kind-one\n'],
    ['kubectl cordon one-control-plane', 'node/one-control-plane cordoned\n'],
    ['kubectl get nodes | grep -c SchedulingDisabled', '1\n'],
    ['kubectl uncordon one-control-plane', 'node/one-control-plane uncordoned\n'],
    ['kubectl taint nodes one-control-plane a=b:NoSchedule', 'node/one-control-plane tainted\n'],
    ['kubectl taint nodes one-control-plane a-', 'node/one-control-plane untainted\n'],
    ['kubectl exec deploy/web -- cat /etc/hostname', /^web-[a-z0-9]+-[a-z0-9]{5}\n$/],
    ['kubectl exec deploy/web -- sh -c "exit 3"; echo done', 'command terminated with exit code 3\ndone\n'],
    ['kubectl run probe --image=busybox --restart=Never -- sleep 3600 ; kubectl wait --for=condition=Ready pod/probe',
      'pod/probe created\npod/probe condition met\n'],
    // kube-proxy brings new endpoints to the kernel once a second.
    ['kubectl exec probe -- sleep 2', ''],
    ['kubectl exec probe -- wget -qO- http://web | head -4', /<title>Welcome to nginx!<\/title>/],
    ['kubectl exec probe -- nslookup web.default.svc.cluster.local', /Name:\s+web\.default\.svc\.cluster\.local\nAddress: 10\.96\./],
    ['kubectl delete deployment web', 'deployment.apps "web" deleted from default namespace\n'],
    ['kubectl run x --image=nginx --dry-run=client -o yaml | kubectl apply -f -', 'pod/x created\n'],
    ['kubectl drain one-control-plane', /error: unable to drain node "one-control-plane" due to error: \[cannot delete DaemonSet-managed/],
    ['kubectl uncordon one-control-plane', 'node/one-control-plane uncordoned\n'],
    ['kubectl events | head -1', /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n$/],
    ['kubectl version', /^Client Version: v1\.36\.1\nKustomize Version: v\S+\nServer Version: v1\.36\.1\n$/],
  ];
  for (const [line, expected] of lines) {
    it(line, () => {
      const screen = world.type(line);
      if (typeof expected === 'string') assert.equal(screen, expected);
      else assert.match(screen, expected);
    });
  }

  it('shows the HTTP request behind a command with --v=8', () => {
    const screen = world.type('kubectl get pods --v=8');
    assert.match(screen, /"Request" verb="GET" url="https:\/\/one-control-plane:6443\/api\/v1\/namespaces\/default\/pods\?limit=500" headers=</);
    assert.match(screen, /"Response" status="200 OK"/);
  });

  it('edits an object in an editor', () => {
    world.editor = (text) => text.replace('a: "1"', 'a: "7"');
    assert.equal(world.type('kubectl edit configmap c'), 'configmap/c edited\n');
    assert.equal(world.type('kubectl get cm c -o jsonpath={.data.a}'), '7');
    world.editor = () => undefined;
    assert.equal(world.type('kubectl edit configmap c'), 'Edit cancelled, no changes made.\n');
  });

  it('opens a shell on a node, in which moving a static pod manifest takes effect', () => {
    world.begin('docker exec -it one-control-plane bash');
    const enter = (line: string): void => world.session.input({ kind: 'text', text: `${line}\r` });
    world.runUntil(() => world.screen.includes('# '), 'a prompt');
    assert.equal(world.session.raw, true);
    enter('ls /etc/kubernetes/manifests');
    world.runUntil(() => world.screen.includes('kube-scheduler.yaml'), 'the list of manifests');
    enter('mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp/');
    world.runUntil(() => world.cluster.view().nodes[0]?.components.every(({ kind, running }) =>
      kind !== 'kube-scheduler' || !running) ?? false,
      'a scheduler that has ended');
    enter('mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests/');
    world.runUntil(() => world.cluster.view().nodes[0]?.components.some(({ kind, running }) =>
      kind === 'kube-scheduler' && running) ?? false,
      'a scheduler that runs again');
    enter('exit');
    world.runUntil(() => world.finished, 'the end of the shell');
    assert.equal(world.session.raw, false);
  });

  const onNode: readonly (readonly [line: string, expected: RegExp])[] = [
    ['docker exec one-control-plane crictl ps --name etcd', /^CONTAINER +IMAGE +CREATED +STATE +NAME +ATTEMPT +POD ID +POD +NAMESPACE\n[0-9a-f]{13} .* etcd /],
    ['docker exec one-control-plane crictl images | grep pause', /^registry\.k8s\.io\/pause +3\.10 +[0-9a-f]{13} +268kB\n$/],
    ['docker exec one-control-plane iptables-save -t nat | grep KUBE-SVC-NPX46M4PTMTKRN6Y | tail -1', /default\/kubernetes:https -> 172\.18\.0\.2:6443" -j KUBE-SEP-/],
    ['docker exec one-control-plane ip route', /^default via 172\.18\.0\.1 dev eth0 \n/],
    ['docker exec one-control-plane systemctl is-active kubelet', /^active\n$/],
    ['docker exec one-control-plane journalctl -u kubelet', /systemd\[1\]: Started kubelet\.service - kubelet: The Kubernetes Node Agent\.\n/],
    ['docker exec one-control-plane curl -sk https://127.0.0.1:6443/healthz', /^ok$/],
    ['docker exec one-control-plane nothing', /executable file not found in \$PATH/],
    ['docker ps', /^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n[0-9a-f]{12} +kindest\/node:v1\.36\.1/],
    ['etcdctl get /registry/configmaps/default/c --keys-only', /^\/registry\/configmaps\/default\/c\n/],
    ['kubectl get cs --no-headers', /^controller-manager +Healthy +ok +\netcd-0 +Healthy +ok +\nscheduler +Healthy +ok/m],
    ['etcdctl endpoint health', /^127\.0\.0\.1:2379 is healthy: successfully committed proposal: took = /],
    ['etcdctl member list', /, started, one-control-plane, https:\/\/172\.18\.0\.2:2380, https:\/\/172\.18\.0\.2:2379, false\n$/],
  ];
  for (const [line, expected] of onNode) it(line, () => assert.match(world.type(line), expected));

  it('stops and starts the kubelet', () => {
    assert.equal(world.type('docker exec one-control-plane systemctl stop kubelet'), '');
    assert.equal(world.type('docker exec one-control-plane systemctl is-active kubelet'), 'inactive\n');
    assert.equal(world.type('docker exec one-control-plane systemctl start kubelet'), '');
    assert.equal(world.type('docker exec one-control-plane systemctl is-active kubelet'), 'active\n');
  });

  for (const line of ['kubectl get pods -w', 'kubectl logs -f x', 'etcdctl watch /registry --prefix',
    'kubectl get pods -w | grep x']) {
    it(`gives ${line} up with Ctrl+C`, () => {
      world.begin(line);
      world.cluster.runFor(2_000);
      assert.equal(world.finished, false);
      world.session.interrupt();
      assert.equal(world.finished, true);
      assert.equal(world.session.code, 130);
      assert.equal(world.type('echo on'), 'on\n');
    });
  }

  it('watches what another command does', () => {
    world.begin('kubectl get pods -w --no-headers');
    world.cluster.runFor(500);
    world.cluster.run({ kind: 'kubectl', args: ['run', 'seen', '--image=nginx'], files: {} }, () => undefined);
    world.runUntil(() => /^seen +1\/1 +Running/m.test(world.screen), 'the new pod in the watch');
    world.session.interrupt();
    assert.match(world.screen, /^seen +0\/1 +Pending +0 +0s\n/m);
  });

  const bad: readonly (readonly [line: string, expected: RegExp])[] = [
    [`echo ${'x'.repeat(1_000_000)}`, /^bash: line too long: 1000005 characters, the limit is 131072\n$/],
    ['echo "open', /^bash: unexpected EOF while looking for matching `"'\nbash: syntax error: unexpected end of file\n$/],
    ['kubctl get pods', /^bash: kubctl: command not found\n$/],
    ['kubectl gte pods', /^error: unknown command "gte" for "kubectl"/],
    ['kubectl port-forward web 80', /^error: kubectl port-forward is not modelled in the sandbox\n$/],
    ['kubectl get pods --bogus', /^error: unknown flag: --bogus\nSee 'kubectl get --help' for usage\.\n$/],
    ['kubectl get pods -Z', /^error: unknown shorthand flag: 'Z' in -Z\nSee 'kubectl get --help' for usage\.\n$/],
    ['kubectl get nonsense', /^error: the server doesn't have a resource type "nonsense"\n$/],
    ['kubectl get pods > out.txt', /^bash: redirection with > is not modelled in the sandbox\n$/],
    ['kubectl get pods | less', /^bash: less: command not found\n$/],
    ['echo $HOME', /^bash: variables and substitutions with \$ are not modelled in the sandbox\n$/],
    ['| grep x', /^bash: syntax error near unexpected token `\|'\n$/],
    ['kubectl apply -f broken.yaml', /^error: error parsing broken\.yaml: /],
    ['kubectl apply -f missing.yaml', /^error: the path "missing\.yaml" does not exist\n$/],
    ['kubectl get pods -o go-template=x', /^error: -o go-template is not modelled in the sandbox\n$/],
    ['docker run nginx', /^docker run is not modelled in the sandbox\n$/],
    ['kind export logs', /^ERROR: kind export logs is not modelled in the sandbox\n$/],
    ['kind load docker-image mine --name one', /^ERROR: image: "mine" not present locally\n$/],
  ];
  for (const [line, expected] of bad) {
    it(`answers ${line.slice(0, 40)}`, () => {
      assert.match(world.type(line), expected);
      assert.notEqual(world.session.code, 0);
    });
  }

  const completions: readonly (readonly [text: string, expected: readonly string[]])[] = [
    ['kub', ['kubectl']], ['kubectl dr', ['drain']], ['kubectl get configm', ['configmaps']],
    ['kubectl get cm c', ['c']], ['kubectl describe pod/x', ['pod/x']], ['kubectl rollout st', ['status']],
    ['kubectl get pods --all-n', ['--all-namespaces']], ['docker exec -it one-c', ['one-control-plane']],
    ['kubectl get pods | gr', ['grep']], ['kind get nod', ['nodes']], ['kubectl -n kube-s', ['kube-system']],
  ];
  for (const [text, expected] of completions) {
    it(`completes ${text}`, () => assert.deepEqual(complete(world.host, text).candidates, expected));
  }

  it('keeps a history', () => {
    assert.match(world.type('history | tail -1'), /^ *\d+ {2}history \| tail -1\n$/);
  });

  it('deletes the cluster', () => {
    assert.equal(world.type('kind delete cluster --name one'),
      'Deleting cluster "one" ...\nDeleted nodes: ["one-control-plane"]\n');
    assert.equal(world.type('kind get clusters'), 'No kind clusters found.\n');
  });
});
