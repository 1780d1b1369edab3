/** Why a node was chosen or not, in one sentence: with the plugin and the reason that the scheduler itself gave. */
import type { Language } from '../../src/protocol/messages';
import type { AttemptNode, AttemptTable } from '../../src/protocol/study';
import { text } from '../narration/text';

/** One sentence with its full stop. */
export function whyNode(node: AttemptNode, attempt: AttemptTable, language: Language): string {
  const { name, verdict, refused, total = 0 } = node;
  const { feasible } = attempt;
  if (refused) {
    const reason = refused.reasons.join(', ');
    return text(language, refused.preFilter ? 'why.before' : 'why.refused', {
      node: name,
      plugin: refused.plugin,
      reason,
    });
  }
  switch (verdict) {
    case 'chosen': {
      if (node.scores.length === 0) return text(language, 'why.alone', { node: name });
      const equals = attempt.table.filter((other) => other.total === total).length;
      return text(language, equals > 1 ? 'why.drawn' : 'why.best', { node: name, total, count: equals });
    }
    case 'feasible': return whyLower(node, attempt, language);
    case 'unvisited': case 'refused': return text(language, 'why.unvisited', { node: name, feasible });
  }
}

function whyLower(
  { name, total = 0, scores }: AttemptNode,
  { table, scorers, node: chosen = '' }: AttemptTable,
  language: Language,
): string {
  const best = table.find((other) => other.name === chosen);
  if (!best || best.total === total) return text(language, 'why.equal', { node: name, chosen, total });
  const losses = scorers.map(({ plugin }, at) => ({
    plugin,
    own: scores[at]?.weighted ?? 0,
    other: best.scores[at]?.weighted ?? 0,
  }));
  const worst = losses.reduce((most, each) => (each.other - each.own > most.other - most.own ? each : most));
  return text(language, 'why.lower', { node: name, total, best: best.total, chosen, ...worst });
}
