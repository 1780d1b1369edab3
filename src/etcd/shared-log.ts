/**
 * The one log that all members of a cluster share until Raft exists, and what it drives. A member that commits a write
 * applies it here once, and every running member hears of it at the same instant, whatever links are cut: replication,
 * elections and quorum are not modelled, and Status says so (`sharedLog`). The member that has run longest counts as
 * leader.
 */
import { defined } from '../base/assert';
import type { EtcdResult } from './errors';
import { StateMachine } from './state-machine';
import type { AttachedWatch } from './watch-server';
import type { Header, KeyEvent, Member, WriteRequest } from './wire';

/** What the log asks of a member that runs. */
export interface LogFollower {
  readonly member: Member;
  /** False once its process has ended, however it ended. */
  readonly alive: boolean;
  /** A revision was written. */
  onEvents(events: readonly KeyEvent[], revision: number): void;
  /** A lease was granted, renewed or revoked. */
  onLeases(): void;
  /** The watches that are open on it. */
  attachedWatches(): readonly AttachedWatch[];
}

export class SharedLog {
  readonly machine: StateMachine;
  /** Every member that ever joined, by name. */
  private readonly roster = new Map<string, Member>();
  private followers: LogFollower[] = [];
  /** Told of each revision, for whoever keeps history that is not etcd's. */
  onRevision: ((events: readonly KeyEvent[]) => void) | undefined;
  /** When each revision was written, from the first readable one on. */
  private writtenAt: number[] = [];
  private firstWritten = 2;

  /** `quota`: bytes of the database at which writes are refused; by default etcd's 2 GiB. */
  constructor(quota?: number) {
    this.machine = new StateMachine(quota);
  }

  /** A member has started, for the first time or again. */
  join(follower: LogFollower): void {
    this.followers = [...this.running(), follower];
    this.roster.set(follower.member.name, follower.member);
  }

  /** All members, those that do not run included, in order of joining. */
  members(): Member[] {
    return [...this.roster.values()];
  }

  /** The members that run, the one that runs longest first. */
  runningMembers(): Member[] {
    return this.running().map(({ member }) => member);
  }

  /** The member that runs longest, in the place of a leader. */
  leader(): Member | undefined {
    return this.runningMembers()[0];
  }

  /** The watches that are open, with the member that serves each. */
  attachedWatches(): readonly (AttachedWatch & { readonly member: string })[] {
    return this.running().flatMap((follower) => follower.attachedWatches()
      .map((watch) => ({ ...watch, member: follower.member.name })));
  }

  /** Commits a write: applies it and tells every running member. */
  commit(request: WriteRequest, nowMs: number): EtcdResult<Header> {
    const { machine } = this;
    const { result, events } = machine.apply(request, nowMs);
    if (events.length > 0) this.announce(events, nowMs);
    if (!result.ok) return result;
    if (request.rpc === 'Compact') this.forgetTimes(machine.store.compactRevision);
    if (request.rpc === 'LeaseGrant' || request.rpc === 'LeaseRevoke') this.leasesChanged();
    return result;
  }

  /** A lease was renewed; that does not go through the log. */
  leasesChanged(): void {
    for (const follower of this.running()) follower.onLeases();
  }

  /** The revision that was the newest at that virtual time; the oldest known one for times before it. */
  revisionAt(timeMs: number): number {
    let low = 0;
    let high = this.writtenAt.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (defined(this.writtenAt[middle], 'time') <= timeMs) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.firstWritten - 1 + low, this.machine.store.compactRevision, 1);
  }

  /** The virtual time at which a revision was written; undefined when it is compacted or not yet written. */
  timeOf(revision: number): number | undefined {
    return this.writtenAt[revision - this.firstWritten];
  }

  private announce(events: readonly KeyEvent[], nowMs: number): void {
    this.writtenAt.push(nowMs);
    this.onRevision?.(events);
    const { revision } = this.machine.store;
    for (const follower of this.running()) follower.onEvents(events, revision);
  }

  private forgetTimes(compactRevision: number): void {
    if (compactRevision <= this.firstWritten) return;
    this.writtenAt = this.writtenAt.slice(compactRevision - this.firstWritten);
    this.firstWritten = compactRevision;
  }

  private running(): LogFollower[] {
    if (this.followers.some((follower) => !follower.alive)) {
      this.followers = this.followers.filter((follower) => follower.alive);
    }
    return this.followers;
  }
}
