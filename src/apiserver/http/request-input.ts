/**
 * What a request for a resource brings besides its address: options from the query and an object, a patch or the
 * options of a delete from the body. Each verb reads them in upstream's order, so that of several mistakes the same one
 * is told. Models the beginnings of endpoints/handlers create.go, update.go, patch.go, delete.go and get.go.
 */
import { decode, decodeFailure, decodeFailureMessage, decodeWarnings } from '../../api/decode/decode';
import { groupOf } from '../../api/object';
import type { PatchType, RequestOptions, ResourceVerb } from '../../api/request';
import { badRequest, type FailureStatus, isFailure } from '../../api/status';
import { isSelectorError, parseFieldSelector } from '../../api/selectors';
import type { HttpRequest } from '../../protocol/http';
import { plainError } from '../storage/etcd-errors';
import type { ServedResource } from '../storage/served-resource';
import type { ServedResources } from '../storage/served-resources';
import { bodyFormat, type ExpectedKind, type ReadBody, readObject, sizeProblem } from './body';
import { patchTypeOf, readPatch } from './patch-body';
import {
  deleteOptions, deleteOptionsOfQuery, getOptions, listOptions, patchOptions, writeOptions,
} from './query-options';
import type { ResourceInfo } from './request-info';
import type { Query } from './target';

/** What a request brings. */
export interface Input {
  readonly options: RequestOptions;
  readonly body?: unknown;
  readonly patchType?: PatchType;
  readonly strictProblems: readonly string[];
  readonly warnings: readonly string[];
}

export interface InputSource {
  readonly http: HttpRequest;
  readonly query: Query;
  readonly info: ResourceInfo;
  readonly resource: ServedResource;
  readonly verb: ResourceVerb;
  readonly resources: ServedResources;
}

/** Reads options and body of a request. */
export function readInput(source: InputSource): Input | FailureStatus {
  const { query, verb } = source;
  switch (verb) {
    case 'get': return withOptions(getOptions(query));
    case 'list': case 'watch': return selection(source);
    case 'create': case 'update': return written(source, verb);
    case 'patch': return patched(source);
    case 'delete': return withOptions(deletion(source));
    case 'deletecollection': {
      const listed = listOptions(query, false);
      if (isFailure(listed)) return listed;
      const deleted = deletion(source);
      return isFailure(deleted) ? deleted : withOptions({ ...listed, ...deleted });
    }
  }
}

function withOptions(options: RequestOptions | FailureStatus): Input | FailureStatus {
  return isFailure(options) ? options : { options, strictProblems: [], warnings: [] };
}

/** A watch of one object by its path is a watch of the collection that selects its name. */
function selection({ query, info, verb }: InputSource): Input | FailureStatus {
  const options = listOptions(query, verb === 'watch');
  if (isFailure(options) || info.name === '') return withOptions(options);
  const { fieldSelector } = options;
  if (!fieldSelector) return withOptions({ ...options, fieldSelector: `metadata.name=${info.name}` });
  const parsed = parseFieldSelector(fieldSelector);
  const selected = isSelectorError(parsed) ? undefined
    : parsed.find(({ field, operator }) => field === 'metadata.name' && operator === '=')?.value;
  if (selected !== info.name) return badRequest('fieldSelector metadata.name doesn\'t match requested name');
  return withOptions(options);
}

// --- create and update -------------------------------------------------------------------------------------------

/** Subresources whose bodies are of another kind than the resource's: its apiVersion and its type in the schema. */
const subresourceKinds: Readonly<Record<string, Omit<ExpectedKind, 'isKnown'>>> = {
  scale: { apiVersion: 'autoscaling/v1', kind: 'Scale' },
  eviction: { apiVersion: 'policy/v1', kind: 'Eviction', olderVersions: ['policy/v1beta1'] },
  binding: { apiVersion: 'v1', kind: 'Binding' },
  token: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
};

function written(source: InputSource, verb: 'create' | 'update'): Input | FailureStatus {
  const { http, query, info, resource } = source;
  const contentType = http.headers['content-type'] ?? '';
  const format = bodyFormat(contentType);
  if (typeof format !== 'string') return format;
  const oversize = sizeProblem(http.body);
  if (oversize) return oversize;
  const options = writeOptions(query, verb === 'create' ? 'CreateOptions' : 'UpdateOptions');
  if (isFailure(options)) return options;
  const other = Object.hasOwn(subresourceKinds, info.subresource) ? subresourceKinds[info.subresource] : undefined;
  const own = { apiVersion: resource.apiVersion, kind: resource.kind.kind };
  const read = readObject({ body: http.body, contentType }, { ...(other ?? own), isKnown: knowing(source.resources) });
  if (isFailure(read)) return read;
  return other ? decoded(read, other.kind, other.apiVersion, options)
    : { options, body: read.value, strictProblems: read.strictProblems, warnings: [] };
}

/** Whether the server has a kind, or the list of one. */
function knowing(resources: ServedResources): ExpectedKind['isKnown'] {
  return (apiVersion, kind) => resources.all.some((resource) =>
    resource.apiVersion === apiVersion && (resource.kind.kind === kind || resource.kind.listKind === kind));
}

/** A body whose kind is no resource's own is decoded here, since the registry takes it as it is. */
function decoded(read: ReadBody, kind: string, apiVersion: string, options: RequestOptions): Input | FailureStatus {
  const validation = options.fieldValidation ?? 'Warn';
  const { object, problems: found } = decode(read.value, kind);
  const problems = [
    ...found, ...read.strictProblems.map((message) => ({ kind: 'unknownField', path: [], message }) as const),
  ];
  const failed = decodeFailure(problems, validation);
  const version = apiVersion.slice(groupOf(apiVersion) === '' ? 0 : groupOf(apiVersion).length + 1);
  if (failed !== undefined) return badRequest(decodeFailureMessage(kind, version, failed));
  return { options, body: object, strictProblems: [], warnings: decodeWarnings(problems, validation) };
}

// --- patch -------------------------------------------------------------------------------------------------------

function patched({ http, query, resource }: InputSource): Input | FailureStatus {
  const patchType = patchTypeOf(http.headers['content-type'] ?? '', typeof resource.kind.schema !== 'string');
  if (isFailure(patchType)) return patchType;
  const oversize = sizeProblem(http.body);
  if (oversize) return oversize;
  const options = patchOptions(query, patchType);
  if (isFailure(options)) return options;
  const read = readPatch(http.body, patchType, options);
  if (isFailure(read)) return read;
  return { options, body: read.value, patchType, strictProblems: read.strictProblems, warnings: [] };
}

// --- delete ------------------------------------------------------------------------------------------------------

/** The options of a delete: those of the body where there is one, else those of the query. */
function deletion({ http, query, resource }: InputSource): RequestOptions | FailureStatus {
  if (http.body.length === 0) return deleteOptionsOfQuery(query);
  const oversize = sizeProblem(http.body);
  if (oversize) return oversize;
  // Upstream passes on the decoder's own error here, which is no Status and becomes one of code 500.
  const read = readObject({ body: http.body, contentType: http.headers['content-type'] ?? '' }, {
    apiVersion: resource.apiVersion, kind: 'DeleteOptions', isKnown: () => false, anyVersion: true, refuse: plainError,
  });
  if (isFailure(read)) return read;
  const { object, problems } = decode(read.value, 'DeleteOptions');
  const failed = decodeFailure(problems, 'Ignore');
  return failed === undefined ? deleteOptions(object) : plainError(failed);
}
