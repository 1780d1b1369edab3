/**
 * Shows a field of a pod where somebody wrote it: in the manifest by which the pod, or the Deployment or whatever else owns
 * it, was applied; and where that does not have it, as a default of the API server, in the pod's own YAML.
 */
import { l10n, Selection, type TextDocument, TextEditorRevealType, ViewColumn, window, workspace } from 'vscode';
import type { ObjectRef } from '../../../protocol/commands';
import type { Clusters } from '../clusters';
import type { Kindergarten } from '../context';
import { uriOf } from '../documents';
import { sayBriefly } from '../say';
import { documentOf } from './applied-source';

interface Place {
  readonly document: TextDocument;
  readonly start: number;
  readonly end: number;
}

/** `pod` is `namespace/name`, `field` a path in it such as `spec.nodeSelector`. */
export async function openField({ clusters }: Kindergarten, pod: string, field: string): Promise<boolean> {
  const place = await placeInManifest(clusters, pod, field) ?? await placeInPod(clusters, pod, field);
  if (!place) {
    sayBriefly(l10n.t('there is no pod {0} any more', pod));
    return false;
  }
  const { document, start, end } = place;
  // Not over the diagram, where one has come from.
  const viewColumn = window.visibleTextEditors[0]?.viewColumn ?? ViewColumn.Beside;
  const editor = await window.showTextDocument(document, { preview: true, viewColumn });
  editor.selection = new Selection(document.positionAt(end), document.positionAt(start));
  editor.revealRange(editor.selection, TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}

async function placeInManifest(clusters: Clusters, pod: string, field: string): Promise<Place | undefined> {
  const { active, shown, past, loaded } = clusters;
  if (!active || !shown || !loaded) return undefined;
  const commands = past ? active.log.slice(0, past.moment.commands) : active.log;
  const applied = loaded.engine.appliedFrom(`pod/${pod}`, shown.objects, commands, shown.kinds);
  const origin = loaded.engine.fieldOrigins(pod, field, shown.objects)
    .find(({ ref }) => ref.kind === applied?.ref.kind && ref.name === applied.ref.name);
  const document = applied && origin && await documentOf(applied);
  return document && placeIn(clusters, document, origin.ref, origin.field);
}

async function placeInPod(clusters: Clusters, pod: string, field: string): Promise<Place | undefined> {
  const [namespace, name = ''] = pod.split('/');
  const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  if (!clusters.active || !clusters.shown?.objects.get(ref)) return undefined;
  return placeIn(clusters, await workspace.openTextDocument(uriOf(clusters.active.name, ref, 'yaml')), ref, field);
}

/** The field in a document of which nobody knows whether it still has the object. */
function placeIn(
  { loaded, shown }: Clusters,
  document: TextDocument,
  ref: ObjectRef,
  field: string,
): Place | undefined {
  if (!loaded || !shown) return undefined;
  const { engine } = loaded;
  const { objects } = engine.readManifests([{ name: document.uri.path, text: document.getText() }], shown.kinds);
  const placed = objects.find(({ ref: own }) => own.kind === ref.kind && own.name === ref.name);
  return placed && engine.hasField(placed, field) ? { document, ...engine.placeOfField(placed, field) } : undefined;
}
