/**
 * Continue tokens of paged lists: base64 of the revision and of the key at which the next page begins. Models
 * apiserver's pkg/storage continue.go.
 */
import { base64Decode, base64Encode } from '../../base/base64';
import { isJsonMistake, parseJson } from '../../base/json';
import { isMap } from '../../api/patch/plain';
import { base64Problem } from '../../api/decode/go-parsers';
import { badRequest, type FailureStatus } from '../../api/status';

const tokenVersion = 'meta.k8s.io/v1';

/** Where a list goes on. */
export interface ContinueToken {
  /** The revision of the first page; -1 for the newest one. */
  readonly revision: number;
  /** The key in etcd at which the next page begins. */
  readonly key: string;
}

/** The token of a list below a prefix. */
export function encodeContinue({ revision, key }: ContinueToken, prefix: string): string {
  const text = JSON.stringify({ v: tokenVersion, rv: revision, start: key.slice(prefix.length) });
  return base64Encode(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Reads a token that a client has sent back for a list below a prefix. */
export function decodeContinue(token: string, prefix: string): ContinueToken | FailureStatus {
  const standard = token.replaceAll('-', '+').replaceAll('_', '/');
  const padded = standard.padEnd(Math.ceil(standard.length / 4) * 4, '=');
  const text = /[+/=]/.test(token) ? undefined : base64Decode(padded);
  if (text === undefined) return invalidToken(`: ${base64Problem(padded) ?? 'illegal base64 data at input byte 0'}`);
  const parsed = parseJson(text);
  if (isJsonMistake(parsed)) return invalidToken(`: ${parsed.error}`);
  const { v = '', rv = 0, start = '' } = isMap(parsed.value) ? parsed.value : {};
  if (v !== tokenVersion) return invalidToken(`: server does not recognize this encoded version ${String(v)}`);
  if (typeof rv !== 'number' || rv === 0) {
    return invalidToken(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  }
  if (typeof start !== 'string' || start === '') {
    return invalidToken(': encoded start key empty (version meta.k8s.io/v1)');
  }
  const path = start.startsWith('/') ? start : `/${start}`;
  if (!isClean(path)) return invalidToken(`: ${start}`);
  return { revision: rv, key: prefix + path.slice(1) };
}

/** Whether a path says the same after path.Clean, so that it cannot lead out of the list. */
function isClean(path: string): boolean {
  return path === '/' || path.split('/').slice(1).every((part) => part !== '' && part !== '.' && part !== '..');
}

function invalidToken(why: string): FailureStatus {
  return badRequest(`invalid continue token: continue key is not valid${why}`);
}
