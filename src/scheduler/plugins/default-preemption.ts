/**
 * DefaultPreemption: when no node fits, looks for a node where taking away pods of lower priority would help, and
 * takes the least harm. PodDisruptionBudgets are not modelled yet, so no victim violates one. Models
 * framework/preemption and plugins/defaultpreemption; the words are those of v1.36.
 */
import { fitErrorText } from '../fit-error';
import type { CycleState, PostFilterPlugin, Preemption, PreFilterPlugin } from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import type { PodInfo } from '../framework/pod-info';
import { refusal, type Status } from '../framework/status';

const name = 'DefaultPreemption';
const notHelpful = refusal(name, 'unresolvable', 'Preemption is not helpful for scheduling');
const noVictims = refusal(name, 'unschedulable', 'No preemption victims found for incoming pod');
/** DynamicResources runs its PostFilter first and, without claims, adds these words (on by default since v1.34). */
const dynamicResourcesWords = 'no new claims to deallocate, ';

/** Whether the pod passes all filters of a node in its present, tried state. */
export type FitCheck = (state: CycleState, pod: PodInfo, node: NodeInfo) => boolean;

export function defaultPreemption(fits: FitCheck, preFilter: readonly PreFilterPlugin[]): PostFilterPlugin {
  return {
    name,
    postFilter: (state, pod, nodes, refused) => {
      const answer = (text: string) => ({ message: `${dynamicResourcesWords}preemption: ${text}` });
      if (pod.pod.spec.preemptionPolicy === 'Never') return answer('not eligible due to preemptionPolicy=Never.');
      if (waitsForVictims(pod, nodes)) return answer('not eligible due to a terminating pod on the nominated node.');
      const statuses: Status[] = [];
      const candidates: Preemption[] = [];
      for (const node of nodes) {
        if (refused.get(node.name)?.code !== 'unschedulable') {
          statuses.push(notHelpful);
          continue;
        }
        const victims = selectVictims(fits, preFilter, state, pod, node);
        if (victims) candidates.push({ node: node.name, victims });
        else statuses.push(noVictims);
      }
      const best = pickCandidate(candidates);
      if (best) return { preemption: best, message: '' };
      return answer(fitErrorText(nodes.length, statuses));
    },
  };
}

/** A preemption for this pod is under way: its victims are still terminating on the nominated node. */
function waitsForVictims(pod: PodInfo, nodes: readonly NodeInfo[]): boolean {
  const nominated = pod.pod.status.nominatedNodeName;
  const node = nominated ? nodes.find((candidate) => candidate.name === nominated) : undefined;
  if (!node) return false;
  return [...node.pods.values()].some((other) =>
    other.priority < pod.priority && other.pod.metadata.deletionTimestamp !== undefined);
}

/** The pods to take away so that the pod fits: all of lower priority, less those that can stay. */
function selectVictims(
  fits: FitCheck, preFilter: readonly PreFilterPlugin[], state: CycleState, pod: PodInfo, node: NodeInfo,
): PodInfo[] | undefined {
  const lower = [...node.pods.values()].filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return undefined;
  const trial = node.clone();
  const trialState = state.clone();
  // A plugin that has nothing to do for this pod keeps no state that would have to be put right.
  const counting = preFilter.filter((plugin) => !state.skipFilter.has(plugin.name));
  const take = (other: PodInfo): void => {
    trial.removePod(other.uid);
    for (const plugin of counting) plugin.removePod?.(trialState, pod, other, trial);
  };
  const putBack = (other: PodInfo): void => {
    trial.addPod(other);
    for (const plugin of counting) plugin.addPod?.(trialState, pod, other, trial);
  };
  lower.forEach(take);
  if (!fits(trialState, pod, trial)) return undefined;
  // The more important a pod, the earlier it may stay.
  lower.sort(moreImportantFirst);
  const victims: PodInfo[] = [];
  for (const other of lower) {
    putBack(other);
    if (fits(trialState, pod, trial)) continue;
    take(other);
    victims.push(other);
  }
  return victims;
}

function startText(pod: PodInfo): string {
  return pod.pod.status.startTime ?? '9999';
}

function moreImportantFirst(a: PodInfo, b: PodInfo): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  return startText(a) < startText(b) ? -1 : startText(a) > startText(b) ? 1 : 0;
}

/** Upstream's order of harm: highest victim's priority, sum of priorities, number, latest start of the highest. */
function pickCandidate(candidates: readonly Preemption[]): Preemption | undefined {
  const harm = ({ victims }: Preemption) => {
    const highest = Math.max(...victims.map((victim) => victim.priority));
    const starts = victims.filter((victim) => victim.priority === highest).map(startText).sort();
    return {
      highest,
      sum: victims.reduce((sum, v) => sum + v.priority + 2 ** 31, 0),
      count: victims.length,
      start: starts[0] ?? '',
    };
  };
  let best: { candidate: Preemption; harm: ReturnType<typeof harm> } | undefined;
  for (const candidate of candidates) {
    const own = harm(candidate);
    if (!best || less(own, best.harm)) best = { candidate, harm: own };
  }
  return best?.candidate;
}

type Harm = { highest: number; sum: number; count: number; start: string };

function less(a: Harm, b: Harm): boolean {
  if (a.highest !== b.highest) return a.highest < b.highest;
  if (a.sum !== b.sum) return a.sum < b.sum;
  if (a.count !== b.count) return a.count < b.count;
  return a.start > b.start;
}
