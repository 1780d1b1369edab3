/**
 * Who manages what: a controller adopts matching objects that nobody manages and releases its own that no longer match.
 * Before it adopts it asks the API server whether the owner still exists and is not being deleted. Models
 * pkg/controller's ControllerRefManager.
 */
import { controllerOf, isDeleting, newControllerRef } from '../api/object';
import type { ResourceType } from '../api/request';
import { matchesLabels, type Selector } from '../api/selectors';
import type { KubeObject } from '../api/types';
import type { ApiClient } from '../client/api-client';
import type { Task } from '../sim/task';
import type { Failure } from './context';

export interface Claim<T extends KubeObject> {
  readonly client: ApiClient;
  readonly owner: KubeObject;
  readonly ownerType: ResourceType;
  readonly selector: Selector;
  readonly type: ResourceType<T>;
}

/** The objects that belong to the owner, after adopting and releasing. */
export interface Claimed<T> {
  readonly objects: readonly T[];
  readonly failure: Failure;
}

/** How an attempt to change an object's owners ended; `gone` when it is no longer the object that was meant. */
type Patched = 'patched' | 'gone' | { readonly failure: string };

/** Takes the objects of a namespace (the owner's own and those without an owner) that belong to the owner. */
export function* claimObjects<T extends KubeObject>(claim: Claim<T>, candidates: readonly T[]): Task<Claimed<T>> {
  const { owner, selector } = claim;
  const objects: T[] = [];
  const orphans: T[] = [];
  let failure: Failure;
  for (const object of candidates) {
    const manager = controllerOf(object);
    const matches = matchesLabels(selector, object.metadata.labels);
    if (manager?.uid === owner.metadata.uid) {
      if (matches) objects.push(object);
      else if (!isDeleting(owner)) failure = (yield* release(claim, object)) ?? failure;
    } else if (!manager && matches && !isDeleting(owner) && !isDeleting(object)) {
      orphans.push(object);
    }
  }
  if (orphans.length === 0) return { objects, failure };
  const refusal = yield* recheckOwner(claim);
  if (refusal !== undefined) return { objects, failure: refusal };
  for (const orphan of orphans) {
    const adopted = yield* adopt(claim, orphan);
    if (adopted === 'patched') objects.push(orphan);
    else if (adopted !== 'gone') failure = adopted.failure;
  }
  return { objects, failure };
}

/** Why nothing may be adopted: the owner is another one by now, or is being deleted. */
function* recheckOwner<T extends KubeObject>({ client, owner, ownerType }: Claim<T>): Task<Failure> {
  const { namespace, name, uid } = owner.metadata;
  const fresh = yield* client.get(ownerType, { namespace, name });
  if (!fresh.ok) return fresh.status.message ?? 'unknown error';
  const found = fresh.value.metadata;
  if (found.uid !== uid) {
    return `original ${owner.kind} ${namespace}/${name} is gone: got uid ${found.uid}, wanted ${uid}`;
  }
  if (found.deletionTimestamp === undefined) return undefined;
  return `${namespace}/${name} has just been deleted at ${found.deletionTimestamp}`;
}

function* adopt<T extends KubeObject>(claim: Claim<T>, object: T): Task<Patched> {
  return yield* patchOwners(claim, object, [newControllerRef(claim.owner)]);
}

function* release<T extends KubeObject>(claim: Claim<T>, object: T): Task<Failure> {
  const released = yield* patchOwners(claim, object, [{ $patch: 'delete', uid: claim.owner.metadata.uid }]);
  return typeof released === 'string' ? undefined : released.failure;
}

function* patchOwners<T extends KubeObject>(
  { client, type }: Claim<T>, object: T, ownerReferences: readonly unknown[],
): Task<Patched> {
  const { namespace, name, uid } = object.metadata;
  const body = { metadata: { ownerReferences, uid } };
  const answer = yield* client.patch(type, { namespace, name }, 'strategic', body);
  if (answer.ok) return 'patched';
  // 422 says that an object of this name has another uid.
  const gone = answer.status.code === 404 || answer.status.code === 422;
  return gone ? 'gone' : { failure: answer.status.message ?? 'unknown error' };
}
