/**
 * Bootstrap tokens, `<id>.<secret>`: each is a Secret `bootstrap-token-<id>` in kube-system that says what the token may
 * be used for and until when. Models plugin/pkg/auth/authenticator/token/bootstrap.
 */
import { secrets } from '../../api/resources';
import { parseTime } from '../../api/time';
import { base64Decode } from '../../base/base64';
import type { ObjectReader } from '../objects';
import { authenticatedGroup, type UserInfo, userInfo } from './user';

const secretType = 'bootstrap.kubernetes.io/token';
const everyone = 'system:bootstrappers';
const groupForm = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** The user of a bootstrap token at that wall time, or undefined when there is no such token. */
export function bootstrapTokenUser(token: string, objects: ObjectReader, wallMs: number): UserInfo | undefined {
  const match = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token);
  if (!match) return undefined;
  const [, id = '', secret = ''] = match;
  const stored = objects.get(secrets, 'kube-system', `bootstrap-token-${id}`);
  if (!stored || stored.metadata.deletionTimestamp !== undefined || stored.type !== secretType) return undefined;
  const field = (key: string): string => base64Decode(stored.data?.[key] ?? '') ?? '';
  if (field('token-secret') !== secret || field('token-id') !== id) return undefined;
  if (isExpired(field('expiration'), wallMs) || field('usage-bootstrap-authentication') !== 'true') return undefined;
  const extra = field('auth-extra-groups').split(',').filter((group) => group !== '');
  if (!extra.every((group) => groupForm.test(group))) return undefined;
  const groups = [...new Set([everyone, ...extra])].sort();
  return userInfo(`system:bootstrap:${id}`, [...groups, authenticatedGroup]);
}

/** Whether an expiration (RFC 3339) has passed; a text that is no time counts as passed. */
export function isExpired(expiration: string, wallMs: number): boolean {
  if (expiration === '') return false;
  const atMs = parseTime(expiration);
  return atMs === undefined || wallMs >= atMs;
}
