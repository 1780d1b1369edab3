/**
 * The line of YAML that a box goes back to: the manifest by which it, or what owns it, was applied, at the field that
 * made it be there. The file is read as it is now; when the object is not in it any more, the line is that of the
 * apply.
 */
import { l10n, type TextDocument, Range, Selection, TextEditorRevealType, Uri, window, workspace } from 'vscode';
import type { AppliedFrom } from '../../../cluster/views/applied-from';
import type { ManifestLine } from '../../../protocol/messages';
import type { Clusters } from '../clusters';
import type { Kindergarten } from '../context';
import { labelOf } from '../manifests/read';
import { sayBriefly } from '../say';
import { uriOfPath } from '../terminal/workspace-files';
import { boxIn } from '../tree/rows';
import { rowsOf } from './targets';

interface Place {
  readonly document: TextDocument;
  /** Counted from 0. */
  readonly line: number;
}

/** Where a box was written, for people to read; undefined when nobody applied it, or its file is gone. */
export async function manifestLineOf(clusters: Clusters, box: string): Promise<ManifestLine | undefined> {
  const place = await placeOf(clusters, box);
  if (!place) return undefined;
  const { document, line } = place;
  return { file: labelOf(document.uri), line: line + 1, text: document.lineAt(line).text.trim().slice(0, 200) };
}

/** Opens the file there. */
export async function openManifestLine(clusters: Clusters, box: string): Promise<boolean> {
  const place = await placeOf(clusters, box);
  if (!place) return false;
  const { document, line } = place;
  const { range } = document.lineAt(line);
  const editor = await window.showTextDocument(document, { preview: true });
  const from = range.start.translate(0, document.lineAt(line).firstNonWhitespaceCharacterIndex);
  editor.selection = new Selection(range.end, from);
  editor.revealRange(new Range(from, range.end), TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}

/** Go to Applied Manifest: of a row of the tree. */
export async function goToManifest(k: Kindergarten, args: readonly unknown[]): Promise<boolean> {
  const [row] = rowsOf(k, args);
  const box = row && boxIn(row);
  const isOpen = box !== undefined && await openManifestLine(k.clusters, box);
  if (!isOpen) sayBriefly(l10n.t('this was not applied from a file'));
  return isOpen;
}

async function placeOf({ active, shown, past, loaded }: Clusters, box: string): Promise<Place | undefined> {
  if (!active || !shown || !loaded) return undefined;
  const { engine } = loaded;
  const commands = past ? active.log.slice(0, past.moment.commands) : active.log;
  const applied = engine.appliedFrom(box, shown.objects, commands, shown.kinds);
  const document = applied && await documentOf(applied);
  if (!applied || !document) return undefined;
  const text = document.getText();
  const { objects } = engine.readManifests([{ name: applied.file, text }], shown.kinds);
  const { kind, name, apiVersion, namespace = '' } = applied.ref;
  const placed = objects.find(({ ref }) => ref.kind === kind && ref.name === name && ref.apiVersion === apiVersion
    && (applied.typed || (ref.namespace ?? '') === namespace));
  const field = placed && applied.fields.find((each) => engine.hasField(placed, each));
  if (!placed || field === undefined) return { document, line: Math.min(applied.line, document.lineCount) - 1 };
  return { document, line: document.positionAt(engine.placeOfField(placed, field).start).line };
}

/** The file that was applied. */
export async function documentOf({ file, typed }: AppliedFrom): Promise<TextDocument | undefined> {
  const uri = typed ? uriOfPath(file) : Uri.parse(file);
  if (!uri) return undefined;
  try {
    return await workspace.openTextDocument(uri);
  } catch {
    // It was moved or deleted since.
    return undefined;
  }
}
