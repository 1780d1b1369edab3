/**
 * Reads what is to be applied: files, folders, the editor with its unsaved text, or only the selection in it. What is
 * unsaved wins over what is on the disk. Works on any file system that VS Code knows, not only on disks.
 */
import { FileType, type TextEditor, Uri, workspace } from 'vscode';
import { yamlLimits } from '../../../base/limits';
import { isYamlName, sniffManifest } from './sniff';

/** One text with the file that it is from. Offsets into it are offsets into the file. */
export interface Source {
  readonly uri: Uri;
  /** As people call it: the path in the workspace. */
  readonly label: string;
  readonly text: string;
  /** The size in bytes of a file that is too large to be read. */
  readonly tooLargeBytes?: number;
}

/** What was found, and what was left out of a folder because it is no manifest. */
export interface Sources {
  readonly files: readonly Source[];
  readonly skipped: readonly string[];
  /** Files that cannot be read, with VS Code's reason. */
  readonly unreadable: readonly string[];
}

const deepest = 12;
const mostFiles = 1_000;
const ignoredFolders = new Set(['node_modules', '.git', '.svn', '.hg']);

/** Reads files and folders; of a folder only what looks like a manifest. */
export async function readSources(uris: readonly Uri[]): Promise<Sources> {
  const files: Source[] = [];
  const skipped: string[] = [];
  const unreadable: string[] = [];
  const seen = new Set<string>();
  const add = async (uri: Uri, chosen: boolean): Promise<void> => {
    if (seen.has(uri.toString())) return;
    seen.add(uri.toString());
    try {
      const source = await readSource(uri);
      if (chosen || source.tooLargeBytes !== undefined || sniffManifest(source.text)) files.push(source);
      else skipped.push(source.label);
    } catch (error) {
      unreadable.push(`${labelOf(uri)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const uri of uris) {
    if (!await isFolder(uri)) await add(uri, true);
    else for (const file of await filesBelow(uri, deepest)) await add(file, false);
  }
  return { files, skipped, unreadable };
}

/** One file as the user sees it. */
async function readSource(uri: Uri): Promise<Source> {
  const label = labelOf(uri);
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return { uri, label, text: open.getText() };
  const { size } = await workspace.fs.stat(uri);
  if (size > yamlLimits.textBytes) return { uri, label, text: '', tooLargeBytes: size };
  return { uri, label, text: new TextDecoder().decode(await workspace.fs.readFile(uri)) };
}

/** The selected text of an editor, everything else blanked out so that every character keeps its place. */
export function readSelection(editor: TextEditor): Source {
  const { document, selections } = editor;
  const text = document.getText();
  let result = '';
  let offset = 0;
  const parts = selections.filter((selection) => !selection.isEmpty)
    .map((selection) => [document.offsetAt(selection.start), document.offsetAt(selection.end)] as const)
    .sort(([a], [b]) => a - b);
  for (const [start, end] of parts) {
    result += blank(text.slice(offset, start)) + text.slice(start, end);
    offset = end;
  }
  return { uri: document.uri, label: labelOf(document.uri), text: result + blank(text.slice(offset)) };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

/** As people call the file: its path in the workspace. */
export function labelOf(uri: Uri): string {
  return workspace.asRelativePath(uri, false);
}

async function isFolder(uri: Uri): Promise<boolean> {
  try {
    return ((await workspace.fs.stat(uri)).type & FileType.Directory) !== 0;
  } catch {
    // An untitled document has no file; what does not exist is reported when it is read.
    return false;
  }
}

/** The YAML files of a folder in the order in which kubectl would read them. */
async function filesBelow(folder: Uri, depth: number): Promise<Uri[]> {
  if (depth === 0) return [];
  const entries = [...await workspace.fs.readDirectory(folder)].sort(([a], [b]) => (a < b ? -1 : 1));
  const files: Uri[] = [];
  for (const [name, type] of entries) {
    if (files.length >= mostFiles) break;
    const uri = Uri.joinPath(folder, name);
    if ((type & FileType.Directory) !== 0) {
      if (!ignoredFolders.has(name)) files.push(...await filesBelow(uri, depth - 1));
    } else if (isYamlName(name)) {
      files.push(uri);
    }
  }
  return files.slice(0, mostFiles);
}
