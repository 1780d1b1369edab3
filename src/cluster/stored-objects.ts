/**
 * Objects as they are stored in etcd, read past the API server: for views and explanations, which must see the truth
 * also while no API server runs, and any past revision. It changes nothing.
 */
import type { KindRegistry } from '../api/registry';
import { registryKey, registryPrefix } from '../apiserver/storage/keys';
import type { KubeObject, Lease, Node, Pod } from '../api/types';
import { withKey } from '../base/freeze';
import type { SharedLog } from '../etcd/shared-log';
import type { KeyValue } from '../etcd/wire';
import { prefixRange } from '../etcd/key-range';
import type { ObjectRef } from '../protocol/commands';

export class StoredObjects {
  /** A stored value with its revision filled in, once per version. */
  private readonly served = new WeakMap<object, KubeObject>();

  constructor(
    private readonly log: SharedLog,
    private readonly kinds: KindRegistry,
  ) {}

  get revision(): number {
    return this.log.machine.store.revision;
  }

  nodes(revision = 0): readonly Node[] {
    return this.list<Node>('v1', 'Node', revision);
  }

  pods(revision = 0): readonly Pod[] {
    return this.list<Pod>('v1', 'Pod', revision);
  }

  /** The leases of kube-system, which say who leads. */
  systemLeases(revision = 0): readonly Lease[] {
    return this.list<Lease>('coordination.k8s.io/v1', 'Lease', revision, 'kube-system');
  }

  /** All objects of a kind at a revision; 0 means now. In the order of their keys. */
  list<T extends KubeObject>(apiVersion: string, kind: string, revision = 0, namespace?: string): readonly T[] {
    const description = this.kinds.byKind(apiVersion, kind);
    if (!description) return [];
    const range = this.log.machine.store.range({ rpc: 'Range', ...prefixRange(registryPrefix(description, namespace)), revision });
    return range.ok ? range.response.kvs.map((kv) => this.object(kv) as T) : [];
  }

  /** One object at a revision; undefined when it does not exist there. */
  get(ref: ObjectRef, revision = 0): KubeObject | undefined {
    const description = this.kinds.byKind(ref.apiVersion, ref.kind);
    if (!description) return undefined;
    const key = registryKey(description, ref.namespace, ref.name);
    const range = this.log.machine.store.range({ rpc: 'Range', key, revision });
    const kv = range.ok ? range.response.kvs[0] : undefined;
    return kv && this.object(kv);
  }

  private object(kv: KeyValue): KubeObject {
    const value = kv.value as KubeObject;
    let object = this.served.get(value);
    if (!object) {
      object = withKey(value, 'metadata', { ...value.metadata, resourceVersion: String(kv.modRevision) });
      this.served.set(value, object);
    }
    return object;
  }
}
