/**
 * ConfigMaps and Secrets that pods on this node refer to, read from the API server when they are needed and kept for a
 * minute; who asks while a read is under way waits for its answer. Upstream's watch-based manager sees changes earlier;
 * what a volume contains after a minute is the same. What does not exist is not remembered.
 */
import type { ResourceType } from '../../api/request';
import type { KubeObject } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { type Task, waitFor } from '../../sim/task';
import { TokenManager } from './tokens';

const keepMs = 60_000;

type Resume = (object: KubeObject | undefined) => void;

export class ObjectCache {
  private readonly entries = new Map<string, { readonly object: KubeObject; readonly atMs: number }>();
  private readonly reads = new Map<string, Resume[]>();

  /** Tokens for projected volumes, which come from the API server too. */
  readonly tokens: TokenManager;

  constructor(private readonly client: ApiClient) {
    this.tokens = new TokenManager(client);
  }

  /** The object, or undefined when it does not exist or the API server does not answer. */
  *get<T extends KubeObject>(type: ResourceType<T>, namespace: string, name: string): Task<T | undefined> {
    const key = `${type.resource}/${namespace}/${name}`;
    const known = this.entries.get(key);
    if (known && this.client.host.nowMs - known.atMs < keepMs) return known.object as T;
    const waiting = this.reads.get(key);
    if (waiting) return yield* waitFor<T | undefined>((resume) => void waiting.push(resume as Resume));
    const others: Resume[] = [];
    this.reads.set(key, others);
    const found = yield* this.client.get(type, { namespace, name });
    this.reads.delete(key);
    if (found.ok) this.entries.set(key, { object: found.value, atMs: this.client.host.nowMs });
    else this.entries.delete(key);
    const object = found.ok ? found.value : undefined;
    for (const resume of others) resume(object);
    return object;
  }
}
