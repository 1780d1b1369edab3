/**
 * What streams: logs, exec, attach, cp, port-forward, proxy. What can be told as a session at a terminal is in
 * sessions/streams; here is what needs sorting, bytes, a terminal or a connection of its own.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describeSessions, enter } from './session';
import type { ClientRelease } from '../../scripts/clients';
import { type Run, Served } from './served';

describeSessions('streams');

const namespace = 'streams';
const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: two, labels: {app: two}}
spec:
  initContainers:
  - {name: prepare, image: busybox, command: [sh, -c, echo prepared]}
  containers:
  - {name: a, image: busybox, command: [sh, -c, 'echo a 1; echo a 2; sleep 1000000']}
  - {name: b, image: busybox, command: [sh, -c, 'echo b 1; sleep 1000000']}
---
apiVersion: v1
kind: Pod
metadata: {name: ticks}
spec:
  containers:
  - {name: c, image: busybox, command: [sh, -c, 'i=0; while true; do echo tick $i; i=$((i+1)); sleep 1; done']}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx, ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080, targetPort: http}]}
`;

type Kubectl = (args: string | readonly string[], input?: string | Buffer) => Promise<Run>;

describe('streams', () => {
  let served: Served;
  let env: Record<string, string>;
  /** Each release of kubectl that there is. */
  const releases = new Map<string, Kubectl>();

  before(async () => {
    served = await Served.start();
    env = { KUBECONFIG: await enter(served, namespace) };
    const { debianKubectl } = served;
    releases.set('v1.36', (args, input = '') => served.kubectl(args, { env, input }));
    releases.set('v1.34', (args, input = '') => served.kubectlOf('v1.34', args, { env, input }));
    if (debianKubectl) releases.set('v1.20', (args, input = '') => served.client(debianKubectl, args, { env, input }));
    await succeed('apply -f -', manifest);
    await succeed('wait --for=condition=Ready pod/two pod/ticks');
    await succeed('rollout status deployment/web');
  });

  after(() => served.stop());

  const kubectl: Kubectl = (args, input) => (releases.get('v1.36') as Kubectl)(args, input);

  /** What a command prints; it must end well. */
  const succeed = async (args: string | readonly string[], input?: string, by: Kubectl = kubectl): Promise<string> => {
    const { code, stdout, stderr } = await by(args, input);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  /** Starts a kubectl that runs until the work is done; its output is read on `stdout`. */
  const during = async (
    args: string, work: (child: ChildProcess) => Promise<void>, release: ClientRelease = 'v1.36',
  ): Promise<void> => {
    const child = served.background(args.split(' '), env, release);
    const closed = new Promise((resolve) => child.once('close', resolve));
    try {
      await work(child);
    } finally {
      child.kill();
      await closed;
    }
  };

  describe('logs', () => {
    // kubectl asks for the containers in no particular order.
    const cases: readonly (readonly [args: string, lines: readonly string[]])[] = [
      ['logs two --all-containers', ['a 1', 'a 2', 'b 1', 'prepared']],
      ['logs two --all-containers --prefix --tail=1', ['[pod/two/a] a 2', '[pod/two/b] b 1', '[pod/two/prepare] prepared']],
      ['logs -l app=two --all-containers --tail=1', ['a 2', 'b 1', 'prepared']],
    ];
    for (const [args, lines] of cases) {
      it(args, async () => assert.deepEqual((await succeed(args)).trimEnd().split('\n').sort(), lines));
    }

    it('follows what a container goes on to print', () => during('logs -f ticks --tail=1', async (child) => {
      const lines = await linesOf(child, 4);
      const first = Number(lines[0]?.slice('tick '.length));
      assert.deepEqual(lines, [0, 1, 2, 3].map((i) => `tick ${first + i}`));
    }));

    it('ends a log that is followed when its container ends', async () => {
      await succeed('run short --image=busybox --restart=Never -- sleep 30');
      await succeed('wait pod/short --for=condition=Ready');
      assert.equal(await succeed('logs -f short'), '');
    });
  });

  it('exec carries bytes of any value both ways', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff));
    const file = join(served.folder, 'bytes');
    writeFileSync(file, bytes);
    for (const [release, program] of releases) {
      const { stdout } = await program('exec -i two -c a -- md5sum', bytes);
      assert.equal(stdout, spawnSync('md5sum', { input: bytes, encoding: 'utf8' }).stdout, release);
    }
  });

  it('exec has a terminal when kubectl has one', async function () {
    if (spawnSync('script', ['--version']).error) return this.skip();
    const line = `${served.program()} exec -it two -c a -- sh -c 'tty; exit 5'`;
    const { code, stdout } = await served.client('script', ['-qec', line, '/dev/null'], { env });
    assert.equal(stdout.replaceAll('\r', ''), '/dev/pts/0\ncommand terminated with exit code 5\n');
    assert.equal(code, 5);
  });

  describe('cp', () => {
    const content = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 31) & 0xff));

    for (const release of ['v1.36', 'v1.34', 'v1.20']) {
      it(`copies files and folders there and back with ${release}`, async function () {
        const program = releases.get(release);
        if (!program) return this.skip();
        const folder = mkdtempSync(join(served.folder, 'cp-'));
        const from = join(folder, 'from');
        mkdirSync(join(from, 'below', 'empty'), { recursive: true });
        writeFileSync(join(from, 'binary'), content);
        writeFileSync(join(from, 'nothing'), '');
        writeFileSync(join(from, 'below', 'a name with blanks'), 'text\n');
        const name = `cp-${release}`;
        await succeed(['cp', from, `two:/tmp/${name}`, '-c', 'a'], '', program);
        const listed = await succeed(`exec two -c a -- find /tmp/${name} -type f`, '', program);
        assert.deepEqual(listed.trim().split('\n').sort(),
          ['below/a name with blanks', 'binary', 'nothing'].map((file) => `/tmp/${name}/${file}`));
        await succeed(['cp', `two:/tmp/${name}`, join(folder, 'back'), '-c', 'a'], '', program);
        assert.deepEqual(readdirSync(join(folder, 'back'), { recursive: true }).sort(),
          ['below', 'below/a name with blanks', 'below/empty', 'binary', 'nothing']);
        assert.deepEqual(readFileSync(join(folder, 'back', 'binary')), content);
        await succeed(['cp', join(from, 'binary'), `${namespace}/two:/tmp/one`, '-c', 'a'], '', program);
        await succeed(['cp', `${namespace}/two:/tmp/one`, join(folder, 'one'), '-c', 'a'], '', program);
        assert.deepEqual(readFileSync(join(folder, 'one')), content);
      });
    }
  });

  describe('port-forward', () => {
    /** The local port of a forwarding that kubectl has announced. */
    const portOf = async (child: ChildProcess): Promise<number> => {
      const [line = ''] = await linesOf(child, 1);
      return Number(/^Forwarding from 127\.0\.0\.1:(\d+) -> /.exec(line)?.[1]);
    };

    for (const target of ['deployment/web', 'service/web']) {
      it(`reaches ${target}`, () => during(`port-forward ${target} :${target === 'service/web' ? 8080 : 80}`, async (child) => {
        const port = await portOf(child);
        const page = await fetchText(port, '/');
        assert.equal(page.status, 200);
        assert.match(page.body, /<title>Welcome to nginx!<\/title>/);
        assert.equal((await fetchText(port, '/no-such-page')).status, 404);
      }));
    }

    it('reaches a pod with kubectl v1.34', async () => {
      const pod = (await succeed('get pod -l app=web -o name')).trim();
      await during(`port-forward ${pod} :80`, async (child) => {
        assert.equal((await fetchText(await portOf(child), '/')).status, 200);
      }, 'v1.34');
    });

    it('carries several connections at once, and several requests over one', () =>
      during('port-forward deployment/web :http', async (child) => {
        const port = await portOf(child);
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const pages = await Promise.all([
          ...[1, 2, 3, 4, 5].map(() => fetchText(port, '/')),
          ...[1, 2, 3].map(() => fetchText(port, '/', agent)),
        ]);
        agent.destroy();
        assert.deepEqual(pages.map(({ status, body }) => [status, body.length]), pages.map(() => [200, 615]));
      }));

    it('says that nobody listens on a port, and ends', () => during('port-forward deployment/web :81', async (child) => {
      let complaints = '';
      child.stderr?.on('data', (data: Buffer) => { complaints += data.toString(); });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      const socket = connect({ port: await portOf(child), host: '127.0.0.1' });
      socket.on('error', () => undefined);
      assert.equal(await ended, 1);
      assert.match(complaints, /failed to connect to localhost:81 inside namespace \\"\w+\\", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused/);
      assert.match(complaints, /error: lost connection to pod\n$/);
      socket.destroy();
    }));

    const refused: readonly (readonly [args: string, text: string])[] = [
      ['port-forward service/web :1', 'error: Service web does not have a service port 1\n'],
      ['port-forward nobody :80', 'Error from server (NotFound): pods "nobody" not found\n'],
      ['port-forward two :http', 'error: Pod \'two\' does not have a named port \'http\'\n'],
    ];
    for (const [args, text] of refused) {
      it(args, async () => assert.equal((await kubectl(args)).stderr, text));
    }
  });

  it('proxy passes requests on, to the server and through it', () => during('proxy --port=0', async (child) => {
    const [line = ''] = await linesOf(child, 1);
    const port = Number(/^Starting to serve on 127\.0\.0\.1:(\d+)$/.exec(line)?.[1]);
    assert.match((await fetchText(port, '/version')).body, /"gitVersion": "v1\.36\.1"/);
    const page = await fetchText(port, `/api/v1/namespaces/${namespace}/services/web:8080/proxy/`);
    assert.match(page.body, /<title>Welcome to nginx!<\/title>/);
    assert.equal((await fetchText(port, `/api/v1/namespaces/${namespace}/pods/two/log?container=b`)).body, 'b 1\n');
  }));
});

/** The first lines that a program prints. */
function linesOf(child: ChildProcess, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (data: Buffer): void => {
      text += data.toString();
      const lines = text.split('\n');
      if (lines.length <= count) return;
      child.stdout?.off('data', read);
      resolve(lines.slice(0, count));
    };
    child.stdout?.on('data', read);
    child.once('close', () => reject(new Error(`ended after ${JSON.stringify(text)}`)));
  });
}

function fetchText(port: number, path: string, agent?: Agent): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: agent ?? false }, (response) => {
      let body = '';
      response.on('data', (data: Buffer) => { body += data.toString(); });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).once('error', reject);
  });
}
