/** PodDisruptionBudget: how many pods may be evicted. Models pkg/apis/policy and pkg/registry/policy. */
import { child, invalid, notSupported } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { labelSelectorErrors } from '../selectors';
import type { IntOrString, PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkConditions } from './conditions';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkAtMost100Percent, checkIntOrPercent } from './int-or-percent';

const noSpec: PodDisruptionBudgetSpec = Object.freeze({});
const noStatus: PodDisruptionBudgetStatus = Object.freeze(
  { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 });
const evictionPolicies = ['AlwaysAllow', 'IfHealthyBudget'];

function validate(budget: PodDisruptionBudget): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = budget.spec ?? noSpec;
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    // Upstream shows the whole spec, in the form of its internal type.
    const shown = {
      MinAvailable: minAvailable, Selector: selector ?? null, MaxUnavailable: maxUnavailable,
      UnhealthyPodEvictionPolicy: policy ?? null,
    };
    errors.push(invalid('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const field of ['minAvailable', 'maxUnavailable'] as const) {
    checkIntOrPercent(spec[field], child('spec', field), errors);
    checkAtMost100Percent(spec[field], child('spec', field), errors);
  }
  if (policy !== undefined && !evictionPolicies.includes(policy)) {
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, evictionPolicies));
  }
  errors.push(...labelSelectorErrors(selector, 'spec.selector'));
  return errors;
}

function validateStatusUpdate({ status }: PodDisruptionBudget): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkConditions(status?.conditions, 'status.conditions', errors);
  for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) {
    checkNonnegative(status?.[field], child('status', field), errors);
  }
  return errors;
}

function amountText(amount: IntOrString | undefined): string {
  return amount === undefined ? 'N/A' : String(amount);
}

export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  group: 'policy', version: 'v1', kind: 'PodDisruptionBudget', listKind: 'PodDisruptionBudgetList',
  plural: 'poddisruptionbudgets', singular: 'poddisruptionbudget', shortNames: ['pdb'],
  namespaced: true, schema: 'PodDisruptionBudget', subresources: ['status'],
  validate,
  validateUpdate: (budget, old) => (budget.spec === old.spec ? [] : validate(budget)),
  validateStatusUpdate,
  nameRule: 'pathSegment',
  hasGeneration: true,
  initialStatus: () => noStatus,
  columns: [
    nameColumn,
    {
      name: 'Min Available', type: 'string', description: 'The minimum number of pods that must be available.',
      cell: ({ spec }) => amountText(spec?.minAvailable),
    },
    {
      name: 'Max Unavailable', type: 'string', description: 'The maximum number of pods that may be unavailable.',
      cell: ({ spec }) => amountText(spec?.maxUnavailable),
    },
    {
      name: 'Allowed Disruptions', type: 'integer',
      description: 'Calculated number of pods that may be disrupted at this time.',
      cell: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
});
