/**
 * Live, read-only documents of API objects: `kubectl get -o yaml` and `kubectl describe`, under `kindergarten:` URIs.
 * An open document follows its object; when the object is gone it says so in kubectl's words.
 */
import {
  type Disposable, type Event, EventEmitter, type TextDocument, type TextDocumentContentProvider, Uri, window, workspace,
} from 'vscode';
import type { ObjectRef } from '../../protocol/commands';
import type { Clusters } from './clusters';
import { Coalesced } from './coalesce';
import { realTime } from '../real-time';
import { pastText } from './texts/run';

export const scheme = 'kindergarten';
export type DocumentKind = 'yaml' | 'describe';

/** What a document shows. */
interface Target {
  readonly cluster: string;
  readonly kind: DocumentKind;
  readonly ref: ObjectRef;
}

/** Fast enough to follow, slow enough to read. */
const intervalMs = 500;

export class ObjectDocuments implements TextDocumentContentProvider {
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange: Event<Uri> = this.changed.event;
  private readonly texts = new Map<string, string>();
  private readonly refresh = new Coalesced(realTime, () => intervalMs, () => this.refreshOpen());

  /** `ready`: resolves when clusters that come back after a reload are there. */
  constructor(private readonly clusters: Clusters, private readonly ready: () => Promise<void>) {
    clusters.onDidChange(() => this.refresh.request());
    clusters.onDidJump(() => this.refresh.now());
  }

  /** Opens a document beside what is open, or brings it to the front. */
  async open(cluster: string, ref: ObjectRef, kind: DocumentKind): Promise<void> {
    const uri = uriOf(cluster, ref, kind);
    const document = await workspace.openTextDocument(uri);
    if (document.getText() !== this.textOf(uri)) await this.renew(document);
    await window.showTextDocument(document, { preview: true });
  }

  async provideTextDocumentContent(uri: Uri): Promise<string> {
    await this.ready();
    await this.clusters.use();
    const text = this.textOf(uri);
    this.texts.set(uri.toString(), text);
    return text;
  }

  dispose(): void {
    this.refresh.dispose();
    this.changed.dispose();
  }

  /** VS Code keeps a closed document for a while, and would show for a moment what was true then. */
  private async renew(document: TextDocument): Promise<void> {
    let heard: Disposable | undefined;
    await new Promise<void>((resolve) => {
      const cancel = realTime.after(intervalMs, resolve);
      heard = workspace.onDidChangeTextDocument((change) => {
        if (change.document !== document) return;
        cancel();
        resolve();
      });
      this.changed.fire(document.uri);
    });
    heard?.dispose();
  }

  private refreshOpen(): void {
    if (this.texts.size === 0) return;
    const open = workspace.textDocuments.filter((document) => document.uri.scheme === scheme).map(({ uri }) => uri);
    const keys = new Set(open.map(String));
    for (const key of [...this.texts.keys()]) if (!keys.has(key)) this.texts.delete(key);
    for (const uri of open) if (this.textOf(uri) !== this.texts.get(uri.toString())) this.changed.fire(uri);
  }

  private textOf(uri: Uri): string {
    const target = targetOf(uri);
    const { loaded } = this.clusters;
    const cluster = target && loaded?.sandbox.cluster(target.cluster);
    if (!target || !loaded || !cluster) return `# ERROR: unknown cluster "${target?.cluster ?? ''}"\n`;
    const { engine } = loaded;
    const { ref, kind } = target;
    const state = this.clusters.stateOf(target.cluster) ?? cluster;
    const { past } = this.clusters;
    const asOf = state === past ? `# ${pastText(past.moment)}\n` : '';
    const object = state.objects.get(ref);
    if (object && kind === 'yaml') return asOf + engine.yamlText(object);
    const now = cluster.options.epochMs + state.nowMs;
    const text = object && engine.describeObject(state.objects, state.kinds, ref, now);
    if (text !== undefined) return asOf + text;
    const plural = state.kinds.byKind(ref.apiVersion, ref.kind)?.plural ?? ref.kind;
    return `${asOf}# Error from server (NotFound): ${plural} "${ref.name}" not found\n`;
  }
}

/** `kindergarten:/kind/default/web-0.yaml?{...}`: the path is what people read in the tab, the query what counts. */
export function uriOf(cluster: string, ref: ObjectRef, kind: DocumentKind): Uri {
  const folder = ref.namespace === undefined ? '' : `${ref.namespace}/`;
  const path = `/${cluster}/${folder}${ref.kind.toLowerCase()}/${ref.name}.${kind}`;
  return Uri.from({ scheme, path, query: JSON.stringify({ cluster, kind, ref }) });
}

/** The reverse; undefined for a URI that somebody else has made. */
function targetOf(uri: Uri): Target | undefined {
  try {
    const { cluster, kind, ref } = JSON.parse(uri.query) as Partial<Target>;
    const { apiVersion, kind: objectKind, name, namespace }: Partial<ObjectRef> = ref ?? {};
    if (typeof cluster !== 'string' || (kind !== 'yaml' && kind !== 'describe')) return undefined;
    if (typeof apiVersion !== 'string' || typeof objectKind !== 'string' || typeof name !== 'string') return undefined;
    const where = typeof namespace === 'string' ? { namespace } : {};
    return { cluster, kind, ref: { apiVersion, kind: objectKind, name, ...where } };
  } catch {
    return undefined;
  }
}
