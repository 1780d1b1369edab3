/**
 * A controller: a queue of keys and a reconciler. A key waits once however often it is added, is never worked on twice
 * at the same time, and comes back after errors with client-go's exponential backoff (5 ms to 1000 s per key).
 * Models controller-runtime's reconcile contract over client-go's work queue.
 */
import type { Cancel, ProcessHost } from '../sim/process';
import { runTask, type Task } from '../sim/task';

const firstRetryMs = 5;
const lastRetryMs = 1_000_000;

/** What a reconciler says: done; look again after some time; or an error, which is retried with backoff. */
export type ReconcileResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'requeue'; readonly afterMs: number; readonly background?: boolean }
  | { readonly kind: 'error'; readonly message: string };

export const done: ReconcileResult = Object.freeze({ kind: 'done' });

export function requeueAfter(afterMs: number, background = false): ReconcileResult {
  return { kind: 'requeue', afterMs, background };
}

export function failed(message: string | undefined): ReconcileResult {
  return { kind: 'error', message: message ?? 'unknown error' };
}

export interface ControllerOptions {
  readonly name: string;
  /** How many keys may be worked on at once; kube-controller-manager's default is 5 for most. */
  readonly workers?: number;
  reconcile(key: string): Task<ReconcileResult>;
}

export class Controller {
  private readonly waiting: string[] = [];
  private readonly queued = new Set<string>();
  private readonly working = new Set<string>();
  private readonly again = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly delayed = new Map<string, { readonly atMs: number; readonly timer: Cancel }>();
  private running = false;
  private wake: Cancel | undefined;

  constructor(
    private readonly host: ProcessHost,
    private readonly options: ControllerOptions,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** Keys that wait or are being worked on. */
  get depth(): number {
    return this.waiting.length + this.working.size;
  }

  /** Starts working; keys added before wait until then. */
  start(): void {
    this.running = true;
    this.dispatch();
  }

  stop(): void {
    this.running = false;
  }

  add(key: string): void {
    if (this.queued.has(key)) return;
    if (this.working.has(key)) {
      this.again.add(key);
      return;
    }
    this.queued.add(key);
    this.waiting.push(key);
    this.dispatch();
  }

  /** Adds the key later; of several such wishes for one key the earliest counts. */
  addAfter(key: string, delayMs: number, background = false): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const atMs = this.host.nowMs + delayMs;
    const planned = this.delayed.get(key);
    if (planned && planned.atMs <= atMs) return;
    planned?.timer.cancel();
    const timer = this.host.after(delayMs, () => {
      this.delayed.delete(key);
      this.add(key);
    }, background ? { background } : undefined);
    this.delayed.set(key, { atMs, timer });
  }

  /** Work begins in an event of its own, so that a burst of adds from one watch event is one round. */
  private dispatch(): void {
    if (!this.running || this.wake || this.waiting.length === 0) return;
    this.wake = this.host.after(0, () => {
      this.wake = undefined;
      const limit = this.options.workers ?? 5;
      while (this.running && this.waiting.length > 0 && this.working.size < limit) this.work();
    });
  }

  private work(): void {
    const key = this.waiting.shift() as string;
    this.queued.delete(key);
    this.working.add(key);
    runTask(this.options.reconcile(key), (result) => this.finish(key, result));
  }

  private finish(key: string, result: ReconcileResult): void {
    this.working.delete(key);
    if (result.kind === 'error') {
      const failures = this.failures.get(key) ?? 0;
      this.failures.set(key, failures + 1);
      this.addAfter(key, Math.min(lastRetryMs, firstRetryMs * 2 ** failures), failures > 8);
    } else {
      this.failures.delete(key);
      if (result.kind === 'requeue') this.addAfter(key, result.afterMs, result.background);
    }
    if (this.again.delete(key)) this.add(key);
    else this.dispatch();
  }
}
