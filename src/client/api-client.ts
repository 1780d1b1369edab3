/**
 * The API client of every component: it knows an API server's address, who it is, and nothing else of the cluster.
 * Calls are tasks; errors are values. Models client-go's rest client with its rate limit (token bucket of qps, burst).
 */
import type { KubeObject, NewObject, Status } from '../api/types';
import type {
  ApiList, ApiRequest, ApiResponse, Credential, PatchType, PathRequest, RequestOptions, ResourceType, WatchEvent,
} from '../api/request';
import { groupResource } from '../api/request';
import type { Cancel, CallResult, ProcessHost } from '../sim/process';
import { type Task, waitFor } from '../sim/task';
import type { Subject } from '../protocol/trace';
import { RateLimiter } from './rate-limiter';

/** The default of requests that do not stream (client-go's timeout in kubeadm's components is none; the server's is 60 s). */
const requestTimeoutMs = 60_000;

export interface ClientOptions {
  /** `127.0.0.1:6443`, `kind-control-plane:6443`, `10.96.0.1:443`. */
  readonly server: string;
  readonly user: Credential;
  /** `kubelet/v1.36.1`: shown in the trace and used as the default field manager (its part before the slash). */
  readonly userAgent: string;
  /** Requests per second over time; absent means no limit. */
  readonly qps?: number;
  readonly burst?: number;
}

/** An answer or a Status; a call that reached nobody is a Status with code 0 and reason `ConnectionError`. */
export type ApiResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: Status };

export interface WatchHandlers<T extends KubeObject> {
  onEvent(event: WatchEvent<T>): void;
  /** The stream has ended, with the Status when the server refused or the connection broke. */
  onEnd(status: Status | undefined): void;
}

/** Names one object, or a collection when `name` is absent. */
export interface Target {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

export class ApiClient {
  private readonly limiter: RateLimiter | undefined;

  constructor(
    readonly host: ProcessHost,
    readonly options: ClientOptions,
    limiter?: RateLimiter,
  ) {
    const { qps, burst } = options;
    this.limiter = limiter ?? (qps === undefined ? undefined : new RateLimiter(qps, burst ?? qps));
  }

  /** The same connection with another identity, as controllers use their own service accounts. */
  as(user: Credential, userAgent: string): ApiClient {
    return new ApiClient(this.host, { ...this.options, user, userAgent });
  }

  *get<T extends KubeObject>(
    type: ResourceType<T>, target: Target, options: RequestOptions = {},
  ): Task<ApiResult<T>> {
    return yield* this.send<T>(this.build(type, 'get', target, options));
  }

  *list<T extends KubeObject>(
    type: ResourceType<T>, options: RequestOptions = {}, namespace?: string,
  ): Task<ApiResult<ApiList<T>>> {
    return yield* this.send<ApiList<T>>(this.build(type, 'list', { namespace }, options));
  }

  *create<T extends KubeObject>(
    type: ResourceType<T>, object: NewObject<T>, options: RequestOptions = {}, subresource?: string,
  ): Task<ApiResult<T>> {
    const { namespace, name } = object.metadata;
    const target = subresource ? { namespace, name, subresource } : { namespace, name };
    return yield* this.send<T>(this.build(type, 'create', target, options, object));
  }

  *update<T extends KubeObject>(type: ResourceType<T>, object: T, options: RequestOptions = {}): Task<ApiResult<T>> {
    const { namespace, name } = object.metadata;
    return yield* this.send<T>(this.build(type, 'update', { namespace, name }, options, object));
  }

  *updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T): Task<ApiResult<T>> {
    const { namespace, name } = object.metadata;
    return yield* this.send<T>(this.build(type, 'update', { namespace, name, subresource: 'status' }, {}, object));
  }

  *patch<T extends KubeObject>(
    type: ResourceType<T>, target: Target, patchType: PatchType, body: unknown, options: RequestOptions = {},
  ): Task<ApiResult<T>> {
    return yield* this.send<T>({ ...this.build(type, 'patch', target, options, body), patchType });
  }

  /** The answer is the deleted object, or a Status of success when it is gone at once. */
  *delete<T extends KubeObject>(
    type: ResourceType<T>, target: Target, options: RequestOptions = {},
  ): Task<ApiResult<T | Status>> {
    return yield* this.send<T | Status>(this.build(type, 'delete', target, options));
  }

  /** POST to a subresource of an object that is of another kind: `pods/x/binding`, `serviceaccounts/x/token`. */
  *post<T>(type: ResourceType, target: Target, body: unknown, options: RequestOptions = {}): Task<ApiResult<T>> {
    return yield* this.send<T>(this.build(type, 'create', target, options, body));
  }

  /** GET of a path that is no resource; the value is the text of the answer. */
  *getPath(path: string, accept?: string): Task<ApiResult<string>> {
    const { user, userAgent } = this.options;
    const accepted = accept === undefined ? {} : { accept };
    return yield* this.send<string>({ verb: 'get', path, ...accepted, user, userAgent });
  }

  /** Sends a request made by someone else (kubectl's apply, an HTTP front end) under this client's identity. */
  *send<T>(request: ApiRequest | PathRequest): Task<ApiResult<T>> {
    const delayMs = this.limiter?.reserve(this.host.nowMs) ?? 0;
    if (delayMs > 0) yield* waitFor<void>((resume) => this.host.after(delayMs, () => resume()));
    const result = yield* waitFor<CallResult>((resume) => {
      const { server } = this.options;
      const subject = subjectOf(request);
      this.host.call(
        { to: server, channel: 'https', subject, payload: request, timeoutMs: requestTimeoutMs },
        { onResult: resume },
      );
    });
    return resultOf<T>(result);
  }

  /** Opens a watch. Events arrive until either side ends it. */
  watch<T extends KubeObject>(
    type: ResourceType<T>, options: RequestOptions, handlers: WatchHandlers<T>, namespace?: string,
  ): Cancel {
    const request = this.build(type, 'watch', { namespace }, options);
    const subject = subjectOf(request);
    return this.host.call({ to: this.options.server, channel: 'https', subject, payload: request }, {
      onEvent: (payload) => handlers.onEvent(payload as WatchEvent<T>),
      onResult: (result) => {
        const answer = resultOf<unknown>(result);
        handlers.onEnd(answer.ok ? undefined : answer.status);
      },
    });
  }

  private build(
    type: ResourceType, verb: ApiRequest['verb'], target: Target, options: RequestOptions, body?: unknown,
  ): ApiRequest {
    const { user, userAgent } = this.options;
    const { group, version, resource } = type;
    return { verb, group, version, resource, ...target, body, options, user, userAgent };
  }
}

/** What the trace says of a request. */
export function subjectOf(request: ApiRequest | PathRequest): Subject {
  if ('path' in request) return { verb: 'get', name: request.path };
  const { verb, subresource, namespace, name } = request;
  return { verb, resource: groupResource(request), subresource, namespace, name };
}

function resultOf<T>(result: CallResult): ApiResult<T> {
  if (!result.ok) return { ok: false, status: connectionError(result.failure, result.address) };
  const response = result.payload as ApiResponse;
  if (response.code < 400) return { ok: true, value: response.body as T };
  return { ok: false, status: response.body as Status };
}

/** The Go client's words for a call that reached nobody; code 0, since no server spoke. */
function connectionError(failure: string, address: string): Status {
  const detail = failure === 'refused' ? `dial tcp ${address}: connect: connection refused`
    : failure === 'unreachable' ? `dial tcp ${address}: connect: no route to host`
    : failure === 'reset' ? `read tcp ${address}: read: connection reset by peer`
    : 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  return {
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    reason: 'ConnectionError',
    code: 0,
    message: detail,
  };
}
