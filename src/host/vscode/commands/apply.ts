/**
 * Apply to Sandbox: kubectl apply for manifests, kind for kind.yaml. All or nothing: with one mistake in one file, or
 * one refusal by the API server, nothing at all is applied. The API server is asked first, without changing anything.
 */
import { l10n, type Uri, window } from 'vscode';
import type { Cluster, PlannedObject } from '../../../cluster/cluster';
import type { AppliedSource } from '../../../protocol/commands';
import type { Loaded } from '../clusters';
import type { Kindergarten } from '../context';
import { addRefusals, type Checked, checkSources } from '../manifests/check';
import { readSelection, readSources, type Source } from '../manifests/read';
import { sayNote, sayProblems, sayRefusal } from '../say';
import { applyConfig } from './apply-config';
import { createDefault } from './cluster';
import { cancelled, refused, report, type Result, waitUntilUp } from './result';
import { leavePast } from './time';

const done: Result = { status: 'done', outcomes: [] };

/** Applies files and folders. */
export async function applyFiles(k: Kindergarten, uris: readonly Uri[]): Promise<Result> {
  const { files, skipped, unreadable } = await readSources(uris);
  for (const label of skipped) k.log.info(l10n.t('{0} is no Kubernetes or kind file; left out', label));
  if (unreadable.length > 0) {
    for (const reason of unreadable) k.log.error(reason);
    sayRefusal(l10n.t('Nothing was applied: {0}', unreadable[0] ?? ''));
    return refused;
  }
  if (files.length === 0) {
    sayRefusal(uris.length === 0 ? l10n.t('Open or choose a Kubernetes or kind file first.')
      : l10n.t('There is no Kubernetes or kind file to apply.'));
    return refused;
  }
  return applySources(k, files);
}

/** Applies what is selected in the active editor. */
export async function applySelection(k: Kindergarten): Promise<Result> {
  const editor = window.activeTextEditor;
  if (!editor || editor.selections.every((selection) => selection.isEmpty)) {
    sayRefusal(l10n.t('Select the part of a manifest that is to be applied.'));
    return refused;
  }
  return applySources(k, [readSelection(editor)]);
}

async function applySources(k: Kindergarten, sources: readonly Source[]): Promise<Result> {
  if (!await leavePast(k)) return cancelled;
  const loaded = await k.clusters.use();
  k.log.command(`kubectl apply ${sources.map(({ label }) => `-f ${label}`).join(' ')}`);
  const checked = checkSources(loaded, sources, true);
  for (const { uri } of sources) k.checks.applying(uri);
  k.checks.startWithOpenFiles();
  if (checked.errors().length > 0) return refuse(k, checked);
  const { configs } = checked;
  if (configs.length > 1) {
    checked.show(k.problems);
    const names = configs.map(({ source }) => source.label).join(', ');
    sayRefusal(l10n.t('Nothing was applied: there are several kind configs ({0}); apply one of them by itself.',
      names));
    return refused;
  }
  checked.show(k.problems);
  const [config] = configs;
  if (config) {
    const result = await applyConfig(k, config);
    if (result.status !== 'done' || checked.objects.length === 0) return result;
  }
  return checked.objects.length > 0 ? applyObjects(k, loaded, checked) : done;
}

async function applyObjects(k: Kindergarten, loaded: Loaded, checked: Checked): Promise<Result> {
  const cluster = k.clusters.active ?? await createDefault(k);
  if (!cluster) return cancelled;
  if (!await waitUntilUp(k, cluster)) return cancelled;
  const objects = checked.objects.map(({ object }) => object);
  const planned = cluster.planApply(objects);
  if (!isPlan(planned)) {
    // No API server answers, so there is nobody to apply anything.
    const text = loaded.engine.serverError(planned);
    k.log.error(text);
    sayRefusal(l10n.t('Nothing was applied: {0}', text));
    return refused;
  }
  addRefusals(loaded, checked, planned);
  if (checked.errors().length > 0) {
    for (const { text } of planned) if (text) k.log.error(text);
    return refuse(k, checked);
  }
  const { progress, done: carriedOut } = k.clusters.execute(cluster, {
    type: 'apply',
    objects,
    sources: sourcesOf(loaded, checked),
  });
  const finish = carriedOut.then((reached) => (reached ? report(k, progress.outcomes) : cancelled));
  if (!k.clusters.pace?.paused) return finish;
  sayNote(l10n.t('The cluster is paused; it will be applied when you step or resume.'));
  return { status: 'accepted', outcomes: [] };
}

/** The file and line of each object. */
function sourcesOf({ engine }: Loaded, { sources, objects }: Checked): AppliedSource[] {
  return objects.map(({ file, document, path }) => {
    const text = sources.find(({ uri }) => uri.toString() === file)?.text ?? '';
    return { file, line: engine.lineAt(text, document.positionOf(path).start) };
  });
}

function isPlan(planned: ReturnType<Cluster['planApply']>): planned is readonly PlannedObject[] {
  return Array.isArray(planned);
}

function refuse(k: Kindergarten, checked: Checked): Result {
  checked.show(k.problems);
  const errors = checked.errors();
  for (const { source, message } of errors) k.log.error(`${source.label}: ${message}`);
  const [first] = errors;
  sayProblems(errors.length === 1
    ? l10n.t('Nothing was applied. {0}: {1}', first?.source.label ?? '', firstLine(first?.message))
    : l10n.t('Nothing was applied: {0} problems, the first in {1}: {2}', errors.length, first?.source.label ?? '',
      firstLine(first?.message)));
  return refused;
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
