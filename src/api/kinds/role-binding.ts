/** RoleBinding: gives subjects a role in one namespace. Models pkg/apis/rbac and pkg/registry/rbac/rolebinding. */
import { defineKind } from '../kind';
import type { RoleBinding } from '../types';
import { bindingColumns, bindingDefaults, bindingErrors, bindingUpdateErrors, rbacGroup } from './rbac';

const roleKinds = ['Role', 'ClusterRole'];

export const roleBindingKind = defineKind<RoleBinding>({
  group: rbacGroup, version: 'v1', kind: 'RoleBinding', listKind: 'RoleBindingList',
  plural: 'rolebindings', singular: 'rolebinding', namespaced: true, schema: 'RoleBinding',
  defaults: (binding) => bindingDefaults(binding),
  validate: (binding) => bindingErrors(binding, roleKinds),
  validateUpdate: (binding, old) => bindingUpdateErrors(binding, old, roleKinds),
  nameRule: 'pathSegment',
  hasGeneration: false,
  createOnUpdate: true,
  columns: bindingColumns<RoleBinding>('roleBinding'),
});
