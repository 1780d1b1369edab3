/**
 * Create: admission, the strategies, validation, and a write that succeeds only if the name is free. Models the Create
 * of apiserver's pkg/registry/generic/registry Store and of endpoints/handlers.
 */
import { keyFrom } from '../../api/object';
import {
  alreadyExists, badRequest, type FailureStatus, generateNameConflict, internalError, invalidStatus, isFailure,
} from '../../api/status';
import type { KubeObject, Service } from '../../api/types';
import type { Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import { limits } from '../options';
import { plainError } from '../storage/etcd-errors';
import type { Claim } from '../storage/store';
import { decodeBody } from './decode';
import { trackUpdate } from './field-managers';
import { attributesOf, type RequestScope } from './scope';
import { fillNewObject, newObjectErrors } from './strategy';

/** Longest base of a generated name: 63 characters less the five random ones. */
const maxGeneratedBase = 58;
/** How often a Service is given other addresses when those were taken in between. */
const allocationAttempts = 10;

export function* create(scope: RequestScope): Task<KubeObject | FailureStatus> {
  const decoded = decodeBody(scope, scope.request.body);
  if (isFailure(decoded)) return decoded;
  const { resource } = scope;
  const given: KubeObject = resource.kind.defaults?.(decoded) ?? decoded;
  const created = yield* createObject(scope, resource.toStorage(given));
  return isFailure(created) ? created : resource.fromStorage(created);
}

/**
 * Creates an object that is decoded and defaulted, in the version that is stored; also what a PUT or an apply on a
 * missing name does. `owned` says that its managedFields are settled.
 */
export function* createObject(
  scope: RequestScope, given: KubeObject, owned = false,
): Task<KubeObject | FailureStatus> {
  const { resource, request } = scope;
  const { kind } = resource.storage;
  if (given.metadata.resourceVersion) return plainError('resourceVersion should not be set on objects to be created');
  const mismatch = namespaceMismatch(scope, given);
  if (mismatch) return mismatch;
  const namespace = kind.namespaced ? request.namespace : undefined;
  const tracked = owned ? given : trackUpdate(scope, undefined, given);
  const admitted = yield* admitNew(scope, withNamespace(tracked, namespace));
  if (isFailure(admitted)) return admitted;
  return yield* store(scope, admitted, namespace);
}

/** A body that names another namespace than the path is refused; an empty one is filled in. */
export function namespaceMismatch({ resource, request }: RequestScope, given: KubeObject): FailureStatus | undefined {
  const named = given.metadata.namespace;
  if (!resource.kind.namespaced || !named || named === request.namespace) return undefined;
  return badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function withNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: given, ...rest } = object.metadata;
  if (given === namespace) return object;
  const metadata = (namespace === undefined ? rest : { ...rest, namespace }) as KubeObject['metadata'];
  return { ...object, metadata };
}

function* admitNew(scope: RequestScope, object: KubeObject): Task<KubeObject | FailureStatus> {
  const { admission, execution, subject } = scope;
  const attributes = attributesOf(scope, 'CREATE', object.metadata.name ?? '', object);
  const wait = admission.prepare(attributes, execution);
  if (wait) yield* wait;
  return (yield* admission.mutate(attributes, execution, subject)) as KubeObject | FailureStatus;
}

function* store(
  scope: RequestScope, admitted: KubeObject, namespace: string | undefined,
): Task<KubeObject | FailureStatus> {
  const { resource, execution } = scope;
  const generates = !admitted.metadata.name && Boolean(admitted.metadata.generateName);
  for (let names = 0, allocations = 0; ;) {
    const prepared = yield* prepare(scope, admitted, namespace);
    if (isFailure(prepared)) return prepared;
    const { object, claims } = prepared;
    const { name } = object.metadata;
    execution.stage('registry', true, scope.subject.name === name ? scope.subject : { ...scope.subject, name });
    const outcome = yield* execution.store.create(resource, keyFrom(namespace, name), object, claims);
    switch (outcome.kind) {
      case 'written': return outcome.object;
      case 'failed': return outcome.status;
      case 'claimed':
        allocations += 1;
        if (allocations === allocationAttempts) return internalError('failed to allocate a serviceIP: range is full');
        break;
      case 'changed':
        names += 1;
        if (!generates) return alreadyExists(resource.groupResource, name);
        if (names === limits.nameGenerationAttempts) return generateNameConflict(resource.groupResource, name);
    }
  }
}

/** The object as it would be stored, after validation and validating admission. */
function* prepare(
  scope: RequestScope, admitted: KubeObject, namespace: string | undefined,
): Task<{ readonly object: KubeObject; readonly claims: readonly Claim[] } | FailureStatus> {
  const { resource, execution, subject } = scope;
  const values = {
    name: admitted.metadata.name || generatedName(scope, admitted.metadata.generateName),
    uid: execution.random('uid').uuid(),
    creationTimestamp: execution.wallTime,
  };
  let allocated = admitted;
  let claims: readonly Claim[] = [];
  if (resource.name === 'services') {
    const allocation = yield* scope.serviceAllocator.allocate(admitted as Service & KubeObject, undefined, execution);
    if (isFailure(allocation)) return refused(scope, allocation);
    allocated = allocation.service as KubeObject;
    claims = allocation.claims;
  }
  const warn = (text: string): void => void scope.warnings.push(text);
  const context = { nowMs: execution.wallMs, user: scope.user, warn };
  const object = fillNewObject(allocated, resource.strategy, namespace, values, context);
  const errors = newObjectErrors(object, resource.strategy.kind);
  if (errors.length > 0) return refused(scope, invalidStatus(resource.groupKind, values.name, errors));
  execution.stage('validation', true, subject);
  scope.warnings.push(...(resource.strategy.kind.warnings?.(object, undefined) ?? []));
  const attributes = attributesOf(scope, 'CREATE', values.name, object);
  const refusal = yield* scope.admission.validate(attributes, execution, subject);
  return refusal ?? { object, claims };
}

function refused({ execution, subject }: RequestScope, status: FailureStatus): FailureStatus {
  execution.stage('validation', false, refusedSubject(subject, status));
  return status;
}

function generatedName({ execution }: RequestScope, base: string | undefined): string {
  return base ? base.slice(0, maxGeneratedBase) + execution.random('names').nameSuffix() : '';
}
