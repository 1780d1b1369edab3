/**
 * The scheduler's decisions, each with its tables: per node which filter refused and why, and per plugin the score of
 * each node that passed, as the cycle itself came upon them. This is what "why here" and "why not there" are answered
 * from. The log outlives the process that writes it, so that a restart loses no attempt.
 */
import type { ProcessId } from '../protocol/trace';
import type { Status } from './framework/status';

/** So many cells of tables are kept, which is all attempts of a cluster to learn with; then the oldest go first. */
const cellLimit = 4_000_000;
/** What a decision counts for besides its tables. */
const cellsEach = 32;

export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  /** What the plugin said, in the order of `feasible`. */
  readonly raw: readonly number[];
  /** Normalised 0..100 before weighting, in the same order. */
  readonly scores: readonly number[];
}

/** A filter of the profile, and whether its PreFilter had nothing to do for the pod. */
export interface FilterRun {
  readonly plugin: string;
  readonly skipped: boolean;
}

export interface Decision {
  readonly id: number;
  /** The hop in the trace that tells of it. */
  readonly hop: number;
  readonly scheduler: ProcessId;
  /** Virtual milliseconds. */
  readonly atMs: number;
  readonly pod: string;
  readonly uid: string;
  readonly attempt: number;
  /** All nodes that existed, in the scheduler's order. */
  readonly nodes: readonly { readonly name: string }[];
  /** In the order in which they are asked; one that refuses ends the questions to a node. */
  readonly filters: readonly FilterRun[];
  /** The first filter that refused each node. */
  readonly refused: ReadonlyMap<string, Status>;
  /** Those of them that were out before any filter was asked. */
  readonly preFiltered: ReadonlySet<string>;
  readonly feasible: readonly string[];
  readonly scores: readonly PluginScores[];
  /** Plugins whose PreScore had nothing to do for the pod. */
  readonly skippedScores: readonly string[];
  /** Weighted sums in the order of `feasible`. */
  readonly totals: readonly number[];
  readonly node?: string;
  /** The FailedScheduling message when no node was found. */
  readonly message?: string;
  /** The pods that are deleted to make room. */
  readonly preemption?: { readonly node: string; readonly victims: readonly string[] };
}

export class DecisionLog {
  private decisions: Decision[] = [];
  private first = 0;
  private cells = 0;

  get nextId(): number {
    return this.first + this.decisions.length;
  }

  /** The id of the oldest decision that is kept. */
  get firstId(): number {
    return this.first;
  }

  add(decision: Decision): void {
    this.decisions.push(decision);
    this.cells += cellsOf(decision);
    if (this.cells > cellLimit) this.forget();
  }

  at(id: number): Decision | undefined {
    return this.decisions[id - this.first];
  }

  /** All decisions kept that were taken before that hop, oldest first. */
  before(hop: number): readonly Decision[] {
    let low = 0;
    let high = this.decisions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.decisions[middle] as Decision).hop < hop) low = middle + 1;
      else high = middle;
    }
    return this.decisions.slice(0, low);
  }

  /** Drops the oldest until a tenth of the room is free, so that this is seldom. */
  private forget(): void {
    let gone = 0;
    while (this.cells > cellLimit * 0.9) {
      this.cells -= cellsOf(this.decisions[gone] as Decision);
      gone += 1;
    }
    this.decisions = this.decisions.slice(gone);
    this.first += gone;
  }
}

function cellsOf({ refused, feasible, scores }: Decision): number {
  return cellsEach + refused.size + feasible.length * (2 * scores.length + 1);
}
