/** Kubernetes' functions for addresses and networks. Models apiserver's pkg/cel/library ip.go and cidr.go. */
import { type IpBytes, parseIp } from '../kinds/ip-address';
import type { Library } from './functions';
import { CelOpaque, fail } from './values';

type Args = readonly any[];

interface Address {
  readonly bytes: IpBytes;
  readonly identity: string;
}

interface Network {
  readonly address: Address;
  readonly bits: number;
  readonly identity: string;
}

function addressOf(value: unknown): Address {
  return (value as CelOpaque).payload as Address;
}

function networkOf(value: unknown): Network {
  return (value as CelOpaque).payload as Network;
}

function isMapped(bytes: IpBytes): boolean {
  return (
    bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  );
}

/** The shortest form of an address: netip.Addr.String. */
function addressText(bytes: IpBytes): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i += 1) {
    let end = i;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - i > length) [start, length] = [i, end - i];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function parseAddress(text: string): CelOpaque | string {
  const bytes = parseIp(text);
  if (bytes === undefined || /(?:^|[.:])0\d+\./.test(`${text}.`.replace(/^.*:(?=\d+\.)/, ''))) {
    return (
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): ` +
      'unable to parse IP'
    );
  }
  if (isMapped(bytes)) return `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`;
  return makeAddress(bytes);
}

function makeAddress(bytes: IpBytes): CelOpaque {
  const address: Address = { bytes, identity: addressText(bytes) };
  return new CelOpaque('net.IP', address);
}

function parseNetwork(text: string): CelOpaque | string {
  const slash = text.lastIndexOf('/');
  const bytes = slash < 0 ? undefined : parseIp(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  const valid = bytes !== undefined && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= bytes.length * 8;
  if (!valid) {
    return `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`;
  }
  if (isMapped(bytes)) return `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`;
  return makeNetwork(bytes, Number(bits));
}

function makeNetwork(bytes: IpBytes, bits: number): CelOpaque {
  const address = addressOf(makeAddress(bytes));
  const network: Network = { address, bits, identity: `${address.identity}/${bits}` };
  return new CelOpaque('net.CIDR', network);
}

function mustAddress(text: string): CelOpaque {
  const address = parseAddress(text);
  return typeof address === 'string' ? fail(address) : address;
}

function mustNetwork(text: string): CelOpaque {
  const network = parseNetwork(text);
  return typeof network === 'string' ? fail(network) : network;
}

/** Whether two addresses agree in so many leading bits. */
function sharesPrefix(a: IpBytes, b: IpBytes, bits: number): boolean {
  if (a.length !== b.length) return false;
  return a.every((byte, i) => {
    const left = Math.max(0, Math.min(8, bits - i * 8));
    return byte >> (8 - left) === (b[i] ?? 0) >> (8 - left);
  });
}

function containsNetwork(outer: Network, inner: Network): boolean {
  return outer.bits <= inner.bits && sharesPrefix(outer.address.bytes, inner.address.bytes, outer.bits);
}

function masked({ address, bits }: Network): CelOpaque {
  const bytes = address.bytes.map((byte, i) => {
    const left = Math.max(0, Math.min(8, bits - i * 8));
    return byte & (0xff << (8 - left)) & 0xff;
  });
  return makeNetwork(bytes, bits);
}

const first = ({ bytes }: Address): number => bytes[0] ?? 0;
const second = ({ bytes }: Address): number => bytes[1] ?? 0;
const isV4 = ({ bytes }: Address): boolean => bytes.length === 4;
const isUnspecified = ({ bytes }: Address): boolean => bytes.every((byte) => byte === 0);
const isLoopback = (address: Address): boolean => (isV4(address) ? first(address) === 127 : address.identity === '::1');
const isMulticast = (address: Address): boolean =>
  isV4(address) ? first(address) >> 4 === 14 : first(address) === 0xff;
const isLinkLocalUnicast = (address: Address): boolean => (isV4(address)
  ? first(address) === 169 && second(address) === 254 : first(address) === 0xfe && second(address) >> 6 === 2);
const isLinkLocalMulticast = (address: Address): boolean => (isV4(address)
  ? address.identity.startsWith('224.0.0.') : first(address) === 0xff && (second(address) & 0x0f) === 2);
const isGlobalUnicast = (address: Address): boolean => !isUnspecified(address) && !isLoopback(address)
  && !isMulticast(address) && !isLinkLocalUnicast(address) && address.identity !== '255.255.255.255';

const tests: readonly (readonly [string, (address: Address) => boolean])[] = [
  ['isUnspecified', isUnspecified], ['isLoopback', isLoopback], ['isLinkLocalMulticast', isLinkLocalMulticast],
  ['isLinkLocalUnicast', isLinkLocalUnicast], ['isGlobalUnicast', isGlobalUnicast],
];

export const networkLibrary: Library = [
  ['ip(string): ip', ([a]) => mustAddress(a)],
  ['isIP(string): bool', ([a]) => typeof parseAddress(a) !== 'string'],
  ['@ip.isCanonical(string): bool', ([a]) => addressOf(mustAddress(a)).identity === a],
  ['string(ip): string', ([a]) => addressOf(a).identity],
  ['ip.family(): int', ([a]) => (isV4(addressOf(a)) ? 4n : 6n)],
  ...tests.map(([name, test]) => [`ip.${name}(): bool`, ([a]: Args) => test(addressOf(a))] as const),
  ['cidr(string): cidr', ([a]) => mustNetwork(a)],
  ['isCIDR(string): bool', ([a]) => typeof parseNetwork(a) !== 'string'],
  ['string(cidr): string', ([a]) => networkOf(a).identity],
  [
    'cidr.containsIP(ip): bool',
    ([a, b]) => sharesPrefix(networkOf(a).address.bytes, addressOf(b).bytes, networkOf(a).bits),
  ],
  [
    'cidr.containsIP(string): bool',
    ([a, b]) => sharesPrefix(networkOf(a).address.bytes, addressOf(mustAddress(b)).bytes, networkOf(a).bits),
  ],
  ['cidr.containsCIDR(cidr): bool', ([a, b]) => containsNetwork(networkOf(a), networkOf(b))],
  ['cidr.containsCIDR(string): bool', ([a, b]) => containsNetwork(networkOf(a), networkOf(mustNetwork(b)))],
  ['cidr.ip(): ip', ([a]) => makeAddress(networkOf(a).address.bytes)],
  ['cidr.masked(): cidr', ([a]) => masked(networkOf(a))],
  ['cidr.prefixLength(): int', ([a]) => BigInt(networkOf(a).bits)],
];
