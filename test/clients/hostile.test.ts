/**
 * Bad and hostile input over real sockets: each case with upstream's status code, reason, message and causes, and
 * nobody else is slowed by any. What can only be seen at the socket itself is in endpoint.test.ts.
 */
import assert from 'node:assert/strict';
import type { TLSSocket } from 'node:tls';
import { deflateSync } from 'node:zlib';
import { spdyDictionary } from '../../src/host/node/spdy/dictionary';
import {
  configMaps, definition, definitions, dryRun, hostileCases, json, jsonPatch, many, mergePatch, pods, strategicPatch,
} from './hostile-cases';
import { heard, RawClient } from './raw';
import { Served } from './served';

/** An honest request right after, or during, a hostile one is answered within this long; the machine may be busy. */
const promptMs = 2_000;

describe('hostile input', function () {
  this.timeout(120_000);
  let served: Served;
  let client: RawClient;

  before(async () => {
    served = await Served.start();
    client = new RawClient(served.kubeconfig);
    await client.json('POST', configMaps, { body: { metadata: { name: 'target' }, data: { a: 'x'.repeat(1_000) } } },
      201);
    const group = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    const rules = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create'] }];
    await client.json('POST', `${group}/roles`, { body: { metadata: { name: 'eve' }, rules } }, 201);
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'eve' };
    await client.json('POST', `${group}/rolebindings`, { body: { metadata: { name: 'eve' }, roleRef,
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }] } }, 201);
  });

  after(async () => {
    client.dispose();
    await served.stop();
  });

  afterEach(() => client.honest(promptMs));

  for (const [group, cases] of Object.entries(hostileCases)) {
    describe(group, () => {
      for (const { name, method, path, asking, code, reason, message, causes } of cases) {
        it(`${name}: ${code}`, async () => {
          const [answer] = await Promise.all([client.ask(method, path, asking), client.honest(promptMs)]);
          assert.equal(answer.status, code, answer.body.slice(0, 1_000));
          const status = JSON.parse(answer.body);
          if (typeof message === 'string') assert.equal(status.message, message);
          else assert.match(status.message, message);
          assert.deepEqual([status.kind, status.status, status.reason, status.code], ['Status', 'Failure', reason,
            code]);
          if (causes) {
            const found = status.details.causes.map((cause: { reason: string; field?: string }) => [cause.reason,
              cause.field ?? '']);
            assert.deepEqual(found, causes);
          }
        });
      }
    });
  }

  describe('what is taken', () => {
    it('keeps integers beyond 2^53 exactly', async () => {
      const spec = '"spec":{"terminationGracePeriodSeconds":9007199254740993,"schedulingGates":[{"name":"a.b/wait"}],'
        + '"containers":[{"name":"c","image":"nginx"}]}';
      const made = await client.ask('POST', pods, json(`{"metadata":{"name":"exact"},${spec}}`));
      assert.equal(made.status, 201, made.body);
      const patched = await client.ask('PATCH', `${pods}/exact`, strategicPatch({ metadata: { labels: { a: 'b' } } }));
      assert.equal(patched.status, 200, patched.body);
      for (const accept of ['application/json', 'application/yaml']) {
        const { body } = await client.ask('GET', `${pods}/exact`, { headers: { accept } });
        assert.match(body, /terminationGracePeriodSeconds"?: ?9007199254740993\b/);
      }
    });

    it('takes keys named like what objects inherit for data', async () => {
      const body = '{"metadata":{"name":"inherit"},"data":{"__proto__":"a","constructor":"b","toString":"c"}}';
      assert.equal((await client.ask('POST', configMaps, json(body))).status, 201);
      const { body: text } = await client.ask('GET', `${configMaps}/inherit`);
      assert.match(text, /"data":\{"__proto__":"a","constructor":"b","toString":"c"\}/);
      const patched = await client.ask('PATCH', `${configMaps}/inherit`,
        jsonPatch('[{"op":"remove","path":"/data/__proto__"}]'));
      assert.match(patched.body, /"data":\{"constructor":"b","toString":"c"\}/);
    });

    it('replaces bytes that are no UTF-8, as Go does', async () => {
      const body = Buffer.from('{"metadata":{"name":"bytes"},"data":{"a":"x?y"}}');
      body[body.indexOf('?')] = 0xff;
      assert.equal((await client.json('POST', configMaps, { body }, 201)).data.a, 'x\ufffdy');
    });

    it('warns of a field whose name would end the header', async () => {
      const { status, headers } = await client.ask('POST', configMaps + dryRun,
        json('{"metadata":{"name":"warned"},"a\\r\\nX-Evil: 1":1,"\u00fc\ud83d\ude00":2}'));
      assert.equal(status, 201);
      assert.equal(headers['x-evil'], undefined);
      assert.match(String(headers['warning']), /unknown field/);
    });

    it('matches a pattern that hangs engines which go back', async () => {
      const pattern = '^(([a-z])+.)+[A-Z]([a-z])+$';
      await client.json('POST', definitions, { body: definition('slow', { type: 'string', pattern }) }, 201);
      const made = await served.kubectl('wait --for=condition=established crd/slows.hostile.example');
      assert.equal(made.code, 0, made.stderr);
      const asking = json({ apiVersion: 'hostile.example/v1', kind: 'Slow', metadata: { name: 'a' },
        spec: 'a'.repeat(200_000) });
      const [{ status, body }] = await Promise.all([
        client.ask('POST', '/apis/hostile.example/v1/namespaces/default/slows', asking), client.honest(promptMs),
      ]);
      assert.equal(status, 422, body.slice(0, 500));
      assert.match(body, /should match '\^\(\(\[a-z\]\)\+\.\)\+\[A-Z\]\(\[a-z\]\)\+\$'/);
    });
  });

  describe('floods', () => {
    const open: TLSSocket[] = [];
    const connect = async (): Promise<TLSSocket> => {
      const socket = await client.connect();
      open.push(socket);
      return socket;
    };
    const head = (method: string, path: string, ...lines: string[]): string =>
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${client.port}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

    afterEach(async () => {
      for (const socket of open.splice(0)) socket.destroy();
      await client.honest(promptMs);
    });

    it('answers requests that are sent all at once one after the other', async () => {
      const socket = await connect();
      socket.write(many(50, (i) => head('GET', `${configMaps}/none-${i}`)).join('') + head('GET', '/version',
        'Connection: close'));
      const text = await heard(socket);
      assert.deepEqual([...text.matchAll(/\\"none-(\d+)\\" not found/g)].map(([, i]) => Number(i)), many(50, (i) => i));
      assert.match(text, /gitVersion/);
    });

    it('hangs up on whoever sends thousands', async () => {
      const socket = await connect();
      const ended = heard(socket);
      socket.write(head('GET', '/api/v1/pods').repeat(5_000));
      await client.honest(promptMs);
      await ended;
    });

    it('refuses a watch too many, and serves everybody else', async () => {
      const answers = await Promise.all(many(540, async () => {
        const socket = await connect();
        socket.write(head('GET', `${configMaps}?watch=true`));
        return new Promise<string>((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString().slice(0,
          12))));
      }));
      assert.ok(answers.filter((line) => line === 'HTTP/1.1 200').length >= 480);
      assert.ok(answers.some((line) => line === 'HTTP/1.1 429'));
      await client.honest(promptMs);
    });

    it('cuts off a watch that nobody reads', async () => {
      const socket = await connect();
      socket.write(head('GET', `${configMaps}?watch=true`));
      await new Promise((resolve) => socket.once('data', resolve));
      socket.pause();
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await client.json('POST', configMaps, { body: { metadata: { name: 'big' },
        data: { a: 'x'.repeat(1_000_000) } } }, 201);
      for (let i = 0; i < 30; i += 1) {
        await client.json('PATCH', `${configMaps}/big`, mergePatch({ data: { b: String(i) } }));
      }
      socket.resume();
      await closed;
    });

    it('bounds what clients leave unread of their answers', async () => {
      await Promise.all(many(40, async () => {
        const socket = await connect();
        socket.pause();
        socket.write(head('GET', `${configMaps}?x=${'y'.repeat(1_000)}`).repeat(6));
      }));
      await client.honest(promptMs);
      await client.json('DELETE', `${configMaps}/big`);
    });

    it('makes room for honest clients when bodies never end', async () => {
      for (let batch = 0; batch < 3; batch += 1) {
        await Promise.all(many(280, async () => {
          const socket = await connect();
          socket.write(`${head('POST', configMaps, 'Content-Type: application/json', 'Content-Length: 1000000')}{`);
        }));
        await client.honest(promptMs);
      }
    });
  });

  describe('sessions', () => {
    let attach: string;
    const upgrade = (...lines: string[]): string => `GET ${attach} HTTP/1.1\r\nHost: 127.0.0.1:${client.port}\r\n`
      + `${['Connection: Upgrade', ...lines].map((line) => `${line}\r\n`).join('')}\r\n`;
    const webSocket = (protocol: string): string => upgrade('Upgrade: websocket', 'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', `Sec-WebSocket-Protocol: ${protocol}`);

    before(async () => {
      const { items } = await client.json('GET',
        '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns');
      attach = `/api/v1/namespaces/kube-system/pods/${items[0].metadata.name}/attach?stdout=true&container=coredns`;
    });

    /** Switches protocols, then sends these bytes; resolves when the server has closed the connection. */
    const abuse = async (request: string, bytes: Uint8Array): Promise<string> => {
      const socket = await client.connect();
      const text = heard(socket);
      socket.write(request);
      const first = await new Promise<string>((resolve) => socket.once('data',
        (data: Buffer) => resolve(data.toString())));
      assert.match(first, /^HTTP\/1\.1 101 /, first);
      for (let at = 0; at < bytes.length && !socket.destroyed; at += 65_536) socket.write(bytes.subarray(at,
        at + 65_536));
      return text;
    };

    it('refuses protocols that it does not know', async () => {
      assert.match(await client.send(webSocket('evil.example')), /^HTTP\/1\.1 400 /);
      assert.match(await client.send(upgrade('Upgrade: h2c')), /^HTTP\/1\.1 400 /);
    });

    it('refuses whoever may not, before it switches', async () => {
      const answer = await client.send(webSocket('v5.channel.k8s.io').replace('\r\n\r\n',
        '\r\nImpersonate-User: eve\r\n\r\n'));
      assert.match(answer, /^HTTP\/1\.1 403 /);
      assert.match(answer, /User \\"eve\\" cannot/);
    });

    it('closes a WebSocket whose frames break the rules', async () => {
      const frames = {
        'not masked': Buffer.from([0x82, 0x01, 0x00]), 'of a reserved type': Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
        'without end': Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 0x7f, 0xff, 0, 0, 0, 0]),
          Buffer.alloc(1_000_000)]),
        'a large ping': Buffer.concat([Buffer.from([0x89, 0xfe, 0x0f, 0xff, 0, 0, 0, 0]), Buffer.alloc(0xfff)]),
      };
      for (const bytes of Object.values(frames)) await abuse(webSocket('v5.channel.k8s.io'), bytes);
    });

    it('closes a connection whose SPDY breaks the rules', async () => {
      const spdy = upgrade('Upgrade: SPDY/3.1', 'X-Stream-Protocol-Version: v4.channel.k8s.io');
      const synStream = (block: Buffer): Buffer => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(block.length + 10);
        return Buffer.concat([Buffer.from([0x80, 3, 0, 1]), length, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
          block]);
      };
      const frames = {
        'too large': Buffer.from([0, 0, 0, 1, 0, 0xff, 0xff, 0xff]), 'of version 2': Buffer.from([0x80, 2, 0, 1, 0, 0,
          0, 0]),
        'headers that are no zlib': synStream(Buffer.alloc(64, 0xff)),
        'a header bomb': synStream(headerBomb()),
      };
      for (const bytes of Object.values(frames)) await abuse(spdy, bytes);
    });
  });
});

/** 64 MiB of header in a few kilobytes. */
function headerBomb(): Buffer {
  return deflateSync(Buffer.alloc(64 * 1024 * 1024), { dictionary: spdyDictionary });
}
