/** Service: a stable address for a set of pods. Models pkg/apis/core and pkg/registry/core/service. */
import { defineKind } from '../../kind';
import type { Service } from '../../types';
import { ageColumn, labelsText, nameColumn } from '../columns';
import { dropTypeDependentFields, serviceDefaults } from './defaults';
import { serviceErrors, serviceStatusErrors, serviceUpdateErrors } from './validation';

/** What clients outside the cluster use: `<none>`, `<pending>` or addresses. */
function externalIpText({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP': case 'NodePort':
      return external.length > 0 ? external.join(',') : '<none>';
    case 'LoadBalancer': {
      const entries = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
      const balanced = [...new Set(entries.filter((entry) => entry !== ''))].sort();
      return [...balanced, ...external].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** `80:30080/TCP,443/TCP`. */
function portsText({ spec }: Service): string {
  const texts = (spec.ports ?? []).map(({ port, nodePort, protocol }) => (
    `${nodePort ? `${port}:${nodePort}` : port}/${protocol ?? ''}`));
  return texts.join(',') || '<none>';
}

export const serviceKind = defineKind<Service>({
  group: '', version: 'v1', kind: 'Service', listKind: 'ServiceList',
  plural: 'services', singular: 'service', shortNames: ['svc'], categories: ['all'],
  namespaced: true, schema: 'Service', subresources: ['proxy', 'status'],
  defaults: serviceDefaults,
  prepareForUpdate: (service, old, { subresource }) => (
    subresource === 'status' ? service : dropTypeDependentFields(service, old)),
  validate: serviceErrors,
  validateUpdate: serviceUpdateErrors,
  validateStatusUpdate: serviceStatusErrors,
  // Since v1.36 a name may begin with a digit: RelaxedServiceNameValidation.
  nameRule: 'dnsLabel',
  hasGeneration: false,
  createOnUpdate: true,
  initialStatus: () => ({ loadBalancer: {} }),
  selectableFields: ({ spec }) => ({ 'spec.clusterIP': spec.clusterIP ?? '', 'spec.type': spec.type ?? '' }),
  columns: [
    nameColumn,
    {
      name: 'Type', type: 'string', description: 'How the service is reached.',
      cell: ({ spec }) => spec.type ?? '',
    },
    {
      name: 'Cluster-IP', type: 'string', description: 'The address inside the cluster.',
      cell: ({ spec }) => spec.clusterIPs?.[0] ?? '<none>',
    },
    {
      name: 'External-IP', type: 'string', description: 'Addresses outside the cluster.',
      cell: externalIpText,
    },
    { name: 'Port(s)', type: 'string', description: 'Ports, with the port of the node if any.', cell: portsText },
    ageColumn,
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels of the pods that it leads to.',
      cell: ({ spec }) => labelsText(spec.selector),
    },
  ],
});
