/**
 * ResourceQuota: what a namespace's quotas leave no room for is refused, and what is let in is charged to them at once,
 * so that no two requests get the last place. Requests of one namespace are judged together and in turn; a charge is
 * written only if nobody else has written meanwhile. Models apiserver's pkg/admission/plugin/resourcequota. Not
 * modelled: resources that need a quota to be used at all (limitedResources, empty by default).
 */
import { keyFrom } from '../../api/object';
import {
  addAmounts, type Amounts, amountsOf, amountsText, exceedingNames, listOf, maskAmounts, negativeNames,
  subtractAmounts, withoutZeros,
} from '../../api/quota/amounts';
import { evaluatorOf, type QuotaEvaluator, scopesOf } from '../../api/quota/evaluator';
import { resourceQuotas } from '../../api/resources';
import { type FailureStatus, isFailure } from '../../api/status';
import type { KubeObject, ResourceQuota } from '../../api/types';
import { runTask, type Task, waitFor } from '../../sim/task';
import { type Loopback, loopbackUpdate } from '../controllers/loopback';
import type { Execution } from '../execution';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

/** How often a charge is tried again that others were ahead of. */
const retries = 3;

type Verdict = FailureStatus | undefined;

/** A request that waits for its verdict. */
interface Waiter {
  readonly attributes: AdmissionAttributes;
  readonly execution: Execution;
  readonly decide: (verdict: Verdict) => void;
}

/** The plugin; `loopback` is asked for when a charge has to be written. */
export function resourceQuota(loopback: () => Loopback): AdmissionPlugin {
  const access = new QuotaAccess(loopback);
  return {
    name: 'ResourceQuota',
    validateLater(attributes, execution) {
      const { namespace, resource, operation, subresource } = attributes;
      if (namespace === '' || resource.name === 'namespaces' || resource.kind.virtual) return undefined;
      if (!evaluatorOf(resource.groupResource).handles(operation, subresource)) return undefined;
      if (execution.objects.list(resourceQuotas, namespace).length === 0) return undefined;
      return access.judge(attributes, execution);
    },
  };
}

class QuotaAccess {
  private readonly waiting = new Map<string, Waiter[]>();
  private readonly busy = new Set<string>();
  /** Quotas as this server wrote them last: the cache may still show what was before. */
  private readonly written = new Map<string, ResourceQuota>();

  constructor(private readonly loopback: () => Loopback) {}

  *judge(attributes: AdmissionAttributes, execution: Execution): Task<Verdict> {
    if (execution.store.dryRun) {
      const charged = charge(this.quotas(attributes.namespace, execution), attributes, execution.wallMs);
      return isFailure(charged) ? charged : undefined;
    }
    return yield* waitFor<Verdict>((resume) => {
      const { namespace } = attributes;
      const queue = this.waiting.get(namespace) ?? [];
      this.waiting.set(namespace, queue);
      queue.push({ attributes, execution, decide: resume });
      if (!this.busy.has(namespace)) runTask(this.work(namespace));
    });
  }

  private *work(namespace: string): Task {
    this.busy.add(namespace);
    for (;;) {
      const batch = this.waiting.get(namespace) ?? [];
      this.waiting.delete(namespace);
      const [first] = batch;
      if (!first) break;
      yield* this.decide(namespace, batch, this.quotas(namespace, first.execution), retries);
    }
    this.busy.delete(namespace);
  }

  /** Charges a batch to the quotas in turn and writes what has changed. */
  private *decide(
    namespace: string, batch: readonly Waiter[], quotas: readonly ResourceQuota[], left: number,
  ): Task {
    let charged = quotas;
    const allowed: Waiter[] = [];
    for (const waiter of batch) {
      const result = charge(charged, waiter.attributes, waiter.execution.wallMs);
      if (isFailure(result)) {
        waiter.decide(result);
      } else {
        charged = result;
        allowed.push(waiter);
      }
    }
    const [first] = allowed;
    if (!first) return;
    const failed = new Set<string>();
    let failure: FailureStatus | undefined;
    for (const quota of charged) {
      if (quotas.includes(quota)) continue;
      const refusal = yield* this.write(quota);
      if (refusal === undefined) continue;
      failed.add(quota.metadata.name);
      failure = refusal;
    }
    if (failed.size > 0 && left > 0) {
      const again = this.quotas(namespace, first.execution).filter(({ metadata }) => failed.has(metadata.name));
      return yield* this.decide(namespace, allowed, again, left - 1);
    }
    for (const waiter of allowed) waiter.decide(failure);
  }

  private *write(quota: ResourceQuota): Task<Verdict> {
    const { body } = yield* loopbackUpdate(this.loopback(), resourceQuotas, quota, 'status');
    if (isFailure(body)) return body.code === 404 ? undefined : body;
    const { namespace, name } = quota.metadata;
    this.written.set(keyFrom(namespace, name), body as ResourceQuota);
    return undefined;
  }

  private quotas(namespace: string, { objects }: Execution): readonly ResourceQuota[] {
    return objects.list(resourceQuotas, namespace).map((cached) => {
      const key = keyFrom(namespace, cached.metadata.name);
      const own = this.written.get(key);
      if (own && own.metadata.uid === cached.metadata.uid && versionOf(own) > versionOf(cached)) return own;
      this.written.delete(key);
      return cached;
    });
  }
}

function versionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion);
}

// --- judging --------------------------------------------------------------------------------------------------------

/** A quota that the request concerns, and what the request adds to it. */
interface Concerned {
  readonly quota: ResourceQuota;
  readonly delta: Amounts;
}

/** The quotas with what the request uses charged to them, the same objects where nothing changes; or a refusal. */
function charge(
  quotas: readonly ResourceQuota[], attributes: AdmissionAttributes, nowMs: number,
): readonly ResourceQuota[] | FailureStatus {
  const evaluator = evaluatorOf(attributes.resource.groupResource);
  const concerned = concernedQuotas(quotas, evaluator, attributes, nowMs);
  if (isFailure(concerned)) return concerned;
  let charged = quotas;
  for (const { quota, delta } of concerned) {
    const hard = amountsOf(quota.status.hard);
    const used = amountsOf(quota.status.used);
    const requested = maskAmounts(delta, hard.keys());
    const sum = addAmounts(used, requested);
    const exceeded = exceedingNames(maskAmounts(sum, requested.keys()), hard);
    if (exceeded.length > 0) {
      const text = (amounts: Amounts): string => amountsText(maskAmounts(amounts, exceeded));
      return admissionForbidden(attributes, `exceeded quota: ${quota.metadata.name}, requested: ${text(requested)}, `
        + `used: ${text(used)}, limited: ${text(hard)}`);
    }
    if (requested.size === 0) continue;
    const changed: ResourceQuota = { ...quota, status: { ...quota.status, used: listOf(sum) } };
    charged = charged.map((other) => (other === quota ? changed : other));
  }
  return charged;
}

function concernedQuotas(
  quotas: readonly ResourceQuota[], evaluator: QuotaEvaluator, attributes: AdmissionAttributes, nowMs: number,
): readonly Concerned[] | FailureStatus {
  const object = attributes.object as KubeObject;
  const interesting: ResourceQuota[] = [];
  for (const quota of quotas) {
    if (!isMatched(quota, evaluator, object)) continue;
    const names = evaluator.matching(Object.keys(quota.status.hard ?? {}));
    const { name } = quota.metadata;
    const problem = evaluator.constraint(names, object);
    if (problem !== undefined) return admissionForbidden(attributes, `failed quota: ${name}: ${problem}`);
    if (names.some((each) => quota.status.used?.[each] === undefined)) {
      const listed = names.slice().sort().join(',');
      return admissionForbidden(attributes, `status unknown for quota: ${name}, resources: ${listed}`);
    }
    interesting.push(quota);
  }
  const usage = evaluator.usage(object, nowMs);
  const negative = negativeNames(usage);
  if (negative.length > 0) {
    return admissionForbidden(attributes, `quota usage is negative for resource(s): ${negative.join(',')}`);
  }
  return interesting.map((quota) => {
    const delta = withoutZeros(deltaFor(quota, usage, evaluator, attributes, nowMs));
    return { quota, delta };
  }).filter(({ delta }) => delta.size > 0);
}

/** What is new to the quota: all of it, unless the old object was charged to it already. */
function deltaFor(
  quota: ResourceQuota, usage: Amounts, evaluator: QuotaEvaluator, { operation, oldObject }: AdmissionAttributes,
  nowMs: number,
): Amounts {
  if (operation !== 'UPDATE' || !oldObject || !isMatched(quota, evaluator, oldObject)) return usage;
  return subtractAmounts(usage, evaluator.usage(oldObject, nowMs));
}

function isMatched(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  return evaluator.matching(Object.keys(quota.status?.hard ?? {})).length > 0
    && scopesOf(quota).every((scope) => evaluator.inScope(scope, object));
}
