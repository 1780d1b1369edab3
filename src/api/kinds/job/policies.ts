/**
 * The policies of a Job about pods that fail and about indexes that suffice. Models validatePodFailurePolicy and
 * validateSuccessPolicy of pkg/apis/batch/validation.
 */
import { child, duplicate, index, invalid, invalidUnshown, notSupported, required, tooLong, tooMany }
  from '../../field-errors';
import { quote } from '../../go-text';
import { byteLength } from '../../names';
import type {
  JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
  SuccessPolicyRule,
} from '../../types';
import { checkNonnegative, checkQualifiedName, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { countIndexes, isIndexesError } from './indexes';

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const operators = ['In', 'NotIn'];
const conditionStatuses = ['False', 'True', 'Unknown'];
const maxFailureRules = 20;
const maxExitCodes = 255;
const maxConditionPatterns = 20;
const maxSuccessRules = 20;
const maxIndexesBytes = 64 * 1024;

/** `valid values: ["In" "NotIn"]`, as Go prints a list with %q. */
function validValues(values: readonly string[]): string {
  return `valid values: [${values.map(quote).join(' ')}]`;
}

/** A value of a few; a missing one is required, with the choice in the error. */
function checkChoice(
  value: string | undefined, supported: readonly string[], path: string, errors: FieldErrors,
): void {
  if (!value) errors.push(required(path, validValues(supported)));
  else if (!supported.includes(value)) errors.push(notSupported(path, value, supported));
}

/** What to do about failed pods. */
export function checkPodFailurePolicy(spec: JobSpec, path: string, errors: FieldErrors): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const rulesPath = child(path, 'rules');
  if (rules.length > maxFailureRules) errors.push(tooMany(rulesPath, rules.length, maxFailureRules));
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  eachItem(rules, rulesPath, (rule, at) => checkFailureRule(spec, rule, names, at, errors));
}

function checkFailureRule(
  spec: JobSpec, { action, onExitCodes, onPodConditions }: PodFailurePolicyRule, containerNames: ReadonlySet<string>,
  path: string, errors: FieldErrors,
): void {
  const actionPath = child(path, 'action');
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(invalid(actionPath, action, 'requires the backoffLimitPerIndex to be set'));
    }
  } else {
    checkChoice(action, actions, actionPath, errors);
  }
  const hasConditions = (onPodConditions ?? []).length > 0;
  if (onExitCodes !== undefined) checkExitCodes(onExitCodes, containerNames, child(path, 'onExitCodes'), errors);
  if (hasConditions) checkConditionPatterns(onPodConditions ?? [], child(path, 'onPodConditions'), errors);
  if (onExitCodes !== undefined && hasConditions) {
    errors.push(invalidUnshown(path, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (onExitCodes === undefined && !hasConditions) {
    errors.push(invalidUnshown(path, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

function checkConditionPatterns(
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[], path: string, errors: FieldErrors,
): void {
  if (patterns.length > maxConditionPatterns) errors.push(tooMany(path, patterns.length, maxConditionPatterns));
  eachItem(patterns, path, ({ type, status }, at) => {
    checkQualifiedName(type ?? '', child(at, 'type'), errors);
    checkChoice(status, conditionStatuses, child(at, 'status'), errors);
  });
}

function checkExitCodes(
  { operator, containerName, values = [] }: PodFailurePolicyOnExitCodesRequirement,
  containerNames: ReadonlySet<string>, path: string, errors: FieldErrors,
): void {
  checkChoice(operator, operators, child(path, 'operator'), errors);
  if (containerName !== undefined && !containerNames.has(containerName)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalid(child(path, 'containerName'), containerName, detail));
  }
  const valuesPath = child(path, 'values');
  if (values.length === 0) errors.push(invalid(valuesPath, values, 'at least one value is required'));
  else if (values.length > maxExitCodes) errors.push(tooMany(valuesPath, values.length, maxExitCodes));
  const seen = new Set<number>();
  values.forEach((value, i) => {
    const at = index(valuesPath, i);
    if (operator === 'In' && value === 0) errors.push(invalid(at, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(at, value));
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] ?? 0) > value)) {
    errors.push(invalid(valuesPath, values, 'must be ordered'));
  }
}

/** Which indexes suffice. */
export function checkSuccessPolicy(spec: JobSpec, path: string, errors: FieldErrors): void {
  const rules = spec.successPolicy?.rules ?? [];
  const rulesPath = child(path, 'rules');
  if (rules.length === 0) {
    errors.push(required(rulesPath, 'at least one rules must be specified when the successPolicy is specified'));
  }
  if (rules.length > maxSuccessRules) errors.push(tooMany(rulesPath, rules.length, maxSuccessRules));
  eachItem(rules, rulesPath, (rule, at) => checkSuccessRule(spec.completions ?? 0, rule, at, errors));
}

function checkSuccessRule(
  completions: number, { succeededCount, succeededIndexes }: SuccessPolicyRule, path: string, errors: FieldErrors,
): void {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  }
  let listed = 0;
  if (succeededIndexes !== undefined) {
    const at = child(path, 'succeededIndexes');
    if (byteLength(succeededIndexes) > maxIndexesBytes) errors.push(tooLong(at, maxIndexesBytes));
    const counted = countIndexes(succeededIndexes, completions);
    if (isIndexesError(counted)) {
      errors.push(invalid(at, succeededIndexes, `error parsing succeededIndexes: ${counted.error}`));
    } else {
      listed = counted;
    }
  }
  if (succeededCount === undefined) return;
  const at = child(path, 'succeededCount');
  checkNonnegative(succeededCount, at, errors);
  const bound = (most: number, what: string): void => {
    if (succeededCount <= most) return;
    errors.push(invalid(at, succeededCount, `must be less than or equal to ${most} (the number of ${what})`));
  };
  bound(completions, 'specified completions');
  if (succeededIndexes !== undefined) bound(listed, 'indexes in the specified succeededIndexes field');
}
