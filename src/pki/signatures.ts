/**
 * Checking signatures of public keys that others bring: ECDSA over P-256 and P-384 and RSA PKCS#1 v1.5, with SHA-2.
 * Everything else is refused by name of its absence here: P-521 and Ed25519 keys can be parsed but not verified. Models
 * x509's checkSignature. Sizes are bounded, since exponents and moduli come from outside.
 */
import { p256, p384 } from '@noble/curves/nist.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bigIntOf, derItems, type DerValue, readBitString, readDer, readInteger, readOid } from './der';
import { hexDecode, sameBytes } from './encoding';
import { oid } from './object-identifiers';

type Hash = (message: Uint8Array) => Uint8Array;

const ecdsaHashes: Readonly<Record<string, Hash>> = {
  [oid.ecdsaWithSha256]: sha256, [oid.ecdsaWithSha384]: sha384, [oid.ecdsaWithSha512]: sha512,
};

/** DigestInfo up to the digest, RFC 8017 section 9.2. */
const rsaHashes: Readonly<Record<string, { readonly hash: Hash; readonly prefix: string }>> = {
  [oid.sha256WithRsa]: { hash: sha256, prefix: '3031300d060960864801650304020105000420' },
  [oid.sha384WithRsa]: { hash: sha384, prefix: '3041300d060960864801650304020205000430' },
  [oid.sha512WithRsa]: { hash: sha512, prefix: '3051300d060960864801650304020305000440' },
};

const maxModulusBits = 8_192;
const maxExponent = 2n ** 31n - 1n;

/**
 * Whether the signature over the message was made with the private half of `publicKeyInfo` (SubjectPublicKeyInfo in
 * DER) under the algorithm of that object identifier. False too for keys and algorithms that are not known.
 */
export function verifySignature(
  publicKeyInfo: Uint8Array, algorithm: string, message: Uint8Array, signature: Uint8Array,
): boolean {
  const [keyAlgorithm, keyBits] = derItems(readDer(publicKeyInfo)) ?? [];
  const [keyType, parameters] = derItems(keyAlgorithm) ?? [];
  const key = readBitString(keyBits);
  if (!key) return false;
  switch (readOid(keyType)) {
    case oid.ecPublicKey: return verifyEcdsa(readOid(parameters), key, algorithm, message, signature);
    case oid.rsaEncryption: return verifyRsa(key, algorithm, message, signature);
    default: return false;
  }
}

function verifyEcdsa(
  curve: string | undefined, point: Uint8Array, algorithm: string, message: Uint8Array, signature: Uint8Array,
): boolean {
  const hash = ecdsaHashes[algorithm];
  const named = curve === oid.prime256v1 ? p256 : curve === oid.secp384r1 ? p384 : undefined;
  if (!hash || !named || signature.length > 256) return false;
  try {
    return named.verify(signature, hash(message), point, { prehash: false, lowS: false, format: 'der' });
  } catch {
    return false;
  }
}

function verifyRsa(key: Uint8Array, algorithm: string, message: Uint8Array, signature: Uint8Array): boolean {
  const digest = rsaHashes[algorithm];
  const [modulusValue, exponentValue]: readonly (DerValue | undefined)[] = derItems(readDer(key)) ?? [];
  const modulus = readInteger(modulusValue);
  const exponent = readInteger(exponentValue);
  if (!digest || modulus === undefined || exponent === undefined) return false;
  const size = Math.ceil(modulus.toString(16).length / 2);
  if (size * 8 > maxModulusBits || exponent < 3n || exponent > maxExponent || signature.length !== size) return false;
  const value = bigIntOf(signature);
  if (value >= modulus) return false;
  const tail = [...hexDecode(digest.prefix) ?? [], ...digest.hash(message)];
  if (size < tail.length + 11) return false;
  const padding = new Array<number>(size - tail.length - 3).fill(0xff);
  const expected = Uint8Array.from([0, 1, ...padding, 0, ...tail]);
  const opened = power(value, exponent, modulus).toString(16).padStart(2 * size, '0');
  return sameBytes(hexDecode(opened) ?? new Uint8Array(), expected);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = base % modulus; bits > 0n; bits >>= 1n) {
    if ((bits & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
