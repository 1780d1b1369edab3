/**
 * What objects of one resource use of a quota: which of the quota's amounts they count towards, whether a quota's
 * scopes select them, and how much they use. Shared by admission, which charges, and the controller, which counts
 * again. Models pkg/quota/v1/evaluator and the generic evaluators of apiserver's pkg/quota/v1/generic.
 */
import { groupResource } from '../request';
import type { GroupResource } from '../status';
import type { KubeObject, ResourceQuota, ScopedResourceSelectorRequirement } from '../types';
import { addAmounts, type Amounts, noAmounts, one } from './amounts';
import { claimEvaluator } from './claims';
import { podEvaluator } from './pods';
import { serviceEvaluator } from './services';

/** How objects of one resource count. */
export interface QuotaEvaluator {
  /** `pods`, `deployments.apps`. */
  readonly resource: string;
  /** Whether such a request can change what is used. */
  handles(operation: 'CREATE' | 'UPDATE' | 'DELETE', subresource: string): boolean;
  /** Those of a quota's names that this resource counts towards. */
  matching(names: readonly string[]): readonly string[];
  /** Why the object does not say what a quota with these names needs to know; undefined when it does. */
  constraint(names: readonly string[], object: KubeObject): string | undefined;
  /** Whether a scope selects the object. */
  inScope(scope: ScopedResourceSelectorRequirement, object: KubeObject): boolean;
  /** What the object uses, at that time. */
  usage(object: KubeObject, nowMs: number): Amounts;
}

/** Core resources that quotas also know by their bare name. */
const aliased = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);
const known: ReadonlyMap<string, QuotaEvaluator> = new Map(
  [podEvaluator, serviceEvaluator, claimEvaluator].map((evaluator) => [evaluator.resource, evaluator]));
const counting = new Map<string, QuotaEvaluator>();

/** The evaluator of a resource; most are only counted. */
export function evaluatorOf(resource: GroupResource): QuotaEvaluator {
  const name = groupResource(resource);
  const evaluator = known.get(name) ?? counting.get(name) ?? countingEvaluator(name);
  if (!known.has(name)) counting.set(name, evaluator);
  return evaluator;
}

function countingEvaluator(resource: string): QuotaEvaluator {
  const names = [`count/${resource}`, ...(aliased.has(resource) ? [resource] : [])];
  const usage: Amounts = new Map(names.map((name) => [name, one]));
  return {
    resource,
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    matching: (wanted) => wanted.filter((name) => names.includes(name)),
    constraint: () => undefined,
    inScope: () => false,
    usage: () => usage,
  };
}

/** The names of resources other than those known here that a quota counts: `count/deployments.apps`. */
export function countedResources(names: readonly string[]): readonly GroupResource[] {
  const counted = names.flatMap((name) => (name.startsWith('count/') ? [name.slice('count/'.length)]
    : aliased.has(name) ? [name] : []));
  return [...new Set(counted)].map((name) => {
    const dot = name.indexOf('.');
    return dot < 0 ? { group: '', resource: name } : { group: name.slice(dot + 1), resource: name.slice(0, dot) };
  });
}

/** Resources whose usage is more than their number. */
export const measuredResources: readonly string[] = Object.freeze([...known.keys()]);

/** A quota's scopes in the form of a selector. */
export function scopesOf({ spec }: ResourceQuota): readonly ScopedResourceSelectorRequirement[] {
  const plain = (spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' }));
  return [...plain, ...(spec?.scopeSelector?.matchExpressions ?? [])];
}

/** What objects of one resource use of a quota together. */
export function usageOf(
  evaluator: QuotaEvaluator, objects: readonly KubeObject[], scopes: readonly ScopedResourceSelectorRequirement[],
  nowMs: number,
): Amounts {
  let sum = noAmounts;
  for (const object of objects) {
    const isMeant = scopes.every((scope) => evaluator.inScope(scope, object));
    if (isMeant) sum = addAmounts(sum, evaluator.usage(object, nowMs));
  }
  return sum;
}
