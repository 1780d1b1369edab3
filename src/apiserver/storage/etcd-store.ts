/**
 * The store over etcd: every write is one transaction that succeeds only if the object, and whatever is claimed with
 * it, is as it was read. Models apiserver's storage/etcd3 store. Values are the frozen objects without resourceVersion.
 *
 * What etcd commits is a change even if its cause is background work, so writes run in the foreground; writes of leases
 * and events are as quiet as their cause.
 */
import { deepFreeze } from '../../base/freeze';
import { encodeJson } from '../../base/json-write';
import { utf8Length } from '../../base/utf8';
import { type FailureStatus, timeout } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { EtcdClient } from '../../etcd/client';
import type { EtcdResult } from '../../etcd/errors';
import { maxRequestBytes } from '../../etcd/limits';
import type { Compare, TxnOp, TxnResponse, ValueSize } from '../../etcd/wire';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { limits } from '../options';
import { etcdFailure } from './etcd-errors';
import type { LeasePool } from './lease-pool';
import type { ServedResource } from './served-resource';
import type { Claim, Store, WriteOutcome } from './store';
import { withoutRevision, withRevision } from './watch-cache';

/** How a stored value is measured when someone asks for the size of the database: as its JSON. */
function jsonBytes(value: unknown): number {
  return utf8Length(encodeJson(value));
}

/** Text and fields of a value that may be too large for etcd; no unit of text takes more than six bytes of JSON. */
const largeFrom = maxRequestBytes / 6;

/** The bytes of a value that etcd may have to refuse; others are not measured until somebody asks. */
function sizeOf(value: KubeObject): ValueSize {
  let left = largeFrom;
  const isLarge = (at: unknown): boolean => {
    if (typeof at === 'string') left -= at.length;
    if (typeof at !== 'object' || at === null) return left <= 0;
    left -= 1;
    for (const key in at) {
      left -= key.length + 1;
      if (left <= 0 || isLarge((at as Readonly<Record<string, unknown>>)[key])) return true;
    }
    return false;
  };
  return isLarge(value) ? jsonBytes(value) : jsonBytes;
}

export class EtcdStore implements Store {
  readonly dryRun = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: EtcdClient,
    private readonly leases: LeasePool,
  ) {}

  *current(resource: ServedResource, key: string): Task<KubeObject | FailureStatus | undefined> {
    const { watchCache: cache } = resource;
    if (cache.ownWriteRevision > cache.revision) yield* this.reached(resource, cache.ownWriteRevision);
    return cache.get(key) ?? (yield* this.live(resource, key));
  }

  *consistent(resource: ServedResource): Task<FailureStatus | undefined> {
    const { watchCache: cache } = resource;
    if (!cache.connected) {
      const probe = yield* this.client.range({ key: resource.prefix, countOnly: true });
      if (!probe.ok) return etcdFailure(probe.error);
      if (!cache.connected && !(yield* this.reached(resource, probe.response.revision))) {
        return timeout(`Too large resource version: ${probe.response.revision}, current: ${cache.revision}`, 1);
      }
    }
    if (cache.ownWriteRevision > cache.revision) yield* this.reached(resource, cache.ownWriteRevision);
    return undefined;
  }

  /** Waits until the cache has reached a revision; false when it did not in time. */
  *reached({ watchCache: cache }: ServedResource, revision: number): Task<boolean> {
    if (cache.revision >= revision) return true;
    // Revisions belong to all resources: this one may have nothing to tell before the next progress message.
    if (revision > cache.ownWriteRevision) cache.requestProgress?.();
    return yield* waitFor<boolean>((resume) => {
      const giveUp = cache.whenReached(revision, () => {
        timer.cancel();
        resume(true);
      });
      const timer = this.host.after(limits.cacheFreshnessWaitMs, () => {
        giveUp();
        resume(false);
      });
    });
  }

  *create(
    resource: ServedResource, key: string, object: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome> {
    return yield* this.put(resource, key, 0, object, claims);
  }

  *replace(
    resource: ServedResource, key: string, before: KubeObject, object: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome> {
    return yield* this.put(resource, key, Number(before.metadata.resourceVersion), object, claims);
  }

  *remove(
    resource: ServedResource, key: string, before: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome> {
    const storageKey = resource.storageKey(key);
    const revision = Number(before.metadata.resourceVersion);
    const operation: TxnOp = { rpc: 'DeleteRange', key: storageKey };
    const result = yield* this.transact(resource, storageKey, revision, operation, claims);
    return this.outcome(resource, result, before, revision);
  }

  *read(key: string): Task<{ readonly value: unknown; readonly revision: number } | FailureStatus> {
    const result = yield* this.client.range({ key });
    if (!result.ok) return etcdFailure(result.error);
    const [found] = result.response.kvs;
    return { value: found?.value, revision: found?.modRevision ?? 0 };
  }

  /** What etcd has, for a key that the cache does not know. */
  private *live(resource: ServedResource, key: string): Task<KubeObject | FailureStatus | undefined> {
    const found = yield* this.read(resource.storageKey(key));
    if ('kind' in found) return found;
    return found.revision === 0 ? undefined : withRevision(found.value as KubeObject, found.revision);
  }

  private *put(
    resource: ServedResource, key: string, expected: number, object: KubeObject, claims: readonly Claim[],
  ): Task<WriteOutcome> {
    const value = deepFreeze(withoutRevision(object));
    const storageKey = resource.storageKey(key);
    let lease = 0;
    if (resource.name === 'events') {
      const acquired = yield* this.leases.acquire(limits.eventTtlSeconds);
      if (!acquired.ok) return { kind: 'failed', status: etcdFailure(acquired.error) };
      lease = acquired.response;
    }
    const operation: TxnOp = { rpc: 'Put', key: storageKey, value, bytes: sizeOf(value), lease };
    const result = yield* this.transact(resource, storageKey, expected, operation, claims);
    if (!result.ok && result.error.code === 'NotFound') this.leases.forget();
    return this.outcome(resource, result, value, expected);
  }

  private *transact(
    resource: ServedResource, key: string, expected: number, operation: TxnOp, claims: readonly Claim[],
  ): Task<EtcdResult<TxnResponse>> {
    const compare: Compare[] = [{ target: 'modRevision', key, result: 'equal', to: expected }];
    const success: TxnOp[] = [operation];
    for (const claim of claims) {
      if (claim.expectedRevision !== undefined) {
        compare.push({ target: 'modRevision', key: claim.key, result: 'equal', to: claim.expectedRevision });
      }
      success.push(claim.value === undefined ? { rpc: 'DeleteRange', key: claim.key }
        : { rpc: 'Put', key: claim.key, value: deepFreeze(claim.value), bytes: jsonBytes });
    }
    const task = this.client.txn({ compare, success, failure: [{ rpc: 'Range', key }] });
    if (resource.quiet) return yield* task;
    return yield* waitFor<EtcdResult<TxnResponse>>((resume) => this.host.foreground(() => runTask(task, resume)));
  }

  private outcome(
    resource: ServedResource, result: EtcdResult<TxnResponse>, value: KubeObject, expected: number,
  ): WriteOutcome {
    if (!result.ok) return { kind: 'failed', status: etcdFailure(result.error) };
    const { succeeded, revision, responses } = result.response;
    if (succeeded) {
      resource.watchCache.ownWriteRevision = Math.max(resource.watchCache.ownWriteRevision, revision);
      return { kind: 'written', object: withRevision(value, revision) };
    }
    const [read] = responses;
    const found = read?.rpc === 'Range' ? read.response.kvs[0] : undefined;
    // When the object itself is as expected, it was one of the claims that was not.
    if ((found?.modRevision ?? 0) === expected) return { kind: 'claimed' };
    return { kind: 'changed', current: found && withRevision(found.value as KubeObject, found.modRevision) };
  }
}
