/**
 * PATCH: JSON patch, merge patch, strategic merge patch and server-side apply, each applied to the newest object until
 * the write succeeds. A patch that carries a resourceVersion is refused when it is stale; what is applied under a name
 * that is free creates the object. Models endpoints/handlers patch.go. Patches are applied in the version that the path
 * names, objects are written in the version that is stored.
 */
import type { Subresource } from '../../api/kind';
import { decode } from '../../api/decode/decode';
import { invalid, required } from '../../api/field-errors';
import { goJson } from '../../api/go-text';
import { applyJsonPatch } from '../../api/patch/json-patch';
import { applyMergePatch } from '../../api/patch/merge-patch';
import { goValue, isMap, isPatchError, type PatchError, type PlainMap } from '../../api/patch/plain';
import { applyStrategicMergePatch } from '../../api/patch/strategic';
import type { PatchType } from '../../api/request';
import type { ObjectType } from '../../api/schema/schema';
import {
  badRequest, conflict, failure, type FailureStatus, invalidStatus, isFailure, tooLarge, unsupportedMediaType,
} from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Task } from '../../sim/task';
import { plainError } from '../storage/etcd-errors';
import { createObject } from './create';
import { complete, decodeDocument } from './decode';
import { fieldManagerOf } from './field-managers';
import { type RequestScope, served } from './scope';
import { identityProblem, updateObject } from './update';

const acceptedPatchTypes = [
  'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Custom resources have no Go struct whose tags could direct a strategic merge. */
const acceptedCustomPatchTypes = acceptedPatchTypes.filter((type) => !type.includes('strategic'));

/** PATCH of an object or of a part of it. */
export function* patch(scope: RequestScope, subresource?: Subresource): Task<KubeObject | FailureStatus> {
  const { kind } = scope.resource;
  const { patchType, body } = scope.request;
  const unsupported = patchTypeProblem(patchType, kind.schema);
  if (unsupported) return unsupported;
  if (patchType === 'apply') return served(scope, yield* apply(scope, subresource));
  return served(scope, yield* updateObject(scope, (current) => {
    const { resource } = scope;
    const patched = applyPatch(resource.fromStorage(current), body, patchType, kind.schema);
    if (isFailure(patched)) return patched;
    const decoded = decodeDocument(scope, patched as unknown as KubeObject, patchType === 'strategic');
    if (typeof decoded === 'string') return undecodable(patchType, body, patched, decoded);
    const problem = identityProblem(scope, decoded);
    if (problem) return problem;
    const given: KubeObject = subresource === 'status' ? decoded : kind.defaults?.(decoded) ?? decoded;
    return resource.toStorage(given);
  }, { subresource }));
}

/** The patch types that cannot be used on a resource, with upstream's 415. */
export function patchTypeProblem(
  patchType: PatchType | undefined, schema: string | ObjectType,
): FailureStatus | undefined {
  const isCustom = typeof schema !== 'string';
  if (patchType !== undefined && !(isCustom && patchType === 'strategic')) return undefined;
  return unsupportedMediaType(isCustom ? acceptedCustomPatchTypes : acceptedPatchTypes);
}

/** The patched document, or why the patch cannot be applied. */
export function applyPatch(
  document: object, body: unknown, patchType: PatchType | undefined, schema: string | ObjectType,
): PlainMap | FailureStatus {
  const before = document as PlainMap;
  let after: unknown;
  if (patchType === 'json') after = applyJsonPatch(before, body);
  else if (patchType === 'merge') after = applyMergePatch(before, body);
  else if (typeof schema === 'string') after = applyStrategicMergePatch(before, body, schema);
  else return unsupportedMediaType(acceptedCustomPatchTypes);
  if (isPatchError(after)) return patchFailure(after);
  return isMap(after) ? after : badRequest('the patched document is no object');
}

function patchFailure({ error, reason }: PatchError): FailureStatus {
  switch (reason) {
    case 'format':
      return badRequest(error);
    case 'size':
      return tooLarge(error);
    case 'internal':
      return plainError(error);
    case 'content':
      return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** 422 for a patch that makes something of the object that the object cannot be. */
function undecodable(
  patchType: PatchType | undefined, body: unknown, patched: PlainMap, why: string,
): FailureStatus {
  const shown = patchType === 'strategic' ? goValue(body) : goJson(patched);
  const status = invalidStatus({ group: '', kind: '' }, '', [invalid('patch', shown, why)]);
  const { causes = [] } = status.details ?? {};
  return { ...status, details: { causes } };
}

// --- server-side apply -----------------------------------------------------------------------------------------------

function* apply(scope: RequestScope, subresource: Subresource | undefined): Task<KubeObject | FailureStatus> {
  const { body, options } = scope.request;
  if (!options.fieldManager) {
    const error = required('fieldManager', 'is required for apply patch');
    return invalidStatus({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [error]);
  }
  if (!isMap(body)) return badRequest('error decoding YAML: the document is no object');
  const warned = scope.warnings.length;
  scope.warnings.push(...(scope.request.strictProblems ?? []));
  const ifMissing = subresource === undefined ? () => createByApply(scope, body) : undefined;
  return yield* updateObject(scope, (current) => {
    scope.warnings.length = warned + (scope.request.strictProblems?.length ?? 0);
    return applied(scope, current, body, subresource);
  }, { subresource, ifMissing, owned: true });
}

/** The object with the document applied and its owners settled, in the version that is stored. */
function applied(
  scope: RequestScope, current: KubeObject | undefined, body: PlainMap, subresource: Subresource | undefined,
): KubeObject | FailureStatus {
  const { resource, request, execution } = scope;
  const { kind } = resource;
  const { fieldManager = '', force = false } = request.options;
  const live = current && resource.fromStorage(current);
  const manager = fieldManagerOf(resource, subresource ?? '');
  const merged = manager.apply(live, body, fieldManager, force, execution.wallTime);
  if (isFailure(merged)) return merged;
  const { managedFields } = merged.metadata;
  const document = merged as unknown as PlainMap;
  const { object, problems } = kind.decode?.(document) ?? decode(document, kind.schema);
  const [wrong] = problems.filter((problem) => problem.kind !== 'unknownField');
  if (wrong) return plainError(`failed to convert new object: ${wrong.message}`);
  const decoded = complete(object as unknown as KubeObject, resource);
  const owned = managedFields === undefined ? decoded
    : { ...decoded, metadata: { ...decoded.metadata, managedFields } };
  const problem = identityProblem(scope, withNamespaceOf(scope, owned));
  if (problem) return problem;
  const given: KubeObject = subresource === 'status' ? owned : kind.defaults?.(owned) ?? owned;
  return resource.toStorage(given);
}

/** A document need not repeat the namespace of the path. */
function withNamespaceOf({ request, resource }: RequestScope, object: KubeObject): KubeObject {
  if (!resource.kind.namespaced || object.metadata.namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace: request.namespace as string } };
}

function* createByApply(scope: RequestScope, body: PlainMap): Task<KubeObject | FailureStatus> {
  const { resource, request } = scope;
  const object = applied(scope, undefined, body, undefined);
  if (isFailure(object)) return object;
  if (object.metadata.uid) {
    return conflict(resource.groupResource, request.name ?? '', 'uid mismatch: the provided object specified uid '
      + `${object.metadata.uid}, and no existing object was found`);
  }
  const refusal = scope.authorize('create');
  if (refusal) return refusal;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return yield* createObject(scope, { ...object, metadata: metadata as KubeObject['metadata'] }, true);
}
