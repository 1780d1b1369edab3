/**
 * ComponentStatus: how the API server finds etcd, the scheduler and the controller manager. Never stored: reading one
 * asks the component. Models pkg/registry/core/componentstatus, which is deprecated.
 */
import { defineKind } from '../kind';
import type { ComponentCondition, ComponentStatus } from '../types';
import { nameColumn } from './columns';

function healthOf({ conditions }: ComponentStatus): ComponentCondition | undefined {
  return conditions?.find(({ type }) => type === 'Healthy');
}

function statusText(component: ComponentStatus): string {
  const health = healthOf(component);
  if (health === undefined) return 'Unknown';
  return health.status === 'True' ? 'Healthy' : 'Unhealthy';
}

export const componentStatusKind = defineKind<ComponentStatus>({
  group: '', version: 'v1', kind: 'ComponentStatus', listKind: 'ComponentStatusList',
  plural: 'componentstatuses', singular: 'componentstatus', shortNames: ['cs'],
  namespaced: false, schema: 'ComponentStatus',
  virtual: true, verbs: ['get', 'list'],
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the component conditions', cell: statusText },
    {
      name: 'Message', type: 'string', description: 'Message of the component conditions',
      cell: (component) => healthOf(component)?.message ?? '',
    },
    {
      name: 'Error', type: 'string', description: 'Error of the component conditions',
      cell: (component) => healthOf(component)?.error ?? '',
    },
  ],
});
