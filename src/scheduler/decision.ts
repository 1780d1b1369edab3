/**
 * The scheduler's decisions, each with its table: per node which filter refused and why, and per plugin the score of
 * each node that passed. This is what "why here" and "why not there" are answered from.
 */
import type { Status } from './framework/status';

/** How many decisions are kept; the oldest go first. */
const decisionLimit = 5_000;

export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  /** Normalised 0..100 before weighting, in the order of `feasible`. */
  readonly scores: readonly number[];
}

export interface Decision {
  readonly id: number;
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly pod: string;
  readonly uid: string;
  readonly attempt: number;
  /** All nodes that exist. */
  readonly nodeCount: number;
  /** The first filter that refused each node. */
  readonly refused: ReadonlyMap<string, Status>;
  readonly feasible: readonly string[];
  readonly scores: readonly PluginScores[];
  /** Weighted sums in the order of `feasible`. */
  readonly totals: readonly number[];
  readonly node?: string;
  /** The FailedScheduling message when no node was found. */
  readonly message?: string;
}

export class DecisionLog {
  private readonly decisions: Decision[] = [];
  private next = 0;

  get nextId(): number {
    return this.next;
  }

  add(decision: Decision): void {
    this.decisions[decision.id % decisionLimit] = decision;
    this.next = decision.id + 1;
  }

  at(id: number): Decision | undefined {
    const decision = this.decisions[id % decisionLimit];
    return decision?.id === id ? decision : undefined;
  }

  /** All decisions kept about a pod, oldest first. */
  ofPod(uid: string): Decision[] {
    return this.decisions.filter((decision) => decision.uid === uid).sort((a, b) => a.id - b.id);
  }
}
