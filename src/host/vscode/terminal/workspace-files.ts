/** Files of the workspace as the terminal reads them: unsaved edits included, and nothing outside the workspace. */
import { Uri, workspace } from 'vscode';

/** Larger files are no manifests. */
const limitBytes = 4 * 1024 * 1024;

/** The text of a file by its path from the first folder,
  or by an absolute path in a folder; undefined when there is none. */
export async function readWorkspaceFile(path: string): Promise<string | undefined> {
  const uri = uriOfPath(path);
  if (!uri) return undefined;
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  try {
    const { size } = await workspace.fs.stat(uri);
    return size > limitBytes ? undefined : new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}

/** The file that a path in the terminal means; undefined for one outside the workspace. */
export function uriOfPath(path: string): Uri | undefined {
  const [first] = workspace.workspaceFolders ?? [];
  if (!first || path === '') return undefined;
  const uri = path.startsWith('/') ? first.uri.with({ path }) : Uri.joinPath(first.uri, path);
  return workspace.getWorkspaceFolder(uri) ? uri : undefined;
}
