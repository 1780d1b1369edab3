/**
 * A connection whose client is slow to read must go on to be read itself. Node stops the parser of a connection once an
 * answer waits in its socket, for a moment at least after every large one; if more of the next request arrives before it
 * has heard of that, Node takes the bytes for a parse error (HPE_PAUSED) and hangs up. An honest client that has just
 * read its answer runs into it. What waits unread is counted and limited elsewhere (unread.ts), so that no connection
 * here needs to be stopped.
 */
import type { Socket } from 'node:net';

/** More than may ever wait in one socket: in whole answers and streams together. */
const neverBytes = 2 ** 31 - 1;

/** Keeps Node from stopping the parser of this connection. */
export function keepReading(socket: Socket): void {
  // The server's TLS sockets take no highWaterMark; the state's name has been the same since Node 0.10.
  const { _writableState: state } = socket as Socket & { readonly _writableState?: { highWaterMark: number } };
  if (state) state.highWaterMark = neverBytes;
}
