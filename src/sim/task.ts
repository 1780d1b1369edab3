/**
 * Tasks: multi-step work written in order without a promise. A task is a generator that yields Waits; a Wait says how
 * it begins and is resumed at most once by the simulation with its result. `yield*` composes tasks like calls.
 * Everything stays synchronous and deterministic: a task moves only when an event of the queue resumes it.
 */

/** Something a task waits for. `begin` starts it; `resume` is called once, later, with the result. */
export interface Wait {
  begin(resume: (result: unknown) => void): void;
}

/** Work in steps; T is what it returns in the end. */
export type Task<T = void> = Generator<Wait, T, unknown>;

/** Makes a task of one wait whose result is of type T. */
export function* waitFor<T>(begin: (resume: (result: T) => void) => void): Task<T> {
  return (yield { begin: begin as Wait['begin'] }) as T;
}

/** Starts a task and drives it to its end; `done` gets its result. Runs synchronously up to the first wait. */
export function runTask<T>(task: Task<T>, done?: (result: T) => void): void {
  const advance = (input: unknown): void => {
    const step = task.next(input);
    if (step.done) done?.(step.value);
    else step.value.begin(advance);
  };
  advance(undefined);
}

/** Runs tasks side by side and returns their results in the given order. */
export function* all<T>(tasks: readonly Task<T>[]): Task<T[]> {
  if (tasks.length === 0) return [];
  return yield* waitFor<T[]>((resume) => {
    const results: T[] = new Array<T>(tasks.length);
    let open = tasks.length;
    tasks.forEach((task, index) => {
      runTask(task, (result) => {
        results[index] = result;
        open -= 1;
        if (open === 0) resume(results);
      });
    });
  });
}
