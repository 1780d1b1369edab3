import assert from 'node:assert/strict';
import { fnv1a32, RunningHash } from '../../../src/base/hash';

describe('base: hash', () => {
  // Published test vectors of FNV-1a.
  const vectors: [string, number][] = [['', 0x811c9dc5], ['a', 0xe40c292c], ['foobar', 0xbf9cf968]];
  for (const [text, expected] of vectors) {
    it(`hashes "${text}" as FNV-1a does`, () => assert.equal(fnv1a32(text), expected));
  }

  it('goes on from a seed', () => assert.equal(fnv1a32('bar', fnv1a32('foo')), fnv1a32('foobar')));

  const digestOf = (...parts: (string | number)[]): string => {
    const hash = new RunningHash();
    for (const part of parts) {
      if (typeof part === 'number') hash.addNumber(part);
      else hash.addText(part);
    }
    return hash.digest();
  };

  it('depends on content, order and boundaries', () => {
    assert.equal(digestOf('a', 1, 'b'), digestOf('a', 1, 'b'));
    const digests = [
      digestOf(), digestOf('a', 'b'), digestOf('b', 'a'), digestOf('ab'), digestOf('', 'ab'), digestOf(1, 2),
      digestOf(2, 1), digestOf(2 ** 40), digestOf(2 ** 41),
    ];
    assert.equal(new Set(digests).size, digests.length);
    for (const digest of digests) assert.match(digest, /^[0-9a-f]{16}$/);
  });
});
