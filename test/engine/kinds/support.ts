/** What the tests of kinds share: objects from a few fields, errors as texts, and cells by column. */
import { load } from 'js-yaml';
import { errorText } from '../../../src/api/field-errors';
import type { FieldError } from '../../../src/api/field-errors';
import type { AnyKind } from '../../../src/api/kind';
import { deepFreeze } from '../../../src/base/freeze';

/** An object from YAML, with the kind's apiVersion and kind and metadata that the server would fill in. */
export function objectOf(kind: AnyKind, yaml: string): any {
  const fields = (load(yaml) ?? {}) as { metadata?: object };
  const metadata = { name: 'x', ...(kind.namespaced ? { namespace: 'default' } : {}), ...fields.metadata };
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return deepFreeze({ apiVersion, kind: kind.kind, ...fields, metadata });
}

/** The object as it would be stored. */
export function stored(kind: AnyKind, yaml: string): any {
  const defaulted = kind.defaults?.(objectOf(kind, yaml)) ?? objectOf(kind, yaml);
  const status = kind.initialStatus?.(defaulted);
  const identified = { ...defaulted, metadata: { uid: 'u', ...defaulted.metadata } };
  const withStatus = status === undefined ? identified : { ...identified, status };
  return deepFreeze(kind.prepareForCreate?.(withStatus, { nowMs: 0 }) ?? withStatus);
}

/** Texts of errors. */
export function texts(errors: readonly FieldError[] | undefined): string[] {
  return (errors ?? []).map(errorText);
}

/** Errors of a new object given in YAML. */
export function createErrors(kind: AnyKind, yaml: string): string[] {
  return texts(kind.validate?.(stored(kind, yaml)));
}

/** Errors of an update between two objects given in YAML. */
export function updateErrors(kind: AnyKind, before: string, after: string): string[] {
  const old = stored(kind, before);
  const changed = kind.defaults?.(objectOf(kind, after)) ?? objectOf(kind, after);
  const kept = 'status' in old ? { ...changed, status: old.status } : changed;
  return texts(kind.validateUpdate?.(kind.prepareForUpdate?.(kept, old, { nowMs: 0 }) ?? kept, old));
}

/** The cells of an object by column name. */
export function cells(kind: AnyKind, object: object, nowMs = 0): Record<string, unknown> {
  return Object.fromEntries(kind.columns.map((column) => [column.name, column.cell(object, nowMs)]));
}
