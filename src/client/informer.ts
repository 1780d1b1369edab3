/**
 * Informers: a local copy of one resource, kept by list and watch, with handlers for what changes. Models client-go's
 * reflector and shared informer: list, then watch from the list's revision; a watch that ends is resumed from the last
 * revision seen; after 410 Gone everything is listed anew and the difference is told to the handlers.
 */
import { objectKey } from '../api/object';
import type { RequestOptions, ResourceType, WatchEvent } from '../api/request';
import type { KubeObject, Status } from '../api/types';
import type { Cancel } from '../sim/process';
import { runTask, type Task, waitFor } from '../sim/task';
import type { ApiClient } from './api-client';

/** client-go's reflector backs off from 800 ms to 30 s, doubling, with jitter. */
const firstBackoffMs = 800;
const lastBackoffMs = 30_000;

export interface InformerHandlers<T> {
  added?(object: T): void;
  updated?(object: T, before: T): void;
  deleted?(object: T): void;
}

export interface InformerOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly namespace?: string;
}

/** Gives the values under which an object is found in an index, as a pod under its node's name. */
export type IndexFunction<T> = (object: T) => readonly string[];

export class Informer<T extends KubeObject> {
  private readonly store = new Map<string, T>();
  private readonly handlers: InformerHandlers<T>[] = [];
  private readonly indexes = new Map<string, Index<T>>();
  private readonly syncListeners: (() => void)[] = [];
  private isSynced = false;
  private stopped = false;
  private backoffMs = firstBackoffMs;
  private stream: Cancel | undefined;

  constructor(
    private readonly client: ApiClient,
    readonly type: ResourceType<T>,
    private readonly options: InformerOptions = {},
  ) {}

  /** True once the first list is in the store. */
  get synced(): boolean {
    return this.isSynced;
  }

  get size(): number {
    return this.store.size;
  }

  /** Calls the handlers for what changes from now on, and `added` for what is there already. */
  addHandlers(handlers: InformerHandlers<T>): void {
    this.handlers.push(handlers);
    for (const object of this.store.values()) handlers.added?.(object);
  }

  /** Adds an index; reading it costs no scan. */
  addIndex(name: string, values: IndexFunction<T>): void {
    const index = new Index<T>(values);
    this.indexes.set(name, index);
    for (const [key, object] of this.store) index.put(key, undefined, object);
  }

  onSynced(listener: () => void): void {
    if (this.isSynced) listener();
    else this.syncListeners.push(listener);
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.store.get(namespace ? `${namespace}/${name}` : name);
  }

  /** By key: `namespace/name`, or `name` for what has no namespace. */
  byKey(key: string): T | undefined {
    return this.store.get(key);
  }

  /** All objects in the order they came into the store. */
  list(): T[] {
    return [...this.store.values()];
  }

  /** The objects found under that value of an index. */
  byIndex(index: string, value: string): T[] {
    const keys = this.indexes.get(index)?.keysOf(value);
    return keys ? Array.from(keys, (key) => this.store.get(key) as T) : [];
  }

  start(): void {
    runTask(this.run());
  }

  stop(): void {
    this.stopped = true;
    this.stream?.cancel();
  }

  /** Puts the answer of one's own write into the store ahead of the watch, never going back in revisions. */
  observe(object: T): void {
    const known = this.store.get(objectKey(object));
    if (known && revisionOf(known) < revisionOf(object)) this.put(object);
  }

  private *run(): Task {
    let revision: string | undefined;
    while (!this.stopped) {
      if (revision === undefined) {
        revision = yield* this.listAll();
        if (revision === undefined) {
          yield* this.backOff();
          continue;
        }
      }
      const from: string = revision;
      const end = yield* this.watchFrom(from);
      revision = end.status?.code === 410 ? undefined : end.revision;
      if (end.status && end.status.code !== 410) yield* this.backOff();
    }
  }

  private *backOff(): Task {
    const { host } = this.client;
    const delayMs = host.random('reflector').jitter(this.backoffMs, 1);
    this.backoffMs = Math.min(lastBackoffMs, this.backoffMs * 2);
    yield* waitFor<void>((resume) => host.after(delayMs, () => resume(), { background: true }));
  }

  private *listAll(): Task<string | undefined> {
    const { namespace, ...selectors } = this.options;
    const answer = yield* this.client.list(this.type, { ...selectors, resourceVersion: '0' }, namespace);
    if (!answer.ok) return undefined;
    this.backoffMs = firstBackoffMs;
    const present = new Set<string>();
    for (const object of answer.value.items) {
      present.add(objectKey(object));
      this.put(object);
    }
    for (const [key, object] of [...this.store]) if (!present.has(key)) this.remove(object);
    if (!this.isSynced) {
      this.isSynced = true;
      for (const listener of this.syncListeners.splice(0)) listener();
    }
    return answer.value.metadata.resourceVersion;
  }

  private *watchFrom(resourceVersion: string): Task<{ revision: string; status: Status | undefined }> {
    const { namespace, ...selectors } = this.options;
    const options: RequestOptions = { ...selectors, resourceVersion, allowWatchBookmarks: true };
    let revision = resourceVersion;
    return yield* waitFor((resume) => {
      this.stream = this.client.watch<T>(this.type, options, {
        onEvent: (event) => {
          if (event.type === 'ERROR') {
            this.stream?.cancel();
            resume({ revision, status: event.object as unknown as Status });
            return;
          }
          revision = event.object.metadata.resourceVersion;
          this.take(event);
        },
        onEnd: (status) => resume({ revision, status }),
      }, namespace);
    });
  }

  private take(event: WatchEvent<T>): void {
    if (event.type === 'DELETED') this.remove(event.object);
    else if (event.type !== 'BOOKMARK') this.put(event.object);
  }

  private put(object: T): void {
    const key = objectKey(object);
    const before = this.store.get(key);
    if (before && revisionOf(before) >= revisionOf(object)) return;
    this.store.set(key, object);
    for (const index of this.indexes.values()) index.put(key, before, object);
    for (const handler of this.handlers) {
      if (before) handler.updated?.(object, before);
      else handler.added?.(object);
    }
  }

  private remove(object: T): void {
    const key = objectKey(object);
    const before = this.store.get(key);
    if (!before) return;
    this.store.delete(key);
    for (const index of this.indexes.values()) index.put(key, before, undefined);
    for (const handler of this.handlers) handler.deleted?.(object);
  }
}

class Index<T> {
  private readonly keys = new Map<string, Set<string>>();

  constructor(private readonly values: IndexFunction<T>) {}

  keysOf(value: string): ReadonlySet<string> | undefined {
    return this.keys.get(value);
  }

  put(key: string, before: T | undefined, after: T | undefined): void {
    for (const value of before ? this.values(before) : []) {
      const keys = this.keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.keys.delete(value);
    }
    for (const value of after ? this.values(after) : []) {
      const keys = this.keys.get(value);
      if (keys) keys.add(key);
      else this.keys.set(value, new Set([key]));
    }
  }
}

function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion);
}
