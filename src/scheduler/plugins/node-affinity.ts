/** NodeAffinity with nodeSelector: required terms filter, preferred terms score. Models plugins/nodeaffinity. */
import { isNode } from '../framework/changes';
import type {
  EnqueueExtensions, FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin,
} from '../framework/interface';
import { normalizeScores } from '../framework/normalize';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';
import { matchesRequiredAffinity, matchesTerm } from '../../api/scheduling/node-affinity';

const name = 'NodeAffinity';
const mismatch = refusal(name, 'unresolvable', "node(s) didn't match Pod's node affinity/selector");

function preferredTerms({ pod }: PodInfo) {
  return pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** The nodes that every required term pins by metadata.name, as DaemonSet pods do; undefined when one does not. */
function pinnedNodes({ pod }: PodInfo): Set<string> | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  if (!terms || terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    const field = term.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (!field) return undefined;
    for (const value of field.values ?? []) names.add(value);
  }
  return names;
}

export const nodeAffinity: PreFilterPlugin & FilterPlugin & PreScorePlugin & ScorePlugin & EnqueueExtensions = {
  name,
  preFilter: (_state, pod) => {
    const { nodeSelector, affinity } = pod.pod.spec;
    if (!nodeSelector && !affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return 'skip';
    const pinned = pinnedNodes(pod);
    return pinned ? { nodeNames: pinned } : undefined;
  },
  filter: (_state, pod, node) => (matchesRequiredAffinity(pod.pod.spec, node.node) ? undefined : mismatch),
  preScore: (_state, pod) => (preferredTerms(pod).length === 0 ? 'skip' : undefined),
  score: (_state, pod, { node }) =>
    preferredTerms(pod).reduce((sum, term) => sum + (matchesTerm(term.preference, node) ? term.weight : 0), 0),
  normalize: (_state, _pod, scores) => normalizeScores(scores, { reverse: false }),
  wakes: (event, pod) => isNode(event, 'labels') && matchesRequiredAffinity(pod.pod.spec, event.node.node),
};
