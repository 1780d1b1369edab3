/**
 * What the server does to a pod besides defaulting: the status a new pod has, label keys that become part of selectors,
 * and what a status update may not take away. Models podStrategy and podStatusStrategy of pkg/registry/core/pod.
 */
import { equal, withKey } from '../../../base/freeze';
import type { StrategyContext } from '../../kind';
import type {
  Affinity, LabelSelector, LabelSelectorRequirement, Pod, PodAffinityTerm, PodCondition, PodStatus,
  TopologySpreadConstraint, WeightedPodAffinityTerm,
} from '../../types';
import { mapList } from './container-defaults';
import { podQosClass } from './qos';
import { appArmorWarnings, withAppArmorFields, withoutSwitchedOff } from './switched-off';

const gatedCondition: PodCondition = Object.freeze({
  type: 'PodScheduled',
  status: 'False',
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});

/** The status of a pod that nobody has looked at yet. */
export function newPodStatus(pod: Pod): PodStatus {
  const status: PodStatus = { phase: 'Pending', qosClass: podQosClass(pod.spec) };
  return pod.spec.schedulingGates?.length ? { ...status, conditions: [gatedCondition] } : status;
}

/** Drops what is switched off, and puts the values of label keys into the selectors that they belong to. */
export function preparePod(given: Pod, { warn }: Pick<StrategyContext, 'warn'>): Pod {
  for (const warning of appArmorWarnings(given.metadata.annotations, given.spec, '')) warn?.(warning);
  const pod = withAppArmorFields(withoutSwitchedOff(given));
  const { affinity, topologySpreadConstraints } = pod.spec;
  if (affinity === undefined && topologySpreadConstraints === undefined) return pod;
  const labels = pod.metadata.labels ?? {};
  let spec = withKey(pod.spec, 'affinity', affinity && mergedAffinity(affinity, labels));
  spec = withKey(spec, 'topologySpreadConstraints',
    mapList(topologySpreadConstraints, (constraint) => mergedConstraint(constraint, labels)));
  return withKey(pod, 'spec', spec);
}

type Labels = Readonly<Record<string, string>>;

function mergedAffinity(affinity: Affinity, labels: Labels): Affinity {
  let result = affinity;
  for (const field of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = result[field];
    if (terms === undefined) continue;
    const needed = mapList(terms.requiredDuringSchedulingIgnoredDuringExecution, (term) => mergedTerm(term, labels));
    const preferred = mapList(terms.preferredDuringSchedulingIgnoredDuringExecution,
      (weighted: WeightedPodAffinityTerm) => (
        withKey(weighted, 'podAffinityTerm', mergedTerm(weighted.podAffinityTerm, labels))));
    const changed = withKey(terms, 'requiredDuringSchedulingIgnoredDuringExecution', needed);
    result = withKey(result, field, withKey(changed, 'preferredDuringSchedulingIgnoredDuringExecution', preferred));
  }
  return result;
}

function mergedTerm(term: PodAffinityTerm, labels: Labels): PodAffinityTerm {
  const matching = requirements(term.matchLabelKeys, 'In', labels);
  const other = requirements(term.mismatchLabelKeys, 'NotIn', labels);
  return withKey(term, 'labelSelector', withRequirements(term.labelSelector, [...matching, ...other]));
}

function mergedConstraint(constraint: TopologySpreadConstraint, labels: Labels): TopologySpreadConstraint {
  const added = requirements(constraint.matchLabelKeys, 'In', labels);
  return withKey(constraint, 'labelSelector', withRequirements(constraint.labelSelector, added));
}

function requirements(
  keys: readonly string[] | undefined, operator: string, labels: Labels,
): readonly LabelSelectorRequirement[] {
  return (keys ?? []).filter((key) => Object.hasOwn(labels, key))
    .map((key) => ({ key, operator, values: [labels[key] ?? ''] }));
}

function withRequirements(
  selector: LabelSelector | undefined, added: readonly LabelSelectorRequirement[],
): LabelSelector | undefined {
  if (selector === undefined || added.length === 0) return selector;
  return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}

/** Keeps what a status update of an old client leaves out: the quality of service and observed generations. */
export function preparePodUpdate(pod: Pod, old: Pod, { subresource }: StrategyContext): Pod {
  if (subresource !== 'status') return pod;
  let status: PodStatus = pod.status ?? {};
  if (!status.qosClass) status = withKey(status, 'qosClass', old.status?.qosClass);
  if (!status.observedGeneration) status = withKey(status, 'observedGeneration', old.status?.observedGeneration);
  const before = old.status?.conditions ?? [];
  const conditions = mapList(status.conditions, (condition) => {
    if (condition.observedGeneration) return condition;
    const same = before.find((candidate) => candidate.type === condition.type);
    return withKey(condition, 'observedGeneration', same?.observedGeneration);
  });
  status = withKey(status, 'conditions', conditions);
  return equal(status, pod.status) ? pod : { ...pod, status };
}
