/**
 * From a request's path and method to the resource that serves it, or to what upstream answers where nothing does: the
 * built-in groups have routes (go-restful) and answer with a Status, everything behind them with a line of text. Models
 * the routes that endpoints/installer.go registers, and the handler of custom resources.
 */
import type { Subresource } from '../../api/kind';
import type { ResourceVerb } from '../../api/request';
import {
  type FailureStatus, methodNotAllowed, methodNotSupported, notFoundStatus, pathNotFoundStatus,
} from '../../api/status';
import type { ServedResource } from '../storage/served-resource';
import type { ServedResources } from '../storage/served-resources';
import type { VirtualHandlers } from '../registry/virtual';
import type { ResourceInfo } from './request-info';
import type { SubresourceHandler, SubresourceHandlers } from './sessions';

/** Where a request goes. */
export type Route =
  | { readonly kind: 'registry'; readonly resource: ServedResource; readonly verb: ResourceVerb }
  | { readonly kind: 'session'; readonly resource: ServedResource; readonly handler: SubresourceHandler }
  | { readonly kind: 'refused'; readonly status: FailureStatus }
  | { readonly kind: 'nothing' };

interface Served {
  readonly resources: ServedResources;
  readonly virtual: VirtualHandlers;
  readonly sessions: SubresourceHandlers;
}

const subresourceVerbs: Readonly<Record<string, readonly ResourceVerb[]>> = {
  status: ['get', 'update', 'patch'],
  scale: ['get', 'update', 'patch'],
  approval: ['get', 'update', 'patch'],
  ephemeralcontainers: ['get', 'update', 'patch'],
  resize: ['get', 'update', 'patch'],
  finalize: ['update'],
};
const createOnly: readonly ResourceVerb[] = ['create'];
const collectionVerbs: readonly ResourceVerb[] = ['list', 'watch', 'create', 'deletecollection'];
const itemVerbs: readonly ResourceVerb[] = ['get', 'update', 'patch', 'delete'];

const nowhere: Route = Object.freeze({ kind: 'refused', status: pathNotFoundStatus() });
const wrongMethod: Route = Object.freeze({ kind: 'refused', status: methodNotAllowed() });
const nothing: Route = Object.freeze({ kind: 'nothing' });

/** Finds the way of a request. */
export function routeOf(served: Served, info: ResourceInfo, method: string): Route {
  const { group, version, resource: plural } = info;
  const resource = served.resources.find(group, version, plural);
  if (!resource) return hasRoutes(served.resources, group) ? nowhere : nothing;
  const custom = typeof resource.kind.schema !== 'string';
  if (info.verbInPath && info.verb !== 'watch') return nowhere;
  if (!fitsScope(resource, info)) return custom ? nothing : nowhere;
  return info.subresource === '' ? mainRoute(resource, info, method, custom)
    : subRoute(served, resource, info, method, custom);
}

/** Groups of built-in kinds have a web service of their own, the core group under /api. */
function hasRoutes(resources: ServedResources, group: string): boolean {
  return group === '' || resources.all.some(({ kind }) => kind.group === group && typeof kind.schema === 'string');
}

/** Whether the path has a namespace where the kind needs one, and none where it has none. */
function fitsScope({ kind }: ServedResource, info: ResourceInfo): boolean {
  const { namespace, named, resource, parts, verb, group } = info;
  if (parts.length > 3 && parts[2] !== 'proxy') return false;
  if (!kind.namespaced) return namespace === '' || (resource === 'namespaces' && group === '');
  if (namespace !== '') return true;
  // Over all namespaces a collection can be listed; other methods meet a route that does not know them.
  return !named && verb !== 'proxy';
}

function mainRoute(resource: ServedResource, info: ResourceInfo, method: string, custom: boolean): Route {
  const { kind } = resource;
  const { verb, named, namespace } = info;
  const refuse = (): Route => (custom
    ? { kind: 'refused', status: methodNotSupported(resource.groupResource, verb) } : wrongMethod);
  const possible = named && !info.verbInPath ? itemVerbs : collectionVerbs;
  const offered = possible.filter((each) => kind.verbs === undefined || kind.verbs.includes(each));
  if (offered.length === 0) return nowhere;
  if (method === 'HEAD' || (info.verbInPath && method !== 'GET')) return refuse();
  if (!offered.includes(verb as ResourceVerb)) return refuse();
  const acrossNamespaces = kind.namespaced && namespace === '';
  if (acrossNamespaces && (verb === 'create' || verb === 'deletecollection')) return custom ? nothing : wrongMethod;
  return { kind: 'registry', resource, verb: verb as ResourceVerb };
}

function subRoute(
  { virtual, sessions }: Served, resource: ServedResource, info: ResourceInfo, method: string, custom: boolean,
): Route {
  const { subresource, verb, name } = info;
  const handler = sessions.find(`${resource.name}/${subresource}`);
  if (handler) return handler.methods.includes(method) ? { kind: 'session', resource, handler } : wrongMethod;
  const isVirtual = virtual.find(resource, subresource) !== undefined;
  if (!isVirtual && resource.kind.subresources?.includes(subresource as Subresource) !== true) {
    return custom ? { kind: 'refused', status: notFoundStatus(resource.groupResource, name) } : nowhere;
  }
  const verbs = isVirtual ? createOnly
    : Object.hasOwn(subresourceVerbs, subresource) ? subresourceVerbs[subresource] ?? createOnly : createOnly;
  if (method === 'HEAD' || !verbs.includes(verb as ResourceVerb)) return wrongMethod;
  return { kind: 'registry', resource, verb: verb as ResourceVerb };
}
