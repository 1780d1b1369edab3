/** One informer per resource for all parts of a process, as client-go's shared informer factory gives them out. */
import type { ResourceType } from '../api/request';
import type { KubeObject } from '../api/types';
import type { ApiClient } from './api-client';
import { Informer } from './informer';

export class SharedInformers {
  private readonly informers = new Map<string, Informer<KubeObject>>();

  constructor(private readonly client: ApiClient) {}

  /** The informer of a resource; the first call makes it. */
  of<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    const key = `${type.group}/${type.resource}`;
    let informer = this.informers.get(key) as unknown as Informer<T> | undefined;
    if (!informer) {
      informer = new Informer<T>(this.client, type);
      this.informers.set(key, informer as unknown as Informer<KubeObject>);
    }
    return informer;
  }

  /** Starts all informers made so far; `ready` is called when every one has its first list. */
  start(ready?: () => void): void {
    let open = this.informers.size;
    if (open === 0) ready?.();
    for (const informer of this.informers.values()) {
      informer.onSynced(() => {
        open -= 1;
        if (open === 0) ready?.();
      });
      informer.start();
    }
  }

  /** Stops the informer of a resource that is served no longer, and forgets it. */
  drop({ group, resource }: ResourceType): void {
    const key = `${group}/${resource}`;
    this.informers.get(key)?.stop();
    this.informers.delete(key);
  }

  stop(): void {
    for (const informer of this.informers.values()) informer.stop();
  }
}
