/**
 * NodeResourcesBalancedAllocation: prefers nodes whose CPU and memory would be used alike. It counts plain requests
 * and has nothing to say about pods without any. Models plugins/noderesources/balanced_allocation.go.
 */
import type { PreScorePlugin, ScorePlugin } from '../framework/interface';
import { maxNodeScore } from '../framework/normalize';

const name = 'NodeResourcesBalancedAllocation';

function fraction(requested: number, allocatable: number): number {
  return allocatable === 0 ? 1 : Math.min(1, requested / allocatable);
}

export const balancedAllocation: PreScorePlugin & ScorePlugin = {
  name,
  preScore: (_state, { requests }) => (requests.milliCpu === 0 && requests.memoryBytes === 0 ? 'skip' : undefined),
  score: (_state, { requests }, { allocatable, requested }) => {
    const cpu = fraction(requested.milliCpu + requests.milliCpu, allocatable.milliCpu);
    const memory = fraction(requested.memoryBytes + requests.memoryBytes, allocatable.memoryBytes);
    const deviation = Math.abs(cpu - memory) / 2;
    return Math.floor((1 - deviation) * maxNodeScore);
  },
};
