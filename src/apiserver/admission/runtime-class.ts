/**
 * RuntimeClass: a pod that names a runtime class gets the overhead of that runtime, and is sent only to nodes that have
 * it. Models plugin/pkg/admission/runtimeclass.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { quote } from '../../api/go-text';
import { runtimeClasses } from '../../api/resources';
import type { KubeObject, Pod, PodSpec, RuntimeClass } from '../../api/types';
import type { Execution } from '../execution';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const otherOverhead = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: ['pods'],

  mutate(attributes, execution) {
    const { spec } = (attributes.object ?? {}) as Pod;
    if (!concerns(attributes) || spec.runtimeClassName === undefined) return undefined;
    const found = classOf(spec, execution);
    if (!found) {
      return admissionForbidden(attributes, `pod rejected: RuntimeClass ${quote(spec.runtimeClassName)} not found`);
    }
    const overhead = found.overhead?.podFixed;
    if (overhead && sortedKeys(spec.overhead).length > 0 && !equal(overhead, spec.overhead)) {
      return admissionForbidden(attributes, otherOverhead);
    }
    const { nodeSelector, tolerations } = found.scheduling ?? {};
    for (const key of sortedKeys(nodeSelector)) {
      const [wanted, given] = [nodeSelector?.[key] ?? '', spec.nodeSelector?.[key]];
      if (given === undefined || given === wanted) continue;
      return admissionForbidden(attributes, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; `
        + `pod.spec.nodeSelector[${key}] = ${given}`);
    }
    const own = spec.tolerations ?? [];
    const missing = (tolerations ?? []).filter((toleration) => !own.some((other) => equal(other, toleration)));
    if (!overhead && sortedKeys(nodeSelector).length === 0 && missing.length === 0) return undefined;
    const changed: PodSpec = {
      ...spec,
      ...(overhead ? { overhead } : {}),
      ...(nodeSelector ? { nodeSelector: { ...spec.nodeSelector, ...nodeSelector } } : {}),
      ...(missing.length > 0 ? { tolerations: [...own, ...missing] } : {}),
    };
    return { ...attributes.object, spec: changed } as Pod & KubeObject;
  },

  validate(attributes, execution) {
    if (!concerns(attributes)) return undefined;
    const { spec } = attributes.object as Pod;
    const overhead = classOf(spec, execution)?.overhead;
    if (overhead && !equal(overhead.podFixed ?? {}, spec.overhead ?? {})) {
      return admissionForbidden(attributes, otherOverhead);
    }
    if (overhead || sortedKeys(spec.overhead).length === 0) return undefined;
    const why = 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead';
    return admissionForbidden(attributes, why);
  },
};

function concerns({ operation, subresource }: AdmissionAttributes): boolean {
  return operation === 'CREATE' && subresource === '';
}

function classOf({ runtimeClassName }: PodSpec, { objects }: Execution): RuntimeClass | undefined {
  return runtimeClassName === undefined ? undefined : objects.get(runtimeClasses, undefined, runtimeClassName);
}
