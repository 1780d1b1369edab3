/**
 * Who a request comes from. Models user.Info of apiserver's pkg/authentication/user, with what is asked of it again and
 * again worked out once: whether it is a node, whether it may do everything, and a key for remembered decisions.
 */
import type { VerifiedIdentity } from '../../protocol/http';

/** Who a request comes from: user.Info. */
export interface UserInfo {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  /** Name and groups as one text; equal for equal users, so that decisions can be remembered by it. */
  readonly key: string;
  /** The node whose kubelet this is: nodeidentifier.NodeIdentity. Empty for a node without a name. */
  readonly node?: string;
  /** Member of system:masters: every request is allowed. */
  readonly superuser: boolean;
}

/** The group of everyone whom an authenticator vouches for. */
export const authenticatedGroup = 'system:authenticated';
/** The group of everyone else. */
export const unauthenticatedGroup = 'system:unauthenticated';
/** The name of everyone else. */
export const anonymousName = 'system:anonymous';
const nodeUserPrefix = 'system:node:';

/** Makes a user; a node is known by its user name and by membership in system:nodes. */
export function userInfo(name: string, groups: readonly string[], more: Partial<UserInfo> = {}): UserInfo {
  const isNode = name.startsWith(nodeUserPrefix) && groups.includes('system:nodes');
  return Object.freeze({
    name,
    groups: Object.freeze(groups.slice()),
    key: [name, ...groups.slice().sort()].join('\n'),
    ...(isNode ? { node: name.slice(nodeUserPrefix.length) } : {}),
    superuser: groups.includes('system:masters'),
    ...more,
  });
}

/** The API server itself, when it writes through its own loopback connection. */
export const loopbackUser = userInfo('system:apiserver', ['system:masters', authenticatedGroup]);

/** Whoever presents no credential. */
export const anonymousUser = userInfo(anonymousName, [unauthenticatedGroup]);

/** A user as it is told to the edge, for audit. */
export function identityOf({ name, groups, uid, extra }: UserInfo): VerifiedIdentity {
  return { name, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
}

const serviceAccountPrefix = 'system:serviceaccount:';

/** The user name of a service account: serviceaccount.MakeUsername. */
export function serviceAccountUserName(namespace: string, name: string): string {
  return `${serviceAccountPrefix}${namespace}:${name}`;
}

/** The groups of a service account, without that of everyone: serviceaccount.MakeGroupNames. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** The service account that a user name means, or undefined: serviceaccount.SplitUsername. */
export function splitServiceAccountName(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace = '', name = '', ...rest] = userName.slice(serviceAccountPrefix.length).split(':');
  const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
  const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  if (rest.length > 0 || !label.test(namespace) || name.length > 253 || !subdomain.test(name)) return undefined;
  return { namespace, name };
}

/** The node that a user name means, or undefined. */
export function splitNodeName(userName: string): string | undefined {
  const name = userName.startsWith(nodeUserPrefix) ? userName.slice(nodeUserPrefix.length) : '';
  const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
  return name.length > 0 && name.length <= 253 && subdomain.test(name) ? name : undefined;
}
