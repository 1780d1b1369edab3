/** Delete from Sandbox: kubectl delete of what files describe, or of pods that are selected in the tree. */
import { l10n, type Uri } from 'vscode';
import type { ObjectRef } from '../../../protocol/commands';
import type { Kindergarten } from '../context';
import { checkSources } from '../manifests/check';
import { readSources } from '../manifests/read';
import { sayNote, sayProblems, sayRefusal } from '../say';
import { deleteCluster, noCluster } from './cluster';
import { cancelled, refused, report, type Result, waitUntilUp } from './result';
import { leavePast } from './time';

/** Deletes what files and folders describe. A kind.yaml stands for its whole cluster. */
export async function deleteFiles(k: Kindergarten, uris: readonly Uri[]): Promise<Result> {
  const { files, unreadable } = await readSources(uris);
  const [reason] = unreadable;
  if (files.length === 0 || reason !== undefined) {
    sayRefusal(reason ?? l10n.t('There is no Kubernetes or kind file to delete.'));
    return refused;
  }
  const checked = checkSources(await k.clusters.use(), files, false);
  k.log.command(`kubectl delete ${files.map(({ label }) => `-f ${label}`).join(' ')}`);
  const errors = checked.errors();
  if (errors.length > 0) {
    checked.show(k.problems);
    for (const { source, message } of errors) k.log.error(`${source.label}: ${message}`);
    const where = errors[0]?.source.label ?? '';
    sayProblems(l10n.t('Nothing was deleted: {0} problems, the first in {1}', errors.length, where));
    return refused;
  }
  if (checked.objects.length > 0) return deleteObjects(k, checked.objects.map(({ ref }) => ref));
  const [config] = checked.configs;
  if (config?.plan.kind !== 'change' || !k.clusters.activate(config.plan.name)) {
    sayRefusal(l10n.t('There is no cluster named {0}.', config?.plan.kind === 'create' ? config.plan.name : ''));
    return refused;
  }
  return await deleteCluster(k, undefined) ? { status: 'done', outcomes: [] } : cancelled;
}

/** Deletes objects, one after the other, as kubectl does: each waits until it is gone. */
export async function deleteObjects(k: Kindergarten, targets: readonly ObjectRef[]): Promise<Result> {
  if (!await leavePast(k)) return cancelled;
  const cluster = k.clusters.active;
  if (!cluster || targets.length === 0) {
    if (!cluster) noCluster();
    return refused;
  }
  if (!await waitUntilUp(k, cluster)) return cancelled;
  const { progress, done } = k.clusters.execute(cluster, { type: 'delete', targets });
  const finish = done.then((reached) => (reached ? report(k, progress.outcomes) : cancelled));
  if (!k.clusters.pace?.paused) return finish;
  sayNote(l10n.t('The cluster is paused; it will be deleted when you step or resume.'));
  return { status: 'accepted', outcomes: [] };
}
