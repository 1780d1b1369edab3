/** Tasks that can be given up: the pod's worker drops what it does when the pod is to end. */
import type { Task } from '../../sim/task';

/**
 * Runs a task as long as it is wanted, asked before each of its steps. What it waits for at that moment still happens;
 * only nobody goes on from there. Models the cancelled context of upstream's pod workers.
 */
export function runWhile(task: Task, wanted: () => boolean, done: () => void): void {
  const advance = (input: unknown): void => {
    if (!wanted()) return;
    const step = task.next(input);
    if (step.done) done();
    else step.value.begin(advance);
  };
  advance(undefined);
}
