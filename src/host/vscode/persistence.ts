/**
 * Keeps the clusters of a window across its reload, in VS Code's storage of the workspace. They come back on the first
 * use of anything, so that a window in which nobody looks at them pays nothing for them.
 */
import { l10n, type Memento } from 'vscode';
import type { Clusters } from './clusters';
import { Coalesced } from './coalesce';
import type { Log } from './log';
import { realTime } from '../real-time';
import { replayOnto } from './replay';
import { decodeClusters, encodeClusters, type SavedClusters } from './saved-clusters';
import { readSettings } from './settings';

const key = 'kindergarten.clusters';
/** What was done is written soon, how far the clock has gone from time to time. */
const intervalMs = 1_000;
const clockIntervalMs = 20_000;

export class Persistence {
  private restoring: Promise<void> | undefined;
  private written: string | undefined;
  private done = '';
  private writtenMs = 0;
  private readonly soon = new Coalesced(realTime, () => intervalMs, () => this.saveWhenDue());

  constructor(private readonly clusters: Clusters, private readonly storage: Memento, private readonly log: Log) {
    this.written = storage.get(key);
    clusters.onDidChange(() => this.soon.request());
    clusters.onDidSwitch(() => this.soon.request());
  }

  /** Whether there is something that has not come back yet. */
  get waiting(): boolean {
    return this.restoring === undefined && this.written !== undefined && readSettings().restoreClusters;
  }

  /** Resolves when all clusters are back; at once when there are none. */
  ready(): Promise<void> {
    this.restoring ??= readSettings().restoreClusters ? this.restore() : Promise.resolve();
    return this.restoring;
  }

  dispose(): void {
    this.soon.dispose();
    this.save();
  }

  private async restore(): Promise<void> {
    const { active, clusters } = decodeClusters(this.written);
    const back: (() => void)[] = [];
    for (const saved of clusters) {
      try {
        const cluster = await this.clusters.createAt(saved.kindYaml, saved.epochMs);
        if (!cluster) continue;
        await replayOnto(cluster, saved, realTime);
        back.push(() => this.clusters.adopt(cluster, saved.paused));
      } catch (error) {
        // A run that broke once breaks again: it is left behind, and the user is not asked to look at it.
        const why = error instanceof Error ? error.message : String(error);
        this.log.error(l10n.t('A cluster could not be brought back: {0}', why));
      }
    }
    for (const adopt of back) adopt();
    this.clusters.discardUnadopted();
    if (active !== undefined) this.clusters.activate(active);
  }

  private saveWhenDue(): void {
    const all = this.clusters.all();
    const done = all.map(({ cluster, pace }) => `${cluster.name} ${cluster.log.length} ${pace.paused}`).join();
    const nowMs = realTime.nowMs();
    if (done === this.done && nowMs - this.writtenMs < clockIntervalMs) return;
    this.done = done;
    this.writtenMs = nowMs;
    this.save();
  }

  private save(): void {
    // Before everything is back, what is stored is more than what is there.
    if (this.waiting || !this.clusters.loaded) return;
    const wanted = this.clusters.names.length > 0 && readSettings().restoreClusters;
    const text = wanted ? encodeClusters(this.present()) : undefined;
    if (text === this.written) return;
    this.written = text;
    void this.storage.update(key, text);
  }

  private present(): SavedClusters {
    const { clusters } = this;
    const all = clusters.all();
    return {
      active: clusters.active?.name,
      clusters: all.map(({ cluster, pace }) => ({
        kindYaml: cluster.options.kindYaml, epochMs: cluster.options.epochMs, log: cluster.log,
        atEvents: cluster.eventsProcessed, atMs: cluster.nowMs, paused: pace.paused && !this.clusters.goesOn(cluster),
      })),
    };
  }
}
