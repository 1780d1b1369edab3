/**
 * Port-forwards over WebSocket channels, as libraries other than kubectl make them: one connection for each port of the
 * query, in a pair of channels. The even one carries its bytes and the odd one its error; the first message of either is
 * the port's number in two bytes, the lower one first. Models kubelet's cri/streaming portforward websocket.go
 * (`v4.channel.k8s.io`).
 */
import type { SessionMessage } from '../../protocol/http';

/** What a session needs of the world. */
export interface PortChannelDoors {
  /** Sends a message on a channel. */
  write(channel: number, data: Uint8Array): void;
  send(message: SessionMessage): void;
  /** Called once when all connections have ended. */
  ended(): void;
}

export interface PortChannels {
  /** A message of the client, with its channel in front. */
  receive(bytes: Buffer): void;
  /** A message of the engine. */
  deliver(message: SessionMessage): void;
}

/** The ports of a query, or undefined when there are none or one of them is no port. */
export function portsOf(query: URLSearchParams): readonly number[] | undefined {
  const texts = query.getAll('ports').flatMap((text) => text.split(','));
  const ports = texts.map((text) => (/^\d+$/.test(text) ? Number(text) : 0));
  return ports.length > 0 && ports.every((port) => port > 0 && port < 65_536) ? ports : undefined;
}

/** Opens a connection to each port. The engine knows each by the number of its pair. */
export function openPortChannels(ports: readonly number[], { write, send, ended }: PortChannelDoors): PortChannels {
  const open = new Set(ports.keys());
  ports.forEach((port, pair) => {
    const number = Buffer.from([port & 0xff, port >> 8]);
    write(pair * 2, number);
    write(pair * 2 + 1, number);
    send({ kind: 'open', stream: pair, port });
  });
  return {
    receive: (bytes) => {
      const [channel = 1] = bytes;
      if (bytes.length > 1 && channel % 2 === 0 && open.has(channel / 2)) {
        send({ kind: 'data', stream: channel / 2, data: bytes.subarray(1) });
      }
    },
    deliver: (message) => {
      const { stream } = message;
      if (!open.has(stream)) return;
      if (message.kind === 'data') return write(stream * 2, message.data);
      if (message.kind !== 'close') return;
      open.delete(stream);
      if (message.error) write(stream * 2 + 1, Buffer.from(message.error));
      if (open.size === 0) ended();
    },
  };
}
