/**
 * The open sockets of the endpoint. When there are too many, one that nobody waits at makes room for the next, so that
 * a flood of slow or idle clients locks nobody out; and the requests of one socket are answered one after the other, as
 * Go's server does it, so that a client that sends many at once delays only itself.
 */
import type { Socket } from 'node:net';

type Work = (done: () => void) => void;

interface Connection {
  readonly socket: Socket;
  /** Requests that came in while another one was being answered. */
  readonly queue: Work[];
  answering: boolean;
  /** A request has been read whole and its answer is under way. */
  busy: boolean;
}

export class Connections {
  /** In the order in which they were opened, or last became idle. */
  private readonly open = new Map<string, Connection>();

  /** At most `limit` sockets, and `queueLimit` requests that wait at one of them. */
  constructor(private readonly limit: number, private readonly queueLimit: number) {}

  /** Takes a new socket in. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    if (this.open.size >= this.limit) this.makeRoom();
    if (this.open.size >= this.limit) return void socket.destroy();
    const connection: Connection = { socket, queue: [], answering: false, busy: false };
    this.open.set(key, connection);
    socket.once('close', () => {
      if (this.open.get(key) === connection) this.open.delete(key);
    });
  }

  /** The socket below a TLS socket. */
  below(socket: Socket): Socket | undefined {
    return this.open.get(keyOf(socket))?.socket;
  }

  /** Does the work of a request once those before it on its socket are done; it calls back when it is done itself. */
  inTurn(socket: Socket, work: Work): void {
    const connection = this.open.get(keyOf(socket));
    if (!connection || connection.queue.length >= this.queueLimit) return void socket.destroy();
    connection.queue.push(work);
    if (!connection.answering) this.answerNext(connection);
  }

  /** The request under way on the socket has been read: from now on it is the server that is waited for. */
  markBusy(socket: Socket): void {
    const connection = this.open.get(keyOf(socket));
    if (connection) connection.busy = true;
  }

  /** Closes them all. */
  destroyAll(): void {
    for (const { socket } of this.open.values()) socket.destroy();
  }

  private answerNext(connection: Connection): void {
    const work = connection.queue.shift();
    connection.answering = work !== undefined;
    work?.(() => {
      connection.busy = false;
      this.moveToEnd(connection);
      this.answerNext(connection);
    });
  }

  private moveToEnd(connection: Connection): void {
    const key = keyOf(connection.socket);
    if (this.open.get(key) !== connection) return;
    this.open.delete(key);
    this.open.set(key, connection);
  }

  /** The oldest one that is idle or still being read from goes. */
  private makeRoom(): void {
    for (const [key, { socket, busy }] of this.open) {
      if (busy) continue;
      this.open.delete(key);
      socket.destroy();
      return;
    }
  }
}

/** The same for a socket and for the TLS socket over it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
