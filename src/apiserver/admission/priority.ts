/**
 * Priority: turns a pod's priorityClassName into its priority and preemption policy, falls back to the default class,
 * and lets only one class be the default. Models plugin/pkg/admission/priority.
 */
import { priorityClasses } from '../../api/resources';
import type { FailureStatus } from '../../api/status';
import type { KubeObject, Pod, PriorityClass } from '../../api/types';
import type { Execution } from '../execution';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const defaultPolicy = 'PreemptLowerPriority';

export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods', 'priorityclasses.scheduling.k8s.io'],

  mutate(attributes, execution) {
    if (attributes.subresource !== '' || attributes.resource.name !== 'pods') return undefined;
    if (attributes.operation === 'CREATE') return resolvePriority(attributes, execution);
    if (attributes.operation === 'UPDATE') return keepPriority(attributes);
    return undefined;
  },

  validate(attributes, execution) {
    const { operation, subresource, resource } = attributes;
    if (subresource !== '' || operation === 'DELETE' || resource.name === 'pods') return undefined;
    const candidate = attributes.object as PriorityClass;
    if (candidate.globalDefault !== true) return undefined;
    const current = defaultClass(execution);
    if (!current || (operation === 'UPDATE' && current.metadata.name === candidate.metadata.name)) return undefined;
    const why = `PriorityClass ${current.metadata.name} is already marked as default. Only one default can exist`;
    return admissionForbidden(attributes, why);
  },
};

function resolvePriority(attributes: AdmissionAttributes, execution: Execution): KubeObject | FailureStatus {
  const pod = attributes.object as Pod;
  const { priorityClassName: wanted, priority: given, preemptionPolicy: givenPolicy } = pod.spec;
  const found = wanted ? execution.objects.get(priorityClasses, undefined, wanted) : defaultClass(execution);
  if (wanted && !found) return admissionForbidden(attributes, `no PriorityClass with name ${wanted} was found`);
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? defaultPolicy;
  if (given !== undefined && given !== value) {
    return admissionForbidden(attributes, `the integer value of priority (${given}) must not be provided in pod spec; `
      + `priority admission controller computed ${value} from the given PriorityClass name`);
  }
  if (givenPolicy !== undefined && givenPolicy !== policy) {
    return admissionForbidden(attributes, `the string value of PreemptionPolicy (${givenPolicy}) must not be provided `
      + `in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`);
  }
  const name = found ? { priorityClassName: found.metadata.name } : {};
  return { ...pod, spec: { ...pod.spec, ...name, priority: value, preemptionPolicy: policy } } as Pod & KubeObject;
}

/** An update that leaves the resolved values out does not take them away. */
function keepPriority(attributes: AdmissionAttributes): KubeObject | undefined {
  const pod = attributes.object as Pod;
  const old = (attributes.oldObject as Pod).spec;
  const value = pod.spec.priority ?? old.priority;
  const policy = pod.spec.preemptionPolicy ?? old.preemptionPolicy;
  if (value === pod.spec.priority && policy === pod.spec.preemptionPolicy) return undefined;
  return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy: policy } } as Pod & KubeObject;
}

/** Of several defaults, which only a race can make, the one with the lowest value counts. */
function defaultClass(execution: Execution): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const candidate of execution.objects.list(priorityClasses)) {
    if (candidate.globalDefault && (!found || (candidate.value ?? 0) < (found.value ?? 0))) found = candidate;
  }
  return found;
}
