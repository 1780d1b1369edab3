/**
 * RBAC objects that an API server of v1.36 writes when it starts: ClusterRoles, ClusterRoleBindings, Roles and
 * RoleBindings of bootstrap policy. This file is the face of the folder for RBAC and holds the bindings and the roles
 * of single namespaces; the policies themselves are in rbac-*-roles.ts. Models bootstrappolicy/policy.go and
 * namespace_policy.go. Not modelled: reconciling roles that a user changed (pkg/registry/rbac/reconciliation).
 */
import { compareText, deepFreeze } from '../../base/freeze';
import type { ClusterRole, ClusterRoleBinding, NewObject, Role, RoleBinding, Subject } from '../../api/types';
import { aggregateRoles } from './aggregation';
import { componentRolePolicies } from './rbac-component-roles';
import { controllerRolePolicies, controllerRolePrefix } from './rbac-controller-roles';
import { userRolePolicies } from './rbac-user-roles';
import {
  clusterRole, clusterRoleBinding, eventsRule, group, namespacedRole, policy, readVerbs, roleBinding, rule,
  serviceAccount, user,
} from './rule';

const system = 'kube-system';
const publicNamespace = 'kube-public';
const controllerManager = 'system:kube-controller-manager';
const scheduler = 'system:kube-scheduler';
const lockingControllerManager = 'system::leader-locking-kube-controller-manager';
const lockingScheduler = 'system::leader-locking-kube-scheduler';

/** All default ClusterRoles by name; admin, edit and view carry their aggregated rules. Frozen. */
export function defaultClusterRoles(): readonly NewObject<ClusterRole>[] {
  const policies = [...userRolePolicies(), ...componentRolePolicies(), ...controllerRolePolicies()];
  const sorted = policies.sort((a, b) => compareText(a.name, b.name));
  return deepFreeze(aggregateRoles(sorted.map(clusterRole)));
}

function controllerBinding(role: string): NewObject<ClusterRoleBinding> {
  return clusterRoleBinding(role, serviceAccount(system, role.slice(controllerRolePrefix.length)));
}

/** All default ClusterRoleBindings by name; each binds the ClusterRole of its own name. Frozen. */
export function defaultClusterRoleBindings(): readonly NewObject<ClusterRoleBinding>[] {
  const authenticated = group('system:authenticated');
  return deepFreeze([
    clusterRoleBinding('cluster-admin', group('system:masters')),
    clusterRoleBinding('system:basic-user', authenticated),
    ...controllerRolePolicies().map((role) => role.name).sort().map(controllerBinding),
    clusterRoleBinding('system:discovery', authenticated),
    clusterRoleBinding(controllerManager, user(controllerManager)),
    clusterRoleBinding('system:kube-dns', serviceAccount(system, 'kube-dns')),
    clusterRoleBinding(scheduler, user(scheduler)),
    clusterRoleBinding('system:monitoring', group('system:monitoring')),
    // Without subjects since 1.8: kubelets are authorized by the Node authorizer, not by this role.
    clusterRoleBinding('system:node'),
    clusterRoleBinding('system:node-proxier', user('system:kube-proxy')),
    clusterRoleBinding('system:public-info-viewer', authenticated, group('system:unauthenticated')),
    clusterRoleBinding('system:service-account-issuer-discovery', group('system:serviceaccounts')),
    clusterRoleBinding('system:volume-scheduler', user(scheduler)),
  ]);
}

function leaderLockingRules() {
  return [
    rule('get list watch create update', 'coordination.k8s.io', 'leases'),
    rule('get list watch create update', 'coordination.k8s.io', 'leasecandidates'),
  ];
}

/** The default Roles of kube-public and kube-system, in that order, then by name. Frozen. */
export function defaultRoles(): readonly NewObject<Role>[] {
  const configMaps = 'configmaps';
  return deepFreeze([
    namespacedRole(publicNamespace, policy(
      'system:controller:bootstrap-signer',
      rule(readVerbs, 'core', configMaps),
      rule('update', 'core', configMaps, 'cluster-info'),
      eventsRule(),
    )),
    namespacedRole(system, policy(
      'extension-apiserver-authentication-reader',
      rule(readVerbs, 'core', configMaps, 'extension-apiserver-authentication'),
    )),
    namespacedRole(system, policy(lockingControllerManager, ...leaderLockingRules())),
    namespacedRole(system, policy(lockingScheduler, ...leaderLockingRules())),
    namespacedRole(system, policy('system:controller:bootstrap-signer', rule(readVerbs, 'core', 'secrets'))),
    namespacedRole(system, policy(
      'system:controller:cloud-provider', rule('create get list watch', 'core', configMaps),
    )),
    namespacedRole(system, policy(
      'system:controller:token-cleaner', rule('get list watch delete', 'core', 'secrets'), eventsRule(),
    )),
  ]);
}

/** The default RoleBindings of kube-public and kube-system, in that order, then by name. Frozen. */
export function defaultRoleBindings(): readonly NewObject<RoleBinding>[] {
  const account = (name: string): Subject => serviceAccount(system, name);
  const signer = 'system:controller:bootstrap-signer';
  return deepFreeze([
    roleBinding(publicNamespace, signer, [account('bootstrap-signer')]),
    roleBinding(
      system, 'system::extension-apiserver-authentication-reader', [user(controllerManager), user(scheduler)],
      'extension-apiserver-authentication-reader',
    ),
    roleBinding(
      system, lockingControllerManager,
      [user(controllerManager), account('kube-controller-manager'), account('leader-election-controller')],
    ),
    roleBinding(system, lockingScheduler, [user(scheduler), account('kube-scheduler')]),
    roleBinding(system, signer, [account('bootstrap-signer')]),
    roleBinding(system, 'system:controller:cloud-provider', [account('cloud-provider')]),
    roleBinding(system, 'system:controller:token-cleaner', [account('token-cleaner')]),
  ]);
}
