/**
 * What kubectl does over SPDY streams, as sessions of the engine: remote commands (one stream for each of standard
 * input, output, errors, the terminal's size and the closing status) and port-forwards (a data and an error stream for
 * each connection). Models kubelet's cri/streaming remotecommand and portforward.
 */
import type { SessionMessage } from '../../../protocol/http';
import { SpdyConnection } from './connection';

/** A session that bytes of a SPDY connection feed and that answers in such bytes. */
export interface SpdySession {
  receive(bytes: Buffer): void;
  /** A message of the engine. */
  deliver(message: SessionMessage): void;
  /** The engine has ended the session; `closed` is called when all of it is written. */
  end(closed: () => void): void;
  dispose(): void;
}

/** What a session needs of the world: where bytes go, where messages go, and how to give up. */
export interface SessionDoors {
  write(bytes: Buffer): void;
  send(message: SessionMessage): void;
  abort(error: Error): void;
}

const channelOf: Readonly<Record<string, number>> = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 };

/**
 * A remote command. The client opens the streams that its query names one after the other, and expects an answer to each
 * even if the command is quicker: output waits for its stream, and the end for all of them.
 */
export function remoteCommandSession({ write, send, abort }: SessionDoors, query: URLSearchParams): SpdySession {
  const missing = new Set(expectedChannels(query));
  let ending: (() => void) | undefined;
  const streamOf = new Map<number, number>();
  const channels = new Map<number, number>();
  const early = new Map<number, SessionMessage[]>();
  const spdy = new SpdyConnection(write, {
    onStream: (stream, headers) => {
      const channel = channelOf[headers['streamtype'] ?? ''];
      if (channel === undefined) return spdy.reset(stream);
      streamOf.set(channel, stream);
      channels.set(stream, channel);
      for (const message of early.get(channel) ?? []) deliver(message);
      early.delete(channel);
      missing.delete(channel);
      if (missing.size === 0) ending?.();
    },
    onData: (stream, data) => {
      const channel = channels.get(stream);
      if (channel === 0 || channel === 4) send({ kind: 'data', stream: channel, data });
    },
    onFin: (stream) => {
      if (channels.get(stream) === 0) send({ kind: 'close', stream: 0 });
    },
    onError: abort,
  });
  const deliver = (message: SessionMessage): void => {
    const stream = streamOf.get(message.stream);
    if (stream === undefined) early.set(message.stream, [...early.get(message.stream) ?? [], message]);
    else if (message.kind === 'data') spdy.send(stream, message.data);
    else if (message.kind === 'close') spdy.send(stream, new Uint8Array(), true);
  };
  return {
    receive: (bytes) => spdy.receive(bytes),
    deliver,
    end: (closed) => {
      ending = () => {
        for (const channel of [1, 2, 3]) {
          const stream = streamOf.get(channel);
          if (stream !== undefined) spdy.send(stream, new Uint8Array(), true);
        }
        spdy.whenWritten(closed);
      };
      if (missing.size === 0) ending();
    },
    dispose: () => spdy.dispose(),
  };
}

/** The streams that a client of this query opens; the errors of a command with a terminal come with its output. */
function expectedChannels(query: URLSearchParams): readonly number[] {
  const on = (name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '');
  const tty = on('tty');
  const wanted = { stdin: on('stdin'), stdout: on('stdout'), stderr: on('stderr') && !tty, error: true, resize: tty };
  return Object.entries(wanted).filter(([, is]) => is).map(([name]) => channelOf[name] ?? 0);
}

interface Forwarded {
  readonly port: number;
  readonly error: number;
  data?: number;
}

/** A port-forward. The engine knows each connection by the number of its data stream. */
export function portForwardSession({ write, send, abort }: SessionDoors): SpdySession {
  const byRequest = new Map<string, Forwarded>();
  const byData = new Map<number, Forwarded>();
  const spdy = new SpdyConnection(write, {
    onStream: (stream, headers) => {
      const { streamtype, port, requestid = '' } = headers;
      if (streamtype === 'error') return void byRequest.set(requestid, { port: Number(port), error: stream });
      const connection = byRequest.get(requestid);
      if (streamtype !== 'data' || !connection || !isPort(connection.port)) return spdy.reset(stream);
      connection.data = stream;
      byData.set(stream, connection);
      byRequest.delete(requestid);
      send({ kind: 'open', stream, port: connection.port });
    },
    onData: (stream, data) => {
      if (byData.has(stream)) send({ kind: 'data', stream, data });
    },
    onFin: (stream, reset) => {
      if (byData.has(stream)) send({ kind: 'close', stream });
      if (reset) byData.delete(stream);
    },
    onError: abort,
  });
  return {
    receive: (bytes) => spdy.receive(bytes),
    deliver: (message) => {
      const connection = byData.get(message.stream);
      if (!connection) return;
      if (message.kind === 'data') return spdy.send(message.stream, message.data);
      if (message.kind !== 'close') return;
      spdy.send(connection.error, Buffer.from(message.error ?? ''), true);
      spdy.send(message.stream, new Uint8Array(), true);
      byData.delete(message.stream);
    },
    end: (closed) => spdy.whenWritten(closed),
    dispose: () => spdy.dispose(),
  };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}
