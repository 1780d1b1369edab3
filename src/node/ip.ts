/** Address arithmetic for pod subnets: IPv4 CIDRs, and IPv6 CIDRs whose host part is counted in the last 16 bits. */

/** The host addresses of a subnet by number: number 1 is the first; undefined beyond its end. */
export function hostAddress(cidr: string, number: number): string | undefined {
  const slash = cidr.indexOf('/');
  const base = cidr.slice(0, slash);
  const length = Number(cidr.slice(slash + 1));
  if (base.includes(':')) {
    if (number > 0xfffe || 128 - length < 16) return undefined;
    return `${base.endsWith('::') ? base : `${base}:`}${number.toString(16)}`;
  }
  if (number > hostCount(cidr)) return undefined;
  return ipv4Text(ipv4Number(base) + number);
}

/** How many addresses can be given out in a subnet, the gateway included. */
export function hostCount(cidr: string): number {
  const slash = cidr.indexOf('/');
  const length = Number(cidr.slice(slash + 1));
  return cidr.includes(':') ? Math.min(0xfffe, 2 ** (128 - length) - 2) : 2 ** (32 - length) - 2;
}

/** The number of a host address in its subnet, or 0 when it is not of that subnet. */
export function hostNumber(cidr: string, address: string): number {
  const slash = cidr.indexOf('/');
  const base = cidr.slice(0, slash);
  if (base.includes(':')) return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16) || 0;
  const number = ipv4Number(address) - ipv4Number(base);
  return number > 0 && number <= hostCount(cidr) ? number : 0;
}

function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
