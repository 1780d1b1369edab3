import assert from 'node:assert/strict';
import { all, runTask, type Task, waitFor } from '../../../src/sim/task';

describe('sim: task', () => {
  /** A wait that the test ends by hand. */
  function gate<T>(): { task: () => Task<T>; open: (result: T) => void } {
    let resume: ((result: T) => void) | undefined;
    return {
      task: () => waitFor<T>((given) => void (resume = given)),
      open: (result) => resume?.(result),
    };
  }

  it('runs up to its first wait, and on when that ends', () => {
    const steps: string[] = [];
    const { task, open } = gate<string>();
    runTask(
      (function* (): Task<number> {
        steps.push('begun');
        steps.push(yield* task());
        return 7;
      })(),
      (result) => steps.push(`done ${result}`),
    );
    assert.deepEqual(steps, ['begun']);
    open('resumed');
    assert.deepEqual(steps, ['begun', 'resumed', 'done 7']);
  });

  it('composes like calls, also when a wait ends at once', () => {
    function* double(n: number): Task<number> {
      return 2 * (yield* waitFor<number>((resume) => resume(n)));
    }
    let result: number | undefined;
    function* sum(): Task<number> {
      return (yield* double(3)) + (yield* double(4));
    }
    runTask(sum(), (total) => (result = total));
    assert.equal(result, 14);
  });

  it('runs tasks side by side and keeps their order', () => {
    const gates = [gate<string>(), gate<string>(), gate<string>()];
    let result: string[] | undefined;
    runTask(all(gates.map(({ task }) => task())), (results) => (result = results));
    for (const index of [2, 0, 1]) {
      assert.equal(result, undefined);
      gates[index]?.open(`${index}`);
    }
    assert.deepEqual(result, ['0', '1', '2']);
  });

  it('has the result of no tasks at once', () => {
    let result: unknown;
    runTask(all([]), (results) => (result = results));
    assert.deepEqual(result, []);
  });
});
