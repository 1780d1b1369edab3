/**
 * One resource as this server serves it: its kind, where it lies in etcd, its watch cache and its watchers. The set of
 * them is made once from the kind registry and the runtime configuration.
 */
import type { AnyKind } from '../../api/kind';
import { keyFrom } from '../../api/object';
import type { KindRegistry } from '../../api/registry';
import { apiVersionOf, groupResource, type ResourceType } from '../../api/request';
import { typeOfKind } from '../../api/schema/schema';
import type { GroupKind, GroupResource } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { ObjectReader } from '../objects';
import { isGroupVersionEnabled } from '../options';
import { registryPrefix } from './keys';
import { WatchCache } from './watch-cache';
import { Watchers } from './watchers';

/** Resources whose writes stay background when their cause is: they change while nothing happens. */
const quietResources = new Set(['leases.coordination.k8s.io', 'events', 'events.events.k8s.io']);

export class ServedResource {
  readonly apiVersion: string;
  /** `deployments.apps`, as the trace and error texts name it. */
  readonly name: string;
  readonly groupResource: GroupResource;
  readonly groupKind: GroupKind;
  readonly prefix: string;
  readonly hasStatus: boolean;
  /** The kind has a spec that is a struct: an absent one is an empty one. */
  readonly hasSpec: boolean;
  readonly quiet: boolean;
  readonly cache: WatchCache;
  readonly watchers: Watchers;

  constructor(readonly kind: AnyKind, nowMs: () => number) {
    const { group, plural } = kind;
    this.apiVersion = apiVersionOf(kind);
    this.groupResource = Object.freeze({ group, resource: plural });
    this.groupKind = Object.freeze({ group, kind: kind.kind });
    this.name = groupResource(this.groupResource);
    this.prefix = registryPrefix(kind);
    this.hasStatus = kind.subresources?.includes('status') === true;
    this.hasSpec = typeOfKind(kind).fields.get('spec')?.type.form === 'ref';
    this.quiet = quietResources.has(this.name);
    this.cache = new WatchCache(nowMs);
    this.watchers = new Watchers(kind, this.name, !this.quiet);
    this.cache.onEvent((event) => this.watchers.dispatch(event));
  }

  /** The key in etcd of the object with that `namespace/name`. */
  storageKey(key: string): string {
    return this.prefix + key;
  }
}

export class ServedResources implements ObjectReader {
  readonly all: readonly ServedResource[];
  private readonly byKind: ReadonlyMap<AnyKind, ServedResource>;
  private readonly byName: ReadonlyMap<string, ServedResource>;
  private readonly podsByNode = new Map<string, Map<string, KubeObject>>();

  constructor(
    private readonly registry: KindRegistry,
    runtimeConfig: Readonly<Record<string, string>> | undefined,
    nowMs: () => number,
  ) {
    this.all = registry.kinds
      .filter((kind) => isGroupVersionEnabled(apiVersionOf(kind), runtimeConfig))
      .map((kind) => new ServedResource(kind, nowMs));
    this.byKind = new Map(this.all.map((resource) => [resource.kind, resource]));
    this.byName = new Map(this.all.map((resource) => [resource.name, resource]));
    this.indexPods();
  }

  /** The resource under a path's group, version and plural name. */
  find(group: string, version: string, plural: string): ServedResource | undefined {
    const kind = this.registry.byResource(group, version, plural);
    return kind && this.byKind.get(kind);
  }

  /** The resource by `deployments.apps`. */
  named(name: string): ServedResource | undefined {
    return this.byName.get(name);
  }

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): T | undefined {
    return this.byName.get(groupResource(type))?.cache.get(keyFrom(namespace, name)) as T | undefined;
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[] {
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    return (this.byName.get(groupResource(type))?.cache.list(prefix) ?? []) as unknown as readonly T[];
  }

  podsOnNode(node: string): readonly KubeObject[] {
    const pods = this.podsByNode.get(node);
    return pods ? [...pods.values()] : [];
  }

  private indexPods(): void {
    const cache = this.byName.get('pods')?.cache;
    if (!cache) return;
    cache.onReset(() => {
      this.podsByNode.clear();
      for (const pod of cache.list()) this.placePod(pod);
    });
    cache.onEvent(({ type, object, before }) => {
      const node = nodeOf(object);
      if (type === 'DELETED' || (before && nodeOf(before) !== node)) {
        this.podsByNode.get(nodeOf(before ?? object))?.delete(keyFrom(object.metadata.namespace, object.metadata.name));
      }
      if (type !== 'DELETED') this.placePod(object);
    });
  }

  private placePod(pod: KubeObject): void {
    const node = nodeOf(pod);
    if (node === '') return;
    const key = keyFrom(pod.metadata.namespace, pod.metadata.name);
    const pods = this.podsByNode.get(node);
    if (pods) pods.set(key, pod);
    else this.podsByNode.set(node, new Map([[key, pod]]));
  }
}

function nodeOf(pod: KubeObject): string {
  return (pod as KubeObject & { spec?: { nodeName?: string } }).spec?.nodeName ?? '';
}
