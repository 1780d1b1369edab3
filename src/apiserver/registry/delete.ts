/**
 * Delete: gracefully where the kind asks for time, after the finalizers where there are any, at once otherwise. Models
 * Delete of the generic Store, rest.BeforeDelete, and the Delete of namespaces and services.
 */
import { equal } from '../../base/freeze';
import { keyFrom } from '../../api/object';
import type { RequestOptions } from '../../api/request';
import { conflict, type FailureStatus, forbiddenStatus, isFailure, notFoundStatus, success } from '../../api/status';
import { formatTime, timeMs } from '../../api/time';
import type { KubeObject, Namespace, ObjectMeta, Service, Status } from '../../api/types';
import type { Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import type { ServedResource } from '../storage/served-resource';
import type { Claim } from '../storage/store';
import { foregroundFinalizer, orphanFinalizer } from './object-meta';
import { attributesOf, type RequestScope, served } from './scope';

/** Resources whose DELETE answers with the object that is gone instead of a Status (ReturnDeletedObject). */
const returnsDeleted = new Set([
  'pods', 'namespaces', 'persistentvolumes', 'persistentvolumeclaims', 'podtemplates', 'resourcequotas',
  'serviceaccounts', 'storageclasses.storage.k8s.io', 'volumeattachments.storage.k8s.io', 'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
]);

/** Resources whose objects never own anything, so that finalizers of garbage collection are not set. */
const withoutDependents = new Set(['events', 'events.events.k8s.io']);

const maxRounds = 100;

export function* remove(
  scope: RequestScope, name: string, namespace: string | undefined = scope.request.namespace,
): Task<KubeObject | Status> {
  const { resource, execution } = scope;
  const undeletable = resource.kind.undeletable?.(name);
  if (undeletable !== undefined) return forbiddenStatus(resource.groupResource, name, undeletable);
  const orphanWarning = resource.kind.orphansDependents?.warning;
  const isUnasked = !scope.request.options.propagationPolicy;
  if (orphanWarning && isUnasked && !scope.warnings.includes(orphanWarning)) scope.warnings.push(orphanWarning);
  const key = keyFrom(namespace, name);
  let current = yield* execution.store.current(resource, key);
  for (let round = 0; round < maxRounds; round += 1) {
    if (current === undefined) return notFoundStatus(resource.groupResource, name);
    if (isFailure(current)) return current;
    const answer = yield* removeOnce(scope, key, current);
    if (!('again' in answer)) return served(scope, answer);
    current = answer.again;
  }
  return conflict(resource.groupResource, name);
}

/** Admission of a deletion sees what is to be deleted: AdmissionToValidateObjectDeleteFunc. */
function* admitDelete(scope: RequestScope, current: KubeObject): Task<FailureStatus | undefined> {
  const { admission, execution, subject } = scope;
  const attributes = attributesOf(scope, 'DELETE', current.metadata.name, undefined, current);
  const refused = yield* admission.mutate(attributes, execution, subject);
  return isFailure(refused) ? refused : yield* admission.validate(attributes, execution, subject);
}

/** What the object becomes by this deletion, and whether it goes at once. */
interface Deletion {
  readonly object: KubeObject;
  readonly immediately: boolean;
}

function* removeOnce(
  scope: RequestScope, key: string, current: KubeObject,
): Task<KubeObject | Status | { readonly again: KubeObject | undefined }> {
  const { resource, execution, request } = scope;
  const refusal = preconditionProblem(resource, current, request.options);
  if (refusal) {
    execution.stage('registry', false, refusedSubject(scope.subject, refusal));
    return refusal;
  }
  const { storage } = resource;
  const prepared = beforeDeletion(storage, current, execution.wallMs);
  const deletion = planDeletion(storage, prepared, request.options, execution.wallMs);
  if (deletion === undefined) return current;
  const refused = yield* admitDelete(scope, current);
  if (refused) return refused;
  execution.stage('registry', true, scope.subject);
  let marked = current;
  if (!equal(deletion.object, current)) {
    const outcome = yield* execution.store.replace(resource, key, current, deletion.object, []);
    if (outcome.kind === 'failed') return outcome.status;
    if (outcome.kind !== 'written') return { again: outcome.kind === 'changed' ? outcome.current : current };
    marked = outcome.object;
  }
  if (!deletion.immediately) return marked;
  const removed = yield* removeFinally(scope, marked, marked);
  if (removed === 'changed') return { again: yield* readAgain(scope, key) };
  if (isFailure(removed)) return removed;
  return returnsDeleted.has(resource.name) ? removed
    : success(resource.groupResource, current.metadata.name, current.metadata.uid);
}

function* readAgain({ execution, resource }: RequestScope, key: string): Task<KubeObject | undefined> {
  const found = yield* execution.store.current(resource, key);
  return isFailure(found) ? undefined : found;
}

function preconditionProblem(
  { kind }: ServedResource, { metadata }: KubeObject, { preconditions }: RequestOptions,
): FailureStatus | undefined {
  const { uid, resourceVersion } = preconditions ?? {};
  const byKind = { group: kind.group, resource: kind.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    return conflict(byKind, metadata.name, `the UID in the precondition (${uid}) does not match the UID in record `
      + `(${metadata.uid}). The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return conflict(byKind, metadata.name, `the ResourceVersion in the precondition (${resourceVersion}) does not `
      + `match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`);
  }
  return undefined;
}

/** What the kind adds to an object when its deletion is asked for the first time. */
function beforeDeletion({ kind }: ServedResource, object: KubeObject, nowMs: number): KubeObject {
  if (kind.prepareForDelete === undefined || object.metadata.deletionTimestamp !== undefined) return object;
  return kind.prepareForDelete(object, { nowMs }) as KubeObject;
}

/** Undefined when the object is on its way out already and nothing is to be changed. */
function planDeletion(
  resource: ServedResource, object: KubeObject, options: RequestOptions, nowMs: number,
): Deletion | undefined {
  if (resource.name === 'namespaces') return planNamespaceDeletion(object as Namespace & KubeObject, options, nowMs);
  const graceful = planGrace(resource, object, options, nowMs);
  if (graceful === 'pending') return undefined;
  const finalizers = finalizersFor(resource, object.metadata, options);
  let metadata = graceful ?? object.metadata;
  if (!sameFinalizers(finalizers, metadata.finalizers)) metadata = withFinalizers(metadata, finalizers);
  const pending = finalizers.length > 0;
  if (!graceful && pending) metadata = markDeleting(metadata, nowMs);
  const immediately = !pending && (metadata.deletionGracePeriodSeconds ?? 0) === 0;
  // What neither waits nor has finalizers is removed without being marked first.
  if (!graceful && !pending) return { object, immediately: true };
  return { object: metadata === object.metadata ? object : { ...object, metadata }, immediately };
}

/** Metadata of an object that is given time, `pending` when it has been given enough, undefined when it needs none. */
function planGrace(
  { kind }: ServedResource, object: KubeObject, options: RequestOptions, nowMs: number,
): ObjectMeta | 'pending' | undefined {
  if (!kind.graceful) return undefined;
  const { metadata } = object;
  const asked = options.gracePeriodSeconds;
  const requested = asked === undefined ? undefined : asked < 0 ? 1 : boundedSeconds(asked);
  if (metadata.deletionTimestamp !== undefined) {
    const granted = metadata.deletionGracePeriodSeconds ?? 0;
    if (granted === 0) return undefined;
    if (requested === undefined || requested >= granted) return 'pending';
    const startMs = timeMs(metadata.deletionTimestamp) - granted * 1000;
    return withDeletion(metadata, startMs + requested * 1000, requested, 0);
  }
  const seconds = boundedSeconds(kind.graceful.gracePeriodSeconds(object, requested) as number | bigint);
  return withDeletion(metadata, nowMs + seconds * 1000, seconds, 1);
}

/** The longest time.Duration of Go, in seconds; what an object asks for beyond it, perhaps as a bigint, is cut. */
const maxDurationSeconds = 9_223_372_036;

function boundedSeconds(seconds: number | bigint): number {
  return Math.min(Number(seconds), maxDurationSeconds);
}

function withDeletion(metadata: ObjectMeta, atMs: number, seconds: number, generations: number): ObjectMeta {
  const generation = metadata.generation ? { generation: metadata.generation + generations } : {};
  return { ...metadata, ...generation, deletionTimestamp: formatTime(atMs), deletionGracePeriodSeconds: seconds };
}

/** Marks an object that only waits for its finalizers: markAsDeleting. */
function markDeleting(metadata: ObjectMeta, nowMs: number): ObjectMeta {
  const { deletionTimestamp } = metadata;
  const first = deletionTimestamp === undefined;
  const atMs = first ? nowMs : Math.min(nowMs, timeMs(deletionTimestamp));
  return withDeletion(metadata, atMs, 0, first ? 1 : 0);
}

/** The finalizers after the request's propagation policy: deletionFinalizersForGarbageCollection. */
function finalizersFor(
  resource: ServedResource, metadata: ObjectMeta, { propagationPolicy }: RequestOptions,
): readonly string[] {
  const present = metadata.finalizers ?? [];
  if (withoutDependents.has(resource.name)) return present;
  const earlier = present.includes(orphanFinalizer) ? 'Orphan'
    : present.includes(foregroundFinalizer) ? 'Foreground'
      : resource.kind.orphansDependents ? 'Orphan' : 'Background';
  const policy = propagationPolicy ?? earlier;
  const others = present.filter((finalizer) => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer);
  if (policy === 'Orphan') return [...others, orphanFinalizer];
  return policy === 'Foreground' ? [...others, foregroundFinalizer] : others;
}

function sameFinalizers(a: readonly string[], b: readonly string[] | undefined): boolean {
  return equal(a.slice().sort(), (b ?? []).slice().sort());
}

function withFinalizers(metadata: ObjectMeta, finalizers: readonly string[]): ObjectMeta {
  const { finalizers: _, ...rest } = metadata;
  return finalizers.length === 0 ? rest : { ...rest, finalizers };
}

/** The first request starts the termination; the namespace goes when a controller has taken its finalizers away. */
function planNamespaceDeletion(
  namespace: Namespace & KubeObject, options: RequestOptions, nowMs: number,
): Deletion | undefined {
  const { metadata, spec } = namespace;
  const emptied = (spec?.finalizers ?? []).length === 0;
  if (metadata.deletionTimestamp !== undefined) {
    return emptied && (metadata.finalizers ?? []).length === 0 ? { object: namespace, immediately: true } : undefined;
  }
  const policy = options.propagationPolicy;
  const kept = policy === 'Background' || policy === 'Foreground'
    ? (metadata.finalizers ?? []).filter((finalizer) => finalizer !== orphanFinalizer) : metadata.finalizers ?? [];
  const marked: ObjectMeta = { ...withFinalizers(metadata, kept), deletionTimestamp: formatTime(nowMs) };
  const status = { ...namespace.status, phase: 'Terminating' };
  const object = { ...namespace, metadata: marked, status } as KubeObject;
  return { object, immediately: emptied && kept.length === 0 };
}

/** Whether an update has left nothing that a deletion waits for: ShouldDeleteDuringUpdate. */
export function deletionIsComplete(resource: ServedResource, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if ((deletionGracePeriodSeconds ?? 0) > 0) return false;
  return resource.name !== 'namespaces' || ((object as Namespace).spec?.finalizers ?? []).length === 0;
}

/** Takes the object out of storage, as it was read; the answer shows its last state. */
export function* removeFinally(
  scope: RequestScope, current: KubeObject, last: KubeObject,
): Task<KubeObject | FailureStatus | 'changed'> {
  const { resource, execution } = scope;
  let claims: readonly Claim[] = [];
  if (resource.name === 'services') {
    const released = yield* scope.serviceAllocator.release(current as Service & KubeObject, execution);
    if (isFailure(released)) return released;
    claims = released;
  }
  const key = keyFrom(current.metadata.namespace, current.metadata.name);
  const outcome = yield* execution.store.remove(resource, key, current, claims);
  if (outcome.kind === 'failed') return outcome.status;
  if (outcome.kind !== 'written') return 'changed';
  const metadata = { ...last.metadata, resourceVersion: outcome.object.metadata.resourceVersion };
  return Object.freeze({ ...last, metadata: Object.freeze(metadata) });
}
