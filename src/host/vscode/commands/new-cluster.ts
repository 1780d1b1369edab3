/** New Cluster: asks what it should consist of. */
import { l10n, type QuickPickItem, type Uri, window } from 'vscode';
import type { Kindergarten } from '../context';
import { labelOf } from '../manifests/read';
import { applyFiles } from './apply';
import { createPreset } from './cluster';

interface ClusterPick extends QuickPickItem {
  readonly preset?: string;
  readonly file?: Uri;
  readonly browse?: boolean;
}

/** New Cluster: a preset, a kind.yaml of the workspace, or another file. */
export async function newCluster(k: Kindergarten, wanted: unknown): Promise<boolean> {
  if (typeof wanted === 'string') return await createPreset(k, wanted) !== undefined;
  const picks: ClusterPick[] = [
    { preset: '1', label: l10n.t('One node'), description: l10n.t('the control plane runs the pods too') },
    { preset: '1+1', label: l10n.t('One control plane, one worker') },
    { preset: '1+2', label: l10n.t('One control plane, two workers') },
    {
      preset: '3+2', label: l10n.t('Three control planes, two workers'), description: l10n.t('behind a load balancer'),
    },
    ...k.index.kindFiles().map((file): ClusterPick =>
      ({ file, label: labelOf(file), description: l10n.t('kind config') })),
    { browse: true, label: l10n.t('Choose a kind config …') },
  ];
  const pick = await window.showQuickPick(picks,
    { title: l10n.t('New Cluster'), placeHolder: l10n.t('What should it consist of?') });
  if (pick?.preset !== undefined) return await createPreset(k, pick.preset) !== undefined;
  if (pick?.file) return (await applyFiles(k, [pick.file])).status === 'done';
  if (!pick?.browse) return false;
  const filters = { YAML: ['yaml', 'yml'] };
  const chosen = await window.showOpenDialog({ filters, openLabel: l10n.t('Create Cluster') });
  return chosen !== undefined && (await applyFiles(k, chosen)).status === 'done';
}
