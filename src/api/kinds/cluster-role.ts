/** ClusterRole: permissions everywhere, by rules or as the sum of other roles. Models pkg/apis/rbac. */
import { child, index, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { labelSelectorErrors } from '../selectors';
import type { ClusterRole } from '../types';
import { createdAtColumn, nameColumn } from './columns';
import type { FieldErrors } from './field-checks';
import { checkRules, rbacGroup } from './rbac';

function validate({ rules, aggregationRule }: ClusterRole): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkRules(rules, false, errors);
  if (aggregationRule === undefined) return errors;
  const path = child('aggregationRule', 'clusterRoleSelectors');
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) {
    errors.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  }
  selectors.forEach((selector, i) => errors.push(...labelSelectorErrors(selector, index(path, i))));
  return errors;
}

export const clusterRoleKind = defineKind<ClusterRole>({
  group: rbacGroup, version: 'v1', kind: 'ClusterRole', listKind: 'ClusterRoleList',
  plural: 'clusterroles', singular: 'clusterrole', namespaced: false, schema: 'ClusterRole',
  validate,
  validateUpdate: validate,
  nameRule: 'pathSegment',
  hasGeneration: false,
  createOnUpdate: true,
  columns: [nameColumn, createdAtColumn],
});
