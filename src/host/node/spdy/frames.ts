/**
 * SPDY/3.1 frames as bytes: cutting them out of a byte stream and writing them. Header blocks stay compressed here.
 * Models draft-mbelshe-httpbis-spdy-00 as far as moby/spdystream, the library in kubectl and kubelet, speaks it.
 */

export type ControlType =
  'synStream' | 'synReply' | 'rstStream' | 'settings' | 'ping' | 'goAway' | 'headers' | 'windowUpdate';

const controlTypes: Readonly<Record<number, ControlType>> = {
  1: 'synStream', 2: 'synReply', 3: 'rstStream', 4: 'settings', 6: 'ping', 7: 'goAway', 8: 'headers', 9: 'windowUpdate',
};
const controlNumbers = Object.fromEntries(Object.entries(controlTypes).map(([number, type]) => [type, Number(number)]));

/** The flag of a frame after which its sender sends nothing more on the stream. */
export const finFlag = 1;
/** No honest client sends a larger frame: kubectl copies in pieces of 32 KiB. */
const maxFrameBytes = 1024 * 1024;

export type Frame =
  | { readonly kind: 'data'; readonly stream: number; readonly fin: boolean; readonly data: Buffer }
  | { readonly kind: 'control'; readonly type: ControlType; readonly flags: number; readonly payload: Buffer };

/** Cuts frames out of bytes that come in pieces of any size. */
export class FrameReader {
  private rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete now; throws on a frame that is too large or of an unknown version or type. */
  push(bytes: Buffer): Frame[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const frames: Frame[] = [];
    while (this.rest.length >= 8) {
      const length = this.rest.readUIntBE(5, 3);
      if (length > maxFrameBytes) throw new Error(`SPDY frame of ${length} bytes is too large`);
      if (this.rest.length < 8 + length) break;
      frames.push(frameOf(this.rest.subarray(0, 8), this.rest.subarray(8, 8 + length)));
      this.rest = this.rest.subarray(8 + length);
    }
    return frames;
  }
}

function frameOf(head: Buffer, payload: Buffer): Frame {
  const first = head.readUInt32BE(0);
  const flags = head.readUInt8(4);
  if (first < 0x80000000) return { kind: 'data', stream: first, fin: (flags & finFlag) !== 0, data: payload };
  const version = (first >>> 16) & 0x7fff;
  const type = controlTypes[first & 0xffff];
  if (version !== 3 || type === undefined)
    throw new Error(`SPDY frame of version ${version} and type ${first & 0xffff}`);
  return { kind: 'control', type, flags, payload };
}

/** A data frame. */
export function dataFrame(stream: number, data: Uint8Array, fin: boolean): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream, 0);
  head.writeUInt8(fin ? finFlag : 0, 4);
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

/** A control frame. */
export function controlFrame(type: ControlType, payload: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8003, 0);
  head.writeUInt16BE(controlNumbers[type] ?? 0, 2);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

/** A number as four bytes, the payload of most small control frames. */
export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, i * 4));
  return bytes;
}
