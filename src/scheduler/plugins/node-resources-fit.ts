/** NodeResourcesFit: requests must fit what is allocatable; LeastAllocated scores. Models plugins/noderesources/fit.go. */
import { isNode } from '../framework/changes';
import type { EnqueueExtensions, FilterPlugin, ScorePlugin } from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import { maxNodeScore } from '../framework/normalize';
import type { PodInfo } from '../framework/pod-info';
import { refusal, type Status } from '../framework/status';

const name = 'NodeResourcesFit';

interface Lack {
  readonly reason: string;
  /** More than the whole node has: taking other pods away cannot help. */
  readonly unresolvable: boolean;
}

/** Everything that does not fit, in upstream's order. */
function lacks(pod: PodInfo, node: NodeInfo): Lack[] {
  const found: Lack[] = [];
  if (node.pods.size + 1 > node.allowedPods) found.push({ reason: 'Too many pods', unresolvable: false });
  const { requests } = pod;
  const { allocatable, requested } = node;
  const check = (resource: string, wanted: number, total: number, used: number): void => {
    if (wanted > 0 && wanted > total - used) {
      found.push({ reason: `Insufficient ${resource}`, unresolvable: wanted > total });
    }
  };
  check('cpu', requests.milliCpu, allocatable.milliCpu, requested.milliCpu);
  check('memory', requests.memoryBytes, allocatable.memoryBytes, requested.memoryBytes);
  check('ephemeral-storage', requests.ephemeralBytes, allocatable.ephemeralBytes, requested.ephemeralBytes);
  for (const [resource, wanted] of requests.scalars) {
    check(resource, wanted, allocatable.scalars.get(resource) ?? 0, requested.scalars.get(resource) ?? 0);
  }
  return found;
}

const remembered = new Map<string, Status>();

/** The same refusal is the same object, so thousands of nodes share one. */
function refusalFor(found: readonly Lack[]): Status {
  const code = found.some((lack) => lack.unresolvable) ? 'unresolvable' : 'unschedulable';
  const reasons = found.map((lack) => lack.reason);
  const key = `${code}/${reasons.join('/')}`;
  let status = remembered.get(key);
  if (!status) {
    status = refusal(name, code, ...reasons);
    remembered.set(key, status);
  }
  return status;
}

function leastAllocated(requested: number, allocatable: number): number {
  if (allocatable === 0 || requested > allocatable) return 0;
  return Math.floor(((allocatable - requested) * maxNodeScore) / allocatable);
}

export const nodeResourcesFit: FilterPlugin & ScorePlugin & EnqueueExtensions = {
  name,
  filter: (_state, pod, node) => {
    const found = lacks(pod, node);
    return found.length === 0 ? undefined : refusalFor(found);
  },
  score: (_state, { scoreRequests }, { allocatable, scoreRequested }) => {
    const cpu = leastAllocated(scoreRequested.milliCpu + scoreRequests.milliCpu, allocatable.milliCpu);
    const memory = leastAllocated(scoreRequested.memoryBytes + scoreRequests.memoryBytes, allocatable.memoryBytes);
    return Math.floor((cpu + memory) / 2);
  },
  wakes: (event, pod) => {
    if (event.resource !== 'assignedPod') return isNode(event, 'allocatable') && lacks(pod, event.node).length === 0;
    return event.action === 'delete' || (event.action === 'update' && event.changed.has('scaledDown'));
  },
};
