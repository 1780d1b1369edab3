/**
 * ClusterRoleBinding: gives subjects a role everywhere. Models pkg/apis/rbac and pkg/registry/rbac/clusterrolebinding.
 */
import { defineKind } from '../kind';
import type { ClusterRoleBinding } from '../types';
import { bindingColumns, bindingDefaults, bindingErrors, bindingUpdateErrors, rbacGroup } from './rbac';

const roleKinds = ['ClusterRole'];

export const clusterRoleBindingKind = defineKind<ClusterRoleBinding>({
  group: rbacGroup, version: 'v1', kind: 'ClusterRoleBinding', listKind: 'ClusterRoleBindingList',
  plural: 'clusterrolebindings', singular: 'clusterrolebinding', namespaced: false, schema: 'ClusterRoleBinding',
  defaults: (binding) => bindingDefaults(binding),
  validate: (binding) => bindingErrors(binding, roleKinds),
  validateUpdate: (binding, old) => bindingUpdateErrors(binding, old, roleKinds),
  nameRule: 'pathSegment',
  hasGeneration: false,
  createOnUpdate: true,
  columns: bindingColumns<ClusterRoleBinding>('clusterRoleBinding'),
});
