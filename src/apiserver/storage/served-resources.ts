/**
 * The set of resources that this server serves. It begins with the built-in kinds that the runtime configuration leaves
 * on, and changes while custom resources come and go. A stored version that is not served has a resource all the same,
 * because its cache feeds the versions that are.
 */
import { assert } from '../../base/assert';
import type { AnyKind } from '../../api/kind';
import { keyFrom } from '../../api/object';
import type { KindRegistry } from '../../api/registry';
import { apiVersionOf, groupResource, type ResourceType } from '../../api/request';
import type { KubeObject } from '../../api/types';
import type { ObjectReader } from '../objects';
import { isGroupVersionEnabled } from '../options';
import { PodsByNode } from './pods-by-node';
import { ServedResource } from './served-resource';

/** Hears of resources with a cache of their own: where a reflector has to start or to stop. */
export interface StorageListener {
  started(resource: ServedResource): void;
  stopped(resource: ServedResource): void;
}

export class ServedResources implements ObjectReader {
  private readonly served = new Map<AnyKind, ServedResource>();
  /** Resources with a cache of their own, by the kind that is stored. */
  private readonly storages = new Map<AnyKind, ServedResource>();
  private readonly byPath = new Map<string, ServedResource>();
  private readonly byName = new Map<string, ServedResource>();
  private readonly podsByNode = new PodsByNode();
  private readonly storageListeners: StorageListener[] = [];
  private readonly changeListeners: (() => void)[] = [];

  constructor(
    registry: KindRegistry,
    runtimeConfig: Readonly<Record<string, string>> | undefined,
    private readonly nowMs: () => number,
  ) {
    for (const kind of registry.kinds) {
      if (isGroupVersionEnabled(apiVersionOf(kind), runtimeConfig)) this.add(kind);
    }
    const pods = this.byName.get('pods');
    if (pods) this.podsByNode.follow(pods.watchCache);
  }

  /** All served resources in the order they were added, virtual ones among them. */
  get all(): readonly ServedResource[] {
    return [...this.served.values()];
  }

  /** The resources that have a cache of their own, each once. */
  get stored(): readonly ServedResource[] {
    return [...this.storages.values()];
  }

  /** Calls the listener after every kind that comes or goes: for discovery, OpenAPI and whatever else shows the set. */
  onChange(listener: () => void): void {
    this.changeListeners.push(listener);
  }

  /** Tells the listener of every storage that comes or goes; those that are there are told at once. */
  onStorage(listener: StorageListener): void {
    this.storageListeners.push(listener);
    for (const resource of this.storages.values()) listener.started(resource);
  }

  /** Serves a kind from now on. A kind with the same group, version and plural must not be served already. */
  add(kind: AnyKind): ServedResource {
    const path = pathOf(kind.group, kind.version, kind.plural);
    assert(!this.byPath.has(path), `${path} is served already`);
    const resource = this.make(kind);
    this.served.set(kind, resource);
    resource.storage.versions.set(resource.apiVersion, resource);
    this.byPath.set(path, resource);
    this.indexName(resource.name);
    for (const listener of this.changeListeners) listener();
    return resource;
  }

  /** Serves a kind no longer: its streams end, and its cache stops when no other version needs it, or it is `kept`. */
  remove(kind: AnyKind, kept?: ServedResource): void {
    const resource = this.served.get(kind);
    if (!resource) return;
    this.served.delete(kind);
    this.byPath.delete(pathOf(kind.group, kind.version, kind.plural));
    this.indexName(resource.name);
    resource.watchers.endAll();
    const { storage } = resource;
    storage.versions.delete(resource.apiVersion);
    if (storage !== kept && storage.versions.size === 0 && this.storages.delete(storage.kind)) {
      for (const listener of this.storageListeners) listener.stopped(storage);
    }
    for (const listener of this.changeListeners) listener();
  }

  /** Serves other kinds in the place of some; what both are stored as keeps its cache. */
  replace(removed: readonly AnyKind[], added: readonly AnyKind[]): void {
    const stays = new Set(added.map((kind) => kind.conversion?.storage ?? kind));
    const kept = removed
      .map((kind) => this.served.get(kind)?.storage)
      .find((storage) => storage && stays.has(storage.kind));
    for (const kind of removed) this.remove(kind, kept);
    for (const kind of added) this.add(kind);
  }

  /** The resource under a path's group, version and plural name. */
  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.byPath.get(pathOf(group, version, plural));
  }

  /** The resource by `deployments.apps`; of several versions the stored one, else the first. */
  named(name: string): ServedResource | undefined {
    return this.byName.get(name);
  }

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): T | undefined {
    return this.typed(type)?.cache.get(keyFrom(namespace, name)) as T | undefined;
  }

  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[] {
    const prefix = namespace === undefined ? '' : `${namespace}/`;
    return (this.typed(type)?.cache.list(prefix) ?? []) as unknown as readonly T[];
  }

  podsOnNode(node: string): readonly KubeObject[] {
    return this.podsByNode.on(node);
  }

  /** The resource in the version of a typed handle. */
  typed({ group, version, resource }: ResourceType): ServedResource | undefined {
    const named = this.byName.get(groupResource({ group, resource }));
    return named?.kind.version === version ? named : this.find(group, version, resource);
  }

  private make(kind: AnyKind): ServedResource {
    const { conversion } = kind;
    if (conversion !== undefined) return new ServedResource(kind, this.nowMs, this.storageFor(conversion.storage));
    return kind.virtual ? new ServedResource(kind, this.nowMs) : this.storageFor(kind);
  }

  private storageFor(kind: AnyKind): ServedResource {
    const known = this.storages.get(kind);
    if (known) return known;
    assert(kind.conversion === undefined, 'a stored version is not converted');
    const resource = new ServedResource(kind, this.nowMs);
    this.storages.set(kind, resource);
    for (const listener of this.storageListeners) listener.started(resource);
    return resource;
  }

  private indexName(name: string): void {
    const versions = [...this.served.values()].filter((resource) => resource.name === name);
    const best = versions.find((resource) => resource.storage === resource) ?? versions[0];
    if (best) this.byName.set(name, best);
    else this.byName.delete(name);
  }
}

function pathOf(group: string, version: string, plural: string): string {
  return `${apiVersionOf({ group, version })} ${plural}`;
}
