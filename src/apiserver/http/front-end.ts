/**
 * The HTTP front of the API server: takes raw requests through authentication, flow control, authorization and routing,
 * turns them into the requests of the registry, and its answers into bytes. Models the handler chain of
 * DefaultBuildHandlerChain and the handlers of pkg/endpoints.
 */
import { utf8Length } from '../../base/utf8';
import type { ApiRequest, ResourceVerb } from '../../api/request';
import { isSelectorError, parseFieldSelector } from '../../api/selectors';
import { badRequest, type FailureStatus, isFailure, methodNotAllowed, notFoundStatus } from '../../api/status';
import { keyFrom } from '../../api/object';
import type { ObjectMeta } from '../../api/types';
import type { EtcdClient } from '../../etcd/client';
import type { HttpRequest } from '../../protocol/http';
import type { Subject } from '../../protocol/trace';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import type { Aggregator } from '../aggregation/aggregator';
import type { RemoteApiService } from '../aggregation/location';
import { delegate } from '../aggregation/proxy';
import { authenticateHttp } from '../authentication/http';
import { identityOf, type UserInfo } from '../authentication/user';
import type { AuthorizationAttributes } from '../authorization/attributes';
import type { Execution } from '../execution';
import { carryOut, decide, type ServerParts } from '../pipeline';
import type { ServedResource } from '../storage/served-resource';
import { Answer } from './answer';
import { FlowControl } from './flow-control';
import { type Acceptance, type Form, negotiate, negotiateStream, routeRefusal } from './negotiation';
import type { PathHandler } from './path-handlers';
import { patchTypeOf } from './patch-body';
import { includeObject, timeoutProblem } from './query-options';
import { type Answered, represent, type View } from './representation';
import { pathSegmentProblems, type PathInfo, type RequestInfo, requestInfo, type ResourceInfo } from './request-info';
import { type Input, readInput } from './request-input';
import { type Route, routeOf } from './route';
import type { SubresourceHandlers } from './sessions';
import { parseTarget, type Query } from './target';
import { watchCall } from './watch-stream';

/** What the front needs of its server. */
export interface FrontEndOptions {
  readonly parts: ServerParts;
  readonly host: ProcessHost;
  readonly etcd: EtcdClient;
  readonly execution: Execution;
  /** Where dry runs are carried out. */
  readonly dryRun: Execution;
  /** Asked in order for paths that are no resources. */
  readonly paths: readonly PathHandler[];
  readonly sessions: SubresourceHandlers;
  /** Knows what other servers answer. */
  readonly aggregator: Aggregator;
  /** Calls back once requests for resources can be answered, at once if they can. */
  readonly whenReady: (run: () => void) => void;
}

/** A request on its way through the front. */
interface Exchange {
  readonly call: IncomingCall;
  readonly http: HttpRequest;
  readonly query: Query;
  readonly acceptance: Acceptance;
  readonly answer: Answer;
  readonly user: UserInfo;
}

/** net/http's limit on the head of a request, with its slack. */
const maxTargetBytes = 1024 * 1024 + 4096;
const maxAuditIdLength = 64;
const longRunningSubresources = ['attach', 'exec', 'proxy', 'log', 'portforward'];
/** Subresources of pods for which an upgrade needs the permission to create as well as to get. */
const upgradedSubresources = ['attach', 'exec', 'portforward'];

export class HttpFrontEnd {
  private readonly flowControl: FlowControl;

  constructor(private readonly options: FrontEndOptions) {
    this.flowControl = new FlowControl(options.parts.resources);
  }

  /** Answers a request; `trusted` is set when the caller is known otherwise than by what the request says. */
  serve(call: IncomingCall, http: HttpRequest, trusted?: UserInfo): void {
    const { host } = this.options;
    const target = parseTarget(http.target);
    const acceptance: Acceptance = {
      accept: http.headers['accept'] ?? '', userAgent: http.headers['user-agent'] ?? '',
      query: target?.query ?? emptyTarget.query,
    };
    let release = (): void => undefined;
    const answer = new Answer(call, acceptance, auditId(http, host), () => release());
    if (utf8Length(http.target) > maxTargetBytes) return tooLong(answer);
    if (!target) return answer.respond(400, 'text/plain; charset=utf-8', '400 Bad Request', { Connection: 'close' });
    const info = requestInfo(http.method, target.path, target.query);
    if (!info) return unreadablePath(answer, http.target);
    const user = this.authenticate(call, http, info, target.query, answer, trusted);
    if (!user) return;
    const exchange: Exchange = { call, http, query: target.query, acceptance, answer, user };
    const attributes = attributesOf(user, info, target.query);
    const flow = this.flowControl.classify(attributes);
    Object.assign(answer.headers, flow.headers);
    if (!isLongRunning(info)) {
      const timeout = timeoutProblem(target.query);
      if (timeout) return answer.fail(timeout);
      const leave = this.flowControl.enter(flow);
      if (!leave) {
        return answer.text(429, 'Too many requests, please try again later.', { 'Retry-After': '1' });
      }
      release = leave;
    }
    if (!info.isResource) this.servePath(exchange, info, attributes);
    else this.options.whenReady(() => this.serveResource(exchange, info, attributes));
  }

  /** The user behind a request; undefined when it was refused already. */
  private authenticate(
    { subject }: IncomingCall, http: HttpRequest, info: RequestInfo, query: Query, answer: Answer, trusted?: UserInfo,
  ): UserInfo | undefined {
    const { parts, execution } = this.options;
    const known = trusted ? { user: trusted } : authenticateHttp(
      parts, http, execution.objects, execution.wallMs, (user) => attributesOf(user, info, query));
    if (isFailure(known)) {
      execution.stage('authentication', false, refusedSubject(subject, known));
      answer.fail(known);
      return undefined;
    }
    execution.stage('authentication', true, subject);
    answer.user = identityOf(known.user);
    return known.user;
  }

  // --- paths -------------------------------------------------------------------------------------------------------

  private servePath(exchange: Exchange, info: PathInfo, attributes: AuthorizationAttributes): void {
    const { call, http, query, acceptance, answer } = exchange;
    const { parts, execution, paths, aggregator } = this.options;
    const refusal = decide(parts, attributes, call.subject, execution);
    if (refusal) return answer.fail(refusal);
    const elsewhere = aggregator.forPath(info.path);
    if (elsewhere) return this.delegate(exchange, elsewhere);
    for (const handler of paths) {
      const found = handler(info.path, query, acceptance.accept, http.headers);
      if (!found) continue;
      if (http.method !== 'GET' && !answersAnyMethod(info.path)) return answer.fail(methodNotAllowed());
      return answer.respond(found.status, found.contentType, found.body, found.headers);
    }
    answer.text(404, '404 page not found');
  }

  // --- resources ---------------------------------------------------------------------------------------------------

  private serveResource(exchange: Exchange, info: ResourceInfo, attributes: AuthorizationAttributes): void {
    const { call, http, acceptance, answer } = exchange;
    const { parts, execution, sessions, aggregator } = this.options;
    if (!answer.open) return;
    const verbs = needsCreate(http, info) ? [info.verb, 'create'] : [info.verb];
    for (const verb of verbs) {
      const refusal = decide(parts, { ...attributes, verb }, call.subject, execution);
      if (refusal) return answer.fail(refusal);
    }
    const elsewhere = aggregator.find(info.group, info.version);
    if (elsewhere) return this.delegate(exchange, elsewhere);
    const route = routeOf({ resources: parts.resources, virtual: parts.virtual, sessions }, info, http.method);
    if (route.kind === 'nothing') return answer.text(404, '404 page not found');
    if (route.kind === 'refused') return answer.fail(route.status);
    const segments = pathSegmentProblems(info.name);
    if (info.named && segments.length > 0) {
      return answer.fail(badRequest(`Name parameter invalid: ${JSON.stringify(info.name)}: ${segments.join(';')}`));
    }
    if (route.kind === 'session') return this.serveSession(exchange, info, route);
    const custom = typeof route.resource.kind.schema !== 'string';
    const streamable = route.verb === 'list' || route.verb === 'watch';
    const unacceptable = custom ? undefined : routeRefusal(acceptance.accept, streamable);
    if (unacceptable) return answer.fail(unacceptable);
    runTask(this.recovering(exchange, this.serveObject(exchange, info, route.resource, route.verb)));
  }

  private delegate({ http, user, answer: reply }: Exchange, service: RemoteApiService): void {
    const { host, execution } = this.options;
    delegate({ http, user, host, objects: execution.objects, reply }, service);
  }

  private serveSession(exchange: Exchange, info: ResourceInfo, route: Extract<Route, { kind: 'session' }>): void {
    const { call, http, query, answer: reply, user } = exchange;
    const { host, execution } = this.options;
    route.handler.serve({ info, resource: route.resource, query, http, user, call, host, execution, reply });
  }

  /** A handler that fails for a reason nobody foresaw costs its own request and nothing else: WithPanicRecovery. */
  private *recovering({ call, answer }: Exchange, handler: Task): Task {
    try {
      yield* handler;
    } catch (panic) {
      const message = panic instanceof Error ? panic.message : String(panic);
      this.options.execution.stage('registry', false, { ...call.subject, code: 500, message });
      if (answer.streaming) answer.end();
      else answer.text(500, 'This request caused apiserver to panic. Look in the logs for details.');
    }
  }

  private *serveObject(exchange: Exchange, info: ResourceInfo, resource: ServedResource, verb: ResourceVerb): Task {
    const { call, acceptance, answer, user } = exchange;
    const { parts, host, etcd } = this.options;
    const view = this.viewOf(exchange, resource, verb);
    if (isFailure(view)) return answer.fail(view);
    const input = this.inputOf(exchange, info, resource, verb);
    if (isFailure(input)) return answer.fail(input);
    const execution = input.options.dryRun ? this.options.dryRun : this.options.execution;
    const present = (): View => ({ ...view, nowMs: execution.wallMs });
    const streamed = verb === 'watch' ? watchCall(call, present, () => answer.head(200, 'application/json')) : call;
    const request = apiRequest(info, resource, verb, input, acceptance.userAgent);
    const response = yield* carryOut(parts, request, user, call.subject, execution, { call: streamed, host, etcd });
    if (!response) return answer.head(200, 'application/json');
    const warnings = [...input.warnings, ...(response.warnings ?? [])];
    const body = response.body as Answered;
    if (isFailure(body)) return answer.fail(body, warnings);
    const text = represent(body, present());
    if (isFailure(text)) return answer.fail(text, warnings);
    answer.encoded(response.code, view.form.media, text, warnings, shownOf(body, call.subject));
  }

  private viewOf({ acceptance, query }: Exchange, resource: ServedResource, verb: ResourceVerb): View | FailureStatus {
    const form: Form | FailureStatus = verb === 'watch' ? negotiateStream(acceptance) : negotiate(acceptance, true);
    if (isFailure(form)) return form;
    const include = form.transform === 'Table' ? includeObject(query) : 'Metadata';
    return isFailure(include) ? include : { form, resource, includeObject: include, nowMs: 0 };
  }

  private inputOf(
    { http, query }: Exchange, info: ResourceInfo, resource: ServedResource, verb: ResourceVerb,
  ): Input | FailureStatus {
    const input = readInput({ http, query, info, resource, verb, resources: this.options.parts.resources });
    if (!isFailure(input) || verb !== 'patch' || isRefusedEarly(input, http, resource)) return input;
    // A patch is looked at only once the object that it is for has been found.
    const missing = resource.cache.get(keyFrom(info.namespace, info.name)) === undefined;
    return missing ? notFoundStatus(resource.groupResource, info.name) : input;
  }
}

/** What the trace says of an answer: the name that was generated, and the revision. */
function shownOf({ metadata }: Answered, { name }: Subject): Partial<Subject> {
  const { name: made = name, resourceVersion } = (metadata ?? {}) as Partial<ObjectMeta>;
  const revision = resourceVersion ? { revision: Number(resourceVersion) } : {};
  return made === undefined ? revision : { name: made, ...revision };
}

const emptyTarget = { query: parseTarget('/')?.query as Query };

/** A patch whose type, size or options are wrong is refused before its object is looked up. */
function isRefusedEarly({ code }: FailureStatus, http: HttpRequest, { kind }: ServedResource): boolean {
  return code !== 400 || isFailure(patchTypeOf(http.headers['content-type'] ?? '', typeof kind.schema !== 'string'));
}

function auditId(http: HttpRequest, host: ProcessHost): string {
  const sent = http.headers['audit-id'] ?? '';
  return sent === '' ? host.random('audit-id').uuid() : sent.slice(0, maxAuditIdLength);
}

function tooLong(answer: Answer): void {
  const line = '431 Request Header Fields Too Large';
  answer.respond(431, 'text/plain; charset=utf-8', line, { Connection: 'close' });
}

function unreadablePath(answer: Answer, target: string): void {
  const escaped = target.replace(/[<>"'&]/g, (char) => `&#${char.charCodeAt(0)};`);
  answer.text(500, `Internal Server Error: "${escaped}": failed to create RequestInfo: unable to determine kind and `
    + `namespace from url, ${escaped}`);
}

/** Health checks are plain handlers that look at no method; routes of everything else know only GET. */
function answersAnyMethod(path: string): boolean {
  return /^\/(healthz|livez|readyz)(\/|$)/.test(path);
}

function isLongRunning(info: RequestInfo): boolean {
  if (!info.isResource) return false;
  return info.verb === 'watch' || info.verb === 'proxy' || longRunningSubresources.includes(info.subresource);
}

/** A WebSocket is opened with GET, which alone must not be enough to run commands. */
function needsCreate({ method, upgrade }: HttpRequest, { group, resource, subresource }: ResourceInfo): boolean {
  return method === 'GET' && upgrade === true && group === '' && resource === 'pods'
    && upgradedSubresources.includes(subresource);
}

/** What authorizers are asked about a request. */
function attributesOf(user: UserInfo, info: RequestInfo, query: Query): AuthorizationAttributes {
  if (!info.isResource) {
    const { verb, path } = info;
    return { user, verb, group: '', resource: '', subresource: '', namespace: '', name: '', path };
  }
  const { verb, group, resource, subresource, namespace, name } = info;
  const collection = verb === 'list' || verb === 'watch' || verb === 'deletecollection';
  const parsed = collection ? parseFieldSelector(query.get('fieldSelector') ?? '') : [];
  const fieldSelector = isSelectorError(parsed) ? [] : parsed;
  return { user, verb, group, resource, subresource, namespace, name, fieldSelector };
}

function apiRequest(
  info: ResourceInfo, { kind }: ServedResource, verb: ResourceVerb, input: Input, userAgent: string,
): ApiRequest {
  const { group, version, resource, subresource, namespace, name, named, verbInPath } = info;
  const { options, body, patchType, strictProblems } = input;
  return {
    verb, group, version, resource, options, userAgent, user: anonymous,
    ...(subresource === '' ? {} : { subresource }),
    ...(kind.namespaced && namespace !== '' ? { namespace } : {}),
    ...(named && !verbInPath ? { name } : {}),
    ...(body === undefined ? {} : { body }),
    ...(patchType === undefined ? {} : { patchType }),
    ...(strictProblems.length === 0 ? {} : { strictProblems }),
  };
}

/** The registry is told the user beside the request, which needs no credential any more. */
const anonymous: ApiRequest['user'] = Object.freeze({ kind: 'anonymous' });
