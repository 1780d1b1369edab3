/**
 * Authentication: from what a caller presents to who it is. Models the request authenticators of kube-apiserver
 * (x509 common names, bound service account tokens, static tokens, anonymous) on credentials that are data: there is
 * nothing to sign, so only what a verifier looks up is checked: that the service account and the pod exist.
 */
import { pods, serviceAccounts } from '../api/resources';
import type { Credential } from '../api/request';
import type { ObjectReader } from './objects';
import type { TokenUser } from './options';

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

const authenticatedGroup = 'system:authenticated';
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

const anonymousUser = userInfo('system:anonymous', ['system:unauthenticated']);

export class Authenticator {
  private readonly certificates = new WeakMap<Credential, UserInfo>();
  private readonly accounts = new Map<string, UserInfo>();

  constructor(private readonly tokens: Readonly<Record<string, TokenUser>> = {}) {}

  /** The user behind a credential, or undefined when nobody vouches for it (401). */
  authenticate(credential: Credential, objects: ObjectReader): UserInfo | undefined {
    switch (credential.kind) {
      case 'certificate': {
        let user = this.certificates.get(credential);
        if (!user) {
          user = userInfo(credential.commonName, [...credential.organizations, authenticatedGroup]);
          this.certificates.set(credential, user);
        }
        return user;
      }
      case 'serviceAccount':
        return this.serviceAccount(credential, objects);
      case 'token': {
        const { token } = credential;
        const user = Object.hasOwn(this.tokens, token) ? this.tokens[token] : undefined;
        return user && userInfo(user.name, [...user.groups, authenticatedGroup]);
      }
      case 'anonymous':
        return anonymousUser;
    }
  }

  /** A token dies with its service account and with its pod: serviceaccount validator. */
  private serviceAccount(
    credential: Extract<Credential, { kind: 'serviceAccount' }>, objects: ObjectReader,
  ): UserInfo | undefined {
    const { namespace, name, pod: podName } = credential;
    const account = objects.get(serviceAccounts, namespace, name);
    if (!account) return undefined;
    const pod = podName === undefined ? undefined : objects.get(pods, namespace, podName);
    if (podName !== undefined && !pod) return undefined;
    const key = `${account.metadata.uid}/${pod?.metadata.uid ?? ''}/${pod?.spec.nodeName ?? ''}`;
    let user = this.accounts.get(key);
    if (!user) {
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, authenticatedGroup];
      const extra = pod && Object.freeze({
        'authentication.kubernetes.io/node-name': [pod.spec.nodeName ?? ''],
        'authentication.kubernetes.io/pod-name': [pod.metadata.name],
        'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
      });
      user = userInfo(`system:serviceaccount:${namespace}:${name}`, groups, { uid: account.metadata.uid, extra });
      this.accounts.set(key, user);
    }
    return user;
  }
}
