/** Role: permissions in one namespace. Models pkg/apis/rbac and pkg/registry/rbac/role. */
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { Role } from '../types';
import { createdAtColumn, nameColumn } from './columns';
import type { FieldErrors } from './field-checks';
import { checkRules, rbacGroup } from './rbac';

function validate({ rules }: Role): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkRules(rules, true, errors);
  return errors;
}

export const roleKind = defineKind<Role>({
  group: rbacGroup, version: 'v1', kind: 'Role', listKind: 'RoleList',
  plural: 'roles', singular: 'role', namespaced: true, schema: 'Role',
  validate,
  validateUpdate: validate,
  nameRule: 'pathSegment',
  hasGeneration: false,
  createOnUpdate: true,
  columns: [nameColumn, createdAtColumn],
});
