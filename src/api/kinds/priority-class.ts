/** PriorityClass: a name for a priority. Models pkg/apis/scheduling and pkg/registry/scheduling/priorityclass. */
import { forbidden, immutable } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { PriorityClass } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkOneOf } from './field-checks';
import type { FieldErrors } from './field-checks';
import { withDefault } from './pod/container-defaults';

const systemPrefix = 'system-';
const highestUserPriority = 1_000_000_000;
/** Priorities of the system's own classes, which bootstrapping creates. */
const systemClasses: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** Why a class with the reserved prefix is not one of the system's: IsKnownSystemPriorityClass. */
function systemProblem({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const known = Object.hasOwn(systemClasses, metadata.name) ? systemClasses[metadata.name] : undefined;
  if (known === undefined) return `${metadata.name} is not a known system priority class`;
  if (value !== known) return `value of ${metadata.name} PriorityClass must be ${known}`;
  return globalDefault === true ? `globalDefault of ${metadata.name} PriorityClass must be false` : undefined;
}

function validate(priorityClass: PriorityClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (priorityClass.metadata.name?.startsWith(systemPrefix)) {
    const problem = systemProblem(priorityClass);
    if (problem !== undefined) {
      errors.push(forbidden('metadata.name',
        `priority class names with '${systemPrefix}' prefix are reserved for system use only. error: ${problem}`));
    }
  } else if ((priorityClass.value ?? 0) > highestUserPriority) {
    errors.push(forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`));
  }
  const policies = ['PreemptLowerPriority', 'Never'];
  checkOneOf(priorityClass.preemptionPolicy, policies, 'preemptionPolicy', errors);
  return errors;
}

function validateUpdate(priorityClass: PriorityClass, old: PriorityClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  if ((priorityClass.value ?? 0) !== (old.value ?? 0)) {
    errors.push(forbidden('value', 'may not be changed in an update.'));
  }
  if (priorityClass.preemptionPolicy !== old.preemptionPolicy) {
    errors.push(immutable('preemptionPolicy', priorityClass.preemptionPolicy ?? 'null'));
  }
  return errors;
}

export const priorityClassKind = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io', version: 'v1', kind: 'PriorityClass', listKind: 'PriorityClassList',
  plural: 'priorityclasses', singular: 'priorityclass', shortNames: ['pc'], namespaced: false,
  schema: 'PriorityClass',
  defaults: (priorityClass) => withDefault(priorityClass, 'preemptionPolicy', 'PreemptLowerPriority'),
  validate,
  validateUpdate,
  undeletable: (name) => (
    Object.hasOwn(systemClasses, name) ? 'this is a system priority class and cannot be deleted' : undefined),
  nameRule: 'dnsSubdomain',
  // Upstream sets generation 1 and never counts on; here a changed description counts, as in every other kind.
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'The priority.', cell: ({ value }) => value ?? 0 },
    {
      name: 'Global-Default', type: 'boolean', description: 'Whether pods without a class have this one.',
      cell: ({ globalDefault }) => globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy', type: 'string', description: 'Whether pods of the class may displace others.',
      cell: ({ preemptionPolicy }) => preemptionPolicy ?? '',
    },
  ],
});
