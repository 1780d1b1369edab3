import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Heap } from '../../../src/base/heap';

const heapOf = (): Heap<number> => new Heap<number>((a, b) => a < b);

describe('base: heap', () => {
  it('is empty at first', () => {
    const heap = heapOf();
    assert.equal(heap.peek(), undefined);
    assert.equal(heap.pop(), undefined);
    assert.equal(heap.size, 0);
  });

  it('gives back what is least, whatever was pushed and popped before', () => {
    const steps = fc.array(fc.option(fc.integer({ min: 0, max: 50 })));
    fc.assert(
      fc.property(steps, (pushes) => {
        const heap = heapOf();
        const model: number[] = [];
        for (const push of pushes) {
          if (push === null) {
            assert.equal(heap.peek(), model[0]);
            assert.equal(heap.pop(), model.shift());
          } else {
            heap.push(push);
            model.push(push);
            model.sort((a, b) => a - b);
          }
          assert.equal(heap.size, model.length);
        }
      }),
    );
  });

  it('keeps its order when some are dropped', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: 1, max: 4 }), (numbers, step) => {
      const heap = heapOf();
      for (const number of numbers) heap.push(number);
      heap.retain((number) => number % step === 0);
      const left = numbers.filter((number) => number % step === 0).sort((a, b) => a - b);
      assert.deepEqual(Array.from({ length: heap.size }, () => heap.pop()), left);
    }));
  });
});
