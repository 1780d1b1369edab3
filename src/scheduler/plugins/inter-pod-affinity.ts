/**
 * InterPodAffinity: pods that want to be near, or away from, other pods within a topology domain; required terms filter,
 * preferred terms score, and what existing pods ask for counts too. Models plugins/interpodaffinity.
 */
import { matchesLabels, type Selector, selectorOf } from '../../api/selectors';
import type { Namespace, Pod, PodAffinityTerm } from '../../api/types';
import { isNode, isPodOrLabels } from '../framework/changes';
import type {
  CycleState, EnqueueExtensions, FilterPlugin, PreFilterPlugin, PreScorePlugin, ScorePlugin,
} from '../framework/interface';
import type { NodeInfo } from '../framework/node-info';
import { maxNodeScore } from '../framework/normalize';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';

const name = 'InterPodAffinity';
const affinityUnmet = refusal(name, 'unresolvable', "node(s) didn't match pod affinity rules");
const antiAffinityUnmet = refusal(name, 'unschedulable', "node(s) didn't match pod anti-affinity rules");
const existingUnmet = refusal(name, 'unschedulable', "node(s) didn't satisfy existing pods anti-affinity rules");
/** What an existing pod's required affinity towards the new pod adds to a score (HardPodAffinityWeight). */
const hardAffinityWeight = 1;

/** Looks a Namespace up, for namespaceSelector. */
export type NamespaceLookup = (name: string) => Namespace | undefined;

interface Term {
  readonly topologyKey: string;
  readonly weight: number;
  readonly selector: Selector;
  readonly namespaces: readonly string[];
  readonly namespaceSelector: Selector | undefined;
}

interface Terms {
  readonly required: readonly Term[];
  readonly requiredAnti: readonly Term[];
  readonly preferred: readonly Term[];
  readonly preferredAnti: readonly Term[];
}

/** Matching pods by `topologyKey=value`. */
type Counts = Map<string, number>;

interface FilterState {
  readonly existingAnti: Counts;
  readonly affinity: Counts;
  readonly anti: Counts;
}

const noTerms: Terms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };
const termsOfSpec = new WeakMap<Pod['spec'], Terms>();

function termsOf({ spec, metadata }: Pod): Terms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  if (!podAffinity && !podAntiAffinity) return noTerms;
  let terms = termsOfSpec.get(spec);
  if (!terms) {
    const own = metadata.namespace ?? '';
    const read = (term: PodAffinityTerm, weight: number): Term => ({
      topologyKey: term.topologyKey,
      weight,
      selector: selectorOf(term.labelSelector),
      namespaces: term.namespaces?.length || term.namespaceSelector ? term.namespaces ?? [] : [own],
      namespaceSelector: term.namespaceSelector ? selectorOf(term.namespaceSelector) : undefined,
    });
    terms = {
      required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => read(t, 0)),
      requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => read(t, 0)),
      preferred: (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
        .map((t) => read(t.podAffinityTerm, t.weight)),
      preferredAnti: (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
        .map((t) => read(t.podAffinityTerm, t.weight)),
    };
    termsOfSpec.set(spec, terms);
  }
  return terms;
}

export function interPodAffinity(
  namespaceOf: NamespaceLookup,
): PreFilterPlugin & FilterPlugin & PreScorePlugin & ScorePlugin & EnqueueExtensions {
  const matches = (term: Term, { metadata }: Pod): boolean => {
    const namespace = metadata.namespace ?? '';
    const inside = term.namespaces.includes(namespace) || (term.namespaceSelector !== undefined
      && matchesLabels(term.namespaceSelector, namespaceOf(namespace)?.metadata.labels));
    return inside && matchesLabels(term.selector, metadata.labels);
  };

  const count = (counts: Counts, terms: readonly Term[], node: NodeInfo, amount: number): void => {
    for (const { topologyKey } of terms) {
      const value = node.labels[topologyKey];
      if (value !== undefined)
        counts.set(`${topologyKey}=${value}`, (counts.get(`${topologyKey}=${value}`) ?? 0) + amount);
    }
  };

  /** Counts what one existing pod on a node means for the incoming pod. */
  const observe = (into: FilterState, pod: PodInfo, existing: PodInfo, node: NodeInfo, amount: number): void => {
    const own = termsOf(pod.pod);
    const theirs = termsOf(existing.pod);
    count(into.existingAnti, theirs.requiredAnti.filter((term) => matches(term, pod.pod)), node, amount);
    if (own.required.length > 0 && own.required.every((term) => matches(term, existing.pod))) {
      count(into.affinity, own.required, node, amount);
    }
    count(into.anti, own.requiredAnti.filter((term) => matches(term, existing.pod)), node, amount);
  };

  const adjust = (state: CycleState, pod: PodInfo, changed: PodInfo, node: NodeInfo, amount: number): void => {
    const before = state.read<FilterState>(name);
    const after: FilterState = {
      existingAnti: new Map(before.existingAnti), affinity: new Map(before.affinity), anti: new Map(before.anti),
    };
    observe(after, pod, changed, node, amount);
    state.write(name, after);
  };

  const reaches = (counts: Counts, term: Term, node: NodeInfo): boolean => {
    const value = node.labels[term.topologyKey];
    return value !== undefined && (counts.get(`${term.topologyKey}=${value}`) ?? 0) > 0;
  };

  return {
    name,
    preFilter: (state, pod, nodes) => {
      const own = termsOf(pod.pod);
      const looks = own.required.length + own.requiredAnti.length > 0;
      const into: FilterState = { existingAnti: new Map(), affinity: new Map(), anti: new Map() };
      for (const node of nodes) {
        for (const existing of looks ? node.pods.values() : node.podsWithAffinity.values())
          observe(into, pod, existing, node, 1);
      }
      state.write(name, into);
      return !looks && into.existingAnti.size === 0 ? 'skip' : undefined;
    },
    addPod: (state, pod, changed, node) => adjust(state, pod, changed, node, 1),
    removePod: (state, pod, changed, node) => adjust(state, pod, changed, node, -1),
    filter: (state, { pod }, node) => {
      const counts = state.read<FilterState>(name);
      const { required, requiredAnti } = termsOf(pod);
      if (required.length > 0 && !required.every((term) => reaches(counts.affinity, term, node))) {
        // The first pod of a group that only asks for its own like may begin anywhere with the keys.
        const first = [...counts.affinity.values()].every((amount) => amount === 0);
        const keys = required.every(({ topologyKey }) => node.labels[topologyKey] !== undefined);
        if (!first || !keys || !required.every((term) => matches(term, pod))) return affinityUnmet;
      }
      if (requiredAnti.some((term) => reaches(counts.anti, term, node))) return antiAffinityUnmet;
      for (const [pair, amount] of counts.existingAnti) {
        const split = pair.indexOf('=');
        if (amount > 0 && node.labels[pair.slice(0, split)] === pair.slice(split + 1)) return existingUnmet;
      }
      return undefined;
    },
    preScore: (state, { pod }, _feasible, all) => {
      const own = termsOf(pod);
      const looks = own.preferred.length + own.preferredAnti.length > 0;
      const sums: Counts = new Map();
      for (const node of all) {
        for (const { pod: existing } of looks ? node.pods.values() : node.podsWithAffinity.values()) {
          const theirs = termsOf(existing);
          const weigh = (terms: readonly Term[], target: Pod, sign: number, weight?: number): void => {
            for (const term of terms)
              if (matches(term, target)) count(sums, [term], node, sign * (weight ?? term.weight));
          };
          weigh(own.preferred, existing, 1);
          weigh(own.preferredAnti, existing, -1);
          weigh(theirs.required, pod, 1, hardAffinityWeight);
          weigh(theirs.preferred, pod, 1);
          weigh(theirs.preferredAnti, pod, -1);
        }
      }
      state.write(name, sums);
      return sums.size === 0 ? 'skip' : undefined;
    },
    score: (state, _pod, node) => {
      let sum = 0;
      for (const [pair, amount] of state.read<Counts>(name)) {
        const split = pair.indexOf('=');
        if (node.labels[pair.slice(0, split)] === pair.slice(split + 1)) sum += amount;
      }
      return sum;
    },
    normalize: (_state, _pod, scores) => {
      const max = Math.max(...scores);
      const min = Math.min(...scores);
      for (let i = 0; i < scores.length; i += 1) {
        scores[i] = max === min ? 0 : Math.floor((maxNodeScore * ((scores[i] as number) - min)) / (max - min));
      }
    },
    wakes: (event) => isPodOrLabels(event) || isNode(event, 'labels'),
  };
}
