/**
 * Keeps one watch cache in step with etcd: list, then watch from the next revision. A stream that ends is opened again
 * from where the cache is; only compacted history makes a new list necessary, and that ends the streams of all clients.
 * Models client-go's Reflector over storage/etcd3 as the cacher runs it.
 */
import type { EtcdClient, Watch, WatchEnd } from '../../etcd/client';
import { prefixRange } from '../../etcd/key-range';
import type { KeyEvent } from '../../etcd/wire';
import type { KubeObject } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import type { ServedResource } from './served-resource';
import { withRevision } from './watch-cache';

/** How long it waits before it tries again to reach etcd. */
const retryMs = 1_000;

export class Reflector {
  private stream: Watch | undefined;
  private stopped = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: EtcdClient,
    private readonly resource: ServedResource,
    /** Called when the cache is filled, and whenever its stream comes up or breaks. */
    private readonly onState: () => void,
  ) {}

  start(): void {
    runTask(this.run());
  }

  /** Stops for good: the resource is no longer served. */
  stop(): void {
    this.stopped = true;
    this.stream?.cancel();
  }

  private *run(): Task {
    const { watchCache: cache } = this.resource;
    let listed = false;
    while (!this.stopped) {
      if (!listed) listed = yield* this.list();
      if (listed && !this.stopped) {
        const end = yield* this.watch(cache.revision + 1);
        cache.connected = false;
        cache.requestProgress = undefined;
        this.onState();
        if (end.kind === 'compacted') {
          listed = false;
          continue;
        }
      }
      yield* this.pause();
    }
  }

  private *list(): Task<boolean> {
    const { watchCache: cache, prefix } = this.resource;
    const result = yield* this.client.range(prefixRange(prefix));
    if (!result.ok) return false;
    const objects = result.response.kvs.map(({ key, value, modRevision }) =>
      [key.slice(prefix.length), withRevision(value as KubeObject, modRevision)] as const);
    cache.replace(objects, result.response.revision);
    this.onState();
    return true;
  }

  private *watch(revision: number): Task<WatchEnd> {
    const { prefix } = this.resource;
    return yield* waitFor<WatchEnd>((resume) => {
      const stream = this.stream = this.client.watch(prefixRange(prefix), revision, {
        onEvents: (events) => {
          for (const event of events) this.apply(event);
        },
        onProgress: (at) => this.reach(at),
        onEnd: resume,
      });
      // The answer tells that everything up to now has been seen, so that reads need not ask etcd.
      this.resource.watchCache.requestProgress = () => stream.requestProgress();
      stream.requestProgress();
    });
  }

  private apply({ type, kv }: KeyEvent): void {
    const { watchCache: cache, prefix } = this.resource;
    const key = kv.key.slice(prefix.length);
    const { modRevision } = kv;
    if (type === 'DELETE') cache.apply(type, key, undefined, modRevision);
    else cache.apply(type, key, withRevision(kv.value as KubeObject, modRevision), modRevision);
  }

  private reach(revision: number): void {
    const { watchCache: cache } = this.resource;
    cache.progress(revision);
    if (cache.connected) return;
    cache.connected = true;
    this.onState();
  }

  private *pause(): Task {
    // Waiting for etcd at the first start is part of starting; later it goes on for as long as etcd is away.
    const background = this.resource.watchCache.initialised ? { background: true } : undefined;
    yield* waitFor<void>((resume) => this.host.after(retryMs, () => resume(), background));
  }
}
