/** References to objects by apiVersion, kind and name. Models ValidateCrossVersionObjectReference. */
import { child, invalid, required } from '../../field-errors';
import { pathSegmentProblems } from '../../names';
import type { CrossVersionObjectReference } from '../../types';
import { checkProblems } from '../field-checks';
import type { FieldErrors } from '../field-checks';

/** Which references are let through. */
export interface ReferenceOptions {
  /** Whether the apiVersion may have no group, or be missing. */
  readonly allowsEmptyGroup: boolean;
  /** Whether the apiVersion is not looked at: for objects that were stored when it was not. */
  readonly allowsInvalidVersion: boolean;
}

/** A reference to an object of whatever version. */
export function checkReference(
  reference: CrossVersionObjectReference, options: ReferenceOptions, path: string, errors: FieldErrors,
): void {
  for (const field of ['kind', 'name'] as const) {
    const value = reference[field] ?? '';
    if (value === '') errors.push(required(child(path, field)));
    else checkProblems(pathSegmentProblems(value), value, child(path, field), errors);
  }
  const problem = versionProblem(reference, options);
  if (problem !== undefined) errors.push(invalid(child(path, 'apiVersion'), reference.apiVersion ?? '', problem));
}

/** What is wrong with the apiVersion of a reference: ValidateAPIVersion. */
export function versionProblem(
  { apiVersion = '' }: CrossVersionObjectReference, options: ReferenceOptions,
): string | undefined {
  if (options.allowsInvalidVersion) return undefined;
  const parts = apiVersion.split('/');
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`;
  const hasGroup = parts.length === 2 && parts[0] !== '';
  return hasGroup || options.allowsEmptyGroup ? undefined : 'apiVersion must specify API group';
}
