/**
 * Subresources that stream instead of answering with an object: log, exec, attach, portforward, proxy. The HTTP layer
 * authenticates and authorizes their requests and hands them over; whoever serves them registers a handler here.
 * Models rest.Connecter.
 */
import { assert } from '../../base/assert';
import type { FailureStatus } from '../../api/status';
import type { HttpRequest, SessionMessage } from '../../protocol/http';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import type { UserInfo } from '../authentication/user';
import type { Execution } from '../execution';
import type { ServedResource } from '../storage/served-resource';
import type { ResourceInfo } from './request-info';
import type { Query } from './target';

/** How a handler answers. Each method says who asked and names the request in the trace. */
export interface SessionReply {
  /** A whole answer; `contentType` is the Content-Type header. */
  respond(status: number, contentType: string, body: string | Uint8Array,
    headers?: Readonly<Record<string, string>>): void;
  /** A whole answer of a Status, in the form that the client accepts. */
  fail(status: FailureStatus): void;
  /** Begins an answer whose body is streamed by `chunk` and ended by `end`. */
  head(status: number, contentType: string, headers?: Readonly<Record<string, string>>): void;
  chunk(data: string | Uint8Array): void;
  /** Agrees to switch protocols; afterwards `message` sends and `onMessage` hears until `end`. */
  switched(): void;
  message(message: SessionMessage): void;
  /** Calls the listener with each message of the client; those that came before are not lost. */
  onMessage(listener: (message: SessionMessage) => void): void;
  /** Calls the listener when the client has gone. */
  onClose(listener: () => void): void;
  end(): void;
}

/** A request for a streaming subresource: authenticated, authorized, and its resource is served. */
export interface SubresourceRequest {
  readonly info: ResourceInfo;
  readonly resource: ServedResource;
  readonly query: Query;
  /** The request as it came: method, target, headers, body, and whether the client wants to switch protocols. */
  readonly http: HttpRequest;
  readonly user: UserInfo;
  readonly call: IncomingCall;
  readonly host: ProcessHost;
  readonly execution: Execution;
  readonly reply: SessionReply;
}

export interface SubresourceHandler {
  /** `pods/log`, `pods/exec`, `services/proxy`, `nodes/proxy`. */
  readonly name: string;
  /** The methods that are served; others get 405. */
  readonly methods: readonly string[];
  /** Answers, now or later; must in the end `respond`, `fail` or `end`. */
  serve(request: SubresourceRequest): void;
}

/** The handlers of a server. */
export interface SubresourceHandlers {
  /** `pods/exec`; undefined when the subresource does not stream. */
  find(name: string): SubresourceHandler | undefined;
}

/** The handlers by their names; two for one name are a programmer error. */
export function subresourceHandlers(handlers: readonly SubresourceHandler[]): SubresourceHandlers {
  const byName = new Map(handlers.map((handler) => [handler.name, handler]));
  assert(byName.size === handlers.length, 'one handler for each name');
  return { find: (name) => byName.get(name) };
}

