import assert from 'node:assert/strict';
import { RandomSource, RandomStream } from '../../../src/base/random';

const draw = (stream: RandomStream, count: number): number[] => Array.from({ length: count }, () => stream.next32());

describe('base: random', () => {
  it('repeats with the same seed and name, and differs with another', () => {
    const first = draw(new RandomStream(7, 'kubelet'), 8);
    assert.deepEqual(draw(new RandomStream(7, 'kubelet'), 8), first);
    assert.notDeepEqual(draw(new RandomStream(8, 'kubelet'), 8), first);
    assert.notDeepEqual(draw(new RandomStream(7, 'scheduler'), 8), first);
  });

  it('keeps streams apart: drawing from one never changes another', () => {
    const undisturbed = draw(new RandomSource(1).stream('b'), 4);
    const source = new RandomSource(1);
    draw(source.stream('a'), 100);
    assert.deepEqual(draw(source.stream('b'), 4), undisturbed);
    assert.equal(source.stream('a'), source.stream('a'));
  });

  it('spreads evenly and stays within its bounds', () => {
    const stream = new RandomStream(3, 'spread');
    const hits = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i += 1) hits[stream.below(10)]! += 1;
    for (const count of hits) assert.ok(count > 850 && count < 1150, `${hits}`);
    for (let i = 0; i < 1_000; i += 1) {
      const fraction = stream.fraction();
      assert.ok(fraction >= 0 && fraction < 1);
      const jittered = stream.jitter(1_000, 0.5);
      assert.ok(jittered >= 1_000 && jittered <= 1_500 && Number.isInteger(jittered));
    }
  });

  it('makes the texts that Kubernetes makes', () => {
    const stream = new RandomStream(0, 'texts');
    assert.match(stream.nameSuffix(), /^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    assert.match(stream.nameSuffix(10), /^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    assert.match(stream.hex(12), /^[0-9a-f]{12}$/);
    assert.match(stream.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
