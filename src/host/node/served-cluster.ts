/**
 * A cluster as the endpoint sees it: something that takes requests and answers them as its run goes on. While somebody
 * waits for an answer the run is hastened, in slices that leave the event loop to others.
 */
import type { Cluster, HttpConnection } from '../../cluster/cluster';
import type { HttpMessage, HttpRequest } from '../../protocol/http';

/** A slice ends after this long, so that sockets and editors get their turn. */
const sliceMs = 8;

export interface ServedClusterHooks {
  /** Called after each slice: something may look different. */
  advanced(): void;
  /** An assertion of the engine failed: the run cannot go on, and nobody gets an answer any more. */
  failed(error: unknown): void;
}

export class ServedCluster {
  private waiting = 0;
  private scheduled = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly hooks: ServedClusterHooks,
  ) {}

  /** Sends a request into the run; `onMessage` hears the answer. */
  open(request: HttpRequest, onMessage: (message: HttpMessage) => void): HttpConnection {
    this.waiting += 1;
    let answered = false;
    const connection = this.cluster.open(request, (message) => {
      if (!answered) {
        answered = true;
        this.waiting -= 1;
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

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.slice());
  }

  private slice(): void {
    this.scheduled = false;
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
    // Where the run may not go on ahead of the clock, whoever drives it in real time brings the answer.
    if (isOverdue && this.waiting > 0) this.schedule();
  }
}
