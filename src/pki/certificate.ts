/**
 * X.509 v3 certificates, signed by a CA with ECDSA over SHA-256: serial number, names, validity, and the extensions
 * that TLS and Kubernetes look at. Models crypto/x509 CreateCertificate as kubeadm and the CSR signers use it.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { civilFromDays } from '../base/calendar';
import { utf8Encode } from '../base/utf8';
import {
  der, derBitString, derBoolean, derInteger, derItems, derOctetString, derOid, derSequence, derTag, readBitString,
  readDer,
} from './der';
import { concatBytes, pemEncode, pemDecode } from './encoding';
import type { PrivateKey } from './keys';
import { type AlternativeNames, encodeAlternativeNames } from './names';
import { oid } from './object-identifiers';

/** The bits of the key usage extension, by Kubernetes' names. */
const keyUsageBits: Readonly<Record<string, number>> = {
  'signing': 0, 'digital signature': 0, 'content commitment': 1, 'key encipherment': 2, 'data encipherment': 3,
  'key agreement': 4, 'cert sign': 5, 'crl sign': 6, 'encipher only': 7, 'decipher only': 8,
};

/** The extended key usages, by Kubernetes' names. */
const extendedUsages: Readonly<Record<string, string>> = {
  'any': oid.anyExtKeyUsage, 'server auth': oid.serverAuth, 'client auth': oid.clientAuth,
  'code signing': oid.codeSigning, 'email protection': oid.emailProtection, 's/mime': oid.emailProtection,
  'ipsec end system': oid.ipsecEndSystem, 'ipsec tunnel': oid.ipsecTunnel, 'ipsec user': oid.ipsecUser,
  'timestamping': oid.timeStamping, 'ocsp signing': oid.ocspSigning, 'microsoft sgc': oid.microsoftSgc,
  'netscape sgc': oid.netscapeSgc,
};

/** Whether Kubernetes knows the usage; an unknown one makes a signing fail. */
export function isKeyUsage(usage: string): boolean {
  return Object.hasOwn(keyUsageBits, usage) || Object.hasOwn(extendedUsages, usage);
}

/** What a certificate shall say. Times in milliseconds since the epoch; names in DER. */
export interface CertificateTemplate {
  readonly subject: Uint8Array;
  readonly publicKeyInfo: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Kubernetes' names of key usages and extended key usages. */
  readonly usages: readonly string[];
  readonly alternativeNames?: AlternativeNames;
  readonly isCa?: boolean;
}

/** Who signs: its name and key, and its subject key id. */
export interface Issuer {
  readonly name: Uint8Array;
  readonly key: PrivateKey;
}

/** A certificate in DER and as PEM. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly pem: string;
}

/** Signs a certificate. Its serial number is a hash of what it says, so that equal requests give equal answers. */
export function signCertificate(template: CertificateTemplate, issuer: Issuer): Certificate {
  const algorithm = derSequence(derOid(oid.ecdsaWithSha256));
  const body = [
    algorithm,
    issuer.name,
    derSequence(derTime(template.notBeforeMs), derTime(template.notAfterMs)),
    template.subject,
    template.publicKeyInfo,
    der(0xa3, derSequence(...extensions(template, issuer))),
  ];
  const serial = sha256(concatBytes(...body)).subarray(0, 8);
  serial[0] = (serial[0] ?? 0) & 0x7f | 0x01;
  const signed = derSequence(der(0xa0, derInteger(2)), derInteger(serial), ...body);
  const whole = derSequence(signed, algorithm, derBitString(issuer.key.sign(signed, 'der')));
  return { der: whole, pem: pemEncode('CERTIFICATE', whole) };
}

function extensions(template: CertificateTemplate, issuer: Issuer): Uint8Array[] {
  const { usages, isCa = false, alternativeNames: names } = template;
  const list: Uint8Array[] = [];
  const bits = usages.flatMap((usage) => keyUsageBits[usage] ?? []);
  if (bits.length > 0) list.push(extension(oid.keyUsage, true, keyUsage(bits)));
  const extended = [...new Set(usages.flatMap((usage) => extendedUsages[usage] ?? []))];
  if (extended.length > 0) list.push(extension(oid.extKeyUsage, false, derSequence(...extended.map(derOid))));
  list.push(extension(oid.basicConstraints, true, isCa ? derSequence(derBoolean(true)) : derSequence()));
  if (isCa) list.push(extension(oid.subjectKeyId, false, derOctetString(keyId(template.publicKeyInfo))));
  else {
    const authority = der(0x80, keyId(issuer.key.publicKeyInfo));
    list.push(extension(oid.authorityKeyId, false, derSequence(authority)));
  }
  if (names && [names.dnsNames, names.ipAddresses, names.emailAddresses, names.uris].some(({ length }) => length > 0)) {
    list.push(extension(oid.subjectAltName, false, encodeAlternativeNames(names)));
  }
  return list;
}

function extension(id: string, critical: boolean, content: Uint8Array): Uint8Array {
  return derSequence(derOid(id), ...(critical ? [derBoolean(true)] : []), derOctetString(content));
}

function keyUsage(bits: readonly number[]): Uint8Array {
  const highest = Math.max(...bits);
  const bytes = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return derBitString(bytes, 7 - (highest & 7));
}

/** The SHA-1 of the public key's bits: RFC 5280 4.2.1.2, method 1. An identifier, not a protection. */
function keyId(publicKeyInfo: Uint8Array): Uint8Array {
  const bits = readBitString(derItems(readDer(publicKeyInfo))?.[1]);
  return sha1(bits ?? publicKeyInfo);
}

/** A moment in whole seconds: UTCTime up to 2049, GeneralizedTime after, as RFC 5280 demands. */
function derTime(ms: number): Uint8Array {
  const seconds = Math.floor(ms / 1000);
  const { year, month, day } = civilFromDays(Math.floor(seconds / 86_400));
  const inDay = ((seconds % 86_400) + 86_400) % 86_400;
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(inDay / 3600))}${two(Math.floor(inDay / 60) % 60)}${two(inDay % 60)}Z`;
  const date = `${two(month)}${two(day)}${clock}`;
  return year < 2050 && year >= 1950 ? der(derTag.utcTime, utf8Encode(two(year % 100) + date))
    : der(derTag.generalizedTime, utf8Encode(String(year).padStart(4, '0') + date));
}

/** The SHA-256 fingerprint of a certificate in PEM, in hexadecimal digits. */
export function certificateFingerprint(pem: string): string {
  const block = pemDecode(pem);
  return [...sha256(block?.bytes ?? new Uint8Array())].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
