/** What became of an apply or a delete, and how its user learns of it. */
import { l10n } from 'vscode';
import type { Cluster } from '../../../cluster/cluster';
import type { ObjectOutcome } from '../../../protocol/commands';
import type { Kindergarten } from '../context';
import { sayBriefly, sayBroken, sayRefusal } from '../say';

/** What became of an apply or delete; also what the command returns to whoever executed it. */
export interface Result {
  /** `accepted`: the cluster is paused, so it will happen when it runs again. */
  readonly status: 'done' | 'accepted' | 'failed' | 'refused' | 'cancelled';
  readonly outcomes: readonly ObjectOutcome[];
}

export const refused: Result = { status: 'refused', outcomes: [] };
export const cancelled: Result = { status: 'cancelled', outcomes: [] };

/**
 * Waits until the cluster can take objects; false when it never will. Paused while it boots it would never be up, so
 * then nobody waits.
 */
export async function waitUntilUp({ clusters, log }: Kindergarten, cluster: Cluster): Promise<boolean> {
  const { pace } = clusters;
  if (clusters.isBroken(cluster)) {
    sayBroken();
    return false;
  }
  if (!pace?.booting || pace.paused) return true;
  log.info(l10n.t('Waiting until the cluster {0} is up', cluster.name));
  return clusters.until(cluster, () => !pace.booting || pace.paused);
}

/** Tells what kubectl printed: all of it in the log, failures as a message, success in a line that goes away. */
export function report(k: Kindergarten, outcomes: readonly ObjectOutcome[]): Result {
  const failures = outcomes.filter(({ outcome }) => outcome === 'failed');
  for (const { outcome, text } of outcomes) {
    if (outcome === 'failed') k.log.error(text);
    else k.log.info(text);
  }
  if (failures.length > 0) {
    sayRefusal(failures.slice(0, 3).map(({ text }) => text).join('\n'));
    return { status: 'failed', outcomes };
  }
  sayBriefly(outcomes.length === 1 ? outcomes[0]?.text ?? ''
    : l10n.t('{0} objects: {1}', outcomes.length, countText(outcomes)));
  return { status: 'done', outcomes };
}

/** `2 created, 1 unchanged`, in kubectl's words. */
function countText(outcomes: readonly ObjectOutcome[]): string {
  const words = [...new Set(outcomes.map(({ outcome }) => outcome))];
  return words.map((word) => `${outcomes.filter(({ outcome }) => outcome === word).length} ${word}`).join(', ');
}
