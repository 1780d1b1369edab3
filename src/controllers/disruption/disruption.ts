/**
 * disruption-controller: keeps the status of PodDisruptionBudgets, from which evictions learn whether one more pod may
 * go. Models pkg/controller/disruption. Not modelled: taking back the condition DisruptionTarget of pods that were not
 * deleted after all.
 */
import { isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { matchesLabels, type Selector, selectorOf } from '../../api/selectors';
import { formatTime, timeMs } from '../../api/time';
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../api/types';
import { equal, sortedKeys } from '../../base/freeze';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, type EventSink, foregroundLoop } from '../context';
import { indexByNamespace, inNamespace } from '../indexes';
import { isPodReady } from '../pods/pod-state';
import { scaledValue } from '../scaled-value';
import { ScaleFinder } from './scale';

/** How long an evicted pod may take until it is marked for deletion: DeletionTimeout. */
const deletionTimeoutMs = 120_000;

/** The controller, ready to start. */
export function disruptionController(context: ControllerContext): ControllerLoop {
  return new DisruptionController(context).loop;
}

/** What a budget is measured by. */
interface Expectation {
  readonly expected: number;
  readonly desired: number;
}

type Times = Readonly<Record<string, string>>;

class DisruptionController {
  readonly loop: Controller;
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly budgets: Informer<PodDisruptionBudget>;
  private readonly pods: Informer<Pod>;
  private readonly scales: ScaleFinder;
  private readonly selectors = new WeakMap<object, Selector>();

  constructor(private readonly context: ControllerContext) {
    const { host, informers } = context;
    this.client = context.client('disruption-controller');
    this.events = context.recorder(this.client, 'controllermanager');
    this.scales = new ScaleFinder(context, this.client);
    this.budgets = informers.of(resources.podDisruptionBudgets);
    this.pods = informers.of(resources.pods);
    indexByNamespace(this.budgets);
    this.loop = foregroundLoop(host, { name: 'disruption-controller', workers: 1, reconcile: (key) => this.sync(key) });
    this.budgets.addHandlers({
      added: (budget) => this.loop.add(objectKey(budget)),
      updated: (budget) => this.loop.add(objectKey(budget)),
      deleted: (budget) => this.loop.add(objectKey(budget)),
    });
    this.pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod, before) => {
        this.podChanged(pod);
        if (pod.metadata.labels !== before.metadata.labels) this.podChanged(before);
      },
      deleted: (pod) => this.podChanged(pod),
    });
  }

  private podChanged(pod: Pod): void {
    if (this.budgets.size === 0) return;
    for (const budget of inNamespace(this.budgets, pod.metadata.namespace)) {
      if (matchesLabels(this.selector(budget), pod.metadata.labels)) this.loop.add(objectKey(budget));
    }
  }

  private selector({ spec }: PodDisruptionBudget): Selector {
    const given = spec?.selector;
    if (given === undefined) return selectorOf(undefined);
    let selector = this.selectors.get(given);
    if (!selector) this.selectors.set(given, selector = selectorOf(given));
    return selector;
  }

  private *sync(key: string): Task<ReconcileResult> {
    const budget = this.budgets.byKey(key);
    if (!budget) return done;
    const { namespace } = budget.metadata;
    const selector = this.selector(budget);
    const pods = this.pods.list().filter(({ metadata }) =>
      metadata.namespace === namespace && matchesLabels(selector, metadata.labels));
    if (pods.length === 0) this.events.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const found = yield* this.expectation(budget, pods);
    if (typeof found === 'string') return yield* this.failSafe(budget, found);
    const { wallMs } = this.context.host;
    const disrupted = this.disruptedPods(budget, pods, wallMs);
    const healthy = pods.filter((pod) =>
      !isDeleting(pod) && disrupted[pod.metadata.name] === undefined && isPodReady(pod));
    const answer = yield* this.report(budget, found, healthy.length, disrupted);
    if (answer !== undefined) return answer;
    const recheckMs = Math.min(...Object.values(disrupted).map((time) => timeMs(time) + deletionTimeoutMs - wallMs));
    return Number.isFinite(recheckMs) ? requeueAfter(Math.max(1, recheckMs), true) : done;
  }

  private *expectation(budget: PodDisruptionBudget, pods: readonly Pod[]): Task<Expectation | string> {
    const { maxUnavailable, minAvailable } = budget.spec ?? {};
    if (maxUnavailable === undefined && typeof minAvailable !== 'string') {
      return { expected: minAvailable === undefined ? 0 : pods.length, desired: minAvailable ?? 0 };
    }
    const expected = yield* this.scales.expected(pods);
    if (typeof expected === 'string') {
      if (expected.startsWith('found no controllers')) this.events.event(budget, 'Warning', 'NoControllers', expected);
      this.events.event(budget, 'Warning', 'CalculateExpectedPodCountFailed',
        `Failed to calculate the number of expected pods: ${expected}`);
      return expected;
    }
    if (maxUnavailable === undefined) return { expected, desired: scaledValue(minAvailable, expected, 'up') };
    return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up')) };
  }

  /** Pods that were evicted and have not yet been seen to go, without those that should have gone long ago. */
  private disruptedPods(budget: PodDisruptionBudget, pods: readonly Pod[], wallMs: number): Times {
    const known = budget.status?.disruptedPods ?? {};
    const kept: [string, string][] = [];
    for (const pod of pods) {
      const { name } = pod.metadata;
      const time = Object.hasOwn(known, name) ? known[name] : undefined;
      if (time === undefined || isDeleting(pod)) continue;
      if (timeMs(time) + deletionTimeoutMs >= wallMs) {
        kept.push([name, time]);
      } else {
        const which = `${budget.metadata.namespace}/${budget.metadata.name}`;
        this.events.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${which} to be deleted but it wasn't`);
      }
    }
    return Object.fromEntries(kept);
  }

  private *report(
    budget: PodDisruptionBudget, { expected, desired }: Expectation, healthy: number, disrupted: Times,
  ): Task<ReconcileResult | undefined> {
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const generation = budget.metadata.generation ?? 0;
    const status: PodDisruptionBudgetStatus = {
      conditions: this.conditions(budget, allowed > 0 ? 'SufficientPods' : 'InsufficientPods', ''),
      currentHealthy: healthy, desiredHealthy: desired,
      ...(sortedKeys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
      disruptionsAllowed: allowed, expectedPods: expected, observedGeneration: generation,
    };
    if (equal(status, budget.status)) return undefined;
    return yield* this.write(budget, status);
  }

  private *write(budget: PodDisruptionBudget, status: PodDisruptionBudgetStatus): Task<ReconcileResult | undefined> {
    const answer = yield* this.client.updateStatus(resources.podDisruptionBudgets, { ...budget, status });
    if (answer.ok || answer.status.code === 404) return undefined;
    return failed(answer.status.message);
  }

  /** Nothing may be evicted while nobody knows how many pods there should be. */
  private *failSafe(budget: PodDisruptionBudget, why: string): Task<ReconcileResult> {
    const conditions = this.conditions(budget, 'SyncFailed', why);
    const before = budget.status ?? {};
    const { generation = 0 } = budget.metadata;
    const status = { ...before, disruptionsAllowed: 0, observedGeneration: generation, conditions };
    if (!equal(status, before)) yield* this.write(budget, status);
    return failed(why);
  }

  private conditions(budget: PodDisruptionBudget, reason: string, message: string): readonly Condition[] {
    const known = budget.status?.conditions ?? [];
    const before = known.find(({ type }) => type === 'DisruptionAllowed');
    const is = reason === 'SufficientPods' ? 'True' : 'False';
    const lastTransitionTime = before?.status === is ? before.lastTransitionTime : formatTime(this.context.host.wallMs);
    const condition: Condition = {
      lastTransitionTime, message, observedGeneration: budget.metadata.generation ?? 0, reason, status: is,
      type: 'DisruptionAllowed',
    };
    return before ? known.map((other) => (other === before ? condition : other)) : [...known, condition];
  }
}
