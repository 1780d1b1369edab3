/** Bootstrap tokens as the Secrets say them. Models k8s.io/cluster-bootstrap/token/util. */
import { parseTime } from '../../api/time';
import type { Secret } from '../../api/types';
import { base64Decode } from '../../base/base64';

const namePrefix = 'bootstrap-token-';

export interface BootstrapToken {
  readonly id: string;
  readonly secret: string;
  /** RFC 3339, or empty for a token that lives forever. */
  readonly expiration: string;
  /** usage-bootstrap-signing. */
  readonly signs: boolean;
}

/** Whether the Secret is meant to hold a bootstrap token. */
export function isBootstrapToken({ type, metadata }: Secret): boolean {
  return type === 'bootstrap.kubernetes.io/token' && metadata.namespace === 'kube-system';
}

/** The token of a Secret, or undefined when it holds none that is well formed. */
export function bootstrapToken(secret: Secret): BootstrapToken | undefined {
  if (!isBootstrapToken(secret)) return undefined;
  const field = (key: string): string => base64Decode(secret.data?.[key] ?? '') ?? '';
  const id = field('token-id');
  if (!/^[a-z0-9]{6}$/.test(id) || secret.metadata.name !== namePrefix + id || field('token-secret') === '') {
    return undefined;
  }
  return {
    id, secret: field('token-secret'), expiration: field('expiration'),
    signs: field('usage-bootstrap-signing') === 'true',
  };
}

/** When a token ends, in milliseconds since the epoch; undefined for never, and at once for what is no time. */
export function tokenExpiryMs({ expiration }: BootstrapToken): number | undefined {
  return expiration === '' ? undefined : parseTime(expiration) ?? 0;
}
