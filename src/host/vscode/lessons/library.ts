/**
 * Where lessons come from: those that are shipped, and those of a trainer in a folder of the workspace. The latter are
 * read in a trusted workspace only, and a file that is wrong is named with what is wrong instead of being half shown.
 */
import { FileType, l10n, Uri, workspace } from 'vscode';
import type { Lesson } from '../../../check/lesson/lesson';
import type { Clusters } from '../clusters';
import { problemText } from './texts';

/** The folder of a workspace in which trainers keep lessons. */
const workspaceFolder = ['.kindergarten', 'lessons'];
const fileLimit = 100;

export interface Library {
  /** By number, the shipped ones first. */
  readonly lessons: readonly Lesson[];
  /** Sentences on files that cannot be used. */
  readonly complaints: readonly string[];
}

/** Reads all lessons anew. */
export async function readLibrary(clusters: Clusters, extension: Uri): Promise<Library> {
  const shipped = await readFolder(clusters, Uri.joinPath(extension, 'media', 'lessons'));
  const lessons = [...shipped.lessons];
  const complaints = [...shipped.complaints];
  for (const { uri } of workspace.workspaceFolders ?? []) {
    const own = await folderIn(uri, workspaceFolder);
    if (!own) continue;
    if (!workspace.isTrusted) {
      if ((await filesIn(own)).length > 0) {
        complaints.push(l10n.t('The lessons of this workspace are not used, because you have not trusted it.'));
      }
      continue;
    }
    const found = await readFolder(clusters, own);
    complaints.push(...found.complaints);
    for (const lesson of found.lessons) {
      if (lessons.some(({ id }) => id === lesson.id)) {
        complaints.push(l10n.t('A lesson "{0}" exists already; the one of the workspace is not used.', lesson.id));
      } else lessons.push(lesson);
    }
  }
  return { lessons, complaints };
}

async function readFolder(clusters: Clusters, folder: Uri): Promise<Library> {
  const { engine, sandbox } = await clusters.use();
  const lessons: Lesson[] = [];
  const complaints: string[] = [];
  for (const name of await filesIn(folder)) {
    const text = new TextDecoder().decode(await workspace.fs.readFile(Uri.joinPath(folder, name)));
    const { lesson, problems } = engine.readLesson(text, sandbox.kinds);
    if (lesson) lessons.push(lesson);
    const [first] = problems;
    if (first) {
      const line = text.slice(0, first.start).split('\n').length;
      complaints.push(l10n.t('{0}, line {1}: {2}', name, line, problemText(first)));
    }
  }
  lessons.sort((a, b) => (a.number < b.number ? -1 : a.number > b.number ? 1 : 0));
  return { lessons, complaints };
}

/** A folder below another one, found step by step: VS Code logs an error for every folder asked for in vain. */
async function folderIn(root: Uri, path: readonly string[]): Promise<Uri | undefined> {
  let folder = root;
  for (const name of path) {
    const entries = await entriesIn(folder);
    if (!entries.some(([entry, type]) => entry === name && (type & FileType.Directory) !== 0)) return undefined;
    folder = Uri.joinPath(folder, name);
  }
  return folder;
}

async function filesIn(folder: Uri): Promise<readonly string[]> {
  return (await entriesIn(folder)).filter(([name, type]) => (type & FileType.File) !== 0 && /\.ya?ml$/.test(name))
    .map(([name]) => name).sort().slice(0, fileLimit);
}

async function entriesIn(folder: Uri): Promise<readonly [string, FileType][]> {
  try {
    return await workspace.fs.readDirectory(folder);
  } catch {
    // It has gone, or its file system does not answer: there are no lessons in it.
    return [];
  }
}
