/**
 * Builders of the small objects that kubeadm and kind create around their workloads: ConfigMaps, service accounts,
 * roles and bindings. Unlike bootstrap policy these carry no labels and are never reconciled.
 */
import type {
  ClusterRole, ClusterRoleBinding, ConfigMap, NewObject, PolicyRule, Role, RoleBinding, ServiceAccount, Subject,
} from '../../api/types';

const rbacGroup = 'rbac.authorization.k8s.io';
const rbacVersion = 'rbac.authorization.k8s.io/v1';

/** The namespace of everything that kubeadm installs, except cluster-info. */
export const systemNamespace = 'kube-system';
/** The group of tokens with which kubeadm lets nodes join. */
export const bootstrapTokenGroup = 'system:bootstrappers:kubeadm:default-node-token';

/** A ConfigMap of texts. */
export function configMap(
  namespace: string, name: string, data: Readonly<Record<string, string>>, labels?: Readonly<Record<string, string>>,
): NewObject<ConfigMap> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ...(labels ? { labels } : {}) }, data };
}

/** A service account without settings. */
export function serviceAccount(namespace: string, name: string): NewObject<ServiceAccount> {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
}

/** A service account as the subject of a binding. */
export function accountSubject(namespace: string, name: string): Subject {
  return { kind: 'ServiceAccount', name, namespace };
}

/** A group as the subject of a binding. */
export function groupSubject(name: string): Subject {
  return { apiGroup: rbacGroup, kind: 'Group', name };
}

/** A user as the subject of a binding. */
export function userSubject(name: string): Subject {
  return { apiGroup: rbacGroup, kind: 'User', name };
}

/** A rule on resources of one API group. */
export function resourceRule(
  apiGroup: string, resources: readonly string[], verbs: readonly string[], resourceNames?: readonly string[],
): PolicyRule {
  return { apiGroups: [apiGroup], ...(resourceNames ? { resourceNames } : {}), resources, verbs };
}

/** A ClusterRole. */
export function clusterRole(name: string, rules: readonly PolicyRule[]): NewObject<ClusterRole> {
  return { apiVersion: rbacVersion, kind: 'ClusterRole', metadata: { name }, rules };
}

/** A Role of one namespace. */
export function role(namespace: string, name: string, rules: readonly PolicyRule[]): NewObject<Role> {
  return { apiVersion: rbacVersion, kind: 'Role', metadata: { name, namespace }, rules };
}

/** Binds a ClusterRole everywhere. */
export function clusterRoleBinding(
  name: string, roleName: string, subjects: readonly Subject[],
): NewObject<ClusterRoleBinding> {
  return {
    apiVersion: rbacVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: roleName },
    subjects,
  };
}

/** Binds a Role of the binding's own namespace. */
export function roleBinding(
  namespace: string, name: string, roleName: string, subjects: readonly Subject[],
): NewObject<RoleBinding> {
  return {
    apiVersion: rbacVersion,
    kind: 'RoleBinding',
    metadata: { name, namespace },
    roleRef: { apiGroup: rbacGroup, kind: 'Role', name: roleName },
    subjects,
  };
}
