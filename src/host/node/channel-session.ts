/**
 * Remote commands over WebSocket: each message is binary and begins with the number of its channel; in version 5, 255
 * closes the channel that follows. Models streaming remotecommand websocket.go of apimachinery (`v5.channel.k8s.io`,
 * and `v4.channel.k8s.io`, which cannot close a channel).
 */
import type { WebSocket } from 'ws';
import type { SessionMessage } from '../../protocol/http';

const closeChannel = 255;

/** What the client's message means to the session, or undefined when it means nothing (an empty message opens nothing). */
export function channelMessage(bytes: Buffer): SessionMessage | undefined {
  const [channel, second] = bytes;
  if (channel === undefined) return undefined;
  if (channel === closeChannel) return second === undefined ? undefined : { kind: 'close', stream: second };
  return bytes.length === 1 ? undefined : { kind: 'data', stream: channel, data: bytes.subarray(1) };
}

/** Puts a message of the session onto the socket. */
export function sendChannelMessage(socket: WebSocket, message: SessionMessage, canClose: boolean): void {
  if (message.kind === 'data') socket.send(Buffer.concat([Buffer.of(message.stream), message.data]));
  else if (message.kind === 'close' && canClose) socket.send(Buffer.of(closeChannel, message.stream));
}
