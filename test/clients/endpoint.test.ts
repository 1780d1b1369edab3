/** The edge of the endpoint: who gets in, what it survives, and what it leaves behind. Against `kindergarten serve`. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect as connectTcp, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { load } from 'js-yaml';
import { ClusterPki } from '../../src/pki/cluster-pki';
import { Served } from './served';

interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Credentials {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

describe('the endpoint', function () {
  this.timeout(120_000);
  let served: Served;
  let port: number;
  let credentials: Credentials;

  before(async () => {
    served = await Served.start();
    port = Number(new URL(served.url).port);
    credentials = credentialsOf(served.kubeconfig);
  });

  after(async () => {
    await served.stop();
  });

  const ask = (options: RequestOptions, body?: string | Buffer): Promise<Answer> => new Promise((resolve, reject) => {
    const request = httpsRequest({
      host: '127.0.0.1', port, path: '/api/v1/namespaces', agent: false, ...credentials, ...options,
    }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => { text += data.toString(); });
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.once('error', reject);
    request.end(body);
  });

  /** Sends bytes over TLS as they are and returns all that comes back until the server closes. */
  const send = (bytes: string): Promise<string> => new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, ...credentials, rejectUnauthorized: false }, () => socket.write(bytes));
    let text = '';
    socket.on('data', (data: Buffer) => { text += data.toString(); });
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
  });

  it('listens on 127.0.0.1 and nowhere else', async () => {
    const others = Object.values(networkInterfaces()).flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal).map((address) => address?.address ?? '');
    for (const host of [...others, '127.0.0.2']) {
      await assert.rejects(new Promise((resolve, reject) => {
        connectTcp({ host, port }, () => resolve(undefined)).once('error', reject);
      }), { code: 'ECONNREFUSED' }, host);
    }
  });

  it('serves the bearer of the kubeconfig', async () => {
    const { status, body } = await ask({});
    assert.equal(status, 200);
    assert.match(body, /"kind":"NamespaceList"/);
  });

  it('answers without a credential only what a real API server answers anonymously', async () => {
    const anonymous = { cert: undefined, key: undefined };
    assert.equal((await ask({ ...anonymous, path: '/version' })).status, 200);
    assert.equal((await ask({ ...anonymous, path: '/readyz' })).status, 200);
    const { status, body } = await ask({ ...anonymous, path: '/api/v1/namespaces' });
    assert.equal(status, 403);
    assert.match(body, /User \\"system:anonymous\\" cannot list resource \\"namespaces\\"/);
  });

  for (const host of ['evil.example', `evil.example:6443`, 'localhost', '127.0.0.1', '[::1]:443']) {
    it(`turns away the Host header ${host}`, async () => {
      // Whether the certificate is for that name is the client's question, not the server's.
      assert.equal((await ask({ headers: { host }, checkServerIdentity: () => undefined })).status, 421);
    });
  }

  for (const origin of ['https://evil.example', 'http://127.0.0.1', 'null']) {
    it(`turns away the Origin ${origin}`, async () => {
      const { status } = await ask({ headers: { origin } });
      assert.equal(status, 403);
    });
  }

  it('answers no question of CORS', async () => {
    const answer = await send(`OPTIONS /api/v1/pods HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: https://evil.example\r\n`
      + 'Access-Control-Request-Method: DELETE\r\nConnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1.1 403 /);
    assert.doesNotMatch(answer, /access-control/i);
  });

  it('refuses a client certificate of another authority', async () => {
    const { certificatePem, keyPem } = new ClusterPki('another cluster', Date.now()).client('kubernetes-admin', ['system:masters']);
    assert.equal((await ask({ cert: certificatePem, key: keyPem })).status, 401);
  });

  const smuggled: readonly (readonly [name: string, request: string])[] = [
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 30\r\n\r\nabcd'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an obscured transfer encoding', 'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'X-A: b\r\n c: d\r\n\r\n'],
    ['a bare line feed', 'X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a bad chunk size', 'Transfer-Encoding: chunked\r\n\r\nZ\r\nabc\r\n0\r\n\r\n'],
  ];
  for (const [name, rest] of smuggled) {
    it(`does not take a request with ${name} for two`, async () => {
      const hidden = `GET /version HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
      const answer = await send(`POST /api/v1/namespaces HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${rest}${hidden}`);
      assert.doesNotMatch(answer, /gitVersion/);
      assert.match(answer, /^HTTP\/1.1 [45]\d\d /);
    });
  }

  it('refuses headers that are too large', async () => {
    const answer = await send(`GET /version HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Long: ${'a'.repeat(200_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
  });

  it('answers 413 to a body over 3 MiB and does not read on', async () => {
    const { status, body } = await ask({ method: 'POST', headers: { 'content-type': 'application/json' } },
      Buffer.alloc(3 * 1024 * 1024 + 1, 0x20));
    assert.equal(status, 413);
    assert.match(body, /RequestEntityTooLarge/);
  });

  it('takes the next request while answers wait unread', async () => {
    const socket = connectTls({ host: '127.0.0.1', port, ...credentials, rejectUnauthorized: false });
    socket.write(`GET /openapi/v2 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(3));
    await new Promise((resolve) => socket.once('readable', resolve));
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late' }, data: { x: 'x'.repeat(60_000) } });
    socket.write(`POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`
      + `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    let text = '';
    socket.on('data', (data: Buffer) => { text += data.toString('latin1'); });
    await new Promise((resolve) => socket.once('close', resolve));
    assert.deepEqual(text.match(/HTTP\/1\.1 \d{3}/g), ['200', '200', '200', '201'].map((code) => `HTTP/1.1 ${code}`));
  });

  it('speaks no plain HTTP, and says so as Go does', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connectTcp({ host: '127.0.0.1', port }, () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      let heard = '';
      socket.on('data', (data: Buffer) => { heard += data.toString('latin1'); });
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(heard));
    });
    assert.equal(text, 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });

  it('serves others while thousands of connections dawdle', async () => {
    const sockets: Socket[] = [];
    const dawdle = (socket: Socket): void => {
      socket.on('error', () => undefined);
      sockets.push(socket);
    };
    // Half of them never begin their handshake, the others stop within the headers.
    for (let i = 0; i < 10_000; i += 1) {
      dawdle(connectTcp({ host: '127.0.0.1', port }));
      if (i % 50 === 0) {
        const socket: TLSSocket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false },
          () => socket.write('GET /version HTTP/1.1\r\nHost:'));
        dawdle(socket);
      }
      if (i % 500 === 499) {
        const startMs = performance.now();
        assert.equal((await ask({})).status, 200);
        assert.ok(performance.now() - startMs < 2_000, 'an honest client waits');
      }
    }
    for (const socket of sockets) socket.destroy();
    assert.equal((await ask({})).status, 200);
  });

  it('keeps its kubeconfig to its owner, and takes it away at the end', async () => {
    assert.equal(statSync(served.kubeconfig).mode & 0o777, 0o600);
    const other = await Served.start();
    const { kubeconfig } = other;
    assert.equal(await other.interrupt('SIGINT'), 0);
    assert.equal(existsSync(kubeconfig), false);
    other.clean();
  });
});

function credentialsOf(kubeconfig: string): Credentials {
  const config = load(readFileSync(kubeconfig, 'utf8')) as {
    clusters: [{ cluster: Record<string, string> }]; users: [{ user: Record<string, string> }];
  };
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64');
  return {
    ca: bytes(config.clusters[0].cluster['certificate-authority-data']),
    cert: bytes(config.users[0].user['client-certificate-data']),
    key: bytes(config.users[0].user['client-key-data']),
  };
}
