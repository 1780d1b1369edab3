/**
 * Knows which files of the workspace hold Kubernetes or kind documents, so that menus show on those and nowhere else.
 * It looks once through the YAML files and then follows the file watcher and the open editors. Until it has looked,
 * menus go by the file's extension.
 */
import { commands, type Disposable, type TextDocument, Uri, workspace } from 'vscode';
import { Settled } from '../coalesce';
import { realTime } from '../../real-time';
import { foldersAround, isYamlName, type ManifestKind, sniffedCharacters, sniffManifest } from './sniff';

const pattern = '**/*.{yaml,yml}';
/** More YAML files than this are not looked into; open editors still are. */
const mostFiles = 1_000;
/** A larger file is offered without a look at it: reading it would cost more than a menu that says no later. */
const largestBytes = 1024 * 1024;
const parallel = 8;
const publishAfterMs = 150;

export class ManifestIndex {
  private readonly kinds = new Map<string, { readonly uri: Uri; readonly kind: ManifestKind }>();
  private readonly disposables: Disposable[] = [];
  private readonly publishSoon = new Settled(realTime, publishAfterMs, () => this.publish());
  private readonly typed = new Map<string, TextDocument>();
  private readonly sniffSoon = new Settled(realTime, publishAfterMs, () => this.sniffTyped());
  private disposed = false;

  /** Begins to look in the background. */
  start(): void {
    const watcher = workspace.createFileSystemWatcher(pattern);
    this.disposables.push(
      watcher,
      watcher.onDidCreate((uri) => void this.look(uri)),
      watcher.onDidChange((uri) => void this.look(uri)),
      watcher.onDidDelete((uri) => this.set(uri, undefined)),
      workspace.onDidOpenTextDocument((document) => this.lookAt(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0 || !isYaml(document)) return;
        this.typed.set(document.uri.toString(), document);
        this.sniffSoon.request();
      }),
      workspace.onDidChangeWorkspaceFolders(() => void this.lookAround()),
    );
    for (const document of workspace.textDocuments) this.lookAt(document);
    void this.lookAround();
  }

  /** The files that were found to be kind configs, in the order of their paths. */
  kindFiles(): readonly Uri[] {
    const found = [...this.kinds.values()].filter(({ kind }) => kind === 'kind').map(({ uri }) => uri);
    return found.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** What a file holds as far as is known. */
  kindOf(uri: Uri): ManifestKind | undefined {
    return this.kinds.get(uri.toString())?.kind;
  }

  dispose(): void {
    this.disposed = true;
    this.publishSoon.dispose();
    this.sniffSoon.dispose();
    for (const each of this.disposables) each.dispose();
  }

  private async lookAround(): Promise<void> {
    const uris = await workspace.findFiles(pattern, undefined, mostFiles);
    const queue = uris[Symbol.iterator]();
    const worker = async (): Promise<void> => {
      for (const uri of queue) {
        if (this.disposed) return;
        await this.look(uri);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    if (this.disposed) return;
    this.publish();
    await commands.executeCommand('setContext', 'kindergarten.scanned', true);
  }

  private async look(uri: Uri): Promise<void> {
    const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    if (open) return this.lookAt(open);
    try {
      const { size } = await workspace.fs.stat(uri);
      if (size > largestBytes) return this.set(uri, 'kubernetes');
      const bytes = await workspace.fs.readFile(uri);
      this.set(uri, sniffManifest(new TextDecoder().decode(bytes.subarray(0, sniffedCharacters))));
    } catch {
      // It went away, or may not be read: then there is nothing to offer.
      this.set(uri, undefined);
    }
  }

  private lookAt(document: TextDocument): void {
    if (isYaml(document)) this.set(document.uri, sniffManifest(document.getText()));
  }

  private sniffTyped(): void {
    for (const document of this.typed.values()) if (!document.isClosed) this.lookAt(document);
    this.typed.clear();
  }

  private set(uri: Uri, kind: ManifestKind | undefined): void {
    const key = uri.toString();
    if (this.kinds.get(key)?.kind === kind) return;
    if (kind) this.kinds.set(key, { uri, kind });
    else this.kinds.delete(key);
    this.publishSoon.request();
  }

  /** VS Code compares `resourcePath` with these: the path on the disk for files, the URI's path for others. */
  private publish(): void {
    const paths = new Set<string>();
    for (const { uri } of this.kinds.values()) {
      const root = workspace.getWorkspaceFolder(uri)?.uri;
      const around = root ? foldersAround(uri.path, root.path).map((path) => uri.with({ path })) : [];
      for (const each of [uri, ...around, ...(root ? [root] : [])]) {
        paths.add(each.fsPath);
        paths.add(each.path);
      }
    }
    void commands.executeCommand('setContext', 'kindergarten.manifestPaths', [...paths]);
  }
}

/** Whether a document is YAML by its language or its name, and no view of ours. */
export function isYaml({ languageId, uri }: Pick<TextDocument, 'languageId' | 'uri'>): boolean {
  return uri.scheme !== 'kindergarten' && uri.scheme !== 'output' && (languageId === 'yaml' || isYamlName(uri.path));
}
