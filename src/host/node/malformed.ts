/**
 * What is said to clients that speak no proper HTTP, in the words of Go's net/http, and how their connection ends. The
 * answer must not be lost: a socket that is closed while bytes wait unread is reset, and takes the answer with it.
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long a client may still send before it is cut off: Go's rstAvoidanceDelay. */
const lingerMs = 500;
const plainAnswer = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
const leaving = new WeakSet<Duplex>();

/** Ends a connection whose request could not be read. `raw` is the socket below its TLS, where that is known. */
export function turnAway(error: NodeJS.ErrnoException, socket: Duplex, raw: Socket | undefined): void {
  if (leaving.has(socket)) return;
  leaving.add(socket);
  const plain = error.code === 'ERR_SSL_HTTP_REQUEST' && raw;
  const text = plain ? plainAnswer : answerTo(error);
  const to = plain ? raw : socket;
  if (text === undefined || !to.writable) return void socket.destroy();
  socket.on('error', () => socket.destroy());
  to.end(text);
  if (plain) return;
  socket.resume();
  const cut = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(cut));
}

/** The line of an answer with nothing but its own name in it; undefined where Go hangs up without a word. */
function answerTo({ code }: NodeJS.ErrnoException): string | undefined {
  if (!code?.startsWith('HPE_')) return undefined;
  const line = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  return `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`;
}
