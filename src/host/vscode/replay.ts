/** Brings a cluster to the moment where it was, by giving it the same commands at the same moments, in short slices. */
import type { Command } from '../../protocol/commands';
import type { RealTime } from '../driver';
import type { SavedCluster } from './saved-clusters';

const sliceMs = 8;

/** As much of a cluster as replaying needs. */
export interface ReplayedCluster {
  readonly eventsProcessed: number;
  readonly nowMs: number;
  runUntil(condition: () => boolean, limitMs?: number): boolean;
  runFor(ms: number): void;
  execute(command: Command): unknown;
}

/** Replays onto a cluster that has just been created. The host's event loop gets its turn between two slices. */
export async function replayOnto(
  cluster: ReplayedCluster, saved: Pick<SavedCluster, 'log' | 'atEvents' | 'atMs'>, time: RealTime,
): Promise<void> {
  for (const { afterEvents, atMs, command } of saved.log) {
    await runTo(cluster, afterEvents, atMs, time);
    cluster.execute(command);
  }
  await runTo(cluster, saved.atEvents, saved.atMs, time);
}

/**
 * Runs to a moment: after so many events, at that time. The time also bounds the run, should an engine of another
 * version need fewer events for the same.
 */
async function runTo(cluster: ReplayedCluster, events: number, atMs: number, time: RealTime): Promise<void> {
  const isThere = (): boolean => cluster.eventsProcessed >= events || cluster.nowMs > atMs;
  while (!isThere()) {
    const startMs = time.nowMs();
    const moved = cluster.runUntil(() => isThere() || time.nowMs() - startMs >= sliceMs, Infinity);
    if (!moved) break;
    await new Promise<void>((resolve) => void time.after(0, resolve));
  }
  // The clock may have gone on without an event before the next input.
  if (cluster.nowMs < atMs) cluster.runFor(atMs - cluster.nowMs);
}
