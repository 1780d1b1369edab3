/**
 * The notation in which this folder writes RBAC policy, and the builders that turn it into API objects with the label
 * and annotation of bootstrap policy. Lists are texts of words separated by blanks; `core` names the core API group,
 * whose real name is the empty text. Models the rule builder of pkg/apis/rbac/v1, which sorts every list, and
 * addDefaultMetadata of bootstrappolicy/policy.go.
 */
import type {
  AggregationRule, ClusterRole, ClusterRoleBinding, NewObject, PolicyRule, Role, RoleBinding, RoleRef, Subject,
} from '../../api/types';

const rbacGroup = 'rbac.authorization.k8s.io';
const apiVersion = 'rbac.authorization.k8s.io/v1';

/** Verbs of the `view` family. */
export const readVerbs = 'get list watch';
/** Verbs of the `edit` family. */
export const writeVerbs = 'create update patch delete deletecollection';

/** A role before it becomes an object: its name, its rules, and what aggregation needs. */
export interface RolePolicy {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** The aggregated role (`admin`, `edit`, `view`) whose rules this role adds to. */
  readonly aggregateTo?: string;
  /** True when the rules are the sum of the roles that say `aggregateTo` this one. */
  readonly aggregates?: boolean;
}

function words(text: string): readonly string[] {
  return text === '' ? [] : text.split(' ').map((word) => (word === 'core' ? '' : word)).sort();
}

/** A rule on resources: verbs, API groups, resources and, if given, resource names, each a text of words. */
export function rule(verbs: string, groups: string, resources: string, resourceNames = ''): PolicyRule {
  const names = resourceNames === '' ? {} : { resourceNames: words(resourceNames) };
  return { apiGroups: words(groups), ...names, resources: words(resources), verbs: words(verbs) };
}

/** A rule on paths that are not resources. */
export function urlRule(verbs: string, paths: string): PolicyRule {
  return { nonResourceURLs: words(paths), verbs: words(verbs) };
}

/** What every component that emits events needs, in both groups that serve them. */
export function eventsRule(): PolicyRule {
  return rule('create update patch', 'core events.k8s.io', 'events');
}

/** A role policy without aggregation. */
export function policy(name: string, ...rules: readonly PolicyRule[]): RolePolicy {
  return { name, rules };
}

/** A user as a subject, by the name that authentication gave it. */
export function user(name: string): Subject {
  return { kind: 'User', apiGroup: rbacGroup, name };
}

/** A group as a subject. */
export function group(name: string): Subject {
  return { kind: 'Group', apiGroup: rbacGroup, name };
}

/** A service account as a subject; unlike users and groups it has a namespace and no API group. */
export function serviceAccount(namespace: string, name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

/** The label that selects the roles which add to the aggregated role of that name. */
export function aggregationLabel(role: string): string {
  return `rbac.authorization.k8s.io/aggregate-to-${role}`;
}

function metadata(name: string, labels: Readonly<Record<string, string>> = {}) {
  return {
    name,
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  };
}

/** The ClusterRole of a policy. An aggregating one has no rules yet: aggregation.ts fills them. */
export function clusterRole(role: RolePolicy): NewObject<ClusterRole> {
  const labels = role.aggregateTo === undefined ? {} : { [aggregationLabel(role.aggregateTo)]: 'true' };
  const aggregationRule: AggregationRule = {
    clusterRoleSelectors: [{ matchLabels: { [aggregationLabel(role.name)]: 'true' } }],
  };
  return {
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadata(role.name, labels),
    ...(role.aggregates ? { aggregationRule } : {}),
    rules: role.rules,
  };
}

/** The Role of a policy in one namespace. */
export function namespacedRole(namespace: string, role: RolePolicy): NewObject<Role> {
  return { apiVersion, kind: 'Role', metadata: { ...metadata(role.name), namespace }, rules: role.rules };
}

function roleRef(kind: 'ClusterRole' | 'Role', name: string): RoleRef {
  return { apiGroup: rbacGroup, kind, name };
}

/** Binds the ClusterRole of the same name; `system:node` has a binding without subjects, so none is allowed. */
export function clusterRoleBinding(name: string, ...subjects: readonly Subject[]): NewObject<ClusterRoleBinding> {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    roleRef: roleRef('ClusterRole', name),
    ...(subjects.length === 0 ? {} : { subjects }),
  };
}

/** Binds a Role of the same namespace; its name is the binding's unless given. */
export function roleBinding(
  namespace: string, name: string, subjects: readonly Subject[], role = name,
): NewObject<RoleBinding> {
  return {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { ...metadata(name), namespace },
    roleRef: roleRef('Role', role),
    subjects,
  };
}
