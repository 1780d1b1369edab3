/**
 * What every Kubernetes object has in common: its key, its owners, its labels, and path-copying writes. Nothing here
 * knows a particular kind. Models the accessors of apimachinery's pkg/apis/meta/v1 and client-go's tools/cache keys.
 */
import { assert } from '../base/assert';
import type { KubeObject, NewObjectMeta, OwnerReference } from './types';

export type { KubeObject, NewObject, NewObjectMeta, ObjectMeta, OwnerReference } from './types';

/** The group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The version of an apiVersion. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** `namespace/name`, or `name` for a cluster-scoped object: cache.MetaNamespaceKeyFunc. */
export function objectKey(
  object: { readonly metadata: { readonly namespace?: string; readonly name: string } },
): string {
  return keyFrom(object.metadata.namespace, object.metadata.name);
}

/** `namespace/name`, or `name` without a namespace. */
export function keyFrom(namespace: string | undefined, name: string): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Splits what objectKey made: cache.SplitMetaNamespaceKey. */
export function splitKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that manages the object, if any: metav1.GetControllerOf. */
export function controllerOf(object: { readonly metadata: NewObjectMeta }): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Whether `owner` is the managing owner of the object: metav1.IsControlledBy. */
export function isControlledBy(object: { readonly metadata: NewObjectMeta }, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** A reference that makes `owner` the managing owner: metav1.NewControllerRef. */
export function newControllerRef(owner: KubeObject): OwnerReference {
  return { ...newOwnerRef(owner), blockOwnerDeletion: true, controller: true };
}

/** A plain reference to an owner that does not manage the object. */
export function newOwnerRef(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid };
}

/** The labels of an object; empty when it has none. */
export function labelsOf(object: { readonly metadata: NewObjectMeta }): Readonly<Record<string, string>> {
  return object.metadata.labels ?? {};
}

/** The annotations of an object; empty when it has none. */
export function annotationsOf(object: { readonly metadata: NewObjectMeta }): Readonly<Record<string, string>> {
  return object.metadata.annotations ?? {};
}

/** Whether the object is marked for deletion and waits for its finalizers or its grace period. */
export function isDeleting(object: { readonly metadata: NewObjectMeta }): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** One step of a path into plain data: a field name or a list position. */
export type PathStep = string | number;

/** The value at a path, or undefined when any step is missing. */
export function getIn(value: unknown, path: readonly PathStep[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Readonly<Record<PathStep, unknown>>)[step];
  }
  return at;
}

/**
 * A copy of plain data with the value at a path set; everything off the path is shared. Missing objects on the way are
 * made; undefined removes a field. Returns the same object when nothing changes.
 */
export function setIn<T>(object: T, path: readonly PathStep[], value: unknown): T {
  const step = path[0];
  if (step === undefined) return value as T;
  const rest = path.slice(1);
  if (Array.isArray(object)) {
    assert(typeof step === 'number' && step >= 0 && step <= object.length, `no position ${step} in a list`);
    const changed = setIn<unknown>(object[step], rest, value);
    if (changed === object[step] && step < object.length) return object;
    assert(changed !== undefined, 'a list item cannot be removed by setting it to undefined');
    const copy = object.slice();
    copy[step] = changed;
    return copy as T;
  }
  assert(object === undefined || (typeof object === 'object' && object !== null), `no field ${step} in a scalar`);
  const record = (object ?? {}) as Readonly<Record<PathStep, unknown>>;
  const before = Object.hasOwn(record, step) ? record[step] : undefined;
  const changed = before === undefined && value === undefined ? undefined : setIn<unknown>(before, rest, value);
  if (changed === before) return object;
  return replaceField(record, step, changed) as T;
}

function replaceField(record: Readonly<Record<PathStep, unknown>>, step: PathStep, value: unknown): object {
  const entries = Object.entries(record).filter(([name]) => name !== String(step) || value !== undefined);
  const at = entries.findIndex(([name]) => name === String(step));
  if (at >= 0) entries[at] = [String(step), value];
  else if (value !== undefined) entries.push([String(step), value]);
  // fromEntries defines own properties, so that a field named __proto__ is data like any other.
  return Object.fromEntries(entries);
}
