/**
 * HTTP as it crosses the engine's edge: a request that came in over a socket, and what goes back over it. Bytes stay
 * bytes; TLS, framing of sockets and compression are the edge's business, everything else is the API server's. Plain
 * data.
 */

/** Who the caller is, where the edge has verified it by a client certificate: user.Info without the group of all. */
export interface VerifiedIdentity {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A request as it was sent, with its whole body. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as they stood in the request line: `/api/v1/pods?limit=500`. */
  readonly target: string;
  /** Names in lower case; values of a repeated header joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly identity?: VerifiedIdentity;
  /** Set when the identity's certificate is not valid by the clock of the host: when it is. */
  readonly identityPeriod?: { readonly fromMs: number; readonly untilMs: number };
  /** The client asks to switch protocols, for exec, attach, port-forward or a proxied WebSocket. */
  readonly upgrade?: boolean;
}

/** A whole answer. */
export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Who asked, for audit; undefined when nobody could be authenticated. Not sent to the client. */
  readonly user?: VerifiedIdentity;
}

/** The beginning of an answer whose body is streamed: a watch, a log that is followed. */
export interface HttpHead {
  readonly kind: 'head';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly user?: VerifiedIdentity;
}

/** The server agrees to switch protocols; messages of the session follow in both directions. */
export interface HttpSwitched {
  readonly kind: 'switched';
  readonly user?: VerifiedIdentity;
}

/**
 * One message of a session. In exec and attach the streams are the channels of remotecommand: 0 standard input,
 * 1 output, 2 errors, 3 the closing Status as JSON, 4 the terminal's size as JSON. In a port-forward each connection is
 * a stream with a number that the client chooses; `open` names the port, and a `close` with an error says why it broke.
 */
export type SessionMessage =
  | { readonly kind: 'open'; readonly stream: number; readonly port: number }
  | { readonly kind: 'data'; readonly stream: number; readonly data: Uint8Array }
  | { readonly kind: 'close'; readonly stream: number; readonly error?: string };

/** What the API server sends back: one `response`; or a `head`, chunks and the `end`; or `switched`, messages, the `end`. */
export type HttpMessage =
  | HttpResponse
  | HttpHead
  | { readonly kind: 'chunk'; readonly data: string | Uint8Array }
  | HttpSwitched
  | SessionMessage
  | { readonly kind: 'end' }
  /** Nobody answered: the API server is down, unreachable, or broke the connection. */
  | { readonly kind: 'failed'; readonly failure: 'refused' | 'unreachable' | 'timeout' | 'reset' };
