/**
 * The scheduler's attempts as tables, read from the decisions that it kept as it took them. Nothing is computed a second
 * time: a cell says what the plugin said in that cycle.
 */
import type { Pod } from '../../../api/types';
import type {
  AttemptNode, AttemptSummary, AttemptTable, NodeVerdict, SchedulingStudy, StudyRequest,
} from '../../../protocol/study';
import type { Decision, DecisionLog } from '../../../scheduler/decision';
import { pluginFields } from './plugin-fields';

/** Attempts in one list. */
const attemptLimit = 150;
/** Nodes in one table; of more, those that tell most. */
const nodeLimit = 40;
const reasonLimit = 60;

/** The attempts before a hop, and the tables of one. `podOf` finds the pod as it is now, by `namespace/name`. */
export function schedulingStudy(
  { attempt, pod, before }: Extract<StudyRequest, { kind: 'scheduling' }>, decisions: DecisionLog, hops: number,
  podOf: (key: string) => Pod | undefined,
): SchedulingStudy {
  const known = decisions.before(hops);
  const wanted = pod === undefined ? known : known.filter((decision) => decision.pod === pod);
  const upTo = before === undefined ? wanted : wanted.filter(({ id }) => id < before);
  const listed = upTo.slice(-attemptLimit).reverse();
  const shown = (attempt === undefined ? undefined : known.find(({ id }) => id === attempt)) ?? listed[0];
  return {
    kind: 'scheduling',
    attempts: listed.map(summary),
    older: upTo.length > listed.length,
    newer: upTo.length < wanted.length,
    forgotten: decisions.firstId,
    ...(pod === undefined ? {} : { pod }),
    ...(shown ? { shown: attemptTable(shown, podOf(shown.pod)) } : {}),
  };
}

function summary({ id, hop, atMs, pod, attempt, nodes, feasible, node, message }: Decision): AttemptSummary {
  return {
    id, hop, atMs, pod, attempt, nodes: nodes.length, feasible: feasible.length,
    ...(node === undefined ? {} : { node }), ...(message === undefined ? {} : { message }),
  };
}

function attemptTable(decision: Decision, pod: Pod | undefined): AttemptTable {
  const { nodes, scheduler, filters, scores, skippedScores, preemption } = decision;
  const place = new Map(decision.feasible.map((name, index) => [name, index]));
  const all = nodes.map(({ name }) => nodeOf(decision, name, place.get(name)));
  const table = all.length <= nodeLimit ? all : telling(all).slice(0, nodeLimit);
  const isSame = pod?.metadata.uid === decision.uid;
  return {
    ...summary(decision),
    scheduler,
    filters,
    scorers: scores.map(({ plugin, weight }) => ({ plugin, weight })),
    skippedScores,
    table,
    moreNodes: all.length - table.length,
    reasons: reasonsOf(decision),
    fields: isSame ? pluginFields(pod) : {},
    ...(preemption ? { preemption } : {}),
  };
}

function nodeOf(decision: Decision, name: string, feasible: number | undefined): AttemptNode {
  const status = decision.refused.get(name);
  const verdict: NodeVerdict =
    name === decision.node ? 'chosen' : feasible !== undefined ? 'feasible' : status ? 'refused' : 'unvisited';
  const isScored = feasible !== undefined && decision.scores.length > 0;
  return {
    name, verdict,
    ...(status ? {
      refused: { plugin: status.plugin, reasons: status.reasons, preFilter: decision.preFiltered.has(name) },
    } : {}),
    scores: isScored ? decision.scores.map(({ raw, scores, weight }) => {
      const normalized = scores[feasible] ?? 0;
      return { raw: raw[feasible] ?? 0, normalized, weighted: normalized * weight };
    }) : [],
    ...(isScored ? { total: decision.totals[feasible] ?? 0 } : {}),
  };
}

const ranks: Readonly<Record<NodeVerdict, number>> = { chosen: 0, feasible: 1, refused: 2, unvisited: 3 };

/** The chosen node, the others by their sums, then one after the other those that were refused. */
function telling(nodes: readonly AttemptNode[]): AttemptNode[] {
  return nodes.map((node, index) => ({ node, index })).sort((a, b) =>
    ranks[a.node.verdict] - ranks[b.node.verdict] || (b.node.total ?? 0) - (a.node.total ?? 0) || a.index - b.index)
    .map(({ node }) => node);
}

function reasonsOf({ refused }: Decision): AttemptTable['reasons'] {
  const counts = new Map<string, { plugin: string; reason: string; count: number }>();
  for (const { plugin, reasons } of refused.values()) for (const reason of reasons) {
    const key = `${plugin} ${reason}`;
    const known = counts.get(key);
    if (known) known.count += 1;
    else counts.set(key, { plugin, reason, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, reasonLimit);
}
