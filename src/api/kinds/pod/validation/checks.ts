/**
 * What the validation of a pod spec carries along: the errors found so far and what one part must know of another
 * (volumes for mounts, claims for resources), and the file modes that several volumes share. Models
 * PodValidationOptions and the arguments that upstream threads through pkg/apis/core/validation.
 */
import { child, invalid, required } from '../../../field-errors';
import type { KeyToPath, ObjectMeta, PodSpec, Volume } from '../../../types';
import { checkNonReservedPath, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

/** The state of one validation. */
export interface PodChecks {
  readonly errors: FieldErrors;
  readonly spec: PodSpec;
  /** Metadata of a real pod; undefined for a template, which is treated more leniently in places. */
  readonly podMeta: Partial<ObjectMeta> | undefined;
  /** The valid volumes by name. */
  readonly volumes: ReadonlyMap<string, Volume>;
  /** Names of spec.resourceClaims. */
  readonly claimNames: ReadonlySet<string>;
  readonly hostUsers: boolean;
}

/** Upstream's fileModeErrorMsg. */
const fileModeMessage = 'must be a number between 0 and 0777 (octal), both inclusive';

/** A mode of a file, as a number between 0 and 0777. */
export function checkMode(mode: number | undefined, path: string, errors: FieldErrors): void {
  if (mode !== undefined && (mode > 0o777 || mode < 0)) errors.push(invalid(path, mode, fileModeMessage));
}

/** Keys of a ConfigMap or Secret and the files that they become: validateKeyToPath. */
export function checkKeysToPaths(items: readonly KeyToPath[] | undefined, path: string, errors: FieldErrors): void {
  eachItem(items, path, (item, at) => {
    if (!item.key) errors.push(required(child(at, 'key')));
    if (!item.path) errors.push(required(child(at, 'path')));
    checkNonReservedPath(item.path ?? '', child(at, 'path'), errors);
    checkMode(item.mode, child(at, 'mode'), errors);
  });
}
