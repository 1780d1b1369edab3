/**
 * Requests that switch protocols: exec, attach and port-forward. The cluster is asked first, so that a refusal is an
 * ordinary answer; when it agrees, the socket becomes a WebSocket (channels, or SPDY tunnelled in it) or speaks SPDY/3.1
 * itself, which older clients use.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { HttpConnection } from '../../cluster/cluster';
import type { HttpMessage, HttpResponse } from '../../protocol/http';
import { channelMessage, sendChannelMessage } from './channel-session';
import { type Refusal, refusalResponse } from './gate';
import { pathOf, type RequestDoors, requestOf, sendable } from './plain-request';
import { openPortChannels, portsOf } from './port-channels';
import { portForwardSession, remoteCommandSession, type SessionDoors, type SpdySession } from './spdy/sessions';

const tunnelProtocol = 'SPDY/3.1+portforward.k8s.io';
/** Best first, as the server prefers them. */
const channelProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
/** Port-forwards have not gone beyond version 4. */
const portsProtocol = 'v4.channel.k8s.io';

/** How the two ends will speak once they have switched. */
type Protocol =
  | { readonly kind: 'channels'; readonly name: string }
  | { readonly kind: 'tunnel'; readonly name: string }
  | { readonly kind: 'ports'; readonly name: string; readonly ports: readonly number[] }
  | { readonly kind: 'spdy'; readonly name: string };

type Deliver = (message: HttpMessage) => void;

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4 * 1024 * 1024,
  handleProtocols: (_, request) => protocolOf(request)?.name ?? false });

/** What answering a request to switch needs of its endpoint. */
export type UpgradeDoors = Pick<RequestDoors, 'cluster' | 'unread' | 'audit'>;

/** Answers a request to switch. */
export function answerUpgrade(
  { cluster, unread, audit }: UpgradeDoors, request: IncomingMessage, socket: Duplex, head: Buffer,
): void {
  const startMs = performance.now();
  const protocol = protocolOf(request);
  if (!protocol)
    return writeRefusal(socket, 400, 'unable to upgrade: the protocols that the client offers are not known');
  let user = '';
  let code = 0;
  const written = { waiting: () => socket.writableLength, cut: () => void socket.destroy() };
  let deliver: Deliver = (message) => {
    if ('user' in message && message.user) user = message.user.name;
    if (message.kind === 'switched') {
      code = 101;
      deliver = begin(protocol, request, socket, head, connection);
    } else if (message.kind === 'response') {
      code = message.status;
      writeResponse(socket, message);
    } else {
      socket.destroy();
    }
  };
  const connection = cluster.open(requestOf(request, new Uint8Array(), true), (message) => {
    deliver(message);
    unread.wrote(written);
  });
  socket.on('error', () => socket.destroy());
  socket.once('close', () => {
    connection.close();
    unread.closed(written);
    audit({ method: request.method ?? '', path: pathOf(request), user, code, durationMs: performance.now() - startMs });
  });
}

/** Turns a request to switch away without asking the cluster. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => socket.destroy());
  writeResponse(socket, refusalResponse(refusal));
}

function protocolOf({ headers, url = '' }: IncomingMessage): Protocol | undefined {
  const upgrade = headers.upgrade?.toLowerCase();
  if (upgrade === 'websocket') {
    const offered = listOf(headers['sec-websocket-protocol']);
    if (offered.includes(tunnelProtocol)) return { kind: 'tunnel', name: tunnelProtocol };
    if (/\/portforward(\?|$)/.test(url)) {
      const ports = offered.includes(portsProtocol) ? portsOf(queryOf(url)) : undefined;
      return ports && { kind: 'ports', name: portsProtocol, ports };
    }
    const name = channelProtocols.find((candidate) => offered.includes(candidate));
    return name === undefined ? undefined : { kind: 'channels', name };
  }
  if (upgrade !== 'spdy/3.1') return undefined;
  const offered = listOf(headers['x-stream-protocol-version']);
  const name = ['v4.channel.k8s.io', 'portforward.k8s.io'].find((candidate) => offered.includes(candidate));
  return name === undefined ? undefined : { kind: 'spdy', name };
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.split('?')[1]);
}

function listOf(header: string | string[] | undefined): string[] {
  return (Array.isArray(header) ? header.join(',') : header ?? '').split(',').map((item) => item.trim());
}

function begin(
  protocol: Protocol, request: IncomingMessage, socket: Duplex, head: Buffer, connection: HttpConnection,
): Deliver {
  if (protocol.kind === 'spdy') return beginSpdy(protocol.name, request, socket, head, connection);
  let deliver: Deliver = () => undefined;
  sockets.handleUpgrade(request, socket, head, (webSocket) => {
    deliver = protocol.kind === 'tunnel' ? tunnel(webSocket, connection)
      : protocol.kind === 'ports' ? forwarded(webSocket, connection, protocol.ports)
        : channels(webSocket, connection, protocol.name);
  });
  return (message) => deliver(message);
}

function channels(socket: WebSocket, connection: HttpConnection, protocol: string): Deliver {
  socket.on('message', (data: Buffer) => {
    const message = channelMessage(data);
    if (message) connection.send(message);
  });
  socket.on('error', () => socket.terminate());
  return (message) => {
    if (message.kind === 'end') return socket.close(1000);
    if (message.kind === 'failed') return socket.terminate();
    if (message.kind === 'data' || message.kind === 'close')
      sendChannelMessage(socket, message, protocol.startsWith('v5'));
  };
}

/** A port-forward whose connections are pairs of channels. */
function forwarded(socket: WebSocket, connection: HttpConnection, ports: readonly number[]): Deliver {
  const session = openPortChannels(ports, {
    write: (channel, data) => socket.send(Buffer.concat([Buffer.of(channel), data])),
    send: (message) => connection.send(message),
    ended: () => socket.close(1000),
  });
  socket.on('message', (data: Buffer) => session.receive(data));
  socket.on('error', () => socket.terminate());
  return (message) => {
    if (message.kind === 'end') return socket.close(1000);
    if (message.kind === 'failed') return socket.terminate();
    if (message.kind === 'data' || message.kind === 'close') session.deliver(message);
  };
}

/** SPDY frames as a byte stream cut into WebSocket messages of any size. */
function tunnel(socket: WebSocket, connection: HttpConnection): Deliver {
  const session = portForwardSession({
    write: (bytes) => socket.send(bytes),
    send: (message) => connection.send(message),
    abort: () => socket.terminate(),
  });
  socket.on('message', (data: Buffer) => session.receive(data));
  socket.on('error', () => socket.terminate());
  socket.once('close', () => session.dispose());
  return deliverTo(session, () => socket.close(1000), () => socket.terminate());
}

function beginSpdy(
  protocol: string, request: IncomingMessage, socket: Duplex, head: Buffer, connection: HttpConnection,
): Deliver {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n'
    + `X-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
  const doors: SessionDoors = {
    write: (bytes) => void socket.write(bytes),
    send: (message) => connection.send(message),
    abort: () => socket.destroy(),
  };
  const session = protocol.startsWith('portforward') ? portForwardSession(doors)
    : remoteCommandSession(doors, queryOf(request.url ?? ''));
  if (head.length > 0) session.receive(head);
  socket.on('data', (data: Buffer) => session.receive(data));
  socket.once('close', () => session.dispose());
  return deliverTo(session, () => void socket.end(), () => void socket.destroy());
}

function deliverTo(session: SpdySession, close: () => void, abort: () => void): Deliver {
  return (message) => {
    if (message.kind === 'end') return session.end(close);
    if (message.kind === 'failed') return abort();
    if (message.kind === 'data' || message.kind === 'close') session.deliver(message);
  };
}

function writeResponse(socket: Duplex, { status, headers, body }: HttpResponse): void {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ ...sendable(headers), 'Content-Length': String(bytes.length), 'Connection': 'close' })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(bytes);
}

function writeRefusal(socket: Duplex, status: number, message: string): void {
  writeResponse(socket, { kind: 'response', status, headers: { 'Content-Type': 'text/plain' }, body: `${message}\n` });
}
