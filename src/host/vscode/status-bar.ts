/** The status bar item: the active cluster, how it runs, and its clock. It shows only while there is a cluster. */
import { l10n, StatusBarAlignment, type StatusBarItem, window } from 'vscode';
import type { Clusters } from './clusters';
import { Coalesced } from './coalesce';
import { commandIds } from './commands/ids';
import { realTime } from '../real-time';
import { clockText, pastText, runText } from './texts/run';

const intervalMs = 250;

export class StatusBar {
  private item: StatusBarItem | undefined;
  private readonly draw = new Coalesced(realTime, () => intervalMs, () => this.update());

  constructor(private readonly clusters: Clusters) {
    clusters.onDidChange(() => this.draw.request());
    clusters.onDidSwitch(() => this.draw.now());
    clusters.onDidJump(() => this.draw.now());
  }

  dispose(): void {
    this.draw.dispose();
    this.item?.dispose();
  }

  private update(): void {
    const { active, pace, past } = this.clusters;
    if (!active) {
      this.item?.hide();
      return;
    }
    this.item ??= this.create();
    const { state } = active.control;
    const icon = past
      ? 'history'
      : state.mode === 'paused'
        ? 'debug-pause'
        : pace?.booting
          ? 'loading~spin'
          : 'vm-active';
    const run = past
      ? pastText(past.moment)
      : pace?.booting && state.mode !== 'paused'
        ? l10n.t('boots')
        : runText(state);
    const clock = clockText(past?.nowMs ?? active.nowMs);
    const text = `$(${icon}) ${active.name}: ${run}${past ? '' : ` · ${clock}`}`;
    if (this.item.text === text) return;
    this.item.text = text;
    this.item.accessibilityInformation = { label: l10n.t('Cluster {0}, {1}, clock {2}', active.name, run, clock) };
    this.item.show();
  }

  private create(): StatusBarItem {
    const item = window.createStatusBarItem('kindergarten.status', StatusBarAlignment.Left, 10);
    item.name = l10n.t('Kindergarten: cluster');
    item.tooltip = l10n.t('The active cluster, how it runs, and its own clock. Click for what you can do with it.');
    item.command = commandIds.showMenu;
    return item;
  }
}
