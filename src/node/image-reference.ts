/**
 * Names of images: docker.io and library/ filled in, tag or digest split off, and the digests that this simulation gives
 * to images (stable per name, no content behind them). Models distribution/reference ParseNormalizedNamed.
 */
import { fnv1a32 } from '../base/hash';

export interface ImageReference {
  /** `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

const domain = /^(localhost|[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+(?=:\d+))(:\d+)?$/;
const pathPart = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^sha256:[0-9a-f]{64}$/;

/** Reads a reference as a user writes it; the text is what Go prints when it cannot be read. */
export function parseImageReference(text: string): ImageReference | string {
  if (/^[0-9a-f]{64}$/.test(text)) {
    return `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`;
  }
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasDomain = slash >= 0 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const host = hasDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const rest = hasDomain ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? 'latest' : rest.slice(colon + 1);
  if (path !== path.toLowerCase()) return 'repository name must be lowercase';
  const valid = domain.test(host) && path.split('/').every((part) => pathPart.test(part)) && tagForm.test(tag)
    && (digest === undefined || digestForm.test(digest));
  if (!valid) return 'invalid reference format';
  const repository = host === 'docker.io' && !path.includes('/') ? `docker.io/library/${path}` : `${host}/${path}`;
  return { repository, tag, ...(digest === undefined ? {} : { digest }) };
}

/** `docker.io/library/nginx:1.27`, or with a digest instead of the tag. */
export function fullName(reference: ImageReference): string {
  const { repository, tag, digest } = reference;
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/** 64 hexadecimal digits that are always the same for the same text. */
export function digestOf(text: string): string {
  let digits = '';
  for (let part = 0; part < 8; part += 1) digits += fnv1a32(`${part}/${text}`).toString(16).padStart(8, '0');
  return digits;
}
