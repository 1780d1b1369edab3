/**
 * `kubectl diff`, `replace` and `attach` in the sandbox terminal print what the real kubectl printed in the recorded
 * sessions of test/clients: their expected texts are read from there.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unifiedDiff } from '../../../../src/shell/unified-diff';
import { root } from '../../../support/cluster';
import { World } from './world';

const session = (name: string): string =>
  readFileSync(join(root, 'test', 'clients', 'sessions', `${name}.txt`), 'utf8');

/** What stands below a command of a session, up to the next one; `nth` where the command is there more than once. */
function printed(text: string, command: string, nth = 0): string {
  const from = text.split(`$ ${command}\n`)[nth + 1] ?? assert.fail(`no ${command}`);
  return from.split(/^[$#] /m)[0] ?? '';
}

/** With the wildcards of the sessions. */
function assertPrints(actual: string, expected: string): void {
  const pattern = expected.replace(/\n\[\d+\]\n$/, '\n').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/<\\\.\\\.\\\.>\n/g, '[^]*').replace(/<any>/g, '.*').replace(/<n>/g, '\\d+').replace(/<time>/g, '[0-9TZ:-]+');
  assert.match(actual, new RegExp(`^${pattern}$`));
}

/** A file that a session writes. */
function file(text: string, name: string, nth = 0): string {
  return (text.split(`$ cat > ${name} <<END\n`)[nth + 1] ?? assert.fail(`no ${name}`)).split('\nEND\n')[0] ?? '';
}

describe('kubectl diff, replace and attach in the terminal', () => {
  const applying = session('apply/client-side');
  const writing = session('writing/edit-and-replace');
  const attaching = session('streams/run-and-attach');
  const world = new World({
    'kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane\n- role: worker\n',
    'v1.yaml': file(applying, 'web.yaml'), 'v2.yaml': file(applying, 'web.yaml', 1),
    'web.yaml': file(writing, 'web.yaml'), 'stale.yaml': file(writing, 'stale.yaml'),
    'other.yaml': file(writing, 'other.yaml'),
    'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: new, b: same}\n',
  });
  before(() => {
    world.boot();
    for (const namespace of ['client-side', 'edit-and-replace', 'run-and-attach']) {
      world.type(`kubectl create namespace ${namespace}`);
    }
  });

  it('diff shows what an apply would change, and leaves it at that', () => {
    const here = '-n client-side';
    world.type(`kubectl apply ${here} -f v1.yaml`);
    world.type(`kubectl label ${here} deployment web theirs=kept`);
    world.type(`kubectl scale ${here} deployment web --replicas=1`);
    world.cluster.settle();
    const before = world.type(`kubectl get ${here} deployment web -o yaml`);
    assertPrints(world.type(`kubectl diff ${here} -f v2.yaml`), printed(applying, 'kubectl diff -f web.yaml'));
    assert.equal(world.session.code, 1);
    assert.equal(world.type(`kubectl get ${here} deployment web -o jsonpath={.metadata.generation}`), '2');
    assert.match(before, /tier: front/);
    world.type(`kubectl apply ${here} -f v2.yaml`);
    world.cluster.settle();
    assert.equal(world.type(`kubectl diff ${here} -f v2.yaml`), '');
    assert.equal(world.session.code, 0);
  });

  it('diff of what is new shows all of it; secrets stay secret', () => {
    const whole = world.type('kubectl diff -f web.yaml');
    assert.match(whole, /^diff -u -N \/tmp\/LIVE-\d+\/apps\.v1\.Deployment\.default\.web /);
    assert.match(whole, /\n@@ -0,0 \+1,\d+ @@\n\+apiVersion: apps\/v1\n/);
    world.type('kubectl create secret generic s --from-literal=a=old --from-literal=b=same');
    const text = world.type('kubectl diff -f secret.yaml');
    assert.match(text, /^-  a: '\*\*\* \(before\)'\n\+  a: '\*\*\* \(after\)'\n {3}b: '\*\*\*'$/m);
    assert.doesNotMatch(text, /bmV3|b2xk/);
    assert.match(world.type('kubectl diff -f missing.yaml'), /^error: the path "missing\.yaml" does not exist\n$/);
    assert.equal(world.session.code, 2);
  });

  it('replace', () => {
    const say = (line: string): string => {
      world.cluster.settle();
      return world.type(line.replace('kubectl ', 'kubectl -n edit-and-replace '));
    };
    const expect = (line: string): void => assertPrints(say(line), printed(writing, line));
    expect('kubectl replace -f web.yaml');
    say('kubectl create -f web.yaml');
    assertPrints(say('kubectl replace -f web.yaml'), printed(writing, 'kubectl replace -f web.yaml', 1));
    for (const line of ['kubectl replace -f web.yaml --dry-run=server', 'kubectl replace -f web.yaml --force',
      'kubectl replace -f web.yaml --force --grace-period=0', 'kubectl replace -f stale.yaml',
      'kubectl replace -f other.yaml']) expect(line);
  });

  it('attach', () => {
    const here = '-n run-and-attach';
    world.type(`kubectl run ${here} waits -i --attach=false --restart=Never --image=busybox -- sh`);
    world.type(`kubectl wait ${here} pod/waits --for=condition=Ready`);
    world.begin(`kubectl attach ${here} waits -i`);
    world.cluster.runFor(1_000);
    world.session.input({ kind: 'text', text: 'echo $((6 * 7))\nexit 3\n' });
    world.runUntil(() => world.finished, 'the end of the session');
    assert.equal(world.stdout, '42\n');
    assert.equal(world.stderr, printed(attaching, 'kubectl attach waits -i < input').split('\n').slice(1).join('\n'));
    world.type(`kubectl wait ${here} pod/waits --for=jsonpath={.status.phase}=Failed`);
    assertPrints(world.type(`kubectl attach ${here} waits`), printed(attaching, 'kubectl attach waits'));
    assertPrints(world.type(`kubectl attach ${here} nobody`), printed(attaching, 'kubectl attach nobody'));
  });
});

describe('kubectl debug in the terminal', () => {
  const inPods = session('debug/ephemeral-container');
  const onNodes = session('debug/node');
  const world = new World({
    'kind.yaml': 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes:\n- role: control-plane\n- role: worker\n',
  });
  const expect = (line: string, text: string): void =>
    assertPrints(world.type(line), printed(text, line).replace(/x{5}/g, '<any>'));
  before(() => {
    world.boot();
    world.type('kubectl run target --image=nginx');
    world.type('kubectl wait pod/target --for=condition=Ready');
  });

  it('joins a new container of a running pod', () => {
    world.begin('kubectl debug target -i -c look --image=busybox');
    world.cluster.runFor(20_000);
    world.session.input({ kind: 'text', text: 'hostname\nexit\n' });
    world.runUntil(() => world.finished, 'the end of the session');
    assert.equal(world.stdout, 'target\n');
    assert.equal(world.session.code, 0);
    expect('kubectl debug target --image=busybox --target=target -- sleep 1000000', inPods);
    const first = 'kubectl get pod target -o jsonpath={.spec.ephemeralContainers[0]}';
    assert.deepEqual(JSON.parse(world.type(first)), JSON.parse(printed(inPods, first)));
    const second = '{.spec.ephemeralContainers[1].targetContainerName}';
    assert.equal(world.type(`kubectl get pod target -o jsonpath=${second}`), 'target');
    expect('kubectl debug target -c look --image=busybox', inPods);
    expect('kubectl debug target -c netshoot --image=busybox --profile=netadmin -- true', inPods);
    expect('kubectl debug nobody --image=busybox', inPods);
  });

  it('makes a pod on a node that sees its disk', () => {
    world.begin('kubectl debug node/kind-control-plane -i --image=busybox');
    world.cluster.runFor(20_000);
    world.session.input({ kind: 'text', text: 'ls /host/etc/kubernetes\nexit\n' });
    world.runUntil(() => world.finished, 'the end of the session');
    assert.match(world.stdout, new RegExp('^Creating debugging pod node-debugger-kind-control-plane-[a-z0-9]{5} '
      + 'with container debugger on node kind-control-plane\\.\n[^]*manifests\n'));
    expect('kubectl debug node/kind-worker --image=busybox --profile=sysadmin -- true', onNodes);
    expect('kubectl debug node/nowhere --image=busybox', onNodes);
  });

  const wrong: readonly (readonly [line: string, expected: RegExp])[] = [
    ['kubectl debug target', /^error: you must specify --image when not using --copy-to\.\n$/],
    ['kubectl debug target --image=busybox --replace', /^error: --replace may only be used with --copy-to\.\n$/],
    ['kubectl debug target --image=busybox --profile=none', /^error: unknown profile: none\n$/],
    ['kubectl debug target --image="a b"', /^error: invalid image name "a b": invalid reference format\n$/],
    ['kubectl debug svc/kubernetes --image=a', /^error: "\/v1, Kind=Service" not supported by debug\n$/],
    ['kubectl attach', /^error: at least 1 argument is required for attach\n$/],
    ['kubectl attach target -c zz', /: container zz is not valid for pod target out of: target, look \(ephem\), /],
  ];
  for (const [line, expected] of wrong) it(`answers ${line}`, () => assert.match(world.type(line), expected));
});

describe('a unified diff', () => {
  const lines = (text: string): string => [...text].map((char) => `${char}\n`).join('');
  const diff = (before: string, after: string): string =>
    unifiedDiff(lines(before), lines(after)).replaceAll('\n', '|');
  const cases: readonly (readonly [before: string, after: string, expected: string])[] = [
    ['abc', 'abc', ''], ['', 'a', '@@ -0,0 +1 @@|+a|'], ['a', '', '@@ -1 +0,0 @@|-a|'],
    ['abc', 'axc', '@@ -1,3 +1,3 @@| a|-b|+x| c|'],
    ['abcdefghijklm', 'xbcdefghijkly', '@@ -1,4 +1,4 @@|-a|+x| b| c| d|@@ -10,4 +10,4 @@| j| k| l|-m|+y|'],
    // Between equal lines a change stands as low as it can.
    ['abbc', 'abbbc', '@@ -1,4 +1,5 @@| a| b| b|+b| c|'], ['xabaz', 'xababaz', '@@ -2,4 +2,6 @@| a| b| a|+b|+a| z|'],
  ];
  for (const [before, after, expected] of cases) {
    it(`of ${before || 'nothing'} and ${after || 'nothing'}`, () => assert.equal(diff(before, after), expected));
  }
});
