/**
 * Checks that validation functions of many kinds share. Each takes a value, its field path and the list of errors to
 * append to: one list for a whole object, so that a valid object allocates nothing. Models the small functions of
 * pkg/apis/core/validation and apimachinery's pkg/apis/meta/v1/validation.
 */
import { sortedKeys } from '../../base/freeze';
import { forbidden, index, invalid, notSupported, required, tooLong } from '../field-errors';
import type { FieldError } from '../field-errors';
import {
  byteLength, dnsLabelProblems, labelValueProblems, nameProblems, portNameProblems, portNumberProblems,
  qualifiedNameProblems,
} from '../names';
import type { IntOrString } from '../types';

/** The errors found so far in one object. */
export type FieldErrors = FieldError[];

/** Upstream's IsNegativeErrorMsg. */
export const negativeMessage = 'must be greater than or equal to 0';

const maxAnnotationBytes = 256 * 1024;

/** Adds one Invalid error per problem of a value. */
export function checkProblems(problems: readonly string[], value: unknown, path: string, errors: FieldErrors): void {
  for (const problem of problems) errors.push(invalid(path, value, problem));
}

/** A number that must not be negative; undefined passes. */
export function checkNonnegative(value: number | undefined, path: string, errors: FieldErrors): void {
  if (value !== undefined && value < 0) errors.push(invalid(path, value, negativeMessage));
}

/** A DNS label of RFC 1123. */
export function checkDnsLabel(value: string, path: string, errors: FieldErrors): void {
  checkProblems(dnsLabelProblems(value), value, path, errors);
}

/** A name of an object of the usual kind: a DNS subdomain. */
export function checkSubdomain(value: string, path: string, errors: FieldErrors): void {
  checkProblems(nameProblems('dnsSubdomain', value), value, path, errors);
}

/** A qualified name such as a condition type or a scheduling gate. */
export function checkQualifiedName(value: string, path: string, errors: FieldErrors): void {
  checkProblems(qualifiedNameProblems(value), value, path, errors);
}

/** A value that must be one of a few; a missing one is reported as required when `isRequired`. */
export function checkOneOf(
  value: string | undefined, supported: readonly string[], path: string, errors: FieldErrors, isRequired = false,
): void {
  if (isRequired && (value === undefined || value === '')) errors.push(required(path));
  else if (value !== undefined && !supported.includes(value)) errors.push(notSupported(path, value, supported));
}

/** Labels, or anything with their form, such as a nodeSelector: ValidateLabels. */
export function checkLabels(
  labels: Readonly<Record<string, string>> | undefined, path: string, errors: FieldErrors,
): void {
  if (labels === undefined) return;
  for (const name of sortedKeys(labels)) {
    checkProblems(qualifiedNameProblems(name), name, path, errors);
    const value = labels[name] ?? '';
    checkProblems(labelValueProblems(value), value, path, errors);
  }
}

/** Annotations of a template: ValidateAnnotations. Keys are checked in lower case, as upstream does. */
export function checkAnnotations(
  annotations: Readonly<Record<string, string>> | undefined, path: string, errors: FieldErrors,
): void {
  if (annotations === undefined) return;
  let bytes = 0;
  for (const name of sortedKeys(annotations)) {
    checkProblems(qualifiedNameProblems(name.toLowerCase()), name, path, errors);
    bytes += byteLength(name) + byteLength(annotations[name] ?? '');
  }
  if (bytes > maxAnnotationBytes) errors.push(tooLong(path, maxAnnotationBytes));
}

/** A port as a number or by name: ValidatePortNumOrName. */
export function checkPortNumberOrName(port: IntOrString | undefined, path: string, errors: FieldErrors): void {
  const value = port ?? 0;
  checkProblems(typeof value === 'number' ? portNumberProblems(value) : portNameProblems(value), value, path, errors);
}

/** A path relative to something, without `..` as a step: validateLocalDescendingPath. */
export function checkDescendingPath(value: string, path: string, errors: FieldErrors): void {
  if (value.startsWith('/')) errors.push(invalid(path, value, 'must be a relative path'));
  checkNoBacksteps(value, path, errors);
}

/** A path without `..` as a step: validatePathNoBacksteps. */
export function checkNoBacksteps(value: string, path: string, errors: FieldErrors): void {
  if (value.split('/').includes('..')) errors.push(invalid(path, value, "must not contain '..'"));
}

/** A relative path that does not start with two dots: ValidateLocalNonReservedPath. */
export function checkNonReservedPath(value: string, path: string, errors: FieldErrors): void {
  checkDescendingPath(value, path, errors);
  if (value.startsWith('..') && !value.startsWith('../')) {
    errors.push(invalid(path, value, "must not start with '..'"));
  }
}

/** Forbids each of the given fields that is set on an object. */
export function forbidFields(
  object: object | undefined, names: readonly string[], pathOf: (name: string) => string, why: string,
  errors: FieldErrors,
): void {
  if (object === undefined) return;
  const record = object as Readonly<Record<string, unknown>>;
  for (const name of names) if (record[name] !== undefined) errors.push(forbidden(pathOf(name), why));
}

/** Runs a check on every item of a list with the item's path. */
export function eachItem<T>(
  items: readonly T[] | undefined, path: string, check: (item: T, itemPath: string, position: number) => void,
): void {
  if (items === undefined) return;
  for (let i = 0; i < items.length; i += 1) check(items[i] as T, index(path, i), i);
}
