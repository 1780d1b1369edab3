/**
 * The diagram's panel: a pure renderer of what the host sends. It gets a complete snapshot when it is ready, when it
 * becomes visible again and when another cluster becomes active; in between the picture as it changes, with the hops
 * since the last message. Hidden it gets nothing, since VS Code would lose it.
 */
import {
  type Disposable, env, l10n, Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window,
} from 'vscode';
import type { HostToPanel, PanelToHost } from '../../../protocol/messages';
import type { Clusters } from '../clusters';
import { Coalesced } from '../coalesce';
import { realTime } from '../../real-time';
import { hopsSince } from './hops';
import { RateLimit, readPanelMessage } from './inbound';
import { diagramPage, newNonce } from './page';

export const diagramType = 'kindergarten.diagram';

/** Pictures a second; fewer for large clusters, whose pictures are heavy. */
const intervalMs = 66;
const manyPods = 300;
const manyPodsIntervalMs = 250;
const messagesPerSecond = 60;

/** What the panel asks for beyond the picture. */
export interface DiagramRequests {
  /** Resolves when clusters that come back after a reload are there. */
  ready(): Promise<void>;
  handle(message: Exclude<PanelToHost, { type: 'ready' }>): void;
}

export class DiagramPanel implements WebviewPanelSerializer {
  private panel: WebviewPanel | undefined;
  private isReady = false;
  private nextHop = 0;
  private shownAt = '';
  private selection: string | undefined;
  private pendingReveal: string | undefined;
  private subscriptions: Disposable[] = [];
  private readonly draw: Coalesced;

  constructor(
    private readonly clusters: Clusters,
    private readonly extension: Uri,
    private readonly requests: DiagramRequests,
  ) {
    this.draw = new Coalesced(realTime, () => this.interval(), () => this.update());
    clusters.onDidChange(() => this.draw.request());
    clusters.onDidSwitch(() => this.sendSnapshot());
    clusters.addWatcher(() => this.panel?.visible ?? false);
  }

  /** Opens the panel beside the editor, or brings it to the front. */
  open(preserveFocus: boolean): void {
    if (this.panel) return this.panel.reveal(undefined, preserveFocus);
    const column = window.activeTextEditor ? ViewColumn.Beside : ViewColumn.Active;
    const panel = window.createWebviewPanel(diagramType, title(), { viewColumn: column, preserveFocus });
    this.attach(panel);
  }

  /** VS Code brings the panel back after the window was reloaded. */
  async deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    this.attach(panel);
  }

  /** Marks what was selected elsewhere, unless the selection came from here. */
  follow(box: string): void {
    if (box !== this.selection) this.reveal(box);
  }

  /** Marks a box and brings it into view. */
  reveal(box: string): void {
    this.selection = box;
    if (this.isReady && this.panel?.visible) this.post({ type: 'reveal', box });
    else this.pendingReveal = box;
  }

  dispose(): void {
    this.draw.dispose();
    this.panel?.dispose();
  }

  private attach(panel: WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    this.isReady = false;
    const { webview } = panel;
    const file = (...path: string[]): Uri => Uri.joinPath(this.extension, ...path);
    webview.options = { enableScripts: true, localResourceRoots: [file('dist', 'webview'), file('media')] };
    panel.iconPath = { dark: file('media', 'diagram-dark.svg'), light: file('media', 'diagram-light.svg') };
    const limit = new RateLimit(messagesPerSecond);
    this.subscriptions = [
      webview.onDidReceiveMessage((value: unknown) => {
        const message = limit.allows(realTime.nowMs()) ? readPanelMessage(value) : undefined;
        if (message) this.receive(message);
      }),
      panel.onDidChangeViewState(() => this.visibilityChanged()),
      panel.onDidDispose(() => this.detach(panel)),
    ];
    webview.html = diagramPage({
      cspSource: webview.cspSource, nonce: newNonce(), title: title(), language: env.language,
      script: webview.asWebviewUri(file('dist', 'webview', 'diagram.js')).toString(),
      style: webview.asWebviewUri(file('dist', 'webview', 'diagram.css')).toString(),
    });
  }

  private detach(panel: WebviewPanel): void {
    if (this.panel !== panel) return;
    for (const each of this.subscriptions) each.dispose();
    this.subscriptions = [];
    this.panel = undefined;
    this.isReady = false;
  }

  private receive(message: PanelToHost): void {
    if (message.type === 'ready') {
      void this.requests.ready().then(() => {
        this.isReady = true;
        this.sendSnapshot();
      });
      return;
    }
    if (message.type === 'select') this.selection = message.box;
    this.requests.handle(message);
  }

  /** A hidden page may have been thrown away: shown again it says that it is ready, or it still is. */
  private visibilityChanged(): void {
    if (!this.panel?.visible) return;
    this.clusters.wake();
    this.sendSnapshot();
  }

  private interval(): number {
    const { nodes = [], unboundPods = [] } = this.clusters.view() ?? {};
    const pods = nodes.reduce((sum, node) => sum + node.pods.length, unboundPods.length);
    return pods > manyPods ? manyPodsIntervalMs : intervalMs;
  }

  private sendSnapshot(): void {
    if (!this.isReady || !this.panel?.visible) return;
    const { active } = this.clusters;
    const view = this.clusters.view();
    const recentHops = active ? hopsSince(active.trace, 0).hops : [];
    this.nextHop = active?.trace.length ?? 0;
    this.shownAt = '';
    const language = env.language.startsWith('de') ? 'de' : 'en';
    const { selection } = this;
    this.post({ type: 'snapshot', language, view, recentHops, ...(selection === undefined ? {} : { selection }) });
    if (this.pendingReveal !== undefined) this.post({ type: 'reveal', box: this.pendingReveal });
    this.pendingReveal = undefined;
  }

  private update(): void {
    const { active } = this.clusters;
    if (!this.isReady || !this.panel?.visible || !active) return;
    const view = this.clusters.view();
    if (!view) return;
    const { mode, speed, quiet } = view.run;
    // While nothing happens the clock alone moves the picture, once a second.
    const shownAt = `${view.hops} ${view.revision} ${mode} ${speed} ${quiet} ${Math.floor(view.nowMs / 1000)}`;
    if (shownAt === this.shownAt) return;
    this.shownAt = shownAt;
    const { hops, skipped } = hopsSince(active.trace, this.nextHop);
    this.nextHop = active.trace.length;
    this.post({ type: 'update', view, hops, skippedHops: skipped });
  }

  private post(message: HostToPanel): void {
    void this.panel?.webview.postMessage(message);
  }
}

function title(): string {
  return l10n.t('Cluster Diagram');
}
