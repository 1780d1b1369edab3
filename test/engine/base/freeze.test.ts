import assert from 'node:assert/strict';
import { compareText, deepFreeze, equal, sortedKeys, withKey } from '../../../src/base/freeze';

describe('base: freeze', () => {
  it('freezes the whole tree and returns it', () => {
    const pod = { spec: { containers: [{ name: 'web' }] }, note: null };
    assert.equal(deepFreeze(pod), pod);
    assert.ok(Object.isFrozen(pod.spec.containers[0]));
    assert.throws(() => pod.spec.containers.push({ name: 'two' }), TypeError);
  });

  it('does not look into what is frozen already', () => {
    const inner = { open: true };
    deepFreeze({ shared: Object.freeze({ inner }) });
    assert.equal(Object.isFrozen(inner), false);
  });

  const pairs: [string, unknown, unknown, boolean][] = [
    ['numbers', 1, 1, true],
    ['a number and its text', 1, '1', false],
    ['objects in another key order', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['an absent key and undefined', { a: 1 }, { a: 1, b: undefined }, true],
    ['an absent key and null', { a: 1 }, { a: 1, b: null }, false],
    ['null and an object', null, {}, false],
    ['nested arrays', [[1, { a: 2 }]], [[1, { a: 2 }]], true],
    ['arrays of another length', [1], [1, 2], false],
    ['an array and an object', [], {}, false],
  ];
  for (const [name, a, b, expected] of pairs) {
    it(`${expected ? 'takes as equal' : 'tells apart'}: ${name}`, () => {
      assert.equal(equal(a, b), expected);
      assert.equal(equal(b, a), expected);
    });
  }

  it('changes one key and shares the rest', () => {
    const before: { readonly labels: object; readonly phase?: string } = deepFreeze({ labels: {}, phase: 'Pending' });
    assert.equal(withKey(before, 'phase', 'Pending'), before);
    const after = withKey(before, 'phase', 'Running');
    assert.deepEqual(after, { labels: {}, phase: 'Running' });
    assert.equal(after.labels, before.labels);
    assert.deepEqual(Object.keys(withKey(before, 'phase', undefined)), ['labels']);
    assert.deepEqual(Object.keys(withKey({ ...before, gone: undefined }, 'gone', undefined)), Object.keys(before));
  });

  it('orders by code units', () => {
    assert.deepEqual(sortedKeys({ b: 1, a: 1, B: 1, 10: 1, 9: 1 }), ['10', '9', 'B', 'a', 'b']);
    assert.deepEqual(sortedKeys(undefined), []);
    assert.deepEqual([compareText('a', 'b'), compareText('b', 'a'), compareText('a', 'a')], [-1, 1, 0]);
  });
});
