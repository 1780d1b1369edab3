/** Looking back: step back, go to a moment, return to the present, or let the run go on from there as a branch. */
import { l10n, window } from 'vscode';
import type { Cluster } from '../../../cluster/cluster';
import type { Kindergarten } from '../context';
import { sayBriefly, sayNote, sayRefusal } from '../say';
import { pastText } from '../texts/run';
import { confirmed, isSure, noCluster } from './cluster';

/** Shows the hop before the one that is shown. The run is paused meanwhile. */
export function stepBack({ clusters }: Kindergarten): boolean {
  const { active, past } = clusters;
  if (!active) return noCluster();
  const before = active.history.step(-1, past?.moment);
  if (!before) {
    sayBriefly(l10n.t('nothing happened before, as far as it is kept'));
    return false;
  }
  clusters.lookAt(before);
  return true;
}

/** Shows the moment after so many hops, or the oldest that is kept. */
export function goToHops({ clusters }: Kindergarten, hops: number): boolean {
  const { active } = clusters;
  if (!active) return noCluster();
  const moment = active.history.ofHop(hops - 1);
  if (moment) clusters.lookAt(moment);
  return moment !== undefined;
}

/** Shows the moment at which etcd first had a revision; false when it is not kept, or still to come. */
export function goToRevision({ clusters }: Kindergarten, revision: number): boolean {
  const { active } = clusters;
  if (!active) return noCluster();
  const moment = active.history.ofRevision(revision);
  if (moment) clusters.lookAt(moment);
  else
    sayRefusal(l10n.t('There is no revision {0} to show; there are {1} to {2}.', revision, ...range(active.history)));
  return moment !== undefined;
}

/** Jump to Revision: of the number given, or asked for. */
export async function jumpToRevision(kindergarten: Kindergarten, wanted: unknown): Promise<boolean> {
  const { active } = kindergarten.clusters;
  if (!active) return noCluster();
  if (typeof wanted === 'number') return goToRevision(kindergarten, wanted);
  const [first, last] = range(active.history);
  const prompt = l10n.t('Revision of etcd, {0} to {1}', first, last);
  const answer = await window.showInputBox({
    title: l10n.t('Jump to Revision'), prompt, value: String(kindergarten.clusters.view()?.revision ?? last),
    validateInput: (text) => {
      const revision = Number(text);
      return Number.isSafeInteger(revision) && revision >= first && revision <= last ? undefined : prompt;
    },
  });
  return answer !== undefined && goToRevision(kindergarten, Number(answer));
}

/** Shows the present again; the run goes on if it did before. */
export function returnToNow({ clusters }: Kindergarten): boolean {
  const wasPast = clusters.past !== undefined;
  clusters.returnToNow();
  return wasPast;
}

/** Branch from Here: what happened after the shown moment is given up, and the run goes on from there. */
export async function branchHere(kindergarten: Kindergarten, sure: unknown): Promise<boolean> {
  const { past } = kindergarten.clusters;
  if (!past) {
    sayBriefly(l10n.t('this is the present; step back or jump to a revision first'));
    return false;
  }
  const question = l10n.t('Branch from revision {0}?', past.moment.revision);
  const detail = l10n.t('The cluster goes on from there. What happened to it afterwards is lost.');
  if (!isSure(sure) && !await confirmed(question, detail, l10n.t('Branch from Here'))) return false;
  return branch(kindergarten);
}

/**
 * To be asked before anything is done to the cluster: true when the present is shown, or is again, or has become what
 * was shown. False when its user would rather not.
 */
export async function leavePast(kindergarten: Kindergarten): Promise<boolean> {
  const { past } = kindergarten.clusters;
  if (!past) return true;
  const question = l10n.t('{0}. The past cannot be changed. Where do you want to do this?', pastText(past.moment));
  const detail = l10n.t('Branching gives up what happened afterwards; returning does it to the cluster as it is now.');
  const [here, now] = [l10n.t('Branch from Here'), l10n.t('Return to Now')];
  const answer = await window.showWarningMessage(question, { modal: true, detail }, here, now);
  if (answer === here) return branch(kindergarten);
  if (answer === now) kindergarten.clusters.returnToNow();
  return answer === now;
}

async function branch(kindergarten: Kindergarten): Promise<boolean> {
  const { clusters, log } = kindergarten;
  const moment = clusters.past?.moment;
  const reached = await clusters.branch();
  if (reached && moment) {
    log.info(l10n.t('The run branches off at revision {0}, after {1} hops', moment.revision, moment.hops));
    sayNote(l10n.t('The cluster goes on from revision {0}. It is paused.', moment.revision));
  }
  return reached;
}

/** The oldest and the newest revision that can be shown. */
function range({ first, last }: Cluster['history']): readonly [number, number] {
  return [first?.revision ?? 1, last?.revision ?? 1];
}
