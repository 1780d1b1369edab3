/**
 * IP addresses and CIDR blocks as numbers, read and printed as Go's net package does: no leading zeros in IPv4, the
 * shortest form of IPv6, an IPv4-mapped address is an IPv4 address.
 */

/** An address; `value` has 32 bits for family 4 and 128 for family 6. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** A block of addresses; `address` is its first one. */
export interface CidrBlock {
  readonly address: IpAddress;
  readonly prefix: number;
}

const MAPPED = 0xffffn << 32n;

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** The 16-bit groups of one side of `::`; an IPv4 tail counts as two. */
function parseGroups(text: string, mayEndInV4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const v4 = mayEndInV4 && i === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
    if (v4 !== undefined) {
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function parseV6(text: string): bigint | undefined {
  const [left = '', right, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const head = parseGroups(left, right === undefined);
  const tail = right === undefined ? [] : parseGroups(right, true);
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Reads an address as net.ParseIP does; undefined if it is none. Zones are not accepted. */
export function parseIp(text: string): IpAddress | undefined {
  const value = text.includes(':') ? parseV6(text) : parseV4(text);
  if (value === undefined) return undefined;
  if (!text.includes(':')) return { family: 4, value };
  return value >> 32n === MAPPED >> 32n ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

/** Prints an address as Go's net.IP does. */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  let [best, length] = [-1, 1];
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > length) [best, length] = [start, end - start];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + length))}`;
}

/** Reads `address/prefix` as net.ParseCIDR does, with the address moved to the start of its block. */
export function parseCidr(text: string): CidrBlock | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (!address || !/^[0-9]{1,3}$/.test(digits)) return undefined;
  const bits = address.family === 4 ? 32 : 128;
  const prefix = Number(digits);
  if (prefix > bits) return undefined;
  const host = BigInt(bits - prefix);
  return { address: { family: address.family, value: (address.value >> host) << host }, prefix };
}

/** The address a number of steps behind the start of a block. */
export function addressAt({ address }: CidrBlock, offset: number): string {
  return formatIp({ family: address.family, value: address.value + BigInt(offset) });
}

/** The n-th block of a smaller size inside a block, printed; undefined if the block has no room for it. */
export function subBlock({ address, prefix }: CidrBlock, size: number, index: number): string | undefined {
  const bits = address.family === 4 ? 32 : 128;
  if (size < prefix || BigInt(index) >= 1n << BigInt(size - prefix)) return undefined;
  const value = address.value + (BigInt(index) << BigInt(bits - size));
  return `${formatIp({ family: address.family, value })}/${size}`;
}
