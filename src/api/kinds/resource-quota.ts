/**
 * ResourceQuota: what all objects of a namespace may use together. Models pkg/apis/core and
 * pkg/registry/core/resourcequota.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { child, immutable, invalid, key, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { ResourceQuota, ResourceQuotaSpec, ScopedResourceSelectorRequirement } from '../types';
import { ageColumn, nameColumn } from './columns';
import type { FieldErrors } from './field-checks';
import { checkResourceAmount, checkResourceName, isHugePages, quotaResources } from './pod/validation/resources';

type Amounts = Readonly<Record<string, string>>;

const noSpec: ResourceQuotaSpec = Object.freeze({});

const computeResources = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const standardResources = new Set([
  ...computeResources, 'ephemeral-storage', 'requests.storage', 'requests.ephemeral-storage',
  'limits.ephemeral-storage', ...quotaResources,
]);
const ofPods = new Set(['pods', ...computeResources]);
const ofClaims = new Set(['persistentvolumeclaims', 'requests.storage']);

/** The scopes of a quota, and the standard resources that can be counted within each. */
const scopes: Readonly<Record<string, ReadonlySet<string>>> = {
  BestEffort: new Set(['pods']),
  NotBestEffort: ofPods,
  Terminating: ofPods,
  NotTerminating: ofPods,
  PriorityClass: ofPods,
  CrossNamespacePodAffinity: ofPods,
  VolumeAttributesClass: ofClaims,
};
const conflictingScopes = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;
/** Scopes that are either there or not. */
const scopesWithoutValues = [
  'BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity',
];

function isStandardQuotaResource(name: string): boolean {
  return standardResources.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
}

function checkAmounts(amounts: Amounts | undefined, path: string, errors: FieldErrors): void {
  for (const name of sortedKeys(amounts)) {
    const at = key(path, name);
    checkResourceName(name, at, errors);
    if (!name.includes('/') && !isStandardQuotaResource(name)) {
      errors.push(invalid(at, name, 'must be a standard resource for quota'));
    }
    checkResourceAmount(name, amounts?.[name] ?? '0', at, errors);
  }
}

/** Whether a scope exists, and one complaint for each resource that it does not apply to. */
function checkScope(
  scope: string, spec: ResourceQuotaSpec, unsupported: () => FieldError, misapplied: () => FieldError,
  errors: FieldErrors,
): void {
  const resources = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
  if (resources === undefined) errors.push(unsupported());
  for (const name of sortedKeys(spec.hard)) {
    // An unknown scope applies to whatever the quota names.
    if (resources === undefined || !isStandardQuotaResource(name) || resources.has(name)) continue;
    errors.push(misapplied());
  }
}

/** Scopes that are looked at; upstream looks at all, though it knows six. */
const maxScopes = 100;

function hasConflict(given: readonly string[]): boolean {
  return conflictingScopes.some((pair) => pair.every((scope) => given.includes(scope)));
}

function checkScopes(spec: ResourceQuotaSpec, path: string, errors: FieldErrors): void {
  const given = spec.scopes ?? [];
  // Each error shows the whole list.
  for (const scope of given.slice(0, maxScopes)) {
    checkScope(scope, spec, () => invalid(path, given, 'unsupported scope'),
      () => invalid(path, given, 'unsupported scope applied to resource'), errors);
  }
  if (hasConflict(given)) errors.push(invalid(path, given, 'conflicting scopes'));
}

function checkScopeSelector(spec: ResourceQuotaSpec, path: string, errors: FieldErrors): void {
  const requirements = spec.scopeSelector?.matchExpressions ?? [];
  const selector = { MatchExpressions: requirements.map(internalRequirement) };
  for (const requirement of requirements.slice(0, maxScopes)) {
    const { scopeName } = requirement;
    checkScope(scopeName, spec, () => invalid(child(path, 'scopeName'), scopeName, 'unsupported scope'),
      () => invalid(path, selector, 'unsupported scope applied to resource'), errors);
    checkRequirement(requirement, path, errors);
  }
  if (hasConflict(requirements.map(({ scopeName }) => scopeName))) {
    errors.push(invalid(path, spec.scopes ?? null, 'conflicting scopes'));
  }
}

/** A requirement as upstream shows it: its internal type. */
function internalRequirement({ scopeName, operator, values }: ScopedResourceSelectorRequirement): object {
  return { ScopeName: scopeName, Operator: operator, Values: values ?? null };
}

function checkRequirement(
  { scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, path: string, errors: FieldErrors,
): void {
  const operatorPath = child(path, 'operator');
  if (scopesWithoutValues.includes(scopeName) && operator !== 'Exists') {
    errors.push(invalid(operatorPath, operator, "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, "
      + 'ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or '
      + 'ResourceQuotaScopeCrossNamespacePodAffinity'));
  }
  switch (operator) {
    case 'In': case 'NotIn':
      if (values.length > 0) return;
      errors.push(required(child(path, 'values'),
        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
      return;
    case 'Exists': case 'DoesNotExist':
      if (values.length === 0) return;
      errors.push(invalid(child(path, 'values'), values,
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
      return;
    default:
      errors.push(invalid(operatorPath, operator, 'not a valid selector operator'));
  }
}

function checkSpec(spec: ResourceQuotaSpec, errors: FieldErrors): void {
  checkAmounts(spec.hard, 'spec.hard', errors);
  checkScopes(spec, 'spec.scopes', errors);
  if (spec.scopeSelector !== undefined) checkScopeSelector(spec, 'spec.scopeSelector.matchExpressions', errors);
}

function validate({ spec = noSpec }: ResourceQuota): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkSpec(spec, errors);
  return errors;
}

function validateUpdate(quota: ResourceQuota, old: ResourceQuota): readonly FieldError[] {
  if (quota.spec === old.spec) return [];
  const errors: FieldErrors = [...validate(quota)];
  const scopesOf = ({ spec = noSpec }: ResourceQuota): readonly string[] => [...new Set(spec.scopes)].sort();
  if (!equal(scopesOf(quota), scopesOf(old))) errors.push(immutable('spec.scopes', quota.spec.scopes ?? null));
  return errors;
}

function validateStatusUpdate({ status }: ResourceQuota): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkAmounts(status?.hard, 'status.hard', errors);
  checkAmounts(status?.used, 'status.used', errors);
  return errors;
}

/** `pods: 2/10, requests.cpu: 1/4` for limits or for everything else. */
function usageText({ status }: ResourceQuota, limits: boolean): string {
  const names = sortedKeys(status?.hard).filter((name) => name.startsWith('limits.') === limits);
  return names.map((name) => `${name}: ${status?.used?.[name] ?? '0'}/${status?.hard?.[name] ?? '0'}`).join(', ');
}

export const resourceQuotaKind = defineKind<ResourceQuota>({
  group: '', version: 'v1', kind: 'ResourceQuota', listKind: 'ResourceQuotaList',
  plural: 'resourcequotas', singular: 'resourcequota', shortNames: ['quota'],
  namespaced: true, schema: 'ResourceQuota', subresources: ['status'],
  validate,
  validateUpdate,
  validateStatusUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Request', type: 'string',
      description: 'Request represents a minimum amount of cpu/memory that a container may consume.',
      cell: (quota) => usageText(quota, false),
    },
    {
      name: 'Limit', type: 'string',
      description: 'Limits control the maximum amount of cpu/memory that a container may use independent of contention '
        + 'on the node.',
      cell: (quota) => usageText(quota, true),
    },
    ageColumn,
  ],
});
