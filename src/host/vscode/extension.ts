/**
 * What both entries run: makes the context and registers what VS Code calls. Nothing here loads the engine, reads a
 * file before it returns, or shows anything.
 */
import { commands, type Event, type ExtensionContext, l10n, window, workspace } from 'vscode';
import type { ClusterView } from '../../protocol/view';
import { ApiServers, type EndpointModule } from './api-servers';
import { Clusters, type Engine } from './clusters';
import { manifestLineOf, openManifestLine } from './commands/applied-source';
import { offerWithTerminals } from './commands/api-server';
import { contextKeys } from './commands/ids';
import { openBox, rowOfBox } from './commands/inspect';
import { openField } from './commands/open-field';
import { registerCommands } from './commands/register';
import { setRun, step } from './commands/run';
import { branchHere, goToHops, goToRevision, returnToNow, stepBack } from './commands/time';
import { whatIf } from './commands/what-if';
import type { Kindergarten } from './context';
import { DiagramPanel, type DiagramRequests, diagramType } from './diagram/panel';
import { savePictures } from './diagram/save-pictures';
import { ObjectDocuments, scheme } from './documents';
import { lessonView, LessonPlayer } from './lessons/player';
import { Progress } from './lessons/progress';
import { Log } from './log';
import { LiveChecks } from './manifests/live-checks';
import { ManifestIndex } from './manifests/manifest-index';
import { Problems } from './manifests/problems';
import { Persistence } from './persistence';
import { realTime } from '../real-time';
import { sayBroken } from './say';
import { touchesPalette, touchesSpeed } from './settings';
import { StatusBar } from './status-bar';
import { descriptionOf, labelOf } from './tree/items';
import { boxOf } from './tree/rows';
import { SandboxTerminals } from './terminal/terminals';
import { ClusterTree } from './tree/view';

/** A row of the cluster tree as text. */
export interface OutlineRow {
  readonly id: string;
  readonly depth: number;
  readonly label: string;
  readonly description: string;
}

/** What other extensions, and tests, may read. */
export interface KindergartenApi {
  /** The active cluster as it is shown: now, or at the moment somebody looks back at. */
  cluster(): ClusterView | undefined;
  /** The cluster tree from top to bottom, whatever is expanded. */
  outline(): readonly OutlineRow[];
  /** Something may look different: fired after each slice of the run. */
  readonly onDidChange: Event<void>;
  /** The lesson player: what its page shows, and what a learner may do there. */
  readonly lessons: Pick<LessonPlayer, 'page' | 'receive'>;
}

export function activateExtension(
  context: ExtensionContext, load: () => Promise<Engine>, loadEndpoint?: () => Promise<EndpointModule>,
): KindergartenApi {
  const clusters = new Clusters(load, realTime);
  const log = new Log();
  const persistence = new Persistence(clusters, context.workspaceState, log);
  const ready = (): Promise<void> => persistence.ready();
  const problems = new Problems();
  const tree = new ClusterTree(clusters, persistence);
  const apiServers = new ApiServers(clusters, context.storageUri ?? context.globalStorageUri, loadEndpoint);
  const k: Kindergarten = {
    clusters, apiServers, problems, tree,
    diagram: new DiagramPanel(clusters, context.extensionUri, {
      ready, manifestLine: (box) => manifestLineOf(clusters, box), ignored: (why) => log.warn(ignoredText(why)),
      handle: (message) => handle(k, message),
    }),
    documents: new ObjectDocuments(clusters, ready),
    index: new ManifestIndex(),
    checks: new LiveChecks(clusters, problems),
    lessons: new LessonPlayer(clusters, () => k, context.extensionUri, new Progress(context.globalState)),
    terminals: new SandboxTerminals(() => k, ready),
    log,
  };
  context.subscriptions.push(
    persistence,
    apiServers,
    clusters,
    problems,
    tree,
    k.diagram,
    k.documents,
    k.index,
    k.checks,
    k.log,
    new StatusBar(clusters),
    k.lessons,
    k.terminals,
    window.registerWebviewViewProvider(lessonView, k.lessons),
    ...registerCommands(k, ready),
    offerWithTerminals(k, context.globalState),
    window.registerWebviewPanelSerializer(diagramType, k.diagram),
    workspace.registerTextDocumentContentProvider(scheme, k.documents),
    workspace.onDidChangeConfiguration((event) => {
      if (touchesSpeed(event)) clusters.speedChanged();
      if (touchesPalette(event)) k.diagram.refresh();
    }),
    clusters.onDidBreak((error) => {
      k.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      sayBroken();
    }),
    tree.view.onDidChangeSelection(({ selection: [id] }) => {
      const row = id === undefined ? undefined : tree.row(id);
      const box = row && boxOf(row);
      if (box !== undefined) k.diagram.follow(box);
    }),
  );
  followWithContextKeys(clusters, apiServers);
  k.index.start();
  k.checks.start();
  return apiOf(k);
}

/** Does what the diagram asks for. */
function handle(k: Kindergarten, message: Parameters<DiagramRequests['handle']>[0]): void {
  switch (message.type) {
    case 'run': return setRun(k, message.mode, message.speed);
    case 'step': return void step(k);
    case 'stepBack': return void stepBack(k);
    case 'goTo': return void goToHops(k, message.hops);
    case 'goToRevision': return void goToRevision(k, message.revision);
    case 'returnToNow': return void returnToNow(k);
    case 'branch': return void branchHere(k, undefined);
    case 'whatIf': return void whatIf(k, message.action, message.box, message.other);
    case 'save': return void savePictures(message.files);
    case 'select':
      if (message.box !== undefined) k.lessons.selected(message.box);
      return void (message.box !== undefined && k.tree.view.visible && k.tree.reveal(rowOfBox(message.box), false));
    case 'open': return void openBox(k, message.box, message.what);
    case 'openManifest': return void openManifestLine(k.clusters, message.box);
    case 'openField': return void openField(k, message.pod, message.field);
  }
}

function ignoredText(why: 'unknown' | 'tooMany'): string {
  return why === 'unknown' ? l10n.t('The diagram sent a message that is not understood; such messages are ignored.')
    : l10n.t('The diagram sent too many messages at once; those above 60 a second are ignored.');
}

/** Keeps the context keys of menus in line with the clusters. */
function followWithContextKeys(clusters: Clusters, apiServers: ApiServers): void {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean): void => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void commands.executeCommand('setContext', key, value);
  };
  const update = (): void => {
    set(contextKeys.hasCluster, clusters.active !== undefined);
    set(contextKeys.hasSeveralClusters, clusters.names.length > 1);
    set(contextKeys.isPaused, clusters.pace?.paused ?? false);
    set(contextKeys.inPast, clusters.past !== undefined);
    set(contextKeys.canServe, apiServers.possible);
    set(contextKeys.isServed, clusters.active !== undefined && apiServers.of(clusters.active.name) !== undefined);
  };
  clusters.onDidChange(update);
  apiServers.onDidChange(update);
  workspace.onDidGrantWorkspaceTrust(update);
}

function apiOf({ clusters, tree, lessons }: Kindergarten): KindergartenApi {
  return {
    cluster: () => clusters.view(),
    outline: () => [...tree.rows()].map(({ row, depth }) =>
      ({ id: row.id, depth, label: labelOf(row), description: descriptionOf(row) })),
    onDidChange: clusters.onDidChange,
    lessons,
  };
}
