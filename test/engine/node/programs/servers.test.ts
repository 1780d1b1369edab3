/** Servers of the catalog over the simulated network, and the tools that talk to them. */
import assert from 'node:assert/strict';
import { simpleProgram } from '../../../../src/node/images';
import type { Simulation } from '../../../../src/sim/simulation';
import { newSimulation, type Setup, TestContainer } from './container';

const serverIp = '10.244.1.9';

/** A name server with these names. */
function nameServer(sim: Simulation, names: Readonly<Record<string, readonly string[]>>): void {
  sim.network.addAddress('10.96.0.10', 'node');
  sim.spawn({
    id: 'dns@node', machine: 'node', address: '10.96.0.10',
    program: {
      ...simpleProgram((host) => host.listen(53)),
      serve: (call) => {
        const { name, type } = call.payload as { name: string; type: string };
        const addresses = names[name.toLowerCase()];
        call.reply(addresses ? { addresses: type === 'A' ? addresses : [] } : { error: 'NXDOMAIN' }, call.subject);
      },
    },
  });
}

/** A server called `web` that has had time to start. */
function serving(command: readonly string[], setup: Setup = {}): { sim: Simulation; server: TestContainer } {
  const sim = newSimulation();
  nameServer(sim, { 'web.default.svc.cluster.local': [serverIp], 'gone.default.svc.cluster.local': ['10.244.9.9'] });
  const server = new TestContainer(sim, command, { ...setup, name: 'web', ip: serverIp });
  sim.runUntil(20_000);
  return { sim, server };
}

function ask(sim: Simulation, command: readonly string[], setup: Setup = {}): TestContainer {
  return new TestContainer(sim, command, { ...setup, name: 'client' }).finish(600_000);
}

function get(sim: Simulation, url: string): string {
  return ask(sim, ['wget', '-qO-', url]).log.join('|');
}

describe('servers in containers', () => {
  type Row = readonly [name: string, command: readonly string[], setup: Setup, url: string, answer: RegExp];
  const rows: readonly Row[] = [
    ['nginx', [], { image: 'nginx' }, 'web', /^<!DOCTYPE html>.*Welcome to nginx!/],
    ['nginx, missing page', [], { image: 'nginx' }, 'web/x', /^wget: server returned error: HTTP\/1\.1 404 Not Found$/],
    ['nginx, mounted page', [],
      { image: 'nginx', files: {
      '/etc/nginx/conf.d/default.conf': 'server { listen 8080; location / { root /data; } }',
      '/data/index.html': 'mine\n' } }, 'web:8080', /^mine$/],
    ['nginx, return', [], { image: 'nginx',
      files: { '/etc/nginx/nginx.conf': 'http { server { listen 80; location = /h { return 200 "ok $hostname"; } } }' },
    }, 'web/h', /^ok web$/],
    ['nginx after a script', ['sh', '-c', 'echo hi > /usr/share/nginx/html/index.html && exec nginx -g "daemon off;"'],
      { image: 'nginx' }, 'web', /^hi$/],
    ['httpd', [], { image: 'httpd' }, 'web', /It works!/],
    ['hpa-example', [], { image: 'registry.k8s.io/hpa-example' }, 'web', /^OK!$/],
    ['http-echo', ['/http-echo', '-text=hello'], { image: 'hashicorp/http-echo' }, 'web:5678', /^hello$/],
    ['whoami', [], { image: 'traefik/whoami' }, 'web', /^Hostname: web\|.*\|GET \/ HTTP\/1\.1/],
    ['echoserver', [], { image: 'registry.k8s.io/echoserver' }, 'web:8080', /Hostname: web\|.*method=GET/],
    ['hello-app', [], { image: 'gcr.io/google-samples/hello-app' }, 'web:8080',
      /^Hello, world!\|Version: 1\.0\.0\|Hostname: web$/],
    ['agnhost', ['/agnhost', 'serve-hostname'], { image: 'registry.k8s.io/e2e-test-images/agnhost' }, 'web:9376',
      /^web$/],
    ['agnhost netexec', ['/agnhost', 'netexec'], { image: 'registry.k8s.io/e2e-test-images/agnhost' },
      'web:8080/echo?msg=a+b', /^a b$/],
    ['python', ['python', '-m', 'http.server'], { image: 'python' }, 'web:8000', /Directory listing for \//],
    ['elasticsearch', [], { image: 'elasticsearch' }, 'web:9200/_cluster/health', /green/],
    ['redis speaks no HTTP', [], { image: 'redis' }, 'web:6379', /Connection reset by peer/],
    ['busybox httpd', ['httpd', '-f', '-p', '8080', '-h', '/www'], { files: { '/www/index.html': 'page\n' } },
      'web:8080', /^page$/],
    ['nc in a loop', ['sh', '-c', 'while true; do echo -e "HTTP/1.1 200 OK\n\nhi" | nc -l -p 8080; done'], {},
      'web:8080', /^hi$/],
    ['an annotated unknown image', ['/entrypoint'],
      { image: 'unknown', annotations: { 'kindergarten.dev/behavior.main': 'listen 7000' } }, 'web:7000', /^web$/],
    ['nobody', ['sleep', '1000'], {}, 'web:80', /can't connect to remote host \(10\.244\.1\.9\): Connection refused/],
  ];
  for (const [name, command, setup, url, answer] of rows) {
    it(name, () => {
      const { sim } = serving(command, setup);
      assert.match(get(sim, url), answer);
    });
  }

  it('nginx passes requests on, and says 502 when nobody is there', () => {
    const { sim } = serving([], { image: 'nginx' });
    const files = { '/etc/nginx/conf.d/default.conf': 'upstream b { server web; } server { listen 80; location / { '
      + 'proxy_pass http://b; } location /no { proxy_pass http://web:81; } }' };
    new TestContainer(sim, [], { image: 'nginx', name: 'proxy', ip: '10.244.1.7', files });
    sim.runUntil(sim.nowMs + 1_000);
    assert.match(get(sim, '10.244.1.7'), /Welcome to nginx/);
    assert.match(get(sim, '10.244.1.7/no'), /502 Bad Gateway/);
  });

  it('nginx refuses a configuration that it cannot read, and tests one', () => {
    const broken = serving([],
      { image: 'nginx', files: { '/etc/nginx/nginx.conf': 'http { server { listen 80 } }' } }).server;
    assert.deepEqual([broken.exitCode, broken.err], [1, ['nginx: [emerg] unexpected "}" in /etc/nginx/nginx.conf:1']]);
    const tested = serving(['nginx', '-t'], { image: 'nginx' }).server;
    assert.deepEqual([tested.exitCode, tested.err.length], [0, 2]);
  });

  it('nginx logs requests and ends with 0 on SIGTERM', () => {
    const { sim, server } = serving([], { image: 'nginx' });
    get(sim, 'web/y');
    assert.match(server.out[0] as string,
      /\[01\/Jan\/2026:00:00:20 \+0000\] "GET \/y HTTP\/1\.1" 404 153 "-" "Wget" "-"$/);
    sim.terminate(server.id);
    assert.equal(server.finish().exitCode, 0);
  });

  it('a request under way is answered before the server ends', () => {
    const { sim, server } = serving([], { image: 'registry.k8s.io/hpa-example' });
    const client = new TestContainer(sim, ['wget', '-qO-', 'web'], { name: 'client' });
    sim.runUntil(sim.nowMs + 15);
    sim.terminate(server.id);
    sim.runUntil(sim.nowMs + 1_000);
    assert.deepEqual([client.out, server.exitCode], [['OK!'], 0]);
  });

  it("the documentation's liveness server is well for ten seconds", () => {
    const sim = newSimulation();
    nameServer(sim, { 'web.default.svc.cluster.local': [serverIp] });
    new TestContainer(sim, ['/server'], { image: 'k8s.gcr.io/liveness', name: 'web', ip: serverIp });
    const client = ask(sim, ['sh', '-c', 'for i in 1 2 3; do wget -qO- web:8080/healthz; echo " $?"; sleep 6; done']);
    assert.deepEqual(client.out, ['ok 0', 'ok 0', ' 1']);
  });

  it('databases demand what the real ones demand', () => {
    const first = (image: string, env: Readonly<Record<string, string>> = {}): readonly [number | undefined,
      string | undefined] => {
      const container = serving([], { image, env }).server;
      return [container.exitCode, container.err[0]];
    };
    assert.deepEqual(first('postgres'),
      [1, 'Error: Database is uninitialized and superuser password is not specified.']);
    assert.deepEqual(first('postgres', { POSTGRES_PASSWORD: 'x' }), [undefined, undefined]);
    assert.deepEqual(first('mysql'),
      [1, '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified']);
    assert.deepEqual(first('mysql', { MYSQL_ROOT_PASSWORD: 'x' }), [undefined, undefined]);
    assert.deepEqual(first('mongo'), [undefined, undefined]);
  });

  it('redis keeps keys', () => {
    const { sim } = serving([], { image: 'redis' });
    const cli = (...args: string[]): string => ask(sim, ['redis-cli', '-h', 'web', ...args],
      { image: 'redis' }).log.join('|');
    assert.deepEqual([cli('ping'), cli('set', 'k', 'v w'), cli('get', 'k'), cli('incr', 'n'), cli('keys', '*')],
      ['PONG', 'OK', 'v w', '1', 'k|n']);
    assert.match(ask(sim, ['redis-cli', 'ping'], { image: 'redis' }).log.join(),
      /Could not connect to Redis at 127\.0\.0\.1:6379: Connection refused/);
  });
});

describe('network tools', () => {
  type Row = readonly [command: string, setup: Setup, output: RegExp, code: number, ms?: number];
  const curl = { image: 'curlimages/curl' };
  const bind = { image: 'tutum/dnsutils' };
  const rows: readonly Row[] = [
    ['nslookup web', {},
      /^Server:\t\t10\.96\.0\.10\|Address:\t10\.96\.0\.10:53\|\|Name:\tweb\.default.*\|Address: 10\.244\.1\.9\|$/, 0],
    ['nslookup nope', {}, /\*\* server can't find nope: NXDOMAIN/, 1],
    ['nslookup web', bind, /Address:\t10\.96\.0\.10#53/, 0],
    ['nslookup web 10.96.0.99', {}, /;; connection timed out; no servers could be reached/, 1, 10_000],
    ['dig +short web.default.svc.cluster.local', bind, /^10\.244\.1\.9$/, 0],
    ['dig +search web', bind, /status: NOERROR.*ANSWER: 1.*IN\tA\t10\.244\.1\.9/, 0],
    ['host web', bind, /^web\.default\.svc\.cluster\.local has address 10\.244\.1\.9$/, 0],
    ['wget web', {},
      /^Connecting to web \(10\.244\.1\.9:80\)\|saving to 'index\.html'\|.*100%.*\|'index\.html' saved$/, 0],
    ['wget -T 5 gone', {}, /wget: download timed out$/, 1, 5_000],
    ['wget -q nope', {}, /^wget: bad address 'nope'$/, 1],
    ['curl -s -o /dev/null -w %{http_code} http://web/x', curl, /^404$/, 0],
    ['curl -f web/x', curl, /^curl: \(22\) The requested URL returned error: 404$/, 22],
    ['curl web:81', curl, /^curl: \(7\) Failed to connect to web port 81/, 7],
    ['curl -m 3 gone', curl, /^curl: \(28\) Connection timed out after 3000 milliseconds$/, 28, 3_000],
    ['curl nope', curl, /^curl: \(6\) Could not resolve host: nope$/, 6],
    ['curl -sI web', curl, /^HTTP\/1\.1 200 OK/, 0],
    ['nc -zv web 80', {}, /^web \(10\.244\.1\.9:80\) open$/, 0],
    ['nc -zv web 81', {}, /Connection refused/, 1],
    ['nc -zv -w 2 gone 80', {}, /Connection timed out/, 1, 2_000],
    ['ping -c 2 web', {}, /2 packets transmitted, 2 packets received, 0% packet loss/, 0, 1_000],
    ['ping -c 1 gone', {}, /100% packet loss/, 1],
    ['wget -qO- localhost', {}, /can't connect to remote host \(127\.0\.0\.1\): Connection refused/, 1],
  ];
  for (const [command, setup, output, code, ms] of rows) {
    it(`${command}${setup.image ? ` (${setup.image})` : ''}`, () => {
      const { sim } = serving([], { image: 'nginx' });
      const container = ask(sim, command.split(' '), setup);
      assert.match(container.log.join('|'), output);
      assert.equal(container.exitCode, code);
      if (ms !== undefined) assert.equal(container.tookMs, ms);
    });
  }

  it('an init container waits for a name as long as it is missing', () => {
    const sim = newSimulation();
    const names: Record<string, readonly string[]> = {};
    nameServer(sim, names);
    const script = 'until nslookup db.$(cat /ns).svc.cluster.local; do echo waiting for db; sleep 2; done';
    const container = new TestContainer(sim, ['sh', '-c', script], { init: true, files: { '/ns': 'default' } });
    sim.runUntil(9_000);
    assert.deepEqual([container.running, container.out.filter((line) => line.startsWith('waiting')).length], [true, 5]);
    names['db.default.svc.cluster.local'] = ['10.96.3.4'];
    assert.deepEqual([container.finish(10_000).exitCode, container.out.includes('Address: 10.96.3.4')], [0, true]);
  });
});

describe('images that do a piece of work', () => {
  it('perl prints pi, computed to as many digits as it is asked for', () => {
    const container = new TestContainer(newSimulation(), ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'],
      { image: 'perl' }).finish();
    const [pi = ''] = container.out;
    assert.deepEqual([container.exitCode, pi.length, pi.slice(0, 12)], [0, 2001, '3.1415926535']);
    assert.ok(container.tookMs > 1_000 && container.tookMs < 30_000);
    const short = new TestContainer(newSimulation(), ['perl', '-Mbignum', '-e', 'print bpi(50)'],
      { image: 'perl' }).finish();
    assert.deepEqual(short.out, ['3.1415926535897932384626433832795028841971693993751']);
  });

  it('interpreters run one-liners and say what they cannot run', () => {
    const python = new TestContainer(newSimulation(),
      ['python', '-c', 'import time; print("hi", 3); time.sleep(5); exit(4)'], { image: 'python' }).finish();
    assert.deepEqual([python.out, python.exitCode, python.tookMs], [['hi 3'], 4, 5_000]);
    const more = new TestContainer(newSimulation(), ['python3', '-c', 'import numpy as np; np.zeros(3)'],
      { image: 'python' }).finish();
    assert.equal(more.exitCode, 1);
    assert.match(more.err[0] as string, /this simulation runs programs that print, sleep and exit only/);
  });

  it('images whose default command needs a terminal end at once', () => {
    for (const image of ['busybox', 'alpine', 'ubuntu', 'debian', 'python', 'node', 'golang', 'mstormo/suse',
      'hello-world']) {
      const container = new TestContainer(newSimulation(), [], { image }).finish();
      assert.deepEqual([image, container.exitCode, container.tookMs], [image, 0, 0]);
    }
  });
});
