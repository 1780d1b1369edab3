/**
 * What an API server offers, asked of its aggregated discovery: one request tells of all groups but the core one. An
 * answer that is the same as before is not read again. Models client-go's discovery client and ServerPreferredResources.
 */
import type { ResourceType } from '../api/request';
import type { Status } from '../api/types';
import type { Task } from '../sim/task';
import type { ApiClient, ApiResult } from './api-client';

/** A resource that a server offers, in the preferred version of its group. */
export interface OfferedResource extends ResourceType {
  readonly verbs: readonly string[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The parts of an APIGroupDiscoveryList that are read. */
interface GroupDiscovery {
  readonly metadata?: { readonly name?: string };
  readonly versions?: readonly {
    readonly version: string;
    readonly resources?: readonly {
      readonly resource: string;
      readonly responseKind?: { readonly kind?: string };
      readonly scope?: string;
      readonly verbs?: readonly string[];
    }[];
  }[];
}

export class Discovery {
  private text = '';
  private known: readonly OfferedResource[] = [];

  constructor(private readonly client: ApiClient) {}

  /** The resources of all named groups; each in the first version that has it. */
  *resources(): Task<ApiResult<readonly OfferedResource[]>> {
    const answer = yield* this.client.getPath('/apis', aggregated);
    if (!answer.ok) return answer;
    if (answer.value !== this.text) {
      const offered = readGroups(answer.value);
      if (offered === undefined) return { ok: false, status: unreadable };
      this.known = offered;
      this.text = answer.value;
    }
    return { ok: true, value: this.known };
  }
}

const unreadable: Status = Object.freeze({
  apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message: 'the answer of discovery cannot be read',
  reason: 'Unknown', code: 500,
});

function readGroups(text: string): readonly OfferedResource[] | undefined {
  let list: { readonly items?: readonly GroupDiscovery[] };
  try {
    list = JSON.parse(text) as typeof list;
  } catch {
    return undefined;
  }
  if (!Array.isArray(list.items)) return undefined;
  const offered: OfferedResource[] = [];
  for (const { metadata, versions = [] } of list.items as readonly GroupDiscovery[]) {
    const seen = new Set<string>();
    for (const { version, resources = [] } of versions) {
      for (const { resource, responseKind, scope, verbs = [] } of resources) {
        if (seen.has(resource)) continue;
        seen.add(resource);
        offered.push({
          group: metadata?.name ?? '',
          version,
          resource,
          kind: responseKind?.kind ?? '',
          namespaced: scope === 'Namespaced',
          verbs,
        });
      }
    }
  }
  return offered;
}
