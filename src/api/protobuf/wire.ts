/**
 * The wire format of protobuf, read byte by byte: varints, lengths, tags, and how to pass over what is not known. Every
 * read is bounded by the message it is in. Models the unmarshalers that gogo/protobuf generates, with their errors.
 */

/** Bytes that are no protobuf; the message is upstream's. */
export class WireError extends Error {}

const unexpectedEnd = 'unexpected EOF';
const overflow = 'proto: integer overflow';
const negativeLength = 'proto: negative length found during unmarshaling';
/** Groups within groups that are passed over; a real server has only the body's size to stop it. */
const maxGroups = 10_000;

/** The number and the wire type of a field. */
export interface Tag {
  readonly number: number;
  readonly wireType: number;
}

/** Reads a part of a body; `end` is the place behind its last byte. */
export class WireReader {
  constructor(readonly bytes: Uint8Array, public at: number, readonly end: number) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  /** A varint as an unsigned 64-bit number, in two halves of 32 bits. */
  varint(): { readonly low: number; readonly high: number } {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift >= 64) throw new WireError(overflow);
      if (this.at >= this.end) throw new WireError(unexpectedEnd);
      const byte = this.bytes[this.at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high |= bits >> 4;
      if (byte < 0x80) return { low: low >>> 0, high: high >>> 0 };
    }
  }

  /** A signed 32-bit number; what is beyond its bits is cut off, as Go does. */
  int32(): number {
    return this.varint().low | 0;
  }

  /** A signed 64-bit number, exact: a bigint where a number would not be. */
  int64(): number | bigint {
    const { low, high } = this.varint();
    const near = (high | 0) * 0x1_0000_0000 + low;
    return Number.isSafeInteger(near) ? near : (BigInt(high | 0) << 32n) + BigInt(low);
  }

  bool(): boolean {
    const { low, high } = this.varint();
    return low !== 0 || high !== 0;
  }

  /** The part that a length in front delimits; the reader moves behind it. */
  part(): WireReader {
    const { low, high } = this.varint();
    if (high > 0x7fff_ffff) throw new WireError(negativeLength);
    const length = high * 0x1_0000_0000 + low;
    if (length > this.end - this.at) throw new WireError(unexpectedEnd);
    const part = new WireReader(this.bytes, this.at, this.at + length);
    this.at += length;
    return part;
  }

  /** The bytes that are left. */
  rest(): Uint8Array {
    return this.bytes.subarray(this.at, this.end);
  }

  /** The next field's tag, in the message of that name. */
  tag(message: string): Tag {
    const { low } = this.varint();
    const wireType = low & 7;
    const number = low >>> 3;
    if (wireType === 4) throw new WireError(`proto: ${message}: wiretype end group for non-group`);
    if (number === 0 || number > 0x1fff_ffff) {
      throw new WireError(`proto: ${message}: illegal tag ${number | 0} (wire type ${wireType})`);
    }
    return { number, wireType };
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wireType: number): void {
    let groups = 0;
    let type = wireType;
    for (;;) {
      if (type === 0) this.varint();
      else if (type === 1) this.advance(8);
      else if (type === 2) this.part();
      else if (type === 3) groups += 1;
      else if (type === 4) groups -= 1;
      else if (type === 5) this.advance(4);
      else throw new WireError(`proto: illegal wireType ${type}`);
      if (groups > maxGroups) throw new WireError('proto: groups are nested too deeply');
      if (groups < 0) throw new WireError('proto: unexpected end of group');
      if (groups === 0) return;
      type = this.varint().low & 7;
    }
  }

  private advance(count: number): void {
    if (count > this.end - this.at) throw new WireError(unexpectedEnd);
    this.at += count;
  }
}
