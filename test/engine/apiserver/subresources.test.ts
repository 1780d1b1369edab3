/** Streaming subresources from the user's machine through the API server: logs, exec, port-forward, proxies. */
import assert from 'node:assert/strict';
import { bytesOfText, textOfBytes } from '../../../src/base/byte-text';
import type { HttpConnection } from '../../../src/cluster/cluster';
import type { HttpMessage, HttpRequest, SessionMessage } from '../../../src/protocol/http';
import { bootedCluster } from '../../support/cluster';
import { create, isReady, podOf, until } from '../node/kubelet/pods';

const admin = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };

describe('streaming subresources', () => {
  const cluster = bootedCluster(1, 1);
  const pods = '/api/v1/namespaces/default/pods';

  class Exchange {
    readonly messages: HttpMessage[] = [];
    readonly connection: HttpConnection;

    constructor(target: string, more: Partial<HttpRequest> = {}) {
      const request: HttpRequest = {
        method: 'GET', target, headers: { 'user-agent': 'kubectl/v1.36.1' }, body: new Uint8Array(0), identity: admin, ...more,
      };
      this.connection = cluster.open(request, (message) => this.messages.push(message));
      cluster.runFor(200);
    }

    send(message: SessionMessage): this {
      this.connection.send(message);
      cluster.runFor(200);
      return this;
    }

    text(stream: number): string {
      return this.messages.map((message) => (message.kind === 'data' && message.stream === stream
        ? textOfBytes(message.data) : '')).join('');
    }

    /** The body: of a whole answer or of its pieces. */
    get body(): string {
      return this.messages.map((message) => {
        const data = message.kind === 'response' ? message.body : message.kind === 'chunk' ? message.data : '';
        return typeof data === 'string' ? data : textOfBytes(data);
      }).join('');
    }

    get code(): number {
      const [first] = this.messages;
      return first?.kind === 'response' || first?.kind === 'head' ? first.status : 0;
    }

    get status(): { message?: string; reason?: string; details?: object } {
      return JSON.parse(this.text(3) || this.body) as object;
    }

    get answer(): string {
      return this.code < 400 ? `${this.code} ${this.body}` : `${this.code} ${this.status.reason}: ${this.status.message}`;
    }
  }

  const webSocket = { upgrade: true, headers: { 'user-agent': 'kubectl/v1.36.1', 'upgrade': 'websocket' } };

  before(() => {
    create(cluster,
      podOf('box', {}, {}, { image: 'busybox:1.36', command: ['sh', '-c', 'echo one; echo two; sleep 100000'] }),
      podOf('pair', {}, {
        initContainers: [{ name: 'first', image: 'busybox:1.36', command: ['true'] }],
        containers: [{ name: 'a', image: 'busybox:1.36', command: ['sleep', '9999'] },
          { name: 'b', image: 'busybox:1.36', command: ['sleep', '9999'] }],
      }),
      { ...podOf('web', {}, {}, { image: 'nginx:1.27', ports: [{ name: 'http', containerPort: 80 }] }),
        metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } } },
      podOf('waits', {}, {}, { image: 'example.com/nosuch:1' }),
      podOf('lost', {}, { nodeSelector: { no: 'such' } }),
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' },
        spec: { selector: { app: 'web' }, ports: [{ name: 'main', port: 8080, targetPort: 80 }] } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'empty', namespace: 'default' },
        spec: { selector: { app: 'none' }, ports: [{ port: 80 }] } });
    for (const name of ['box', 'pair', 'web']) until(cluster, name, isReady);
    cluster.runFor(5_000);
  });

  describe('pods/log', () => {
    const cases: readonly (readonly [path: string, answer: string | RegExp])[] = [
      ['box/log', '200 one\ntwo\n'],
      ['box/log?tailLines=1&container=app', '200 two\n'],
      ['box/log?timestamps=true&limitBytes=24', /^200 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{4}$/],
      ['lost/log', '204 '],
      ['waits/log', '400 BadRequest: container "app" in pod "waits" is waiting to start: trying and failing to pull image'],
      ['box/log?previous=true', '400 BadRequest: previous terminated container "app" in pod "box" not found'],
      ['pair/log', '400 BadRequest: a container name must be specified for pod pair, choose one of: [first a b]'],
      ['pair/log?container=c', '400 BadRequest: container c is not valid for pod pair'],
      ['nobody/log', '404 NotFound: pods "nobody" not found'],
      ['box/log?tailLines=-1',
        '422 Invalid: PodLogOptions "box" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
      ['box/log?limitBytes=0',
        '422 Invalid: PodLogOptions "box" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
      ['box/log?tailLines=x', '400 BadRequest: strconv.ParseInt: parsing "x": invalid syntax'],
    ];
    for (const [path, answer] of cases) {
      it(path, () => {
        const found = new Exchange(`${pods}/${path}`).answer;
        if (typeof answer === 'string') assert.equal(found, answer);
        else assert.match(found, answer);
      });
    }
  });

  describe('pods/exec', () => {
    const exec = (query: string, more: Partial<HttpRequest> = webSocket): Exchange =>
      new Exchange(`${pods}/box/exec?${query}`, more);

    it('runs a command with its streams', () => {
      const session = exec('command=cat&stdin=true&stdout=true')
        .send({ kind: 'data', stream: 0, data: bytesOfText('hello') }).send({ kind: 'close', stream: 0 });
      assert.equal(session.text(1), 'hello');
      assert.deepEqual(session.status, { metadata: {}, status: 'Success' });
      assert.deepEqual([session.messages[0]?.kind, session.messages.at(-1)?.kind], ['switched', 'end']);
    });

    it('reports exit codes', () => {
      assert.deepEqual(exec('command=sh&command=-c&command=exit+3&stdout=true').status, {
        metadata: {}, status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] },
        message: 'command terminated with non-zero exit code: command terminated with exit code 3',
      });
    });

    it('reports what cannot be run, for a WebSocket in the session and for SPDY before it', () => {
      assert.match(exec('command=foo&stdout=true').status.message ?? '', new RegExp('^Internal error occurred: Internal error '
        + 'occurred: error executing command in container: failed to exec in container: failed to start exec "'));
      const waits = `${pods}/waits/exec?command=ls&stdout=true`;
      assert.equal(new Exchange(waits, webSocket).status.message,
        'Internal error occurred: unable to upgrade connection: container not found ("app")');
      const spdy = new Exchange(waits, { method: 'POST', upgrade: true, headers: { upgrade: 'SPDY/3.1' } });
      assert.deepEqual([spdy.code, spdy.body], [500, 'container not found ("app")']);
    });

    it('needs an upgrade and a node', () => {
      assert.equal(exec('command=ls&stdout=true', {}).answer, '400 BadRequest: Upgrade request required');
      assert.equal(new Exchange(`${pods}/lost/exec?command=ls&stdout=true`, webSocket).answer,
        '400 BadRequest: pod lost does not have a host assigned');
    });
  });

  it('pods/portforward carries bytes', () => {
    const session = new Exchange(`${pods}/web/portforward`, webSocket).send({ kind: 'open', stream: 5, port: 80 })
      .send({ kind: 'data', stream: 5, data: bytesOfText('GET / HTTP/1.1\r\nHost: x\r\n\r\n') });
    assert.match(session.text(5), /^HTTP\/1\.1 200 OK\r\n[^]*Welcome to nginx!/);
  });

  describe('proxies', () => {
    const cases: readonly (readonly [path: string, answer: RegExp])[] = [
      [`${pods}/web/proxy/`, /^200 [^]*Welcome to nginx!/],
      [`${pods}/http:web:80/proxy/index.html`, /^200 [^]*Welcome to nginx!/],
      [`${pods}/web/proxy/nope?x=1`, /^404 undefined|^404 /],
      [`${pods}/web:81/proxy/`,
        /^503 ServiceUnavailable: error trying to reach service: dial tcp [\d.]+:81: connect: connection refused$/],
      [`${pods}/ftp:web:80/proxy/`, /^400 BadRequest: invalid pod request "ftp:web:80"$/],
      [`${pods}/lost/proxy/`, /^400 BadRequest: address not allowed$/],
      ['/api/v1/namespaces/default/services/web:main/proxy/', /^200 [^]*Welcome to nginx!/],
      ['/api/v1/namespaces/default/services/web:8080/proxy/', /^200 [^]*Welcome to nginx!/],
      ['/api/v1/namespaces/default/services/web:9/proxy/',
        /^503 ServiceUnavailable: no service port 9 found for service "web"$/],
      ['/api/v1/namespaces/default/services/empty/proxy/',
        /^503 ServiceUnavailable: no endpoints available for service "empty"$/],
      ['/api/v1/nodes/kind-worker/proxy/healthz', /^200 ok$/],
      ['/api/v1/nodes/kind-worker/proxy/stats/summary', /^200 [^]*"nodeName":"kind-worker"/],
      ['/api/v1/nodes/kind-worker:10250/proxy/metrics/resource', /node_cpu_usage_seconds_total [\d.]+ \d+\n/],
      ['/api/v1/nodes/nowhere/proxy/healthz', /^404 NotFound: nodes "nowhere" not found$/],
    ];
    for (const [path, answer] of cases) {
      it(path, () => {
        const exchange = new Exchange(path);
        assert.match(exchange.code === 404 && !exchange.body.startsWith('{') ? `404 ${exchange.body}` : exchange.answer, answer);
      });
    }

    it('leads to the path with a slash', () => {
      const [message] = new Exchange(`${pods}/web/proxy?a=b`).messages;
      assert.ok(message?.kind === 'response' && message.status === 301);
      assert.equal(message.headers['location'], `${pods}/web/proxy/?a=b`);
    });
  });
});
