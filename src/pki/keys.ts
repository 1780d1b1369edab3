/**
 * Private keys on the curve P-256, made from entropy and a label, and the signatures they make. Signing is synchronous
 * and deterministic (RFC 6979), so the same run makes the same certificates and tokens again. Models what kubeadm's
 * pkiutil makes with encryptionAlgorithm ECDSA-P256.
 */
import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Encode } from '../base/utf8';
import { der, derBitString, derInteger, derOctetString, derOid, derSequence } from './der';
import { pemEncode } from './encoding';
import { oid } from './object-identifiers';

/** A key pair; the public half is worked out when it is first asked for, which costs milliseconds. */
export class PrivateKey {
  private point: Uint8Array | undefined;

  /** `scalar` is the private number, 32 bytes, from 1 up to the order of the curve. */
  constructor(private readonly scalar: Uint8Array) {}

  /** The uncompressed point, 65 bytes. */
  get publicPoint(): Uint8Array {
    return this.point ??= p256.getPublicKey(this.scalar, false);
  }

  /** SubjectPublicKeyInfo in DER. */
  get publicKeyInfo(): Uint8Array {
    return derSequence(
      derSequence(derOid(oid.ecPublicKey), derOid(oid.prime256v1)), derBitString(this.publicPoint));
  }

  /** The ECDSA signature over the SHA-256 of the message: in DER for X.509, r and s side by side for JOSE. */
  sign(message: Uint8Array, format: 'der' | 'compact'): Uint8Array {
    return p256.sign(message, this.scalar, { format, lowS: false });
  }

  /** The key as `EC PRIVATE KEY` (SEC 1), as kubeadm and kind write it. */
  toSec1Pem(): string {
    const curve = der(0xa0, derOid(oid.prime256v1));
    return pemEncode('EC PRIVATE KEY', derSequence(
      derInteger(1), derOctetString(this.scalar), curve, der(0xa1, derBitString(this.publicPoint))));
  }

  /** The key as `PRIVATE KEY` (PKCS#8). */
  toPkcs8Pem(): string {
    const inner = derSequence(derInteger(1), derOctetString(this.scalar), der(0xa1, derBitString(this.publicPoint)));
    const algorithm = derSequence(derOid(oid.ecPublicKey), derOid(oid.prime256v1));
    return pemEncode('PRIVATE KEY', derSequence(derInteger(0), algorithm, derOctetString(inner)));
  }
}

/** The key of that label: other labels and other entropy give other keys that tell nothing of this one. */
export function deriveKey(entropy: Uint8Array, label: string): PrivateKey {
  const seed = hkdf(sha256, entropy, utf8Encode('kindergarten-pki'), utf8Encode(label), 48);
  return new PrivateKey(p256.utils.randomSecretKey(seed));
}

/** Whether a JOSE signature over the SHA-256 of the message is this key's. */
export function verifyCompact(publicPoint: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  try {
    return p256.verify(signature, message, publicPoint, { lowS: false, format: 'compact' });
  } catch {
    return false;
  }
}
