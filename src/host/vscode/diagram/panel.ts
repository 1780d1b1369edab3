/**
 * The diagram's panel: a pure renderer of what the host sends. It gets a complete snapshot when it is ready, when it
 * becomes visible again and when another cluster becomes active; in between the picture as it changes, with the hops
 * since the last message. Hidden it gets nothing, since VS Code would lose it.
 */
import {
  type Disposable, env, l10n, Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window,
} from 'vscode';
import type { InsideView } from '../../../protocol/inside';
import type { HostToPanel, ManifestLine, PanelToHost } from '../../../protocol/messages';
import type { Study, StudyRequest } from '../../../protocol/study';
import type { ClusterView } from '../../../protocol/view';
import type { Clusters } from '../clusters';
import { Coalesced } from '../coalesce';
import { readSettings } from '../settings';
import { realTime } from '../../real-time';
import type { PastMoment } from '../../../protocol/time';
import { hopsSince, type TraceReader, traceUpTo } from './hops';
import { RateLimit, readPanelMessage } from './inbound';
import { diagramPage, newNonce } from './page';

export const diagramType = 'kindergarten.diagram';

/** Pictures a second; fewer for large clusters, whose pictures are heavy. */
const intervalMs = 66;
const manyPods = 300;
const manyPodsIntervalMs = 250;
/** Tables of a large cluster are counted anew for each. */
const manyKeysIntervalMs = 1_000;
const messagesPerSecond = 60;
/** The timeline is drawn anew less often than the picture. */
const timelineIntervalMs = 400;

/** What the panel asks for beyond the picture. */
export interface DiagramRequests {
  /** Resolves when clusters that come back after a reload are there. */
  ready(): Promise<void>;
  /** The line of the manifest that a box goes back to. */
  manifestLine(box: string): Promise<ManifestLine | undefined>;
  /** A page says what it should not; told once for each reason and page. */
  ignored(why: 'unknown' | 'tooMany'): void;
  handle(message: Exclude<PanelToHost, { type: 'ready' | 'zoom' | 'why' | 'study' }>): void;
}

export class DiagramPanel implements WebviewPanelSerializer {
  private panel: WebviewPanel | undefined;
  private isReady = false;
  private nextHop = 0;
  private shownAt = '';
  private selection: string | undefined;
  /** The box whose inside the panel shows. */
  private focus: string | undefined;
  /** The tables that the panel shows in place of the picture. */
  private studied: StudyRequest | undefined;
  private pendingReveal: string | undefined;
  private subscriptions: Disposable[] = [];
  private readonly draw: Coalesced;
  private readonly drawTimeline: Coalesced;
  private timelineAt = '';

  constructor(
    private readonly clusters: Clusters,
    private readonly extension: Uri,
    private readonly requests: DiagramRequests,
  ) {
    this.draw = new Coalesced(realTime, () => this.interval(), () => this.update());
    this.drawTimeline = new Coalesced(realTime, () => timelineIntervalMs, () => this.sendTimeline());
    clusters.onDidChange(() => {
      this.draw.request();
      this.drawTimeline.request();
    });
    clusters.onDidSwitch(() => this.sendSnapshot());
    clusters.onDidJump(() => this.sendSnapshot());
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

  /** Sends everything again, since a setting has changed. */
  refresh(): void {
    this.sendSnapshot();
  }

  dispose(): void {
    this.draw.dispose();
    this.drawTimeline.dispose();
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
    const told = new Set<string>();
    this.subscriptions = [
      webview.onDidReceiveMessage((value: unknown) => {
        const isAllowed = limit.allows(realTime.nowMs());
        const message = isAllowed ? readPanelMessage(value) : undefined;
        if (message) return this.receive(message);
        const why = isAllowed ? 'unknown' : 'tooMany';
        if (!told.has(why)) this.requests.ignored(why);
        told.add(why);
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
    if (message.type === 'zoom') {
      this.focus = message.box;
      this.shownAt = '';
      return this.update();
    }
    if (message.type === 'study') {
      this.studied = message.request;
      this.shownAt = '';
      return this.update();
    }
    if (message.type === 'why') return void this.explain(message.box);
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
    if (pods <= manyPods) return intervalMs;
    return this.studied ? manyKeysIntervalMs : manyPodsIntervalMs;
  }

  private sendSnapshot(): void {
    if (!this.isReady || !this.panel?.visible) return;
    const view = this.clusters.view();
    const trace = this.shownTrace();
    const recentHops = trace ? hopsSince(trace, 0).hops : [];
    this.nextHop = trace?.length ?? 0;
    this.shownAt = view ? lookOf(view) : '';
    this.timelineAt = '';
    const language = env.language.startsWith('de') ? 'de' : 'en';
    const { selection } = this;
    this.post({
      type: 'snapshot',
      language,
      view: view && this.sent(view),
      recentHops,
      palette: readSettings().palette,
      ...this.inside(),
      ...this.study(),
      ...(selection === undefined ? {} : { selection }),
      ...this.past(),
    });
    this.drawTimeline.now();
    if (this.pendingReveal !== undefined) this.post({ type: 'reveal', box: this.pendingReveal });
    this.pendingReveal = undefined;
  }

  private update(): void {
    const trace = this.shownTrace();
    const view = this.clusters.view();
    if (!this.isReady || !this.panel?.visible || !trace || !view) return;
    const shownAt = lookOf(view);
    if (shownAt === this.shownAt) return;
    this.shownAt = shownAt;
    const { hops, skipped } = hopsSince(trace, this.nextHop);
    this.nextHop = trace.length;
    this.post({
      type: 'update',
      view: this.sent(view),
      hops,
      skippedHops: skipped,
      ...this.inside(),
      ...this.study(),
      ...this.past(),
    });
  }

  /** The hops up to the moment that is shown. */
  private shownTrace(): TraceReader | undefined {
    const { active, past } = this.clusters;
    return active && (past ? traceUpTo(active.trace, past.moment.hops) : active.trace);
  }

  /** The inside of the box that the panel has gone into, at the moment that is shown. */
  private inside(): { readonly inside?: InsideView } {
    const { shown, loaded } = this.clusters;
    const trace = this.shownTrace();
    const view = this.clusters.view();
    if (this.focus === undefined || !shown || !loaded || !trace || !view) return {};
    const hops = trace.slice(trace.length - loaded.engine.insideHops);
    const inside = loaded.engine.insideView(this.focus, { view, objects: shown.objects, hops });
    return inside ? { inside } : {};
  }

  /** The tables that the panel shows, at the moment that is shown. */
  private study(): { readonly study?: Study } {
    const { active, past, loaded } = this.clusters;
    if (!this.studied || !active || !loaded) return {};
    return { study: loaded.engine.studyOf(this.studied, active, past) };
  }

  /** The view as it goes to the panel, small enough whatever the cluster's size. */
  private sent(view: ClusterView): ClusterView {
    return this.clusters.loaded?.engine.aggregated(view, this.focus ?? this.selection) ?? view;
  }

  private async explain(box: string): Promise<void> {
    const { active, loaded } = this.clusters;
    const trace = this.shownTrace();
    if (!active || !loaded || !trace) return;
    const hops = loaded.engine.whyOf(box, active.trace, trace.length);
    const manifest = await this.requests.manifestLine(box);
    this.post({ type: 'why', box, hops, ...(manifest ? { manifest } : {}) });
  }

  private past(): { readonly past?: PastMoment } {
    const { active, past } = this.clusters;
    if (!active || !past) return {};
    const { hops, atMs, revision } = past.moment;
    return { past: { hops, atMs, revision, presentHops: active.trace.length } };
  }

  private sendTimeline(): void {
    const { active, past } = this.clusters;
    const { loaded } = this.clusters;
    if (!this.isReady || !this.panel?.visible || !active || !loaded) return;
    const hops = past?.moment.hops ?? active.trace.length;
    const timelineAt = `${active.trace.length} ${hops}`;
    if (timelineAt === this.timelineAt) return;
    this.timelineAt = timelineAt;
    const timeline = loaded.engine.timelineOf(active.history, hops);
    if (timeline) this.post({ type: 'timeline', timeline });
  }

  private post(message: HostToPanel): void {
    void this.panel?.webview.postMessage(message);
  }
}

/** What makes two pictures differ: while nothing happens the clock alone moves it, once a second. */
function lookOf({ hops, revision, nowMs, run: { mode, speed, quiet } }: ClusterView): string {
  return `${hops} ${revision} ${mode} ${speed} ${quiet} ${Math.floor(nowMs / 1000)}`;
}

function title(): string {
  return l10n.t('Cluster Diagram');
}
