/**
 * Update: reads the object, lets the caller change it, and writes it if nobody else did in the meantime; otherwise it
 * begins again with what is there now. PUT, PATCH and every writing subresource come through here. Models Update of the
 * generic Store over GuaranteedUpdate of storage/etcd3.
 */
import { equal } from '../../base/freeze';
import type { Subresource } from '../../api/kind';
import { keyFrom } from '../../api/object';
import { invalid } from '../../api/field-errors';
import { readEntries, sameButForTimes } from '../../api/managed-fields/entries';
import { withOwners } from '../../api/managed-fields/field-manager';
import {
  badRequest, conflict, type FailureStatus, internalError, invalidStatus, isFailure, notFoundStatus,
} from '../../api/status';
import type { KubeObject, Service } from '../../api/types';
import type { Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import type { Claim } from '../storage/store';
import { createObject, namespaceMismatch } from './create';
import { decodeBody } from './decode';
import { deletionIsComplete, removeFinally } from './delete';
import { trackUpdate } from './field-managers';
import { attributesOf, type RequestScope, served } from './scope';
import { prepareUpdate } from './strategy';

/** Makes the wanted object from the present one, both in the version that is stored; a Status refuses. */
export type Transform = (current: KubeObject) => KubeObject | FailureStatus;

export interface UpdateOptions {
  readonly subresource?: Subresource;
  /** Leaves out admission, strategies and field ownership, as binding does, which writes to storage directly. */
  readonly raw?: boolean;
  /** The transform has worked out metadata.managedFields itself. */
  readonly owned?: boolean;
  /** What to do when there is no such object; without it the answer is 404. */
  readonly ifMissing?: () => Task<KubeObject | FailureStatus>;
}

/** More rounds than this only happen when something writes in answer to our own write: a programmer error. */
const maxRounds = 100;

/** PUT of an object, or of its status or finalizers. */
export function* update(scope: RequestScope, subresource?: Subresource): Task<KubeObject | FailureStatus> {
  const { resource, request } = scope;
  const decoded = decodeBody(scope, request.body);
  if (isFailure(decoded)) return decoded;
  const problem = identityProblem(scope, decoded);
  if (problem) return problem;
  const { kind } = resource;
  const given: KubeObject = subresource === 'status' ? decoded : kind.defaults?.(decoded) ?? decoded;
  const creates = kind.createOnUpdate && subresource === undefined;
  const ifMissing = creates ? () => createMissing(scope, resource.toStorage(given)) : undefined;
  const wanted = resource.toStorage(given);
  return served(scope, yield* updateObject(scope, () => wanted, { subresource, ifMissing }));
}

function* createMissing(scope: RequestScope, given: KubeObject): Task<KubeObject | FailureStatus> {
  const refusal = scope.authorize('create');
  if (refusal) return refusal;
  const { resourceVersion: _, uid: _uid, ...metadata } = given.metadata;
  return yield* createObject(scope, { ...given, metadata: metadata as KubeObject['metadata'] });
}

/** A body must be about the object that the path names. */
export function identityProblem(scope: RequestScope, given: KubeObject): FailureStatus | undefined {
  const { name } = scope.request;
  if (!given.metadata.name) return badRequest('name must be provided');
  if (given.metadata.name !== name) {
    return badRequest(`the name of the object (${given.metadata.name}) does not match the name on the URL (${name})`);
  }
  return namespaceMismatch(scope, given);
}

export function* updateObject(
  scope: RequestScope, transform: Transform, options: UpdateOptions = {},
): Task<KubeObject | FailureStatus> {
  const { resource, request, execution } = scope;
  const name = request.name ?? '';
  const key = keyFrom(request.namespace, name);
  let current = yield* execution.store.current(resource, key);
  for (let round = 0; round < maxRounds; round += 1) {
    if (current === undefined) {
      return options.ifMissing ? yield* options.ifMissing() : notFoundStatus(resource.groupResource, name);
    }
    if (isFailure(current)) return current;
    const wanted = transform(current);
    if (isFailure(wanted)) return wanted;
    const given = options.raw || options.owned ? wanted : trackUpdate(scope, current, wanted, options.subresource);
    const stale = versionProblem(scope, given, current);
    if (stale) {
      execution.stage('registry', false, refusedSubject(scope.subject, stale));
      return stale;
    }
    const next = options.raw ? { object: given, claims: [] }
      : yield* prepare(scope, given, current, options.subresource);
    if (isFailure(next)) return next;
    const { object } = next;
    if (isSame(object, current)) return current;
    execution.stage('registry', true, scope.subject);
    if (deletionIsComplete(resource.storage, object)) {
      const removed = yield* removeFinally(scope, current, object);
      if (removed !== 'changed') return removed;
      current = yield* execution.store.current(resource, key);
      continue;
    }
    const outcome = yield* execution.store.replace(resource, key, current, object, next.claims);
    if (outcome.kind === 'written') return outcome.object;
    if (outcome.kind === 'failed') return outcome.status;
    if (outcome.kind === 'changed') current = outcome.current;
  }
  return internalError('the object changes faster than it can be updated');
}

/** Nothing is new if only the times of the object's owners are: IgnoreManagedFieldsTimestampsTransformer. */
function isSame(object: KubeObject, current: KubeObject): boolean {
  const { managedFields: owners } = object.metadata;
  const { managedFields: before } = current.metadata;
  if (owners === before || owners === undefined || before === undefined) return equal(object, current);
  const now = readEntries(owners);
  const earlier = readEntries(before);
  if (now === undefined || earlier === undefined || !sameButForTimes(earlier, now)) return false;
  return equal(withOwners(object, before), current);
}

/** A stale resourceVersion or another uid; without a resourceVersion the newest object is meant. */
function versionProblem({ resource }: RequestScope, given: KubeObject, current: KubeObject): FailureStatus | undefined {
  if (given.metadata === current.metadata) return undefined;
  const { name, uid, resourceVersion } = given.metadata;
  if (uid && uid !== current.metadata.uid) {
    const key = resource.storageKey(keyFrom(current.metadata.namespace, current.metadata.name));
    return conflict(resource.groupResource, current.metadata.name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition `
      + `failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`);
  }
  if (resourceVersion) {
    if (resourceVersion === current.metadata.resourceVersion) return undefined;
    return conflict(resource.groupResource, current.metadata.name);
  }
  if (resource.kind.resourceVersionRequired !== true) return undefined;
  const error = invalid('metadata.resourceVersion', 0, 'must be specified for an update');
  return invalidStatus(resource.groupKind, name, [error]);
}

/** Admission, strategy and validation of an update. */
function* prepare(
  scope: RequestScope, given: KubeObject, current: KubeObject, subresource: Subresource | undefined,
): Task<{ readonly object: KubeObject; readonly claims: readonly Claim[] } | FailureStatus> {
  const { resource, admission, execution, subject } = scope;
  const { name } = current.metadata;
  const admitted = yield* admission.mutate(attributesOf(scope, 'UPDATE', name, given, current), execution, subject);
  if (isFailure(admitted)) return admitted;
  let allocated = admitted as KubeObject;
  let claims: readonly Claim[] = [];
  if (resource.name === 'services' && subresource === undefined) {
    const allocation = yield* scope.serviceAllocator.allocate(
      allocated as Service & KubeObject, current as Service & KubeObject, execution);
    if (isFailure(allocation)) return allocation;
    allocated = allocation.service as KubeObject;
    claims = allocation.claims;
  }
  const { object, errors } = prepareUpdate(allocated, current, resource.strategy, {
    nowMs: execution.wallMs,
    subresource,
  });
  if (errors.length > 0) {
    const status = invalidStatus(resource.groupKind, name, errors);
    execution.stage('validation', false, refusedSubject(subject, status));
    return status;
  }
  execution.stage('validation', true, subject);
  if (subresource === undefined) scope.warnings.push(...(resource.strategy.kind.warnings?.(object, current) ?? []));
  const refusal = yield* admission.validate(attributesOf(scope, 'UPDATE', name, object, current), execution, subject);
  return refusal ?? { object, claims };
}
