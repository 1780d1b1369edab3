/**
 * One resource as this server serves it: its kind, where it lies in etcd, its watch cache and its watchers. A kind that
 * is served in a version other than the stored one shares the cache of the stored version and sees it converted; a
 * virtual kind has neither objects nor watchers.
 */
import { deepFreeze } from '../../base/freeze';
import type { AnyKind } from '../../api/kind';
import { apiVersionOf, groupResource } from '../../api/request';
import { typeOfKind } from '../../api/schema/schema';
import type { GroupKind, GroupResource } from '../../api/status';
import type { KubeObject } from '../../api/types';
import { registryPrefix } from './keys';
import { ConvertedCache, type ObjectCache } from './object-cache';
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
  /** The objects in this resource's version. */
  readonly cache: ObjectCache;
  /** The objects as they are stored; the same as `cache` unless the kind is converted. */
  readonly watchCache: WatchCache;
  readonly watchers: Watchers;
  /** The resource in the version that is stored: itself unless the kind is converted. */
  readonly storage: ServedResource;
  /** Of a stored resource: the versions in which it is served, by apiVersion. */
  readonly versions = new Map<string, ServedResource>();
  private readonly converted = new WeakMap<KubeObject, KubeObject>();

  constructor(readonly kind: AnyKind, nowMs: () => number, storage?: ServedResource) {
    const { group, plural } = kind;
    this.apiVersion = apiVersionOf(kind);
    this.groupResource = Object.freeze({ group, resource: plural });
    this.groupKind = Object.freeze({ group, kind: kind.kind });
    this.name = groupResource(this.groupResource);
    this.storage = storage ?? this;
    this.prefix = storage?.prefix ?? registryPrefix(kind);
    this.hasStatus = kind.subresources?.includes('status') === true;
    this.hasSpec = typeOfKind(kind).fields.get('spec')?.type.form === 'ref';
    this.quiet = quietResources.has(this.name);
    this.watchers = new Watchers(kind, this.name, !this.quiet);
    const { watchers } = this;
    if (storage === undefined) {
      const cache = new WatchCache(nowMs);
      this.watchCache = this.cache = cache;
      cache.onEvent((event) => watchers.dispatch(event));
    } else {
      const { watchCache } = storage;
      const cache = new ConvertedCache(watchCache, (object) => this.fromStorage(object));
      this.watchCache = watchCache;
      this.cache = cache;
      watchCache.onEvent((event) => {
        if (!watchers.empty) watchers.dispatch(cache.convertEvent(event));
      });
    }
    this.watchCache.onReset(() => watchers.endAll());
  }

  /** Whose kind prepares and validates objects: the stored version, or of a custom resource the version requested. */
  get strategy(): ServedResource {
    return this.kind.jsonSchema === undefined ? this.storage : this;
  }

  /** The key in etcd of the object with that `namespace/name`. */
  storageKey(key: string): string {
    return this.prefix + key;
  }

  /** An object of this resource's version as it is stored. */
  toStorage(object: KubeObject): KubeObject {
    return this.kind.conversion?.toStorage(object) ?? object;
  }

  /** A stored object in this resource's version: the same frozen object each time. */
  fromStorage(object: KubeObject): KubeObject {
    const { conversion } = this.kind;
    if (conversion === undefined) return object;
    let converted = this.converted.get(object);
    if (converted === undefined) {
      converted = deepFreeze(conversion.fromStorage(object) as KubeObject);
      this.converted.set(object, converted);
    }
    return converted;
  }
}
