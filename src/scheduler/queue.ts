/**
 * The scheduling queue: active pods in queue order, pods in back-off, and pods that no node took, which wait for an
 * event that may help them. Models backend/queue/scheduling_queue.go: back-off 1 s doubling to 10 s; pods unschedulable
 * for 5 minutes are tried again; a pod in back-off is taken early when nothing else waits (SchedulerPopFromBackoffQ).
 */
import { Heap } from '../base/heap';
import type { ClusterEvent, Profile, QueueEntry } from './framework/interface';
import type { PodInfo } from './framework/pod-info';
import type { Status } from './framework/status';

const firstBackoffMs = 1_000;
const lastBackoffMs = 10_000;
/** Pods left unschedulable are retried after this time at the latest. */
export const unschedulableTimeoutMs = 300_000;

/** A pod in the queue with its history. */
export interface QueuedPod extends QueueEntry {
  readonly pod: PodInfo;
  /** Scheduling attempts so far. */
  attempts: number;
  /** The plugins that refused it at the last attempt; their hints decide what wakes it. */
  refusedBy: ReadonlySet<string>;
  backoffUntilMs: number;
  state: 'gated' | 'active' | 'backoff' | 'unschedulable' | 'inFlight';
  unschedulableSinceMs: number;
}

export class SchedulingQueue {
  private readonly pods = new Map<string, QueuedPod>();
  private readonly active: Heap<QueuedPod>;
  private readonly backoff = new Heap<QueuedPod>((a, b) =>
    a.backoffUntilMs !== b.backoffUntilMs ? a.backoffUntilMs < b.backoffUntilMs : a.order < b.order);
  private order = 0;

  constructor(private readonly profile: Profile) {
    this.active = new Heap<QueuedPod>((a, b) => profile.queueSort.less(a, b));
  }

  /** How many pods are in which part of the queue. */
  counts(): Readonly<Record<QueuedPod['state'], number>> {
    const counts = { gated: 0, active: 0, backoff: 0, unschedulable: 0, inFlight: 0 };
    for (const pod of this.pods.values()) counts[pod.state] += 1;
    return counts;
  }

  /** Takes a pod in; the status says why it is gated. */
  add(pod: PodInfo, nowMs: number): Status | undefined {
    return this.enqueue({
      pod, queuedAtMs: nowMs, order: this.order++, attempts: 0, refusedBy: new Set(), backoffUntilMs: 0,
      state: 'active', unschedulableSinceMs: 0,
    });
  }

  /** A queued pod has a new version: its place is kept, and a change of its own may make it schedulable. */
  update(pod: PodInfo, nowMs: number, mayHelp: boolean): void {
    const queued = this.pods.get(pod.uid);
    if (!queued) {
      this.add(pod, nowMs);
      return;
    }
    const next: QueuedPod = { ...queued, pod };
    this.pods.set(pod.uid, next);
    if (queued.state === 'active' || queued.state === 'backoff') this.put(next, queued.state);
    else if (queued.state === 'gated' || (mayHelp && queued.state === 'unschedulable')) this.wake(next, nowMs);
  }

  delete(uid: string): void {
    this.pods.delete(uid);
  }

  /** The next pod to schedule; it is in flight until it is put back or deleted. */
  pop(nowMs: number): QueuedPod | undefined {
    this.flushBackoff(nowMs);
    for (const heap of [this.active, this.backoff]) {
      for (let queued = heap.pop(); queued; queued = heap.pop()) {
        // A pod that was deleted, updated or moved leaves a stale entry in its old heap.
        const current = this.pods.get(queued.pod.uid) === queued;
        if (!current || queued.state !== (heap === this.active ? 'active' : 'backoff')) continue;
        queued.state = 'inFlight';
        queued.attempts += 1;
        queued.unschedulableSinceMs = nowMs;
        return queued;
      }
    }
    return undefined;
  }

  /** Puts back a pod that no node took. */
  addUnschedulable(queued: QueuedPod, refusedBy: ReadonlySet<string>, nowMs: number): void {
    const current = this.pods.get(queued.pod.uid);
    if (!current) return;
    current.refusedBy = refusedBy;
    current.attempts = queued.attempts;
    current.state = 'unschedulable';
    current.unschedulableSinceMs = nowMs;
    current.backoffUntilMs = nowMs + Math.min(lastBackoffMs, firstBackoffMs * 2 ** (queued.attempts - 1));
  }

  /** Puts back a pod whose attempt failed by an error (a refused binding): it is tried again after its back-off. */
  addFailed(queued: QueuedPod, nowMs: number): number {
    this.addUnschedulable(queued, new Set(), nowMs);
    return queued.backoffUntilMs - nowMs;
  }

  /** Moves back what an event may help; true when something moved. */
  moveOn(event: ClusterEvent, nowMs: number): boolean {
    let moved = false;
    for (const queued of this.pods.values()) {
      if (queued.state !== 'unschedulable' || !this.mayHelp(event, queued)) continue;
      this.wake(queued, nowMs);
      moved = true;
    }
    return moved;
  }

  /** Wakes one pod regardless of events. */
  retry(uid: string, nowMs: number): void {
    const queued = this.pods.get(uid);
    if (queued?.state === 'unschedulable') this.wake(queued, nowMs);
  }

  /** Wakes a pod that has been unschedulable for so long without another attempt; true when it was. */
  retryLeftover(uid: string, nowMs: number): boolean {
    const queued = this.pods.get(uid);
    if (queued?.state !== 'unschedulable' || nowMs - queued.unschedulableSinceMs < unschedulableTimeoutMs) return false;
    this.wake(queued, nowMs);
    return true;
  }

  /** Pods whose back-off is over compete with the active ones again. */
  private flushBackoff(nowMs: number): void {
    for (let top = this.backoff.peek(); top && top.backoffUntilMs <= nowMs; top = this.backoff.peek()) {
      this.backoff.pop();
      if (this.pods.get(top.pod.uid) === top && top.state === 'backoff') this.put(top, 'active');
    }
  }

  private mayHelp(event: ClusterEvent, queued: QueuedPod): boolean {
    for (const name of queued.refusedBy) {
      const hints = this.profile.enqueue.get(name);
      if (!hints || hints.wakes(event, queued.pod)) return true;
    }
    return false;
  }

  private wake(queued: QueuedPod, nowMs: number): void {
    if (queued.state === 'gated') {
      this.enqueue(queued);
      return;
    }
    this.put(queued, nowMs < queued.backoffUntilMs ? 'backoff' : 'active');
  }

  private enqueue(queued: QueuedPod): Status | undefined {
    this.pods.set(queued.pod.uid, queued);
    for (const plugin of this.profile.preEnqueue) {
      const status = plugin.preEnqueue(queued.pod);
      if (status) {
        queued.state = 'gated';
        return status;
      }
    }
    this.put(queued, 'active');
    return undefined;
  }

  private put(queued: QueuedPod, state: 'active' | 'backoff'): void {
    queued.state = state;
    (state === 'active' ? this.active : this.backoff).push(queued);
  }
}
