/**
 * The generic part of create and update strategies: what the registry does to every object before and after the kind's
 * own functions. Models rest.BeforeCreate and rest.BeforeUpdate of apiserver's pkg/registry/rest.
 */
import { equal } from '../../base/freeze';
import type { FieldError } from '../../api/field-errors';
import type { AnyKind, PartialUpdate, StrategyContext, Subresource } from '../../api/kind';
import type { KubeObject, NewObjectMeta } from '../../api/types';
import type { ServedResource } from '../storage/served-resource';
import {
  type NewMetaValues, newObjectMeta, objectMetaErrors, objectMetaUpdateErrors, updatedObjectMeta,
} from './object-meta';

type WithStatus = KubeObject & { readonly status?: unknown };

/** The new object as it would be stored, and what is wrong with it. */
export interface Prepared {
  readonly object: KubeObject;
  readonly errors: readonly FieldError[];
}

/** Fills in metadata and the initial status of a new object, and lets the kind prepare it. */
export function fillNewObject(
  given: KubeObject, resource: ServedResource, namespace: string | undefined,
  values: Omit<NewMetaValues, 'generation'>, context: StrategyContext,
): KubeObject {
  const { kind, hasStatus } = resource;
  const generation = kind.hasGeneration ? 1 : undefined;
  const metadata = newObjectMeta(given.metadata, namespace, { ...values, generation });
  let object: KubeObject = { ...given, metadata };
  if (hasStatus) object = { ...object, status: kind.initialStatus?.(object) ?? {} } as KubeObject;
  return kind.prepareForCreate?.(object, context) ?? object;
}

/** Everything wrong with a new object. */
export function newObjectErrors(object: KubeObject, kind: AnyKind): readonly FieldError[] {
  const errors = objectMetaErrors(object, kind);
  const own: readonly FieldError[] = kind.validate?.(object) ?? [];
  return own.length === 0 ? errors : [...errors, ...own];
}

/** The object of an update as it would be stored, and what is wrong with it. */
export function prepareUpdate(
  given: KubeObject, old: KubeObject, resource: ServedResource, context: StrategyContext,
): Prepared {
  const { kind, hasStatus } = resource;
  const { subresource } = context;
  const part = subresource === undefined ? undefined : kind.parts?.[subresource];
  if (part !== undefined) return preparePart(given, old, kind, part);
  const metadata = updatedObjectMeta(given.metadata, old.metadata);
  let object: KubeObject;
  const writesStatus = subresource === 'status' || subresource === 'approval';
  if (writesStatus) object = { ...old, metadata, status: (given as WithStatus).status } as KubeObject;
  else if (hasStatus) object = { ...given, metadata, status: (old as WithStatus).status } as KubeObject;
  else object = { ...given, metadata };
  object = kind.prepareForUpdate?.(object, old, context) ?? object;
  object = withGeneration(object, old, kind, subresource);
  return { object, errors: updateErrors(given.metadata, object, old, kind, subresource) };
}

/** Of metadata only the owners of fields are taken: metav1.ResetObjectMetaForStatus. */
function preparePart(given: KubeObject, old: KubeObject, kind: AnyKind, part: PartialUpdate<any>): Prepared {
  const { managedFields: _, ...kept } = old.metadata;
  const { managedFields } = given.metadata;
  const metadata = { ...kept, ...(managedFields === undefined ? {} : { managedFields }) };
  const merged = part.merge({ ...given, metadata }, old) as KubeObject;
  const object = withGeneration(merged, old, kind, undefined);
  return { object, errors: part.validate(object, old) };
}

function updateErrors(
  given: NewObjectMeta, object: KubeObject, old: KubeObject, kind: AnyKind, subresource: Subresource | undefined,
): readonly FieldError[] {
  const validate = subresource === 'status' ? kind.validateStatusUpdate : kind.validateUpdate;
  const errors = objectMetaUpdateErrors(given, object, old);
  const own: readonly FieldError[] = validate?.(object, old) ?? [];
  return own.length === 0 ? errors : [...errors, ...own];
}

/** One more generation when anything but metadata and status has changed. */
function withGeneration(
  object: KubeObject, old: KubeObject, kind: AnyKind, subresource: Subresource | undefined,
): KubeObject {
  if (!kind.hasGeneration || subresource === 'status' || sameDesiredState(object, old)) return object;
  const generation = (old.metadata.generation ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, generation } };
}

function sameDesiredState(object: KubeObject, old: KubeObject): boolean {
  const left = object as unknown as Record<string, unknown>;
  const right = old as unknown as Record<string, unknown>;
  const isDesired = (key: string): boolean => key !== 'metadata' && key !== 'status';
  for (const key in left) if (isDesired(key) && !equal(left[key], right[key])) return false;
  for (const key in right) if (isDesired(key) && left[key] === undefined && right[key] !== undefined) return false;
  return true;
}
