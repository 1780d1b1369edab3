/**
 * The event queue: ordered by virtual time, then by the order of scheduling. It also counts the foreground events that
 * wait, which is what "run until quiet" asks.
 */
import { Heap } from '../base/heap';

export interface QueuedEvent {
  readonly atMs: number;
  readonly sequence: number;
  readonly background: boolean;
  /** Still happens when everything else stands still. */
  readonly lasting: boolean;
  run: () => void;
  cancelled: boolean;
}

/** Cancelled events are swept out of the queue when there are so many, and more than half of it are. */
const sweepFrom = 1_024;
const nothing = (): void => undefined;

export class EventQueue {
  private readonly heap = new Heap<QueuedEvent>((a, b) =>
    a.atMs !== b.atMs ? a.atMs < b.atMs : a.sequence < b.sequence,
  );
  private sequence = 0;
  private foreground = 0;
  /** Cancelled events that are still in the heap. */
  private dead = 0;

  /** Foreground events that wait. */
  get foregroundCount(): number {
    return this.foreground;
  }

  /** All events that wait, and some cancelled ones. */
  get size(): number {
    return this.heap.size;
  }

  push(atMs: number, background: boolean, run: () => void, lasting = false): QueuedEvent {
    const event: QueuedEvent = { atMs, sequence: this.sequence, background, lasting, run, cancelled: false };
    this.sequence += 1;
    if (!background) this.foreground += 1;
    this.heap.push(event);
    return event;
  }

  cancel(event: QueuedEvent): void {
    if (event.cancelled) return;
    event.cancelled = true;
    // A deadline of minutes must not hold everything that a request of milliseconds has made.
    event.run = nothing;
    if (!event.background) this.foreground -= 1;
    this.dead += 1;
    if (this.dead < sweepFrom || this.dead * 2 < this.heap.size) return;
    this.heap.retain((waiting) => !waiting.cancelled);
    this.dead = 0;
  }

  /** The time of the next event, or undefined when none waits. */
  nextTime(): number | undefined {
    this.dropCancelled();
    return this.heap.peek()?.atMs;
  }

  pop(): QueuedEvent | undefined {
    this.dropCancelled();
    const event = this.heap.pop();
    if (event) {
      event.cancelled = true; // It can no longer be cancelled: it has happened.
      if (!event.background) this.foreground -= 1;
    }
    return event;
  }

  /** Cancels everything that waits but what is lasting. */
  clear(): void {
    this.foreground = 0;
    this.dead = 0;
    this.heap.retain((event) => {
      if (event.lasting && !event.cancelled) {
        if (!event.background) this.foreground += 1;
        return true;
      }
      event.cancelled = true;
      event.run = nothing;
      return false;
    });
  }

  private dropCancelled(): void {
    while (this.heap.peek()?.cancelled) {
      this.heap.pop();
      this.dead -= 1;
    }
  }
}
