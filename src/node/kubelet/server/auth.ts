/**
 * Who may ask the kubelet: bearer tokens are verified and permissions decided by the API server (TokenReview and
 * SubjectAccessReview, both remembered for a while), client certificates by the cluster's CA; nobody is anonymous.
 * Models the kubelet's webhook authentication and authorization with fine-grained attributes. Simplified: the two groups
 * that kubeadm makes cluster-admins are let through without asking, which is what the API server would answer.
 */
import type { ResourceType } from '../../../api/request';
import type { ApiClient } from '../../../client/api-client';
import type { VerifiedIdentity } from '../../../protocol/http';
import type { Task } from '../../../sim/task';
import type { KubeletRequest } from './request';

const tokenReviews: ResourceType = {
  group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews', kind: 'TokenReview', namespaced: false,
};
const accessReviews: ResourceType = {
  group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews', kind: 'SubjectAccessReview',
  namespaced: false,
};
const trustedGroups = new Set(['system:masters', 'kubeadm:cluster-admins']);
const tokenTtlMs = 120_000;
const allowedTtlMs = 300_000;
const deniedTtlMs = 30_000;
const cacheLimit = 1_000;

export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** The subresource of nodes that a path stands for; a broader permission for nodes/proxy is asked for second. */
const fineSubresources: readonly (readonly [path: RegExp, subresource: string])[] = [
  [/^\/stats(\/|$)/, 'stats'], [/^\/metrics(\/|$)/, 'metrics'], [/^\/logs(\/|$)/, 'log'],
  [/^\/checkpoint(\/|$)/, 'checkpoint'], [/^\/healthz(\/|$)/, 'healthz'], [/^\/pods\/?$/, 'pods'],
  [/^\/runningpods\/?$/, 'pods'], [/^\/configz$/, 'configz'],
];
/** Those that stand for themselves: nodes/proxy alone does not give them. */
const whole = new Set(['stats', 'metrics', 'log', 'checkpoint']);
const verbs: Readonly<Record<string, string>> = {
  POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete',
};

interface Remembered<T> {
  readonly untilMs: number;
  readonly value: T;
}

export class KubeletAuth {
  private readonly tokens = new Map<string, Remembered<VerifiedIdentity | undefined>>();
  private readonly decisions = new Map<string, Remembered<boolean>>();

  constructor(private readonly client: ApiClient) {}

  /** Why a request is refused; undefined when it may pass. */
  *refusal(request: KubeletRequest): Task<Refusal | undefined> {
    const user = request.identity ?? (yield* this.authenticate(request.token));
    if (!user) return { code: 401, text: 'Unauthorized' };
    if (user.groups.some((group) => trustedGroups.has(group))) return undefined;
    const verb = verbs[request.method] ?? '';
    const fine = fineSubresources.find(([path]) => path.test(request.path))?.[1];
    const asked = fine === undefined ? ['proxy'] : whole.has(fine) ? [fine] : [fine, 'proxy'];
    for (const subresource of asked) if (yield* this.isAllowed(user, verb, subresource)) return undefined;
    const attributes = `user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[${asked.join(' ')}]`;
    return { code: 403, text: `Forbidden (${attributes})\n` };
  }

  private *authenticate(token: string | undefined): Task<VerifiedIdentity | undefined> {
    if (token === undefined) return undefined;
    const { host } = this.client;
    const known = this.tokens.get(token);
    if (known && known.untilMs > host.nowMs) return known.value;
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token } };
    const answer = yield* this.client.post<{ status?: TokenStatus }>(tokenReviews, {}, review);
    const { authenticated = false, user } = (answer.ok ? answer.value.status : undefined) ?? {};
    const value = authenticated && user?.username !== undefined
      ? { name: user.username, groups: user.groups ?? [] } : undefined;
    remember(this.tokens, token, { value, untilMs: host.nowMs + tokenTtlMs });
    return value;
  }

  private *isAllowed(user: VerifiedIdentity, verb: string, subresource: string): Task<boolean> {
    const { host } = this.client;
    const key = JSON.stringify([user.name, user.groups, verb, subresource]);
    const known = this.decisions.get(key);
    if (known && known.untilMs > host.nowMs) return known.value;
    const resourceAttributes = { verb, version: 'v1', resource: 'nodes', subresource, name: host.machine };
    const review = {
      apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {},
      spec: { user: user.name, groups: user.groups, resourceAttributes },
    };
    const answer = yield* this.client.post<{ status?: { allowed?: boolean } }>(accessReviews, {}, review);
    // What could not be asked is not remembered.
    if (!answer.ok) return false;
    const value = answer.value.status?.allowed ?? false;
    remember(this.decisions, key, { value, untilMs: host.nowMs + (value ? allowedTtlMs : deniedTtlMs) });
    return value;
  }
}

interface TokenStatus {
  readonly authenticated?: boolean;
  readonly user?: { readonly username?: string; readonly groups?: readonly string[] };
}

function remember<T>(cache: Map<string, Remembered<T>>, key: string, value: Remembered<T>): void {
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(key, value);
}
