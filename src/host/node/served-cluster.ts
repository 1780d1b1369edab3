/**
 * A cluster as the endpoint sees it: something that takes requests and answers them as its run goes on. While somebody
 * waits for an answer the run is hastened, in slices that leave the event loop to others.
 */
import type { Cluster, HttpConnection } from '../../cluster/cluster';
import type { HttpMessage, HttpRequest } from '../../protocol/http';

/** A slice ends after this long, so that sockets and editors get their turn. */
const sliceMs = 8;
/** An answer that has to wait for the clock is looked for all the time at first, and then this often. */
const patienceMs = 4;
const waitMs = 2;

export interface ServedClusterHooks {
  /** Somebody waits for the clock: whoever drives the run should let it catch up. */
  waiting(): void;
  /** Called after each slice: something may look different. */
  advanced(): void;
  /** An assertion of the engine failed: the run cannot go on, and nobody gets an answer any more. */
  failed(error: unknown): void;
}

export class ServedCluster {
  private waiting = 0;
  /** When a request last came or was answered. */
  private movedMs = 0;
  private scheduled = false;
  private closed = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly hooks: ServedClusterHooks,
  ) {}

  /** Sends a request into the run; `onMessage` hears the answer. */
  open(request: HttpRequest, onMessage: (message: HttpMessage) => void): HttpConnection {
    this.waiting += 1;
    this.movedMs = performance.now();
    let answered = false;
    const connection = this.cluster.open(request, (message) => {
      if (!answered) {
        answered = true;
        this.waiting -= 1;
        this.movedMs = performance.now();
      }
      onMessage(message);
    });
    this.schedule();
    return {
      send: (message) => {
        connection.send(message);
        this.schedule();
      },
      close: () => {
        if (!answered) {
          answered = true;
          this.waiting -= 1;
        }
        connection.close();
      },
    };
  }

  /** Lets the run go its way; to be called when nobody is served any more. */
  close(): void {
    this.closed = true;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.slice());
  }

  private slice(): void {
    this.scheduled = false;
    if (this.closed) return;
    const startMs = performance.now();
    let isOverdue = false;
    try {
      this.cluster.control.hasten(() => this.waiting === 0, () => {
        isOverdue = performance.now() - startMs >= sliceMs;
        return isOverdue;
      });
    } catch (error) {
      return this.hooks.failed(error);
    }
    this.hooks.advanced();
    if (this.waiting === 0) return;
    if (isOverdue) return this.schedule();
    // The run may go no further ahead of the clock. When it is paused or watched, whoever drives it brings the answer.
    if (this.cluster.control.state.mode !== 'live') return;
    this.hooks.waiting();
    this.scheduled = true;
    if (startMs - this.movedMs < patienceMs) setImmediate(() => this.slice());
    else setTimeout(() => this.slice(), waitMs);
  }
}
