/**
 * Leases for objects with a time to live: one lease serves many objects for a minute, so that a burst of Events does
 * not make a lease each. Models apiserver's storage/etcd3 leaseManager (reuse for 60 s, at most 1,000 objects).
 */
import type { EtcdClient } from '../../etcd/client';
import type { EtcdResult } from '../../etcd/errors';
import type { LeaseId } from '../../etcd/wire';
import type { Task } from '../../sim/task';

const reuseSeconds = 60;
const maxObjects = 1_000;

export class LeasePool {
  private current: { readonly id: LeaseId; readonly untilMs: number; uses: number } | undefined;

  constructor(
    private readonly client: EtcdClient,
    private readonly nowMs: () => number,
  ) {}

  /** A lease that lives at least `ttlSeconds` from now. */
  *acquire(ttlSeconds: number): Task<EtcdResult<LeaseId>> {
    const { current } = this;
    if (current && this.nowMs() < current.untilMs && current.uses < maxObjects) {
      current.uses += 1;
      return { ok: true, response: current.id };
    }
    const granted = yield* this.client.leaseGrant(ttlSeconds + reuseSeconds);
    if (!granted.ok) return granted;
    this.current = { id: granted.response.id, untilMs: this.nowMs() + reuseSeconds * 1000, uses: 1 };
    return { ok: true, response: granted.response.id };
  }

  /** Forgets the lease, for instance because etcd says that it is gone. */
  forget(): void {
    this.current = undefined;
  }
}
