/**
 * The cluster tree in the side bar. Its elements are the rows' ids, so that a row is the same element from view to
 * view; after a change only the rows that look different are drawn anew, at most ten times a second.
 */
import {
  type Event, EventEmitter, l10n, type ProviderResult, type TreeDataProvider, type TreeItem, type TreeView, window,
} from 'vscode';
import type { Clusters } from '../clusters';
import type { Persistence } from '../persistence';
import { Coalesced, Settled } from '../coalesce';
import { realTime } from '../../real-time';
import { bootText } from '../texts/states';
import { clockText, pastText } from '../texts/run';
import { itemOf, tooltipOf } from './items';
import { changedRows, Outline, type Row } from './rows';

export const clusterViewId = 'kindergarten.cluster';
const intervalMs = 100;
/** VS Code loses rows that change while it draws the tree for the first time, so it is asked to draw all once more. */
const firstDrawingMs = 700;

export class ClusterTree implements TreeDataProvider<string> {
  private readonly changed = new EventEmitter<string[] | undefined>();
  readonly onDidChangeTreeData: Event<string[] | undefined> = this.changed.event;
  readonly view: TreeView<string>;
  private outline = new Outline(undefined);
  private readonly redraw: Coalesced;
  private readonly redrawAll = new Settled(realTime, firstDrawingMs, () => this.changed.fire(undefined));

  constructor(private readonly clusters: Clusters, private readonly saved: Persistence) {
    this.redraw = new Coalesced(realTime, () => intervalMs, () => this.update());
    this.view = window.createTreeView(clusterViewId,
      { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    clusters.onDidChange(() => this.redraw.request());
    clusters.onDidSwitch(() => this.redraw.now());
    clusters.onDidJump(() => this.redraw.now());
    clusters.addWatcher(() => this.view.visible);
    this.view.onDidChangeVisibility(() => this.looked());
    this.looked();
  }

  /** The row of an id as it is now, if it is there; the newest may not have been drawn yet. */
  row(id: string): Row | undefined {
    this.redraw.flush();
    if (!this.outline.get(id)) this.redraw.now();
    return this.outline.get(id);
  }

  /** All rows as they are now, from top to bottom. */
  rows(): ReturnType<Outline['walk']> {
    return new Outline(this.clusters.view()).walk();
  }

  getChildren(id?: string): string[] {
    return [...(id === undefined ? this.outline.roots : this.outline.children(id))];
  }

  getParent(id: string): string | undefined {
    return this.outline.parent(id);
  }

  getTreeItem(id: string): TreeItem {
    const row = this.outline.get(id);
    // VS Code may ask for a row that went away in this very moment.
    return row ? itemOf(row, this.outline.children(id).length > 0) : { id, label: '' };
  }

  resolveTreeItem(item: TreeItem, id: string): ProviderResult<TreeItem> {
    const row = this.outline.get(id);
    if (row) item.tooltip = tooltipOf(row);
    return item;
  }

  /** Selects a row and brings it into view, also when the tree itself is not on the screen. */
  async reveal(id: string, focus: boolean): Promise<void> {
    this.redraw.now();
    if (this.outline.get(id)) await this.bring(id, { select: true, focus, expand: false });
  }

  /** Brings the tree to the screen without taking the keyboard from where it is. */
  async show(): Promise<void> {
    this.redraw.now();
    const [first] = this.outline.roots;
    if (first !== undefined) await this.bring(first, { select: false, focus: false, expand: false });
  }

  /** VS Code breaks off when the tree changes while it looks for the row; the second time it finds it, or it has gone. */
  private async bring(id: string, how: Parameters<TreeView<string>['reveal']>[1]): Promise<void> {
    try {
      await this.view.reveal(id, how);
    } catch {
      if (this.outline.get(id)) await Promise.resolve(this.view.reveal(id, how)).catch(() => undefined);
    }
  }

  dispose(): void {
    this.redraw.dispose();
    this.redrawAll.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  /** Somebody looks: what was there before the window was reloaded comes back. */
  private looked(): void {
    if (!this.view.visible) return;
    this.clusters.wake();
    this.redrawAll.request();
    if (!this.saved.waiting) return;
    this.view.message = l10n.t('Bringing the clusters back …');
    void this.saved.ready().then(() => this.redraw.now());
  }

  private update(): void {
    const before = this.outline;
    const view = this.clusters.view();
    this.outline = new Outline(view);
    const changed = changedRows(before, this.outline);
    if (changed === undefined) {
      this.changed.fire(undefined);
      this.redrawAll.request();
    } else if (changed.length > 0) this.changed.fire([...changed]);
    this.openNewGroups(before);
    this.decorate();
  }

  /**
   * Groups begin open. VS Code forgets that for a group which it draws for the first time while the next refresh comes
   * in, as happens when a cluster boots as fast as possible; so a new group is opened by name as well, once.
   */
  private openNewGroups(before: Outline): void {
    if (!this.view.visible) return;
    for (const id of this.outline.roots) {
      if (before.roots.includes(id)) continue;
      // It may be gone again before VS Code gets to it; then there is nothing to open.
      void Promise.resolve(this.view.reveal(id, { select: false, focus: false, expand: true })).catch(() => undefined);
    }
  }

  private decorate(): void {
    const { active, pace, past } = this.clusters;
    const cluster = this.clusters.view();
    const { view } = this;
    set(view, 'description', cluster && `${cluster.name} · ${cluster.kubernetesVersion}`);
    const message = !active || !cluster ? undefined
      : past ? l10n.t('{0}. Return to now, or branch from here.', pastText(past.moment))
        : pace?.paused ? l10n.t('Paused at {0}. Step or resume to see what comes next.', clockText(cluster.nowMs))
          : pace?.booting ? bootText(active.createStep) : undefined;
    set(view, 'message', message);
    const failing = cluster?.failingPods ?? 0;
    if ((view.badge?.value ?? 0) === failing) return;
    const tooltip = failing === 1 ? l10n.t('1 pod fails') : l10n.t('{0} pods fail', failing);
    view.badge = failing === 0 ? undefined : { value: failing, tooltip };
  }
}

/** Sets only what is different: each setting is a message to VS Code. */
function set(view: TreeView<string>, property: 'description' | 'message', value: string | undefined): void {
  if (view[property] !== value) view[property] = value;
}
