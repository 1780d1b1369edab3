/** Pause, step, resume and speed of the active cluster. */
import { l10n, type QuickPickItem, QuickPickItemKind, window } from 'vscode';
import type { RunMode } from '../../../protocol/view';
import type { Kindergarten } from '../context';
import type { LastingPace } from '../../pace';
import { sayBriefly } from '../say';
import { noCluster } from './cluster';

export function pause({ clusters }: Kindergarten): boolean {
  if (!clusters.active) return noCluster();
  clusters.setPace((pace) => pace.pause());
  return true;
}

export function resume({ clusters }: Kindergarten): boolean {
  if (!clusters.active) return noCluster();
  clusters.setPace((pace) => pace.resume());
  return true;
}

/** Lets one hop happen; the run is paused before and after it. In the past it shows the next one that happened. */
export function step({ clusters }: Kindergarten): boolean {
  const { active, past } = clusters;
  if (!active) return noCluster();
  if (past) {
    const next = active.history.step(1, past.moment);
    if (next) clusters.lookAt(next, true);
    else clusters.returnToNow(false, true);
    return true;
  }
  let happened = false;
  clusters.setPace((pace) => {
    happened = pace.step();
  });
  if (!happened) sayBriefly(l10n.t('nothing happens any more'));
  return happened;
}

/** What the diagram asks for. Speed 0 keeps the present one. */
export function setRun({ clusters }: Kindergarten, mode: RunMode, speed: number): void {
  clusters.setPace((pace) => {
    if (mode === 'paused') pace.pause();
    else if (mode === 'fast') pace.hurry();
    else pace.choose({ mode, speed: speed > 0 ? speed : 1 });
  });
}

interface PacePick extends QuickPickItem {
  readonly pace?: LastingPace | 'fast';
}

/** Speed: real time or faster, one hop after another to watch, or as fast as possible until all is quiet. */
export async function chooseSpeed(k: Kindergarten): Promise<boolean> {
  if (!k.clusters.active) return noCluster();
  const live = (speed: number, label: string): PacePick => ({ label, pace: { mode: 'live', speed } });
  const hops = (speed: number, label: string): PacePick => ({ label, pace: { mode: 'hops', speed } });
  const picks: PacePick[] = [
    { label: l10n.t('Virtual time'), kind: QuickPickItemKind.Separator },
    live(0.25, l10n.t('¼×, slow motion')),
    live(0.5, '½×'),
    live(1, l10n.t('Real time')),
    live(2, '2×'),
    live(5, '5×'),
    live(10, '10×'),
    live(60, l10n.t('60×, a minute a second')),
    { label: l10n.t('As fast as possible'), description: l10n.t('until nothing is left to do'), pace: 'fast' },
    { label: l10n.t('Hop by hop, to watch'), kind: QuickPickItemKind.Separator },
    hops(0.25, l10n.t('A hop every two seconds')),
    hops(0.5, l10n.t('One hop a second')),
    hops(1, l10n.t('Two hops a second')),
    hops(2, l10n.t('Four hops a second')),
    hops(4, l10n.t('Eight hops a second')),
  ];
  const pick = await window.showQuickPick(picks, { title: l10n.t('Speed') });
  const pace = pick?.pace;
  if (pace === undefined) return false;
  k.clusters.setPace((present) => (pace === 'fast' ? present.hurry() : present.choose(pace)));
  return true;
}
