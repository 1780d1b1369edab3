/** How a run moves, as people say it. */
import { l10n } from 'vscode';
import type { Moment } from '../../../protocol/time';
import type { RunState } from '../../../protocol/view';

/** Virtual time since the cluster's creation: `0:42`, `1:02:03`. */
export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `As of revision 412, at 0:41`: what is shown is not the present. */
export function pastText({ revision, atMs }: Pick<Moment, 'revision' | 'atMs'>): string {
  return l10n.t('As of revision {0}, at {1}', revision, clockText(atMs));
}

/** `paused`, `live, 8 times as fast`, `hop by hop`. */
export function runText({ mode, speed }: RunState): string {
  switch (mode) {
    case 'paused': return l10n.t('paused');
    case 'fast': return l10n.t('as fast as possible');
    case 'hops': return speed === 1 ? l10n.t('hop by hop') : l10n.t('hop by hop, {0}×', speed);
    case 'live': return speed === 1 ? l10n.t('real time') : l10n.t('{0}× real time', speed);
  }
}
