/** The menu behind the status bar item. */
import { commands, l10n, type QuickPickItem, window } from 'vscode';
import type { Kindergarten } from '../context';
import { type CommandId, commandIds } from './ids';

interface MenuItem extends QuickPickItem {
  readonly command: CommandId;
}

/** Offers what can be done with the active cluster now. */
export async function showMenu(k: Kindergarten): Promise<void> {
  const { active, pace, past, names } = k.clusters;
  const item = (command: CommandId, icon: string, label: string): MenuItem =>
    ({ command, label: `$(${icon}) ${label}` });
  const ofCluster = active ? [
    pace?.paused ? item(commandIds.resume, 'debug-continue', l10n.t('Resume'))
      : item(commandIds.pause, 'debug-pause', l10n.t('Pause')),
    ...(past ? [
      item(commandIds.returnToNow, 'debug-continue', l10n.t('Return to Now')),
      item(commandIds.branchHere, 'git-branch', l10n.t('Branch from Here')),
    ] : []),
    item(commandIds.step, 'debug-step-over', l10n.t('Step: one hop')),
    item(commandIds.stepBack, 'debug-step-back', l10n.t('Step Back: one hop')),
    item(commandIds.jumpToRevision, 'history', l10n.t('Jump to Revision …')),
    item(commandIds.runToBreakpoint, 'debug-breakpoint', l10n.t('Run to Breakpoint …')),
    item(commandIds.runUntilQuiet, 'debug-continue-small', l10n.t('Run Until Quiet')),
    item(commandIds.speed, 'dashboard', l10n.t('Speed …')),
    item(commandIds.openDiagram, 'type-hierarchy', l10n.t('Open Diagram')),
    ...(names.length > 1 ? [item(commandIds.switchCluster, 'arrow-swap', l10n.t('Switch Cluster …'))] : []),
    ...(k.apiServers.of(active.name) ? [item(commandIds.stopApiServer, 'broadcast', l10n.t('Stop API Server'))]
      : k.apiServers.possible ? [item(commandIds.startApiServer, 'broadcast', l10n.t('Start API Server'))] : []),
    item(commandIds.resetCluster, 'discard', l10n.t('Reset Cluster')),
    item(commandIds.deleteCluster, 'trash', l10n.t('Delete Cluster')),
  ] : [];
  const items = [
    ...ofCluster, item(commandIds.newCluster, 'add', l10n.t('New Cluster …')),
    item(commandIds.showLog, 'output', l10n.t('Show Log')),
  ];
  const pick = await window.showQuickPick(items,
    { title: active ? l10n.t('Cluster {0}', active.name) : 'Kindergarten' });
  if (pick) await commands.executeCommand(pick.command);
}
