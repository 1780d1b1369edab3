/**
 * Leases (etcd's server/lease): each has a time to live that its owner renews; the keys attached to it are deleted when
 * it runs out or is revoked. Pure: the caller says what time it is, and deletes the keys of a revoked lease.
 */
import { Heap } from '../base/heap';
import { answer, etcdErrors, type EtcdResult, refuse } from './errors';
import { maxLeaseTtlSeconds, minLeaseTtlSeconds } from './limits';
import type { LeaseId } from './wire';

export interface Lease {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** Virtual time at which it runs out. */
  readonly expiresMs: number;
  /** In order. */
  readonly keys: readonly string[];
}

interface Held {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  expiresMs: number;
  readonly keys: Set<string>;
}

export class Lessor {
  private readonly leases = new Map<LeaseId, Held>();
  /** Expiries as they were set; one that was renewed or revoked since is passed over. */
  private readonly expiries = new Heap<{ readonly id: LeaseId; readonly atMs: number }>((a, b) =>
    a.atMs !== b.atMs ? a.atMs < b.atMs : a.id < b.id,
  );

  /** A new lease; a time to live below the minimum is raised to it. */
  grant(id: LeaseId, ttlSeconds: number, nowMs: number): EtcdResult<Lease> {
    if (id === 0) return refuse(etcdErrors.leaseNotFound);
    if (ttlSeconds > maxLeaseTtlSeconds) return refuse(etcdErrors.leaseTtlTooLarge);
    if (this.leases.has(id)) return refuse(etcdErrors.leaseExists);
    const held: Held = { id, ttlSeconds: Math.max(ttlSeconds, minLeaseTtlSeconds), expiresMs: 0, keys: new Set() };
    this.leases.set(id, held);
    this.refresh(held, nowMs);
    return answer(leaseOf(held));
  }

  /** Starts the time to live anew and returns its seconds; 0 when there is no such lease or it has run out. */
  renew(id: LeaseId, nowMs: number): number {
    const held = this.leases.get(id);
    if (!held || held.expiresMs <= nowMs) return 0;
    this.refresh(held, nowMs);
    return held.ttlSeconds;
  }

  /** Ends the lease and returns it with the keys that go with it; undefined when there is none. */
  revoke(id: LeaseId): Lease | undefined {
    const held = this.leases.get(id);
    this.leases.delete(id);
    return held && leaseOf(held);
  }

  lookup(id: LeaseId): Lease | undefined {
    const held = this.leases.get(id);
    return held && leaseOf(held);
  }

  has(id: LeaseId): boolean {
    return this.leases.has(id);
  }

  /** The leases' ids, soonest to expire first. */
  ids(): LeaseId[] {
    const leases = [...this.leases.values()].sort((a, b) => a.expiresMs - b.expiresMs || a.id - b.id);
    return leases.map((lease) => lease.id);
  }

  /** Moves a key from one lease to another; 0 is none. */
  attach(key: string, before: LeaseId, now: LeaseId): void {
    if (before === now) return;
    this.leases.get(before)?.keys.delete(key);
    this.leases.get(now)?.keys.add(key);
  }

  /** When the next lease runs out. */
  nextExpiryMs(): number | undefined {
    for (let next = this.expiries.peek(); next; next = this.expiries.peek()) {
      if (this.leases.get(next.id)?.expiresMs === next.atMs) return next.atMs;
      this.expiries.pop();
    }
    return undefined;
  }

  /** The leases that have run out, at most so many, in order. They stay until they are revoked. */
  expired(nowMs: number, limit: number): LeaseId[] {
    const next = this.nextExpiryMs();
    if (next === undefined || next > nowMs) return [];
    const ids = this.ids().filter((id) => (this.leases.get(id) as Held).expiresMs <= nowMs);
    return ids.slice(0, limit);
  }

  private refresh(held: Held, nowMs: number): void {
    held.expiresMs = nowMs + held.ttlSeconds * 1000;
    this.expiries.push({ id: held.id, atMs: held.expiresMs });
  }
}

function leaseOf({ id, ttlSeconds, expiresMs, keys }: Held): Lease {
  return { id, ttlSeconds, expiresMs, keys: [...keys].sort() };
}
