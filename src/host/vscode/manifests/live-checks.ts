/**
 * Checks manifests while they are edited, once the sandbox is in use: files that were applied against an API server's
 * judgement too, other open manifests against schemas only. Templates, kustomizations and other YAML stay untouched.
 */
import { type Disposable, type TextDocument, type Uri, workspace } from 'vscode';
import type { Clusters } from '../clusters';
import { Settled } from '../coalesce';
import { realTime } from '../../real-time';
import { readSettings } from '../settings';
import { addRefusals, checkSources } from './check';
import { isYaml } from './manifest-index';
import type { Problems } from './problems';
import { labelOf } from './read';
import { sniffManifest } from './sniff';

const quietMs = 300;
/** Above this much text a check while typing would be felt. */
const mostCharacters = 512 * 1024;
/** More objects than this are not put before the API server while typing. */
const mostPlanned = 200;

export class LiveChecks {
  private readonly applied = new Set<string>();
  private readonly waiting = new Map<string, TextDocument>();
  private readonly soon = new Settled(realTime, quietMs, () => this.checkWaiting());
  private disposables: Disposable[] = [];

  constructor(private readonly clusters: Clusters, private readonly problems: Problems) {}

  start(): void {
    this.disposables = [
      workspace.onDidOpenTextDocument((document) => this.request(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.request(document);
      }),
      workspace.onDidCloseTextDocument((document) => this.forget(document.uri)),
      workspace.onDidDeleteFiles(({ files }) => files.forEach((uri) => this.forget(uri))),
    ];
  }

  /** The sandbox is in use now: what is open may be checked. */
  startWithOpenFiles(): void {
    for (const document of workspace.textDocuments) this.request(document);
  }

  /** From now on the file counts as applied. Its findings are those that applying it gave. */
  applying(uri: Uri): void {
    this.applied.add(uri.toString());
    this.waiting.delete(uri.toString());
  }

  dispose(): void {
    this.soon.dispose();
    for (const each of this.disposables) each.dispose();
  }

  private request(document: TextDocument): void {
    if (!this.clusters.loaded || !isYaml(document)) return;
    this.waiting.set(document.uri.toString(), document);
    this.soon.request();
  }

  private forget(uri: Uri): void {
    this.applied.delete(uri.toString());
    this.waiting.delete(uri.toString());
    this.problems.clear(uri);
  }

  private checkWaiting(): void {
    const documents = [...this.waiting.values()];
    this.waiting.clear();
    for (const document of documents) if (!document.isClosed) this.check(document);
  }

  private check(document: TextDocument): void {
    const { loaded, active } = this.clusters;
    const { uri } = document;
    const text = document.getText();
    const applied = this.applied.has(uri.toString());
    const wanted = applied || (readSettings().checkOpenFiles && sniffManifest(text) !== undefined);
    if (!loaded || !wanted || text.length > mostCharacters) return this.problems.clear(uri);
    const checked = checkSources(loaded, [{ uri, label: labelOf(uri), text }], applied);
    if (applied && active && checked.objects.length > 0 && checked.objects.length <= mostPlanned) {
      const planned = active.planApply(checked.objects.map(({ object }) => object));
      if (Array.isArray(planned)) addRefusals(loaded, checked, planned);
    }
    checked.show(this.problems);
  }
}
