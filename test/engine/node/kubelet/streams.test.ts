/** exec, attach, port-forward and followed logs, from the kubelet's server down to the program in the container. */
import assert from 'node:assert/strict';
import { bytesOfText, joinBytes } from '../../../../src/base/byte-text';
import { type ArchiveEntry, readArchive, writeArchive } from '../../../../src/node/programs/tar-archive';
import { bootedCluster } from '../../../support/cluster';
import { create, isReady, podOf, remove, until } from './pods';
import { execTarget, Session } from './session';

describe('kubelet: streams', () => {
  const cluster = bootedCluster(1, 0);
  const exec = (command: readonly string[], streams?: string, container = 'default/box/app'): Session =>
    new Session(cluster, execTarget(container, command, streams));

  before(() => {
    create(cluster,
      podOf('box', {}, {}, { image: 'busybox:1.36', command: ['sh', '-c', 'echo started; sleep 100000'],
        env: [{ name: 'COLOR', value: 'blue' }] }),
      podOf('web', {}, {}, { image: 'nginx:1.27' }),
      podOf('cache', {}, {}, { image: 'redis:7' }),
      podOf('cats', {}, {}, { image: 'busybox:1.36', command: ['cat'], stdin: true, stdinOnce: true }),
      podOf('talk', {}, {}, { image: 'busybox:1.36', command: ['sh'], stdin: true, tty: true }),
      podOf('waits', {}, {}, { image: 'example.com/nosuch:1' }));
    for (const name of ['box', 'web', 'cache', 'cats', 'talk']) until(cluster, name, isReady);
  });

  describe('exec', () => {
    const cases: readonly (readonly [command: readonly string[], out: string, err: string, result: string])[] = [
      [['echo', 'a b', 'c'], 'a b c\n', '', '0'],
      [['sh', '-c', 'echo $COLOR; echo no >&2; exit 7'], 'blue\n', 'no\n', '7'],
      [['printf', 'no line end'], 'no line end', '', '0'],
      [['sh', '-c', 'kill -9 $$'], '', '', '137'],
      [['cat', '/nope'], '', "cat: can't open '/nope': No such file or directory\n", '1'],
    ];
    for (const [command, out, err, result] of cases) {
      it(command.join(' '), () => {
        const session = exec(command).finish();
        assert.deepEqual([session.out, session.err, session.result], [out, err, result]);
        assert.deepEqual([session.messages[0]?.kind, session.messages.at(-1)?.kind], ['switched', 'end']);
      });
    }

    it('names the exit code in the closing status', () => {
      assert.deepEqual(exec(['sh', '-c', 'exit 3']).finish().status, {
        metadata: {}, status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] },
        message: 'command terminated with non-zero exit code: error executing command [sh -c exit 3], exit code 3',
      });
    });

    it('says in runc\'s words that there is no such command', () => {
      const { message = '' } = exec(['foo']).finish().status;
      assert.match(message, new RegExp('^Internal error occurred: error executing command in container: failed to exec in '
        + 'container: failed to start exec "[0-9a-f]{64}": OCI runtime exec failed: exec failed: unable to start container '
        + 'process: exec: "foo": executable file not found in \\$PATH$'));
    });

    it('reads standard input to its end', () => {
      const session = exec(['sh', '-c', 'cat; echo done'], 'io').type('one\n').type('two');
      assert.equal(session.out, 'one\ntwo');
      assert.equal(session.close().finish().out, 'one\ntwodone\n');
    });

    it('carries bytes that are no text', () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const session = exec(['sh', '-c', 'cat > /tmp/bytes; cat /tmp/bytes'], 'io');
      session.type(bytes.subarray(0, 200)).type(bytes.subarray(200)).close().finish();
      const data = session.messages.flatMap((message) =>
        (message.kind === 'data' && message.stream === 1 ? [...message.data] : []));
      assert.deepEqual(data, [...bytes]);
    });

    it('feeds commands to a shell line by line, and what they read', () => {
      const session = exec(['sh'], 'ioe').type('x=5\nif true\n').type('then echo $x\nfi\nread y; echo "<$y>"\nhello\n');
      assert.equal(session.out, '5\n<hello>\n');
      session.type('cat <<E\n$x\n').type('E\nnope\n');
      assert.deepEqual([session.out, session.err], ['5\n<hello>\n5\n', 'sh: nope: not found\n']);
      assert.equal(session.type('exit 4\n').finish().result, '4');
    });

    it('ends a shell at the end of its input with the last status', () => {
      assert.equal(exec(['sh'], 'io').type('false\n').close().finish().result, '1');
    });

    it('is refused where nothing runs', () => {
      const answer = (target: string) => new Session(cluster, target).finish().messages[0];
      const refusal = (status: number, body: string) =>
        ({ kind: 'response', status, headers: { 'content-type': 'text/plain' }, body });
      assert.deepEqual(answer(execTarget('default/waits/app', ['ls'])), refusal(500, 'container not found ("app")'));
      assert.deepEqual(answer(execTarget('default/nobody/app', ['ls'])), refusal(404, 'pod does not exist'));
      assert.deepEqual(answer(execTarget('default/box/app', ['ls'], '')),
        refusal(400, 'you must specify at least 1 of stdin, stdout, stderr'));
    });
  });

  describe('tar, as kubectl cp runs it', () => {
    const picture = Uint8Array.from({ length: 3_000 }, (_, i) => (i * 7) % 256);
    const long = `${'deep/'.repeat(30)}${'x'.repeat(120)}.bin`;
    const entry = (name: string, content: Uint8Array): ArchiveEntry => ({ name, kind: 'file', content, target: '' });

    it('unpacks and packs again, byte for byte', () => {
      for (const container of ['default/box/app', 'default/web/app']) {
        const archive = writeArchive([entry('up/picture.png', picture), entry(`up/${long}`, bytesOfText('ä')),
          entry('up/empty', new Uint8Array(0))], 0);
        exec(['tar', '-xmf', '-', '-C', '/tmp'], 'ioe', container).type(archive.subarray(0, 700)).type(archive.subarray(700))
          .close().finish();
        const session = exec(['tar', 'cf', '-', '/tmp/up'], 'oe', container).finish();
        assert.match(session.err, /^tar: [rR]emoving leading [`']\/' from member names\n$/);
        const bytes = joinBytes(session.messages.flatMap((message) =>
          (message.kind === 'data' && message.stream === 1 ? [message.data] : [])));
        const entries = readArchive(bytes);
        assert.ok(Array.isArray(entries));
        const files = (entries as ArchiveEntry[]).filter(({ kind }) => kind === 'file');
        assert.deepEqual(files.map(({ name }) => name).sort(), ['tmp/up/empty', 'tmp/up/picture.png', `tmp/up/${long}`].sort());
        assert.deepEqual(files.find(({ name }) => name.endsWith('png'))?.content, picture);
      }
    });

    it('says what is missing or damaged', () => {
      const cases = [
        [['tar', 'cf', '-', '/nope'], '', '1', /No such file or directory\ntar: error exit delayed from previous errors\n$/],
        [['tar', 'xf', '-'], 'x'.repeat(600), '1', /invalid tar magic/],
        [['tar', 'xf', '-'], 'x', '1', /short read/],
      ] as const;
      for (const [command, input, result, message] of cases) {
        const session = exec(command, 'ioe').type(input).close().finish();
        assert.deepEqual([session.result, message.test(session.err)], [result, true], session.err);
      }
    });
  });

  describe('a terminal', () => {
    const shell = (command = 'sh', container?: string): Session => exec([command], 'iot', container);

    it('prompts, echoes, and ends with Ctrl+D', () => {
      const session = shell();
      assert.equal(session.out, '/ # ');
      session.type('echo hi\r');
      assert.equal(session.out, '/ # echo hi\r\nhi\r\n/ # ');
      session.type('cd /tmp\r').type('fals\x7f\x7fx\x7flse\r');
      assert.match(session.out, /\/tmp # fals/);
      assert.equal(session.type('\x04').finish().result, '1');
    });

    it('prompts as bash does', () => {
      const session = shell('bash', 'default/web/app');
      assert.equal(session.out, 'root@web:/# ');
      assert.equal(session.type('nope\r').out, 'root@web:/# nope\r\nbash: nope: command not found\r\nroot@web:/# ');
      assert.match(session.type('\x04').finish().out, /exit\r\n$/);
      assert.equal(session.result, '127');
    });

    it('interrupts what runs with Ctrl+C, and not the shell', () => {
      const session = shell().type('sleep 1000\r').type('\x03');
      assert.match(session.out, /sleep 1000\r\n\^C\r\n\/ # $/);
      assert.match(session.type('echo $?\r').out, /130\r\n\/ # $/);
      session.type('half a line').type('\x03');
      assert.match(session.out, /half a line\^C\r\n\/ # $/);
      session.type('while :; do sleep 1; done\r').run(5_000).type('\x03').type('exit\r');
      assert.equal(session.finish().result, '130');
    });

    it('ends a program that takes no care of it', () => {
      assert.equal(exec(['sleep', '1000'], 'iot').type('\x03').finish().result, '130');
    });

    it('lets cat read until Ctrl+D and goes on', () => {
      const session = shell().type('cat\r').type('abc\r').type('\x04').type('echo after\r');
      assert.match(session.out, /cat\r\nabc\r\nabc\r\n\/ # echo after\r\nafter\r\n\/ # $/);
      session.hangUp();
    });
  });

  describe('attach', () => {
    it('feeds the main process and ends with it', () => {
      const session = new Session(cluster, '/attach/default/cats/app?input=1&output=1').type('meow\n');
      assert.equal(session.out, 'meow\n');
      session.close().finish();
      assert.equal(session.result, '0');
      until(cluster, 'cats', ({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0);
    });

    it('shows what is printed from then on, to everyone', () => {
      const target = '/attach/default/talk/app?input=1&output=1&tty=1';
      const [first, second] = [new Session(cluster, target), new Session(cluster, target)];
      first.type('echo both\r');
      assert.equal(first.out, 'echo both\r\nboth\r\n/ # ');
      assert.equal(second.out, first.out);
      first.hangUp();
      second.type('exit 3\r').finish();
      until(cluster, 'talk', ({ status }) => status.containerStatuses?.[0]?.lastState?.terminated?.exitCode === 3
        || status.containerStatuses?.[0]?.state?.terminated?.exitCode === 3);
    });
  });

  describe('port-forward', () => {
    const forward = (pod: string, port: number): Session =>
      new Session(cluster, `/portForward/default/${pod}`).send({ kind: 'open', stream: 1, port });
    const crlf = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

    it('carries HTTP, one request after the other', () => {
      const session = forward('web', 80).type(crlf('GET / HTTP/1.1', 'Host: localhost'), 1);
      assert.match(session.out, /^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: (\d+)\r\n[^]*Welcome to nginx!/);
      const size = Number(/Content-Length: (\d+)/.exec(session.out)?.[1]);
      assert.equal(bytesOfText(session.out.slice(session.out.indexOf('\r\n\r\n') + 4)).length, size);
      const before = session.out.length;
      session.type('GET /no', 1).type(`pe HTTP/1.1\r\nConnection: close\r\n\r\n`, 1);
      assert.match(session.out.slice(before), /^HTTP\/1\.1 404 Not Found\r\n[^]*Connection: close/);
      assert.deepEqual([...session.closed], [[1, undefined]]);
    });

    it('speaks Redis', () => {
      const session = forward('cache', 6379).type('*1\r\n$4\r\nPING\r\n', 1).type('SET a "b"\r\n*2\r\n$3\r\nGET\r\n$1\r\n', 1)
        .type('a\r\n', 1);
      assert.equal(session.out, '+PONG\r\n+OK\r\n$3\r\n"b"\r\n');
    });

    it('answers what is no HTTP as a web server does', () => {
      assert.match(forward('web', 80).type('HELO there\r\n', 1).out, /^HTTP\/1\.1 400 Bad Request\r\n/);
      assert.ok(forward('web', 80).type(Uint8Array.of(0x16, 3, 1, 0, 5), 1).closed.has(1));
    });

    it('says that nobody listens, and goes on', () => {
      const session = forward('web', 81);
      assert.match(session.closed.get(1) ?? '', new RegExp('^error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to '
        + 'execute portforward in network namespace "/var/run/netns/cni-[0-9a-f-]{36}": failed to connect to localhost:81 '
        + 'inside namespace "[0-9a-f]{64}", IPv4: dial tcp4 127.0.0.1:81: connect: connection refused IPv6 dial tcp6 '
        + '\\[::1\\]:81: connect: connection refused $'));
      session.send({ kind: 'open', stream: 3, port: 80 }).type(crlf('GET / HTTP/1.0'), 3);
      assert.match(session.texts.get(3) ?? '', /^HTTP\/1\.1 200 OK/);
    });
  });

  describe('logs', () => {
    const log = (query: string, pod = 'lines'): Session =>
      new Session(cluster, `/containerLogs/default/${pod}/app${query}`, { method: 'GET', upgrade: false });

    before(() => {
      const script = 'echo one; echo two >&2; sleep 20; echo three; sleep 20; echo four; exit 0';
      create(cluster, podOf('lines', {}, { restartPolicy: 'Never' }, {
        image: 'busybox:1.36', command: ['sh', '-c', script],
      }));
      until(cluster, 'lines', isReady);
    });

    it('are followed to the end of the container', () => {
      const session = log('?follow=true&timestamps=true');
      assert.equal(session.messages[0]?.kind, 'head');
      assert.match(session.texts.get(0) ?? '', /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (one|two)\n){2}$/);
      assert.equal(log('?tailLines=1').finish().texts.get(0), 'two\n');
      session.run(21_000);
      assert.match(session.texts.get(0) ?? '', /three\n$/);
      assert.match(session.finish().texts.get(0) ?? '', /four\n$/);
      assert.equal(log('').finish().texts.get(0), 'one\ntwo\nthree\nfour\n');
      assert.equal(log('?sinceSeconds=5').finish().texts.get(0), 'four\n');
    });

    it('are gone with the pod', () => {
      remove(cluster, 'lines');
      cluster.runFor(60_000);
      assert.equal(log('').finish().messages[0]?.kind, 'response');
    });
  });
});
