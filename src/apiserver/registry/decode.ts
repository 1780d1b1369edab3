/**
 * From the body of a request to an object of the kind that the path names. Clients of this code base send typed objects
 * and no fieldValidation: TypeScript has checked what a decoder would. Everyone else's bodies (kubectl, an HTTP front
 * end, which sets Warn where the query has nothing) are decoded against the schema. Models create.go of
 * endpoints/handlers.
 */
import { decode, decodeFailure, decodeFailureMessage, decodeWarnings } from '../../api/decode/decode';
import { badRequest, type FailureStatus } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { ServedResource } from '../storage/served-resource';
import type { RequestScope } from './scope';

/** A body that is at least an object; metadata is never missing afterwards. */
export function decodeBody(scope: RequestScope, body: unknown): KubeObject | FailureStatus {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return badRequest('the object provided is unrecognized (must be of type '
      + `${scope.resource.kind.kind}): couldn't get version/kind; json parse error`);
  }
  const { kind, apiVersion } = scope.resource;
  const given = body as KubeObject;
  if ((given.apiVersion ?? apiVersion) !== apiVersion) {
    return badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version `
      + `(${apiVersion})`);
  }
  if ((given.kind ?? kind.kind) !== kind.kind) {
    const version = `"${apiVersion}"`;
    return badRequest(`${given.kind} in version ${version} cannot be handled as a ${kind.kind}: `
      + `no kind "${given.kind}" is registered for version ${version}`);
  }
  return decodeObject(scope, given);
}

/** Checks an object against the schema where the client asks for it: its own object, or what its patch has made. */
export function decodeObject(scope: RequestScope, given: KubeObject): KubeObject | FailureStatus {
  const { fieldValidation } = scope.request.options;
  const { resource } = scope;
  if (fieldValidation === undefined) return complete(given, resource);
  const { kind } = resource;
  const { object, problems } = decode(given, kind.schema);
  if (problems.length > 0) {
    const failure = decodeFailure(problems, fieldValidation);
    if (failure !== undefined) return badRequest(decodeFailureMessage(kind.kind, kind.version, failure));
    scope.warnings.push(...decodeWarnings(problems, fieldValidation));
  }
  return complete(object as unknown as KubeObject, resource);
}

/** What Go's structs have even where a document has nothing: the type, metadata, and a spec. */
function complete(given: KubeObject, { apiVersion, kind, hasSpec }: ServedResource): KubeObject {
  const { metadata, spec } = given as KubeObject & { readonly spec?: unknown };
  if (given.apiVersion && given.kind && metadata && (spec || !hasSpec)) return given;
  const filled = hasSpec ? { spec: spec ?? {} } : {};
  return { ...given, apiVersion, kind: kind.kind, metadata: metadata ?? {}, ...filled };
}
