/**
 * PodTopologyLabels: a pod that is bound gets the zone and region labels of its node, for the downward API. Models
 * plugin/pkg/admission/podtopologylabels for the binding subresource (the feature PodTopologyLabelsAdmission).
 */
import { nodes } from '../../api/resources';
import type { Binding, KubeObject } from '../../api/types';
import type { AdmissionPlugin } from './plugin';

const topologyLabels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  resources: ['pods'],

  mutate({ subresource, object }, execution) {
    if (subresource !== 'binding') return undefined;
    const binding = object as Binding & KubeObject;
    const labels = execution.objects.get(nodes, undefined, binding.target.name ?? '')?.metadata.labels ?? {};
    const copied = topologyLabels.filter((key) => labels[key] !== undefined);
    if (copied.length === 0) return undefined;
    const added = Object.fromEntries(copied.map((key) => [key, labels[key] as string]));
    return { ...binding, metadata: { ...binding.metadata, labels: { ...binding.metadata.labels, ...added } } };
  },
};
