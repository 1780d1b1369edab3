/**
 * The addresses that Services can have in one family: the subnet without its first address and, of IPv4, without its
 * last. Addresses for Services that ask for none come from the upper part, so that those that ask for one find it free.
 * Models pkg/registry/core/service/ipallocator.
 */
import { assert } from '../../../base/assert';
import type { RandomStream } from '../../../base/random';
import { type IpBytes, parseIp } from '../../../api/kinds/ip-address';

export type IpFamily = 'IPv4' | 'IPv6';

/** No more than so many host bits are used, as upstream limits the range. */
const maxHostBits = 20;

export class IpRange {
  readonly family: IpFamily;
  private readonly base: IpBytes;
  private readonly hostBits: number;
  /** Offsets of the first and the last address that can be given out, and of the first dynamic one. */
  private readonly last: number;
  private readonly dynamic: number;

  /** Throws on a malformed CIDR: the cluster's configuration was validated before. */
  constructor(readonly cidr: string) {
    const [address = '', length = ''] = cidr.split('/');
    const bytes = parseIp(address);
    assert(bytes !== undefined, `${cidr} is a CIDR`);
    this.base = bytes;
    this.family = bytes.length === 4 ? 'IPv4' : 'IPv6';
    this.hostBits = Math.min(maxHostBits, bytes.length * 8 - Number(length));
    const size = 2 ** this.hostBits;
    this.last = this.family === 'IPv4' ? size - 2 : size - 1;
    this.dynamic = 1 + staticBand(size);
  }

  /** The first address: that of the Service `kubernetes`. */
  get first(): string {
    return this.at(1);
  }

  /** Whether an address can be given out. */
  contains(address: string): boolean {
    const bytes = parseIp(address);
    if (!bytes || bytes.length !== this.base.length) return false;
    const offset = lastWord(bytes) - lastWord(this.base);
    if (offset < 1 || offset > this.last) return false;
    return bytes.slice(0, -4).every((byte, i) => byte === this.base[i]);
  }

  /** A free address: from a random place in the upper band on, then from the lower band; undefined when none is. */
  pick(random: RandomStream, used: ReadonlySet<string>): string | undefined {
    const upper = this.last - this.dynamic + 1;
    const start = upper > 0 ? random.below(upper) : 0;
    for (let i = 0; i < upper; i += 1) {
      const address = this.at(this.dynamic + ((start + i) % upper));
      if (!used.has(address)) return address;
    }
    for (let offset = 1; offset < this.dynamic && offset <= this.last; offset += 1) {
      const address = this.at(offset);
      if (!used.has(address)) return address;
    }
    return undefined;
  }

  private at(offset: number): string {
    const bytes = this.base.slice();
    let word = lastWord(this.base) + offset;
    for (let i = 1; i <= 4; i += 1) {
      bytes[bytes.length - i] = word & 255;
      word = Math.floor(word / 256);
    }
    return this.family === 'IPv4' ? bytes.join('.') : formatIpv6(bytes);
  }
}

/** The ranges of --service-cluster-ip-range, the cluster's first family first. */
export function ipRanges(serviceSubnet: string): readonly IpRange[] {
  return serviceSubnet.split(',').map((cidr) => new IpRange(cidr.trim()));
}

/** How many addresses at the start are left to those who ask for one: min(max(16, size / 16), 256). */
function staticBand(size: number): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
}

function lastWord(bytes: IpBytes): number {
  return bytes.slice(-4).reduce((word, byte) => word * 256 + byte, 0);
}

/** RFC 5952: groups without leading zeros, the longest run of zero groups as `::`. */
function formatIpv6(bytes: IpBytes): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0));
  let best = { from: 0, length: 0 };
  for (let from = 0; from < 8; from += 1) {
    let length = 0;
    while (groups[from + length] === 0) length += 1;
    if (length > best.length && length > 1) best = { from, length };
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (best.length === 0) return text(groups);
  return `${text(groups.slice(0, best.from))}::${text(groups.slice(best.from + best.length))}`;
}
