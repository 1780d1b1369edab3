/**
 * Applying a kind.yaml: creates its cluster; or changes the running one in place, adding and removing workers; or asks
 * before it does what only a new cluster can do.
 */
import { l10n, window } from 'vscode';
import type { KindPlan } from '../../../cluster/sandbox';
import type { Kindergarten } from '../context';
import type { PlannedConfig } from '../manifests/check';
import { sayBriefly, sayNote } from '../say';
import { changeLines, fieldText } from '../texts/change';
import { createCluster } from './cluster';
import { cancelled, refused, type Result } from './result';

type ChangePlan = Extract<KindPlan, { kind: 'change' }>;

const done: Result = { status: 'done', outcomes: [] };

/** Applies a valid config; an invalid one has been refused before. */
export async function applyConfig(k: Kindergarten, { source, plan }: PlannedConfig): Promise<Result> {
  switch (plan.kind) {
    case 'invalid': return refused;
    case 'create': return await createCluster(k, source.text) ? done : refused;
    case 'change': return applyChange(k, source.text, plan);
  }
}

async function applyChange(k: Kindergarten, text: string, plan: ChangePlan): Promise<Result> {
  const { change, name } = plan;
  if (k.clusters.active?.name !== name) k.clusters.activate(name);
  const cluster = k.clusters.active;
  if (!cluster) return refused;
  if (change.unchanged) {
    sayBriefly(l10n.t('cluster {0} is already as the file describes it', name));
    return done;
  }
  if (change.needsRecreate.length > 0) return recreate(k, text, plan);
  const lines = changeLines(change);
  for (const line of lines) k.log.info(line);
  sayNote(l10n.t('Cluster {0}: {1}', name, lines.join('; ')));
  const { done: carriedOut } = k.clusters.execute(cluster, { type: 'reconfigure', kindYaml: text });
  if (k.clusters.pace?.paused) return { status: 'accepted', outcomes: [] };
  return await carriedOut ? done : cancelled;
}

async function recreate(k: Kindergarten, text: string, plan: ChangePlan): Promise<Result> {
  const { change, name } = plan;
  const confirm = l10n.t('Recreate Cluster');
  const detail = [
    l10n.t('These changes need a new cluster; everything in the present one is lost:'),
    ...change.needsRecreate.map(fieldText), ...changeLines(change),
  ].join('\n');
  const question = l10n.t('Recreate the cluster {0}?', name);
  const answer = await window.showWarningMessage(question, { modal: true, detail }, confirm);
  if (answer !== confirm) return cancelled;
  return await createCluster(k, text) ? done : refused;
}
