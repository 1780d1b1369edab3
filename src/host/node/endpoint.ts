/**
 * The API of one cluster on loopback: an HTTPS server that binds 127.0.0.1 and nothing else, hands requests to the
 * cluster and writes its answers back. It knows nothing of Kubernetes; that is all the API server's.
 */
import { X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { judge } from './client-certificate';
import { Connections } from './connections';
import { endpointLimits } from './endpoint-limits';
import { refusal, tooMany } from './gate';
import { keepReading } from './keep-reading';
import { turnAway } from './malformed';
import { answerRequest, type AuditRecord, refuse } from './plain-request';
import type { ServedCluster } from './served-cluster';
import { Streams } from './streams';
import { Unread } from './unread';
import { answerUpgrade, refuseUpgrade } from './upgrade';

export interface EndpointOptions {
  readonly cluster: ServedCluster;
  /** The serving certificate with its key, and the authority that client certificates come from; all PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthority: string;
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Hears of each request when it is over. No credential is in it. */
  readonly audit?: (record: AuditRecord) => void;
}

export interface Endpoint {
  /** `https://127.0.0.1:6443`. */
  readonly url: string;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

const address = '127.0.0.1';

/** Opens the endpoint; fails when the port is taken. */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { cluster, audit = () => undefined } = options;
  const connections = new Connections(endpointLimits.connections, endpointLimits.pipelined);
  const unread = new Unread(endpointLimits.unreadBytes, endpointLimits.allUnreadBytes);
  const streams = new Streams(endpointLimits.streams);
  const server = createServer({
    cert: options.certificate, key: options.key, ca: options.clientAuthority,
    requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'],
    handshakeTimeout: endpointLimits.handshakeMs, maxHeaderSize: endpointLimits.headerBytes,
    headersTimeout: endpointLimits.headersMs, requestTimeout: endpointLimits.requestMs,
    keepAliveTimeout: endpointLimits.idleMs, connectionsCheckingInterval: 2_000, noDelay: true,
  });
  let authority = '';
  const clientAuthority = new X509Certificate(options.clientAuthority);
  server.on('secureConnection', (socket) => {
    keepReading(socket);
    judge(socket, clientAuthority);
  });
  server.on('connection', (socket) => connections.add(socket as Socket));
  server.on('request', (request, response) => {
    const refused = refusal(request, authority);
    if (refused) return refuse(response, refused);
    const socket = request.socket as Socket;
    connections.inTurn(socket, (done) => {
      if (response.destroyed) return done();
      response.once('close', done);
      answerRequest({ cluster, audit, unread, streams, onRead: () => connections.markBusy(socket) }, request, response);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const refused = refusal(request, authority);
    const leave = refused ? undefined : streams.enter();
    if (!leave) return refuseUpgrade(socket, refused ?? tooMany);
    connections.markBusy(request.socket as Socket);
    socket.once('close', leave);
    answerUpgrade({ cluster, audit, unread }, request, socket, head);
  });
  server.on('clientError', (error, socket) => turnAway(error, socket, connections.below(socket as Socket)));
  await listening(server, options.port ?? 0);
  authority = `${address}:${(server.address() as AddressInfo).port}`;
  return { url: `https://${authority}`, close: () => closed(server, connections) };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server, connections: Connections): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    connections.destroyAll();
  });
}
