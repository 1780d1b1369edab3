/**
 * The server's end of a SPDY/3.1 connection: streams that the client opens, with their headers, and data both ways.
 * What carries the bytes (a socket after `Upgrade: SPDY/3.1`, or WebSocket messages) is the caller's. Flow control is
 * not kept, as spdystream does not keep it either.
 */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';
import { spdyDictionary } from './dictionary';
import { controlFrame, dataFrame, finFlag, type Frame, FrameReader, uint32 } from './frames';

export interface SpdyEvents {
  /** The client has opened a stream. */
  onStream(stream: number, headers: Readonly<Record<string, string>>): void;
  onData(stream: number, data: Buffer): void;
  /** The client sends nothing more on the stream; `reset` when it gave the stream up altogether. */
  onFin(stream: number, reset: boolean): void;
  /** The bytes are no SPDY; the connection is to be closed. */
  onError(error: Error): void;
}

/** Open streams and header bytes that one connection may have; kubectl needs a handful of either. */
const maxStreams = 1_000;
const maxHeaderBytes = 64 * 1024;

export class SpdyConnection {
  private readonly reader = new FrameReader();
  private readonly inflate: Inflate = createInflate({ dictionary: spdyDictionary });
  private readonly deflate: Deflate = createDeflate({ dictionary: spdyDictionary });
  /** Headers are decompressed one after the other, and no later frame may overtake them. */
  private turn: Promise<void> = Promise.resolve();
  private readonly open = new Set<number>();
  private failed = false;

  constructor(private readonly write: (bytes: Buffer) => void, private readonly events: SpdyEvents) {
    // Also for errors that come when nobody waits for a block any more.
    this.inflate.on('error', (error) => this.fail(error));
    this.deflate.on('error', (error) => this.fail(error));
  }

  /** Takes bytes that came from the client. */
  receive(bytes: Buffer): void {
    if (this.failed) return;
    try {
      for (const frame of this.reader.push(bytes)) this.inTurn(() => this.handle(frame));
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Sends data on a stream; with `fin` nothing follows. */
  send(stream: number, data: Uint8Array, fin = false): void {
    // SYN_REPLY frames go out in turn; data must not overtake them.
    this.inTurn(() => {
      if (this.open.has(stream)) this.write(dataFrame(stream, data, fin));
    });
  }

  /** Gives a stream up. */
  reset(stream: number): void {
    this.inTurn(() => {
      if (this.open.delete(stream)) this.write(controlFrame('rstStream', uint32(stream, 5)));
    });
  }

  /** Calls once everything that was sent so far has been written. */
  whenWritten(then: () => void): void {
    this.inTurn(then);
  }

  dispose(): void {
    this.failed = true;
    this.inflate.destroy();
    this.deflate.destroy();
  }

  private inTurn(work: () => void | Promise<void>): void {
    this.turn = this.turn
      .then(() => (this.failed ? undefined : work()))
      .catch((error: unknown) => this.fail(error as Error));
  }

  private fail(error: Error): void {
    if (this.failed) return;
    this.dispose();
    this.events.onError(error);
  }

  private async handle(frame: Frame): Promise<void> {
    if (frame.kind === 'data') {
      if (!this.open.has(frame.stream)) return;
      if (frame.data.length > 0) this.events.onData(frame.stream, frame.data);
      if (frame.fin) this.events.onFin(frame.stream, false);
      return;
    }
    const { payload } = frame;
    switch (frame.type) {
      case 'synStream': return this.openStream(payload, (frame.flags & finFlag) !== 0);
      case 'rstStream': return this.closeByClient(payload.readUInt32BE(0) & 0x7fffffff);
      case 'ping': return this.write(controlFrame('ping', payload));
      case 'headers':
        // Their block moves the decompressor on, whatever it says.
        await this.headers(payload.subarray(4));
        return;
      default: return;
    }
  }

  private async openStream(payload: Buffer, fin: boolean): Promise<void> {
    const stream = payload.readUInt32BE(0) & 0x7fffffff;
    const headers = await this.headers(payload.subarray(10));
    if (this.open.size >= maxStreams) {
      this.write(controlFrame('rstStream', uint32(stream, 3)));
      return;
    }
    this.open.add(stream);
    this.write(controlFrame('synReply', Buffer.concat([uint32(stream), await this.noHeaders()])));
    this.events.onStream(stream, headers);
    if (fin) this.events.onFin(stream, false);
  }

  private closeByClient(stream: number): void {
    if (this.open.delete(stream)) this.events.onFin(stream, true);
  }

  private headers(block: Buffer): Promise<Readonly<Record<string, string>>> {
    return new Promise((resolve, reject) => {
      const { inflate } = this;
      const pieces: Buffer[] = [];
      let size = 0;
      const onData = (piece: Buffer): void => {
        size += piece.length;
        if (size > maxHeaderBytes) inflate.destroy(new Error('SPDY headers are too large'));
        else pieces.push(piece);
      };
      inflate.on('data', onData);
      inflate.once('error', reject);
      inflate.write(block, () => {
        inflate.off('data', onData);
        inflate.off('error', reject);
        try {
          resolve(parseHeaders(Buffer.concat(pieces)));
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  }

  /** A compressed block without headers. */
  private noHeaders(): Promise<Buffer> {
    return new Promise((resolve) => {
      const { deflate } = this;
      const pieces: Buffer[] = [];
      const onData = (piece: Buffer): void => void pieces.push(piece);
      deflate.on('data', onData);
      deflate.write(uint32(0));
      deflate.flush(constants.Z_SYNC_FLUSH, () => {
        deflate.off('data', onData);
        resolve(Buffer.concat(pieces));
      });
    });
  }
}

function parseHeaders(block: Buffer): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  let at = 0;
  const number = (): number => {
    at += 4;
    return block.readUInt32BE(at - 4);
  };
  const text = (): string => {
    const length = number();
    if (at + length > block.length) throw new Error('SPDY headers are cut off');
    at += length;
    return block.toString('latin1', at - length, at);
  };
  for (let left = number(); left > 0; left -= 1) headers.set(text().toLowerCase(), text());
  return Object.fromEntries(headers);
}
