/**
 * One playing of a lesson: at which step it is, where that step began, and what was predicted. It keeps no clock and
 * does nothing to the cluster; whoever plays tells it what the learner did.
 */
import type { Cluster } from '../../cluster/cluster';
import { type Asked, type Finding, findingOf, type Mark, markOf } from '../predicates';
import { type ComputedAnswer, computedAnswer } from './answers';
import type { Check, Lesson, Step } from './lesson';

/** A learner's answer to a prediction: the position of a choice, or a name. */
export type Answer = number | string;

/** A check with what was found. */
export interface CheckResult {
  readonly check: Check;
  readonly finding: Finding;
}

const nothing: Finding = { met: false, count: 0, found: [] };

export class LessonSession {
  private at = 0;
  private mark: Mark = { hops: 0, revision: 0 };
  private predictions = new Map<string, Answer>();
  /** Steps whose checks have held; what was true once may change again. */
  private readonly reached = new Set<string>();

  constructor(readonly lesson: Lesson) {}

  get stepIndex(): number {
    return this.at;
  }

  get step(): Step {
    return this.lesson.steps[this.at] as Step;
  }

  get isLastStep(): boolean {
    return this.at === this.lesson.steps.length - 1;
  }

  /** Begins a step at the present moment of the cluster, or before there is one. */
  enter(stepIndex: number, cluster: Cluster | undefined): void {
    this.at = Math.min(Math.max(stepIndex, 0), this.lesson.steps.length - 1);
    this.reached.delete(this.step.id);
    this.mark = cluster ? markOf(cluster) : { hops: 0, revision: 0 };
  }

  /** Another cluster has come in place of the one at which the step began. */
  clusterReplaced(): void {
    this.mark = { hops: 0, revision: 0 };
  }

  /** Begins the lesson again. */
  reset(cluster: Cluster | undefined): void {
    this.predictions = new Map();
    this.reached.clear();
    this.enter(0, cluster);
  }

  /** What the step's predicates are asked of. */
  asked(cluster: Cluster): Asked {
    return { cluster, since: this.mark, predictions: new Set(this.predictions.keys()) };
  }

  /** What was predicted at the present step. */
  get answer(): Answer | undefined {
    return this.step.predict && this.predictions.get(this.step.predict.id);
  }

  /** Takes the learner's prediction; the first one counts. */
  predict(answer: Answer): void {
    const { predict } = this.step;
    if (predict && !this.predictions.has(predict.id)) this.predictions.set(predict.id, answer);
  }

  /** Whether the prediction of this step has still to be made. */
  get isGated(): boolean {
    return this.step.predict !== undefined && this.answer === undefined;
  }

  /** The step's checks against the cluster. */
  results(cluster: Cluster | undefined): readonly CheckResult[] {
    return (this.step.checks ?? []).map((check) =>
      ({ check, finding: cluster ? findingOf(check, this.asked(cluster)) : nothing }));
  }

  /** Whether the step is done: its prediction made, and its checks held at some moment since it began. */
  isDone(cluster: Cluster | undefined): boolean {
    if (this.isGated) return false;
    if (this.reached.has(this.step.id)) return true;
    const done = this.results(cluster).every(({ finding }) => finding.met);
    if (done && cluster) this.reached.add(this.step.id);
    return done;
  }

  /** What really happened, once the step is done. */
  computed(cluster: Cluster): ComputedAnswer | undefined {
    return this.step.predict && computedAnswer(this.step.predict, this.asked(cluster));
  }
}

/** Whether a prediction came true. */
export function isRight(answer: Answer, computed: ComputedAnswer): boolean {
  return (computed.right as readonly Answer[]).includes(answer);
}
