/**
 * What the four RBAC kinds have in common: rules, references to roles, subjects, and the columns of bindings. Models
 * pkg/apis/rbac/validation and the printers of bindings.
 */
import { equal, withKey } from '../../base/freeze';
import { child, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import type { TableColumn } from '../kind';
import { pathSegmentProblems } from '../names';
import type { ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkProblems, checkSubdomain, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';
import { mapList, withDefault } from './pod/container-defaults';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** A rule of a Role (namespaced) or ClusterRole. */
export function checkRules(rules: readonly PolicyRule[] | undefined, isNamespaced: boolean, errors: FieldErrors): void {
  eachItem(rules, 'rules', (rule, at) => {
    const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
    if (verbs.length === 0) errors.push(required(child(at, 'verbs'), 'verbs must contain at least one value'));
    if (nonResourceURLs.length > 0) {
      const path = child(at, 'nonResourceURLs');
      if (isNamespaced) {
        errors.push(invalid(path, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
      }
      if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
        const detail = 'rules cannot apply to both regular resources and non-resource URLs';
        errors.push(invalid(path, nonResourceURLs, detail));
      }
      return;
    }
    if (apiGroups.length === 0) {
      errors.push(required(child(at, 'apiGroups'), 'resource rules must supply at least one api group'));
    }
    if (resources.length === 0) {
      errors.push(required(child(at, 'resources'), 'resource rules must supply at least one resource'));
    }
  });
}

type Binding = RoleBinding | ClusterRoleBinding;

/** Fills in the API groups of the role and of users and groups. */
export function bindingDefaults<T extends Binding>(binding: T): T {
  const roleRef = withDefault(binding.roleRef ?? noRoleRef, 'apiGroup', rbacGroup);
  const subjects = mapList(binding.subjects, (subject: Subject) => (
    subject.kind === 'User' || subject.kind === 'Group' ? withDefault(subject, 'apiGroup', rbacGroup) : subject));
  return withKey(withKey(binding, 'roleRef', roleRef), 'subjects', subjects);
}

const noRoleRef: RoleRef = Object.freeze({ kind: '', name: '' });

/** Everything wrong with a binding to roles of the given kinds. */
export function bindingErrors(binding: Binding, roleKinds: readonly string[]): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { apiGroup = '', kind = '', name = '' } = binding.roleRef ?? noRoleRef;
  if (apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', apiGroup, [rbacGroup]));
  if (!roleKinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, roleKinds));
  if (name === '') errors.push(required('roleRef.name'));
  else checkProblems(pathSegmentProblems(name), name, 'roleRef.name', errors);
  const isNamespaced = binding.kind === 'RoleBinding';
  eachItem(binding.subjects, 'subjects', (subject, at) => checkSubject(subject, isNamespaced, at, errors));
  return errors;
}

function checkSubject(subject: Subject, isNamespaced: boolean, path: string, errors: FieldErrors): void {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  const namePath = child(path, 'name');
  if (name === '') errors.push(required(namePath));
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') checkSubdomain(name, namePath, errors);
      if (apiGroup !== '') errors.push(notSupported(child(path, 'apiGroup'), apiGroup, ['']));
      if (!isNamespaced && namespace === '') errors.push(required(child(path, 'namespace')));
      break;
    case 'User': case 'Group':
      if (name === '') errors.push(invalid(namePath, name, `${kind.toLowerCase()} name cannot be empty`));
      if (apiGroup !== rbacGroup) errors.push(notSupported(child(path, 'apiGroup'), apiGroup, [rbacGroup]));
      break;
    default:
      errors.push(notSupported(child(path, 'kind'), kind, ['ServiceAccount', 'User', 'Group']));
  }
}

/** A binding always leads to the same role. */
export function bindingUpdateErrors(
  binding: Binding, old: Binding, roleKinds: readonly string[],
): readonly FieldError[] {
  const errors = bindingErrors(binding, roleKinds);
  if (equal(binding.roleRef, old.roleRef)) return errors;
  const { apiGroup, kind, name } = binding.roleRef;
  // Upstream shows the reference in the form of its internal type.
  return [...errors, invalid('roleRef', { APIGroup: apiGroup ?? '', Kind: kind, Name: name }, 'cannot change roleRef')];
}

function subjectsText(binding: Binding, kind: string): string {
  const subjects = (binding.subjects ?? []).filter((subject) => subject.kind === kind);
  return subjects.map(({ namespace, name }) => (
    kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name)).join(', ');
}

/** The columns of both kinds of bindings; `kind` stands in the descriptions. */
export function bindingColumns<T extends Binding>(kind: string): readonly TableColumn<T>[] {
  const subjectColumn = (name: string, subjectKind: string): TableColumn<T> => ({
    name, type: 'string', priority: 1, description: `${name} in the ${kind}`,
    cell: (binding) => subjectsText(binding, subjectKind),
  });
  return [
    nameColumn,
    {
      name: 'Role', type: 'string', description: 'The role that the subjects are given.',
      cell: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
    },
    ageColumn,
    subjectColumn('Users', 'User'),
    subjectColumn('Groups', 'Group'),
    subjectColumn('ServiceAccounts', 'ServiceAccount'),
  ];
}
