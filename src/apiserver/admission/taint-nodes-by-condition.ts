/**
 * TaintNodesByCondition: a new Node starts with the taint node.kubernetes.io/not-ready:NoSchedule, so that nothing is
 * scheduled there before its first status. Models plugin/pkg/admission/nodetaint.
 */
import type { KubeObject, Node } from '../../api/types';
import type { AdmissionPlugin } from './plugin';

const notReady = Object.freeze({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],

  mutate({ operation, subresource, object }) {
    if (operation !== 'CREATE' || subresource !== '') return undefined;
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some((taint) => taint.key === notReady.key && taint.effect === notReady.effect)) return undefined;
    return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } } as KubeObject;
  },
};
