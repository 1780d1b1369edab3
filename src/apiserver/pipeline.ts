/**
 * The way of a request through the API server: who is it, may it, which resource, and then to the registry's verb.
 * Every stage leaves a hop. Models the handler chain of apiserver's pkg/server/config.go and pkg/endpoints.
 */
import type { Subresource } from '../api/kind';
import type { ApiList, ApiRequest, ApiResponse } from '../api/request';
import { parseFieldSelector, isSelectorError, type FieldRequirement } from '../api/selectors';
import {
  badRequest, failure, type FailureStatus, isFailure, methodNotAllowed, methodNotSupported, pathNotFoundStatus,
  unauthorized,
} from '../api/status';
import type { KubeObject, Status } from '../api/types';
import type { EtcdClient } from '../etcd/client';
import type { Subject } from '../protocol/trace';
import type { IncomingCall, ProcessHost } from '../sim/process';
import type { Task } from '../sim/task';
import { type AdmissionChain, refusedSubject } from './admission/chain';
import type { Authenticator } from './authentication/authenticator';
import type { UserInfo } from './authentication/user';
import { type AuthorizationAttributes, forbiddenRequest } from './authorization/attributes';
import type { Authorizer } from './authorization/authorizer';
import { customRefusal } from './custom/refusals';
import type { Execution } from './execution';
import { create } from './registry/create';
import { remove } from './registry/delete';
import { removeCollection } from './registry/delete-collection';
import { patch } from './registry/patch';
import { evict } from './registry/eviction';
import { bind } from './registry/pods';
import { get, list } from './registry/read';
import { getScale, writeScale } from './registry/scale';
import type { RequestScope } from './registry/scope';
import type { ServiceAllocator } from './registry/services/allocator';
import { update } from './registry/update';
import { answerVirtually, type VirtualHandlers } from './registry/virtual';
import { watch } from './registry/watch';
import type { RequestCounts } from './request-counts';
import type { ServedResource } from './storage/served-resource';
import type { ServedResources } from './storage/served-resources';

/** The parts of a server that requests pass through. */
export interface ServerParts {
  readonly resources: ServedResources;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly admission: AdmissionChain;
  readonly serviceAllocator: ServiceAllocator;
  /** What answers for virtual kinds and for subresources that are not stored, by `resource` or `resource/subresource`. */
  readonly virtual: VirtualHandlers;
  readonly requestCounts: RequestCounts;
}

/** Where a watch streams to, and what can read the past; a preview has neither. */
export interface Connection {
  readonly call: IncomingCall;
  readonly host: ProcessHost;
  readonly etcd: EtcdClient;
}

type Body = KubeObject | ApiList | Status;

const noFields: readonly FieldRequirement[] = Object.freeze([]);

/** Carries a request out. Undefined is the answer of a watch that streams. */
export function* handle(
  parts: ServerParts, request: ApiRequest, subject: Subject, execution: Execution, connection?: Connection,
  trusted?: UserInfo,
): Task<ApiResponse | undefined> {
  const user = trusted ?? authenticate(parts, request, subject, execution);
  if (!user) return answer(unauthorized(), request, []);
  const refusal = authorize(parts, user, request, request.verb, subject, execution);
  if (refusal) return answer(refusal, request, []);
  return yield* carryOut(parts, request, user, subject, execution, connection);
}

/** Carries out a request that is authenticated and authorized. Undefined is the answer of a watch that streams. */
export function* carryOut(
  parts: ServerParts, request: ApiRequest, user: UserInfo, subject: Subject, execution: Execution,
  connection?: Connection,
): Task<ApiResponse | undefined> {
  const resource = parts.resources.find(request.group, request.version, request.resource);
  if (!resource) return answer(pathNotFoundStatus(), request, []);
  const warnings: string[] = resource.kind.deprecation === undefined ? [] : [resource.kind.deprecation];
  let created = false;
  const scope: RequestScope = {
    request, resource, user, subject, execution, warnings,
    resources: parts.resources,
    admission: parts.admission,
    serviceAllocator: parts.serviceAllocator,
    authorize: (verb) => {
      created = true;
      return authorize(parts, user, request, verb, subject, execution);
    },
  };
  const handler = parts.virtual.find(resource, request.subresource);
  const body = handler ? yield* answerVirtually(scope, handler) : yield* dispatch(scope, resource, connection);
  const response = body && answer(body, request, warnings, created);
  // Previews and the server's own requests have no connection, and nobody sees them.
  if (connection) parts.requestCounts.count(request, response?.code ?? 200);
  return response;
}

function authenticate(
  parts: ServerParts, request: ApiRequest, subject: Subject, execution: Execution,
): UserInfo | undefined {
  const user = parts.authenticator.authenticate(request.user, execution.objects, execution.wallMs);
  if (user) execution.stage('authentication', true, subject);
  else execution.stage('authentication', false, refusedSubject(subject, unauthorized()));
  return user;
}

function authorize(
  parts: ServerParts, user: UserInfo, request: ApiRequest, verb: string, subject: Subject, execution: Execution,
): FailureStatus | undefined {
  return decide(parts, authorizationAttributes(user, request, verb), subject, execution);
}

/** Asks the authorizers and records what they say; the 403 of a refusal. */
export function decide(
  parts: ServerParts, attributes: AuthorizationAttributes, subject: Subject, execution: Execution,
): FailureStatus | undefined {
  const decision = parts.authorizer.authorize(attributes);
  if (decision.allowed) {
    execution.stage('authorization', true, subject, decision.authorizer);
    return undefined;
  }
  const status = forbiddenRequest(attributes, decision.reason);
  execution.stage('authorization', false, refusedSubject(subject, status));
  return status;
}

function authorizationAttributes(user: UserInfo, request: ApiRequest, verb: string): AuthorizationAttributes {
  const { group, resource, subresource = '', namespace, name = '', options } = request;
  const parsed = options.fieldSelector ? parseFieldSelector(options.fieldSelector) : noFields;
  const fieldSelector = isSelectorError(parsed) ? noFields : parsed;
  // A collection's name is the one its field selector demands; a new object has none yet.
  const byField = fieldSelector.find(({ field, operator }) => field === 'metadata.name' && operator === '=');
  const effectiveName = verb === 'create' && subresource === '' ? '' : name || byField?.value || '';
  // A Namespace is in itself, so that a Role in it can allow its reading.
  const inItself = resource === 'namespaces' && group === '' && effectiveName !== '' && verb !== 'create';
  const where = inItself ? effectiveName : namespace ?? '';
  return { user, verb, group, resource, subresource, namespace: where, name: effectiveName, fieldSelector };
}

function* dispatch(
  scope: RequestScope, resource: ServedResource, connection: Connection | undefined,
): Task<Body | undefined> {
  const { verb, subresource, namespace, name } = scope.request;
  const { kind } = resource;
  if (kind.verbs && !kind.verbs.includes(verb)) return methodNotSupported(resource.groupResource, verb);
  const single = verb === 'get' || verb === 'update' || verb === 'patch' || verb === 'delete';
  if (single && !name) return badRequest('name must be provided');
  const needsNamespace = kind.namespaced && (single || verb === 'create' || verb === 'deletecollection');
  if (needsNamespace && !namespace) return methodNotAllowed();
  const refusal = customRefusal(resource, verb, scope.execution.objects);
  if (refusal) return refusal;
  if (subresource) return yield* dispatchSubresource(scope, subresource as Subresource);
  switch (verb) {
    case 'create': return kind.virtual ? notModelled(resource) : yield* create(scope);
    case 'get': return yield* get(scope);
    case 'list': return yield* list(scope, connection?.etcd);
    case 'update': return yield* update(scope);
    case 'patch': return yield* patch(scope);
    case 'delete': return yield* remove(scope, name ?? '');
    case 'deletecollection': return yield* removeCollection(scope, connection?.etcd);
    case 'watch':
      if (!connection) return badRequest('a preview cannot watch');
      return yield* watch(scope, connection.call, connection.host);
  }
}

function* dispatchSubresource(scope: RequestScope, subresource: Subresource): Task<Body> {
  const { resource, request } = scope;
  const { verb } = request;
  if (resource.kind.subresources?.includes(subresource) !== true) return pathNotFoundStatus();
  switch (subresource) {
    case 'status':
      if (verb === 'get') return yield* get(scope);
      if (verb === 'update') return yield* update(scope, 'status');
      if (verb === 'patch') return yield* patch(scope, 'status');
      return methodNotAllowed();
    case 'approval':
      if (verb === 'get') return yield* get(scope);
      if (verb === 'update') return yield* update(scope, 'approval');
      return verb === 'patch' ? yield* patch(scope, 'approval') : methodNotAllowed();
    case 'ephemeralcontainers': case 'resize':
      if (verb === 'get') return yield* get(scope);
      if (verb === 'update') return yield* update(scope, subresource);
      return verb === 'patch' ? yield* patch(scope, subresource) : methodNotAllowed();
    case 'finalize':
      return verb === 'update' ? yield* update(scope, 'finalize') : methodNotAllowed();
    case 'scale': {
      const access = resource.kind.scale;
      if (!access) return pathNotFoundStatus();
      if (verb === 'get') return yield* getScale(scope, access);
      return verb === 'update' || verb === 'patch' ? yield* writeScale(scope, access) : methodNotAllowed();
    }
    case 'binding':
      return verb === 'create' ? yield* bind(scope) : methodNotAllowed();
    case 'eviction':
      return verb === 'create' ? yield* evict(scope) : methodNotAllowed();
    default:
      return notModelled(resource, subresource);
  }
}

/** What a real server does here and this one does not yet; 501 is a code that Kubernetes itself never sends. */
function notModelled(resource: ServedResource, subresource?: string): FailureStatus {
  const message = `${resource.name}${subresource === undefined ? '' : `/${subresource}`} is not modelled`;
  return failure(501, 'MethodNotAllowed', message, { kind: resource.kind.plural });
}

function answer(
  body: Body, { verb, subresource }: ApiRequest, warnings: readonly string[], created = false,
): ApiResponse {
  const code = isFailure(body) ? body.code : verb === 'create' || (created && !subresource) ? 201 : 200;
  return warnings.length === 0 ? { code, body } : { code, body, warnings };
}
