/**
 * What a request is about, read off its method and path: a resource with verb, namespace and name, or a plain path.
 * Models endpoints/request RequestInfoFactory.
 */
import { isSelectorError, parseFieldSelector } from '../../api/selectors';
import type { HttpRequest } from '../../protocol/http';
import type { Subject } from '../../protocol/trace';
import { parseTarget, type Query } from './target';

/** A request for a resource, or for something below one. */
export interface ResourceInfo {
  readonly isResource: true;
  /** As authorizers see it: `get`, `list`, `watch`, `create`, ...; `proxy`; empty for a method that has no verb. */
  readonly verb: string;
  readonly path: string;
  readonly group: string;
  readonly version: string;
  /** Empty for cluster-scoped resources and requests over all namespaces. */
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** The name stood in the path; a field selector names an object without that. */
  readonly named: boolean;
  /** The verb stood in the path (`/api/v1/watch/pods`). */
  readonly verbInPath: boolean;
  /** The path from the resource on: `pods`, `web-0`, `proxy`, `index.html`. */
  readonly parts: readonly string[];
}

/** A request for a path that is no resource; its verb is the method in lower case. */
export interface PathInfo {
  readonly isResource: false;
  readonly verb: string;
  readonly path: string;
}

export type RequestInfo = ResourceInfo | PathInfo;

const methodVerbs: Readonly<Record<string, string>> = {
  POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete',
};

const specialVerbs = ['proxy', 'watch'];
const namespaceSubresources = ['status', 'finalize'];

/** Reads method, path and query; undefined for a special verb with nothing behind it (upstream answers with 500). */
export function requestInfo(method: string, path: string, query: Query): RequestInfo | undefined {
  const parts = splitPath(path);
  const nothing: PathInfo = { isResource: false, verb: method.toLowerCase(), path };
  const [prefix] = parts;
  if (prefix === 'api' && parts.length >= 3) return resourceInfo(method, path, query, '', parts.slice(1));
  if (prefix === 'apis' && parts.length >= 4) return resourceInfo(method, path, query, parts[1] ?? '', parts.slice(2));
  return nothing;
}

/** The parts of a path without the slashes at its ends. */
function splitPath(path: string): readonly string[] {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? [] : trimmed.split('/');
}

function resourceInfo(
  method: string, path: string, query: Query, group: string, [version = '', ...rest]: readonly string[],
): ResourceInfo | undefined {
  const verbInPath = specialVerbs.includes(rest[0] ?? '');
  if (verbInPath && rest.length < 2) return undefined;
  const verb = verbInPath ? rest[0] ?? '' : Object.hasOwn(methodVerbs, method) ? methodVerbs[method] ?? '' : '';
  const all = verbInPath ? rest.slice(1) : rest;
  const inNamespace = all[0] === 'namespaces' && all.length > 1;
  const namespace = inNamespace ? all[1] ?? '' : '';
  // What follows a namespace's name is a resource in it, unless it is a subresource of the namespace itself.
  const parts = inNamespace && all.length > 2 && !namespaceSubresources.includes(all[2] ?? '') ? all.slice(2) : all;
  const [resource = '', name = ''] = parts;
  const subresource = verb === 'proxy' ? '' : parts[2] ?? '';
  const common = {
    isResource: true, path, group, version, namespace, resource, subresource, verbInPath, parts,
  } as const;
  if (name === '' && verb === 'get') {
    return { ...common, verb: query.flag('watch') ? 'watch' : 'list', name: selectedName(query), named: false };
  }
  return { ...common, verb: name === '' && verb === 'delete' ? 'deletecollection' : verb, name, named: name !== '' };
}

/** The one name that the field selector of a list or watch demands, if it could stand in a path. */
function selectedName(query: Query): string {
  const selector = query.get('fieldSelector');
  if (!selector) return '';
  const parsed = parseFieldSelector(selector);
  if (isSelectorError(parsed)) return '';
  const name = parsed.find(({ field, operator }) => field === 'metadata.name' && operator === '=')?.value ?? '';
  return pathSegmentProblems(name).length === 0 ? name : '';
}

/** Why a text cannot be a segment of a path: path.IsValidPathSegmentName. */
export function pathSegmentProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`);
}

/** What the trace calls the request. */
export function requestSubject({ method, target }: Pick<HttpRequest, 'method' | 'target'>): Subject {
  const parsed = parseTarget(target);
  const info = parsed && requestInfo(method, parsed.path, parsed.query);
  if (!info?.isResource) return { verb: method.toLowerCase(), name: parsed?.path ?? target.split('?', 1)[0] ?? '' };
  const { verb, group, resource, subresource, namespace, name } = info;
  return {
    verb: verb === '' ? method.toLowerCase() : verb,
    resource: group === '' ? resource : `${resource}.${group}`,
    ...(subresource === '' ? {} : { subresource }),
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  };
}
