/**
 * Doing things for the learner: actions of "show me", with the time they need let pass at once, and YAML put into a
 * file of the workspace. Files that exist are never overwritten.
 */
import { l10n, TabInputWebview, Uri, ViewColumn, window, workspace } from 'vscode';
import type { Action, Step } from '../../../check/lesson/lesson';
import type { LessonSession } from '../../../check/lesson/session';
import type { Cluster } from '../../../cluster/cluster';
import { createCluster } from '../commands/cluster';
import type { Kindergarten } from '../context';
import { realTime } from '../../real-time';
import { sayNote } from '../say';

/** Of the event loop, and between two slices of it. */
const sliceMs = 8;
const breathMs = 4;
const virtualSliceMs = 20;
/** Virtual time that a step's checks may take to hold after everything was done. */
const patienceMs = 120_000;
const bootLimitMs = 600_000;
const sameNameLimit = 50;

/** Carries out actions one after the other; false when the cluster went away meanwhile. */
export async function perform(k: Kindergarten, session: LessonSession, actions: readonly Action[]): Promise<boolean> {
  for (const action of actions) {
    const cluster = k.clusters.active;
    if (!cluster) {
      if (action.apply === undefined || !await createUp(k, action.apply)) return false;
      continue;
    }
    const { engine } = await k.clusters.use();
    const performed = engine.perform(action, session.asked(cluster));
    if (!await letPass(k, cluster, () => performed.done(), performed.limitMs)) return false;
  }
  return true;
}

/** Does the present step and waits until its checks hold. */
export async function showStep(k: Kindergarten, session: LessonSession): Promise<void> {
  if (!await perform(k, session, session.step.show ?? [])) return;
  const { active } = k.clusters;
  if (active) await letPass(k, active, () => session.isDone(active), patienceMs);
}

/** A fresh cluster of a kind.yaml, in place of one of that name, with everything in it running. */
export async function createUp(k: Kindergarten, kindYaml: string): Promise<Cluster | undefined> {
  const cluster = await createCluster(k, kindYaml);
  if (!cluster) return undefined;
  return await letPass(k, cluster, () => cluster.isUp, bootLimitMs) ? cluster : undefined;
}

/** Runs a cluster as fast as it goes until that holds or so much virtual time has passed; its pace stays as it is. */
async function letPass(k: Kindergarten, cluster: Cluster, done: () => boolean, limitMs: number): Promise<boolean> {
  const end = cluster.nowMs + limitMs;
  while (k.clusters.holds(cluster) && !done() && cluster.nowMs < end) {
    const from = realTime.nowMs();
    while (!done() && cluster.nowMs < end && realTime.nowMs() - from < sliceMs) cluster.runFor(virtualSliceMs);
    await new Promise<void>((resolve) => void realTime.after(breathMs, resolve));
  }
  if (!k.clusters.holds(cluster)) return false;
  // The run is ahead of the clock now; from here on they go together again.
  const { mode, speed } = cluster.control.state;
  cluster.control.set(mode, speed);
  k.clusters.setPace(() => undefined);
  return true;
}

/** Puts a step's YAML into its file of the workspace, or into one beside it when there is another text already. */
export async function insertYaml({ file, text }: NonNullable<Step['yaml']>): Promise<Uri | undefined> {
  const [folder] = workspace.workspaceFolders ?? [];
  if (!folder) {
    const document = await workspace.openTextDocument({ language: 'yaml', content: text });
    await window.showTextDocument(document);
    return document.uri;
  }
  for (let number = 1; number <= sameNameLimit; number += 1) {
    const name = number === 1 ? file : file.replace(/(\.\w+)?$/, `-${number}$1`);
    const uri = Uri.joinPath(folder.uri, name);
    const present = await textOf(uri);
    if (present !== undefined && present !== text) continue;
    if (present === undefined) await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    if (number > 1) sayNote(l10n.t('{0} holds something else already; the text is in {1}.', file, name));
    await window.showTextDocument(uri, { viewColumn: besideTheDiagram() });
    return uri;
  }
  return undefined;
}

/** Where texts stand already, so that none covers the diagram that the lesson speaks of. */
function besideTheDiagram(): ViewColumn {
  const groups = window.tabGroups.all;
  const isFree = groups.find(({ activeTab }) => !(activeTab?.input instanceof TabInputWebview));
  return isFree?.viewColumn ?? (groups.some(({ tabs }) => tabs.length > 0) ? ViewColumn.Beside : ViewColumn.Active);
}

async function textOf(uri: Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch {
    // There is no such file yet.
    return undefined;
  }
}
