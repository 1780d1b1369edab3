/** Doing many things of a kind, carefully. Models pkg/controller/replicaset slowStartBatch. */
import { all, type Task } from '../sim/task';
import type { Failure } from './context';

export interface BatchResult {
  /** How many were done. */
  readonly successes: number;
  /** The first failure; what had not been begun by then was left out. */
  readonly failure: Failure;
}

/**
 * Does `count` things side by side in batches of 1, 2, 4, ..., and stops after a batch in which one failed: a quota
 * that refuses one pod would refuse a thousand.
 */
export function* slowStart(count: number, one: (index: number) => Task<Failure>): Task<BatchResult> {
  let successes = 0;
  let begun = 0;
  for (let size = Math.min(count, 1); size > 0; size = Math.min(2 * size, count - begun)) {
    const batch: Task<Failure>[] = [];
    for (let i = 0; i < size; i += 1) batch.push(one(begun + i));
    begun += size;
    const results = yield* all(batch);
    const failures = results.filter((failure) => failure !== undefined);
    successes += size - failures.length;
    if (failures.length > 0) return { successes, failure: failures[0] };
  }
  return { successes, failure: undefined };
}
