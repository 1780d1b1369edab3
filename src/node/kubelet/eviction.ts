/**
 * The kubelet's eviction manager, for the disk: when too little of it is free, images that nothing uses are removed,
 * and when that does not help, pods are ended one after the other; meanwhile the node has DiskPressure and takes no new
 * pods. Models pkg/kubelet/eviction with one file system for images and containers. Not modelled: pressure of memory,
 * inodes and process ids, soft thresholds, and the removal of ended containers, of which each pod keeps few.
 */
import { quantityValue } from '../../api/quantity';
import type { Pod } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { criCall } from '../cri';
import type { NodeDisk } from '../disk';
import type { Verdict } from './admission';
import type { ImageCollector } from './image-gc';

/** How often the disk is looked at (monitoringInterval). */
const intervalMs = 10_000;
/** For so long a node keeps the condition after the last time that it was low (evictionPressureTransitionPeriod). */
const transitionMs = 300_000;
/** How often, and for how long, an evicted pod is waited for. */
const cleanupPollMs = 1_000;
const cleanupTimeoutMs = 30_000;
/** What an evicted pod gets to end: immediateEvictionGracePeriodSeconds. */
export const evictionGraceSeconds = 1;
/** Pods of this priority and above are never evicted (scheduling.SystemCriticalPriority). */
const criticalPriority = 2_000_000_000;
const blockBytes = 4096;
const resource = 'ephemeral-storage';

/** The kubelet's defaults on Linux; shares are single floats upstream. */
export const evictionHard = { 'imagefs.available': '15%', 'nodefs.available': '10%' } as const;
const thresholds = [{ share: Math.fround(0.1) }, { share: Math.fround(0.15) }] as const;

/** A pod on the node, as eviction sees it. */
export interface Evictable {
  readonly uid: string;
  readonly current: Pod;
  readonly over: boolean;
  /** Nothing of it runs any more. */
  readonly cleanedUp: boolean;
  evict(verdict: Verdict, graceSeconds: number): void;
}

interface Usage {
  readonly container: string;
  readonly bytes: number;
}

interface Low {
  readonly thresholdBytes: number;
  readonly availableBytes: number;
}

export interface EvictionHooks {
  pods(): readonly Evictable[];
  /** Bytes that a log on the node's disk has. */
  logBytes(path: string): number;
  /** Records an event of the node. */
  warn(reason: string, message: string): void;
}

export class EvictionManager {
  private lowAtMs = -Infinity;
  private pressed = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly disk: NodeDisk,
    private readonly images: ImageCollector,
    private readonly hooks: EvictionHooks,
  ) {}

  /** Whether the node has the condition DiskPressure. */
  get diskPressure(): boolean {
    return this.pressed;
  }

  start(): void {
    runTask(this.run());
  }

  /** Why a new pod cannot run here; only critical ones can under pressure of the disk. */
  verdict(pod: Pod): Verdict | undefined {
    if (!this.pressed || isCritical(pod)) return undefined;
    return { reason: 'Evicted', message: 'The node had condition: [DiskPressure]. ' };
  }

  private *run(): Task {
    for (;;) {
      const evicted = yield* this.synchronize();
      if (evicted) yield* this.cleanUp(evicted);
      else yield* this.pause(intervalMs);
    }
  }

  /** One look; the pod that was evicted, if one was. */
  private *synchronize(): Task<Evictable | undefined> {
    const { host, hooks } = this;
    const low = this.low();
    if (low) this.lowAtMs = host.nowMs;
    this.pressed = host.nowMs - this.lowAtMs < transitionMs;
    if (!low) return undefined;
    hooks.warn('EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    yield* this.images.removeUnused(Infinity);
    if (!this.low()) return undefined;
    const usages = yield* this.usages();
    for (const pod of ranked(hooks.pods().filter(({ over }) => !over), usages)) {
      if (isCritical(pod.current)) continue;
      const message = evictionMessage(low, pod.current, usages.get(pod.uid) ?? []);
      host.foreground(() => pod.evict({ reason: 'Evicted', message }, evictionGraceSeconds));
      return pod;
    }
    return undefined;
  }

  private low(): Low | undefined {
    const { capacityBytes, availableBytes } = this.disk;
    for (const { share } of thresholds) {
      const thresholdBytes = Math.floor(capacityBytes * share);
      if (availableBytes < thresholdBytes) return { thresholdBytes, availableBytes };
    }
    return undefined;
  }

  private *cleanUp(pod: Evictable): Task {
    const endMs = this.host.nowMs + cleanupTimeoutMs;
    while (!pod.cleanedUp && this.host.nowMs < endMs) yield* this.pause(cleanupPollMs);
  }

  private pause(ms: number): Task {
    return waitFor<void>((resume) => void this.host.after(ms, () => resume(), { background: true }));
  }

  /** What each pod's containers have written: their own layers and their logs. */
  private *usages(): Task<ReadonlyMap<string, readonly Usage[]>> {
    const answer = yield* criCall(this.host, 'ListContainerStats', {});
    const found = new Map<string, Usage[]>();
    if (!answer.ok) return found;
    for (const { labels, name, writableLayerBytes, logPath } of answer.value.stats) {
      const uid = labels['io.kubernetes.pod.uid'] ?? '';
      const logs = Math.ceil(this.hooks.logBytes(logPath) / blockBytes) * blockBytes;
      const usage = { container: name, bytes: writableLayerBytes + logs };
      found.set(uid, [...found.get(uid) ?? [], usage]);
    }
    return found;
  }
}

/** Static pods and those of the system. */
function isCritical({ metadata, spec }: Pod): boolean {
  const source = metadata.annotations?.['kubernetes.io/config.source'];
  return source === 'file' || (spec.priority ?? 0) >= criticalPriority;
}

/** Those that use more than they asked for first, of these the ones of low priority, of these the largest. */
function ranked(pods: readonly Evictable[], usages: ReadonlyMap<string, readonly Usage[]>): readonly Evictable[] {
  const used = ({ uid }: Evictable): number => (usages.get(uid) ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
  const exceeds = (pod: Evictable): number => Number(used(pod) > requestedBytes(pod.current));
  const priority = ({ current }: Evictable): number => current.spec.priority ?? 0;
  return [...pods].sort((a, b) => exceeds(b) - exceeds(a) || priority(a) - priority(b) || used(b) - used(a));
}

function requestedBytes({ spec }: Pod): number {
  return spec.containers.reduce((sum, { resources }) => sum + quantityValue(resources?.requests?.[resource] ?? '0'), 0);
}

function evictionMessage({ thresholdBytes, availableBytes }: Low, pod: Pod, usages: readonly Usage[]): string {
  let message = `The node was low on resource: ${resource}. `
    + `Threshold quantity: ${bytesText(thresholdBytes)}, available: ${bytesText(availableBytes)}. `;
  for (const { container, bytes } of usages) {
    const request = pod.spec.containers.find(({ name }) => name === container)?.resources?.requests?.[resource] ?? '0';
    if (bytes <= quantityValue(request)) continue;
    message += `Container ${container} was using ${bytesText(bytes)}, request is ${request}, `
      + `has larger consumption of ${resource}. `;
  }
  return message;
}

/** Bytes as a quantity with a binary suffix, where they have one: `4Gi`, `28Ki`, `10737418400`. */
function bytesText(bytes: number): string {
  let value = bytes;
  let suffix = '';
  for (const next of ['Ki', 'Mi', 'Gi', 'Ti']) {
    if (value === 0 || value % 1024 !== 0) break;
    value /= 1024;
    suffix = next;
  }
  return `${value}${suffix}`;
}
