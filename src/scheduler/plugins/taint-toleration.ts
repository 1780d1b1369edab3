/** TaintToleration: taints keep pods off; PreferNoSchedule taints cost score. Models plugins/tainttoleration. */
import type { Toleration } from '../../api/types';
import { isNode } from '../framework/changes';
import type { EnqueueExtensions, FilterPlugin, PreScorePlugin, ScorePlugin } from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import { normalizeScores } from '../framework/normalize';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';
import { keepsOff, tolerates, untoleratedTaint } from '../../api/scheduling/tolerations';

const name = 'TaintToleration';
const tainted = refusal(name, 'unresolvable', 'node(s) had untolerated taint(s)');

function fits({ pod }: PodInfo, { node }: NodeInfo): boolean {
  return untoleratedTaint(node.spec.taints, pod.spec.tolerations, keepsOff) === undefined;
}

export const taintToleration: FilterPlugin & PreScorePlugin & ScorePlugin & EnqueueExtensions = {
  name,
  filter: (_state, pod, node) => (fits(pod, node) ? undefined : tainted),
  preScore: (state, { pod }) => {
    const soft = (pod.spec.tolerations ?? []).filter(({ effect }) => !effect || effect === 'PreferNoSchedule');
    state.write(name, soft);
    return undefined;
  },
  score: (state, _pod, { node }) => {
    const soft = state.read<readonly Toleration[]>(name);
    const taints = (node.spec.taints ?? []).filter((taint) => taint.effect === 'PreferNoSchedule');
    return taints.filter((taint) => !soft.some((toleration) => tolerates(toleration, taint))).length;
  },
  normalize: (_state, _pod, scores) => normalizeScores(scores, { reverse: true }),
  wakes: (event, pod) => isNode(event, 'taints') && fits(pod, event.node),
};
