import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyJsonPatch } from '../../../src/api/patch/json-patch';
import { applyMergePatch, createMergePatch, threeWayMergePatch } from '../../../src/api/patch/merge-patch';
import { isPatchError } from '../../../src/api/patch/plain';
import type { PlainMap } from '../../../src/api/patch/plain';
import { deepFreeze } from '../../../src/base/freeze';

function good(result: unknown): PlainMap {
  assert.ok(!isPatchError(result), JSON.stringify(result));
  return result as PlainMap;
}

describe('JSON patch', () => {
  const document = deepFreeze({ a: { b: [1, 2, 3], c: 'x' }, 'e/f': { '~': 1 }, n: null });
  const applied: readonly (readonly [unknown, unknown])[] = [
    [[{ op: 'add', path: '/a/d', value: 5 }], { ...document, a: { ...document.a, d: 5 } }],
    [[{ op: 'add', path: '/a/b/1', value: 9 }], { ...document, a: { b: [1, 9, 2, 3], c: 'x' } }],
    [[{ op: 'add', path: '/a/b/-', value: 9 }], { ...document, a: { b: [1, 2, 3, 9], c: 'x' } }],
    [[{ op: 'add', path: '/a/b/3', value: 9 }], { ...document, a: { b: [1, 2, 3, 9], c: 'x' } }],
    [[{ op: 'remove', path: '/a/b/0' }], { ...document, a: { b: [2, 3], c: 'x' } }],
    [[{ op: 'remove', path: '/a/b/-1' }], { ...document, a: { b: [1, 2], c: 'x' } }],
    [[{ op: 'replace', path: '/a/c', value: null }], { ...document, a: { ...document.a, c: null } }],
    [[{ op: 'replace', path: '/e~1f/~0', value: 2 }], { ...document, 'e/f': { '~': 2 } }],
    [[{ op: 'move', from: '/a/c', path: '/g' }], { ...document, a: { b: [1, 2, 3] }, g: 'x' }],
    [[{ op: 'copy', from: '/a/b', path: '/g' }], { ...document, g: [1, 2, 3] }],
    // What was copied goes its own way, before and after it is changed.
    [[{ op: 'add', path: '/a/b/-', value: 4 }, { op: 'copy', from: '/a', path: '/g' }, { op: 'remove', path: '/a/b/0' },
      { op: 'add', path: '/g/b/0', value: 0 }], { ...document, a: { b: [2, 3, 4], c: 'x' }, g: { b: [0, 1, 2, 3, 4], c: 'x' } }],
    [[{ op: 'test', path: '/a/b', value: [1, 2, 3] }, { op: 'test', path: '/none', value: null }], document],
    [[{ op: 'add', path: '/__proto__', value: { z: 1 } }], Object.fromEntries([...Object.entries(document),
      ['__proto__', { z: 1 }]])],
  ];
  for (const [patch, expected] of applied) {
    it(JSON.stringify(patch), () => {
      const result = good(applyJsonPatch(document, patch));
      assert.deepEqual(result, expected);
      if (result['e/f'] !== undefined && !JSON.stringify(patch).includes('e~1f')) assert.equal(result['e/f'],
        document['e/f']);
    });
  }

  const refused: readonly (readonly [unknown, string])[] = [
    [[{ op: 'remove', path: '/x' }],
      "error in remove for path: '/x': unable to remove nonexistent key: x: missing value"],
    [[{ op: 'replace', path: '/x', value: 1 }],
      'replace operation does not apply: doc is missing key: /x: missing value'],
    [[{ op: 'add', path: '/x/y', value: 1 }],
      'add operation does not apply: doc is missing path: "/x/y": missing value'],
    [[{ op: 'add', path: '/a/b/4', value: 1 }],
      "error in add for path: '/a/b/4': Unable to access invalid index: 4: invalid index referenced"],
    [[{ op: 'test', path: '/a/c', value: 'y' }], 'testing value /a/c failed: test failed'],
    [[{ op: 'jump', path: '/a' }], 'Unexpected kind: jump'],
    [[{ op: 'add', value: 1 }], 'add operation failed to decode path: missing value'],
    [[{ op: 'add', path: '', value: {} }], 'add operation does not apply: doc is missing path: "": missing value'],
    [{ op: 'add' }, 'json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    [Array.from({ length: 10_001 }, () => ({})), 'The allowed maximum operations in a JSON patch is 10000, got 10001'],
  ];
  for (const [patch, error] of refused) {
    it(`refuses ${JSON.stringify(patch).slice(0, 60)}`, () => {
      const result = applyJsonPatch(document, patch);
      assert.ok(isPatchError(result));
      assert.equal(result.error, error);
    });
  }
});

describe('merge patch', () => {
  // The examples of RFC 7386, appendix A.
  const examples: readonly (readonly [unknown, unknown, unknown])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }], [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [['a', 'b'], ['c', 'd'], ['c', 'd']], [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }], [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [document, patch, expected] of examples) {
    it(`${JSON.stringify(document)} + ${JSON.stringify(patch)}`, () => {
      assert.deepEqual(applyMergePatch(deepFreeze(document), deepFreeze(patch)), expected);
    });
  }

  const plain = fc.letrec<{ value: unknown; map: PlainMap }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), fc.boolean(), tie('map'), fc.array(tie('value'),
      { maxLength: 3 })),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('value'), { maxKeys: 4,
      noNullPrototype: true }),
  })).map;

  it('diff, then apply, gives the modified document', () => {
    fc.assert(fc.property(plain, plain, (before, after) => {
      deepFreeze([before, after]);
      assert.deepEqual(applyMergePatch(before, createMergePatch(before, after)), after);
    }));
  });

  it('shares the document when nothing changes', () => {
    fc.assert(fc.property(plain, (document) => {
      assert.equal(applyMergePatch(document, {}), document);
      assert.deepEqual(createMergePatch(document, document), {});
    }));
  });

  it('three ways: keeps what only the server has, removes what only the last configuration had', () => {
    const patch = threeWayMergePatch({ a: 1, b: { x: 1, y: 1 } }, { a: 2, b: { x: 1 } }, { a: 1, b: { x: 1, y: 1,
      z: 1 }, c: 1 });
    assert.deepEqual(patch, { b: { y: null }, a: 2 });
  });
});
