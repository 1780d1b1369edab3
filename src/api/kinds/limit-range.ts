/**
 * LimitRange: bounds and defaults for what pods, containers and claims of a namespace ask for. Models pkg/apis/core and
 * pkg/registry/core/limitrange.
 */
import { sortedKeys, withKey } from '../../base/freeze';
import { child, duplicate, forbidden, invalid, key, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { qualifiedNameProblems } from '../names';
import { compareQuantities, millisOf, quantity, quantityOf, unitsOf } from '../quantity';
import type { LimitRange, LimitRangeItem } from '../types';
import { createdAtColumn, nameColumn } from './columns';
import { checkProblems, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';
import { mapList } from './pod/container-defaults';
import { checkContainerResourceName, checkResourceName, isOvercommitAllowed } from './pod/validation/resources';

type Amounts = Readonly<Record<string, string>>;

const types = ['Pod', 'Container', 'PersistentVolumeClaim'];
const one = quantityOf(1);
/** The largest whole amount whose thousandths fit into 64 bits. */
const maxMilliValue = 9_223_372_036_854_775;

function defaults(range: LimitRange): LimitRange {
  if (range.spec === undefined) return range;
  const limits = mapList(range.spec.limits, itemDefaults) ?? [];
  return withKey(range, 'spec', withKey(range.spec, 'limits', limits));
}

/** A container's limit falls back to the maximum, its request to its limit or else the minimum. */
function itemDefaults(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const limits = withMissing(item.default, item.max);
  const requests = withMissing(withMissing(item.defaultRequest, limits), item.min);
  return withKey(withKey(item, 'default', limits), 'defaultRequest', requests);
}

function withMissing(amounts: Amounts | undefined, others: Amounts | undefined): Amounts | undefined {
  if (others === undefined) return amounts;
  const isComplete = Object.keys(others).every((name) => amounts !== undefined && Object.hasOwn(amounts, name));
  return isComplete ? amounts : { ...others, ...amounts };
}

function validate({ spec }: LimitRange): readonly FieldError[] {
  const errors: FieldErrors = [];
  const limits = spec?.limits ?? [];
  eachItem(limits, 'spec.limits', (item, at, i) => {
    checkType(item.type ?? '', child(at, 'type'), errors);
    if (limits.findIndex(({ type }) => type === item.type) < i) {
      errors.push(duplicate(child(at, 'type'), item.type ?? ''));
    }
    checkItem(item, at, errors);
  });
  return errors;
}

function checkType(type: string, path: string, errors: FieldErrors): void {
  const problems = qualifiedNameProblems(type);
  checkProblems(problems, type, path, errors);
  if (problems.length > 0 || type.includes('/') || types.includes(type)) return;
  errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

function checkItem(item: LimitRangeItem, path: string, errors: FieldErrors): void {
  const isContained = item.type === 'Pod' || item.type === 'Container';
  const checkNames = (field: keyof LimitRangeItem, amounts: Amounts | undefined): void => {
    const check = isContained ? checkContainerResourceName : checkResourceName;
    for (const name of sortedKeys(amounts)) check(name, key(child(path, field), name), errors);
  };
  checkNames('max', item.max);
  checkNames('min', item.min);
  for (const field of ['default', 'defaultRequest'] as const) {
    if (item.type !== 'Pod') checkNames(field, item[field]);
    else if (sortedKeys(item[field]).length > 0) {
      errors.push(forbidden(child(path, field), "may not be specified when `type` is 'Pod'"));
    }
  }
  const needsStorage = item.type === 'PersistentVolumeClaim';
  if (needsStorage && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(child(path, 'limits'), detail));
  }
  checkNames('maxLimitRequestRatio', item.maxLimitRequestRatio);
  const given = item.type === 'Pod' ? { ...item, default: undefined, defaultRequest: undefined } : item;
  const names = new Set(
    [given.max, given.min, given.default, given.defaultRequest, given.maxLimitRequestRatio].flatMap(sortedKeys));
  for (const name of [...names].sort()) checkAmounts(given as LimitRangeItem, name, path, errors);
}

/** The bounds of one resource against each other. */
function checkAmounts(item: LimitRangeItem, name: string, path: string, errors: FieldErrors): void {
  const [min, max] = [item.min?.[name], item.max?.[name]];
  const [limit, request] = [item.default?.[name], item.defaultRequest?.[name]];
  const ratio = item.maxLimitRequestRatio?.[name];
  const exceeds = (a: string | undefined, b: string | undefined): boolean => (
    a !== undefined && b !== undefined && compareQuantities(quantity(a), quantity(b)) > 0);
  const refuse = (field: keyof LimitRangeItem, value: string | undefined, detail: string): void => {
    errors.push(invalid(key(child(path, field), name), value, detail));
  };
  if (exceeds(min, max)) refuse('min', min, `min value ${min} is greater than max value ${max}`);
  if (exceeds(min, request)) {
    refuse('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  }
  if (exceeds(request, max)) {
    refuse('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  }
  if (exceeds(request, limit)) {
    refuse('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
  }
  if (exceeds(min, limit)) refuse('default', min, `min value ${min} is greater than default value ${limit}`);
  if (exceeds(limit, max)) refuse('default', max, `default value ${limit} is greater than max value ${max}`);
  if (ratio !== undefined) {
    if (compareQuantities(quantity(ratio), one) < 0) {
      refuse('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
    }
    const most = min === undefined || max === undefined ? undefined : ratioLimit(ratio, min, max);
    if (most !== undefined) {
      refuse('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${most}`);
    }
  }
  if (isOvercommitAllowed(name) || (!exceeds(limit, request) && !exceeds(request, limit))) return;
  refuse('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
}

/** The ratio of the bounds as Go prints it, when the given ratio exceeds it. */
function ratioLimit(ratio: string, min: string, max: string): string | undefined {
  const amounts = [ratio, min, max].map(quantity);
  const isSmall = amounts.every((amount) => unitsOf(amount) < maxMilliValue);
  const [given = 0, least = 0, most = 0] = amounts.map(isSmall ? millisOf : unitsOf);
  const limit = most / least;
  if (!((isSmall ? given / 1000 : given) > limit)) return undefined;
  return limit.toFixed(6);
}

export const limitRangeKind = defineKind<LimitRange>({
  group: '', version: 'v1', kind: 'LimitRange', listKind: 'LimitRangeList',
  plural: 'limitranges', singular: 'limitrange', shortNames: ['limits'], namespaced: true, schema: 'LimitRange',
  defaults,
  validate,
  validateUpdate: (range, old) => (range.spec === old.spec ? [] : validate(range)),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [nameColumn, createdAtColumn],
});
