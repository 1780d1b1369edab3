/**
 * What the registry needs of storage. Two stores implement it: one over etcd, and one that changes nothing, for dry
 * runs and previews. Keys are `namespace/name`; objects carry the resourceVersion they were read at.
 */
import type { FailureStatus } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Task } from '../../sim/task';
import type { ServedResource } from './served-resource';

/** A key beside the object that is written in the same transaction, if it still is as it was read. */
export interface Claim {
  readonly key: string;
  /** The modification revision that the key must have, 0 when it must not exist; absent when it does not matter. */
  readonly expectedRevision?: number;
  /** The value to put; undefined deletes the key. */
  readonly value: unknown;
}

/** Every key of the object's transaction was as expected, or which was not, or etcd did not do it. */
export type WriteOutcome =
  | { readonly kind: 'written'; readonly object: KubeObject }
  | { readonly kind: 'changed'; readonly current: KubeObject | undefined }
  | { readonly kind: 'claimed' }
  | { readonly kind: 'failed'; readonly status: FailureStatus };

export interface Store {
  /** True when nothing is written. */
  readonly dryRun: boolean;
  /** The object to base a write on: the cached one, or what etcd has when the cache has none. */
  current(resource: ServedResource, key: string): Task<KubeObject | FailureStatus | undefined>;
  /** Waits until the cache shows every write that was answered before. */
  consistent(resource: ServedResource): Task<FailureStatus | undefined>;
  create(
    resource: ServedResource, key: string, object: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome>;
  replace(
    resource: ServedResource, key: string, before: KubeObject, object: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome>;
  remove(
    resource: ServedResource, key: string, before: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome>;
  /** A key that is no object of the API, with its revision; value undefined and revision 0 when it is not there. */
  read(key: string): Task<{ readonly value: unknown; readonly revision: number } | FailureStatus>;
}
