/**
 * What claims, classes and slices of devices have in common: sets of limited size, names of pools and attributes,
 * tolerations and taints, opaque parameters. Models the shared functions of pkg/apis/resource/validation.
 */
import {
  child, duplicate, index, invalid, notSupported, required, tooLong, tooMany,
} from '../../field-errors';
import { goJson } from '../../go-text';
import { byteLength, cIdentifierProblems, labelValueProblems } from '../../names';
import type { DeviceSelector, DeviceTaint, DeviceToleration, OpaqueDeviceConfiguration } from '../../types';
import { checkProblems, checkQualifiedName, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkDriverName } from '../storage/volume-checks';

const maxPoolBytes = 253;
const maxIdBytes = 32;
const maxSelectors = 32;
const maxExpressionBytes = 10 * 1024;
const maxParameterBytes = 10 * 1024;
const taintEffects = ['NoExecute', 'NoSchedule', 'None'];

/** A list of at most `max` items, each of them checked: validateSlice. No item is looked at in a list too long. */
export function checkList<T>(
  items: readonly T[] | undefined, max: number, path: string, errors: FieldErrors,
  check: (item: T, at: string) => void,
): boolean {
  if (items !== undefined && items.length > max) {
    errors.push(tooMany(path, items.length, max));
    return false;
  }
  eachItem(items, path, check);
  return true;
}

/** The same, and no two items with one key: validateSet. */
export function checkSet<T>(
  items: readonly T[] | undefined, max: number, path: string, errors: FieldErrors, keyOf: (item: T) => string,
  check: (item: T, at: string) => void,
): void {
  if (!checkList(items, max, path, errors, check)) return;
  const seen = new Set<string>();
  (items ?? []).forEach((item, i) => {
    const key = keyOf(item);
    if (seen.has(key)) errors.push(duplicate(index(path, i), key));
    seen.add(key);
  });
}

/** Subdomains with slashes between: validatePoolName. */
export function checkPoolName(name: string | undefined, path: string, errors: FieldErrors): void {
  if (!name) {
    errors.push(required(path));
    return;
  }
  if (byteLength(name) > maxPoolBytes) errors.push(tooLong(path, maxPoolBytes));
  for (const part of name.split('/')) checkSubdomain(part, path, errors);
}

function checkIdentifier(id: string, path: string, errors: FieldErrors): void {
  if (byteLength(id) > maxIdBytes) errors.push(tooLong(path, maxIdBytes));
  checkProblems(cIdentifierProblems(id), id, path, errors);
}

/** The name of an attribute or a capacity, with or without a domain: validateQualifiedName. */
export function checkAttributeName(name: string, path: string, errors: FieldErrors): void {
  const [first = '', second, ...more] = name.split('/');
  if (more.length > 0) errors.push(invalid(path, name, 'must not contain more than one slash'));
  else if (second === undefined) checkIdentifier(first, path, errors);
  else {
    if (first === '') errors.push(invalid(path, '', 'the domain must not be empty'));
    else checkDriverName(first, path, errors);
    if (second === '') errors.push(invalid(path, '', 'the name must not be empty'));
    else checkIdentifier(second, path, errors);
  }
}

/** The name of an attribute with its domain: validateFullyQualifiedName. */
export function checkFullAttributeName(name: string, path: string, errors: FieldErrors): void {
  checkAttributeName(name, path, errors);
  if (name.includes('/')) return;
  errors.push(invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash'));
}

/** Selectors of devices; their expressions are compiled by whoever allocates. */
export function checkSelectors(
  selectors: readonly DeviceSelector[] | undefined, path: string, errors: FieldErrors,
): void {
  checkList(selectors, maxSelectors, path, errors, ({ cel }, at) => {
    if (cel === undefined) errors.push(required(child(at, 'cel')));
    else if (byteLength(cel.expression ?? '') > maxExpressionBytes) {
      errors.push(tooLong(child(at, 'cel', 'expression'), maxExpressionBytes));
    }
  });
}

/** Settings for a driver that only the driver understands: validateDeviceConfiguration. */
export function checkConfiguration(
  opaque: OpaqueDeviceConfiguration | undefined, path: string, errors: FieldErrors,
): void {
  const at = child(path, 'opaque');
  if (opaque === undefined) {
    errors.push(required(at));
    return;
  }
  checkDriverName(opaque.driver, child(at, 'driver'), errors);
  checkJsonObject(opaque.parameters, child(at, 'parameters'), maxParameterBytes, errors);
}

/** Free-form data: an object, and not too long. */
export function checkJsonObject(value: unknown, path: string, maxBytes: number, errors: FieldErrors): void {
  if (value === undefined || value === null) errors.push(required(path));
  else if (byteLength(goJson(value)) > maxBytes) errors.push(tooLong(path, maxBytes));
  else if (typeof value !== 'object' || Array.isArray(value)) {
    errors.push(invalid(path, '<value omitted>', 'must be a valid JSON object'));
  }
}

/** One toleration of taints of devices. */
export function checkDeviceToleration(toleration: DeviceToleration, path: string, errors: FieldErrors): void {
  const { key, operator = '', value = '', effect = '' } = toleration;
  if (key) checkQualifiedName(key, child(path, 'key'), errors);
  const valuePath = child(path, 'value');
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(valuePath, value, 'must be empty for operator `Exists`'));
  } else if (operator === 'Equal') {
    checkProblems(labelValueProblems(value), value, valuePath, errors);
  } else if (operator === '') {
    errors.push(required(child(path, 'operator')));
  } else {
    errors.push(notSupported(child(path, 'operator'), operator, ['Equal', 'Exists']));
  }
  if (effect !== '' && !taintEffects.includes(effect)) {
    errors.push(notSupported(child(path, 'effect'), effect, taintEffects));
  }
}

/** One taint of a device. */
export function checkDeviceTaint(
  { key = '', value, effect = '' }: DeviceTaint,
  path: string,
  errors: FieldErrors,
): void {
  checkQualifiedName(key, child(path, 'key'), errors);
  if (value) checkProblems(labelValueProblems(value), value, child(path, 'value'), errors);
  if (effect === '') errors.push(required(child(path, 'effect')));
  else if (!taintEffects.includes(effect)) errors.push(notSupported(child(path, 'effect'), effect, taintEffects));
}

/** Conditions that a device waits for, and those that end the waiting: validateDeviceBindingParameters. */
export function checkBindingConditions(
  conditions: readonly string[] = [], failures: readonly string[] = [], path: string, errors: FieldErrors,
): void {
  const max = 4;
  const [at, failuresAt] = [child(path, 'bindingConditions'), child(path, 'bindingFailureConditions')];
  checkList(conditions, max, at, errors, (condition, place) => checkQualifiedName(condition, place, errors));
  checkList(failures, max, failuresAt, errors, (condition, place) => checkQualifiedName(condition, place, errors));
  conditions.forEach((condition, i) => {
    if (conditions.indexOf(condition) < i) errors.push(duplicate(index(at, i), condition));
  });
  failures.forEach((condition, i) => {
    if (failures.indexOf(condition) < i) errors.push(duplicate(index(failuresAt, i), condition));
    if (!conditions.includes(condition)) return;
    const detail = 'bindingFailureConditions must not overlap with bindingConditions';
    errors.push(invalid(index(failuresAt, i), condition, detail));
  });
  if (conditions.length === 0 && failures.length > 0) {
    errors.push(invalid(at, conditions, 'bindingConditions are required to use bindingFailureConditions'));
  }
  if (failures.length === 0 && conditions.length > 0) {
    errors.push(invalid(failuresAt, failures, 'bindingFailureConditions are required to use bindingConditions'));
  }
}
