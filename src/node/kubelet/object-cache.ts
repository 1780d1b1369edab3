/**
 * ConfigMaps and Secrets that pods on this node refer to, read from the API server when they are needed and kept for a
 * minute. Upstream's watch-based manager sees changes earlier; what a volume contains after a minute is the same.
 */
import type { ResourceType } from '../../api/request';
import type { KubeObject } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Task } from '../../sim/task';

const keepMs = 60_000;

export class ObjectCache {
  private readonly entries = new Map<string, { readonly object: KubeObject; readonly atMs: number }>();

  constructor(private readonly client: ApiClient) {}

  *get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): Task<T | undefined> {
    const key = `${type.resource}/${namespace}/${name}`;
    const { nowMs } = this.client.host;
    const known = this.entries.get(key);
    if (known && nowMs - known.atMs < keepMs) return known.object as T;
    const found = yield* this.client.get(type, { namespace, name });
    if (!found.ok) return undefined;
    this.entries.set(key, { object: found.value, atMs: nowMs });
    return found.value;
  }
}
