/**
 * POST pods/NAME/eviction: a deletion that a PodDisruptionBudget may forbid for now. An eviction that the budget allows
 * is written into the budget's status first, so that the next one counts with it. Models EvictionREST of
 * pkg/registry/core/pod/storage.
 */
import type { ApiRequest, RequestOptions, ResourceType } from '../../api/request';
import { matchesLabels, selectorOf } from '../../api/selectors';
import {
  badRequest, failure, type FailureStatus, forbiddenStatus, isFailure, tooManyRequests,
} from '../../api/status';
import type { Condition, KubeObject, Pod, PodDisruptionBudget, Status } from '../../api/types';
import { keyFrom } from '../../api/object';
import type { Task } from '../../sim/task';
import { loopbackUser } from '../authentication/user';
import { DryRunStore } from '../storage/dry-run-store';
import { plainError } from '../storage/etcd-errors';
import { remove } from './delete';
import { admitSubresource, done } from './pods';
import type { RequestScope } from './scope';
import { updateObject } from './update';

type Budget = PodDisruptionBudget & KubeObject;
type RunningPod = Pod & KubeObject;

const budgets: ResourceType<Budget> = Object.freeze({
  group: 'policy', version: 'v1', resource: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', namespaced: true,
});

/** So many pods may be evicted before the controller has seen the first of them gone. */
const maxDisruptedPods = 2_000;

/** What is sent: policy/v1 Eviction. */
interface SentEviction extends KubeObject {
  readonly deleteOptions?: Omit<RequestOptions, 'dryRun'> & { readonly dryRun?: readonly string[] };
}

/** Evicts the pod, or says why not yet. */
export function* evict(given: RequestScope): Task<KubeObject | Status> {
  const name = given.request.name ?? '';
  const sent = given.request.body as SentEviction | undefined;
  const eviction = sent && { ...sent, metadata: sent.metadata ?? {} };
  if (eviction && (eviction.metadata.name || name) !== name) {
    return badRequest('name in URL does not match name in Eviction object');
  }
  const scope = dryRunScope(given, eviction);
  const admitted = yield* admitSubresource(scope, name, eviction);
  if (isFailure(admitted)) return admitted;
  const { dryRun: _, ...options } = eviction?.deleteOptions ?? {};
  const deletion: RequestScope = {
    ...scope,
    request: {
      ...scope.request, verb: 'delete', subresource: undefined, body: undefined,
      options: { ...scope.request.options, ...options } as RequestOptions,
    },
  };
  const answer = yield* deleteIfAllowed(deletion, name);
  return isFailure(answer) ? answer : done;
}

/** Dry run can be asked for in the query and in the eviction. */
function dryRunScope(scope: RequestScope, eviction: SentEviction | undefined): RequestScope {
  const { request, execution } = scope;
  if (request.options.dryRun || !eviction?.deleteOptions?.dryRun?.length) return scope;
  const dry = Object.create(execution, { store: { value: new DryRunStore() } }) as typeof execution;
  return { ...scope, execution: dry, request: { ...request, options: { ...request.options, dryRun: true } } };
}

function* deleteIfAllowed(scope: RequestScope, name: string): Task<KubeObject | Status> {
  const { resource, execution, request } = scope;
  const found = yield* execution.store.current(resource, keyFrom(request.namespace, name));
  if (isFailure(found)) return found;
  const pod = found as RunningPod | undefined;
  // There is nothing to protect in a pod that does not run, or that is about to go.
  if (pod === undefined || isDone(pod)) return yield* remove(scope, name);
  const { phase } = pod.status ?? {};
  if (phase === undefined || phase === 'Pending') return yield* remove(onlyThis(scope, pod), name);
  const matching = budgetsOf(scope, pod);
  const [budget] = matching;
  if (budget === undefined) return yield* remove(scope, name);
  if (matching.length > 1) {
    const why = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
    return plainError(why);
  }
  if (isUnguarded(pod, budget)) {
    const answer = yield* remove(onlyThis(scope, pod), name);
    const isRace = isFailure(answer) && answer.code === 409 && !request.options.preconditions?.resourceVersion;
    return isRace ? stillProcessed(budget) : answer;
  }
  const refusal = yield* takeDisruption(scope, budget, name);
  return refusal ?? (yield* remove(scope, name));
}

function isDone({ status, metadata }: RunningPod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata.deletionTimestamp !== undefined;
}

/** The deletion of the pod as it is now: it must not have become ready meanwhile. */
function onlyThis(scope: RequestScope, { metadata }: RunningPod): RequestScope {
  const { request } = scope;
  const { preconditions } = request.options;
  if (preconditions?.resourceVersion !== undefined) return scope;
  const options = {
    ...request.options, preconditions: { ...preconditions, resourceVersion: metadata.resourceVersion },
  };
  return { ...scope, request: { ...request, options } };
}

function budgetsOf({ execution }: RequestScope, { metadata }: RunningPod): readonly Budget[] {
  return execution.objects.list<Budget>(budgets, metadata.namespace).filter(({ spec }) =>
    matchesLabels(selectorOf(spec?.selector), metadata.labels));
}

/** A pod that is not ready is no loss, if the budget says so or has what it needs without it. */
function isUnguarded({ status }: RunningPod, budget: Budget): boolean {
  if (status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')) return false;
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

/** Takes one of the disruptions that the budget allows; a refusal when there is none. */
function* takeDisruption(scope: RequestScope, budget: Budget, pod: string): Task<FailureStatus | undefined> {
  const { execution, resources } = scope;
  if (execution.store.dryRun) return budgetProblem(budget);
  const resource = resources.typed(budgets);
  if (resource === undefined) return undefined;
  const { namespace, name } = budget.metadata;
  const request: ApiRequest = {
    verb: 'update', group: 'policy', version: 'v1', resource: budgets.resource, subresource: 'status', namespace, name,
    options: {}, user: scope.request.user, userAgent: 'kube-apiserver',
  };
  const inner: RequestScope = { ...scope, resource: resource.storage, request, user: loopbackUser };
  const written = yield* updateObject(inner, (current) => {
    const now = current as Budget;
    return budgetProblem(now) ?? withDisruption(now, pod, execution.wallTime);
  }, { subresource: 'status' });
  return isFailure(written) ? written : undefined;
}

function budgetProblem(budget: Budget): FailureStatus | undefined {
  const { name, generation = 0 } = budget.metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods, desiredHealthy = 0, currentHealthy = 0 } =
    budget.status ?? {};
  const group = { group: 'policy', resource: 'poddisruptionbudget' };
  if (observedGeneration < generation) return stillProcessed(budget);
  if (disruptionsAllowed < 0) return forbiddenStatus(group, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods ?? {}).length > maxDisruptedPods) {
    return forbiddenStatus(group, name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (disruptionsAllowed > 0) return undefined;
  const why = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  return violates(0, why);
}

function stillProcessed({ metadata }: Budget): FailureStatus {
  return violates(10, `The disruption budget ${metadata.name} is still being processed by the server.`);
}

function violates(retryAfterSeconds: number, message: string): FailureStatus {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  const causes = [{ reason: 'DisruptionBudget', message }];
  if (retryAfterSeconds === 0) return failure(429, 'TooManyRequests', text, { causes });
  const status = tooManyRequests(text, retryAfterSeconds);
  return { ...status, details: { causes, ...status.details } };
}

/** The budget with one disruption less, and the pod among those that are about to go. */
function withDisruption(budget: Budget, pod: string, now: string): Budget {
  const { status } = budget;
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1;
  const disruptedPods = { ...status?.disruptedPods, [pod]: now };
  const conditions = disruptionsAllowed > 0 ? status?.conditions : exhausted(budget, now);
  return {
    ...budget, status: { ...status, disruptionsAllowed, disruptedPods, ...(conditions ? { conditions } : {}) },
  } as Budget;
}

/** No more disruptions: the condition changes its time only when it changes. */
function exhausted({ status }: Budget, now: string): readonly Condition[] {
  const conditions: readonly Condition[] = status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const condition: Condition = {
    type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '',
    observedGeneration: status?.observedGeneration ?? 0,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : now,
  };
  return before ? conditions.map((other) => (other === before ? condition : other)) : [...conditions, condition];
}
