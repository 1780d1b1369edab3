/**
 * The texts of `kubectl edit` as files of a scheme of their own, kept in memory: they open in an editor like any file, and
 * whoever asked hears, when the tab is closed, what was saved last, or that nothing was.
 */
import {
  type Disposable, EventEmitter, type FileChangeEvent, FileChangeType, type FileStat, FileSystemError,
    type FileSystemProvider,
  FileType, TabInputText, Uri, window, workspace,
} from 'vscode';

const scheme = 'kindergarten-edit';

interface EditedFile {
  bytes: Uint8Array;
  saved: boolean;
  changedMs: number;
  readonly done: (text: string | undefined) => void;
}

export class EditFiles implements FileSystemProvider {
  private readonly changed = new EventEmitter<FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly files = new Map<string, EditedFile>();
  private readonly registrations: Disposable[];
  private opened = 0;

  constructor() {
    this.registrations = [
      workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }),
      window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof TabInputText
          && input.uri.scheme === scheme) this.finish(input.uri);
      }),
    ];
  }

  /** Opens a text; `done` is called once, when its tab is closed. */
  async edit(name: string, text: string, done: (text: string | undefined) => void): Promise<void> {
    this.opened += 1;
    const uri = Uri.from({ scheme, path: `/${this.opened}/${name}` });
    this.files.set(uri.path, { bytes: new TextEncoder().encode(text), saved: false, changedMs: Date.now(), done });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: false });
  }

  dispose(): void {
    for (const registration of this.registrations) registration.dispose();
    this.changed.dispose();
  }

  stat(uri: Uri): FileStat {
    const { bytes, changedMs } = this.file(uri);
    return { type: FileType.File, ctime: 0, mtime: changedMs, size: bytes.length };
  }

  readFile(uri: Uri): Uint8Array {
    return this.file(uri).bytes;
  }

  writeFile(uri: Uri, content: Uint8Array): void {
    Object.assign(this.file(uri), { bytes: content, saved: true, changedMs: Date.now() });
    this.changed.fire([{ type: FileChangeType.Changed, uri }]);
  }

  watch(): Disposable {
    return { dispose: () => undefined };
  }

  readDirectory(): [string, FileType][] {
    return [];
  }

  createDirectory(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): void {
    throw FileSystemError.NoPermissions(uri);
  }

  private file(uri: Uri): EditedFile {
    const file = this.files.get(uri.path);
    if (!file) throw FileSystemError.FileNotFound(uri);
    return file;
  }

  private finish({ path }: Uri): void {
    const file = this.files.get(path);
    if (!file) return;
    this.files.delete(path);
    file.done(file.saved ? new TextDecoder().decode(file.bytes) : undefined);
  }
}
