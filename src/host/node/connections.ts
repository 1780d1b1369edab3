/**
 * The open sockets of the endpoint. When there are too many, the oldest one that has no request under way makes room
 * for the next, so that a flood of slow or idle clients locks nobody out.
 */
import type { Socket } from 'node:net';

export class Connections {
  /** In the order in which they were opened, or last became idle. */
  private readonly sockets = new Map<string, Socket>();
  private readonly busy = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** Takes a new socket in. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    if (this.sockets.size >= this.limit) this.makeRoom();
    if (this.sockets.size >= this.limit) return void socket.destroy();
    this.sockets.set(key, socket);
    socket.once('close', () => {
      this.sockets.delete(key);
      this.busy.delete(key);
    });
  }

  /** A request begins on the socket (or on the TLS socket over it). Returns what to call when it has ended. */
  begin(socket: Socket): () => void {
    const key = keyOf(socket);
    this.busy.set(key, (this.busy.get(key) ?? 0) + 1);
    return () => {
      const left = (this.busy.get(key) ?? 1) - 1;
      if (left > 0) return void this.busy.set(key, left);
      this.busy.delete(key);
      const own = this.sockets.get(key);
      if (!own) return;
      this.sockets.delete(key);
      this.sockets.set(key, own);
    };
  }

  /** Closes them all. */
  destroyAll(): void {
    for (const socket of this.sockets.values()) socket.destroy();
  }

  private makeRoom(): void {
    for (const [key, socket] of this.sockets) {
      if (this.busy.has(key)) continue;
      this.sockets.delete(key);
      socket.destroy();
      return;
    }
  }
}

/** The same for a socket and for the TLS socket over it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
