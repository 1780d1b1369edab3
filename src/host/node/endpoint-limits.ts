/** What the endpoint allows its clients. All limits in one place. */
export const endpointLimits = Object.freeze({
  /** The largest body that the API server reads (apiserver's MaxRequestBodyBytes); one byte more tells it of a larger one. */
  bodyBytes: 3 * 1024 * 1024,
  /** Go's DefaultMaxHeaderBytes is 1 MiB; no client of Kubernetes comes near this. */
  headerBytes: 64 * 1024,
  /** How long a client may take for its TLS handshake, and for its headers. */
  handshakeMs: 10_000,
  headersMs: 10_000,
  /** How long a client may take for headers and body together. */
  requestMs: 60_000,
  /** An idle connection lives so long (Go's idle timeout of the API server is 3 min; ours is kept shorter). */
  idleMs: 90_000,
  /** Open connections; beyond, the oldest one without a request under way makes room. */
  connections: 768,
  /** Requests that wait behind another one on their connection. Clients of Kubernetes never send two at once. */
  pipelined: 64,
  /** Open sessions and streams: exec, port-forward, watches, logs. The other connections stay free for the rest. */
  streams: 512,
  /** A client that does not read what it asked for is cut off at so many bytes; all together may leave so much. */
  unreadBytes: 16 * 1024 * 1024,
  allUnreadBytes: 256 * 1024 * 1024,
  /** A client that takes nothing of a whole answer for so long is cut off. */
  stallMs: 30_000,
  /** apiserver compresses answers from this size on for clients that accept it (defaultGzipThresholdBytes). */
  gzipFromBytes: 128 * 1024,
});
