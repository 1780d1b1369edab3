/**
 * The store of dry runs and previews: it reads the watch caches and writes nothing. A preview of several requests lays
 * what they would have written over the caches, so that an object can be previewed in a namespace of the same preview.
 * Models registry.DryRunnableStorage.
 */
import { deepFreeze } from '../../base/freeze';
import { keyFrom } from '../../api/object';
import type { ResourceType } from '../../api/request';
import { serviceAccounts } from '../../api/resources';
import type { FailureStatus } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Task } from '../../sim/task';
import type { ObjectReader } from '../objects';
import type { ServedResource } from './served-resource';
import type { ServedResources } from './served-resources';
import type { Claim, Store, WriteOutcome } from './store';

/** What would have been written, by resource and key; undefined for what would be gone. */
export class Overlay implements ObjectReader {
  private readonly written = new Map<string, Map<string, KubeObject | undefined>>();

  constructor(private readonly resources: ServedResources) {}

  lookup(resource: string, key: string): KubeObject | undefined {
    const overlaid = this.written.get(resource);
    return overlaid?.has(key) ? overlaid.get(key) : this.resources.named(resource)?.watchCache.get(key);
  }

  put(resource: string, key: string, object: KubeObject | undefined): void {
    const overlaid = this.written.get(resource) ?? new Map<string, KubeObject | undefined>();
    this.written.set(resource, overlaid.set(key, object));
    // The service account controller gives every namespace its default account, and pods wait for it.
    if (resource === 'namespaces' && object && !this.lookup('serviceaccounts', `${key}/default`)) {
      this.put('serviceaccounts', `${key}/default`, defaultAccount(key));
    }
  }

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): T | undefined {
    const resource = this.resources.typed(type);
    const object = resource && this.lookup(resource.storage.name, keyFrom(namespace, name));
    return object && (resource.fromStorage(object) as T);
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[] {
    const resource = this.resources.typed(type);
    const overlaid = resource && this.written.get(resource.storage.name);
    const cached = this.resources.list(type, namespace);
    if (!overlaid) return cached;
    const isOverlaid = ({ metadata }: T): boolean => overlaid.has(keyFrom(metadata.namespace, metadata.name));
    const added = [...overlaid.values()].flatMap((object) => (
      object !== undefined && (namespace === undefined || object.metadata.namespace === namespace)
        ? [resource.fromStorage(object) as T] : []));
    return [...cached.filter((object) => !isOverlaid(object)), ...added];
  }

  podsOnNode(node: string): readonly KubeObject[] {
    return this.resources.podsOnNode(node);
  }
}

function defaultAccount(namespace: string): KubeObject {
  const { group: _, version: apiVersion, kind } = serviceAccounts;
  const metadata = { name: 'default', namespace } as KubeObject['metadata'];
  return deepFreeze({ apiVersion, kind, metadata });
}

export class DryRunStore implements Store {
  readonly dryRun = true;

  /** With an overlay, later requests of the same preview see what earlier ones would have written. */
  constructor(private readonly overlay?: Overlay) {}

  *current(resource: ServedResource, key: string): Task<KubeObject | FailureStatus | undefined> {
    return this.lookup(resource, key);
  }

  *consistent(): Task<FailureStatus | undefined> {
    return undefined;
  }

  *create(
    resource: ServedResource, key: string, object: KubeObject, _claims: readonly Claim[],
  ): Task<WriteOutcome> {
    const current = this.lookup(resource, key);
    return current ? { kind: 'changed', current } : this.write(resource, key, object);
  }

  *replace(
    resource: ServedResource, key: string, _before: KubeObject, object: KubeObject, _claims: readonly Claim[],
  ): Task<WriteOutcome> {
    return this.write(resource, key, object);
  }

  *remove(
    resource: ServedResource, key: string, before: KubeObject, _claims: readonly Claim[],
  ): Task<WriteOutcome> {
    this.overlay?.put(resource.name, key, undefined);
    return { kind: 'written', object: before };
  }

  *read(): Task<{ readonly value: unknown; readonly revision: number }> {
    return { value: undefined, revision: 0 };
  }

  private lookup(resource: ServedResource, key: string): KubeObject | undefined {
    return this.overlay ? this.overlay.lookup(resource.name, key) : resource.watchCache.get(key);
  }

  private write(resource: ServedResource, key: string, object: KubeObject): WriteOutcome {
    const frozen = deepFreeze(object);
    this.overlay?.put(resource.name, key, frozen);
    return { kind: 'written', object: frozen };
  }
}
