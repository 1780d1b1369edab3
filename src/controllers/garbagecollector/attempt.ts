/**
 * What the garbage collector asks of the API server: live lookups of an object and its owners, deletions, and patches
 * of owner references and finalizers. Models pkg/controller/garbagecollector/{garbagecollector,operations,patch}.go.
 */
import { equal } from '../../base/freeze';
import type { PropagationPolicy, ResourceType } from '../../api/request';
import { apiVersionOf } from '../../api/request';
import type { KubeObject, OwnerReference } from '../../api/types';
import type { ApiClient, ApiResult } from '../../client/api-client';
import type { Task } from '../../sim/task';
import type { Failure } from '../context';
import type { GraphNode, Identity } from './graph';

const rememberedAbsent = 500;

/** Owner references by what the owners are up to. */
export interface Owners {
  /** Exist and stay. */
  readonly solid: readonly OwnerReference[];
  /** Do not exist. */
  readonly dangling: readonly OwnerReference[];
  /** Are being deleted and wait until their dependents are gone. */
  readonly waiting: readonly OwnerReference[];
}

export class GarbageClient {
  private readonly types = new Map<string, ResourceType>();
  /** Owners that were found not to exist; a uid never comes back. */
  private readonly absent = new Set<string>();

  constructor(
    private readonly client: ApiClient,
    resources: readonly ResourceType[],
  ) {
    for (const type of resources) this.know(type);
  }

  /** A resource whose objects can own and be owned from now on. */
  know(type: ResourceType): void {
    this.types.set(`${apiVersionOf(type)} ${type.kind}`, type);
  }

  /** A resource that is served no longer. */
  forget(type: ResourceType): void {
    this.types.delete(`${apiVersionOf(type)} ${type.kind}`);
  }

  typeOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): ResourceType | undefined {
    return this.types.get(`${apiVersion} ${kind}`);
  }

  rememberAbsent(uid: string): void {
    this.absent.add(uid);
    if (this.absent.size <= rememberedAbsent) return;
    for (const oldest of this.absent) {
      this.absent.delete(oldest);
      return;
    }
  }

  *get(type: ResourceType, { namespace, name }: Identity): Task<ApiResult<KubeObject>> {
    return yield* this.client.get(type, type.namespaced ? { namespace, name } : { name });
  }

  /** Looks up every owner. */
  *classify(object: GraphNode, references: readonly OwnerReference[]): Task<Owners | { readonly failure: string }> {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of references) {
      const state = yield* this.stateOf(object, reference);
      if (typeof state === 'object') return state;
      (state === 'solid' ? solid : state === 'waiting' ? waiting : dangling).push(reference);
    }
    return { solid, dangling, waiting };
  }

  private *stateOf(
    { identity: { namespace } }: GraphNode, reference: OwnerReference,
  ): Task<'solid' | 'dangling' | 'waiting' | { readonly failure: string }> {
    if (this.absent.has(reference.uid)) return 'dangling';
    const type = this.typeOf(reference);
    if (!type) return { failure: `unable to get REST mapping for ${reference.apiVersion}/${reference.kind}.` };
    if (type.namespaced && namespace === '') {
      return { failure: 'cluster-scoped objects cannot refer to namespaced owners' };
    }
    const found = yield* this.get(type, { ...reference, namespace });
    if (!found.ok && found.status.code !== 404) return { failure: found.status.message ?? 'unknown error' };
    if (!found.ok || found.value.metadata.uid !== reference.uid) {
      this.rememberAbsent(reference.uid);
      return 'dangling';
    }
    const { deletionTimestamp, finalizers } = found.value.metadata;
    return deletionTimestamp !== undefined && finalizers?.includes('foregroundDeletion') ? 'waiting' : 'solid';
  }

  /** Deletes an object if it is still as it was looked at: at least of the same uid and owners. */
  *remove(type: ResourceType, object: KubeObject, propagationPolicy: PropagationPolicy): Task<Failure> {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const target = { namespace, name };
    const exact = { propagationPolicy, preconditions: { uid, resourceVersion } };
    const answer = yield* this.client.delete(type, target, exact);
    if (answer.ok || answer.status.code === 404) return undefined;
    if (answer.status.code !== 409) return answer.status.message ?? 'unknown error';
    const fresh = yield* this.client.get(type, target);
    if (!fresh.ok) return fresh.status.code === 404 ? undefined : fresh.status.message ?? 'unknown error';
    const { metadata } = fresh.value;
    if (metadata.uid !== uid) return undefined;
    if (!equal(metadata.ownerReferences, object.metadata.ownerReferences)) {
      return answer.status.message ?? 'unknown error';
    }
    const again = yield* this.client.delete(type, target, { propagationPolicy, preconditions: { uid } });
    return again.ok || again.status.code === 404 ? undefined : again.status.message ?? 'unknown error';
  }

  /** Takes owners off an object. One that is gone or is another by now needs nothing. */
  *dropOwners(type: ResourceType, { identity }: GraphNode, uids: readonly string[]): Task<Failure> {
    return yield* this.patchOwners(type, identity, uids.map((uid) => ({ $patch: 'delete', uid })));
  }

  /** Lets owners go although this object has not gone yet: for circles of owners. */
  *unblockOwners(type: ResourceType, { identity, owners }: GraphNode): Task<Failure> {
    const blocking = owners.filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true);
    return yield* this.patchOwners(type, identity, blocking.map((owner) => ({ ...owner, blockOwnerDeletion: false })));
  }

  private *patchOwners(type: ResourceType, identity: Identity, ownerReferences: readonly unknown[]): Task<Failure> {
    const { namespace, name, uid } = identity;
    const body = { metadata: { uid, ownerReferences } };
    const target = type.namespaced ? { namespace, name } : { name };
    const answer = yield* this.client.patch(type, target, 'strategic', body);
    if (answer.ok || answer.status.code === 404 || answer.status.code === 422) return undefined;
    return answer.status.message ?? 'unknown error';
  }

  /** Takes a finalizer off an object. */
  *removeFinalizer(type: ResourceType, identity: Identity, finalizer: string): Task<Failure> {
    const found = yield* this.get(type, identity);
    if (!found.ok) return found.status.code === 404 ? undefined : found.status.message ?? 'unknown error';
    const { uid, resourceVersion, finalizers = [] } = found.value.metadata;
    if (uid !== identity.uid || !finalizers.includes(finalizer)) return undefined;
    const body = { metadata: { resourceVersion, finalizers: finalizers.filter((other) => other !== finalizer) } };
    const { namespace, name } = identity;
    const target = type.namespaced ? { namespace, name } : { name };
    const answer = yield* this.client.patch(type, target, 'merge', body);
    return answer.ok || answer.status.code === 404 ? undefined : answer.status.message ?? 'unknown error';
  }
}
