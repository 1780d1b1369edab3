/**
 * Who owns whom: a node for each object, found by uid, with its owners and its dependents. An owner that nobody has
 * seen yet is a virtual node until it is seen or found not to exist. Models graph.go and graph_builder.go of
 * pkg/controller/garbagecollector; what is to be checked is handed to a listener instead of queues.
 */
import { equal } from '../../base/freeze';
import { isDeleting } from '../../api/object';
import type { KubeObject, OwnerReference } from '../../api/types';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** What identifies an object. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** Empty for what has no namespace. */
  readonly namespace: string;
}

export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  readonly dependents: Set<GraphNode>;
  deleting: boolean;
  /** Waits, being deleted in the foreground, until its dependents are gone. */
  deletingDependents: boolean;
  /** Known from another's owner reference only. */
  virtual: boolean;
}

export interface GraphListener {
  /** The object may have lost its last owner, or may be free to go. */
  attemptToDelete(node: GraphNode): void;
  /** The object is being deleted and leaves its dependents behind. */
  attemptToOrphan(node: GraphNode): void;
  /** A dependent names an owner that lives in another namespace. */
  invalidNamespace(dependent: GraphNode, owner: OwnerReference): void;
}

export class DependencyGraph {
  private readonly nodes = new Map<string, GraphNode>();

  constructor(private readonly listener: GraphListener) {}

  get size(): number {
    return this.nodes.size;
  }

  node(uid: string): GraphNode | undefined {
    return this.nodes.get(uid);
  }

  /** Takes note of an object as it is now; `before` is what it was when that is known. */
  put(object: KubeObject, before?: KubeObject): void {
    if (before && !changesGraph(object, before)) return;
    const owners = object.metadata.ownerReferences ?? [];
    let node = this.nodes.get(object.metadata.uid);
    if (!node) {
      node = newNode(identityOf(object), owners, false);
      this.nodes.set(object.metadata.uid, node);
      this.addToOwners(node, owners);
    } else {
      if (node.virtual) this.observe(node, identityOf(object));
      this.setOwners(node, owners);
    }
    node.deleting = isDeleting(object);
    this.processTransition(node, object, before);
  }

  /** Takes note that an object is gone, or that a virtual one does not exist. */
  remove(uid: string): GraphNode | undefined {
    const node = this.nodes.get(uid);
    if (!node) return undefined;
    this.nodes.delete(uid);
    for (const owner of node.owners) this.nodes.get(owner.uid)?.dependents.delete(node);
    for (const dependent of node.dependents) this.listener.attemptToDelete(dependent);
    for (const owner of node.owners) {
      const ownerNode = this.nodes.get(owner.uid);
      if (ownerNode?.deletingDependents) this.listener.attemptToDelete(ownerNode);
    }
    return node;
  }

  /** A node that was known by name only has been seen; references that named it wrongly are checked. */
  private observe(node: GraphNode, identity: Identity): void {
    node.virtual = false;
    if (equal(node.identity, identity)) return;
    node.identity = identity;
    for (const dependent of node.dependents) {
      if (this.isValid(dependent, node)) continue;
      this.listener.attemptToDelete(dependent);
    }
  }

  /** Whether the dependent's reference fits the owner as it was seen; a wrong namespace is reported. */
  private isValid(dependent: GraphNode, owner: GraphNode): boolean {
    const reference = dependent.owners.find(({ uid }) => uid === owner.identity.uid);
    if (!reference) return true;
    const { namespace, apiVersion, kind, name } = owner.identity;
    if (namespace !== '' && namespace !== dependent.identity.namespace) {
      if (!owner.virtual) this.listener.invalidNamespace(dependent, reference);
      return false;
    }
    if (namespace === '' && owner.virtual && dependent.identity.namespace !== '') return false;
    return reference.apiVersion === apiVersion && reference.kind === kind && reference.name === name;
  }

  private addToOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    let doubtful = false;
    for (const { apiVersion, kind, name, uid } of owners) {
      let owner = this.nodes.get(uid);
      if (owner) {
        owner.dependents.add(node);
        doubtful ||= !this.isValid(node, owner);
        continue;
      }
      owner = newNode({ apiVersion, kind, name, uid, namespace: node.identity.namespace }, [], true);
      this.nodes.set(uid, owner);
      owner.dependents.add(node);
      this.listener.attemptToDelete(owner);
    }
    if (doubtful) this.listener.attemptToDelete(node);
  }

  private setOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = node.owners;
    if (equal(before, owners)) return;
    node.owners = owners;
    const kept = new Map(owners.map((owner) => [owner.uid, owner]));
    for (const old of before) {
      const owner = this.nodes.get(old.uid);
      const now = kept.get(old.uid);
      if (!now) owner?.dependents.delete(node);
      // An owner that this dependent held back may be free to go now.
      if (owner && old.blockOwnerDeletion && !now?.blockOwnerDeletion) this.listener.attemptToDelete(owner);
    }
    const known = new Set(before.map(({ uid }) => uid));
    this.addToOwners(node, owners.filter(({ uid }) => !known.has(uid)));
  }

  private processTransition(node: GraphNode, object: KubeObject, before: KubeObject | undefined): void {
    if (startsDeletion(orphanFinalizer, object, before)) {
      this.listener.attemptToOrphan(node);
    } else if (startsDeletion(foregroundFinalizer, object, before)) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) this.listener.attemptToDelete(dependent);
      this.listener.attemptToDelete(node);
    }
  }
}

function newNode(identity: Identity, owners: readonly OwnerReference[], virtual: boolean): GraphNode {
  return { identity, owners, dependents: new Set(), deleting: false, deletingDependents: false, virtual };
}

export function identityOf({ apiVersion, kind, metadata }: KubeObject): Identity {
  const { name, uid, namespace = '' } = metadata;
  return { apiVersion, kind, name, uid, namespace };
}

/** The dependents that hold an owner back which is being deleted in the foreground. */
export function blockingDependents(node: GraphNode): GraphNode[] {
  return [...node.dependents].filter((dependent) => (
    dependent.owners.some(({ uid, blockOwnerDeletion }) => uid === node.identity.uid && blockOwnerDeletion === true)));
}

export function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) ?? false;
}

function startsDeletion(finalizer: string, object: KubeObject, before: KubeObject | undefined): boolean {
  const applies = (state: KubeObject): boolean => isDeleting(state) && hasFinalizer(state, finalizer);
  return applies(object) && !(before && applies(before));
}

/** Most changes of objects are of no concern here. */
function changesGraph(object: KubeObject, before: KubeObject): boolean {
  const { metadata: now } = object;
  const { metadata: then } = before;
  return now.uid !== then.uid || now.deletionTimestamp !== then.deletionTimestamp
    || (now.ownerReferences !== then.ownerReferences && !equal(now.ownerReferences, then.ownerReferences))
    || (now.finalizers !== then.finalizers && !equal(now.finalizers, then.finalizers));
}
