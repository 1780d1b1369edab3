/**
 * Distinguished names and subject alternative names: writing those that the cluster's own certificates carry, and
 * reading what a certificate request asks for. Models crypto/x509 pkix.Name and parseSANExtension.
 */
import { utf8Encode } from '../base/utf8';
import {
  der, derItems, derOid, derSequence, derSet, derTag, derText, type DerValue, readOid, readText,
} from './der';
import { oid } from './object-identifiers';

/** A subject as Kubernetes reads it: user name and groups. */
export interface DistinguishedName {
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** What a certificate is valid for besides its subject. Addresses as 4 or 16 bytes. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly Uint8Array[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
}

export const noAlternativeNames: AlternativeNames = Object.freeze({
  dnsNames: [], ipAddresses: [], emailAddresses: [], uris: [],
});

/** A name in DER, organizations first, as Go writes them: all of them in one set, in DER's order. */
export function encodeName({ commonName, organizations }: DistinguishedName): Uint8Array {
  const attribute = (type: string, value: string): Uint8Array => derSequence(derOid(type), derText(value));
  const parts: Uint8Array[] = [];
  if (organizations.length > 0) {
    const items = organizations.map((name) => attribute(oid.organization, name)).sort(compareBytes);
    parts.push(derSet(...items));
  }
  if (commonName !== '') parts.push(derSet(attribute(oid.commonName, commonName)));
  return derSequence(...parts);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Common name and organizations of a name in DER, other attributes set aside; undefined when it is malformed. */
export function readName(value: DerValue | undefined): DistinguishedName | undefined {
  const sets = value?.tag === derTag.sequence ? derItems(value) : undefined;
  if (!sets) return undefined;
  let commonName = '';
  const organizations: string[] = [];
  for (const set of sets) {
    for (const pair of derItems(set) ?? [undefined]) {
      const [type, text] = derItems(pair) ?? [];
      const name = readOid(type);
      if (name === undefined) return undefined;
      const content = readText(text);
      if (name === oid.commonName && content !== undefined) commonName = content;
      if (name === oid.organization && content !== undefined) organizations.push(content);
    }
  }
  return { commonName, organizations };
}

/** The content of a subjectAltName extension. */
export function encodeAlternativeNames(names: AlternativeNames): Uint8Array {
  const text = (tag: number) => (value: string): Uint8Array => der(tag, utf8Encode(value));
  return derSequence(
    ...names.dnsNames.map(text(0x82)), ...names.emailAddresses.map(text(0x81)),
    ...names.ipAddresses.map((address) => der(0x87, address)), ...names.uris.map(text(0x86)));
}

/** Reads the content of a subjectAltName extension; names of other forms are set aside. */
export function readAlternativeNames(value: DerValue | undefined): AlternativeNames | undefined {
  const items = derItems(value);
  if (!items) return undefined;
  const texts = (tag: number): string[] =>
    items.filter((item) => item.tag === tag).map(({ content }) => ascii(content));
  const addresses = items.filter(({ tag }) => tag === 0x87).map(({ content }) => content);
  if (addresses.some(({ length }) => length !== 4 && length !== 16)) return undefined;
  return { dnsNames: texts(0x82), emailAddresses: texts(0x81), uris: texts(0x86), ipAddresses: addresses };
}

function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes of an IPv4 or IPv6 address in its usual text, or undefined. */
export function addressBytes(text: string): Uint8Array | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (four) {
    const bytes = four.slice(1).map(Number);
    return bytes.every((byte) => byte < 256) ? Uint8Array.from(bytes) : undefined;
  }
  if (!/^[0-9a-fA-F:]+$/.test(text)) return undefined;
  const halves = text.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const left = groups(halves[0]);
  const right = groups(halves[1]);
  const missing = 8 - left.length - right.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const all = [...left, ...new Array<string>(missing).fill('0'), ...right];
  if (all.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return Uint8Array.from(all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}
