/**
 * Tokens of service accounts for projected volumes, bound to their pod: asked of the API server, and asked again when
 * most of their time has passed. Models pkg/kubelet/token. A token's text is taken from the answer when a program reads
 * the file: few ever do, and signing costs more than all the rest of a pod's start.
 */
import { serviceAccounts } from '../../api/resources';
import { timeMs } from '../../api/time';
import type { Pod, ServiceAccountTokenProjection, TokenRequest } from '../../api/types';
import type { ApiClient, ApiResult } from '../../client/api-client';
import type { Task } from '../../sim/task';
import type { FileContent } from '../filesystem';

const defaultSeconds = 3_600;
/** The share of its life after which a token is replaced, and the longest a token is used. */
const renewalShare = 0.8;
const longestUseMs = 24 * 3_600_000;

interface Known {
  readonly content: FileContent;
  readonly renewAtMs: number;
}

export class TokenManager {
  private readonly known = new Map<string, Known>();

  constructor(private readonly client: ApiClient) {}

  /** The file of a projected token, or why it cannot be had. */
  *token(pod: Pod, projection: ServiceAccountTokenProjection): Task<FileContent | { readonly error: string }> {
    const { audience = '', expirationSeconds = defaultSeconds } = projection;
    const { name: podName, namespace = '', uid } = pod.metadata;
    const account = pod.spec.serviceAccountName || 'default';
    const key = `${uid}/${account}/${audience}/${expirationSeconds}`;
    const { host } = this.client;
    const kept = this.known.get(key);
    if (kept && host.wallMs < kept.renewAtMs) return kept.content;
    this.known.delete(key);
    const answer: ApiResult<TokenRequest> = yield* this.client.post<TokenRequest>(
      serviceAccounts, { namespace, name: account, subresource: 'token' }, {
        apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {},
        spec: {
          audiences: audience === '' ? [] : [audience], expirationSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: podName, uid },
        },
      });
    if (!answer.ok) return { error: `failed to fetch token: ${answer.status.message ?? ''}` };
    const { status } = answer.value;
    const content: FileContent = {
      get text() {
        return status.token ?? '';
      },
    };
    const lifeMs = timeMs(status.expirationTimestamp ?? '') - host.wallMs;
    this.known.set(key, { content, renewAtMs: host.wallMs + Math.min(longestUseMs, renewalShare * lifeMs) });
    return content;
  }

  /** Forgets the tokens of a pod that is gone. */
  forget(uid: string): void {
    for (const key of this.known.keys()) if (key.startsWith(`${uid}/`)) this.known.delete(key);
  }
}
