/** Assertions for programmer errors: an impossible state stops the run instead of continuing silently. */

/** Thrown when an invariant of the code itself is broken; never for bad input, which is answered with a value. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/** Throws an AssertionFailure unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** Closes a switch over a union: compiles only when every member was handled. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unhandled case: ${String(value)}`);
}

/** Returns the value, asserting that it is there. */
export function defined<T>(value: T | undefined | null, what: string): T {
  assert(value !== undefined && value !== null, `${what} is missing`);
  return value;
}
