/**
 * The scale subresource: a small object that stands for the replicas of a larger one. Reading makes it from the object,
 * writing changes spec.replicas alone. Models pkg/registry/apps/deployment/storage ScaleREST.
 */
import type { ScaleAccess } from '../../api/kind';
import { badRequest, type FailureStatus, invalidStatus, isFailure } from '../../api/status';
import { invalid } from '../../api/field-errors';
import type { KubeObject, Scale } from '../../api/types';
import type { Task } from '../../sim/task';
import { applyPatch, patchTypeProblem } from './patch';
import { get } from './read';
import type { RequestScope } from './scope';
import { identityProblem, updateObject } from './update';

/** GET NAME/scale. */
export function* getScale(scope: RequestScope, access: ScaleAccess): Task<KubeObject | FailureStatus> {
  const object = yield* get(scope);
  return isFailure(object) ? object : scaleOf(object, access);
}

/** PUT or PATCH NAME/scale. */
export function* writeScale(scope: RequestScope, access: ScaleAccess): Task<KubeObject | FailureStatus> {
  const { verb, patchType, body } = scope.request;
  const unsupported = verb === 'patch' ? patchTypeProblem(patchType) : undefined;
  if (unsupported) return unsupported;
  const written = yield* updateObject(scope, (current) => {
    const before = scaleOf(current, access);
    const after = verb === 'patch' ? applyPatch(before, body, patchType, 'Scale') : body;
    if (isFailure(after)) return after;
    return withScale(scope, current, after as Scale, access);
  }, { subresource: 'scale' });
  return isFailure(written) ? written : scaleOf(written, access);
}

function withScale(
  scope: RequestScope, current: KubeObject, scale: Scale, access: ScaleAccess,
): KubeObject | FailureStatus {
  if (typeof scale?.metadata !== 'object') return badRequest('the object provided is no Scale');
  const problem = identityProblem(scope, scale);
  if (problem) return problem;
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas < 0) {
    const error = invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    return invalidStatus({ group: 'autoscaling', kind: 'Scale' }, current.metadata.name, [error]);
  }
  const scaled = access.withReplicas(current, replicas);
  const { resourceVersion, uid } = scale.metadata;
  const metadata = { ...scaled.metadata, resourceVersion: resourceVersion ?? '', uid: uid ?? '' };
  return { ...scaled, metadata };
}

function scaleOf(object: KubeObject, access: ScaleAccess): Scale & KubeObject {
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
