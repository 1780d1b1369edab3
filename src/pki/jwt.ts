/**
 * JSON Web Tokens signed with ES256, and the key set by which others verify them. Models pkg/serviceaccount/jwt.go and
 * openidmetadata.go with an ECDSA key. Times in tokens are whole seconds since the epoch.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8Encode } from '../base/utf8';
import { base64UrlOfBytes, bytesOfBase64Url, strictText } from './encoding';
import { type PrivateKey, verifyCompact } from './keys';

/** Longer texts are no tokens of ours. */
const maxTokenLength = 16_384;

export type Claims = Readonly<Record<string, unknown>>;

/** The id of a key in tokens and key sets: the hash of its public half. */
export function keyIdOf(key: PrivateKey): string {
  return base64UrlOfBytes(sha256(key.publicKeyInfo));
}

/** A token over the claims. */
export function signJwt(key: PrivateKey, claims: Claims): string {
  const header = encodeJson({ alg: 'ES256', kid: keyIdOf(key) });
  const signed = `${header}.${encodeJson(claims)}`;
  return `${signed}.${base64UrlOfBytes(key.sign(utf8Encode(signed), 'compact'))}`;
}

function encodeJson(value: unknown): string {
  return base64UrlOfBytes(utf8Encode(JSON.stringify(value)));
}

/** The claims of a text that has the form of a token, without a look at its signature; undefined for other texts. */
export function readClaims(token: string): Claims | undefined {
  const parts = token.split('.');
  if (token.length > maxTokenLength || parts.length !== 3) return undefined;
  return readJson(parts[1] ?? '');
}

/** The claims of a token whose signature is this key's; undefined for any other. */
export function verifyJwt(key: PrivateKey, token: string): Claims | undefined {
  const claims = readClaims(token);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const fields = claims && readJson(header);
  if (fields?.['alg'] !== 'ES256') return undefined;
  const bytes = bytesOfBase64Url(signature);
  return bytes && verifyCompact(key.publicPoint, utf8Encode(`${header}.${payload}`), bytes) ? claims : undefined;
}

function readJson(part: string): Claims | undefined {
  const bytes = bytesOfBase64Url(part);
  const text = bytes && strictText(bytes);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Claims : undefined;
  } catch {
    return undefined;
  }
}

/** The public key as a JSON Web Key Set. */
export function keySetOf(key: PrivateKey): { readonly keys: readonly Readonly<Record<string, string>>[] } {
  const point = key.publicPoint;
  return {
    keys: [{
      use: 'sig', kty: 'EC', kid: keyIdOf(key), crv: 'P-256', alg: 'ES256',
      x: base64UrlOfBytes(point.subarray(1, 33)), y: base64UrlOfBytes(point.subarray(33, 65)),
    }],
  };
}
