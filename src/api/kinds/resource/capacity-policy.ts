/**
 * How much of a device's capacity a request can ask for, when several share the device. Models validateRequestPolicy of
 * pkg/apis/resource/validation.
 */
import { child, forbidden, invalid, required } from '../../field-errors';
import { compareQuantities, quantity } from '../../quantity';
import type { CapacityRequestPolicy } from '../../types';
import { eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkSet } from './checks';

const maxValidValues = 10;

/** Everything wrong with the policy of one capacity, whose amount is `capacity`. */
export function checkRequestPolicy(
  policy: CapacityRequestPolicy, capacity: string, path: string, errors: FieldErrors,
): void {
  const { default: preset, validValues = [], validRange } = policy;
  if (validValues.length > 0 && validRange !== undefined) {
    errors.push(forbidden(path, 'exactly one policy can be specified, cannot specify "validValues" and "validRange" '
      + 'at the same time'));
    return;
  }
  const kind = validValues.length > 0 ? 'validValues' : validRange === undefined ? undefined : 'validRange';
  if (kind === undefined) return;
  if (preset === undefined) {
    errors.push(required(child(path, 'default'), `required when ${kind} is defined`));
  } else if (validRange === undefined) {
    checkValidValues(validValues, preset, capacity, child(path, kind), errors);
  } else {
    checkValidRange(validRange, preset, capacity, child(path, kind), errors);
  }
}

function isMore(a: string, b: string): boolean {
  return compareQuantities(quantity(a), quantity(b)) > 0;
}

function checkValidValues(
  values: readonly string[], preset: string, capacity: string, path: string, errors: FieldErrors,
): void {
  eachItem(values, path, (value, at, i) => {
    const before = values[i - 1];
    if (before !== undefined && isMore(before, value)) {
      errors.push(invalid(at, value, 'values must be sorted in ascending order'));
    }
  });
  checkSet(values, maxValidValues, path, errors, (value) => String(quantity(value).nanos), (value, at) => {
    if (isMore(value, capacity)) errors.push(invalid(at, value, `option is larger than capacity value: ${capacity}`));
  });
  if (values.some((value) => !isMore(value, preset) && !isMore(preset, value))) return;
  errors.push(invalid(path, preset, 'default value is not valid according to the requestPolicy'));
}

function checkValidRange(
  { min, max, step }: NonNullable<CapacityRequestPolicy['validRange']>, preset: string, capacity: string, path: string,
  errors: FieldErrors,
): void {
  if (min === undefined) {
    errors.push(required(child(path, 'min'), 'required when validRange is defined'));
    return;
  }
  const at = (field: string): string => child(path, field);
  if (isMore(min, capacity)) errors.push(invalid(at('min'), min, `min is larger than capacity value: ${capacity}`));
  if (isMore(min, preset)) errors.push(invalid(at('default'), preset, `default is less than min: ${min}`));
  if (max !== undefined) {
    if (isMore(min, max)) errors.push(invalid(at('max'), min, `min is larger than max: ${max}`));
    if (isMore(max, capacity)) errors.push(invalid(at('max'), max, `max is larger than capacity value: ${capacity}`));
    if (isMore(preset, max)) errors.push(invalid(at('default'), preset, `default is more than max: ${max}`));
  }
  if (step === undefined) return;
  const [stepNanos, minNanos] = [quantity(step).nanos, quantity(min).nanos];
  if (stepNanos <= 0n) {
    errors.push(invalid(at('step'), step, 'must be greater than zero'));
    return;
  }
  for (const value of max === undefined ? [preset] : [preset, max]) {
    if ((quantity(value).nanos - minNanos) % stepNanos === 0n) continue;
    errors.push(invalid(at('step'), value, `value is not a multiple of a given step (${step}) from (${min})`));
  }
}
