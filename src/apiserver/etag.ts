/**
 * Entity tags: a document that a client has already is not sent again. Models ServeHTTPWithETag of apiserver's
 * aggregated discovery and the etags of kube-openapi's handlers, but for the function: theirs is SHA-512, and this one
 * is as long and quicker. Clients only compare.
 */
import { RunningHash } from '../base/hash';
import type { PathAnswer } from './http/path-handlers';

const lanes = 8;

/** A hash of a text in 128 capital hexadecimal digits, the same in every run. */
export function contentHash(text: string): string {
  let digits = '';
  for (let lane = 0; lane < lanes; lane += 1) {
    const hash = new RunningHash();
    hash.addNumber(lane + 1);
    hash.addText(text);
    digits += hash.digest();
  }
  return digits.toUpperCase();
}

/** The answer with the tag of its hash, or 304 without a body when the client has a document with this tag already. */
export function withETag(answer: PathAnswer, hash: string, ifNoneMatch: string | undefined): PathAnswer {
  const etag = `"${hash}"`;
  const headers = { ...answer.headers, etag };
  const known = ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
  return known ? { status: 304, contentType: answer.contentType, body: '', headers } : { ...answer, headers };
}
