/**
 * IP addresses and CIDR blocks in the canonical forms that v1.36 demands of new objects (strict validation: no leading
 * zeros, no IPv4 address mapped into IPv6). Models net.ParseIP and the checks of ip.go in apimachinery's
 * pkg/util/validation.
 */
import { invalid } from '../field-errors';
import type { FieldErrors } from './field-checks';

/** An address as its bytes: 4 for IPv4, 16 for IPv6. */
export type IpBytes = readonly number[];

/** Reads an IPv4 address in dotted form; undefined when the text is none. Leading zeros are tolerated here. */
function ipv4Bytes(text: string): IpBytes | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function ipv6Groups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const tail = i === parts.length - 1 && part.includes('.') ? ipv4Bytes(part) : undefined;
    if (tail !== undefined) groups.push(...tail);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(parseInt(part, 16) >> 8, parseInt(part, 16) & 255);
    else return undefined;
  }
  return groups;
}

/** The bytes of an address, or undefined when the text is no address. */
export function parseIp(text: string): IpBytes | undefined {
  if (!text.includes(':')) return ipv4Bytes(text);
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = ipv6Groups(halves[0] ?? '');
  const tail = halves.length === 2 ? ipv6Groups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Whether a text is an IPv6 address. */
export function isIpv6(text: string): boolean {
  return text.includes(':') && parseIp(text) !== undefined;
}

/** Whether addresses are one of each family, in any order: netutils.IsDualStackIPStrings. */
export function isDualStack(addresses: readonly string[]): boolean {
  const six = addresses.filter(isIpv6).length;
  return six > 0 && six < addresses.length;
}

function strictProblem(text: string): string | undefined {
  const bytes = parseIp(text);
  if (bytes === undefined) return 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
  if (bytes.length === 4) {
    return /(?:^|\.)0\d/.test(text) ? 'must not have leading 0s' : undefined;
  }
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? 'must not be an IPv4-mapped IPv6 address' : undefined;
}

/** A valid IP address: IsValidIP. Returns whether it is one. */
export function checkIp(text: string, path: string, errors: FieldErrors): boolean {
  const problem = strictProblem(text);
  if (problem !== undefined) errors.push(invalid(path, text, problem));
  return problem === undefined;
}

/** A valid CIDR block whose bits beyond the prefix are zero: IsValidCIDR. */
export function checkCidr(text: string, path: string, errors: FieldErrors): void {
  const [address = '', length = '', ...rest] = text.split('/');
  const bytes = parseIp(address);
  const bits = (bytes?.length ?? 0) * 8;
  if (bytes === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length) || Number(length) > bits) {
    errors.push(invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'));
    return;
  }
  const problem = strictProblem(address);
  if (problem !== undefined) errors.push(invalid(path, text, problem));
  else if (/^0\d/.test(length)) errors.push(invalid(path, text, 'must not have leading 0s in prefix length'));
  else if (hasBitsBeyond(bytes, Number(length))) {
    errors.push(invalid(path, text, 'must not have bits set beyond the prefix length'));
  }
}

function hasBitsBeyond(bytes: IpBytes, prefix: number): boolean {
  return bytes.some((byte, i) => (byte & (255 >> Math.min(8, Math.max(0, prefix - i * 8)))) !== 0);
}

/** Whether one block is a part of another and smaller than it; undefined when either is no block. */
export function cidrContains(outer: string, inner: string): boolean | undefined {
  const [a, b] = [outer, inner].map((text) => {
    const [address = '', length = ''] = text.split('/');
    const bytes = parseIp(address);
    return bytes === undefined || !/^\d{1,3}$/.test(length) ? undefined : { bytes, prefix: Number(length) };
  });
  if (a === undefined || b === undefined) return undefined;
  if (a.bytes.length !== b.bytes.length || b.prefix <= a.prefix) return false;
  return a.bytes.every((byte, i) => {
    const mask = 255 & ~(255 >> Math.min(8, Math.max(0, a.prefix - i * 8)));
    return (byte & mask) === ((b.bytes[i] ?? 0) & mask);
  });
}

/** An address that endpoints and external IPs may have: ValidateNonSpecialIP. */
export function checkNonSpecialIp(text: string, path: string, errors: FieldErrors): void {
  const bytes = parseIp(text);
  if (bytes === undefined) {
    errors.push(invalid(path, text, 'must be a valid IP address'));
    return;
  }
  const [a = 0, b = 0] = bytes;
  const isFour = bytes.length === 4;
  if (bytes.every((byte) => byte === 0)) {
    errors.push(invalid(path, text, `may not be unspecified (${text})`));
  }
  if (isFour ? a === 127 : bytes[15] === 1 && bytes.slice(0, 15).every((byte) => byte === 0)) {
    errors.push(invalid(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  }
  if (isFour ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) {
    errors.push(invalid(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  }
  if (isFour ? a === 224 && b === 0 && bytes[2] === 0 : a === 0xff && (b & 0x0f) === 0x02) {
    errors.push(invalid(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
  }
}
