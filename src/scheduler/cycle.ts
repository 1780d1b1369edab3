/**
 * One scheduling cycle for one pod: PreFilter, Filter, PostFilter when nothing fits, PreScore, Score. Pure: it reads
 * the nodes and gives a result with its full table; it changes and sends nothing. Models schedule_one.go.
 */
import type { RandomStream } from '../base/random';
import type { FilterRun, PluginScores } from './decision';
import { fitErrorText, preFilterErrorText } from './fit-error';
import { CycleState, type Preemption, type Profile } from './framework/interface';
import type { NodeInfo } from './framework/node-info';
import type { PodInfo } from './framework/pod-info';
import { refusal, type Status } from './framework/status';

const minFeasibleNodes = 100;
const minPercentage = 5;

export interface CycleResult {
  readonly state: CycleState;
  readonly filters: readonly FilterRun[];
  readonly refused: ReadonlyMap<string, Status>;
  /** Those of them that PreFilter put out before any filter was asked. */
  readonly preFiltered: ReadonlySet<string>;
  readonly feasible: readonly NodeInfo[];
  readonly scores: readonly PluginScores[];
  readonly totals: readonly number[];
  readonly node?: string;
  readonly message?: string;
  readonly preemption?: Preemption;
  /** How many nodes were looked at, for the rotating start. */
  readonly visited: number;
}

/** How many feasible nodes are enough: all below 100 nodes, then 50 % falling by 1 per 125 nodes to 5 %. */
export function feasibleNodesToFind(nodeCount: number): number {
  if (nodeCount < minFeasibleNodes) return nodeCount;
  const percentage = Math.max(minPercentage, 50 - Math.floor(nodeCount / 125));
  return Math.max(minFeasibleNodes, Math.floor((nodeCount * percentage) / 100));
}

/** Finds the best node for a pod. `start` rotates the search over the nodes between cycles. */
export function schedulePod(
  profile: Profile, pod: PodInfo, nodes: readonly NodeInfo[], start: number, random: RandomStream,
): CycleResult {
  const state = new CycleState();
  const none = {
    state, filters: [], feasible: [], scores: [], totals: [], refused: new Map<string, Status>(),
    preFiltered: new Set<string>(), visited: 0,
  };
  if (nodes.length === 0) return { ...none, message: 'no nodes available to schedule pods' };

  const pre = runPreFilter(profile, state, pod, nodes);
  const filters = profile.filter.map(({ name: plugin }): FilterRun => ({
    plugin,
    skipped: state.skipFilter.has(plugin),
  }));
  if (pre.status) {
    const refused = new Map(nodes.map((node) => [node.name, pre.status as Status]));
    const preFiltered = new Set(refused.keys());
    return failed(
      profile,
      pod,
      nodes,
      { ...none, filters, refused, preFiltered },
      preFilterErrorText(nodes.length, pre.status),
    );
  }
  const { feasible, ...filtered } = runFilters(profile, state, pod, nodes, pre.nodeNames, start);
  const { refused } = filtered;
  if (feasible.length === 0) {
    return failed(profile, pod, nodes, { ...none, ...filtered, filters }, fitErrorText(nodes.length, refused.values()));
  }
  if (feasible.length === 1) {
    // Upstream takes the only feasible node without scoring it.
    return { ...none, ...filtered, filters, feasible, node: (feasible[0] as NodeInfo).name };
  }
  const scores = runScores(profile, state, pod, feasible, nodes);
  const totals = feasible.map((_node, i) => scores.reduce((sum, s) => sum + (s.scores[i] as number) * s.weight, 0));
  return { ...none, ...filtered, filters, feasible, scores, totals, node: selectHost(feasible, totals, random) };
}

/** Runs all filters on one node: the first refusal, or undefined. */
export function filterNode(profile: Profile, state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
  for (const plugin of profile.filter) {
    if (state.skipFilter.has(plugin.name)) continue;
    const status = plugin.filter(state, pod, node);
    if (status) return status;
  }
  return undefined;
}

function runPreFilter(
  profile: Profile, state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[],
): { status?: Status; nodeNames?: ReadonlySet<string> } {
  let nodeNames: ReadonlySet<string> | undefined;
  for (const plugin of profile.preFilter) {
    const result = plugin.preFilter(state, pod, nodes);
    if (result === 'skip') {
      state.skipFilter.add(plugin.name);
      continue;
    }
    if (result?.status) return { status: result.status };
    const names = result?.nodeNames;
    if (names) nodeNames = nodeNames ? new Set([...nodeNames].filter((name) => names.has(name))) : names;
  }
  return { nodeNames };
}

const notEligible = refusal('NodeAffinity', 'unresolvable', "node(s) didn't satisfy plugin(s) [NodeAffinity]");

function runFilters(
  profile: Profile, state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[],
  nodeNames: ReadonlySet<string> | undefined, start: number,
) {
  const refused = new Map<string, Status>();
  const preFiltered = new Set<string>();
  const feasible: NodeInfo[] = [];
  const enough = feasibleNodesToFind(nodes.length);
  let visited = 0;
  while (visited < nodes.length && feasible.length < enough) {
    const node = nodes[(start + visited) % nodes.length] as NodeInfo;
    visited += 1;
    const isOut = nodeNames !== undefined && !nodeNames.has(node.name);
    if (isOut) preFiltered.add(node.name);
    const status = isOut ? notEligible : filterNode(profile, state, pod, node);
    if (status) refused.set(node.name, status);
    else feasible.push(node);
  }
  return { feasible, refused, preFiltered, visited };
}

function failed(
  profile: Profile, pod: PodInfo, nodes: readonly NodeInfo[], result: Omit<CycleResult, 'message'>, text: string,
): CycleResult {
  let message = text;
  for (const plugin of profile.postFilter) {
    const outcome = plugin.postFilter(result.state, pod, nodes, result.refused);
    message = `${text} ${outcome.message}`;
    if (outcome.preemption) return { ...result, message, preemption: outcome.preemption };
  }
  return { ...result, message };
}

function runScores(
  profile: Profile, state: CycleState, pod: PodInfo, feasible: readonly NodeInfo[], all: readonly NodeInfo[],
): PluginScores[] {
  for (const plugin of profile.preScore) {
    if (plugin.preScore(state, pod, feasible, all) === 'skip') state.skipScore.add(plugin.name);
  }
  const table: PluginScores[] = [];
  for (const { plugin, weight } of profile.score) {
    if (state.skipScore.has(plugin.name)) continue;
    const raw = feasible.map((node) => plugin.score(state, pod, node));
    const scores = plugin.normalize ? raw.slice() : raw;
    plugin.normalize?.(state, pod, scores, feasible);
    table.push({ plugin: plugin.name, weight, raw, scores });
  }
  return table;
}

/** The node with the highest total; among equals one at random, each with the same chance. */
function selectHost(feasible: readonly NodeInfo[], totals: readonly number[], random: RandomStream): string {
  let best = 0;
  let equals = 1;
  for (let i = 1; i < feasible.length; i += 1) {
    const total = totals[i] as number;
    if (total > (totals[best] as number)) {
      best = i;
      equals = 1;
    } else if (total === totals[best]) {
      equals += 1;
      if (random.below(equals) === 0) best = i;
    }
  }
  return (feasible[best] as NodeInfo).name;
}
