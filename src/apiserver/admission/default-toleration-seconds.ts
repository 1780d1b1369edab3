/**
 * DefaultTolerationSeconds: a pod stays five minutes on a node that is not ready or unreachable, unless it says
 * otherwise. Models plugin/pkg/admission/defaulttolerationseconds.
 */
import type { KubeObject, Pod, Toleration } from '../../api/types';
import type { AdmissionPlugin } from './plugin';

const tolerations: readonly Toleration[] = Object.freeze(
  ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key): Toleration =>
    Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
);

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],

  mutate({ operation, subresource, object }) {
    if (operation === 'DELETE' || subresource !== '') return undefined;
    const pod = object as Pod;
    const present = pod.spec.tolerations ?? [];
    const missing = tolerations.filter(({ key }) => !present.some((toleration) =>
      (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute')));
    if (missing.length === 0) return undefined;
    return { ...pod, spec: { ...pod.spec, tolerations: [...present, ...missing] } } as Pod & KubeObject;
  },
};
