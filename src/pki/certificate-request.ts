/**
 * PKCS#10 certificate requests, as openssl, Go and cert-manager write them: parsed without trust, with the signature
 * by which the requester proves that it holds the key. Models x509.ParseCertificateRequest and CheckSignature.
 */
import { derItems, derTag, type DerValue, readBitString, readDer, readOid } from './der';
import { pemDecode } from './encoding';
import {
  type AlternativeNames, type DistinguishedName, noAlternativeNames, readAlternativeNames, readName,
} from './names';
import { oid } from './object-identifiers';
import { verifySignature } from './signatures';

/** What a request asks for. */
export interface CertificateRequest {
  readonly subject: DistinguishedName;
  /** The subject as it was written, with attributes that are of no concern here. */
  readonly subjectDer: Uint8Array;
  readonly publicKeyInfo: Uint8Array;
  readonly alternativeNames: AlternativeNames;
  /** Whether the requester holds the private key. */
  readonly signatureValid: boolean;
}

/** A request, or why it is none, in the words of Kubernetes and Go. */
export type ParsedRequest = CertificateRequest | { readonly error: string };

const malformed = { error: 'asn1: structure error: malformed certificate request' } as const;

/** Parses the PEM text of a request: certificates.ParseCSR. */
export function parseCertificateRequest(pem: string): ParsedRequest {
  const block = pemDecode(pem);
  if (block?.type !== 'CERTIFICATE REQUEST') return { error: 'PEM block type must be CERTIFICATE REQUEST' };
  const [info, algorithm, signatureBits] = derItems(readDer(block.bytes)) ?? [];
  const [version, subjectValue, key, attributes] = derItems(info) ?? [];
  const algorithmId = readOid(derItems(algorithm)?.[0]);
  const signature = readBitString(signatureBits);
  const subject = readName(subjectValue);
  if (!info || !subjectValue || !key || version?.tag !== derTag.integer) return malformed;
  if (!subject || algorithmId === undefined || !signature) return malformed;
  const alternativeNames = requestedNames(attributes);
  if (!alternativeNames) return malformed;
  return {
    subject,
    subjectDer: subjectValue.whole,
    publicKeyInfo: key.whole,
    alternativeNames,
    signatureValid: verifySignature(key.whole, algorithmId, info.whole, signature),
  };
}

function requestedNames(attributes: DerValue | undefined): AlternativeNames | undefined {
  for (const attribute of derItems(attributes) ?? []) {
    const [type, values] = derItems(attribute) ?? [];
    if (readOid(type) !== oid.extensionRequest) continue;
    for (const extension of derItems(derItems(values)?.[0]) ?? []) {
      const items = derItems(extension) ?? [];
      if (readOid(items[0]) !== oid.subjectAltName) continue;
      const content = items[items.length - 1];
      return content?.tag === derTag.octetString ? readAlternativeNames(readDer(content.content)) : undefined;
    }
  }
  return noAlternativeNames;
}
