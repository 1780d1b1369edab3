/**
 * From the body of a request to an object of the kind that the path names. Clients of this code base send typed objects
 * and no fieldValidation: TypeScript has checked what a decoder would. Everyone else's bodies (kubectl, an HTTP front
 * end, which sets Warn where the query has nothing) are decoded against the schema. Models create.go of
 * endpoints/handlers.
 */
import {
  decode, decodeFailure, decodeFailureMessage, type DecodeProblem, decodeWarnings,
} from '../../api/decode/decode';
import { badRequest, type FailureStatus } from '../../api/status';
import type { KubeObject, OwnerReference } from '../../api/types';
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
  const { kind } = scope.resource;
  const decoded = decodeDocument(scope, given);
  if (typeof decoded !== 'string') return decoded;
  return badRequest(decodeFailureMessage(kind.kind, kind.version, decoded));
}

/**
 * As `decodeObject`, with the bare reason why the document cannot be decoded. What a strategic merge patch has made is
 * `converted` upstream and never was a text.
 */
export function decodeDocument(scope: RequestScope, given: KubeObject, converted = false): KubeObject | string {
  const { fieldValidation } = scope.request.options;
  const { resource } = scope;
  const { kind } = resource;
  if (fieldValidation === undefined && kind.decode === undefined) return complete(given, resource);
  const document = given as unknown as Readonly<Record<string, unknown>>;
  const { object, problems: found } = kind.decode?.(document) ?? decode(document, kind.schema);
  const problems = [...found, ...(scope.request.strictProblems ?? []).map(strictProblem)];
  if (problems.length > 0) {
    const validation = fieldValidation ?? 'Ignore';
    const failure = decodeFailure(problems, validation, converted);
    if (failure !== undefined) return failure;
    scope.warnings.push(...decodeWarnings(problems, validation));
  }
  return withReset(withSingleOwners(complete(object as unknown as KubeObject, resource), scope.warnings), given);
}

function identityOf({ apiVersion, kind, name, uid, controller, blockOwnerDeletion }: OwnerReference): string {
  return JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion]);
}

/** Drops owner references that are there twice, and warns: dedupOwnerReferencesAndAddWarning. */
function withSingleOwners(object: KubeObject, warnings: string[]): KubeObject {
  const owners = object.metadata.ownerReferences ?? [];
  const seen = new Set<string>();
  const isRepeated = owners.map((owner) => seen.size === seen.add(identityOf(owner)).size);
  if (!isRepeated.includes(true)) return object;
  warnings.push(
    '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and ' +
      'may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ' +
      owners
        .filter((_, at) => isRepeated[at])
        .map(({ uid }) => uid)
        .join(', '),
  );
  const single = owners.filter((_, at) => !isRepeated[at]);
  return { ...object, metadata: { ...object.metadata, ownerReferences: single } };
}

/** An empty list of owners asks to forget them all; decoding has dropped it as it drops every empty list. */
function withReset(decoded: KubeObject, { metadata }: KubeObject): KubeObject {
  const owners: unknown = metadata?.managedFields;
  if (!Array.isArray(owners) || owners.length > 0) return decoded;
  return { ...decoded, metadata: { ...decoded.metadata, managedFields: [] } };
}

/** What only a strict reader minds counts like an unknown field. */
function strictProblem(message: string): DecodeProblem {
  return { kind: 'unknownField', path: [], message };
}

/** What Go's structs have even where a document has nothing: the type, metadata, and a spec. */
/** An object with what every object of its kind has, be it empty. */
export function complete(given: KubeObject, { apiVersion, kind, hasSpec }: ServedResource): KubeObject {
  const { metadata, spec } = given as KubeObject & { readonly spec?: unknown };
  if (given.apiVersion && given.kind && metadata && (spec || !hasSpec)) return given;
  const filled = hasSpec ? { spec: spec ?? {} } : {};
  return { ...given, apiVersion, kind: kind.kind, metadata: metadata ?? {}, ...filled };
}
