/**
 * Metadata that every object has: what the server fills in, what a client cannot change, and what is wrong with it.
 * Models apimachinery's api/validation/objectmeta.go and the common part of registry/rest create.go and update.go.
 * managedFields are those that field-managers.ts has worked out before.
 */
import { equal, sortedKeys } from '../../base/freeze';
import {
  child, type FieldError, forbidden, immutable, index, invalid, required, tooLong,
} from '../../api/field-errors';
import type { AnyKind } from '../../api/kind';
import {
  byteLength, dnsLabelProblems, labelValueProblems, nameProblems, qualifiedNameProblems,
} from '../../api/names';
import { groupOf } from '../../api/object';
import type { KubeObject, NewObjectMeta, ObjectMeta, OwnerReference } from '../../api/types';

const maxAnnotationBytes = 256 * 1024;
/** Owners in control that are complained about; upstream complains about all but one. */
const maxControllers = 10;
/** Finalizers without a prefix that core knows: IsStandardFinalizerName. */
const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];
export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

/** What is random or depends on time in new metadata. */
export interface NewMetaValues {
  readonly name: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly generation: number | undefined;
}

/** The metadata of a new object: what the client may set, and what the server fills in. */
export function newObjectMeta(given: NewObjectMeta, namespace: string | undefined, values: NewMetaValues): ObjectMeta {
  const { generateName, labels, annotations, ownerReferences, finalizers } = given;
  const meta: Record<string, unknown> = { name: values.name };
  if (generateName) meta['generateName'] = generateName;
  if (namespace !== undefined) meta['namespace'] = namespace;
  meta['uid'] = values.uid;
  if (values.generation !== undefined) meta['generation'] = values.generation;
  meta['creationTimestamp'] = values.creationTimestamp;
  addLists(meta, labels, annotations, ownerReferences, finalizers);
  if (given.managedFields) meta['managedFields'] = given.managedFields;
  return meta as unknown as ObjectMeta;
}

/** The metadata of an updated object: identity, times and generation are those of the old one. */
export function updatedObjectMeta(given: NewObjectMeta, old: ObjectMeta): ObjectMeta {
  if (given === old) return old;
  const { labels, annotations, ownerReferences, finalizers } = given;
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, managedFields: _m, ...kept } = old;
  const meta: Record<string, unknown> = { ...kept };
  addLists(meta, labels, annotations, ownerReferences, finalizers);
  if (given.managedFields) meta['managedFields'] = given.managedFields;
  return meta as unknown as ObjectMeta;
}

function addLists(
  meta: Record<string, unknown>,
  labels: NewObjectMeta['labels'],
  annotations: NewObjectMeta['annotations'],
  ownerReferences: readonly OwnerReference[] | undefined,
  finalizers: readonly string[] | undefined,
): void {
  if (labels) meta['labels'] = labels;
  if (annotations) meta['annotations'] = annotations;
  if (ownerReferences && ownerReferences.length > 0) meta['ownerReferences'] = ownerReferences;
  if (finalizers && finalizers.length > 0) meta['finalizers'] = finalizers;
}

/** Everything wrong with the metadata of a new object. */
export function objectMetaErrors(object: KubeObject, kind: AnyKind): readonly FieldError[] {
  const { metadata } = object;
  const { name, generateName, namespace } = metadata;
  const errors: FieldError[] = [];
  if (generateName) {
    for (const problem of nameProblems(kind.nameRule, generateName, true)) {
      errors.push(invalid('metadata.generateName', generateName, problem));
    }
  }
  if (!name) errors.push(required('metadata.name', 'name or generateName is required'));
  else {
    for (const problem of nameProblems(kind.nameRule, name)) errors.push(invalid('metadata.name', name, problem));
  }
  if (kind.namespaced) {
    const path = 'metadata.namespace';
    if (!namespace) errors.push(required(path));
    else for (const problem of dnsLabelProblems(namespace)) errors.push(invalid(path, namespace, problem));
  }
  return [
    ...errors, ...labelErrors(metadata.labels), ...annotationErrors(metadata.annotations),
    ...ownerErrors(metadata.ownerReferences), ...finalizerErrors(metadata.finalizers),
  ];
}

/** Everything wrong with the metadata of an update. What is the same as before was checked before. */
export function objectMetaUpdateErrors(
  given: NewObjectMeta, object: KubeObject, old: KubeObject,
): readonly FieldError[] {
  const { metadata } = object;
  if (metadata === old.metadata) return [];
  const errors: FieldError[] = [];
  const before = old.metadata;
  if (before.deletionTimestamp !== undefined) {
    const known = before.finalizers ?? [];
    const extra = [...new Set(metadata.finalizers ?? [])].filter((finalizer) => !known.includes(finalizer)).sort();
    if (extra.length > 0) {
      const list = `[]string{${extra.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`;
      errors.push(forbidden('metadata.finalizers', why));
    }
  } else if (given.deletionTimestamp !== undefined && given.deletionTimestamp !== null) {
    errors.push(immutable('metadata.deletionTimestamp', given.deletionTimestamp));
  }
  return [
    ...errors,
    ...(equal(metadata.labels, before.labels) ? [] : labelErrors(metadata.labels)),
    ...(equal(metadata.annotations, before.annotations) ? [] : annotationErrors(metadata.annotations)),
    ...(equal(metadata.ownerReferences, before.ownerReferences) ? [] : ownerErrors(metadata.ownerReferences)),
    ...(equal(metadata.finalizers, before.finalizers) ? [] : finalizerErrors(metadata.finalizers)),
  ];
}

function labelErrors(labels: Readonly<Record<string, string>> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of sortedKeys(labels)) {
    const value = labels?.[key] ?? '';
    for (const problem of qualifiedNameProblems(key)) errors.push(invalid('metadata.labels', key, problem));
    for (const problem of labelValueProblems(value)) errors.push(invalid('metadata.labels', value, problem));
  }
  return errors;
}

function annotationErrors(annotations: Readonly<Record<string, string>> | undefined): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const key of sortedKeys(annotations)) {
    for (const problem of qualifiedNameProblems(key.toLowerCase())) {
      errors.push(invalid('metadata.annotations', key, problem));
    }
    bytes += byteLength(key) + byteLength(annotations?.[key] ?? '');
  }
  if (bytes > maxAnnotationBytes) errors.push(tooLong('metadata.annotations', maxAnnotationBytes));
  return errors;
}

function ownerErrors(owners: readonly OwnerReference[] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const path = 'metadata.ownerReferences';
  let controller: string | undefined;
  let controllers = 0;
  for (const owner of owners ?? []) {
    const versionPath = child(path, 'apiVersion');
    if (!owner.apiVersion) errors.push(invalid(versionPath, owner.apiVersion, 'version must not be empty'));
    if (!owner.kind) errors.push(invalid(child(path, 'kind'), owner.kind, 'must not be empty'));
    if (!owner.name) errors.push(invalid(child(path, 'name'), owner.name, 'must not be empty'));
    if (!owner.uid) errors.push(invalid(child(path, 'uid'), owner.uid, 'must not be empty'));
    if (groupOf(owner.apiVersion ?? '') === '' && owner.kind === 'Event') {
      errors.push(invalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (owner.controller !== true) continue;
    const name = `${owner.kind}/${owner.name}`;
    // Each of these errors shows the whole list: with thousands of them the answer would outgrow any memory.
    if (controllers > maxControllers) continue;
    controllers += 1;
    if (controller !== undefined) {
      errors.push(invalid(path, owners, 'Only one reference can have Controller set to true. '
        + `Found "true" in references for ${controller} and ${name}`));
    } else {
      controller = name;
    }
  }
  return errors;
}

function finalizerErrors(finalizers: readonly string[] | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const path = 'metadata.finalizers';
  const list = finalizers ?? [];
  for (const finalizer of list) {
    for (const problem of qualifiedNameProblems(finalizer)) errors.push(invalid(path, finalizer, problem));
  }
  if (list.includes(orphanFinalizer) && list.includes(foregroundFinalizer)) {
    const why = `finalizer ${orphanFinalizer} and ${foregroundFinalizer} cannot be both set`;
    errors.push(invalid(path, finalizers, why));
  }
  list.forEach((finalizer, at) => {
    if (finalizer.includes('/') || standardFinalizers.includes(finalizer)) return;
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(invalid(index(path, at), finalizer, why));
  });
  return errors;
}
