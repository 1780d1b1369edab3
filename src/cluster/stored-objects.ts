/**
 * Objects as they are stored in etcd, read past the API server: for views and explanations, which must see the truth
 * also while no API server runs, and any past revision. It changes nothing.
 */
import type { AnyKind } from '../api/kind';
import type { KindRegistry } from '../api/registry';
import { registryKey, registryPrefix } from '../apiserver/storage/keys';
import type { CustomResourceDefinition, KubeObject, Lease, Node, Pod } from '../api/types';
import { withKey } from '../base/freeze';
import type { KeyRange, KeyValue } from '../etcd/wire';
import { prefixRange } from '../etcd/key-range';
import type { ObjectRef } from '../protocol/commands';

/** Where keys are read: in etcd as it is now, or as it was. */
export interface KeyReader {
  /** The revision that is read unless another one is asked for. */
  readonly revision: number;
  /** The keys of a range at a revision, in order; 0 means the reader's own. */
  range(range: KeyRange, revision: number): readonly KeyValue[];
}

/** A stored value with its revision filled in, once per version. */
const served = new WeakMap<KeyValue, KubeObject>();

export class StoredObjects {
  constructor(
    private readonly reader: KeyReader,
    private readonly kinds: KindRegistry,
  ) {}

  get revision(): number {
    return this.reader.revision;
  }

  nodes(revision = 0): readonly Node[] {
    return this.list<Node>('v1', 'Node', revision);
  }

  pods(revision = 0): readonly Pod[] {
    return this.list<Pod>('v1', 'Pod', revision);
  }

  definitions(): readonly CustomResourceDefinition[] {
    return this.list<CustomResourceDefinition>('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  }

  /** The leases of kube-system, which say who leads. */
  systemLeases(revision = 0): readonly Lease[] {
    return this.list<Lease>('coordination.k8s.io/v1', 'Lease', revision, 'kube-system');
  }

  /** All objects of a kind at a revision; 0 means the reader's own moment. In the order of their keys. */
  list<T extends KubeObject>(apiVersion: string, kind: string, revision = 0, namespace?: string): readonly T[] {
    const description = this.kinds.byKind(apiVersion, kind);
    if (!description) return [];
    const kvs = this.reader.range(prefixRange(registryPrefix(description, namespace)), revision);
    return kvs.map((kv) => this.object(kv, description) as T);
  }

  /** One object at a revision; undefined when it does not exist there. */
  get(ref: ObjectRef, revision = 0): KubeObject | undefined {
    const description = this.kinds.byKind(ref.apiVersion, ref.kind);
    if (!description) return undefined;
    const key = registryKey(description, ref.namespace, ref.name);
    const [kv] = this.reader.range({ key }, revision);
    return kv && this.object(kv, description);
  }

  /** The object in the kind's version, with its revision. */
  private object(kv: KeyValue, { conversion }: AnyKind): KubeObject {
    const stored = withRevision(kv);
    return conversion ? conversion.fromStorage(stored) as KubeObject : stored;
  }
}

function withRevision(kv: KeyValue): KubeObject {
  let object = served.get(kv);
  if (!object) {
    const value = kv.value as KubeObject;
    object = withKey(value, 'metadata', { ...value.metadata, resourceVersion: String(kv.modRevision) });
    served.set(kv, object);
  }
  return object;
}
