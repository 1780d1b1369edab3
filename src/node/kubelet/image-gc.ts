/**
 * Garbage collection of images: those that no container uses are removed, the least recently used first, every five
 * minutes when the disk is too full, and at once when the eviction manager asks. Models pkg/kubelet/images'
 * image_gc_manager.go.
 */
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { criCall, type Image } from '../cri';
import type { NodeDisk } from '../disk';

const periodMs = 300_000;
/** An image is kept for so long after it was first seen (imageMinimumGCAge). */
const minimumAgeMs = 120_000;
/** Percent of the disk at which images are removed, and down to which. */
export const highThresholdPercent = 85;
const lowThresholdPercent = 80;

interface Seen {
  readonly firstMs: number;
  usedMs: number;
}

export class ImageCollector {
  private readonly seen = new Map<string, Seen>();
  private failedBefore = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly disk: NodeDisk,
    private readonly hooks: { warn(reason: string, message: string): void; changed(): void },
  ) {}

  start(): void {
    runTask(this.run());
  }

  /** Removes images that nothing uses until so many bytes are free; gives the number of bytes. */
  *removeUnused(bytesToFree: number): Task<number> {
    const nowMs = this.host.nowMs;
    const unused = yield* this.detect(nowMs);
    let freed = 0;
    for (const { id, size } of unused) {
      const { firstMs } = this.seen.get(id) ?? { firstMs: nowMs };
      if (freed >= bytesToFree || nowMs - firstMs < minimumAgeMs) continue;
      const removed = yield* criCall(this.host, 'RemoveImage', { image: id }, { name: id });
      if (!removed.ok) continue;
      this.seen.delete(id);
      freed += size;
    }
    if (freed > 0) this.hooks.changed();
    return freed;
  }

  private *run(): Task {
    yield* this.detect(-Infinity);
    for (;;) {
      yield* waitFor<void>((resume) => void this.host.after(periodMs, () => resume(), { background: true }));
      yield* this.collect();
    }
  }

  private *collect(): Task {
    const { capacityBytes, availableBytes } = this.disk;
    const usedPercent = 100 - Math.floor(availableBytes * 100 / capacityBytes);
    if (usedPercent < highThresholdPercent) {
      this.failedBefore = false;
      return;
    }
    const toFree = Math.floor(capacityBytes * (100 - lowThresholdPercent) / 100) - availableBytes;
    const freed = yield* this.removeUnused(toFree);
    if (freed >= toFree) {
      this.failedBefore = false;
      return;
    }
    const why = 'Failed to garbage collect required amount of images. '
      + `Attempted to free ${toFree} bytes, but only found ${freed} bytes eligible to free.`;
    this.hooks.warn('FreeDiskSpaceFailed', why);
    if (this.failedBefore) this.hooks.warn('ImageGCFailed', why);
    this.failedBefore = true;
  }

  /** Takes note of what there is; gives what nothing uses, the least recently used first. */
  private *detect(atMs: number): Task<readonly Image[]> {
    const images = yield* criCall(this.host, 'ListImages', {});
    const containers = yield* criCall(this.host, 'ListContainers', {});
    if (!images.ok || !containers.ok) return [];
    const used = new Set(containers.value.containers.flatMap(({ image, imageRef }) => [image, imageRef]));
    const unused: Image[] = [];
    for (const image of images.value.images) {
      const seen = this.seen.get(image.id) ?? { firstMs: atMs, usedMs: -Infinity };
      this.seen.set(image.id, seen);
      if ([image.id, ...image.repoTags, ...image.repoDigests].some((name) => used.has(name))) seen.usedMs = atMs;
      else if (!image.pinned) unused.push(image);
    }
    const usedMs = ({ id }: Image): number => this.seen.get(id)?.usedMs ?? -Infinity;
    return unused.sort((a, b) => usedMs(a) - usedMs(b));
  }
}
