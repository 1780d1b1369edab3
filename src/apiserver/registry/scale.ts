/**
 * The scale subresource: a small object that stands for the replicas of a larger one. Reading makes it from the object,
 * writing changes spec.replicas alone; who owns the replicas is told in the terms of either object. Models
 * pkg/registry/apps/deployment/storage ScaleREST and apimachinery's managedfields scalehandler.go.
 */
import { decode, decodeFailure, decodeFailureMessage } from '../../api/decode/decode';
import type { ScaleAccess } from '../../api/kind';
import { withOwners } from '../../api/managed-fields/field-manager';
import { type ManagedEntry, makeEntry, readEntries, withFields, writeEntries } from '../../api/managed-fields/entries';
import { difference, hasPath, setOfPath } from '../../api/managed-fields/field-set';
import { fieldElement } from '../../api/managed-fields/path-element';
import { isMap } from '../../api/patch/plain';
import { badRequest, type FailureStatus, invalidStatus, isFailure } from '../../api/status';
import { invalid } from '../../api/field-errors';
import type { KubeObject, ManagedFieldsEntry, Scale } from '../../api/types';
import type { Task } from '../../sim/task';
import { managerOf, scaleManager } from './field-managers';
import { applyPatch, patchTypeProblem } from './patch';
import { get } from './read';
import type { RequestScope } from './scope';
import { identityProblem, updateObject } from './update';

type ScaleObject = Scale & KubeObject;

/** GET NAME/scale. */
export function* getScale(scope: RequestScope, access: ScaleAccess): Task<KubeObject | FailureStatus> {
  const object = yield* get(scope);
  return isFailure(object) ? object : scaleOf(object, access);
}

/** PUT or PATCH NAME/scale. */
export function* writeScale(scope: RequestScope, access: ScaleAccess): Task<KubeObject | FailureStatus> {
  const { verb, patchType } = scope.request;
  const { resource } = scope;
  const unsupported = verb === 'patch' ? patchTypeProblem(patchType, resource.kind.schema) : undefined;
  if (unsupported) return unsupported;
  const written = yield* updateObject(scope, (current) => {
    const object = resource.fromStorage(current);
    const before = scaleOf(object, access);
    const after = wantedScale(scope, object, before, access);
    if (isFailure(after)) return after;
    const scaled = withScale(scope, object, after, access);
    return isFailure(scaled) ? scaled : resource.toStorage(scaled);
  }, { subresource: 'scale', owned: true });
  return isFailure(written) ? written : scaleOf(resource.fromStorage(written), access);
}

/** The scale that the request wants, with its owners. */
function wantedScale(
  scope: RequestScope, current: KubeObject, before: ScaleObject, access: ScaleAccess,
): ScaleObject | FailureStatus {
  const { request: { verb, patchType, body, options }, execution: { wallTime } } = scope;
  const owned = withOwners(before, toScale(current.metadata.managedFields, access));
  if (verb === 'patch' && patchType === 'apply') {
    if (!isMap(body)) return badRequest('error decoding YAML: the document is no object');
    const { fieldManager = '', force = false } = options;
    return scaleManager.apply(owned, body, fieldManager, force, wallTime) as ScaleObject | FailureStatus;
  }
  const after = verb === 'patch' ? applyPatch(before, body, patchType, 'Scale') : body;
  if (isFailure(after)) return after;
  const decoded = decodeScale(scope, after);
  if (isFailure(decoded)) return decoded;
  return withOwners(decoded, scaleManager.update(owned, decoded, managerOf(scope), wallTime)) as ScaleObject;
}

function decodeScale({ request, warnings }: RequestScope, given: unknown): ScaleObject | FailureStatus {
  if (!isMap(given) || !isMap(given['metadata'])) return badRequest('the object provided is no Scale');
  const { fieldValidation = 'Ignore' } = request.options;
  const { object, problems } = decode(given, 'Scale');
  const failure = decodeFailure(problems, fieldValidation);
  if (failure !== undefined) return badRequest(decodeFailureMessage('Scale', 'v1', failure));
  if (fieldValidation === 'Warn') warnings.push(...new Set(problems.map(({ message }) => message)));
  return object as unknown as ScaleObject;
}

function withScale(
  scope: RequestScope, current: KubeObject, scale: ScaleObject, access: ScaleAccess,
): KubeObject | FailureStatus {
  const problem = identityProblem(scope, scale);
  if (problem) return problem;
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    return invalidStatus({ group: 'autoscaling', kind: 'Scale' }, current.metadata.name, [error]);
  }
  const scaled: KubeObject = access.withReplicas(current, replicas);
  const { resourceVersion = '', uid = '' } = scale.metadata;
  const { apiVersion } = scope.resource;
  const owners = fromScale(current.metadata.managedFields, scale.metadata.managedFields, apiVersion, access);
  return withOwners({ ...scaled, metadata: { ...scaled.metadata, resourceVersion, uid } }, owners);
}

function scaleOf(object: KubeObject, access: ScaleAccess): ScaleObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = access.selector(object);
  const replicas = access.statusReplicas(object);
  return Object.freeze({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: Object.freeze({ name, namespace, uid, resourceVersion, creationTimestamp }),
    spec: Object.freeze({ replicas: access.specReplicas(object) }),
    status: Object.freeze({ replicas, ...(selector === '' ? {} : { selector }) }),
  });
}

// --- ownership -------------------------------------------------------------------------------------------------------

const replicasSet = setOfPath(['spec', 'replicas'].map(fieldElement));

function pathOf({ replicasPath }: ScaleAccess): readonly string[] {
  return (replicasPath ?? ['spec', 'replicas']).map(fieldElement);
}

/** The owners of the replicas, as owners of a scale. */
function toScale(
  owners: readonly ManagedFieldsEntry[] | undefined, access: ScaleAccess,
): readonly ManagedFieldsEntry[] {
  const path = pathOf(access);
  const entries = (readEntries(owners) ?? []).filter(({ fieldsV1 }) => hasPath(fieldsV1, path));
  return writeEntries(entries.map((entry) => ({ ...entry, apiVersion: 'autoscaling/v1', fieldsV1: replicasSet })));
}

/** The object's owners after a change of the scale's: who does not own the scale's replicas loses the object's. */
function fromScale(
  owners: readonly ManagedFieldsEntry[] | undefined, scaleOwners: readonly ManagedFieldsEntry[] | undefined,
  apiVersion: string, access: ScaleAccess,
): readonly ManagedFieldsEntry[] | undefined {
  const path = pathOf(access);
  const set = setOfPath(path);
  const left = [...(readEntries(scaleOwners) ?? [])];
  const entries: ManagedEntry[] = [];
  for (const entry of readEntries(owners) ?? []) {
    const at = left.findIndex((other) => isSameOwner(entry, other));
    const kept = !hasPath(entry.fieldsV1, path) ? entry
      : at < 0 ? withFields(entry, difference(entry.fieldsV1, set)) : entry;
    if (at >= 0) left.splice(at, 1);
    if (kept) entries.push(kept);
  }
  for (const { manager, operation, subresource = '' } of left) {
    // Upstream looks for the time among the object's owners and finds none.
    entries.push(makeEntry({ manager, operation, apiVersion, subresource, time: undefined, fields: set }));
  }
  return entries.length === 0 ? undefined : writeEntries(entries);
}

function isSameOwner(a: ManagedEntry, b: ManagedEntry): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}
