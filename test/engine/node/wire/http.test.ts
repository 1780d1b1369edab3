/** HTTP/1.1 and Redis' protocol as bytes: what is read, what is refused, what is written. */
import assert from 'node:assert/strict';
import { ByteTextDecoder, byteLength, bytesOfText, joinBytes, textOfBytes } from '../../../../src/base/byte-text';
import { HttpRequestParser, type Parsed } from '../../../../src/node/wire/http-parser';
import { writeResponse } from '../../../../src/node/wire/http-writer';
import { readCommand, writeAnswer } from '../../../../src/node/wire/redis';

/** What a stream of bytes is read as, given whole and byte by byte. */
function parse(text: string): Parsed[] {
  const bytes = bytesOfText(text);
  const whole = new HttpRequestParser().push(bytes);
  const slow = new HttpRequestParser();
  assert.deepEqual([...bytes].flatMap((byte) => slow.push(Uint8Array.of(byte))), whole);
  return whole;
}

function told(found: Parsed): string {
  if (found.kind !== 'request') return found.kind === 'error' ? `error ${found.status}` : found.kind;
  const { method, target, body, keepAlive } = found.request;
  return `${method} ${target} ${JSON.stringify(textOfBytes(body))} ${keepAlive ? 'keeps' : 'closes'}`;
}

describe('the wire: requests', () => {
  const cases: readonly (readonly [text: string, found: readonly string[]])[] = [
    ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', ['GET / "" keeps']],
    ['GET /a?b=c HTTP/1.0\r\n\r\n', ['GET /a?b=c "" closes']],
    ['GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.1\nConnection: close\n\n',
      ['GET / "" keeps', 'GET /2 "" closes']],
    ['POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n', ['POST /p "abc" keeps', 'GET / "" keeps']],
    ['POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n',
      ['POST /p "abc0123456789" keeps']],
    ['PUT /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx', ['continue', 'PUT /p "x" keeps']],
    ['GET http://web.local/x HTTP/1.1\r\n\r\n', ['GET /x "" keeps']],
    ['POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n', ['error 400']],
    ['POST / HTTP/1.1\r\nContent-Length: 3, 4\r\n\r\n', ['error 400']],
    ['POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n', ['error 400']],
    ['POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n', ['error 413']],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n', ['error 501']],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', ['error 400']],
    ['GET / HTTP/1.1\r\nbad name: x\r\n\r\n', ['error 400']],
    ['GET / HTTP/1.1\r\n folded\r\n\r\n', ['error 400']],
    ['GET  / HTTP/1.1\r\n\r\n', ['error 400']],
    [`GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(11_000)}`, ['error 431']],
  ];
  for (const [text, found] of cases) {
    it(JSON.stringify(text.slice(0, 70)), () => assert.deepEqual(
      text.length > 1_000 ? new HttpRequestParser().push(bytesOfText(text)).map(told) : parse(text).map(told), found));
  }
});

describe('the wire: answers', () => {
  const write = (body: string, code = 200, method = 'GET', keepAlive = true): string =>
    textOfBytes(writeResponse({ code, body }, { method, keepAlive, version: '1.1' }, 1_767_225_600_000));
  const head = 'HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n';

  it('have length and type', () => {
    assert.equal(write('grüß'), `${head}Content-Type: text/plain; charset=utf-8\r\nContent-Length: 6\r\n\r\ngrüß`);
    assert.match(write('<html></html>'), /Content-Type: text\/html; charset=utf-8\r\n/);
    assert.match(write('{"a":1}'), /Content-Type: application\/json\r\n/);
    assert.match(write('x', 404, 'GET', false), /^HTTP\/1\.1 404 Not Found\r\n[^]*Connection: close\r\n\r\nx$/);
  });

  it('have no body where none may be', () => {
    assert.match(write('abc', 200, 'HEAD'), /Content-Length: 3\r\n\r\n$/);
    assert.equal(write('', 204), 'HTTP/1.1 204 No Content\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n');
  });
});

describe('the wire: Redis', () => {
  it('reads commands when they are whole', () => {
    const bytes = bytesOfText('*2\r\n$3\r\nGET\r\n$1\r\na\r\nPING\r\n');
    assert.deepEqual(readCommand(bytes), { words: ['GET', 'a'], length: 20 });
    assert.equal(readCommand(bytes.subarray(0, 19)), undefined);
    assert.deepEqual(readCommand(bytes.subarray(20)), { words: ['PING'], length: 6 });
    assert.equal(readCommand(bytesOfText('*x\r\n')), 'error');
  });

  const answers: readonly (readonly [lines: readonly string[], text: string])[] = [
    [['OK'], '+OK\r\n'], [['(nil)'], '$-1\r\n'], [['(integer) 5'], ':5\r\n'], [['"a\\"b"'], '$3\r\na"b\r\n'],
    [['(error) ERR x'], '-ERR x\r\n'], [['(empty array)'], '*0\r\n'],
    [['1) "a"', '2) "b"'], '*2\r\n$1\r\na\r\n$1\r\nb\r\n'], [['# Server', 'x:1'], '$13\r\n# Server\r\nx:1\r\n'],
  ];
  for (const [lines, text] of answers) it(lines.join(' '), () => assert.equal(textOfBytes(writeAnswer(lines)), text));
});

describe('bytes as text', () => {
  it('come back as they were, whatever they are', () => {
    const all = Uint8Array.from({ length: 65_536 }, (_, i) => (i * 31 + (i >> 8)) & 255);
    assert.deepEqual(bytesOfText(textOfBytes(all)), all);
    assert.equal(byteLength(textOfBytes(all)), all.length);
    for (const text of ['', 'plain', 'grüß €', 'emoji 🎉🎉', '\u0000\uffff']) {
      assert.equal(textOfBytes(bytesOfText(text)), text);
      assert.equal(byteLength(text), Buffer.byteLength(text));
    }
  });

  it('are the same text however they are cut', () => {
    const bytes = joinBytes([bytesOfText('a🎉ü'), Uint8Array.of(0xff, 0xe2, 0x82), bytesOfText('€z'), Uint8Array.of(0xf0)]);
    for (let size = 1; size < bytes.length; size += 1) {
      const decoder = new ByteTextDecoder();
      let text = '';
      for (let at = 0; at < bytes.length; at += size) text += decoder.push(bytes.subarray(at, at + size));
      assert.equal(text + decoder.end(), textOfBytes(bytes));
    }
  });
});
