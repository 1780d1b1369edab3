/**
 * Status objects: the values in which the API server answers a request that did not return an object. Codes, reasons,
 * messages and details are those of apimachinery's pkg/api/errors, letter for letter, because kubectl prints them.
 * A `resource` in a text is `deployments.apps` (plural and group), a `kind` is `Deployment.apps`.
 */
import type { FieldError } from './field-errors';
import { errorText } from './field-errors';
import { aggregateText, quote } from './go-text';
import { groupResource } from './request';
import type { Status, StatusCause, StatusDetails } from './types';

/** A failed answer; narrower than Status, so that code and reason are always there. */
export interface FailureStatus extends Status {
  readonly apiVersion: 'v1';
  readonly kind: 'Status';
  readonly status: 'Failure';
  readonly code: number;
  readonly message: string;
  readonly reason?: StatusReason;
}

/** metav1.StatusReason. */
export type StatusReason =
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable';

/** A group and a resource, as in schema.GroupResource. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** A group and a kind, as in schema.GroupKind. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/** Whether a value is a Status that reports a failure. */
export function isFailure(value: unknown): value is FailureStatus {
  return typeof value === 'object' && value !== null && (value as Partial<Status>).kind === 'Status'
    && (value as Partial<Status>).status === 'Failure';
}

/** `Deployment.apps`, or `Pod` in the core group. */
export function groupKindText(kind: GroupKind): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}

/** 200 with details of the object that is gone: what DELETE answers when nothing is left to return. */
export function success(resource: GroupResource, name: string, uid: string): Status {
  const details = { ...detailsOf(resource, name), uid };
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Success', details };
}

/** 404: an object that does not exist. */
export function notFoundStatus(resource: GroupResource, name: string): FailureStatus {
  return failure(404, 'NotFound', `${named(resource, name)} not found`, detailsOf(resource, name));
}

/** 404: a path that no handler serves. */
export function pathNotFoundStatus(): FailureStatus {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409: a name that is taken. */
export function alreadyExists(resource: GroupResource, name: string): FailureStatus {
  return failure(409, 'AlreadyExists', `${named(resource, name)} already exists`, detailsOf(resource, name));
}

/** 409: generateName found no free name. */
export function generateNameConflict(resource: GroupResource, name: string): FailureStatus {
  const message = `${named(resource, name)} already exists, `
    + 'the server was not able to generate a unique name for the object';
  return failure(409, 'AlreadyExists', message, { ...detailsOf(resource, name), retryAfterSeconds: 1 });
}

/** The reason of a conflict on a stale resourceVersion: registry.OptimisticLockErrorMsg. */
export const optimisticLockMessage =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409: the object cannot be changed as asked; by default because it has changed since it was read. */
export function conflict(resource: GroupResource, name: string, why: string = optimisticLockMessage): FailureStatus {
  const message = `Operation cannot be fulfilled on ${named(resource, name)}: ${why}`;
  return failure(409, 'Conflict', message, detailsOf(resource, name));
}

/** 422: validation refused the object. Every error becomes a cause; equal texts are printed once. */
export function invalidStatus(kind: GroupKind, name: string, errors: readonly FieldError[]): FailureStatus {
  const head = `${groupKindText(kind)} ${quote(name)} is invalid`;
  const causes: StatusCause[] = errors.map((e) => ({ reason: e.type, message: e.body, field: e.field }));
  const message = errors.length === 0 ? head : `${head}: ${aggregateText(errors.map(errorText))}`;
  const details: StatusDetails = {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    ...(causes.length === 0 ? {} : { causes }),
  };
  return failure(422, 'Invalid', message, details);
}

/** 403: authorization or admission refused. An empty resource is a refusal of a path. */
export function forbiddenStatus(resource: GroupResource, name: string, why: string): FailureStatus {
  const text = groupResource(resource);
  const message = text === '' ? `forbidden: ${why}`
    : name === '' ? `${text} is forbidden: ${why}`
      : `${text} ${quote(name)} is forbidden: ${why}`;
  return failure(403, 'Forbidden', message, detailsOf(resource, name));
}

/** 401: nobody vouches for the caller. */
export function unauthorized(): FailureStatus {
  return failure(401, 'Unauthorized', 'Unauthorized');
}

/** 400: the request itself makes no sense. */
export function badRequest(message: string): FailureStatus {
  return failure(400, 'BadRequest', message);
}

/** 405 of a storage that lacks the verb: `update is not supported on resources of kind "bindings"`. */
export function methodNotSupported(resource: GroupResource, action: string): FailureStatus {
  const message = `${action} is not supported on resources of kind ${quote(groupResource(resource))}`;
  return failure(405, 'MethodNotAllowed', message, detailsOf(resource, ''));
}

/** 405 of a path that exists but not with this method. */
export function methodNotAllowed(): FailureStatus {
  return failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

/** 410: a resourceVersion or continue token too old to be served. */
export function expired(message: string): FailureStatus {
  return failure(410, 'Expired', message);
}

/** 410 of a watch whose start has been compacted: `too old resource version: 5 (100)`. */
export function tooOldResourceVersion(asked: string, oldest: string): FailureStatus {
  return expired(`too old resource version: ${asked} (${oldest})`);
}

/** 415: a body type that this endpoint does not read. */
export function unsupportedMediaType(accepted: readonly string[]): FailureStatus {
  const types = accepted.join(', ');
  const message = `the body of the request was in an unknown format - accepted media types include: ${types}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** 406: none of the answer types that the client accepts can be made. */
export function notAcceptable(offered: readonly string[]): FailureStatus {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${offered.join(', ')}`);
}

/** 413: a body over the limit. */
export function tooLarge(message: string): FailureStatus {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 429: try again later, after so many seconds. */
export function tooManyRequests(message: string, retryAfterSeconds: number): FailureStatus {
  return failure(429, 'TooManyRequests', message, { retryAfterSeconds });
}

/** 500: something broke behind the API. */
export function internalError(why: string): FailureStatus {
  return failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
}

/** 500 with a request to try again: `The list operation against pods could not be completed at this time, ...`. */
export function serverTimeout(resource: GroupResource, operation: string, retryAfterSeconds: number): FailureStatus {
  const message = `The ${operation} operation against ${groupResource(resource)} `
    + 'could not be completed at this time, please try again.';
  const details = retryAfterSeconds === 0 ? {} : { retryAfterSeconds };
  return failure(500, 'ServerTimeout', message, { ...detailsOf(resource, operation), ...details });
}

/** 504: the server gave up waiting. */
export function timeout(message: string, retryAfterSeconds: number): FailureStatus {
  const details = retryAfterSeconds === 0 ? {} : { retryAfterSeconds };
  return failure(504, 'Timeout', `Timeout: ${message}`, details);
}

/** 503: nobody there to answer. */
export function serviceUnavailable(message: string): FailureStatus {
  return failure(503, 'ServiceUnavailable', message);
}

/** Any failure; prefer the named ones. */
export function failure(code: number, reason: StatusReason, message: string, details?: StatusDetails): FailureStatus {
  const head = { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message, reason } as const;
  return details === undefined ? { ...head, code } : { ...head, details, code };
}

function named(resource: GroupResource, name: string): string {
  return `${groupResource(resource)} ${quote(name)}`;
}

function detailsOf(resource: GroupResource, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    ...(resource.resource === '' ? {} : { kind: resource.resource }),
  };
}
