/** What the suites inside VS Code share: the extension's interface, files to apply, clusters to apply them to. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Result } from '../../src/host/vscode/commands/result';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import type { ClusterView, PodView } from '../../src/protocol/view';

const limitMs = 30_000;

/** The extension, activated. */
export async function kindergarten(): Promise<KindergartenApi> {
  const extension = vscode.extensions.getExtension<KindergartenApi>('kindergarten.kindergarten');
  assert.ok(extension, 'the extension is not among the loaded ones');
  return extension.activate();
}

/** Settings under which clusters come up at once and then run quickly; `after` brings back what was there. */
export async function hurried(): Promise<void> {
  await configure({ bootSpeed: 0, speed: 30, revealOnCreate: 'tree' });
}

export async function configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const section = vscode.workspace.getConfiguration('kindergarten');
  for (const [name, value] of Object.entries(settings)) {
    await section.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

/** Waits until `read` gives something; asks whenever the cluster or a problem has changed. */
export async function waitFor<T>(what: string, read: () => T | undefined | false): Promise<T> {
  const api = await kindergarten();
  return new Promise((resolve, reject) => {
    const subscriptions: vscode.Disposable[] = [];
    const end = (): void => {
      clearTimeout(limit);
      for (const each of subscriptions) each.dispose();
    };
    const look = (): void => {
      const found = read();
      if (found === undefined || found === false) return;
      end();
      resolve(found);
    };
    const limit = setTimeout(() => {
      end();
      const rows = api.outline().map(({ depth, label, description }) =>
        `${'  '.repeat(depth)}${label}  ${description}`);
      reject(new Error(`It did not come to this: ${what}.\n${rows.join('\n')}`));
    }, limitMs);
    subscriptions.push(api.onDidChange(look), vscode.languages.onDidChangeDiagnostics(look));
    look();
  });
}

export function workspaceFile(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'no workspace folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** Writes a file into the workspace, which is a copy made for the tests. */
export async function writeFile(path: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceFile(path);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

export async function apply(...uris: readonly vscode.Uri[]): Promise<Result> {
  return await vscode.commands.executeCommand<Result>('kindergarten.apply', uris[0], uris);
}

export async function remove(...uris: readonly vscode.Uri[]): Promise<Result> {
  return await vscode.commands.executeCommand<Result>('kindergarten.delete', uris[0], uris);
}

/** Deletes all clusters. */
export async function clearSandbox(): Promise<void> {
  const api = await kindergarten();
  while (api.cluster()) await vscode.commands.executeCommand('kindergarten.deleteCluster', { confirmed: true });
}

/** The cluster of 1+1 anew, with all its pods ready. */
export async function freshCluster(): Promise<KindergartenApi> {
  const api = await kindergarten();
  await clearSandbox();
  await vscode.commands.executeCommand('kindergarten.newCluster', '1+1');
  await waitFor('all pods of the new cluster are ready', () => isReady(api.cluster(), 2));
  return api;
}

/** Whether there are so many nodes and every pod on them is ready. */
export function isReady(view: ClusterView | undefined, nodes: number): boolean {
  return view?.nodes.length === nodes && view.unboundPods.length === 0
    && view.nodes.every((node) => node.health === 'ready' && node.pods.length > 0
      && node.pods.every((pod) => pod.health === 'ready'));
}

/** The pods of a namespace, of all nodes and of none. */
export function podsIn(view: ClusterView | undefined, namespace: string): PodView[] {
  const all = [...view?.nodes.flatMap((node) => node.pods) ?? [], ...view?.unboundPods ?? []];
  return all.filter((pod) => pod.namespace === namespace);
}

/** The problems of a file that come from this extension. */
export function problemsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Kindergarten');
}
