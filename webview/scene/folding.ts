/**
 * Folds hops into the steps that a text would tell: who asks for what, what is stored, who hears of it, what is decided
 * and started. Everything else lies folded in the step before it, and nothing is lost: unfolded, all hops are there.
 */
import { isTold } from '../../src/protocol/story';
import type { Hop } from '../../src/protocol/trace';

export interface Step {
  /** The hop that the step is told by. */
  readonly hop: Hop;
  /** What lies folded in it, in order. */
  readonly inner: readonly Hop[];
}

/** The steps of hops in their order. Hops before the first step are a step of their own, told by the first of them. */
export function fold(hops: readonly Hop[]): Step[] {
  const steps: { hop: Hop; inner: Hop[] }[] = [];
  for (const hop of hops) {
    const last = steps.at(-1);
    if (!last || isTold(hop)) steps.push({ hop, inner: [] });
    else last.inner.push(hop);
  }
  return steps;
}
