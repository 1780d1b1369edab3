/**
 * Authenticators: from what a caller presents to who it is. A component inside the simulation presents a credential as
 * data, of which only what a verifier looks up is checked; a token is verified in full, whoever brings it. Models the
 * authenticators that pkg/kubeapiserver/authenticator unites; outside requests come through http.ts.
 */
import { pods, serviceAccounts } from '../../api/resources';
import type { Credential } from '../../api/request';
import type { ObjectReader } from '../objects';
import type { TokenUser } from '../options';
import { bootstrapTokenUser } from './bootstrap-tokens';
import { apiAudiences, type ServiceAccountTokens, type TokenAnswer } from './service-account-tokens';
import {
  anonymousUser, authenticatedGroup, serviceAccountGroups, serviceAccountUserName, type UserInfo, userInfo,
} from './user';

export class Authenticator {
  private readonly certificates = new WeakMap<Credential, UserInfo>();
  private readonly accounts = new Map<string, UserInfo>();

  constructor(
    private readonly serviceAccountTokens: ServiceAccountTokens,
    private readonly tokens: Readonly<Record<string, TokenUser>> = {},
  ) {}

  /** The user behind a credential at that wall time, or undefined when nobody vouches for it (401). */
  authenticate(credential: Credential, objects: ObjectReader, wallMs: number): UserInfo | undefined {
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
        const answer = this.authenticateToken(credential.token, apiAudiences, objects, wallMs);
        return 'user' in answer ? answer.user : undefined;
      }
      case 'anonymous':
        return anonymousUser;
    }
  }

  /** Whom a bearer token stands for, for one of the wanted audiences; or why it is not valid. */
  authenticateToken(
    token: string, wanted: readonly string[], objects: ObjectReader, wallMs: number,
  ): TokenAnswer {
    // Tokens that know nothing of audiences are for the API server.
    const forServer = wanted.filter((audience) => apiAudiences.includes(audience));
    const known = Object.hasOwn(this.tokens, token) ? this.tokens[token] : undefined;
    if (known) return { user: userInfo(known.name, [...known.groups, authenticatedGroup]), audiences: forServer };
    const account = this.serviceAccountTokens.authenticate(token, wanted, objects, wallMs);
    if (account) return 'error' in account ? { error: `[invalid bearer token, ${account.error}]` } : account;
    const bootstrap = bootstrapTokenUser(token, objects, wallMs);
    return bootstrap ? { user: bootstrap, audiences: forServer } : { error: 'invalid bearer token' };
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
      const groups = [...serviceAccountGroups(namespace), authenticatedGroup];
      const extra = pod && Object.freeze({
        'authentication.kubernetes.io/node-name': [pod.spec.nodeName ?? ''],
        'authentication.kubernetes.io/pod-name': [pod.metadata.name],
        'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
      });
      user = userInfo(serviceAccountUserName(namespace, name), groups, { uid: account.metadata.uid, extra });
      this.accounts.set(key, user);
    }
    return user;
  }
}
