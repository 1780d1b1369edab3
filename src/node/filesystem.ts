/**
 * File systems in memory: a tree of directories and files that tells listeners what changed (the node's disk), and a
 * container's view of it, which is its own tree with other trees mounted into it. Files hold text, which stands for any
 * bytes (src/base/byte-text). Not modelled: owners, links, permissions beyond the mode bits that `ls -l` prints, sizes
 * of disks.
 */
import { sortedKeys } from '../base/freeze';
import type { Cancel } from '../sim/process';

export type FileError = 'No such file or directory' | 'Is a directory' | 'Not a directory' | 'Read-only file system';

/** What programs see. Paths are absolute; operations return undefined when they succeeded. */
export interface FileSystem {
  read(path: string): string | undefined;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
  /** Names in a directory in order; undefined when it is none. */
  list(path: string): readonly string[] | undefined;
  /** Writes a file and makes the directories above it. */
  write(path: string, text: string): FileError | undefined;
  makeDirectory(path: string): FileError | undefined;
  /** Removes a file or a whole directory. */
  remove(path: string): FileError | undefined;
}

/** What a file holds; a file that grows all the time may make its text when somebody reads it. */
export interface FileContent {
  readonly text: string;
}

type Entry = FileContent | Directory;

class Directory {
  readonly entries = new Map<string, Entry>();
}

interface Listener {
  readonly prefix: string;
  readonly changed: (path: string) => void;
}

/** Makes a path absolute against a directory and resolves `.` and `..`. */
export function resolvePath(path: string, directory = '/'): string {
  const parts: string[] = [];
  for (const part of (path.startsWith('/') ? path : `${directory}/${path}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The directory above a path. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether `path` is `above` or lies below it. */
export function isWithin(path: string, above: string): boolean {
  return path === above || above === '/' || path.startsWith(`${above}/`);
}

export class FileTree implements FileSystem {
  private readonly root = new Directory();
  private readonly listeners: Listener[] = [];

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const path of sortedKeys(files)) this.write(path, files[path] ?? '');
  }

  read(path: string): string | undefined {
    const entry = this.entry(path);
    return entry === undefined || entry instanceof Directory ? undefined : entry.text;
  }

  exists(path: string): boolean {
    return this.entry(path) !== undefined;
  }

  isDirectory(path: string): boolean {
    return this.entry(path) instanceof Directory;
  }

  list(path: string): readonly string[] | undefined {
    const entry = this.entry(path);
    return entry instanceof Directory ? [...entry.entries.keys()].sort() : undefined;
  }

  write(path: string, text: string): FileError | undefined {
    const directory = this.directory(parentOf(path));
    if (!directory) return 'Not a directory';
    const name = baseName(path);
    const before = directory.entries.get(name);
    if (before instanceof Directory) return 'Is a directory';
    if (before?.text === text) return undefined;
    directory.entries.set(name, { text });
    this.tell(path);
    return undefined;
  }

  /** Characters of all files. */
  bytes(): number {
    const sum = (directory: Directory): number => [...directory.entries.values()]
      .reduce((total, entry) => total + (entry instanceof Directory ? sum(entry) : entry.text.length), 0);
    return sum(this.root);
  }

  /** Puts a file there whose text is made when it is read, in place of what was there. */
  place(path: string, content: FileContent): void {
    this.directory(parentOf(path))?.entries.set(baseName(path), content);
    this.tell(path);
  }

  /** What was placed there, or a file's text. */
  content(path: string): FileContent | undefined {
    const entry = this.entry(path);
    return entry instanceof Directory ? undefined : entry;
  }

  makeDirectory(path: string): FileError | undefined {
    return this.directory(path) ? undefined : 'Not a directory';
  }

  remove(path: string): FileError | undefined {
    const above = this.entry(parentOf(path));
    if (!(above instanceof Directory) || !above.entries.delete(baseName(path))) return 'No such file or directory';
    this.tell(path);
    return undefined;
  }

  /** Calls the listener after each change at or below the path, while the changer still runs. */
  watch(prefix: string, changed: (path: string) => void): Cancel {
    const listener = { prefix, changed };
    this.listeners.push(listener);
    return {
      cancel: () => {
        const at = this.listeners.indexOf(listener);
        if (at >= 0) this.listeners.splice(at, 1);
      },
    };
  }

  private tell(path: string): void {
    for (const { prefix, changed } of [...this.listeners]) {
      if (isWithin(path, prefix) || isWithin(prefix, path)) changed(path);
    }
  }

  private entry(path: string): Entry | undefined {
    let at: Entry | undefined = this.root;
    for (const part of path.split('/')) {
      if (part === '') continue;
      if (!(at instanceof Directory)) return undefined;
      at = at.entries.get(part);
      if (at === undefined) return undefined;
    }
    return at;
  }

  /** The directory at the path, made with all above it when missing. */
  private directory(path: string): Directory | undefined {
    let at: Directory = this.root;
    for (const part of path.split('/')) {
      if (part === '') continue;
      let next = at.entries.get(part);
      if (next === undefined) {
        next = new Directory();
        at.entries.set(part, next);
      }
      if (!(next instanceof Directory)) return undefined;
      at = next;
    }
    return at;
  }
}

/** A directory or file of some tree that a container sees at a path of its own. */
export interface Mount {
  readonly containerPath: string;
  readonly tree: FileTree;
  readonly sourcePath: string;
  readonly readOnly: boolean;
}

/** What a container sees: its own tree, with the mounts over it. */
export class ContainerFileSystem implements FileSystem {
  private readonly mounts: readonly Mount[];

  constructor(
    private readonly own: FileTree,
    mounts: readonly Mount[],
    private readonly readOnlyRoot = false,
  ) {
    this.mounts = [...mounts].sort((a, b) => b.containerPath.length - a.containerPath.length);
  }

  read(path: string): string | undefined {
    const at = this.locate(path);
    return at.tree.read(at.path);
  }

  exists(path: string): boolean {
    const at = this.locate(path);
    return at.tree.exists(at.path);
  }

  isDirectory(path: string): boolean {
    const at = this.locate(path);
    return at.tree.isDirectory(at.path);
  }

  list(path: string): readonly string[] | undefined {
    const at = this.locate(path);
    const names = at.tree.list(at.path);
    const mounted = this.mounts.filter(
      (mount) => mount.containerPath !== path && parentOf(mount.containerPath) === path,
    );
    if (mounted.length === 0) return names;
    return [...new Set([...(names ?? []), ...mounted.map((mount) => baseName(mount.containerPath))])].sort();
  }

  write(path: string, text: string): FileError | undefined {
    const at = this.locate(path);
    return at.readOnly ? 'Read-only file system' : at.tree.write(at.path, text);
  }

  makeDirectory(path: string): FileError | undefined {
    const at = this.locate(path);
    return at.readOnly ? 'Read-only file system' : at.tree.makeDirectory(at.path);
  }

  remove(path: string): FileError | undefined {
    const at = this.locate(path);
    return at.readOnly ? 'Read-only file system' : at.tree.remove(at.path);
  }

  private locate(path: string): { tree: FileTree; path: string; readOnly: boolean } {
    const mount = this.mounts.find((candidate) => isWithin(path, candidate.containerPath));
    if (!mount) return { tree: this.own, path, readOnly: this.readOnlyRoot };
    const rest = mount.containerPath === '/' ? path : path.slice(mount.containerPath.length);
    return { tree: mount.tree, path: `${mount.sourcePath}${rest}`, readOnly: mount.readOnly };
  }
}
