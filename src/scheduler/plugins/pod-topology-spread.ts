/**
 * PodTopologySpread: keeps pods that match a selector evenly spread over topology domains; hard constraints filter, soft
 * ones score. Pods without constraints of their own get the built-in soft ones (hostname 3, zone 5) when a Service or
 * ReplicaSet selects them. Models plugins/podtopologyspread.
 */
import { matchesLabels, type Selector, selectorOf } from '../../api/selectors';
import type { TopologySpreadConstraint } from '../../api/types';
import { isNode, isPodOrLabels } from '../framework/changes';
import type {
  CycleState, EnqueueExtensions, FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin,
} from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import { maxNodeScore } from '../framework/normalize';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';
import { matchesRequiredAffinity } from '../../api/scheduling/node-affinity';
import { keepsOff, untoleratedTaint } from '../../api/scheduling/tolerations';

const name = 'PodTopologySpread';
const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';
const uneven = refusal(name, 'unschedulable', "node(s) didn't match pod topology spread constraints");
const missingLabel =
  refusal(name, 'unresolvable', "node(s) didn't match pod topology spread constraints (missing required label)");

interface Constraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly selector: Selector;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** Matching pods per domain of one hard constraint. */
interface Spread {
  readonly constraint: Constraint;
  readonly counts: Map<string, number>;
  readonly selfMatch: boolean;
}

interface SoftState {
  readonly constraints: readonly {
    readonly constraint: Constraint;
    readonly weight: number;
    readonly counts: Map<string, number>;
  }[];
  readonly ignored: ReadonlySet<string>;
}

/** The selector of the Services and controllers that a pod belongs to; undefined when there are none. */
export type DefaultSelector = (pod: PodInfo) => Selector | undefined;

function constraintOf(written: TopologySpreadConstraint): Constraint {
  return {
    topologyKey: written.topologyKey,
    maxSkew: written.maxSkew,
    minDomains: written.minDomains ?? 1,
    selector: selectorOf(written.labelSelector),
    honorAffinity: (written.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorTaints: written.nodeTaintsPolicy === 'Honor',
  };
}

function ownConstraints({ pod }: PodInfo, when: string): Constraint[] {
  return (pod.spec.topologySpreadConstraints ?? []).filter((c) => c.whenUnsatisfiable === when).map(constraintOf);
}

function matchingPods(node: NodeInfo, namespace: string | undefined, selector: Selector): number {
  let count = 0;
  for (const { pod } of node.pods.values()) {
    if (pod.metadata.namespace !== namespace || pod.metadata.deletionTimestamp !== undefined) continue;
    if (matchesLabels(selector, pod.metadata.labels)) count += 1;
  }
  return count;
}

function counted(constraint: Constraint, pod: PodInfo, node: NodeInfo): boolean {
  const { spec } = pod.pod;
  if (constraint.honorAffinity && !matchesRequiredAffinity(spec, node.node)) return false;
  return !constraint.honorTaints || !untoleratedTaint(node.node.spec.taints, spec.tolerations, keepsOff);
}

function add(counts: Map<string, number>, domain: string, amount: number): void {
  counts.set(domain, (counts.get(domain) ?? 0) + amount);
}

/** Puts hard constraints' counts right when a trial moves a pod. */
function adjust(state: CycleState, pod: PodInfo, changed: PodInfo, node: NodeInfo, amount: number): void {
  const spreads = state.read<readonly Spread[]>(name).map((spread) => {
    const domain = node.labels[spread.constraint.topologyKey];
    const { metadata } = changed.pod;
    if (domain === undefined || metadata.namespace !== pod.pod.metadata.namespace) return spread;
    if (!matchesLabels(spread.constraint.selector, metadata.labels)) return spread;
    const counts = new Map(spread.counts);
    add(counts, domain, amount);
    return { ...spread, counts };
  });
  state.write(name, spreads);
}

export function podTopologySpread(
  defaultSelector: DefaultSelector,
): PreFilterPlugin & FilterPlugin & PreScorePlugin & ScorePlugin & EnqueueExtensions {
  return {
    name,
    preFilter: (state, pod, nodes) => {
      const constraints = ownConstraints(pod, 'DoNotSchedule');
      if (constraints.length === 0) return 'skip';
      const { namespace, labels } = pod.pod.metadata;
      const spreads = constraints.map((constraint): Spread => {
        const counts = new Map<string, number>();
        for (const node of nodes) {
          const domain = node.labels[constraint.topologyKey];
          const complete = constraints.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
          if (domain === undefined || !complete || !counted(constraint, pod, node)) continue;
          add(counts, domain, matchingPods(node, namespace, constraint.selector));
        }
        return { constraint, counts, selfMatch: matchesLabels(constraint.selector, labels) };
      });
      state.write(name, spreads);
      return undefined;
    },
    addPod: (state, pod, changed, node) => adjust(state, pod, changed, node, 1),
    removePod: (state, pod, changed, node) => adjust(state, pod, changed, node, -1),
    filter: (state, _pod, node) => {
      for (const { constraint, counts, selfMatch } of state.read<readonly Spread[]>(name)) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) return missingLabel;
        const fewest = counts.size < constraint.minDomains ? 0 : Math.min(...counts.values());
        const skew = (counts.get(domain) ?? 0) + (selfMatch ? 1 : 0) - fewest;
        if (skew > constraint.maxSkew) return uneven;
      }
      return undefined;
    },
    preScore: (state, pod, feasible, all) => {
      const soft = softConstraints(pod, defaultSelector);
      if (soft.constraints.length === 0) return 'skip';
      state.write(name, softState(pod, soft, feasible, all));
      return undefined;
    },
    score: (state, pod, node) => {
      const { constraints, ignored } = state.read<SoftState>(name);
      if (ignored.has(node.name)) return 0;
      let sum = 0;
      for (const { constraint, weight, counts } of constraints) {
        const domain = node.labels[constraint.topologyKey];
        if (domain === undefined) continue;
        const matching = constraint.topologyKey === hostname
          ? matchingPods(node, pod.pod.metadata.namespace, constraint.selector)
          : counts.get(domain) ?? 0;
        sum += matching * weight + (constraint.maxSkew - 1);
      }
      return Math.round(sum);
    },
    normalize: (state, _pod, scores, nodes) => {
      const { ignored } = state.read<SoftState>(name);
      const counting = scores.filter((_score, i) => !ignored.has((nodes[i] as NodeInfo).name));
      const max = Math.max(0, ...counting);
      const min = Math.min(...counting);
      for (let i = 0; i < scores.length; i += 1) {
        if (ignored.has((nodes[i] as NodeInfo).name)) scores[i] = 0;
        else
          scores[i] = max === 0 ? maxNodeScore : Math.floor((maxNodeScore * (max + min - (scores[i] as number))) / max);
      }
    },
    wakes: (event) => isPodOrLabels(event) || isNode(event, 'labels') || isNode(event, 'taints'),
  };
}

interface Soft {
  readonly constraints: readonly Constraint[];
  /** Own constraints leave out nodes that lack a key; the built-in ones do not. */
  readonly needAllKeys: boolean;
}

function softConstraints(pod: PodInfo, defaultSelector: DefaultSelector): Soft {
  if ((pod.pod.spec.topologySpreadConstraints ?? []).length > 0) {
    return { constraints: ownConstraints(pod, 'ScheduleAnyway'), needAllKeys: true };
  }
  const selector = defaultSelector(pod);
  if (!selector) return { constraints: [], needAllKeys: false };
  const builtIn = (topologyKey: string, maxSkew: number): Constraint =>
    ({ topologyKey, maxSkew, minDomains: 1, selector, honorAffinity: true, honorTaints: false });
  return { constraints: [builtIn(hostname, 3), builtIn(zone, 5)], needAllKeys: false };
}

function softState(pod: PodInfo, soft: Soft, feasible: readonly NodeInfo[], all: readonly NodeInfo[]): SoftState {
  const { constraints, needAllKeys } = soft;
  const lacksKey = (node: NodeInfo): boolean =>
    needAllKeys && constraints.some(({ topologyKey }) => node.labels[topologyKey] === undefined);
  const ignored = new Set(feasible.filter(lacksKey).map((node) => node.name));
  const { namespace } = pod.pod.metadata;
  const counting = constraints.map((constraint) => {
    const { topologyKey } = constraint;
    const counts = new Map<string, number>();
    for (const node of feasible) {
      const domain = node.labels[topologyKey];
      if (domain !== undefined && !ignored.has(node.name)) counts.set(domain, 0);
    }
    const domains = topologyKey === hostname ? feasible.length - ignored.size : counts.size;
    if (topologyKey !== hostname) {
      for (const node of all) {
        const domain = node.labels[topologyKey];
        if (domain === undefined || !counts.has(domain) || lacksKey(node) || !counted(constraint, pod, node)) continue;
        add(counts, domain, matchingPods(node, namespace, constraint.selector));
      }
    }
    return { constraint, weight: Math.log(domains + 2), counts };
  });
  return { constraints: counting, ignored };
}
