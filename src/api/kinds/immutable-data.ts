/** What ConfigMaps and Secrets have in common: how much they hold, and that an immutable one stays as it is. */
import { equal } from '../../base/freeze';
import { forbidden } from '../field-errors';
import type { FieldErrors } from './field-checks';

/** Upstream's MaxSecretSize, for both kinds. */
export const maxDataBytes = 1024 * 1024;

const why = 'field is immutable when `immutable` is set';

/** Changes to an object that was marked immutable. */
export function checkImmutableData<T extends { readonly immutable?: boolean }>(
  object: T, old: T, fields: readonly (keyof T & string)[], errors: FieldErrors,
): void {
  if (old.immutable !== true) return;
  if (object.immutable !== true) errors.push(forbidden('immutable', why));
  for (const field of fields) {
    if (!equal(object[field], old[field])) errors.push(forbidden(field, why));
  }
}
