/**
 * PATCH: JSON patch, merge patch and strategic merge patch, applied to the newest object until the write succeeds. A
 * patch that carries a resourceVersion is refused when it is stale. Server-side apply is not modelled: 415. Models
 * endpoints/handlers patch.go.
 */
import type { Subresource } from '../../api/kind';
import { applyJsonPatch } from '../../api/patch/json-patch';
import { applyMergePatch } from '../../api/patch/merge-patch';
import { isMap, isPatchError, type PatchError, type PlainMap } from '../../api/patch/plain';
import { applyStrategicMergePatch } from '../../api/patch/strategic';
import type { PatchType } from '../../api/request';
import type { ObjectType } from '../../api/schema/schema';
import { badRequest, failure, type FailureStatus, isFailure, unsupportedMediaType } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Task } from '../../sim/task';
import { plainError } from '../storage/etcd-errors';
import { decodeObject } from './decode';
import type { RequestScope } from './scope';
import { identityProblem, updateObject } from './update';

const acceptedPatchTypes = [
  'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json',
];

/** Custom resources have no Go struct whose tags could direct a strategic merge. */
const acceptedCustomPatchTypes = [
  'application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml',
];

/** PATCH of an object or of its status. */
export function* patch(scope: RequestScope, subresource?: Subresource): Task<KubeObject | FailureStatus> {
  const { kind } = scope.resource;
  const { patchType, body } = scope.request;
  const unsupported = patchTypeProblem(patchType);
  if (unsupported) return unsupported;
  return yield* updateObject(scope, (current) => {
    const patched = applyPatch(current, body, patchType, kind.schema);
    if (isFailure(patched)) return patched;
    const decoded = decodeObject(scope, patched as unknown as KubeObject);
    if (isFailure(decoded)) return decoded;
    const problem = identityProblem(scope, decoded);
    if (problem) return problem;
    return subresource === 'status' ? decoded : kind.defaults?.(decoded) ?? decoded;
  }, { subresource });
}

/** The patch types that this server does not read, with upstream's 415. */
export function patchTypeProblem(patchType: PatchType | undefined): FailureStatus | undefined {
  return patchType === undefined || patchType === 'apply' ? unsupportedMediaType(acceptedPatchTypes) : undefined;
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
  if (reason === 'format') return badRequest(error);
  if (reason === 'internal') return plainError(error);
  return failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
}
