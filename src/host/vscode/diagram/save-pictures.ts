/** Saves pictures that the panel has made: one where the user says, several into a folder that the user chooses. */
import { l10n, Uri, window, workspace } from 'vscode';
import type { SavedFile } from '../../../protocol/messages';
import { sayBriefly, sayRefusal } from '../say';

/** Asks where to, and writes. Nothing is overwritten without VS Code's own question. */
export async function savePictures(files: readonly SavedFile[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  try {
    if (files.length === 1) await saveOne(first);
    else await saveAll(files);
  } catch (error) {
    sayRefusal(l10n.t('The picture could not be saved: {0}', error instanceof Error ? error.message : String(error)));
  }
}

async function saveOne(file: SavedFile): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const ending = file.name.slice(file.name.lastIndexOf('.') + 1);
  const target = await window.showSaveDialog({
    ...(folder ? { defaultUri: Uri.joinPath(folder, file.name) } : {}), filters: { [ending.toUpperCase()]: [ending] },
  });
  if (!target) return;
  await workspace.fs.writeFile(target, bytesOf(file));
  sayBriefly(l10n.t('saved {0}', file.name));
}

async function saveAll(files: readonly SavedFile[]): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const [target] =
    (await window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: l10n.t('Save Pictures Here'),
      ...(folder ? { defaultUri: folder } : {}),
    })) ?? [];
  if (!target) return;
  const taken = new Set((await workspace.fs.readDirectory(target)).map(([name]) => name));
  const overwritten = files.filter(({ name }) => taken.has(name));
  if (overwritten.length > 0) {
    const overwrite = l10n.t('Overwrite');
    const question = l10n.t('{0} of these pictures exist already in this folder.', overwritten.length);
    if (await window.showWarningMessage(question, { modal: true }, overwrite) !== overwrite) return;
  }
  for (const file of files) await workspace.fs.writeFile(Uri.joinPath(target, file.name), bytesOf(file));
  sayBriefly(l10n.t('saved {0} files', files.length));
}

function bytesOf({ content, encoding }: SavedFile): Uint8Array {
  if (encoding === 'text') return new TextEncoder().encode(content);
  const bytes = atob(content);
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}
