/**
 * Amounts that are a number or a percentage, as rolling updates take them. Models intstr.GetScaledValueFromIntOrPercent
 * and the checks of pkg/apis/apps/validation.
 */
import { invalid } from '../field-errors';
import { percentProblems } from '../names';
import type { IntOrString } from '../types';
import { checkNonnegative, checkProblems } from './field-checks';
import type { FieldErrors } from './field-checks';

/** The percentage of a text such as `25%`, or undefined. */
export function percentOf(value: IntOrString): number | undefined {
  return typeof value === 'string' && percentProblems(value).length === 0 ? parseInt(value, 10) : undefined;
}

/** The bare number of an amount, percent sign or not; zero when it is neither. */
export function amountOf(value: IntOrString | undefined): number {
  if (value === undefined) return 0;
  return typeof value === 'number' ? value : (percentOf(value) ?? 0);
}

/** An amount that is not negative and well formed: ValidatePositiveIntOrPercent. */
export function checkIntOrPercent(value: IntOrString | undefined, path: string, errors: FieldErrors): void {
  if (typeof value === 'string') checkProblems(percentProblems(value), value, path, errors);
  else checkNonnegative(value, path, errors);
}

/** A percentage of at most 100: IsNotMoreThan100Percent. */
export function checkAtMost100Percent(value: IntOrString | undefined, path: string, errors: FieldErrors): void {
  if (value === undefined) return;
  const percent = percentOf(value);
  if (percent !== undefined && percent > 100) errors.push(invalid(path, value, 'must not be greater than 100%'));
}
