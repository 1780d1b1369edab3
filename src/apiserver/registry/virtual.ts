/**
 * Kinds and subresources that are answered and never stored: reviews of tokens and of access, the tokens of service
 * accounts. The registry decodes what was sent, asks admission, and hands it to the handler that is registered under the
 * resource's name. Models the REST storages of pkg/registry/authentication and authorization that only Create.
 */
import { assert } from '../../base/assert';
import { badRequest, type FailureStatus, isFailure, methodNotSupported } from '../../api/status';
import type { ApiList } from '../../api/request';
import type { KubeObject, Status } from '../../api/types';
import type { Task } from '../../sim/task';
import type { ServedResource } from '../storage/served-resource';
import { namespaceMismatch } from './create';
import { decodeBody } from './decode';
import { attributesOf, type RequestScope } from './scope';

/**
 * Computes the answer to what was posted. The scope has the request (name and namespace of the path, options), the user
 * and the execution; the object is decoded and defaulted, or undefined for a body that is not decoded (see `raw`).
 */
export type AnswerVirtually = (scope: RequestScope, object: KubeObject) => Task<KubeObject | Status>;

/** Computes what is there to be read: one object when the request names one, otherwise a list. */
export type ReadVirtually = (scope: RequestScope) => Task<KubeObject | ApiList | Status>;

/** One virtual kind, or one subresource that is not stored. */
export interface VirtualHandler {
  /** `tokenreviews.authentication.k8s.io`, or with a subresource `serviceaccounts/token`. */
  readonly name: string;
  /**
   * True for a subresource whose body is of another kind than the resource's: the handler gets it as it was sent, and
   * decodes and admits it itself.
   */
  readonly raw?: boolean;
  /** What a POST is answered with; without it there is nothing to post to. */
  readonly answer?: AnswerVirtually;
  /** What GET and list are answered with; without it there is nothing to read. */
  readonly read?: ReadVirtually;
}

/** The handlers of a server. */
export interface VirtualHandlers {
  find(resource: ServedResource, subresource: string | undefined): VirtualHandler | undefined;
}

/** The handlers by their names; two for one name are a programmer error. */
export function virtualHandlers(handlers: readonly VirtualHandler[]): VirtualHandlers {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]));
  assert(byName.size === handlers.length, 'one handler for each name');
  return {
    find: ({ name }, subresource) => byName.get(subresource ? `${name}/${subresource}` : name),
  };
}

/** POST of a virtual kind or to a virtual subresource, and reading where there is something to read. */
export function* answerVirtually(scope: RequestScope, handler: VirtualHandler): Task<KubeObject | ApiList | Status> {
  const { request, resource } = scope;
  const { answer: answerTo, read } = handler;
  if (read && (request.verb === 'get' || request.verb === 'list')) return yield* read(scope);
  if (request.verb !== 'create' || !answerTo) return methodNotSupported(resource.groupResource, request.verb);
  if (handler.raw) {
    if (typeof request.body !== 'object' || request.body === null) return badRequest('the request has no object');
    return yield* answerTo(scope, request.body as KubeObject);
  }
  const decoded = decodeBody(scope, request.body);
  if (isFailure(decoded)) return decoded;
  const mismatch = namespaceMismatch(scope, decoded);
  if (mismatch) return mismatch;
  const admitted = yield* admitPosted(scope, decoded);
  return isFailure(admitted) ? admitted : yield* answerTo(scope, admitted);
}

/** Admission of an object that is created but not stored. */
function* admitPosted(scope: RequestScope, decoded: KubeObject): Task<KubeObject | FailureStatus> {
  const { admission, execution, subject, resource } = scope;
  const object: KubeObject = resource.kind.defaults?.(decoded) ?? decoded;
  const attributes = attributesOf(scope, 'CREATE', scope.request.name ?? '', object);
  const admitted = (yield* admission.mutate(attributes, execution, subject)) as KubeObject | FailureStatus;
  if (isFailure(admitted)) return admitted;
  return (yield* admission.validate({ ...attributes, object: admitted }, execution, subject)) ?? admitted;
}
