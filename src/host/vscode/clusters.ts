/**
 * The clusters of this window: loads the engine on first use, holds the sandbox, moves the active cluster in real time
 * and tells everyone when something has changed. A cluster that is not the active one stands still.
 */
import { type Event, EventEmitter } from 'vscode';
import type { Cluster } from '../../cluster/cluster';
import type { ClusterState, PastCluster } from '../../cluster/history/past-cluster';
import type { Sandbox } from '../../cluster/sandbox';
import type { Command, CommandProgress } from '../../protocol/commands';
import type { Moment } from '../../protocol/time';
import type { ClusterView } from '../../protocol/view';
import { Driver, type RealTime } from '../driver';
import { type LastingPace, Pace } from '../pace';
import { replayOnto } from './replay';
import { readSettings } from './settings';

export type Engine = typeof import('../engine');

/** The engine with the window's sandbox. */
export interface Loaded {
  readonly engine: Engine;
  readonly sandbox: Sandbox;
}

/** One seed for all, so that the same commands give the same run on every machine. */
export const seed = 1;

/** As long as a cluster takes to boot, by its own clock. */
const headStartMs = 45_000;

/** What keys are made of; never kept, so that a cluster that comes back has new ones. */
function entropy(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface Waiter {
  readonly cluster: Cluster;
  readonly condition: () => boolean;
  readonly resolve: (reached: boolean) => void;
}

/** The active cluster is shown as it was. */
interface Look {
  readonly cluster: Cluster;
  readonly past: PastCluster;
  /** Whether the run goes on as soon as the present is shown again. */
  readonly wasRunning: boolean;
}

export class Clusters {
  private readonly changed = new EventEmitter<void>();
  private readonly switched = new EventEmitter<void>();
  /** Something about the active cluster may look different: fired after each slice of the run. */
  readonly onDidChange: Event<void> = this.changed.event;
  /** There is another active cluster, or none any more. */
  readonly onDidSwitch: Event<void> = this.switched.event;

  private readonly jumped = new EventEmitter<void>();
  /** Another moment is shown, and not because the run went on by a step. */
  readonly onDidJump: Event<void> = this.jumped.event;

  private readonly broke = new EventEmitter<unknown>();
  /** The active cluster stands still for good: an assertion of the engine failed. */
  readonly onDidBreak: Event<unknown> = this.broke.event;

  private readonly driver: Driver;
  private readonly paces = new Map<Cluster, Pace>();
  private loading: Promise<Loaded> | undefined;
  private present: Loaded | undefined;
  private waiters: Waiter[] = [];
  private readonly broken = new WeakSet<Cluster>();
  private cachedView: ClusterView | undefined;
  private look: Look | undefined;
  private readonly watchers: (() => boolean)[] = [];
  /** The wall clock for the next cluster, when it is not now: that of the cluster that comes back. */
  private epochOverride: number | undefined;

  constructor(private readonly load: () => Promise<Engine>, private readonly time: RealTime) {
    this.driver = new Driver(time, {
      isWatched: () => this.waiters.length > 0 || (this.pace?.booting ?? false)
        || this.watchers.some((looks) => looks()),
      advanced: () => this.advanced(),
      failed: (error) => {
        if (this.active) this.broken.add(this.active);
        for (const { resolve } of this.waiters.splice(0)) resolve(false);
        this.broke.fire(error);
      },
    });
  }

  /** The engine and the sandbox, loaded when this is the first use. */
  use(): Promise<Loaded> {
    this.loading ??= this.load().then((engine) => {
      // A little in the past, because a cluster boots faster than the clock and must not come out ahead of it: kubectl
      // shows no ages of things that are still to happen.
      const epochMs = (): number => this.epochOverride ?? Math.floor((Date.now() - headStartMs) / 1000) * 1000;
      this.present = { engine, sandbox: new engine.Sandbox({ seed, epochMs, entropy }) };
      return this.present;
    });
    return this.loading;
  }

  /** The same without loading it: undefined as long as nobody has used it. */
  get loaded(): Loaded | undefined {
    return this.present;
  }

  /** Whether a cluster is still there, under its name. */
  holds(cluster: Cluster): boolean {
    return this.present?.sandbox.cluster(cluster.name) === cluster;
  }

  get active(): Cluster | undefined {
    return this.present?.sandbox.active;
  }

  get names(): readonly string[] {
    return this.present?.sandbox.names ?? [];
  }

  /** How the active cluster moves. */
  get pace(): Pace | undefined {
    const { active } = this;
    return active && this.paces.get(active);
  }

  /** The active cluster as it is shown, at present or before; one object as long as it does not move. */
  view(): ClusterView | undefined {
    this.cachedView ??= this.shown?.view();
    return this.cachedView;
  }

  /** The active cluster as it was, while somebody looks back. */
  get past(): PastCluster | undefined {
    return this.look?.past;
  }

  /** The active cluster at the moment that is shown. */
  get shown(): ClusterState | undefined {
    return this.look?.past ?? this.active;
  }

  /** A cluster at the moment that is shown of it. */
  stateOf(name: string): ClusterState | undefined {
    return this.past?.name === name ? this.past : this.present?.sandbox.cluster(name);
  }

  /** Shows the active cluster as it was at a moment. Its run stands still meanwhile. `step`: one step further on. */
  lookAt(moment: Moment, step = false): void {
    const { active, pace } = this;
    if (!active || !pace) return;
    if (active.history.isPresent(moment)) return this.returnToNow(false, step);
    const wasRunning = this.look?.wasRunning ?? !pace.paused;
    if (!pace.paused) pace.pause();
    this.look = { cluster: active, past: active.at(moment), wasRunning };
    this.moved(step);
  }

  /** Shows the present again. `goOn`: the run goes on if it did before. */
  returnToNow(goOn = true, step = false): void {
    const { look, pace } = this;
    if (!look) return;
    this.look = undefined;
    if (goOn && look.wasRunning) pace?.resume();
    this.driver.wake();
    this.moved(step);
  }

  /** Whether a cluster stands still only because somebody looks back at it. */
  goesOn(cluster: Cluster): boolean {
    return this.look?.cluster === cluster && this.look.wasRunning;
  }

  /**
   * Lets the run go on from the moment that is shown, in a way of its own: the cluster's place is taken by one to which
   * the same was done until then. False when nothing of the past is shown, or is not any more when it is ready.
   */
  async branch(): Promise<boolean> {
    const { look, present } = this;
    if (!look || !present) return false;
    const { cluster, past: { moment } } = look;
    const { events, commands, atMs } = moment;
    const branch = present.sandbox.fork(cluster);
    await replayOnto(branch, { log: cluster.log.slice(0, commands), atEvents: events, atMs }, this.time);
    if (this.look?.past.moment !== moment || !this.holds(cluster)) return false;
    present.sandbox.replace(branch);
    this.forgetMissing();
    this.adopt(branch, true);
    return true;
  }

  /** Somebody who wants a smooth run while this says true. */
  addWatcher(looks: () => boolean): void {
    this.watchers.push(looks);
  }

  /** Creates the cluster of a valid kind.yaml in place of one of that name; undefined for a wrong file. */
  async create(kindYaml: string): Promise<Cluster | undefined> {
    const { sandbox } = await this.use();
    const cluster = sandbox.create(kindYaml);
    if (!cluster) return undefined;
    const { bootSpeed, speed } = readSettings();
    this.forgetMissing();
    this.paces.set(cluster, new Pace(cluster, bootSpeed, { mode: 'live', speed }));
    this.switchTo();
    return cluster;
  }

  /** All clusters that run or could, with how they move. */
  all(): readonly { readonly cluster: Cluster; readonly pace: Pace }[] {
    return [...this.paces].map(([cluster, pace]) => ({ cluster, pace }));
  }

  /** Creates a cluster that began at another time. Nobody sees it before it is adopted. */
  async createAt(kindYaml: string, epochMs: number): Promise<Cluster | undefined> {
    const { sandbox } = await this.use();
    this.epochOverride = epochMs;
    try {
      return sandbox.create(kindYaml);
    } finally {
      this.epochOverride = undefined;
    }
  }

  /** Throws away what `createAt` made and nobody adopted. */
  discardUnadopted(): void {
    for (const name of [...this.names]) {
      const cluster = this.present?.sandbox.cluster(name);
      if (cluster && !this.paces.has(cluster)) this.present?.sandbox.delete(name);
    }
  }

  /** Lets a cluster of `createAt` run, once it has come to the moment where it was. */
  adopt(cluster: Cluster, paused: boolean): void {
    const { bootSpeed, speed } = readSettings();
    const pace = new Pace(cluster, bootSpeed, { mode: 'live', speed });
    this.paces.set(cluster, pace);
    if (paused) pace.pause();
    this.switchTo();
  }

  activate(name: string): boolean {
    if (!this.present?.sandbox.activate(name)) return false;
    this.switchTo();
    return true;
  }

  delete(name: string): boolean {
    if (!this.present?.sandbox.delete(name)) return false;
    this.forgetMissing();
    this.switchTo();
    return true;
  }

  /** Changes how the active cluster moves. */
  setPace(change: (pace: Pace) => void): void {
    const { pace } = this;
    if (!pace) return;
    change(pace);
    // Whoever lets the run go on wants to see it.
    if (!pace.paused) this.returnToNow(false);
    this.driver.wake();
    this.advanced();
  }

  /** The speed from the settings, for clusters that run in real time or a multiple of it. */
  speedChanged(): void {
    const { speed } = readSettings();
    const pace: LastingPace = { mode: 'live', speed };
    for (const each of this.paces.values()) each.setWanted(pace);
    this.driver.wake();
  }

  /** Gives a command to a cluster. `done` becomes true when it was carried out, false when the cluster is gone. */
  execute(cluster: Cluster, command: Command): { readonly progress: CommandProgress; readonly done: Promise<boolean> } {
    const progress = cluster.execute(command);
    const done = this.until(cluster, () => progress.done);
    this.driver.wake();
    this.advanced();
    return { progress, done };
  }

  /** Waits while the cluster runs: true when the condition holds, false when the cluster is gone or broke before. */
  until(cluster: Cluster, condition: () => boolean): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    if (this.broken.has(cluster)) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.waiters.push({ cluster, condition, resolve });
      this.driver.wake();
    });
  }

  /** Whether the cluster stands still for good. */
  isBroken(cluster: Cluster): boolean {
    return this.broken.has(cluster);
  }

  /** To be called when something that was asked about the past has been answered. */
  tell(): void {
    this.changed.fire();
  }

  /** To be called when somebody begins to look. */
  wake(): void {
    this.driver.wake();
  }

  dispose(): void {
    this.driver.dispose();
    this.changed.dispose();
    this.switched.dispose();
    this.jumped.dispose();
    this.broke.dispose();
  }

  private moved(step: boolean): void {
    this.cachedView = undefined;
    if (!step) this.jumped.fire();
    this.changed.fire();
  }

  private switchTo(): void {
    this.cachedView = undefined;
    if (this.look?.wasRunning) this.paces.get(this.look.cluster)?.resume();
    this.look = undefined;
    this.driver.drive(this.active?.control);
    this.switched.fire();
    this.advanced();
  }

  private advanced(): void {
    this.cachedView = undefined;
    this.pace?.afterSlice();
    this.checkWaiters();
    this.changed.fire();
  }

  private checkWaiters(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const waiter of waiters) {
      const exists = this.present?.sandbox.cluster(waiter.cluster.name) === waiter.cluster;
      if (exists && !waiter.condition()) this.waiters.push(waiter);
      else waiter.resolve(exists);
    }
  }

  /** Paces of clusters that were deleted or replaced. */
  private forgetMissing(): void {
    for (const cluster of [...this.paces.keys()]) {
      if (this.present?.sandbox.cluster(cluster.name) !== cluster) this.paces.delete(cluster);
    }
  }
}
