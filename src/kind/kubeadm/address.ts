/**
 * The few address computations of kubeadm: which family a CIDR or address is of, an address in a URL or host:port, and
 * the n-th address of a subnet (the DNS Service is the tenth). Models GetDNSIP of kubeadm's constants.go and
 * utils/net's GetIndexedIP. Addresses are taken as valid: kind.yaml was validated before.
 */
import { assert } from '../../base/assert';

const indexOfDnsService = 10;

/** True for an IPv6 address or CIDR; of two CIDRs the first counts. */
export function isIPv6(addressOrCidr: string): boolean {
  return firstOf(addressOrCidr).includes(':');
}

/** `host:port`, with brackets around an IPv6 address. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The cluster IP of the DNS Service: the tenth address of the first Service subnet. */
export function dnsServiceAddress(serviceSubnet: string): string {
  return indexedAddress(firstOf(serviceSubnet), indexOfDnsService);
}

/** The address `index` above the base of a CIDR, such as 10.96.0.10 for 10.96.0.0/16 and 10. */
export function indexedAddress(cidr: string, index: number): string {
  const base = cidr.split('/')[0] ?? '';
  if (!base.includes(':')) return addToParts(base.split('.').map(Number), index, 256).join('.');
  return compressed(addToParts(groupsOf(base), index, 0x10000));
}

function firstOf(list: string): string {
  return list.split(',')[0] ?? '';
}

/** Adds to a number written as parts of a base, the most significant first. */
function addToParts(parts: readonly number[], amount: number, base: number): number[] {
  const sum = [...parts];
  let carry = amount;
  for (let i = sum.length - 1; i >= 0 && carry > 0; i -= 1) {
    const value = (sum[i] ?? 0) + carry;
    sum[i] = value % base;
    carry = Math.floor(value / base);
  }
  assert(carry === 0, 'address index beyond the address space');
  return sum;
}

function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const parse = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const left = parse(head);
  if (tail === undefined) return left;
  const right = parse(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** RFC 5952: lower case, and the longest run of two or more zero groups, the first of equals, becomes `::`. */
function compressed(groups: readonly number[]): string {
  let bestStart = 0;
  let bestLength = 1;
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > bestLength) [bestStart, bestLength] = [start, length];
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestLength < 2) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}
